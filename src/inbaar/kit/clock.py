"""The only place that reads a clock. Everything else gets its day or moment as an argument."""

import datetime as dt
import os
from zoneinfo import ZoneInfo

DUTCH_TIME = ZoneInfo("Europe/Amsterdam")


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Today's date in the Netherlands; the day in INBAAR_TODAY where that is set, as the demo shows its last day."""
    given = os.environ.get("INBAAR_TODAY")
    return dt.date.fromisoformat(given) if given else dt.datetime.now(DUTCH_TIME).date()


def moment_of(day: dt.date) -> dt.datetime:
    """The moment to record for work done for a day: now for today, ten in the morning for a day that was named."""
    return now() if day == today() else dt.datetime(day.year, day.month, day.day, 10, tzinfo=DUTCH_TIME)
