"""What `inbaar owed` is asked, read strictly: days, and the refusal of what cannot be answered."""

import re
from datetime import date

from inbaar.law.amounts import shortened

FIRST_YEAR, LAST_YEAR = 1900, 2199
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Refusal(Exception):
    """The command line or the file asks something that cannot be answered; its text is the one line to print."""


def day_of(text: str) -> date:
    """A day written as 2026-11-22, from 1900 to 2199; anything else is a ValueError that says so.

    >>> day_of("2026-11-22")
    datetime.date(2026, 11, 22)
    """
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(
            f"{shortened(text)} is not a day from {FIRST_YEAR} to {LAST_YEAR}: write it as 2026-11-22"
        )
    return day
