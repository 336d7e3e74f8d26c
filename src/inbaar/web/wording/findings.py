"""What was read in a document, field by field, in words: for who decides about a document in doubt."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from inbaar.intake.reading import kept_texts
from inbaar.web.formats import amount, day, iban

FORMATS = {
    "ubl": "UBL",
    "cii": "CII",
    "facturx": "Factur-X",
    "zugferd": "ZUGFeRD",
    "camt.053": "camt.053",
    "mt940": "MT940",
    "pdf": "PDF",
}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of an invoice and what was read there."""

    name: str
    value: str


def read_fields(read: dict[str, Any]) -> list[FieldLine]:
    """The fields of a kept reading, in the order of an invoice; none at all where nothing was read."""
    texts = kept_texts(read)
    currency = texts.get("currency", "")
    lines = (
        (_("Number"), texts.get("number")),
        (_("Kind"), _("credit note") if read.get("credit_note") else _("invoice")),
        (_("Date"), _day(texts.get("issue_date"))),
        (_("Due date"), _day(texts.get("due_date"))),
        (_("Currency"), currency),
        (_("Net"), _money(texts.get("net"), currency)),
        (_("VAT"), _money(texts.get("vat"), currency)),
        (_("Total"), _money(texts.get("total"), currency)),
        (_("To be paid"), _money(texts.get("payable"), currency)),
        (_("Payment reference"), texts.get("payment_reference")),
        (_("Supplier"), _party(texts, "supplier")),
        (_("Pay to"), iban(texts.get("iban", ""))),
        (_("Customer"), _party(texts, "customer")),
    )
    if not any(value for name, value in lines if name != _("Kind")):
        return []
    return [FieldLine(name, value or "–") for name, value in lines]


def format_name(code: str) -> str:
    """A file's format as people write it."""
    return FORMATS.get(code, code)


def _day(text: str | None) -> str:
    """A date that was read as the page writes it; what is none stays as it was read."""
    try:
        return day(dt.date.fromisoformat(text)) if text else ""
    except ValueError:
        return text or ""


def _money(text: str | None, currency: str) -> str:
    """An amount that was read as the page writes it; what is none, or has more than cents, stays as it was read."""
    if not text:
        return ""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return amount(value, currency or "?") if value == round(value, 2) else text


def _party(texts: dict[str, str], role: str) -> str:
    kvk = texts.get(f"{role}.kvk")
    parts = (texts.get(f"{role}.name"), f"KvK {kvk}" if kvk else "", texts.get(f"{role}.vat"))
    return ", ".join(part for part in parts if part)
