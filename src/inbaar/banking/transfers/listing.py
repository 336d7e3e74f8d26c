"""Payments out and their batches as rows, for whoever lists them outside the screens. Needs the client's scope."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch

AT_ONCE = 2_000
_PAYMENTS = """
    SELECT t.id, t.state, t.state_on, t.amount, t.payee_name, t.payee_iban, t.wanted_on, t.source_kind, t.reason, t.reference,
           b.message_id, m.number, t.bank_status, t.bank_reason
    FROM transfers_credittransfer t
    LEFT JOIN transfers_batchedtransfer m ON m.client_id = t.client_id AND m.transfer_id = t.id
    LEFT JOIN batches_batch b ON b.client_id = m.client_id AND b.id = m.batch_id
    WHERE t.client_id = %s AND t.id > %s AND NOT t.replaced AND (%s::text[] IS NULL OR t.state = ANY(%s::text[]))
    ORDER BY t.id LIMIT %s
"""
_BATCHES = """
    SELECT b.id, b.message_id, b.state, b.execute_on, b.count, b.total, a.iban, f.size, f.sha256
    FROM batches_batch b
    JOIN banking_bankaccount a ON a.client_id = b.client_id AND a.id = b.account_id
    LEFT JOIN batches_batchfile f ON f.client_id = b.client_id AND f.batch_id = b.id
    WHERE b.client_id = %s AND b.kind = 'transfer' ORDER BY b.id
"""


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment out and where it is; `amount` in euro, `batch` the name of its file at the bank."""

    id: int
    state: str
    state_on: dt.date
    amount: Decimal
    payee_name: str
    payee_iban: str
    wanted_on: dt.date
    source: str
    reason: str
    reference: str
    batch: str | None
    number: int | None
    bank_status: str
    bank_reason: str


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A batch of payments; `size` and `sha256` are those of its file, once it was approved."""

    id: int
    message_id: str
    state: str
    execute_on: dt.date
    count: int
    total: Decimal
    iban: str
    size: int | None
    sha256: str | None


def listed_payments(client_id: int, states: Sequence[str] = ()) -> Iterator[ListedPayment]:
    """The payments that nothing took the place of, in the order they were asked, read by the thousands."""
    last, wanted = 0, list(states) or None
    while rows := fetch(_PAYMENTS, [client_id, last, wanted, wanted, AT_ONCE]):
        yield from (ListedPayment(*row) for row in rows)
        last = rows[-1][0]


def listed_batches(client_id: int) -> list[ListedBatch]:
    """Every batch of payments out, in the order they were made."""
    return [ListedBatch(*row) for row in fetch(_BATCHES, [client_id])]
