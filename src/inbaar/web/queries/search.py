"""Search over everything: invoices by number, reference or amount, debtors by name, KvK or IBAN, bank entries."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch
from inbaar.receivables.rules import number_key
from inbaar.web.queries.texts import escaped

MOST = 20
_INVOICES = """
    SELECT i.id, i.number, i.kind, d.name, i.due_date, i.payable, i.open_amount, i.currency
    FROM receivables_invoice i JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE i.client_id = %(client)s AND i.withdrawn_on IS NULL AND (
        i.number ILIKE %(like)s OR (%(key)s <> '' AND i.number_key = %(key)s)
        OR (i.payment_reference <> '' AND i.payment_reference ILIKE %(plain)s)
        OR i.payable = %(amount)s::numeric OR i.open_amount = %(amount)s::numeric)
    ORDER BY i.number_key = %(key)s DESC, i.open_amount > 0 DESC, i.due_date DESC, i.id LIMIT %(most)s
"""
_DEBTORS = """
    SELECT d.id, d.name, d.city, d.kvk_number FROM parties_debtor d
    WHERE d.client_id = %(client)s AND (
        d.name ILIKE %(like)s OR d.number ILIKE %(like)s OR (%(kvk)s <> '' AND d.kvk_number = %(kvk)s)
        OR (d.vat_id <> '' AND d.vat_id ILIKE %(plain)s)
        OR EXISTS (SELECT 1 FROM parties_debtoriban b WHERE b.client_id = d.client_id AND b.debtor_id = d.id AND b.iban ILIKE %(plain)s)
        OR EXISTS (SELECT 1 FROM parties_contact c WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.email ILIKE %(like)s))
    ORDER BY lower(d.name), d.id LIMIT %(most)s
"""
_ENTRIES = """
    SELECT e.id, e.date, e.counterparty_name, e.text, e.amount, e.currency, e.state FROM banking_entry e
    WHERE e.client_id = %(client)s AND (
        abs(e.amount) = abs(%(amount)s::numeric) OR e.counterparty_iban ILIKE %(plain)s
        OR e.counterparty_name ILIKE %(like)s OR e.reference ILIKE %(plain)s)
    ORDER BY e.date DESC, e.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class FoundInvoice:
    """An invoice that was found."""

    id: int
    number: str
    kind: str
    debtor: str
    due_date: dt.date
    payable: Decimal
    open_amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class FoundDebtor:
    """A debtor that was found."""

    id: int
    name: str
    city: str
    kvk: str


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """A bank entry that was found."""

    id: int
    date: dt.date
    name: str
    text: str
    amount: Decimal
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    invoices: tuple[FoundInvoice, ...] = ()
    debtors: tuple[FoundDebtor, ...] = ()
    entries: tuple[FoundEntry, ...] = ()

    @property
    def count(self) -> int:
        """How much was found."""
        return len(self.invoices) + len(self.debtors) + len(self.entries)


def found(client_id: int, text: str, amount: Decimal | None) -> Found:
    """What fits a text. Three statements."""
    plain = "".join(text.split())
    facts: dict[str, Any] = {
        "client": client_id, "like": f"%{escaped(text)}%", "plain": f"%{escaped(plain)}%", "key": number_key(text),
        "kvk": plain if plain.isdecimal() else "", "amount": amount, "most": MOST,
    }  # fmt: skip
    return Found(
        tuple(FoundInvoice(*row) for row in fetch(_INVOICES, facts)),
        tuple(FoundDebtor(*row) for row in fetch(_DEBTORS, facts)),
        tuple(FoundEntry(*row) for row in fetch(_ENTRIES, facts)),
    )
