"""The terms of a payment plan as dates and amounts, and how they are divided over its invoices. Pure; to the cent.

Amounts are in the plan's one currency. A term is counted from 1; its date is the last day on which it is paid in time.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from inbaar.law.amounts import ZERO, shares
from inbaar.law.calendar import months_after, moved_to_working_day

WEEK = dt.timedelta(days=7)


class Every(StrEnum):
    """How far the terms lie apart; `own` are dates and amounts that were agreed one by one."""

    WEEK = "week"
    MONTH = "month"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what is paid by which day."""

    due_on: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a term stands: `paid` of it, and the day on which that made it whole, if it did."""

    number: int
    due_on: dt.date
    amount: Decimal
    paid: Decimal
    paid_on: dt.date | None = None

    @property
    def open(self) -> Decimal:
        """What is still to be paid of it."""
        return self.amount - self.paid


def equal_terms(total: Decimal, count: int, first_on: dt.date, every: Every) -> tuple[Term, ...]:
    """`count` terms that add up to the total to the cent, the first on `first_on`, each on a working day.

    The cents that dividing leaves are in the first terms, one each. Months are counted from the first day, so that a plan that
    begins on the 31st comes back to it. A day that is no working day moves to the next one: banks book nothing on it.

    >>> [(str(t.due_on), str(t.amount)) for t in equal_terms(Decimal("100.00"), 3, dt.date(2026, 1, 31), Every.MONTH)]
    [('2026-02-02', '33.34'), ('2026-03-02', '33.33'), ('2026-03-31', '33.33')]
    """
    amounts = shares(total, [Decimal(1)] * count)
    return tuple(
        Term(moved_to_working_day(_nth_day(first_on, number, every)), amount)
        for number, amount in enumerate(amounts)
    )


def _nth_day(first_on: dt.date, number: int, every: Every) -> dt.date:
    return first_on + number * WEEK if every is Every.WEEK else months_after(first_on, number)


def divided(amounts: Sequence[Decimal], owed: Sequence[Decimal]) -> list[list[Decimal]]:
    """What of each amount goes to which claim, the claims in their order filled one after the other.

    Refuses amounts that are more than all that is owed.

    >>> [[str(part) for part in row] for row in divided([Decimal("60.00"), Decimal("60.00")], [Decimal("100.00"), Decimal("20.00")])]
    [['60.00', '0.00'], ['40.00', '20.00']]
    """
    left = list(owed)
    if sum(amounts, ZERO) > sum(left, ZERO):
        raise ValueError(f"terms of {sum(amounts, ZERO)} are more than the {sum(left, ZERO)} that is owed")
    rows = []
    for amount in amounts:
        row = []
        for place, open_amount in enumerate(left):
            part = min(amount, open_amount)
            left[place] -= part
            amount -= part
            row.append(part)
        rows.append(row)
    return rows


def standings(terms: Sequence[Term], payments: Sequence[tuple[dt.date, Decimal]]) -> tuple[Standing, ...]:
    """How each term stands after payments (value date, amount; what was taken back is below zero), oldest term first.

    A term was made whole on the day from which what was paid in all reaches it and never sinks below it again.

    >>> [str(s.paid) for s in standings([Term(dt.date(2026, 5, 1), Decimal("50.00")), Term(dt.date(2026, 6, 1), Decimal("50.00"))], [(dt.date(2026, 5, 1), Decimal("70.00"))])]
    ['50.00', '20.00']
    """
    days = sorted({day for day, _ in payments})
    so_far = {day: sum((amount for on, amount in payments if on <= day), ZERO) for day in days}
    paid = so_far[days[-1]] if days else ZERO
    found, reached = [], ZERO
    for number, term in enumerate(terms, start=1):
        of_term = max(min(paid - reached, term.amount), ZERO)
        reached += term.amount
        whole_on = next(
            (
                day
                for place, day in enumerate(days)
                if all(so_far[later] >= reached for later in days[place:])
            ),
            None,
        )
        found.append(Standing(number, term.due_on, term.amount, of_term, whole_on))
    return tuple(found)
