"""How many days of interest lie between two dates, what they cost, and when a year of default is full.

The law gives no day count: ACT/365F (every year 365 days, leap years too) is the default of practice, ACT/ACT a
setting under which each calendar year is rounded by itself. Used by the running account and the vectorised path.
"""

from calendar import isleap
from datetime import date
from decimal import Decimal
from enum import StrEnum

from inbaar.law.amounts import round_half_up


class DayCount(StrEnum):
    """Days of a year: always 365, or as many as the calendar year has."""

    ACT_365F = "ACT/365F"
    ACT_ACT = "ACT/ACT"


def anniversary(first_day: date, years: int) -> date:
    """The day on which `years` full years of default have passed: 6:119 lid 2 and 6:119a lid 3 BW.

    Always counted from the first day, so default from 29 February has its anniversary on 28 February in a common
    year and on 29 February again in a leap year. Practice; the law is silent.

    >>> anniversary(date(2024, 2, 29), 1), anniversary(date(2024, 2, 29), 4)
    (datetime.date(2025, 2, 28), datetime.date(2028, 2, 29))
    """
    year = first_day.year + years
    if first_day.month == 2 and first_day.day == 29 and not isleap(year):
        return date(year, 2, 28)
    return first_day.replace(year=year)


def year_days(day: date, day_count: DayCount) -> int:
    """How many days a year has, for interest of this day.

    >>> year_days(date(2024, 5, 1), DayCount.ACT_365F), year_days(date(2024, 5, 1), DayCount.ACT_ACT)
    (365, 366)
    """
    return 366 if day_count is DayCount.ACT_ACT and isleap(day.year) else 365


def last_day_of_segment(from_date: date, latest: date, day_count: DayCount) -> date:
    """The last day that may share one rounding with `from_date`: ACT/ACT ends a segment with the calendar year.

    >>> last_day_of_segment(date(2023, 7, 1), date(2024, 6, 30), DayCount.ACT_ACT)
    datetime.date(2023, 12, 31)
    """
    return min(latest, date(from_date.year, 12, 31)) if day_count is DayCount.ACT_ACT else latest


def period_interest(
    base: Decimal,
    rate_percent: Decimal,
    from_date: date,
    to_date: date,
    day_count: DayCount = DayCount.ACT_365F,
) -> Decimal:
    """Simple interest in euros over the days from..to, both included, rounded half up to the cent.

    Refuses a period over two calendar years under ACT/ACT, where each year is a segment of its own.

    >>> period_interest(Decimal("750.00"), Decimal("10.40"), date(2026, 7, 1), date(2026, 7, 1))
    Decimal('0.21')
    """
    if to_date != last_day_of_segment(from_date, to_date, day_count):
        raise ValueError(f"{from_date} to {to_date} crosses a year; under ACT/ACT cut it at 31 December")
    days = (to_date - from_date).days + 1
    return round_half_up(base * rate_percent * days / (100 * year_days(from_date, day_count)))
