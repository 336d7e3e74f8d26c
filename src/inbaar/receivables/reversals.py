"""Payments that were undone, as a direct debit that went back: a row against the first, never an edit. Set-based.

The claim then stands as if the payment had never been: interest and reminders count from the old due date. In the ledger
the money leaves on the day it went back.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.receivables.balances import lower_open_amounts
from inbaar.receivables.payments import PAYMENT_COLUMNS
from inbaar.receivables.timeline import NewEvent, write_events

_PAID = """
    SELECT p.key, p.invoice_id, p.received_on, p.amount, p.costs, p.interest, p.principal, i.debtor_id, i.currency
    FROM receivables_payment p JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
    WHERE p.client_id = %s AND p.key = ANY(%s::text[]) AND p.kind = 'bank' ORDER BY i.id FOR NO KEY UPDATE OF i
"""


class Reversal(NamedTuple):
    """A payment to undo, by its key, on the day the money left; `key` makes undoing it twice the same as once."""

    paid_key: str
    key: str
    on: dt.date
    reason: str
    link: int | None = None


def reverse_payments(client_id: int, reversals: Sequence[Reversal], recorded_at: dt.datetime) -> set[str]:
    """Undo payments; gives the keys that were new. What was never paid is left out. Five statements for any number."""
    paid = {
        row[0]: row for row in fetch(_PAID, [client_id, array_parameter([r.paid_key for r in reversals])])
    }
    wanted = [(reversal, paid[reversal.paid_key]) for reversal in reversals if reversal.paid_key in paid]
    written = insert_rows(
        "receivables_payment",
        PAYMENT_COLUMNS,
        [
            (client_id, invoice, "bank", on, -amount, -costs, -interest, -principal, r.reason[:300], r.key)
            for r, (_, invoice, on, amount, costs, interest, principal, *_) in wanted
        ],
        on_conflict="DO NOTHING",
        returning="key",
    )
    new = {key for (key,) in written}
    undone = [(reversal, row) for reversal, row in wanted if reversal.key in new]
    post(client_id, _postings(undone), recorded_at)
    opened: dict[int, Decimal] = {}
    for _, row in undone:
        opened[row[1]] = opened.get(row[1], Decimal(0)) - row[6]
    lower_open_amounts(client_id, opened)
    write_events(
        client_id,
        [
            NewEvent(
                "debit_returned", r.on, row[1], row[7], {"amount": str(row[3]), "reason": r.reason}, r.link
            )
            for r, row in undone
        ],
        recorded_at,
    )
    return new


def _postings(undone: Sequence[tuple[Reversal, tuple[Any, ...]]]) -> Iterator[Posting]:
    """What was paid is owed again, and what was earned by it is not; the money left as other payments do."""
    for reversal, (_, invoice, _, _, costs, interest, principal, _, currency) in undone:
        parts = ((Code.COSTS_INCOME, costs), (Code.INTEREST_INCOME, interest), (Code.RECEIVABLE, principal))
        for line, (account, amount) in enumerate((part for part in parts if part[1]), start=1):
            yield Posting(
                reference=f"payment:{reversal.key}", line=line, debit=account, credit=Code.OTHER_PAYMENTS, amount=amount,
                currency=currency, booked_on=reversal.on, subject=invoice,
            )  # fmt: skip
