"""Taking credit notes off invoices: those they correct, whichever came first, or those a payer set them off against."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from inbaar.kit.bulk import fetch
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.receivables.balances import lower_open_amounts
from inbaar.receivables.payments import NewPayment, apply_payments
from inbaar.receivables.reversing import Reversal, reverse_payments

# Pairs of an invoice and an open credit note for it, of which at least one has just come in.
_PAIRS = """
    SELECT i.id, c.id, c.number, c.currency, greatest(c.issue_date, i.issue_date), c.open_amount
    FROM receivables_invoice c
    JOIN receivables_invoice i ON i.client_id = c.client_id AND i.kind = 'invoice' AND i.number = c.credits_number
        AND i.debtor_id = c.debtor_id AND i.currency = c.currency
    WHERE c.kind = 'credit_note' AND c.credits_number <> '' AND c.open_amount > 0 AND i.open_amount > 0
      AND (c.id = ANY(%(ids)s) OR i.id = ANY(%(ids)s))
    ORDER BY c.issue_date, c.id
"""
_SET_OFF = """
    SELECT p.key, p.amount, p.id, i.currency FROM receivables_payment p
    JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
    WHERE p.client_id = %s AND p.invoice_id = ANY(%s::bigint[]) AND p.kind = 'credit_note' AND p.amount > 0
      AND p.key LIKE 'offset:%%'
      AND NOT EXISTS (SELECT FROM receivables_payment b WHERE b.client_id = p.client_id AND b.key = 'back:' || p.id)
"""


class SetOff(NamedTuple):
    """An amount of a credit note that is taken off an invoice. A `key` is used once: the database refuses it again."""

    invoice_id: int
    credit_id: int
    number: str
    currency: str
    on: dt.date
    amount: Decimal
    key: str


def apply_credit_notes(client_id: int, invoice_ids: Sequence[int], recorded_at: dt.datetime) -> None:
    """Take open credit notes off the invoices they name. What an invoice cannot take stays open on the credit note."""
    pairs = fetch(_PAIRS, {"ids": list(invoice_ids)})
    if not pairs:
        return
    offsets = [
        SetOff(invoice_id, credit_id, number, currency, on, amount, f"credit:{credit_id}:{invoice_id}")
        for invoice_id, credit_id, number, currency, on, amount in pairs
    ]
    set_off(client_id, offsets, recorded_at)


def set_off(client_id: int, offsets: Sequence[SetOff], recorded_at: dt.datetime) -> None:
    """Take credit notes off invoices of the same debtor, in the order given.

    What an invoice cannot take stays open on the credit note. The number of statements does not depend on the number.
    """
    applied = apply_payments(
        client_id,
        [NewPayment(o.invoice_id, o.on, o.amount, o.key, "credit_note", o.number) for o in offsets],
        recorded_at,
    )
    used: dict[int, Decimal] = {}
    postings = []
    for offset in offsets:
        booked = applied.get(offset.key)
        if booked is None:
            continue
        used[offset.credit_id] = used.get(offset.credit_id, Decimal(0)) + booked.amount
        postings.append(
            Posting(
                reference=offset.key,
                line=1,
                debit=Code.RECEIVABLE,
                credit=Code.CREDITS_TO_GIVE,
                amount=booked.amount,
                currency=offset.currency,
                booked_on=offset.on,
                subject=offset.credit_id,
            )
        )
    post(client_id, postings, recorded_at)
    lower_open_amounts(client_id, used)


def offset_key(payment_key: str, credit_id: int) -> str:
    """The key of a credit note that is set off beside a payment."""
    return f"offset:{payment_key}:{credit_id}"


def give_back(
    client_id: int,
    invoice_ids: Sequence[int],
    payment_keys: Sequence[str],
    on: dt.date,
    recorded_at: dt.datetime,
    reason: str = "",
    by: str = "",
) -> None:
    """Undo what was set off beside these payments of these invoices: the credit notes are open again."""
    undone = set(payment_keys)
    rows = [
        (key, amount, paid_id, currency, int(credit))
        for key, amount, paid_id, currency in fetch(_SET_OFF, [client_id, list(invoice_ids)])
        for payment, _, credit in [key.removeprefix("offset:").rpartition(":")]
        if payment in undone
    ]
    if not rows:
        return
    reverse_payments(client_id, [Reversal(row[0], reason, by) for row in rows], on, recorded_at)
    used: dict[int, Decimal] = {}
    for _, amount, _, _, credit_id in rows:
        used[credit_id] = used.get(credit_id, Decimal(0)) - amount
    post(
        client_id,
        [
            Posting(
                f"offset:back:{paid_id}",
                1,
                Code.CREDITS_TO_GIVE,
                Code.RECEIVABLE,
                amount,
                currency,
                on,
                credit_id,
            )
            for _, amount, paid_id, currency, credit_id in rows
        ],
        recorded_at,
    )
    lower_open_amounts(client_id, used)
