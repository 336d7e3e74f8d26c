"""The only place that reads a clock. Everything else gets its day or moment as an argument."""

import datetime as dt
from zoneinfo import ZoneInfo

DUTCH_TIME = ZoneInfo("Europe/Amsterdam")


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Today's date in the Netherlands."""
    return dt.datetime.now(DUTCH_TIME).date()


def stopwatch() -> float:
    """Seconds from an arbitrary start, for progress and measurement only."""
    import time

    return time.monotonic()
