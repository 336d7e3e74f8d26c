"""Payments over several claims: 6:43 BW decides which claim, 6:44 BW what of it. Used where a debtor owes more bills.

Designated claim first; then due before not due, the most onerous (highest rate of interest that day), the oldest,
and claims equal in all of that in proportion to what is owed on them, in cents that add up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from inbaar.law.account import Allocation, RunningAccount
from inbaar.law.amounts import ZERO, shares
from inbaar.law.claim import Claim, Owed, Payment, close_account, open_account, payments_until
from inbaar.law.daycount import DayCount
from inbaar.law.rates import claim_rates


@dataclass(frozen=True, slots=True)
class Allocated:
    """The state of every claim, in the order given; all allocations, oldest first; and what no claim could take."""

    owed: tuple[Owed, ...]
    allocations: tuple[Allocation, ...]
    unallocated: Decimal


@dataclass(slots=True)
class _Open:
    """A claim with its running account."""

    claim: Claim
    account: RunningAccount
    accept_unconfirmed: bool

    def due_on(self) -> date:
        if self.claim.due_date is not None:
            return self.claim.due_date
        first_day = self.claim.first_interest_day
        return date.min if first_day is None else first_day - timedelta(days=1)

    def rate_on(self, day: date) -> Decimal:
        """Percent a year that the claim bears on the day; 0 before its interest starts and after it stops."""
        claim = self.claim
        if claim.first_interest_day is None or day < claim.first_interest_day:
            return ZERO
        if claim.interest_stops_on is not None and day >= claim.interest_stops_on:
            return ZERO
        rates = claim_rates(claim.kind, claim.agreed_rate, claim.contract_date, self.accept_unconfirmed)
        return rates.on(day).percent

    def rank(self, day: date) -> tuple[bool, Decimal, date]:
        """Its place under 6:43 lid 2 BW: lower comes first."""
        return (self.due_on() > day, -self.rate_on(day), self.due_on())


def allocate(
    claims: Sequence[Claim],
    payments: Iterable[Payment],
    on: date,
    *,
    day_count: DayCount = DayCount.ACT_365F,
    accept_unconfirmed: bool = False,
) -> Allocated:
    """What is left of each claim on the day after all payments up to it: 6:43 and 6:44 BW. Euros.

    Refuses claims that share a reference, and a payment that names a reference no claim has.

    >>> from inbaar.law.rates import Kind
    >>> a = Claim(Kind.TRADE, Decimal("500.00"), None, reference="A", due_date=date(2026, 5, 1))
    >>> b = Claim(Kind.TRADE, Decimal("500.00"), None, reference="B", due_date=date(2026, 7, 1))
    >>> done = allocate([b, a], [Payment(date(2026, 7, 15), Decimal("600.00"))], date(2026, 7, 15))
    >>> [(made.claim_reference, made.amount) for made in done.allocations]
    [('A', Decimal('500.00')), ('B', Decimal('100.00'))]
    """
    _require_distinct(claims)
    opened = [
        _Open(
            claim, open_account(claim, day_count, accept_unconfirmed=accept_unconfirmed), accept_unconfirmed
        )
        for claim in claims
    ]
    made: list[tuple[int, Allocation]] = []
    unallocated = ZERO
    for payment in payments_until(payments, on):
        left = payment.amount
        for group in _order(opened, payment):
            left -= _pay_group(opened, group, left, payment.on, made)
        unallocated += left
    states = tuple(
        close_account(entry.account, (item for at, item in made if at == number), on, day_count=day_count)
        for number, entry in enumerate(opened)
    )
    return Allocated(states, tuple(item for _, item in made), unallocated)


def _require_distinct(claims: Sequence[Claim]) -> None:
    references = [claim.reference for claim in claims]
    twice = sorted({reference for reference in references if references.count(reference) > 1})
    if twice:
        raise ValueError(f"two claims have the reference {twice[0]!r}; give each claim its own")


def _order(opened: Sequence[_Open], payment: Payment) -> Iterator[list[int]]:
    """The claims in the order in which the payment goes to them, those that share it together."""
    places = list(range(len(opened)))
    if payment.claim is not None:
        named = [number for number in places if opened[number].claim.reference == payment.claim]
        if not named:
            raise ValueError(
                f"the payment of {payment.on} names {payment.claim!r}, which is no claim here; correct the reference"
            )
        yield named
        places.remove(named[0])
    places = [number for number in places if opened[number].account.total_owed(payment.on)]
    ranked = sorted(places, key=lambda number: opened[number].rank(payment.on))
    for _, group in groupby(ranked, key=lambda number: opened[number].rank(payment.on)):
        yield list(group)


def _pay_group(
    opened: Sequence[_Open], group: list[int], amount: Decimal, on: date, made: list[tuple[int, Allocation]]
) -> Decimal:
    """Pays claims of one rank, in proportion where the money is short; gives what they took."""
    if not amount:
        return ZERO
    for number in group:
        opened[number].account.accrue(on)
    owed = [opened[number].account.total_owed(on) for number in group]
    parts = owed if amount >= sum(owed) else shares(amount, owed)
    taken = ZERO
    for number, part in zip(group, parts, strict=True):
        if part:
            allocation = opened[number].account.pay(part, on)
            made.append((number, allocation))
            taken += allocation.amount
    return taken
