"""Taking credit notes off invoices: those they correct, whichever came first, those a payer set them off against, and one a
person chooses."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.amounts import ZERO
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting
from inbaar.receivables.balances import book
from inbaar.receivables.payments import NewPayment, apply_payments
from inbaar.receivables.reversing import Reversal, reverse_payments
from inbaar.receivables.timeline import NewEvent, write_events

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


# The two that a person chose, locked in the order of their ids, so that two who do it at once wait for each other.
_CHOSEN = """
    WITH both_of_them AS MATERIALIZED (
        SELECT * FROM receivables_invoice WHERE client_id = %(client)s AND id = ANY(%(ids)s::bigint[])
        ORDER BY id FOR NO KEY UPDATE
    )
    SELECT i.id, c.id, c.number, c.currency, greatest(c.issue_date, i.issue_date), c.open_amount
    FROM both_of_them c JOIN both_of_them i ON i.client_id = c.client_id AND i.debtor_id = c.debtor_id
        AND i.currency = c.currency
    WHERE c.id = %(credit)s AND c.kind = 'credit_note' AND i.kind = 'invoice' AND c.open_amount > 0 AND i.open_amount > 0
"""


def apply_credit_notes(client_id: int, invoice_ids: Sequence[int], recorded_at: dt.datetime) -> None:
    """Take open credit notes off the invoices they name. What an invoice cannot take stays open on the credit note."""
    _apply(client_id, fetch(_PAIRS, {"ids": list(invoice_ids)}), recorded_at)


def assign_credit(
    client_id: int,
    credit_id: int,
    invoice_id: int,
    reason: str,
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> Decimal:
    """Take a credit note off an invoice that a person chooses; gives how much. Needs the client's scope.

    Counts from the later day of the two, as one that names its invoice does. Refuses what is not open, and an invoice of
    another debtor or in another currency; nothing is changed then. What the invoice cannot take stays open on the note.
    """
    pairs = fetch(_CHOSEN, {"client": client_id, "ids": sorted((credit_id, invoice_id)), "credit": credit_id})
    if len(pairs) != 1:
        raise Refused(
            Refusal("credit-not-assignable", "a credit note is taken off an open invoice of the same debtor and currency",
                    "one of the two is not open, or they do not belong together", "both open, alike in these",
                    next_step="choose another invoice")
        )  # fmt: skip
    used = _apply(client_id, pairs, recorded_at, {"assigned_by": by, "why": reason}).get(credit_id, ZERO)
    facts = {"amount": str(used), "reason": reason, "by": by}
    ((debtor_id, number),) = fetch(
        "SELECT debtor_id, number FROM receivables_invoice WHERE client_id = %s AND id = %s",
        [client_id, invoice_id],
    )
    event = NewEvent("credit_assigned", on, credit_id, debtor_id, {**facts, "invoice": number})
    write_events(client_id, [event], recorded_at)
    return used


def _apply(
    client_id: int,
    pairs: Sequence[tuple[Any, ...]],
    recorded_at: dt.datetime,
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> dict[int, Decimal]:
    """Take each credit note off its invoice as far as that goes; gives what was used of each. The timeline tells `facts`."""
    if not pairs:
        return {}
    offsets = [
        SetOff(invoice_id, credit_id, number, currency, on, amount, f"credit:{credit_id}:{invoice_id}")
        for invoice_id, credit_id, number, currency, on, amount in pairs
    ]
    return set_off(client_id, offsets, recorded_at, facts)


def set_off(
    client_id: int,
    offsets: Sequence[SetOff],
    recorded_at: dt.datetime,
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> dict[int, Decimal]:
    """Take credit notes off invoices of the same debtor, in the order given; gives what was used of each.

    What an invoice cannot take stays open on the credit note. The timeline tells `facts`. The number of statements does not
    depend on the number.
    """
    by_key = {offset.key: offset for offset in offsets}
    applied = apply_payments(
        client_id,
        [NewPayment(o.invoice_id, o.on, o.amount, o.key, "credit_note", o.number, facts) for o in offsets],
        recorded_at,
        lambda made: [_given(by_key[key], booked.amount) for key, booked in made.items()],
    )
    used: dict[int, Decimal] = {}
    for key, booked in applied.items():
        credit = by_key[key].credit_id
        used[credit] = used.get(credit, Decimal(0)) + booked.amount
    return used


def _given(offset: SetOff, amount: Decimal) -> Posting:
    """What is taken off a credit note, on the day it is used."""
    return Posting(
        offset.key,
        1,
        Code.RECEIVABLE,
        Code.CREDITS_TO_GIVE,
        amount,
        offset.currency,
        offset.on,
        offset.credit_id,
    )


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
    book(
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
