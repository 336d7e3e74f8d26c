"""What was read in a document, field by field, in words: for who decides about a document in doubt."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of an invoice and what was read there."""

    name: str
    value: str


def read_fields(read: dict[str, Any]) -> list[FieldLine]:
    """The fields that were read, in the order of an invoice."""
    supplier, customer = read.get("supplier") or {}, read.get("customer") or {}
    lines = (
        (_("Number"), read.get("number")),
        (_("Kind"), _("credit note") if read.get("credit_note") else _("invoice")),
        (_("Date"), read.get("issue_date")),
        (_("Due date"), read.get("due_date")),
        (_("Currency"), read.get("currency")),
        (_("Net"), read.get("net")),
        (_("VAT"), read.get("vat")),
        (_("Total"), read.get("total")),
        (_("To be paid"), read.get("payable")),
        (_("Payment reference"), read.get("payment_reference")),
        (_("Supplier"), _party(supplier)),
        (_("Pay to"), supplier.get("iban")),
        (_("Customer"), _party(customer)),
    )
    return [FieldLine(name, str(value) if value not in (None, "") else "–") for name, value in lines]


def _party(party: dict[str, Any]) -> str:
    parts = [party.get("name"), f"KvK {party['kvk']}" if party.get("kvk") else "", party.get("vat")]
    return ", ".join(str(part) for part in parts if part)
