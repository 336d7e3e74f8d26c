"""The bank's pages: entries with filters, statements, files that were refused, and one entry with what it may pay."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch
from inbaar.web.queries.texts import escaped

STATES = ("unmatched", "matched", "ignored", "new")
_ENTRY = """
    e.id, e.date, e.value_date, a.iban, e.amount, e.unapplied, e.currency, e.counterparty_name, e.counterparty_iban,
    e.reference, e.end_to_end_id, e.text, e.return_reason, e.bank_reference, e.state, e.score, e.reason, e.reason_facts
    FROM banking_entry e JOIN banking_bankaccount a ON a.client_id = e.client_id AND a.id = e.account_id
"""
_STATEMENTS = """
    SELECT s.id, a.iban, s.statement_id, s.from_date, s.to_date, s.opening, s.closing, a.currency, s.adds_up, s.problems, f.name
    FROM banking_statement s
    JOIN banking_bankaccount a ON a.client_id = s.client_id AND a.id = s.account_id
    JOIN banking_statementfile f ON f.client_id = s.client_id AND f.id = s.file_id
    WHERE s.client_id = %(client)s AND (%(account)s::bigint IS NULL OR s.account_id = %(account)s)
    ORDER BY a.iban, a.currency, s.to_date DESC NULLS LAST, s.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_MATCHES = """
    SELECT i.id, i.number, d.name, m.amount, m.score, m.made_by, m.made_on FROM banking_match m
    JOIN receivables_invoice i ON i.client_id = m.client_id AND i.id = m.invoice_id
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE m.client_id = %s AND m.entry_id = %s AND m.undone_on IS NULL ORDER BY m.id
"""
# First what the rules suspect, then other open invoices of whoever pays from this account, then what was looked for.
_CANDIDATES = """
    SELECT i.id, i.number, d.id, d.name, i.due_date, i.open_amount, i.currency, i.vat, i.total,
           CASE WHEN s.invoice_id IS NOT NULL THEN 0 WHEN b.debtor_id IS NOT NULL THEN 1 ELSE 2 END AS rank
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN banking_suspect s ON s.client_id = i.client_id AND s.invoice_id = i.id AND s.entry_id = %(entry)s
    LEFT JOIN parties_debtoriban b ON b.client_id = i.client_id AND b.debtor_id = i.debtor_id AND b.iban = %(iban)s
    WHERE i.client_id = %(client)s AND i.kind = 'invoice' AND i.open_amount > 0 AND i.currency = %(currency)s
      AND NOT EXISTS (SELECT 1 FROM banking_match m WHERE m.client_id = i.client_id AND m.entry_id = %(entry)s AND m.invoice_id = i.id
                      AND m.undone_on IS NULL)
      AND (s.invoice_id IS NOT NULL OR b.debtor_id IS NOT NULL
           OR (%(text)s <> '' AND (i.number ILIKE %(like)s OR d.name ILIKE %(like)s)))
    ORDER BY rank, i.due_date, i.id LIMIT 30
"""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A movement on an account, as the bank gave it, and what became of it."""

    id: int
    date: dt.date
    value_date: dt.date
    iban: str
    amount: Decimal
    unapplied: Decimal
    currency: str
    name: str
    their_iban: str
    reference: str
    end_to_end_id: str
    text: str
    return_reason: str
    bank_reference: str
    state: str
    score: int | None
    reason: str
    reason_facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement and whether it adds up."""

    id: int
    iban: str
    number: str
    from_date: dt.date | None
    to_date: dt.date | None
    opening: Decimal | None
    closing: Decimal | None
    currency: str
    adds_up: bool
    problems: list[dict[str, str]]
    file: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open invoice an entry could pay. `rank` 0 is suspected, 1 of the same payer, 2 looked for."""

    id: int
    number: str
    debtor_id: int
    debtor: str
    due_date: dt.date
    open_amount: Decimal
    currency: str
    vat: Decimal
    total: Decimal
    rank: int


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _entry(row: tuple[Any, ...]) -> EntryRow:
    facts = [*row[:-1], _decoded(row[-1]) or {}]
    return EntryRow(*facts)


def _chosen(client_id: int, state: str, text: str) -> tuple[str, dict[str, Any]]:
    """The SQL condition of the filters, and its parameters."""
    # A batch booking stands in the list as its payments, which make it up.
    where, facts = (
        "WHERE e.client_id = %(client)s AND e.state <> 'split'",
        {"client": client_id, "state": state},
    )
    if state:
        where += " AND e.state = %(state)s"
    if text:
        facts["like"] = f"%{escaped(text)}%"
        facts["iban"] = f"%{escaped(text.replace(' ', ''))}%"
        where += """ AND (e.counterparty_name ILIKE %(like)s OR e.text ILIKE %(like)s OR e.reference ILIKE %(like)s
                          OR e.counterparty_iban ILIKE %(iban)s)"""
    return where, facts


def entry_sums(client_id: int, state: str, text: str) -> list[tuple[str, int, Decimal]]:
    """Per currency how many entries the filters choose, and their sum. One statement."""
    where, facts = _chosen(client_id, state, text)
    return [
        (currency, count, total)
        for currency, count, total in fetch(
            f"SELECT e.currency, count(*), sum(e.amount) FROM banking_entry e {where} GROUP BY 1 ORDER BY currency <> 'EUR', 1",  # noqa: S608
            facts,
        )
    ]


def entry_rows(
    client_id: int, state: str, text: str, limit: int | None = None, offset: int = 0
) -> list[EntryRow]:
    """A page of entries, or all of them, newest first. One statement."""
    where, facts = _chosen(client_id, state, text)
    sql = f"SELECT {_ENTRY} {where} ORDER BY e.date DESC, e.id DESC LIMIT %(limit)s OFFSET %(offset)s"
    return [_entry(row) for row in fetch(sql, facts | {"limit": limit, "offset": offset})]


def one_entry(client_id: int, entry_id: int) -> EntryRow | None:
    """An entry in scope, or None."""
    rows = fetch(f"SELECT {_ENTRY} WHERE e.client_id = %s AND e.id = %s", [client_id, entry_id])
    return _entry(rows[0]) if rows else None


def matches_of(client_id: int, entry_id: int) -> list[tuple[Any, ...]]:
    """What an entry pays: invoice, number, debtor, amount, score, by whom, on which day."""
    return fetch(_MATCHES, [client_id, entry_id])


def candidates(client_id: int, entry: EntryRow, text: str) -> list[Candidate]:
    """The open invoices an entry could pay, most likely first. One statement."""
    like = f"%{escaped(text)}%"
    facts = {
        "client": client_id, "entry": entry.id, "iban": entry.their_iban or "-", "currency": entry.currency,
        "text": text, "like": like,
    }  # fmt: skip
    return [Candidate(*row) for row in fetch(_CANDIDATES, facts)]


def statement_count(client_id: int, account_id: int | None) -> int:
    """How many statements there are, of one account or of all."""
    sql = "SELECT count(*) FROM banking_statement WHERE client_id = %s AND (%s::bigint IS NULL OR account_id = %s)"
    return int(fetch(sql, [client_id, account_id, account_id])[0][0])


def statement_rows(
    client_id: int, account_id: int | None = None, limit: int | None = None, offset: int = 0
) -> list[StatementRow]:
    """A page of statements of one account or of all, or all of them, by account, newest first. One statement."""
    facts = {"client": client_id, "account": account_id, "limit": limit, "offset": offset}
    rows = fetch(_STATEMENTS, facts)
    told = [[*row[:9], _decoded(row[9]) or [], row[10]] for row in rows]
    return [StatementRow(*facts) for facts in told]


def refused_files(client_id: int) -> list[tuple[str, dt.datetime, list[dict[str, str]]]]:
    """Statement files that were refused: name, when, why."""
    rows = fetch(
        """
        SELECT name, imported_at, problems FROM banking_statementfile
        WHERE client_id = %s AND status = 'refused' ORDER BY imported_at DESC, id DESC LIMIT 50
        """,
        [client_id],
    )
    return [(name, at, _decoded(problems) or []) for name, at, problems in rows]
