"""What the checks look at, frozen: numbers and days of one invoice, whatever syntax it came in. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from inbaar.intake.reading import Problem


@dataclass(frozen=True, slots=True)
class VatLine:
    """One rate of the VAT table, as numbers."""

    taxable: Decimal
    percent: Decimal | None
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at. `unreadable` holds (field, text) of values that are no number or no day."""

    number: str | None = None
    issue_date: dt.date | None = None
    due_dates: tuple[dt.date, ...] = ()
    currency: str | None = None
    payable_currency: str | None = None
    profile: str | None = None
    type_code: str | None = None
    credit_root: bool | None = None
    credit_note: bool = False
    supplier_name: str | None = None
    customer_name: str | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    lines: tuple[Decimal, ...] = ()
    allowances: tuple[Decimal, ...] = ()
    charges: tuple[Decimal, ...] = ()
    vat_lines: tuple[VatLine, ...] = ()
    identifiers: tuple[tuple[str, str, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    overprecise: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    references: int = 0
    supplier_identified: bool = False
    marked_currencies: bool = False


_SAID = {"payable": "amount to pay", "net": "net amount", "vat": "VAT", "rounding": "rounding amount",
         "prepaid": "prepaid amount", "legal_id": "registration number"}  # fmt: skip


def doubt(rule: str, text: str) -> Problem:
    """A problem that a person must look at."""
    return Problem("warning", rule, text)


def words(name: str) -> str:
    """A field's name as a person says it: `supplier.legal_id` is the supplier's registration number."""
    role, _, rest = name.rpartition(".")
    return (f"{role}'s " if role else "") + _SAID.get(rest, rest.replace("_", " "))


def quoted(text: str) -> str:
    """A value from the file, short enough for one line."""
    return repr(text if len(text) <= 40 else text[:39] + "…")
