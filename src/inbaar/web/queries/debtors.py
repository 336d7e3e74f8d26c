"""Debtors: the list with what each owes, and everything one debtor's page tells."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.debtor_page.saying import page_mark
from inbaar.kit.bulk import fetch
from inbaar.letters.delivery import LAST_DELIVERY
from inbaar.receivables.queries import STANDING
from inbaar.web.queries.invoice import EventRow, HoldRow, LetterRow, event_rows
from inbaar.web.queries.texts import escaped

SORTS = {
    "name": "lower(d.name)",
    "city": "lower(d.city)",
    "invoices": "invoices",
    "open": "open",
    "overdue": "overdue",
    "oldest": "oldest",
}
_OWED = """
    SELECT debtor_id, currency, count(*) AS invoices,
           sum(CASE WHEN kind = 'credit_note' THEN -open_amount ELSE open_amount END) AS open,
           coalesce(sum(open_amount) FILTER (WHERE kind = 'invoice' AND due_date < %(on)s), 0) AS overdue,
           min(due_date) FILTER (WHERE kind = 'invoice' AND due_date < %(on)s) AS oldest
    FROM receivables_invoice WHERE client_id = %(client)s AND open_amount > 0 GROUP BY 1, 2
"""
_LIST = f"""
    WITH owed AS ({_OWED})
    SELECT d.id, d.name, d.city, d.capacity, d.kvk_number, coalesce(o.currency, 'EUR') AS currency, coalesce(o.invoices, 0) AS invoices,
           coalesce(o.open, 0) AS open, coalesce(o.overdue, 0) AS overdue, o.oldest
    FROM parties_debtor d LEFT JOIN owed o ON o.debtor_id = d.id
    WHERE d.client_id = %(client)s
"""  # noqa: S608 - our own text
# Mail to one of his addresses came back.
_UNREACHABLE = """
    EXISTS (SELECT 1 FROM parties_contact c
            JOIN letters_badaddress b ON b.client_id = c.client_id AND b.address = lower(c.email) AND b.cleared_on IS NULL
            WHERE c.client_id = d.client_id AND c.debtor_id = d.id)
"""
_HEAD = """
    SELECT id, name, number, identity, capacity, legal_form, size, kvk_number, vat_id, street, postcode, city, country, language,
           payment_term_days
    FROM parties_debtor WHERE client_id = %s AND id = %s
"""
_ONE_OWED = """
    SELECT currency, count(*),
           sum(CASE WHEN kind = 'credit_note' THEN -open_amount ELSE open_amount END),
           coalesce(sum(open_amount) FILTER (WHERE kind = 'invoice' AND due_date < %(on)s), 0),
           min(due_date) FILTER (WHERE kind = 'invoice' AND due_date < %(on)s)
    FROM receivables_invoice WHERE client_id = %(client)s AND debtor_id = %(debtor)s AND open_amount > 0
    GROUP BY 1 ORDER BY currency <> 'EUR', 1
"""
_EVENTS = """
    SELECT e.kind, e."on", e.facts, e.link, e.invoice_id, i.number, i.currency FROM (
        SELECT * FROM receivables_event WHERE client_id = %s AND debtor_id = %s ORDER BY "on" DESC, id DESC LIMIT %s
    ) e LEFT JOIN receivables_invoice i ON i.client_id = e.client_id AND i.id = e.invoice_id ORDER BY e."on", e.id
"""
_LETTERS = f"""
    SELECT l.id, l.number, l.kind, l."on", l.pay_by, l.currency, l.total, v.state, v.channel, v.address, v.answer
    FROM letters_letter l {LAST_DELIVERY}
    WHERE l.client_id = %s AND l.debtor_id = %s ORDER BY l."on" DESC, l.id DESC LIMIT 50
"""  # noqa: S608 - our own text
_HOLDS = f"""
    SELECT h.id, h.kind, h.amount, h.reason, h.owner, h.since, h.until, h.solve_by, true, {STANDING} FROM receivables_hold h
    WHERE h.client_id = %(client)s AND h.debtor_id = %(debtor)s AND h.invoice_id IS NULL AND h.released_on IS NULL
      AND (h.until IS NULL OR h.until >= %(on)s)
    ORDER BY h.since, h.id
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """A debtor in the list, with what he owes in one currency; `oldest` is the oldest due date that passed."""

    id: int
    name: str
    city: str
    capacity: str
    kvk: str
    currency: str
    invoices: int
    open: Decimal
    overdue: Decimal
    oldest: dt.date | None


@dataclass(frozen=True, slots=True)
class DebtorHead:
    """Who a debtor is."""

    id: int
    name: str
    number: str
    identity: str
    capacity: str
    legal_form: str
    size: str
    kvk: str
    vat: str
    street: str
    postcode: str
    city: str
    country: str
    language: str
    payment_term_days: int | None


