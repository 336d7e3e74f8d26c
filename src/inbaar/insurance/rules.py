"""What a credit insurance policy makes of a loss: what is paid, who gets recoveries, which dates must not be missed.

Every figure is a term of the policy and comes in as one. Amounts are euros with two places, rounded half up once per
amount; what is divided adds up to the cent. Terms of art as insurers publish them (`docs/insurance.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from inbaar.law.amounts import ZERO, percent_of, round_half_up, shares, whole_cents

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy's terms, percentages from 0 to 100.

    A loss below `claim_threshold` is not insured at all. `first_loss` stays with the insured in each loss, taken off
    before the percentage or after it. `maximum_liability_premiums` is the most that is paid in a year, in times the
    premium; None means no such limit.
    """

    insured_percent: Decimal
    first_loss: Decimal = ZERO
    first_loss_before_percent: bool = False
    claim_threshold: Decimal = ZERO
    maximum_extension_days: int = 0
    hand_over_days: int = 0
    premium_percent: Decimal = ZERO
    minimum_premium: Decimal = ZERO
    maximum_liability_premiums: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("insured_percent", "premium_percent"):
            if not 0 <= getattr(self, name) <= HUNDRED:
                raise ValueError(
                    f"{name} {getattr(self, name)} is no percentage from 0 to 100; correct the policy"
                )
        for name in ("first_loss", "claim_threshold", "minimum_premium"):
            whole_cents(getattr(self, name), name)
        if self.maximum_extension_days < 0 or self.hand_over_days < 0:
            raise ValueError("the maximum extension and the days to hand over are 0 or more")


@dataclass(frozen=True, slots=True)
class Payout:
    """A loss divided: what lies within the limit, what the insurer pays, what the insured bears."""

    insured: Decimal
    paid: Decimal
    own: Decimal


@dataclass(frozen=True, slots=True)
class Duties:
    """The policy's clock for one invoice; a plan or postponement does not move it (its due date stays the first)."""

    extension_ends: date
    no_delivery_from: date
    hand_over_by: date


@dataclass(frozen=True, slots=True)
class Shares:
    """An amount divided between two."""

    insured: Decimal
    uninsured: Decimal


def payout(loss: Decimal, limit: Decimal, policy: Policy) -> Payout:
    """What is paid for a loss on one debtor, within his credit limit.

    >>> payout(Decimal("100000.00"), Decimal("80000.00"), Policy(Decimal(90)))
    Payout(insured=Decimal('80000.00'), paid=Decimal('72000.00'), own=Decimal('28000.00'))
    """
    loss, limit = whole_cents(loss, "loss"), whole_cents(limit, "limit")
    if loss < policy.claim_threshold:
        return Payout(ZERO, ZERO, loss)
    insured = min(loss, limit)
    if policy.first_loss_before_percent:
        paid = percent_of(max(insured - policy.first_loss, ZERO), policy.insured_percent)
    else:
        paid = max(percent_of(insured, policy.insured_percent) - policy.first_loss, ZERO)
    return Payout(insured, paid, loss - paid)


def recovery_shares(recovered: Decimal, divided: Payout) -> Shares:
    """What came in after the pay-out, in proportion to the loss each bore: the insurer's part and the insured's own.

    >>> recovery_shares(Decimal("20000.00"), payout(Decimal("100000.00"), Decimal("80000.00"), Policy(Decimal(90))))
    Shares(insured=Decimal('14400.00'), uninsured=Decimal('5600.00'))
    """
    if recovered > divided.paid + divided.own:
        raise ValueError(f"{recovered} was recovered on a loss of {divided.paid + divided.own}: more than it")
    return Shares(*shares(whole_cents(recovered, "recovered"), [divided.paid, divided.own]))


def duties(due_on: date, policy: Policy) -> Duties:
    """The dates of an invoice that is not paid, counted from its original due date.

    >>> duties(date(2026, 6, 30), Policy(Decimal(90), maximum_extension_days=60, hand_over_days=30)).hand_over_by
    datetime.date(2026, 9, 28)
    """
    ends = due_on + timedelta(days=policy.maximum_extension_days)
    return Duties(ends, ends + timedelta(days=1), ends + timedelta(days=policy.hand_over_days))


def paid_before_loss(payment: Decimal, invoices: Sequence[tuple[date, Decimal]]) -> list[Decimal]:
    """A payment before the date of loss goes to the oldest due first; gives each invoice's part, in the order given.

    Refuses a payment above what is open.

    >>> paid_before_loss(Decimal("3000.00"), [(date(2026, 2, 1), Decimal(4000)), (date(2026, 1, 1), Decimal(2000))])
    [Decimal('1000.00'), Decimal('2000.00')]
    """
    left = whole_cents(payment, "payment")
    parts = [ZERO] * len(invoices)
    for place in sorted(range(len(invoices)), key=lambda place: invoices[place][0]):
        parts[place] = min(left, whole_cents(invoices[place][1], "invoice"))
        left -= parts[place]
    if left:
        raise ValueError(f"{left} of the payment is more than is open: keep it for another invoice")
    return parts


def paid_after_loss(payment: Decimal, insured: Decimal, uninsured: Decimal) -> Shares:
    """A payment after the date of loss is divided in proportion over what was insured and what was not.

    >>> paid_after_loss(Decimal("3000.00"), Decimal("6000.00"), Decimal("4000.00"))
    Shares(insured=Decimal('1800.00'), uninsured=Decimal('1200.00'))
    """
    if payment > insured + uninsured:
        raise ValueError(f"a payment of {payment} is more than the {insured + uninsured} that is open")
    return Shares(*shares(whole_cents(payment, "payment"), [insured, uninsured]))


def premium(turnover: Decimal, policy: Policy) -> Decimal:
    """The premium of a year over its declared turnover, and the policy's minimum at least.

    >>> premium(Decimal("1200000.00"), Policy(Decimal(90), premium_percent=Decimal("0.35"), minimum_premium=Decimal(5000)))
    Decimal('5000.00')
    """
    asked = percent_of(whole_cents(turnover, "turnover"), policy.premium_percent)
    return max(asked, whole_cents(policy.minimum_premium, "minimum premium"))


def maximum_liability(premium_paid: Decimal, policy: Policy) -> Decimal | None:
    """The most that is paid in a year; None where the policy sets no limit.

    >>> maximum_liability(Decimal("15000.00"), Policy(Decimal(90), maximum_liability_premiums=Decimal(30)))
    Decimal('450000.00')
    """
    if policy.maximum_liability_premiums is None:
        return None
    return round_half_up(whole_cents(premium_paid, "premium") * policy.maximum_liability_premiums)
