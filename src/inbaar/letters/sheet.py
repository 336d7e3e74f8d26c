"""The calculation sheet of a letter: each invoice with its interest lines and payments, and the costs.

Used by `content`; the same lines are printed in the letter, on screens and in the court file.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inbaar.letters.amounts import ZERO, ContentError, demand, money, settle_amounts
from inbaar.letters.parts import LetterKind


@dataclass(frozen=True, slots=True)
class SheetLine:
    """Interest over one stretch of days at one rate over one base; `to_date` is included."""

    from_date: date
    to_date: date
    days: int
    rate_percent: Decimal
    base: Decimal
    amount: Decimal
    source: str
    article: str

    def __post_init__(self) -> None:
        settle_amounts(self, "base", "amount")
        demand(
            self.from_date <= self.to_date,
            f"an interest line runs backwards: {self.from_date} to {self.to_date}",
        )
        length = (self.to_date - self.from_date).days + 1
        demand(self.days == length, f"{self.from_date} to {self.to_date} is {length} days, not {self.days}")


@dataclass(frozen=True, slots=True)
class SheetPayment:
    """One payment and how the law divided it over costs, interest and principal (6:44 BW)."""

    on: date
    amount: Decimal
    to_costs: Decimal
    to_interest: Decimal
    to_principal: Decimal

    def __post_init__(self) -> None:
        settle_amounts(self, "amount", "to_costs", "to_interest", "to_principal")
        divided = self.to_costs + self.to_interest + self.to_principal
        demand(
            divided == self.amount, f"the payment of {self.on} is {self.amount} but divided it is {divided}"
        )


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One invoice in the letter; `interest` and `costs` are what is left of them and asked now.

    `paid` is all that was paid on it; `disputed` is the part not asked now. `step` is its own step,
    `pay_by` its own date where it differs from the letter's, `reminded_on` the day its reminder went out.
    """

    invoice_number: str
    step: LetterKind
    issue_date: date
    due_date: date
    gross: Decimal
    open_principal: Decimal
    credited: Decimal = ZERO
    paid: Decimal = ZERO
    disputed: Decimal = ZERO
    interest: Decimal = ZERO
    costs: Decimal = ZERO
    lines: tuple[SheetLine, ...] = ()
    payments: tuple[SheetPayment, ...] = ()
    reminded_on: date | None = None
    pay_by: date | None = None

    def __post_init__(self) -> None:
        settle_amounts(self, "gross", "open_principal", "credited", "paid", "disputed", "interest", "costs")
        self._tie("what was paid", self.paid, money(sum((p.amount for p in self.payments), ZERO)))
        to_principal = sum((p.to_principal for p in self.payments), ZERO)
        left = self.gross - self.credited - self.disputed - to_principal
        self._tie("the open principal", self.open_principal, left)
        self._tie("the interest", self.interest, self.interest_accrued - self.interest_paid)
        demand(
            min(self.open_principal, self.interest, self.costs) >= 0,
            f"invoice {self.invoice_number}: an open amount below zero",
        )
        demand(self.total > 0, f"invoice {self.invoice_number}: nothing is open, so nothing may be asked")

    def _tie(self, what: str, told: Decimal, reckoned: Decimal) -> None:
        if told != reckoned:
            raise ContentError(
                f"invoice {self.invoice_number}: {what} is told as {told} but its lines give {reckoned}"
            )

    @property
    def interest_accrued(self) -> Decimal:
        """All interest up to the letter's date, paid or not."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def interest_paid(self) -> Decimal:
        """The interest that payments took away."""
        return sum((payment.to_interest for payment in self.payments), ZERO)

    @property
    def costs_charged(self) -> Decimal:
        """All costs charged on this invoice, paid or not."""
        return self.costs + sum((payment.to_costs for payment in self.payments), ZERO)

    @property
    def total(self) -> Decimal:
        """What is asked for this invoice now."""
        return self.open_principal + self.interest + self.costs


@dataclass(frozen=True, slots=True)
class CostsLine:
    """One row of the scale: `rate_percent` over `base`; without a rate a minimum, a maximum or an agreed sum.

    `invoice_number` is set where the costs are per invoice.
    """

    amount: Decimal
    base: Decimal = ZERO
    rate_percent: Decimal | None = None
    source: str = ""
    article: str = ""
    invoice_number: str = ""

    def __post_init__(self) -> None:
        settle_amounts(self, "amount", "base")


@dataclass(frozen=True, slots=True)
class LetterCosts:
    """Collection costs and the lines that add up to them; a raise to the minimum is a line of its own.

    `vat_percent` is set only if the creditor cannot reclaim VAT and said so (Besluit BIK art. 2 lid 3).
    """

    principal: Decimal
    amount: Decimal
    total: Decimal
    lines: tuple[CostsLine, ...]
    vat_percent: Decimal | None = None
    vat: Decimal = ZERO
    source: str = ""
    article: str = ""

    def __post_init__(self) -> None:
        settle_amounts(self, "principal", "amount", "total", "vat")
        lines = sum((line.amount for line in self.lines), ZERO)
        demand(lines == self.amount, f"the costs are told as {self.amount} but their lines give {lines}")
        demand(
            self.amount + self.vat == self.total,
            f"costs {self.amount} and VAT {self.vat} are not {self.total}",
        )
        demand(
            self.vat == ZERO or self.vat_percent is not None,
            f"VAT of {self.vat} over the costs without a percentage",
        )
