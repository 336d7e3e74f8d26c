"""One line on the bank account, as the bank knows it. Called by the account, the noise and the camt writer."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class BankCode(Enum):
    """ISO bank transaction codes: domain, family, subfamily."""

    CREDIT_RECEIVED = ("PMNT", "RCDT", "ESCT")
    CREDIT_SENT = ("PMNT", "ICDT", "ESCT")
    SALARIES_SENT = ("PMNT", "ICDT", "SALA")
    DEBIT_PAID = ("PMNT", "RDDT", "ESDD")
    DEBIT_REFUNDED = ("PMNT", "RDDT", "UPDD")
    COLLECTED = ("PMNT", "IDDT", "ESDD")
    COLLECTION_RETURNED = ("PMNT", "IDDT", "UPDD")
    TRANSFER_RETURNED = ("PMNT", "ICDT", "RRTN")
    CHARGES = ("ACMT", "MDOP", "CHRG")


@dataclass(frozen=True, slots=True)
class Booking:
    """Money in (positive) or out; `details` are the parts of a batch, in which case it has no payer itself."""

    code: BankCode
    amount: Decimal
    reference: str = ""
    name: str | None = None
    iban: str | None = None
    text: str | None = None
    structured: str | None = None
    structured_issuer: str | None = None
    end_to_end_id: str | None = None
    return_reason: str | None = None
    reversal: bool = False
    mandate: str | None = None
    details: tuple["Booking", ...] = ()
