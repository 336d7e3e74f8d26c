"""The pages of payments out: what waits, what failed, the batches, one batch with its payments, and one payment."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch

MOST_SHOWN = 1_000
TRANSFER, DEBIT = "transfer", "debit"
_PAYMENT = """
    t.id, t.payee_name, t.payee_iban, t.known_iban, t.amount, t.wanted_on, t.reason, t.text, t.reference, t.state,
    t.state_on, t.replaced, t.attempt, t.source_kind, t.requested_by, t.requested_at, t.purse,
    coalesce(nullif(u.name, ''), u.email, ''), t.checked_at, t.check_note, t.bank_status, t.bank_reason, t.bank_text,
    b.batch_id, b.number, t.entry_id, t.street, t.building, t.postcode, t.town, t.country
    FROM transfers_credittransfer t
    LEFT JOIN parties_user u ON u.id = t.checked_by_id
    LEFT JOIN transfers_batchedtransfer b ON b.client_id = t.client_id AND b.transfer_id = t.id
"""
_BATCH = """
    b.id, b.message_id, b.state, b.execute_on, b.count, b.total, a.iban, coalesce(nullif(m.name, ''), m.email), b.made_by_id,
    b.made_at, coalesce(nullif(d.name, ''), d.email, ''), b.decided_at, b.decision_note, b.bank_status, b.bank_reason,
    a.cut_off, b.kind, coalesce(v.state, '')
    FROM batches_batch b
    JOIN banking_bankaccount a ON a.client_id = b.client_id AND a.id = b.account_id
    JOIN parties_user m ON m.id = b.made_by_id LEFT JOIN parties_user d ON d.id = b.decided_by_id
    LEFT JOIN batches_batchvoid v ON v.client_id = b.client_id AND v.batch_id = b.id AND v.state <> 'withdrawn'
"""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment out: what was asked, where it is, what the bank said; `amount` in euro."""

    id: int
    name: str
    iban: str
    known_iban: str
    amount: Decimal
    wanted_on: dt.date
    why: str
    text: str
    reference: str
    state: str
    state_on: dt.date
    replaced: bool
    attempt: int
    source: str
    requested_by: str
    requested_at: dt.datetime
    purse: str
    checked_by: str
    checked_at: dt.datetime | None
    check_note: str
    bank_status: str
    bank_reason: str
    bank_text: str
    batch_id: int | None
    number: int | None
    entry_id: int | None
    street: str
    building: str
    postcode: str
    town: str
    country: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch of payments or debits: of which account, for when, by whom, and what became of it; `total` in euro.

    `void` says whether its file was declared void: asked, confirmed, or neither.
    """

    id: int
    message_id: str
    state: str
    execute_on: dt.date
    count: int
    total: Decimal
    iban: str
    made_by: str
    made_by_id: int
    made_at: dt.datetime
    decided_by: str
    decided_at: dt.datetime | None
    note: str
    bank_status: str
    bank_reason: str
    cut_off: dt.time
    kind: str
    void: str

    @property
    def shown(self) -> str:
        """Where it is, as the screens say it."""
        return {"asked": "void_asked", "confirmed": "void"}.get(self.void, self.state)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report of the bank on a batch."""

    name: str
    status: str
    imported_at: dt.datetime


def payments_in(client_id: int, *states: str) -> list[PaymentRow]:
    """The payments in these states that nothing took the place of, the first wanted first; at most a thousand."""
    sql = f"""SELECT {_PAYMENT} WHERE t.client_id = %s AND t.state = ANY(%s) AND NOT t.replaced
        ORDER BY t.wanted_on, t.id LIMIT %s"""
    return [PaymentRow(*row) for row in fetch(sql, [client_id, list(states), MOST_SHOWN])]


def one_payment(client_id: int, transfer_id: int) -> PaymentRow | None:
    """One payment; None where this client has none of that number."""
    sql = f"SELECT {_PAYMENT} WHERE t.client_id = %s AND t.id = %s"
    rows = fetch(sql, [client_id, transfer_id])
    return PaymentRow(*rows[0]) if rows else None


