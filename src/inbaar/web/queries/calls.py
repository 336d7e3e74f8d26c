"""The calls that policies ask for: who is to be called about what, oldest first."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch

SHOWN = 200
_CALLS = """
    SELECT c.id, c.on, c.debtor_id, d.name, d.language,
           (SELECT string_agg(DISTINCT i.number, ', ') FROM dunning_callitem x
            JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
            WHERE x.client_id = c.client_id AND x.call_id = c.id AND i.open_amount > 0),
           (SELECT coalesce(sum(i.open_amount), 0) FROM dunning_callitem x
            JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
            WHERE x.client_id = c.client_id AND x.call_id = c.id),
           (SELECT coalesce(min(i.currency), 'EUR') FROM dunning_callitem x
            JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
            WHERE x.client_id = c.client_id AND x.call_id = c.id),
           coalesce(p.phone, ''), coalesce(p.name, '')
    FROM dunning_call c JOIN parties_debtor d ON d.client_id = c.client_id AND d.id = c.debtor_id
    LEFT JOIN LATERAL (
        SELECT phone, name FROM parties_contact k
        WHERE k.client_id = c.client_id AND k.debtor_id = c.debtor_id AND k.phone <> ''
        ORDER BY k.role = 'follow_up' DESC, k.id LIMIT 1
    ) p ON true
    WHERE c.client_id = %(client)s AND {which} ORDER BY c.on, c.id LIMIT %(limit)s
"""
# Who is to be called about what is still open and not held: nobody is called about what he paid or disputes.
WAITING = """
    c.outcome = '' AND EXISTS (
        SELECT 1 FROM dunning_callitem x JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
        WHERE x.client_id = c.client_id AND x.call_id = c.id AND i.open_amount > 0 AND NOT EXISTS (
            SELECT 1 FROM receivables_hold h
            WHERE h.client_id = c.client_id AND h.debtor_id = c.debtor_id AND h.amount IS NULL AND h.released_on IS NULL
              AND h.since <= %(on)s AND (h.until IS NULL OR h.until >= %(on)s)
              AND (h.invoice_id = i.id OR h.invoice_id IS NULL)))
"""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call to make: since when, whom, about which invoices, and what is open of them together."""

    id: int
    on: dt.date
    debtor_id: int
    debtor: str
    language: str
    numbers: str | None
    open_amount: Decimal
    currency: str
    phone: str
    contact: str


def calls_waiting(client_id: int, on: dt.date, limit: int = SHOWN) -> list[CallRow]:
    """The calls nobody made yet about what is still owed and not held, oldest first."""
    facts = {"client": client_id, "on": on, "limit": limit}
    return [CallRow(*row) for row in fetch(_CALLS.format(which=WAITING), facts)]


def call_count(client_id: int, on: dt.date) -> int:
    """How many calls wait."""
    sql = f"SELECT count(*) FROM dunning_call c WHERE c.client_id = %(client)s AND {WAITING}"  # noqa: S608 - our own text
    return int(fetch(sql, {"client": client_id, "on": on})[0][0])
