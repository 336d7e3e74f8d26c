"""The one writer of `open_amount`: what is posted on invoices is what is taken off them, and what the ageing is told.

Whoever books on an invoice calls this, in the transaction of the cause.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import run
from inbaar.law.amounts import ZERO
from inbaar.ledger.actions import Posting, post
from inbaar.receivables.age_steps import Move, receivable_moves, write_age_steps
from inbaar.receivables.following import claims_changed

_CHANGE = """
    UPDATE receivables_invoice i
    SET open_amount = i.open_amount + CASE i.kind WHEN 'invoice' THEN c.amount ELSE -c.amount END
    FROM unnest(%s::bigint[], %s::numeric[]) AS c(id, amount)
    WHERE i.client_id = %s AND i.id = c.id
"""


def book(client_id: int, postings: Iterable[Posting], recorded_at: dt.datetime) -> None:
    """Post what happened to invoices, and take what it settles off what is open of them, or put it back.

    The number of statements does not depend on the number of postings; followers of the claims are told. The database refuses an open amount below zero or
    above what was payable.
    """
    batch = list(postings)
    moves = receivable_moves(batch)
    # This locks the invoices, so that the steps are told from all that others booked on them.
    _change_open_amounts(client_id, moves)
    write_age_steps(client_id, moves)
    post(client_id, batch, recorded_at)


def book_accepted(client_id: int, postings: Iterable[Posting], recorded_at: dt.datetime) -> None:
    """Post invoices that were just written, with what is open of them."""
    batch = list(postings)
    write_age_steps(client_id, receivable_moves(batch))
    post(client_id, batch, recorded_at)


def _change_open_amounts(client_id: int, moves: Iterable[Move]) -> None:
    changes: dict[int, Decimal] = {}
    for move in moves:
        changes[move.invoice_id] = changes.get(move.invoice_id, ZERO) + move.amount
    changes = {invoice: amount for invoice, amount in changes.items() if amount}
    if not changes:
        return
    touched = run(
        _CHANGE, [array_parameter(list(changes)), array_parameter(list(changes.values())), client_id]
    )
    if touched != len(changes):
        raise LookupError(f"{len(changes) - touched} of {len(changes)} invoices are not this client's")
    claims_changed(client_id, list(changes))