def batch_payments(client_id: int, batch_id: int, limit: int, offset: int) -> list[PaymentRow]:
    """The payments of a batch, those on a changed account first, then by their number."""
    sql = f"""SELECT {_PAYMENT} WHERE t.client_id = %s AND b.batch_id = %s
        ORDER BY t.known_iban = '', b.number LIMIT %s OFFSET %s"""
    return [PaymentRow(*row) for row in fetch(sql, [client_id, batch_id, limit, offset])]


def batch_states(client_id: int, batch_id: int) -> list[tuple[str, int, Decimal]]:
    """How many payments of a batch are where, and what they are together."""
    return fetch(
        """
        SELECT t.state, count(*), sum(t.amount) FROM transfers_batchedtransfer b
        JOIN transfers_credittransfer t ON t.client_id = b.client_id AND t.id = b.transfer_id
        WHERE b.client_id = %s AND b.batch_id = %s GROUP BY 1 ORDER BY 1
        """,
        [client_id, batch_id],
    )


def batches(client_id: int, limit: int, offset: int, kind: str = TRANSFER) -> list[BatchRow]:
    """Batches of payments out, or of debits, the latest first."""
    sql = f"""SELECT {_BATCH} WHERE b.client_id = %s AND b.kind = %s
        ORDER BY b.state <> 'made', b.made_at DESC, b.id DESC LIMIT %s OFFSET %s"""
    return [BatchRow(*row) for row in fetch(sql, [client_id, kind, limit, offset])]


def batch_count(client_id: int, kind: str = TRANSFER) -> tuple[int, int]:
    """How many batches there are, and how many of them wait for approval."""
    ((count, waiting),) = fetch(
        "SELECT count(*), count(*) FILTER (WHERE state = 'made') FROM batches_batch WHERE client_id = %s AND kind = %s",
        [client_id, kind],
    )
    return count, waiting


def one_batch(client_id: int, batch_id: int) -> BatchRow | None:
    """One batch of payments out or of debits; None where this client has none of that number."""
    rows = fetch(f"SELECT {_BATCH} WHERE b.client_id = %s AND b.id = %s", [client_id, batch_id])
    return BatchRow(*rows[0]) if rows else None


def reports_of(client_id: int, batch_id: int) -> list[ReportRow]:
    """What the bank reported of a batch, in the order it came in."""
    rows = fetch(
        "SELECT name, group_status, imported_at FROM batches_statusreport WHERE client_id = %s AND batch_id = %s ORDER BY id",
        [client_id, batch_id],
    )
    return [ReportRow(*row) for row in rows]


def paying_accounts(client_id: int) -> list[tuple[int, str, str, str, dt.time]]:
    """The accounts that payments can be made from: number, IBAN, holder, whose money, its bank's cut-off."""
    return fetch(
        "SELECT id, iban, holder, purse, cut_off FROM banking_bankaccount WHERE client_id = %s AND currency = 'EUR' ORDER BY iban",
        [client_id],
    )


def entries_of(client_id: int, transfer_id: int) -> list[tuple[Any, ...]]:
    """The bank entries a payment has to do with: entry, what it was, amount, day."""
    return fetch(
        'SELECT entry_id, role, amount, "on" FROM transfers_transfermoney WHERE client_id = %s AND transfer_id = %s '
        'ORDER BY "on", id',
        [client_id, transfer_id],
    )


def attempts_of(client_id: int, row: PaymentRow) -> list[tuple[int, int, str]]:
    """The other rows by which the same thing was asked: number, which attempt, where it is."""
    return fetch(
        """
        SELECT o.id, o.attempt, o.state FROM transfers_credittransfer t
        JOIN transfers_credittransfer o ON o.client_id = t.client_id AND o.source_kind = t.source_kind
            AND o.source_key = t.source_key AND o.id <> t.id
        WHERE t.client_id = %s AND t.id = %s ORDER BY o.attempt
        """,
        [client_id, row.id],
    )
