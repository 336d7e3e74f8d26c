"""The days the law counts with, as columns: the rates in force and the years of default. For `bulk_steps`.

Days are numbered from 1970-01-01.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import numpy.typing as npt

from inbaar.law.rates import Kind, statutory_rates

Column = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BIG = 1 << 40
EPOCH = date(1970, 1, 1)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True, slots=True)
class Spans:
    """The rates of both kinds one after the other, with a span without a rate (-1) before and after each kind."""

    starts: tuple[Column, Column]
    offsets: tuple[int, int]
    last: Column
    rate: Column


@dataclass(frozen=True, slots=True)
class Years:
    """For each day of the calendar its day a year on, also for anchors on 29 February; and its calendar year."""

    origin: int
    next_year: Column
    year_end: Column
    year_days: Column


def number(day: date) -> int:
    """The day as a number: days since 1970-01-01.

    >>> number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days


@cache
def spans() -> Spans:
    """The statutory rates in hundredths of a percent."""
    starts: list[Column] = []
    offsets: list[int] = []
    last: list[int] = []
    rate: list[int] = []
    for kind in Kind:
        rates = statutory_rates(kind)
        offsets.append(len(last))
        starts.append(
            np.array([-BIG, *map(number, rates.starts), number(rates.spans[-1].last_date) + 1], np.int64)
        )
        last += [number(rates.starts[0]) - 1, *(number(span.last_date) for span in rates.spans), BIG]
        rate += [-1, *(_hundredths(span.rate_percent) for span in rates.spans), -1]
    return Spans((starts[0], starts[1]), (offsets[0], offsets[1]), np.array(last), np.array(rate))


def _hundredths(percent: Decimal | None) -> int:
    if percent is None:
        return -1
    hundredths = percent * 100
    if hundredths != int(hundredths):
        raise AssertionError(f"a rate of {percent} percent has more than two decimals")
    return int(hundredths)


@cache
def years() -> Years:
    """The calendar from FIRST_DAY to LAST_DAY: rows of `next_year` are for plain anchors and for 29 February."""
    day = np.arange(number(FIRST_DAY), number(LAST_DAY + timedelta(days=1)))
    month = day.astype("M8[D]").astype("M8[M]")
    of_month = day - month.astype("M8[D]").astype(np.int64)
    plain = (month + 12).astype("M8[D]").astype(np.int64) + of_month
    plain -= plain.astype("M8[D]").astype("M8[M]") != month + 12
    leap_anchor = plain + is_29_february(plain + 1)
    year = day.astype("M8[D]").astype("M8[Y]")
    year_start = year.astype("M8[D]").astype(np.int64)
    year_end = (year + 1).astype("M8[D]").astype(np.int64) - 1
    return Years(int(day[0]), np.concatenate([plain, leap_anchor]), year_end, year_end - year_start + 1)


def span_of(kind: Column, day: Column) -> Column:
    """The place in `spans` of the rate of each kind on each day."""
    found = spans()
    places = [np.searchsorted(starts, day, side="right") - 1 for starts in found.starts]
    return np.where(kind == 0, places[0] + found.offsets[0], places[1] + found.offsets[1])


def is_29_february(day: Column) -> Column:
    """1 for each day that is a 29 February, else 0."""
    month = day.astype("M8[D]").astype("M8[M]")
    of_month = day - month.astype("M8[D]").astype(np.int64)
    return ((month.astype(np.int64) % 12 == 1) & (of_month == 28)).astype(np.int64)
