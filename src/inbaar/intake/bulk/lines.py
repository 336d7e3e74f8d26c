"""One row of a list as an invoice, or what is wrong with it: field by field, never a guess. Pure.

A fault `refuses` its line when the file must be corrected, and else puts it in doubt: a person can settle it by
choosing otherwise, or by correcting the file.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.intake.bulk.cells import Cell, Unclear, Unusable, amount_of, day_of, number_of, text_of
from inbaar.intake.bulk.columns import Choices
from inbaar.intake.bulk.tables import Table
from inbaar.intake.currencies import is_currency
from inbaar.intake.identifiers import compact, iban_fault, vat_fault
from inbaar.receivables.drafts import Customer

ZERO = Decimal("0.00")
NOBODY = Customer("")
_INVOICES = frozenset({"", "factuur", "invoice", "verkoopfactuur", "debet", "debit", "d", "f", "fac", "380"})
_CREDITS = frozenset(
    {"creditnota", "creditfactuur", "creditnote", "creditinvoice", "credit", "c", "cn", "cre", "381"}
)
_COUNTRIES = {"nederland": "NL", "netherlands": "NL", "thenetherlands": "NL", "holland": "NL", "belgie": "BE",
              "belgium": "BE", "duitsland": "DE", "germany": "DE", "frankrijk": "FR", "france": "FR"}  # fmt: skip
_DUTCH_SPEAKING = frozenset({"NL", "BE", ""})
#: What makes the open amount of an item in an auditfile uncertain (`audit_items`).
AUDIT_DOUBTS = frozenset({
    "xaf-unallocated", "xaf-no-invoice", "xaf-overpaid", "xaf-matched-together", "xaf-foreign", "xaf-document-number",
    "xaf-opening",
})  # fmt: skip
_SENT = frozenset({"ja", "j", "yes", "y", "waar", "true", "1", "x", "verzonden", "verstuurd", "sent"})
_NOT_SENT = frozenset({
    "", "nee", "n", "no", "onwaar", "false", "0", "-", "nietverzonden", "nognietverzonden", "notsent", "notsentyet",
})  # fmt: skip
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST = {
    "debtor": 200,
    "debtor_number": 40,
    "reference": 140,
    "description": 300,
    "email": 254,
    "street": 200,
    "postcode": 20,
    "city": 100,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a line: in which field, by which rule of ours, and the values its sentence needs."""

    field: str
    rule: str
    value: str = ""
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read. Amounts positive, two decimals; `open` is what is asked of `total`. Without faults it is complete."""

    line: int
    number: str = ""
    kind: str = "invoice"
    issue_date: dt.date | None = None
    due_date: dt.date | None = None
    currency: str = "EUR"
    net: Decimal = ZERO
    vat: Decimal = ZERO
    total: Decimal | None = None
    open: Decimal | None = None
    debtor_number: str = ""
    reference: str = ""
    customer: Customer = NOBODY
    unsent: bool = False
    faults: tuple[Fault, ...] = ()
    iban: str = ""
    description: str = ""


def lines_of(table: Table, head_line: int, choices: Choices) -> Iterator[Line]:
    """The lines under the head, one by one: memory holds one of them."""
    for number, row in table.rows():
        if number > head_line:
            yield line_of(number, row, choices)


def line_of(place: int, row: Sequence[Cell], choices: Choices) -> Line:
    """One row, read by the choices for its file."""
    reading = RowReading(row, choices)
    number = reading.number()
    kind = reading.kind()
    net, vat, total, left, negative = reading.amounts(kind)
    if negative and kind == "invoice":
        kind = "credit_note"
    reading.doubts()
    issued, due = reading.days()
    customer = reading.customer()
    iban, description = reading.iban(), reading.text("description")
    return Line(
        place, number, kind, issued, due, reading.currency(), net, vat, total, left,
        customer.number, reading.text("reference"), customer, reading.unsent(), tuple(reading.faults), iban,
        description,
    )  # fmt: skip


class RowReading:
    """One row being read; what is wrong is collected on the way."""

    def __init__(self, row: Sequence[Cell], choices: Choices) -> None:
        self._row, self._choices = row, choices
        self.faults: list[Fault] = []

    def cell(self, name: str) -> Cell:
        column = self._choices.columns.get(name)
        return self._row[column] if column is not None and column < len(self._row) else None

    def fault(self, name: str, rule: str, value: Any = "", *, refuses: bool = False) -> None:
        self.faults.append(Fault(name, rule, str(value)[:60], refuses))

    def whole(self, name: str) -> str:
        """The cell as text, however long."""
        return text_of(self.cell(name))

    def text(self, name: str) -> str:
        text = text_of(self.cell(name))
        if len(text) > _LONGEST.get(name, 200):
            self.fault(name, "too-long", text[:40], refuses=True)
            return ""
        return text

    def number(self) -> str:
        found = number_of(self.cell("number"))
        if found is None and self.text("doubt"):
            self.fault("number", "xaf-loose", refuses=True)
            return ""
        if isinstance(found, Unusable) or found is None:
            self.fault(
                "number",
                found.rule if found else "number-missing",
                text_of(self.cell("number")),
                refuses=True,
            )
            return ""
        return found

    def kind(self) -> str:
        text = "".join(text_of(self.cell("kind")).lower().replace("-", "").split())
        if text in _CREDITS:
            return "credit_note"
        if text not in _INVOICES:
            self.fault("kind", "kind-unknown", text_of(self.cell("kind")))
        return "invoice"

    def unsent(self) -> bool:
        """Whether the debtor has not got it yet, by the column that says so or when it was sent, else by the whole list.

        Where that column holds nothing it was not sent. A day is one on which it was.
        """
        if self._choices.unsent or "sent" not in self._choices.columns:
            return self._choices.unsent
        cell = self.cell("sent")
        text = "".join(text_of(cell).lower().split())
        if text in _NOT_SENT:
            return True
        if text not in _SENT and isinstance(day_of(cell, self._choices.dates), Unusable):
            self.fault("sent", "sent-unknown", text_of(cell))
        return False

    def _value(self, name: str, found: Any) -> Any:
        if isinstance(found, Unclear | Unusable):
            self.fault(name, found.rule, text_of(self.cell(name)), refuses=isinstance(found, Unusable))
            return None
        return found

    def doubts(self) -> None:
        """What the reader of an auditfile found uncertain about an item."""
        for rule in self.text("doubt").split():
            if rule in AUDIT_DOUBTS:
                self.fault("open", rule)

    def days(self) -> tuple[dt.date | None, dt.date | None]:
        """Invoice date and due date; where one is not told, by the term that a person gave for the list."""
        issued, due = (
            self._value(name, day_of(self.cell(name), self._choices.dates))
            for name in ("issue_date", "due_date")
        )
        wrong = {fault.field for fault in self.faults}
        term = self._choices.term_days
        if term is not None and due is None and issued is not None and "due_date" not in wrong:
            due = issued + dt.timedelta(days=term)
        if term is not None and issued is None and due is not None and "issue_date" not in wrong:
            issued = due - dt.timedelta(days=term)
        for name, day in (("due_date", due), ("issue_date", issued)):
            if day is None and name not in wrong:
                self.fault(name, f"{name.replace('_', '-')}-missing", refuses=True)
        if issued and due and due < issued:
            self.fault("due_date", "due-before-issue", due.isoformat())
        return issued, due

    def amounts(self, kind: str) -> tuple[Decimal, Decimal, Decimal | None, Decimal | None, bool]:
        """Net, VAT, total and what is open, without their signs; and whether they were below zero."""
        net, vat, total, left = (
            self._value(name, amount_of(self.cell(name), self._choices.decimal))
            for name in ("net", "vat", "total", "open")
        )
        if any(fault.field in ("net", "vat", "total", "open") for fault in self.faults):
            return ZERO, ZERO, None, None, False
        if total is None and net is not None and vat is not None:
            total = net + vat
        if total is None:
            total = left
        if left is None and "open" in self._choices.columns and total is not None:
            self.fault("open", "open-missing")
        if left is None:
            left = total
        if total is None:
            self.fault("total", "amount-missing", refuses=True)
            return ZERO, ZERO, None, None, False
        self._check_amounts(net, vat, total, left, kind)
        negative = total < 0 or left < 0
        return abs(net or ZERO), abs(vat or ZERO), abs(total), abs(left), negative

    def _check_amounts(
        self, net: Decimal | None, vat: Decimal | None, total: Decimal, left: Decimal, kind: str
    ) -> None:
        if net is not None and vat is not None and net + vat != total:
            self.fault("total", "sum", f"{net} + {vat} ≠ {total}")
        if (total < 0) != (left < 0) and left and total:
            self.fault("open", "open-sign", left)
        elif abs(left) > abs(total):
            self.fault("open", "open-above-total", left)
        if (total < 0 or left < 0) and kind == "invoice" and not self._choices.negative_is_credit:
            self.fault("total", "below-zero", total)
        if total == 0:
            self.fault("total", "amount-zero", refuses=True)

    def currency(self) -> str:
        text = text_of(self.cell("currency")).upper().replace("€", "EUR") or "EUR"
        if not is_currency(text):
            self.fault("currency", "currency-unknown", text, refuses=True)
            return "EUR"
        return text

    def customer(self) -> Customer:
        country = self.country()
        mail = self.text("email")
        if mail and not MAIL.fullmatch(mail):
            self.fault("email", "email-unreadable", mail)
        name, number = self.text("debtor"), self.text("debtor_number")
        if not name and not number:
            self.fault("debtor", "debtor-missing", refuses=True)
        return Customer(
            name=name,
            kvk=self.kvk() or None,
            vat=self.vat_id() or None,
            email=mail or None,
            street=self.text("street") or None,
            postcode=self.postcode(country) or None,
            city=self.text("city") or None,
            country=country or "NL",
            language="nl" if country in _DUTCH_SPEAKING else "en",
            number=number,
        )

    def iban(self) -> str:
        """The debtor's account, compact; one that is none stays as it was written, with a fault."""
        text = compact(self.text("iban"))
        if text and (iban_fault(text) or len(text) > 34):
            self.fault("iban", "iban-fails", text)
        return text[:34]

    def country(self) -> str:
        """The country as two letters; empty where the line names none."""
        text = self.text("country")
        code = _COUNTRIES.get("".join(text.lower().replace("ë", "e").split()), text.upper())
        if code and not re.fullmatch(r"[A-Z]{2}", code):
            self.fault("country", "country-unknown", text)
            return ""
        return code

    def kvk(self) -> str:
        """The KvK number, eight figures; what is none stays as it was written, with a fault."""
        text = compact(self.text("kvk"))
        if re.fullmatch(r"[0-9]{12}", text, re.ASCII) and text.endswith("0000"):
            text = text[:8]  # as some programs write it, with the number of the head office behind it
        if re.fullmatch(r"[0-9]{7}", text, re.ASCII):
            if self._choices.restore_zeros:
                return f"0{text}"
            self.fault("kvk", "lost-zero", text)
        elif text and not re.fullmatch(r"[0-9]{8}", text, re.ASCII):
            self.fault("kvk", "kvk-unreadable", text)
        return text

    def vat_id(self) -> str:
        """The VAT number, compact; what is none stays as it was written, with a fault."""
        text = compact(self.text("vat_id"))
        if text and (vat_fault(text) or len(text) > 20):
            self.fault("vat_id", "vat-id-fails", text)
        return text

    def postcode(self, country: str) -> str:
        """Postcodes of four figures or more; a German one of four figures, or another's of three, lost its first zero."""
        text = self.text("postcode")
        lost = {"DE": 4, "FR": 4, "IT": 4, "ES": 4, "US": 4, "BE": 3, "AT": 3, "CH": 3}.get(country)
        if lost and re.fullmatch(rf"[0-9]{{{lost}}}", text, re.ASCII):
            if self._choices.restore_zeros:
                return f"0{text}"
            self.fault("postcode", "lost-zero", text)
        return text
