"""Posting: the only way rows come into the ledger, always many at once."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from inbaar.kit.bulk import insert_rows
from inbaar.ledger.accounts import Code, open_accounts
from inbaar.ledger.models import Purse

_COLUMNS = {
    "client_id": "bigint",
    "reference": "text",
    "line": "smallint",
    "debit_id": "bigint",
    "credit_id": "bigint",
    "purse": "text",
    "currency": "text",
    "amount": "numeric",
    "booked_on": "date",
    "recorded_at": "timestamptz",
    "subject": "bigint",
}


class Posting(NamedTuple):
    """One amount from `credit` to `debit`. Rows with one `reference` are one entry; `line` numbers them from 1.

    `amount` is positive, in `currency`, two decimals. `subject` is the row it is about.
    """

    reference: str
    line: int
    debit: Code
    credit: Code
    amount: Decimal
    currency: str
    booked_on: dt.date
    subject: int
    purse: Purse = Purse.OWN


def post(client_id: int, postings: Iterable[Posting], recorded_at: dt.datetime) -> None:
    """Write postings in one statement per batch. A reference that was posted before is an error, never a second row."""
    batch = list(postings)
    accounts = {key: open_accounts(client_id, *key) for key in {(p.currency, p.purse) for p in batch}}
    insert_rows(
        "ledger_transfer",
        _COLUMNS,
        (
            (
                client_id,
                p.reference,
                p.line,
                accounts[p.currency, p.purse][p.debit],
                accounts[p.currency, p.purse][p.credit],
                p.purse.value,
                p.currency,
                p.amount,
                p.booked_on,
                recorded_at,
                p.subject,
            )
            for p in batch
        ),
    )
