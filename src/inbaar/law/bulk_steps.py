"""Walks many claims through their days at once, one stretch a step: `law.bulk` is the door.

A stretch ends where a line of the explaining path ends: at a change of rate, the last day of a year of default, a
payment, or the day asked (and the calendar year under ACT/ACT). Days are numbered from 1970-01-01, amounts are cents.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from inbaar.law.bulk_days import BIG, Column, Flags, Years, is_29_february, span_of, spans, years
from inbaar.law.daycount import DayCount

PERCENT_UNITS = 10_000  # rates are in hundredths of a percent
PLACES_PER_CLAIM = 4  # how large the table may be in which the cases of claims are found


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


def walk(ledger: Ledger, payments: Payments | None, day_count: DayCount) -> int | None:
    """Brings every claim to its day; gives the place of a claim the rates do not cover, if there is one."""
    everyone = np.arange(len(ledger.principal))
    queue = _Queue(payments, len(everyone)) if payments is not None and len(payments.claim) else None
    if queue:
        queue.pay(ledger, everyone, np.minimum(ledger.first - 1, ledger.until))
    active = np.flatnonzero(ledger.first <= ledger.interest_until)
    cases, case = _cases(ledger, active, queue.paid(active) if queue else np.zeros(len(active), np.bool_))
    for step in _stretches(ledger, cases, queue, day_count):
        base = ledger.principal[active] + ledger.capitalised[active]
        if step.uncovered.any() and (refused := step.uncovered[case] & (base > 0)).any():
            return int(active[np.argmax(refused)])
        _accrue(ledger, active, base * step.weight[case], step.denominator_of(case))
        if queue:
            queue.pay(ledger, active, step.end[case])
        _capitalise(ledger, active[step.full[case]])
        going = step.going[case]
        active, case = active[going], step.renumbered[case[going]]
    if queue:
        queue.pay(ledger, everyone, ledger.until)
    ledger.costs_left = np.where(ledger.costs_from <= ledger.until, ledger.costs, 0)
    return None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The next stretch of each case: hundredths of a percent times days (0 where `uncovered`) and its last day.

    `denominator` is what cents times the weight are divided by. `full` tells that it ends a year of default, `going`
    that days are left after it: the next stretches are of those cases only, `renumbered` in their order.
    """

    weight: Column
    uncovered: Flags
    end: Column
    full: Flags
    going: Flags
    denominator: int | Column

    def denominator_of(self, case: Column) -> int | Column:
        """The denominator of claims of these cases."""
        return self.denominator if isinstance(self.denominator, int) else self.denominator[case]

    @property
    def renumbered(self) -> Column:
        """The number that each case has in the next stretch."""
        return np.cumsum(self.going) - 1


def _cases(ledger: Ledger, active: Column, alone: Flags) -> tuple[Column, Column]:
    """One claim for each case, and the case of every active claim.

    Kind, first day and last day decide the stretches of a claim, so that a portfolio has a few thousand cases. A claim
    that is `alone` (a payment ends a stretch too) is a case of its own; so are all, where sharing would not pay.
    """
    together = np.flatnonzero(~alone)
    key, span = np.zeros(len(together), np.int64), 1
    for column in (ledger.kind, ledger.first, ledger.interest_until) if len(together) else ():
        values = column[active[together]]
        low, places = int(values.min()), int(values.max()) - int(values.min()) + 1
        key, span = key * places + (values - low), span * places
    if span > PLACES_PER_CLAIM * len(together):
        return active, np.arange(len(active))
    one_of = np.full(span, -1, np.int64)
    one_of[key] = active[together]
    shared = one_of >= 0
    case = np.empty(len(active), np.int64)
    case[together] = (np.cumsum(shared) - 1)[key]
    case[alone] = np.count_nonzero(shared) + np.arange(len(active) - len(together))
    return np.concatenate([one_of[shared], active[alone]]), case


def _stretches(
    ledger: Ledger, cases: Column, queue: "_Queue | None", day_count: DayCount
) -> Iterator[_Stretch]:
    """The stretches of each case in their order, until the last case has reached its last day."""
    calendar, rates = years(), spans()
    until, day = ledger.interest_until[cases], ledger.first[cases]
    leap_anchor = is_29_february(day) * len(calendar.year_end)
    year_end = calendar.next_year[_place(day, calendar) + leap_anchor] - 1
    span = span_of(ledger.kind[cases], day)
    while len(cases):
        rate, last = rates.rate[span], rates.last[span]
        end = np.minimum(np.minimum(until, year_end), last)
        if day_count is DayCount.ACT_ACT:
            end = np.minimum(end, calendar.year_end[_place(day, calendar)])
        if queue:
            end = np.minimum(end, np.maximum(queue.next_day(cases), day))
        full, going = end == year_end, end < until
        weight = np.maximum(rate, 0) * (end - day + 1)
        yield _Stretch(weight, rate < 0, end, full, going, _denominator(day, day_count, calendar))
        span, year_end, day = (span + (end == last))[going], year_end[going], end[going] + 1
        cases, until, leap_anchor = cases[going], until[going], leap_anchor[going]
        anew = np.flatnonzero(full[going])
        year_end[anew] = calendar.next_year[_place(day[anew], calendar) + leap_anchor[anew]] - 1


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


def _denominator(day: Column, day_count: DayCount, calendar: Years) -> int | Column:
    """What cents times hundredths of a percent times days are divided by."""
    if day_count is DayCount.ACT_365F:
        return 365 * PERCENT_UNITS
    return calendar.year_days[_place(day, calendar)] * PERCENT_UNITS


class _Queue:
    """The payments of each claim that have not been made yet."""

    def __init__(self, payments: Payments, size: int) -> None:
        self._payments = payments
        self._at, self._end = np.searchsorted(payments.claim, (np.arange(size), np.arange(1, size + 1)))
        self._day = np.append(payments.day, BIG)
        self._cents = np.append(payments.cents, 0)

    def paid(self, claims: Column) -> Flags:
        """Whether there are payments to each claim."""
        return self._at[claims] < self._end[claims]

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
