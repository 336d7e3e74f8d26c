"""Invoices on paper: the market's documents printed in ten layouts, Dutch and English, with the truth beside each.

Called by tests and benchmarks of reading PDFs. What a layout is lies in `layouts/*.typ`; here its values are written as it
writes them. The bytes depend on the document and the layout alone.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg_ibm_plex_sans  # type: ignore[import-untyped]
import typst

from inbaar.market.documents import ABROAD, AT_HOME, WORKS, Document, Line, credit_note, planned_invoices
from inbaar.market.facts import Business
from inbaar.market.identifiers import rf_reference
from inbaar.market.population import BUSINESS, population
from inbaar.market.streams import stream

LAYOUTS = Path(__file__).with_name("layouts")
_FONTS = fontpkg_ibm_plex_sans.ROOT / "files"
_DUTCH = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_DUTCH_FULL = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one layout writes: its template, its days, and whether amounts have a decimal comma and a currency before them."""

    name: str
    day: Callable[[date], str]
    comma: bool
    currency: str
    kind: str = "invoice"

    def amount(self, value: Decimal) -> str:
        """An amount as this layout writes it."""
        text = f"{value:,.2f}"
        if self.comma:
            text = text.translate(str.maketrans(",.", ".,"))
        return f"{self.currency} {text}".strip()


def _short(day: date) -> str:
    return f"{day.day} {_DUTCH[day.month - 1]} {day.year}"


def _full(day: date) -> str:
    return f"{day.day} {_DUTCH_FULL[day.month - 1]} {day.year}"


def _english(day: date) -> str:
    return f"{_ENGLISH[day.month - 1]} {day.day}, {day.year}"


