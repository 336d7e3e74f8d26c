"""Which invoices a list shows: the filters in the address, read and checked, and the SQL they stand for."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from inbaar.receivables.evidence import ASKED
from inbaar.receivables.queries import STANDING
from inbaar.web.queries.texts import escaped

STATES = ("all", "open", "not-sent", "overdue", "disputed", "paid", "credit")
# The first and last day overdue of each age; None is without end.
AGES: dict[str, tuple[int | None, int | None]] = {
    "not-due": (None, 0), "1-30": (1, 30), "31-60": (31, 60), "61-90": (61, 90), "over-90": (91, None),
}  # fmt: skip
SORTS = {
    "number": "i.number_key",
    "debtor": "lower(d.name)",
    "issued": "i.issue_date",
    "due": "i.due_date",
    "amount": "i.payable",
    "open": "i.open_amount",
    "next": "s.due_on",
}
DISPUTED = f"""
    EXISTS (SELECT 1 FROM receivables_hold h WHERE h.client_id = i.client_id AND h.kind = 'dispute' AND {STANDING}
            AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id)))
"""  # noqa: S608 - our own text
# The kind of a hold on all of a claim, or nothing: what the run will find, also before it looked.
HELD_BY = f"""
    coalesce((SELECT h.kind FROM receivables_hold h WHERE h.client_id = {{row}}.client_id AND h.amount IS NULL AND {STANDING}
              AND (h.invoice_id = {{invoice}} OR (h.invoice_id IS NULL AND h.debtor_id = {{row}}.debtor_id))
              ORDER BY h.id LIMIT 1), '')
"""  # noqa: S608 - our own text
_DISPATCH = """
    EXISTS (SELECT 1 FROM receivables_dispatch x
            WHERE x.client_id = i.client_id AND x.invoice_id = i.id AND {which})
"""
NOT_SENT = _DISPATCH.format(which="x.sent_on IS NULL")
_STATE_SQL = {
    "open": "i.kind = 'invoice' AND i.open_amount > 0",
    "not-sent": f"i.kind = 'invoice' AND i.open_amount > 0 AND {NOT_SENT}",
    "overdue": f"""
        i.kind = 'invoice' AND i.open_amount > 0 AND i.due_date < %(on)s
        AND NOT {_DISPATCH.format(which="(x.sent_on IS NULL OR x.term_until >= %(on)s)")}
    """,
    "disputed": f"i.kind = 'invoice' AND i.open_amount > 0 AND {DISPUTED}",
    "paid": "i.kind = 'invoice' AND i.open_amount = 0",
    "credit": "i.kind = 'credit_note'",
}

_SCHEDULED = """
    i.open_amount > 0 AND EXISTS (SELECT 1 FROM dunning_schedule w
        WHERE w.client_id = i.client_id AND w.invoice_id = i.id AND {which})
