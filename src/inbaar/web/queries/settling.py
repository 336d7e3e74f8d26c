"""What the page of an entry needs beside it: the next one that waits, whose invoices it paid, what a debit may take back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inbaar.banking.returns import Back, Original, originals_of
from inbaar.kit.bulk import fetch
from inbaar.web.queries.bank import EntryRow

_WAITS = "(e.state = 'unmatched' OR (e.state = 'matched' AND e.unapplied > 0))"
_AROUND = f"""
    SELECT (SELECT e.id FROM banking_entry e WHERE e.client_id = %(client)s AND {_WAITS}
              AND (e.date, e.id) < (%(date)s, %(id)s) ORDER BY e.date DESC, e.id DESC LIMIT 1),
           (SELECT e.id FROM banking_entry e WHERE e.client_id = %(client)s AND {_WAITS}
              AND (e.date, e.id) > (%(date)s, %(id)s) ORDER BY e.date, e.id LIMIT 1),
           (SELECT count(*) FROM banking_entry e WHERE e.client_id = %(client)s AND {_WAITS}),
           (SELECT count(*) FROM banking_entry e WHERE e.client_id = %(client)s AND {_WAITS}
              AND (e.date, e.id) >= (%(date)s, %(id)s))
"""  # noqa: S608 - our own text
_PAID = """
    SELECT DISTINCT d.id, d.name FROM banking_match m
    JOIN receivables_invoice i ON i.client_id = m.client_id AND i.id = m.invoice_id
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE m.client_id = %s AND m.entry_id = %s AND m.undone_on IS NULL ORDER BY 2, 1
"""
_BACK = """
    SELECT e.id, e.date, -e.amount, e.currency, e.account_id, e.counterparty_name, e.counterparty_iban, e.end_to_end_id,
           e.reference, e.text, e.return_reason, a.purse
    FROM banking_entry e JOIN banking_bankaccount a ON a.client_id = e.client_id AND a.id = e.account_id
    WHERE e.client_id = %s AND e.id = %s AND e.amount < 0
"""
_HABITS = """
    SELECT h.id, h.kind, h.value, h.learned_by, h.learned_on, h.entry_id FROM banking_habit h
    WHERE h.client_id = %s AND h.debtor_id = %s AND h.forgotten_on IS NULL ORDER BY h.learned_on, h.id
"""
_CREDITS = """
    SELECT k.id, k.kind, k.amount, e.currency, k.made_by, k.made_on, k.entry_id FROM banking_allotment k
    JOIN banking_entry e ON e.client_id = k.client_id AND e.id = k.entry_id
    WHERE k.client_id = %s AND k.debtor_id = %s AND k.undone_on IS NULL AND k.kind IN ('keep', 'next_invoice')
    ORDER BY k.made_on, k.id
"""
_TOLERANCE = """
    SELECT amount, ground, debtor_id IS NULL FROM banking_tolerance
    WHERE client_id = %s AND (debtor_id = %s OR debtor_id IS NULL) ORDER BY debtor_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Around:
    """An entry's place among those that wait: the next, the one before, how many there are, and which this is."""

    next_id: int | None
    before_id: int | None
    count: int
    place: int


def around(client_id: int, row: EntryRow) -> Around:
    """The waiting entries around one, newest first. One statement."""
    facts = {"client": client_id, "date": row.date, "id": row.id}
    return Around(*fetch(_AROUND, facts)[0])


def debtors_paid(client_id: int, entry_id: int) -> list[tuple[int, str]]:
    """Whose invoices an entry pays."""
    return fetch(_PAID, [client_id, entry_id])


def taken_back_by(client_id: int, entry_id: int) -> Sequence[Original]:
    """The payments that a debit may have taken back."""
    backs = [Back(*row) for row in fetch(_BACK, [client_id, entry_id])]
    return originals_of(client_id, backs).get(entry_id, []) if backs else []


def habits_of(client_id: int, debtor_id: int) -> list[tuple[int, str, str, str, dt.date, int]]:
    """What was learned of how a debtor pays: number, kind, value, by whom, when, from which entry."""
    return fetch(_HABITS, [client_id, debtor_id])


def credits_of(client_id: int, debtor_id: int) -> list[tuple[Any, ...]]:
    """What is kept for a debtor: number, kind, amount, currency, by whom, when, of which entry."""
    return fetch(_CREDITS, [client_id, debtor_id])


def tolerance_of(client_id: int, debtor_id: int | None) -> tuple[Any, ...] | None:
    """The tolerance that holds for a debtor: amount, ground, and whether it is the client's for all."""
    rows = fetch(_TOLERANCE, [client_id, debtor_id])
    return rows[0] if rows else None
