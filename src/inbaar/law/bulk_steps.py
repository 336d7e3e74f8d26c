"""Walks many claims through their days at once, one stretch a step: `law.bulk` is the door.

A stretch ends where a line of the explaining path ends: at a change of rate, the last day of a year of default, a
payment, or the day asked (and the calendar year under ACT/ACT). Days are numbered from 1970-01-01, amounts are cents.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import numpy.typing as npt

from inbaar.law.daycount import DayCount
from inbaar.law.rates import Kind, statutory_rates

Column = npt.NDArray[np.int64]
BIG = 1 << 40
EPOCH = date(1970, 1, 1)
PERCENT_UNITS = 10_000  # rates are in hundredths of a percent
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


def _zeros() -> Column:
    return np.zeros(0, np.int64)


@dataclass(slots=True)
class Ledger:
    """The running state of claims: columns that `walk` changes in place."""

    kind: Column
    principal: Column
    first: Column
    until: Column
    costs: Column
    costs_from: Column
    interest_until: Column
    capitalised: Column = field(default_factory=_zeros)
    accrued: Column = field(default_factory=_zeros)
    interest: Column = field(default_factory=_zeros)
    paid: Column = field(default_factory=_zeros)
    overpaid: Column = field(default_factory=_zeros)
    costs_left: Column = field(default_factory=_zeros)

    def __post_init__(self) -> None:
        for name in ("capitalised", "accrued", "interest", "paid", "overpaid"):
            setattr(self, name, np.zeros(len(self.principal), np.int64))


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments sorted by claim and day."""

    claim: Column
    day: Column
    cents: Column

    def between(self, start: int, end: int) -> "Payments":
        """The payments of the claims start..end, numbered from 0."""
        low, high = np.searchsorted(self.claim, (start, end))
        return Payments(self.claim[low:high] - start, self.day[low:high], self.cents[low:high])


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
    leap_anchor = plain + _is_29_february(plain + 1)
    year = day.astype("M8[D]").astype("M8[Y]")
    year_start = year.astype("M8[D]").astype(np.int64)
    year_end = (year + 1).astype("M8[D]").astype(np.int64) - 1
    return Years(int(day[0]), np.concatenate([plain, leap_anchor]), year_end, year_end - year_start + 1)


def walk(ledger: Ledger, payments: Payments | None, day_count: DayCount) -> int | None:
    """Brings every claim to its day; gives the place of a claim the rates do not cover, if there is one."""
    calendar, rates = years(), spans()
    everyone = np.arange(len(ledger.principal))
    queue = _Queue(payments, len(everyone)) if payments is not None and len(payments.claim) else None
    if queue:
        queue.pay(ledger, everyone, np.minimum(ledger.first - 1, ledger.until))
    active = np.flatnonzero(ledger.first <= ledger.interest_until)
    day = ledger.first[active]
    leap_anchor = _is_29_february(day) * len(calendar.year_end)
    year_end = calendar.next_year[_place(day, calendar) + leap_anchor] - 1
    span = _span_of(ledger.kind[active], day)
    while len(active):
        rate, last = rates.rate[span], rates.last[span]
        base = ledger.principal[active] + ledger.capitalised[active]
        if rate.min() < 0 and (uncovered := (rate < 0) & (base > 0)).any():
            return int(active[np.argmax(uncovered)])
        end = np.minimum(np.minimum(ledger.interest_until[active], year_end), last)
        if day_count is DayCount.ACT_ACT:
            end = np.minimum(end, calendar.year_end[_place(day, calendar)])
        if queue:
            end = np.minimum(end, np.maximum(queue.next_day(active), day))
        _accrue(
            ledger,
            active,
            base * np.maximum(rate, 0) * (end - day + 1),
            _denominator(day, day_count, calendar),
        )
        if queue:
            queue.pay(ledger, active, end)
        full = np.flatnonzero(end == year_end)
        _capitalise(ledger, active[full])
        year_end[full] = calendar.next_year[_place(year_end[full] + 1, calendar) + leap_anchor[full]] - 1
        span = span + (end == last)
        going = end < ledger.interest_until[active]
        active, day, span = active[going], end[going] + 1, span[going]
        year_end, leap_anchor = year_end[going], leap_anchor[going]
    if queue:
        queue.pay(ledger, everyone, ledger.until)
    ledger.costs_left = np.where(ledger.costs_from <= ledger.until, ledger.costs, 0)
    return None


def _accrue(ledger: Ledger, claims: Column, numerator: Column, denominator: int | Column) -> None:
    """Adds the interest of one stretch, in cents, rounded half up."""
    amount = (2 * numerator + denominator) // (2 * denominator)
    ledger.accrued[claims] += amount
    ledger.interest[claims] += amount


def _capitalise(ledger: Ledger, claims: Column) -> None:
    """Adds the interest of the year that is full to the base."""
    ledger.capitalised[claims] += ledger.accrued[claims]
    ledger.accrued[claims] = 0


def _place(day: Column, calendar: Years) -> Column:
    return np.clip(day - calendar.origin, 0, len(calendar.year_end) - 1)


def _is_29_february(day: Column) -> Column:
    month = day.astype("M8[D]").astype("M8[M]")
    of_month = day - month.astype("M8[D]").astype(np.int64)
    return ((month.astype(np.int64) % 12 == 1) & (of_month == 28)).astype(np.int64)


def _denominator(day: Column, day_count: DayCount, calendar: Years) -> int | Column:
    """What cents times hundredths of a percent times days are divided by."""
    if day_count is DayCount.ACT_365F:
        return 365 * PERCENT_UNITS
    return calendar.year_days[_place(day, calendar)] * PERCENT_UNITS


def _span_of(kind: Column, day: Column) -> Column:
    found = spans()
    places = [np.searchsorted(starts, day, side="right") - 1 for starts in found.starts]
    return np.where(kind == 0, places[0] + found.offsets[0], places[1] + found.offsets[1])


class _Queue:
    """The payments of each claim that have not been made yet."""

    def __init__(self, payments: Payments, size: int) -> None:
        self._payments = payments
        self._at, self._end = np.searchsorted(payments.claim, (np.arange(size), np.arange(1, size + 1)))
        self._day = np.append(payments.day, BIG)
        self._cents = np.append(payments.cents, 0)

    def next_day(self, claims: Column) -> Column:
        """The day of the next payment to each claim."""
        at = self._at[claims]
        return self._day[np.where(at < self._end[claims], at, -1)]

    def pay(self, ledger: Ledger, claims: Column, until: Column) -> None:
        """Allocates all payments of these claims up to the day of each: 6:44 BW."""
        due = np.flatnonzero(self.next_day(claims) <= until)
        while len(due):
            claims, until = claims[due], until[due]
            at = self._at[claims]
            left = self._cents[at].copy()
            owes_costs = ledger.costs_from[claims] <= self._day[at]
            left -= _take(ledger.costs, claims, np.where(owes_costs, left, 0))
            for column in (ledger.accrued, ledger.capitalised, ledger.principal):
                left -= _take(column, claims, left)
            ledger.paid[claims] += self._cents[at] - left
            ledger.overpaid[claims] += left
            self._at[claims] += 1
            due = np.flatnonzero(self.next_day(claims) <= until)


def _take(column: Column, claims: Column, cents: Column) -> Column:
    """Lowers a column by at most these cents and gives what it took."""
    taken = np.minimum(column[claims], cents)
    column[claims] -= taken
    return taken