"""
# What only a person can bring further, by its need.
NEEDS = {
    "not-sent": f"i.kind = 'invoice' AND i.open_amount > 0 AND {_DISPATCH.format(which='x.sent_on IS NULL AND x.letter IS NULL')}",
    "handed-over": _SCHEDULED.format(which="w.stage = 'handed_over'"),
    "paid-as-asked": _SCHEDULED.format(which="w.waits_for = 'paid_as_asked'"),
    "before-start": _SCHEDULED.format(which="w.waits_for = 'before_start'"),
    "no-letter": _SCHEDULED.format(which="w.waits_for IN ('letter_refused', 'law_not_covered')"),
    "evidence-late": f"""
        i.kind = 'invoice' AND i.open_amount > 0 AND EXISTS (SELECT 1 FROM receivables_evidencerequest q
                WHERE q.client_id = i.client_id AND q.invoice_id = i.id AND q.due_on < %(on)s AND {ASKED})
    """,  # noqa: S608 - our own text
    "solve-by": f"""
        i.kind = 'invoice' AND i.open_amount > 0 AND EXISTS (
            SELECT 1 FROM receivables_hold h WHERE h.client_id = i.client_id AND h.solve_by < %(on)s AND {STANDING}
              AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id)))
    """,  # noqa: S608 - our own text
}


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """The filters of a list; without any it is what is open, the oldest first. `problems` says of each value that could not be used which it is and what would do."""

    text: str = ""
    state: str = "open"
    age: str = ""
    need: str = ""
    debtor: int | None = None
    issued_from: dt.date | None = None
    issued_to: dt.date | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    sort: str = "due"
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered at all."""
        return self != InvoiceFilter(state=self.state, sort=self.sort)

    @property
    def order(self) -> str:
        """The SQL order; the number settles what is equal."""
        column = SORTS[self.sort.lstrip("-")]
        down = self.sort.startswith("-")
        nulls = "NULLS LAST" if column == "s.due_on" else ""
        return f"{column} {'DESC' if down else 'ASC'} {nulls}, i.id {'DESC' if down else 'ASC'}"

    def where(self, client_id: int, on: dt.date) -> tuple[str, dict[str, Any]]:
        """The SQL condition and its parameters."""
        facts: dict[str, Any] = {"client": client_id, "on": on}
        parts = ["i.client_id = %(client)s AND i.withdrawn_on IS NULL"]
        if self.state in _STATE_SQL:
            parts.append(_STATE_SQL[self.state])
        if self.age:
            parts.append(_STATE_SQL["open"])
            first, last = AGES[self.age]
            if first is not None:
                facts["due_before"] = on - dt.timedelta(days=first)
                parts.append("i.due_date <= %(due_before)s")
            if last is not None:
                facts["due_after"] = on - dt.timedelta(days=last)
                parts.append("i.due_date >= %(due_after)s")
        if self.need:
            parts.append(NEEDS[self.need])
        for value, name, condition in (
            (self.debtor, "debtor", "i.debtor_id = %(debtor)s"),
            (self.issued_from, "from", "i.issue_date >= %(from)s"),
            (self.issued_to, "to", "i.issue_date <= %(to)s"),
            (self.least, "least", "i.payable >= %(least)s"),
            (self.most, "most", "i.payable <= %(most)s"),
        ):
            if value is not None:
                facts[name] = value
                parts.append(condition)
        if self.text:
            facts["text"] = f"%{escaped(self.text)}%"
            parts.append(
                "(i.number ILIKE %(text)s OR d.name ILIKE %(text)s OR i.payment_reference ILIKE %(text)s)"
            )
        return " AND ".join(parts), facts


def read_amount(text: str) -> Decimal | None:
    """An amount as people type it, `1.234,56` or `1234.56`; None where it is none."""
    plain = text.strip().replace(" ", "").replace("\u00a0", "").lstrip("€")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", plain):
        plain = plain.replace(".", "")
    elif "," in plain and (plain.rfind(",") > plain.rfind(".")):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 12 else None


def filter_name(name: str) -> str:
    """What a filter is called on the screen."""
    names = {
        "state": _("State"),
        "age": _("Age"),
        "need": _("what waits"),
        "sort": _("Order"),
        "debtor": _("Debtor"),
    }
    return names.get(name, name).lower()


def read_filter(query: Mapping[str, str]) -> InvoiceFilter:
    """The filters of an address. What cannot be read is left out and named."""
    problems: list[str] = []

    def choice(name: str, among: Any, otherwise: str = "") -> str:
        value = query.get(name, "").strip()
        if value and value not in among:
            problems.append(
                _("“%(value)s” is no choice for %(name)s and was left out.")
                % {"value": value, "name": filter_name(name)}
            )
            return otherwise
        return value or otherwise

    def date(name: str) -> dt.date | None:
        value = query.get(name, "").strip()
        try:
            return dt.date.fromisoformat(value) if value else None
        except ValueError:
            problems.append(_("“%(value)s” is not a date; write 2026-11-22.") % {"value": value})
            return None

    def money(name: str) -> Decimal | None:
        value = query.get(name, "").strip()
        found = read_amount(value) if value else None
        if value and found is None:
            problems.append(_("“%(value)s” is not an amount; write 1234,56.") % {"value": value})
        return found

    debtor = query.get("debtor", "").strip()
    if debtor and not (debtor.isdecimal() and len(debtor) < 19):
        problems.append(
            _("“%(value)s” is no choice for %(name)s and was left out.")
            % {"value": debtor, "name": filter_name("debtor")}
        )
        debtor = ""
    return InvoiceFilter(
        text=query.get("q", "").replace("\0", "").strip()[:100],
        state=choice("state", STATES, "open"),
        age=choice("age", AGES),
        need=choice("need", NEEDS),
        debtor=int(debtor) if debtor else None,
        issued_from=date("from"),
        issued_to=date("to"),
        least=money("least"),
        most=money("most"),
        sort=choice("sort", [*SORTS, *(f"-{name}" for name in SORTS)], "due"),
        problems=tuple(problems),
    )