@dataclass(frozen=True, slots=True)
class Owes:
    """What a debtor owes in one currency."""

    currency: str
    count: int
    open: Decimal
    overdue: Decimal
    oldest: dt.date | None


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Somebody to write to, and the part he plays; `bad_since` where mail to the address came back, with the server's words."""

    id: int
    role: str
    name: str
    email: str
    phone: str
    bad_since: dt.date | None = None
    answer: str = ""

    @property
    def silenced(self) -> bool:
        """Whether no mail goes to it because its debtor said on his page that it is not right."""
        return self.answer.startswith(page_mark(""))


@dataclass(frozen=True, slots=True)
class DebtorPage:
    """All of a debtor's page but its invoices."""

    head: DebtorHead
    owes: tuple[Owes, ...]
    contacts: tuple[ContactRow, ...]
    ibans: tuple[tuple[str, dt.date], ...]
    holds: tuple[HoldRow, ...]
    events: tuple[tuple[EventRow, int | None, str, str], ...]
    letters: tuple[LetterRow, ...]


def debtor_rows(
    client_id: int, text: str, which: str, sort: str, on: dt.date, limit: int | None = None, offset: int = 0
) -> list[DebtorRow]:
    """Debtors by a text in name, place, KvK or number, in the order asked; one row per currency. One statement."""
    where, facts = _where(client_id, text, which, on)
    column, way = SORTS[sort.lstrip("-")], "DESC NULLS LAST" if sort.startswith("-") else "ASC NULLS LAST"
    page = "LIMIT %(limit)s OFFSET %(offset)s" if limit is not None else ""
    sql = f"{_LIST} {where} ORDER BY {column} {way}, d.id, o.currency {page}"
    return [DebtorRow(*row) for row in fetch(sql, facts | {"limit": limit, "offset": offset})]


def debtor_count(
    client_id: int, text: str, which: str, on: dt.date
) -> tuple[int, list[tuple[str, Decimal, Decimal]]]:
    """How many rows the list has, and per currency what is open and late of them. One statement."""
    where, facts = _where(client_id, text, which, on)
    rows = fetch(
        f"SELECT currency, count(*), sum(open), sum(overdue) FROM ({_LIST} {where}) r GROUP BY 1 ORDER BY currency <> 'EUR', 1",  # noqa: S608
        facts,
    )
    return sum(row[1] for row in rows), [(row[0], row[2], row[3]) for row in rows]


def _where(client_id: int, text: str, which: str, on: dt.date) -> tuple[str, dict[str, Any]]:
    facts: dict[str, Any] = {"client": client_id, "on": on}
    parts = []
    if text:
        facts["text"] = f"%{escaped(text)}%"
        parts.append(
            "(d.name ILIKE %(text)s OR d.city ILIKE %(text)s OR d.kvk_number LIKE %(text)s OR d.number ILIKE %(text)s)"
        )
    if which == "owing":
        parts.append("o.open IS NOT NULL")
    elif which == "unreachable":
        parts.append(_UNREACHABLE)
    return "".join(f" AND {part}" for part in parts), facts


def contact_rows(client_id: int, debtor_id: int) -> list[ContactRow]:
    """Whom to write to at a debtor. One statement."""
    rows = fetch(
        """
        SELECT c.id, c.role, c.name, c.email, c.phone, b.since, coalesce(b.answer, '') FROM parties_contact c
        LEFT JOIN letters_badaddress b ON b.client_id = c.client_id AND b.address = lower(c.email) AND b.cleared_on IS NULL
        WHERE c.client_id = %s AND c.debtor_id = %s ORDER BY c.role, c.id
        """,
        [client_id, debtor_id],
    )
    return [ContactRow(*row) for row in rows]


def debtor_page(client_id: int, debtor_id: int, on: dt.date, events: int = 60) -> DebtorPage | None:
    """The debtor in scope, or None. Seven statements."""
    key = [client_id, debtor_id]
    heads = fetch(_HEAD, key)
    if not heads:
        return None
    facts = {"client": client_id, "debtor": debtor_id, "on": on}
    ibans = fetch(
        "SELECT iban, known_since FROM parties_debtoriban WHERE client_id = %s AND debtor_id = %s ORDER BY known_since",
        key,
    )
    told = [
        (event_rows([row[:4]])[0], row[4], row[5] or "", row[6] or "EUR")
        for row in fetch(_EVENTS, [*key, events])
    ]
    return DebtorPage(
        DebtorHead(*heads[0]),
        tuple(Owes(*row) for row in fetch(_ONE_OWED, facts)),
        tuple(contact_rows(client_id, debtor_id)),
        tuple((number, since) for number, since in ibans),
        tuple(HoldRow(*row) for row in fetch(_HOLDS, facts)),
        tuple(told),
        tuple(LetterRow(*row) for row in fetch(_LETTERS, key)),
    )
