"""What the bank tells before or beside the day's statement (camt.052, camt.054, MT942): kept as announced, never booked.

Called by the import with the entries of such a file, and by the daily run to see which invoices the money may be for:
those are not chased until the statement has told.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from inbaar.banking.accounts import OwnAccount
from inbaar.banking.booking import Movement, part_key, told_columns
from inbaar.banking.matching import may_be_for
from inbaar.banking.outcomes import EntryFacts
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.scope import client_scope

#: How many announced payments are looked at in a run; a bank announces no more between two statements of most clients.
MOST = 5_000
_COLUMNS = {
    "client_id": "bigint", "account_id": "bigint", "file_id": "bigint", "key": "text", "movement": "text",
    "movement_amount": "numeric", "detailed": "boolean", "date": "date", "value_date": "date", "until": "date",
    "amount": "numeric", "currency": "text", "counterparty_name": "text", "counterparty_iban": "text",
    "reference": "text", "end_to_end_id": "text", "text": "text", "return_reason": "text", "bank_reference": "text",
    "batch_ids": "jsonb", "other_amounts": "jsonb", "raw": "text", "returned": "boolean",
}  # fmt: skip
#: What is announced and not told by a statement yet. A statement of the day itself may have been made before the money came.
STANDING = """
    banking_announcedpayment p JOIN banking_bankaccount b ON b.client_id = p.client_id AND b.id = p.account_id
        AND p.entry_id IS NULL AND p.amount > 0 AND NOT p.returned
        AND (b.read_up_to IS NULL OR b.read_up_to <= p.until)
"""
_WAITING = f"""
    SELECT p.id, p.date, p.amount, p.amount, p.currency, p.counterparty_name, p.counterparty_iban, p.reference,
           p.end_to_end_id, p.text
    FROM {STANDING} WHERE p.client_id = %s ORDER BY p.date DESC, p.id DESC LIMIT %s
"""  # noqa: S608 - our own text
_FOR = {"client_id": "bigint", "payment_id": "bigint", "invoice_id": "bigint"}


def write_announced(client_id: int, account: OwnAccount, file_id: int, movements: Iterable[Movement]) -> int:
    """Keep the payments of these movements as announced; gives how many were not known. One statement.

    A batch is kept payment by payment where they make it up. A report during the day tells the same payment each time.
    """
    rows = [row for movement in movements for row in _rows(client_id, account, file_id, movement)]
    new = insert_rows(
        "banking_announcedpayment",
        _COLUMNS,
        rows,
        on_conflict="(client_id, account_id, key) DO NOTHING",
        returning="id",
    )
    return len(new)


def _rows(client_id: int, account: OwnAccount, file_id: int, movement: Movement) -> Iterable[tuple[Any, ...]]:
    whole, parts = movement.entry, movement.parts
    for place, part in enumerate(parts or (whole,), start=1):
        value_date = part.value_date or movement.date
        told = part._replace(
            batch_ids=whole.batch_ids, bank_reference=whole.bank_reference or part.bank_reference
        )
        yield (
            client_id,
            account.id,
            file_id,
            part_key(movement.key, place),
            movement.key,
            whole.amount,
            bool(parts) or bool(part.counterparty_iban or part.counterparty_name),
            movement.date,
            value_date,
            max(movement.date, value_date),
            part.amount,
            part.currency or account.currency,
            *told_columns(told, part.raw if parts else whole.raw),
            part.comes_back,
        )


def point_announced(client_id: int, on: dt.date) -> int:
    """See anew which open invoices the announced payments may be for; gives how many invoices that are.

    Nothing is booked and nothing decided: an invoice that money may be on its way for is left alone for some days.
    """
    with client_scope(client_id):
        waiting = [EntryFacts(*row) for row in fetch(_WAITING, [client_id, MOST])]
        pointed = may_be_for(client_id, waiting, on) if waiting else {}
        run("DELETE FROM banking_announcedfor WHERE client_id = %s", [client_id])
        rows = [
            (client_id, payment, invoice) for payment, invoices in pointed.items() for invoice in invoices
        ]
        insert_rows("banking_announcedfor", _FOR, rows, on_conflict="DO NOTHING")
        return len({invoice for _, _, invoice in rows})