LAYOUTS_BY_NAME = {
    layout.name: layout
    for layout in (
        Layout("label-left-nl", _short, True, "€"),
        Layout("label-above-en", _english, False, "€"),
        Layout("window-nl", lambda day: f"{day:%d-%m-%Y}", True, "€"),
        Layout("two-columns-en", lambda day: f"{day:%d/%m/%Y}", False, "EUR"),
        Layout("box-nl", lambda day: f"{day.day}-{day.month}-{day.year}", True, "€"),
        Layout("pages-nl", lambda day: f"{day:%d-%m-%Y}", True, "€", "long"),
        Layout("plain-nl", _full, True, "€"),
        Layout("reverse-en", lambda day: f"{day:%Y-%m-%d}", False, "€", "reverse"),
        Layout("credit-nl", _short, True, "€", "negative credit"),
        Layout(
            "credit-en", lambda day: f"{day.day} {_ENGLISH[day.month - 1]} {day.year}", False, "€", "credit"
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and what it says, by the names of the fields."""

    name: str
    layout: str
    content: bytes
    truth: dict[str, str | None]


def printed_invoices(seed: int, each: int) -> list[Printed]:
    """`each` documents in each layout, of different customers, lines and rates."""
    debtors = [d for d in population(seed, 60) if d.facts.legal_form != "foreign"]
    plans = planned_invoices(seed, date(2026, 1, 5), 300, 400, debtors, {})
    found, place = [], 0
    for layout in LAYOUTS_BY_NAME.values():
        for _ in range(each):
            found.append(printed(_fitting(plans[place * 7 % len(plans)], layout, seed, place), layout))
            place += 1
    return found


def _fitting(document: Document, layout: Layout, seed: int, place: int) -> Document:
    """The document a layout is for: with many lines, reverse charged, a credit note, or of two rates now and then."""
    rng = stream(seed, "printed", place)
    works = (
        rng.sample((WORKS[0], AT_HOME[0], WORKS[2], AT_HOME[1]), 2)
        if place % 2
        else list(document_works(document))
    )
    lines = [_line(rng, *work) for work in works]
    if layout.kind == "long":
        lines = [_line(rng, *rng.choice(WORKS + AT_HOME[:2])) for _ in range(rng.randint(45, 90))]
    if layout.kind == "reverse":
        lines = [replace(line, vat_category=ABROAD[0], vat_percent=ABROAD[1]) for line in lines]
        facts = replace(document.debtor.facts, vat=document.debtor.facts.vat or "DE136695976")
        document = replace(document, debtor=replace(document.debtor, facts=facts))
    document = replace(document, lines=tuple(lines))
    return (
        credit_note(document, document.issued_on + timedelta(days=4)) if "credit" in layout.kind else document
    )


def document_works(document: Document) -> tuple[tuple[Any, ...], ...]:
    """The works of a document's lines, as `documents` lists them."""
    names = {line.name for line in document.lines}
    return tuple(work for work in WORKS + AT_HOME[:2] if work[0] in names) or WORKS[:1]


def _line(
    rng: Any, name: str, unit: str, low: int, high: int, least: int, most: int, vat: tuple[str, Decimal]
) -> Line:
    price = Decimal(rng.randint(low * 100, high * 100)) / 100
    return Line(name, Decimal(rng.randint(least, most)), unit, price, *vat)


def printed(document: Document, layout: Layout, business: Business = BUSINESS) -> Printed:
    """One document on paper."""
    told = _told(document, layout, business)
    issued = document.issued_on
    pdf = _compiler().compile(
        input=str(LAYOUTS / f"{layout.name}.typ"),
        format="pdf",
        sys_inputs={"invoice": json.dumps(told)},
        timestamp=datetime(issued.year, issued.month, issued.day, tzinfo=timezone.utc),  # noqa: UP017
    )
    if not isinstance(pdf, bytes):
        raise TypeError("the typesetter gave no PDF")
    return Printed(
        f"{layout.name}-{document.number}.pdf", layout.name, pdf, _truth(document, layout, business)
    )


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[_FONTS])
    return typst.Compiler(root=str(LAYOUTS), font_paths=fonts, ignore_system_fonts=True)


def _told(document: Document, layout: Layout, business: Business) -> dict[str, Any]:
    sign = -1 if layout.kind == "negative credit" else 1
    facts = document.debtor.facts
    country = {"NL": "Nederland" if layout.comma else "The Netherlands"}

    def money(value: Decimal) -> str:
        return layout.amount(sign * value)

    return {
        "number": document.number,
        "issued": layout.day(document.issued_on),
        "due": layout.day(document.due_on),
        "term": str((document.due_on - document.issued_on).days),
        "order": document.order_reference,
        "credits": document.credits_invoice,
        "reference": rf_reference(document.number),
        "seller": {
            "name": business.name, "street": business.address.street, "place": f"{business.address.postcode} {business.address.city}",
            "country": country["NL"], "kvk": business.kvk, "vat": business.vat, "iban": _grouped(business.iban), "bic": business.bic,
            "email": business.email, "phone": business.phone,
        },
        "buyer": {
            "name": facts.name, "contact": None if facts.consumer else ("T.a.v. " if layout.comma else "Attn. ") + facts.contact,
            "street": facts.address.street, "place": f"{facts.address.postcode} {facts.address.city}",
            "country": country.get(facts.address.country), "vat": facts.vat, "number": str(10_000 + facts.number),
        },
        "lines": [
            {"name": line.name, "quantity": f"{line.quantity.normalize():f}", "price": layout.amount(line.price),
             "percent": f"{line.vat_percent}%", "amount": money(line.amount)}
            for line in document.lines
        ],
        "rates": [
            {"percent": f"{percent}%", "base": money(base), "vat": money(vat), "sum": money(base + vat)}
            for _, percent, base, vat in document.vat_bases()
        ],
        "net": money(document.net), "vat": money(document.vat), "total": money(document.total),
    }  # fmt: skip


def _grouped(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


#: What a layout leaves out, or leaves so that only a person can tell.
_NOT_PRINTED = {
    "window-nl": {"customer.vat"}, "box-nl": {"customer.vat", "term_days"}, "pages-nl": {"customer.vat"},
    "plain-nl": {"customer.vat", "payment_reference", "due_date"},
    "credit-nl": {"customer.vat", "payment_reference", "due_date", "term_days", "iban"},
    "credit-en": {"customer.vat", "payment_reference", "due_date", "term_days", "iban"},
}  # fmt: skip


def _truth(document: Document, layout: Layout, business: Business) -> dict[str, str | None]:
    facts = document.debtor.facts
    found: dict[str, str | None] = {
        "number": document.number, "issue_date": document.issued_on.isoformat(), "due_date": document.due_on.isoformat(),
        "term_days": str((document.due_on - document.issued_on).days), "currency": "EUR", "net": f"{document.net:.2f}",
        "vat": f"{document.vat:.2f}", "total": f"{document.total:.2f}", "payable": f"{document.total:.2f}",
        "rates": " ".join(sorted(f"{percent.normalize():f}={vat:.2f}" for _, percent, _, vat in document.vat_bases())),
        "supplier.name": business.name, "supplier.kvk": business.kvk, "supplier.vat": business.vat, "iban": business.iban,
        "customer.name": facts.name, "customer.kvk": None, "customer.vat": facts.vat, "payment_reference": rf_reference(document.number),
        "credits_invoice": document.credits_invoice,
    }  # fmt: skip
    if layout.name == "plain-nl":
        found["due_date"] = document.due_on.isoformat()
    for name in _NOT_PRINTED.get(layout.name, ()):
        if not (layout.name == "plain-nl" and name == "due_date"):
            found[name] = None
    return found
