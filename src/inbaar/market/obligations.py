"""What each debtor thinks it still owes, per invoice: the debtor's side of the books.

Called by the intentions, which plan payments from it, and by the truth. One object per invoice, changed only
when a credit note goes out, a payment is booked, or a dispute opens or closes.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from inbaar.market.documents import Document

NOTHING = Decimal("0.00")


@dataclass(slots=True)
class Obligation:
    """One invoice as its debtor sees it."""

    invoice: Document
    credit_note: Document | None = None
    planted: str | None = None
    booked: Decimal = NOTHING
    booked_on: date | None = None
    disputed: Decimal = NOTHING
    dispute_day: date | None = None
    forgotten: bool = False
    reacted_to: set[str] = field(default_factory=set)

    @property
    def number(self) -> str:
        """The invoice's number."""
        return self.invoice.number

    @property
    def credited(self) -> Decimal:
        """The total of its credit note, if it has one."""
        return self.credit_note.total if self.credit_note else NOTHING

    @property
    def net(self) -> Decimal:
        """What the invoice comes to after its credit note."""
        return self.invoice.total - self.credited

    @property
    def open_amount(self) -> Decimal:
        """What is left after what has been booked; nothing for an invoice that is wrong and waits for another."""
        return NOTHING if self.planted == "sums" else max(self.net - self.booked, NOTHING)

    @property
    def undisputed(self) -> Decimal:
        """What the debtor would pay when asked today."""
        return max(self.open_amount - self.disputed, NOTHING)
