"""The explainable claim: what is owed on a day, line by line, after every payment. Used by letters, screens and the CLI.

6:119, 6:119a, 6:96 and 6:44 BW. Amounts are Decimal euros; nothing here knows a database or reads a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inbaar.law.account import Allocation, InterestLine, RunningAccount
from inbaar.law.amounts import ZERO, whole_cents
from inbaar.law.daycount import DayCount
from inbaar.law.rates import AgreedRate, Kind, claim_rates


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: euros, and the days that matter.

    `first_interest_day` None means no default yet, so no interest. `costs` count from `costs_due_from` (without it:
    from the first interest day, or at once if there is none). `interest_stops_on` is the first day without interest
    (the day of a bankruptcy judgment). `contract_date` matters only for trade contracts made before 2013-03-16.
    """

    kind: Kind
    principal: Decimal
    first_interest_day: date | None
    costs: Decimal = ZERO
    costs_due_from: date | None = None
    reference: str = ""
    due_date: date | None = None
    interest_stops_on: date | None = None
    agreed_rate: AgreedRate | None = None
    contract_date: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "principal", whole_cents(self.principal, "principal"))
        object.__setattr__(self, "costs", whole_cents(self.costs, "costs"))


@dataclass(frozen=True, slots=True)
class Division:
    """How an earlier payment was booked, in euros: to costs, interest and principal."""

    costs: Decimal
    interest: Decimal
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """Money credited on a day (6:114 lid 2 BW). `claim` is the reference the debtor named (6:43 lid 1 BW).

    `booked` is how it was divided when it was booked; without it, the order of 6:44 BW divides it now. A booked amount
    below zero is money that was taken back: from its day on, and not before, the claim is owed again (3:38 lid 2 BW).
    """

    on: date
    amount: Decimal
    claim: str | None = None
    booked: Division | None = None

    def __post_init__(self) -> None:
        taken_back = self.booked is not None and self.amount < 0
        amount = whole_cents(-self.amount if taken_back else self.amount, "payment")
        object.__setattr__(self, "amount", -amount if taken_back else amount)
        if not self.amount:
            raise ValueError(f"the payment of {self.on} is 0; leave it out")


@dataclass(frozen=True, slots=True)
class Owed:
    """What is left on a day: `principal`, `interest` and `costs` add up to `total`; `paid` is what was allocated.

    `lines` add up to all interest that ever ran; `overpaid` is what no claim could take. `unconfirmed` names the
    rules nobody confirmed that the amounts rest on.
    """

    on: date
    principal: Decimal
    interest: Decimal
    costs: Decimal
    paid: Decimal
    total: Decimal
    lines: tuple[InterestLine, ...]
    allocations: tuple[Allocation, ...]
    overpaid: Decimal = ZERO
    day_count: DayCount = DayCount.ACT_365F

    @property
    def interest_accrued(self) -> Decimal:
        """All interest that ran up to the day, paid or not."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The unconfirmed rules used, each once."""
        return tuple(dict.fromkeys(rule for line in self.lines for rule in line.unconfirmed))


def owed(
    claim: Claim,
    payments: Iterable[Payment],
    on: date,
    *,
    day_count: DayCount = DayCount.ACT_365F,
    accept_unconfirmed: bool = False,
) -> Owed:
    """What is owed on the day, interest of that day included; payments after it are left out.

    6:119/6:119a BW (interest, compound per full year of default), 6:44 BW (order of a payment). Refuses days the
    rates do not cover (LawNotCovered) and unconfirmed rates (Unconfirmed, unless accepted).

    >>> bill = Claim(Kind.TRADE, Decimal("10000.00"), date(2026, 4, 1), costs=Decimal("875.00"))
    >>> left = owed(bill, [Payment(date(2026, 6, 30), Decimal("3000.00"))], date(2026, 8, 31))
    >>> left.principal, left.interest, left.total
    (Decimal('8128.05'), Decimal('143.59'), Decimal('8271.64'))
    """
    account = open_account(claim, day_count, accept_unconfirmed=accept_unconfirmed)
    allocations: list[Allocation] = []
    overpaid = ZERO
    for payment in payments_until(payments, on):
        if payment.booked is None:
            allocation = account.pay(payment.amount, payment.on)
        else:
            done = payment.booked
            allocation = account.book(payment.on, done.costs, done.interest, done.principal)
        overpaid += payment.amount - allocation.amount
        if allocation.amount:
            allocations.append(allocation)
    return close_account(account, allocations, on, overpaid, day_count)


def payments_until(payments: Iterable[Payment], on: date) -> list[Payment]:
    """The payments of the day and before it, oldest first, those of one day in the order given."""
    return sorted((payment for payment in payments if payment.on <= on), key=lambda payment: payment.on)


def open_account(
    claim: Claim, day_count: DayCount = DayCount.ACT_365F, *, accept_unconfirmed: bool = False
) -> RunningAccount:
    """The running account of a claim, before its first day."""
    return RunningAccount(
        claim.principal,
        claim.first_interest_day,
        claim_rates(claim.kind, claim.agreed_rate, claim.contract_date, accept_unconfirmed),
        day_count=DayCount(day_count),
        costs=claim.costs,
        costs_due_from=claim.costs_due_from,
        interest_stops_on=claim.interest_stops_on,
        reference=claim.reference,
    )


def close_account(
    account: RunningAccount,
    allocations: Iterable[Allocation],
    on: date,
    overpaid: Decimal = ZERO,
    day_count: DayCount = DayCount.ACT_365F,
) -> Owed:
    """The state of an account at the end of a day."""
    account.accrue(on)
    made = tuple(allocations)
    interest = account.accrued + account.capitalised
    return Owed(
        on=on,
        principal=account.principal,
        interest=interest,
        costs=account.costs_owed(on),
        paid=sum((allocation.amount for allocation in made), ZERO),
        total=account.total_owed(on),
        lines=tuple(account.lines),
        allocations=made,
        overpaid=overpaid,
        day_count=DayCount(day_count),
    )
