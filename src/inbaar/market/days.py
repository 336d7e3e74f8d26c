"""Which days the seller works and which days the bank books. Called by documents, payments and the account."""

from datetime import date, timedelta
from functools import cache

from inbaar.law import calendar


@cache
def is_working_day(day: date) -> bool:
    """Whether offices work: no weekend, no holiday."""
    return calendar.is_working_day(day)


@cache
def is_bank_day(day: date) -> bool:
    """Whether money moves between banks: the TARGET calendar, in which 1 May is closed and King's Day open."""
    return calendar.is_target_day(day)


def bank_day_from(day: date) -> date:
    """This day, or the first bank day after it."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def working_day_from(day: date) -> date:
    """This day, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
