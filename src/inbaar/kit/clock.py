"""The only place that reads a clock. Everything else gets its day or moment as an argument."""

import datetime as dt
import os
from zoneinfo import ZoneInfo

from inbaar.kit.errors import Unavailable

DUTCH_TIME = ZoneInfo("Europe/Amsterdam")


def now() -> dt.datetime:
    """This moment, in UTC; the moment in INBAAR_NOW where that is set (ISO, with its zone), for tests of whole programs."""
    given = os.environ.get("INBAAR_NOW")
    return dt.datetime.fromisoformat(given).astimezone(dt.UTC) if given else dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Today's date in the Netherlands; the day in INBAAR_TODAY where that is set, as the demo shows its last day."""
    given = os.environ.get("INBAAR_TODAY")
    try:
        return dt.date.fromisoformat(given) if given else now().astimezone(DUTCH_TIME).date()
    except ValueError:
        raise Unavailable(
            f"INBAAR_TODAY={given} is no date; write 2026-11-22, or leave it out for today"
        ) from None
