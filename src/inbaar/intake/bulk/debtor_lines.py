"""One row of a list of debtors: what it says of him, and what is wrong with it. Pure.

An empty cell says nothing, so what the books know stays. A cell with accounts or addresses may hold several, with commas
between them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inbaar.intake.bulk.cells import Cell
from inbaar.intake.bulk.columns import Choices
from inbaar.intake.bulk.lines import MAIL, Fault, RowReading
from inbaar.intake.bulk.tables import Table
from inbaar.intake.identifiers import compact, iban_fault
from inbaar.receivables.drafts import Customer

MOST_TERM_DAYS = 365
#: The fields of a debtor that a list can change.
FACTS = (
    "number",
    "name",
    "street",
    "postcode",
    "city",
    "country",
    "kvk_number",
    "vat_id",
    "payment_term_days",
)
_TERM = re.compile(r"([0-9]{1,3})(?:\s*(?:dagen|dgn|days|d)\.?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DebtorLine:
    """A line as it was read; empty is what it does not say. `term` is in days."""

    line: int
    customer: Customer
    country: str = ""
    ibans: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    term: int | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def facts(self) -> dict[str, str]:
        """What it says of the fields that can change, as texts."""
        who = self.customer
        said = {
            "number": who.number, "name": who.name, "street": who.street or "", "postcode": who.postcode or "",
            "city": who.city or "", "country": self.country, "kvk_number": who.kvk or "", "vat_id": who.vat or "",
            "payment_term_days": "" if self.term is None else str(self.term),
        }  # fmt: skip
        return {name: text for name, text in said.items() if text}

    def without(self, fields: set[str]) -> "DebtorLine":
        """The line without the values of these columns."""
        of_customer = {"kvk": "kvk", "vat_id": "vat", "postcode": "postcode"}
        changed: dict[str, Any] = {of_customer[name]: None for name in fields & of_customer.keys()}
        return replace(
            self,
            customer=replace(self.customer, **changed),
            ibans=() if "iban" in fields else self.ibans,
            emails=() if "email" in fields else self.emails,
            term=None if "term" in fields else self.term,
        )


def debtor_lines_of(table: Table, head_line: int, choices: Choices) -> Iterator[DebtorLine]:
    """The lines under the head, one by one."""
    for number, row in table.rows():
        if number > head_line:
            yield debtor_line_of(number, row, choices)


def debtor_line_of(place: int, row: Sequence[Cell], choices: Choices) -> DebtorLine:
    """One row, read by the choices for its file."""
    reading = RowReading(row, choices)
    country = reading.country()
    emails, ibans = _several(reading, "email", r"[,;]+"), _several(reading, "iban", r"[,;]+")
    for mail in emails:
        if not MAIL.fullmatch(mail) or len(mail) > 254:
            reading.fault("email", "email-unreadable", mail)
    for iban in ibans:
        if iban_fault(iban) or len(iban) > 34:
            reading.fault("iban", "iban-fails", iban)
    name, number = reading.text("debtor"), reading.text("debtor_number")
    if not name and not number:
        reading.fault("debtor", "debtor-missing", refuses=True)
    customer = Customer(
        name=name,
        kvk=reading.kvk() or None,
        vat=reading.vat_id() or None,
        email=emails[0] if emails else None,
        street=reading.text("street") or None,
        postcode=reading.postcode(country) or None,
        city=reading.text("city") or None,
        country=country or "NL",
        language="nl" if country in ("NL", "BE", "") else "en",
        number=number,
    )
    term = _term(reading)
    return DebtorLine(place, customer, country, ibans, emails, term, tuple(reading.faults))


def _several(reading: RowReading, name: str, between: str) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(between, reading.whole(name)) if part.strip()]
    return tuple(dict.fromkeys(compact(part) if name == "iban" else part for part in parts))


def _term(reading: RowReading) -> int | None:
    text = reading.text("term")
    if not text:
        return None
    found = _TERM.fullmatch(text)
    if found is None or int(found[1]) > MOST_TERM_DAYS:
        reading.fault("term", "term-unreadable", text)
        return None
    return int(found[1])
