"""The pages of debits: each debit with its invoice, mandate, notice and batch; the entries that brought and took its money."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch

MOST_SHOWN = 1_000
_DEBIT = """
    dd.id, dd.invoice_id, i.number, i.open_amount, i.due_date, i.debtor_id, d.name, dd.mandate_id, m.reference, m.scheme, dd.kind,
    dd.last, v.debtor_name, v.debtor_iban, dd.amount, dd.due_on, dd.state, dd.state_on, dd.replaced, dd.attempt,
    dd.announced_days, dd.announced_on, dd.announced_how, dd.requested_by, dd.requested_at, dd.bank_status, dd.bank_reason,
    dd.bank_text, b.batch_id, b.number
    FROM debits_directdebit dd
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    LEFT JOIN debits_batcheddebit b ON b.client_id = dd.client_id AND b.debit_id = dd.id
    LEFT JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id
        AND (v.id = b.version_id OR b.version_id IS NULL AND v.number = m.version)
"""


@dataclass(frozen=True, slots=True)
class DebitRow:
    """One debit: of what, by which mandate, where it is, what the bank said; amounts in euro."""

    id: int
    invoice_id: int
    invoice: str
    open_amount: Decimal
    invoice_due: dt.date
    debtor_id: int
    debtor: str
    mandate_id: int
    mandate: str
    scheme: str
    kind: str
    last: bool
    name: str
    iban: str
    amount: Decimal
    due_on: dt.date
    state: str
    state_on: dt.date
    replaced: bool
    attempt: int
    announced_days: int
    announced_on: dt.date | None
    announced_how: str
    requested_by: str
    requested_at: dt.datetime
    bank_status: str
    bank_reason: str
    bank_text: str
    batch_id: int | None
    number: int | None


@dataclass(frozen=True, slots=True)
class DebitCounts:
    """How many debits stand in each list."""

    unannounced: int
    ready: int
    under_way: int
    failed: int
    all: int


@dataclass(frozen=True, slots=True)
class BatchHead:
    """What all debits of a batch share: the scheme, the kind of mandate, whether it is its last, and who collects."""

    scheme: str
    kind: str
    last: bool
    creditor_id: str
    creditor: str
    read_up_to: dt.date | None


def debits_in(client_id: int, *states: str) -> list[DebitRow]:
    """The debits in these states that nothing took the place of, the first day first; at most a thousand."""
    sql = f"""SELECT {_DEBIT} WHERE dd.client_id = %s AND dd.state = ANY(%s) AND NOT dd.replaced
        ORDER BY dd.due_on, dd.id LIMIT %s"""
    return [DebitRow(*row) for row in fetch(sql, [client_id, list(states), MOST_SHOWN])]


def failed_debits(client_id: int) -> list[DebitRow]:
    """The debits that failed and of whose invoice something is open, the latest first; at most a thousand."""
    sql = f"""SELECT {_DEBIT} WHERE dd.client_id = %s AND dd.state IN ('rejected', 'returned') AND NOT dd.replaced
        AND i.open_amount > 0 AND NOT EXISTS (
            SELECT 1 FROM debits_directdebit n WHERE n.client_id = dd.client_id AND n.invoice_id = dd.invoice_id AND n.attempt > dd.attempt)
        ORDER BY dd.state_on DESC, dd.id DESC LIMIT %s"""  # noqa: S608 - our own text
    return [DebitRow(*row) for row in fetch(sql, [client_id, MOST_SHOWN])]


def all_debits(client_id: int, limit: int, offset: int) -> list[DebitRow]:
    """Every debit, the latest day first."""
    sql = f"SELECT {_DEBIT} WHERE dd.client_id = %s ORDER BY dd.due_on DESC, dd.id DESC LIMIT %s OFFSET %s"
    return [DebitRow(*row) for row in fetch(sql, [client_id, limit, offset])]


def one_debit(client_id: int, debit_id: int) -> DebitRow | None:
    """One debit; None where this client has none of that number."""
    rows = fetch(f"SELECT {_DEBIT} WHERE dd.client_id = %s AND dd.id = %s", [client_id, debit_id])
    return DebitRow(*rows[0]) if rows else None


def debit_counts(client_id: int) -> DebitCounts:
    """How many stand in each list. One statement."""
    ((unannounced, ready, under_way, count),) = fetch(
        """
        SELECT count(*) FILTER (WHERE state = 'requested' AND announced_on IS NULL),
               count(*) FILTER (WHERE state = 'requested' AND announced_on IS NOT NULL),
               count(*) FILTER (WHERE state IN ('batched', 'in_file', 'accepted')), count(*)
        FROM debits_directdebit WHERE client_id = %s
        """,
        [client_id],
    )
    return DebitCounts(unannounced, ready, under_way, len(failed_debits(client_id)), count)


def notices_of(client_id: int, debit_ids: list[int]) -> dict[int, tuple[int, str]]:
    """The last letter that announces each debit, with the state of its last delivery; nothing where none was written."""
    rows = fetch(
        """
        SELECT DISTINCT ON (n.debit_id) n.debit_id, n.letter_id, v.state FROM collecting_debitnotice n
        JOIN letters_delivery v ON v.client_id = n.client_id AND v.letter_id = n.letter_id
        WHERE n.client_id = %s AND n.debit_id = ANY(%s::bigint[]) ORDER BY n.debit_id, n.letter_id DESC, v.id DESC
        """,
        [client_id, debit_ids],
    )
    return {debit: (letter, state) for debit, letter, state in rows}


def batch_debits(client_id: int, batch_id: int, limit: int, offset: int) -> list[DebitRow]:
    """The debits of a batch by their number."""
    sql = f"SELECT {_DEBIT} WHERE dd.client_id = %s AND b.batch_id = %s ORDER BY b.number LIMIT %s OFFSET %s"
    return [DebitRow(*row) for row in fetch(sql, [client_id, batch_id, limit, offset])]


def numbers_of(client_id: int, debit_ids: list[int]) -> dict[int, tuple[str, str]]:
    """The invoice's number and the debtor's name of each debit."""
    rows = fetch(
        """
        SELECT dd.id, i.number, d.name FROM debits_directdebit dd
        JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
        JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
        WHERE dd.client_id = %s AND dd.id = ANY(%s::bigint[])
        """,
        [client_id, debit_ids],
    )
    return {number: (invoice, name) for number, invoice, name in rows}


def batch_head(client_id: int, batch_id: int) -> BatchHead | None:
    """What the debits of a batch share, with up to which day the news of its account was read."""
    rows = fetch(
        """
        SELECT m.scheme, dd.kind, dd.last, v.creditor_identifier, v.creditor_name, a.read_up_to
        FROM debits_batcheddebit b
        JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
        JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
        JOIN debits_mandateversion v ON v.client_id = b.client_id AND v.id = b.version_id
        JOIN batches_batch h ON h.client_id = b.client_id AND h.id = b.batch_id
        JOIN banking_bankaccount a ON a.client_id = h.client_id AND a.id = h.account_id
        WHERE b.client_id = %s AND b.batch_id = %s ORDER BY b.number LIMIT 1
        """,
        [client_id, batch_id],
    )
    return BatchHead(*rows[0]) if rows else None


def debit_states(client_id: int, batch_id: int) -> list[tuple[str, int, Decimal]]:
    """How many debits of a batch are where, and what they are together."""
    return fetch(
        """
        SELECT dd.state, count(*), sum(dd.amount) FROM debits_batcheddebit b
        JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
        WHERE b.client_id = %s AND b.batch_id = %s GROUP BY 1 ORDER BY 1
        """,
        [client_id, batch_id],
    )


def entries_of_debit(client_id: int, debit_id: int) -> list[tuple[Any, ...]]:
    """The bank entries a debit has to do with: entry, what it was, amount, day."""
    return fetch(
        'SELECT entry_id, role, amount, "on" FROM debits_debitmoney WHERE client_id = %s AND debit_id = %s ORDER BY "on", id',
        [client_id, debit_id],
    )


def attempts_of_invoice(client_id: int, row: DebitRow) -> list[DebitRow]:
    """The other debits of the same invoice, the first attempt first."""
    sql = (
        f"SELECT {_DEBIT} WHERE dd.client_id = %s AND dd.invoice_id = %s AND dd.id <> %s ORDER BY dd.attempt"
    )
    return [DebitRow(*row) for row in fetch(sql, [client_id, row.invoice_id, row.id])]


def creditor_of_client(client_id: int) -> tuple[str, str, bool, str] | None:
    """Who collects: identifier, name, whether the daily run asks by itself, and who had it so; None while nobody does."""
    rows = fetch(
        "SELECT identifier, name, automatic, automatic_by FROM debits_creditor WHERE client_id = %s",
        [client_id],
    )
    return rows[0] if rows else None
