"""What was read from one invoice file: the answer every reader gives and every caller takes.

Used by the readers, by `inbaar read` (section 9 of the contract), by the upload page and by the action that
accepts an invoice. Values are exactly what the file says, normalised but never guessed; what is not in the
file is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Status = Literal["accepted", "review", "refused"]
#: An error refuses the file, a warning asks for a person, a note is only told.
Level = Literal["error", "warning", "note"]

#: `ubl` is a UBL 2 Invoice or CreditNote, bare or in an envelope; `cii` a UN/CEFACT CrossIndustryInvoice;
#: `facturx` a PDF that carries one (ZUGFeRD 2 is the same thing); `zugferd` the CrossIndustryDocument of
#: ZUGFeRD 1, bare or in a PDF; `pdf` a PDF that carries no invoice as XML and is read from its pages.
Format = Literal["ubl", "cii", "facturx", "zugferd", "pdf"]


@dataclass(frozen=True, slots=True)
class PartyRead:
    """The supplier or the customer, as the file names them."""

    name: str | None = None
    kvk: str | None = None
    vat: str | None = None
    iban: str | None = None
    legal_id: str | None = None
    email: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One value: what was read, where on the page (`box`: left, bottom, right, top in points), how sure (0..1).

    A value from structured data has no page and no box, and is certain.
    """

    value: str
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `rule` is the official id where a rule says just this, else our own word."""

    level: Level
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class InvoiceRead:
    """One file read: `refused` has an error among its problems, `review` waits for a person.

    `found` is every value by the name of its field: the text alone where it is certain, as from structured data.
    """

    file: str
    status: Status = "refused"
    format: Format | None = None
    number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    currency: str | None = None
    net: Decimal | None = None
    vat: Decimal | None = None
    total: Decimal | None = None
    payable: Decimal | None = None
    credit_note: bool = False
    supplier: PartyRead = PartyRead()
    customer: PartyRead = PartyRead()
    payment_reference: str | None = None
    payment_terms_text: str | None = None
    credits_invoice: str | None = None
    order_reference: str | None = None
    found: Mapping[str, str | FieldRead] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    sha256: str | None = None

    @property
    def fields(self) -> dict[str, FieldRead]:
        """Every value that was found, each with where and how sure."""
        return {
            name: FieldRead(entry) if isinstance(entry, str) else entry for name, entry in self.found.items()
        }


def as_json(read: InvoiceRead) -> dict[str, Any]:
    """What `inbaar read --json` prints for one file: amounts as strings with two decimals, dates ISO."""
    supplier, customer = read.supplier, read.customer
    return {
        "file": read.file,
        "status": read.status,
        "format": read.format,
        "number": read.number,
        "issue_date": _iso(read.issue_date),
        "due_date": _iso(read.due_date),
        "currency": read.currency,
        "net": _amount(read.net),
        "vat": _amount(read.vat),
        "total": _amount(read.total),
        "payable": _amount(read.payable),
        "credit_note": read.credit_note,
        "supplier": {"name": supplier.name, "kvk": supplier.kvk, "vat": supplier.vat, "iban": supplier.iban},
        "customer": {"name": customer.name, "kvk": customer.kvk, "vat": customer.vat},
        "fields": {
            name: {"value": f.value, "page": f.page, "box": f.box, "confidence": f.confidence}
            for name, f in read.fields.items()
        },
        "problems": [{"level": p.level, "rule": p.rule, "text": p.text} for p in read.problems],
    }


def as_kept(read: InvoiceRead) -> dict[str, Any]:
    """What is kept of a reading beside its document: every value, and no more around it than it needs.

    A certain value is itself; one that was read on a page also says where and how sure. `kept_texts` reads it back.
    """
    placed = {
        name: {"value": f.value, "page": f.page, "box": f.box, "confidence": f.confidence}
        for name, f in read.found.items()
        if not isinstance(f, str)
    }
    return {"credit_note": read.credit_note, "fields": {**read.found, **placed} if placed else read.found}


def kept_texts(kept: Mapping[str, Any]) -> dict[str, str]:
    """The values of a kept reading by the names of their fields."""
    return {
        name: entry["value"] if isinstance(entry, dict) else entry
        for name, entry in (kept.get("fields") or {}).items()
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
