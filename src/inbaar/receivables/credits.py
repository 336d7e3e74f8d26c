"""Applying credit notes to the invoices they correct, whichever of the two came first."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.receivables.balances import lower_open_amounts
from inbaar.receivables.payments import NewPayment, apply_payments

# Pairs of an invoice and an open credit note for it, of which at least one has just come in. A number that two invoices bear
# on paper says not which of them is meant.
_PAIRS = """
    SELECT i.id, c.id, c.number, c.currency, greatest(c.issue_date, i.issue_date), c.open_amount
    FROM receivables_invoice c
    JOIN receivables_invoice i ON i.client_id = c.client_id AND i.kind = 'invoice' AND i.number = c.credits_number
        AND i.debtor_id = c.debtor_id AND i.currency = c.currency
    WHERE c.kind = 'credit_note' AND c.credits_number <> '' AND c.open_amount > 0 AND i.open_amount > 0
      AND (c.id = ANY(%(ids)s) OR i.id = ANY(%(ids)s))
      AND NOT EXISTS (SELECT 1 FROM receivables_invoice o WHERE o.client_id = c.client_id AND o.printed_number <> ''
                      AND o.printed_number = c.credits_number AND o.kind = 'invoice' AND o.withdrawn_on IS NULL)
    ORDER BY c.issue_date, c.id
"""


def apply_credit_notes(client_id: int, invoice_ids: Sequence[int], recorded_at: dt.datetime) -> None:
    """Take open credit notes off the invoices they name. What an invoice cannot take stays open on the credit note."""
    pairs = fetch(_PAIRS, {"ids": list(invoice_ids)})
    if not pairs:
        return
    applied = apply_payments(
        client_id,
        [
            NewPayment(invoice_id, on, amount, f"credit:{credit_id}:{invoice_id}", "credit_note", number)
            for invoice_id, credit_id, number, _, on, amount in pairs
        ],
        recorded_at,
    )
    used: dict[int, Decimal] = {}
    postings = []
    for invoice_id, credit_id, _, currency, on, _ in pairs:
        booked = applied.get(f"credit:{credit_id}:{invoice_id}")
        if booked is None:
            continue
        used[credit_id] = booked.amount
        postings.append(
            Posting(
                reference=f"credit:{credit_id}:{invoice_id}",
                line=1,
                debit=Code.RECEIVABLE,
                credit=Code.CREDITS_TO_GIVE,
                amount=booked.amount,
                currency=currency,
                booked_on=on,
                subject=credit_id,
            )
        )
    post(client_id, postings, recorded_at)
    lower_open_amounts(client_id, used)
