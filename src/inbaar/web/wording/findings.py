"""What was read in a document, field by field, in words: for who decides about a document in doubt."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inbaar.intake.reading import kept_texts


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of an invoice and what was read there."""

    name: str
    value: str


def read_fields(read: dict[str, Any]) -> list[FieldLine]:
    """The fields of a kept reading, in the order of an invoice."""
    texts = kept_texts(read)
    lines = (
        (_("Number"), texts.get("number")),
        (_("Kind"), _("credit note") if read.get("credit_note") else _("invoice")),
        (_("Date"), texts.get("issue_date")),
        (_("Due date"), texts.get("due_date")),
        (_("Currency"), texts.get("currency")),
        (_("Net"), texts.get("net")),
        (_("VAT"), texts.get("vat")),
        (_("Total"), texts.get("total")),
        (_("To be paid"), texts.get("payable")),
        (_("Payment reference"), texts.get("payment_reference")),
        (_("Supplier"), _party(texts, "supplier")),
        (_("Pay to"), texts.get("iban")),
        (_("Customer"), _party(texts, "customer")),
    )
    return [FieldLine(name, value or "–") for name, value in lines]


def _party(texts: dict[str, str], role: str) -> str:
    kvk = texts.get(f"{role}.kvk")
    parts = (texts.get(f"{role}.name"), f"KvK {kvk}" if kvk else "", texts.get(f"{role}.vat"))
    return ", ".join(part for part in parts if part)
