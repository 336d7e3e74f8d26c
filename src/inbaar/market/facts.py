"""The frozen facts that leave the market: who takes part, which files arrive, what is said, what was true.

Called by everything here and by whoever plays a user: the demo, the scenarios and the benchmarks.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody sits."""

    street: str
    postcode: str
    city: str
    country: str = "NL"


@dataclass(frozen=True, slots=True)
class Business:
    """The seller: the small business that waits for its money."""

    name: str
    address: Address
    kvk: str
    vat: str
    iban: str
    bic: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """One debtor as the seller knows it; the habit is not among it, `truth` has that.

    `legal_form` is one of bv, nv, vof, eenmanszaak, municipality, foreign, consumer.
    """

    number: int
    name: str
    legal_form: str
    consumer: bool
    large: bool
    address: Address
    kvk: str | None
    vat: str | None
    legal_id: str | None
    legal_scheme: str | None
    iban: str
    email: str
    contact: str
    language: str
    payment_term_days: int


@dataclass(frozen=True, slots=True)
class MarketFile:
    """A file as it arrives: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MarketMessage:
    """What a debtor (or a curator) says outside the bank.

    `kind` is dispute, dispute_withdrawn, dispute_settled, bankruptcy or paid. `amount` None means the whole
    invoice; `on` is the date the message speaks of (of the bankruptcy, of the payment), not the day it came.
    """

    day: date
    kind: str
    debtor_number: int
    email: str
    invoice_number: str | None
    amount: Decimal | None
    on: date | None
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Meant:
    """A share of a payment: what the payer meant it for.

    `part` is principal, extra (interest and costs asked in a letter), overpaid or credit (negative: a credit
    note deducted). Only overpaid may have no number.
    """

    number: str | None
    amount: Decimal
    part: str = "principal"


@dataclass(frozen=True, slots=True)
class PaymentTruth:
    """A debtor's payment as booked, and what it meant; `bank_reference` is the key in the statement.

    `writing` says how the payer referred to the invoices; `certain` is False where no fair reader could know.
    """

    bank_reference: str
    booked_on: date
    debtor_number: int
    amount: Decimal
    meant: tuple[Meant, ...]
    writing: str
    certain: bool


@dataclass(frozen=True, slots=True)
class InvoiceTruth:
    """An invoice and what became of it so far."""

    number: str
    debtor_number: int
    issued_on: date
    due_on: date
    total: Decimal
    credit_note: str | None
    credited: Decimal
    paid: Decimal
    planted: str | None

    @property
    def open_amount(self) -> Decimal:
        """What is left of the principal after credit notes and payments, as the debtors meant them."""
        return self.total - self.credited - self.paid

    @property
    def paid_in_full(self) -> bool:
        """Whether nothing is left."""
        return self.open_amount <= 0
