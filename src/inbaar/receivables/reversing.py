"""Taking payments back by rows that reverse them: what was paid by mistake, or what the bank took back.

A mistake is reversed on the payment's own day, as if it had never been there. What was taken back is reversed on the day
it left: the debt was paid until then, and a condition works from its own day on (3:38 lid 2 BW), so no interest runs over
the days the money was here.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused
from inbaar.ledger.actions import Posting
from inbaar.receivables.balances import book
from inbaar.receivables.claims import BookedPayment
from inbaar.receivables.payments import PAYMENT_COLUMNS, paid_from, settled_accounts
from inbaar.receivables.timeline import NewEvent, write_events

_PAID = """
    SELECT p.key, p.id, p.invoice_id, i.debtor_id, i.number, i.currency, p.kind, p.ground, p.received_on, p.amount, p.costs,
           p.interest, p.principal,
           EXISTS (SELECT FROM receivables_payment c WHERE c.client_id = p.client_id AND c.invoice_id = p.invoice_id
                   AND c.received_on = p.received_on AND c.key LIKE 'cancel:%%'),
           EXISTS (SELECT FROM receivables_payment b WHERE b.client_id = p.client_id AND b.key = 'back:' || p.id)
    FROM receivables_payment p
    JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
    WHERE p.client_id = %s AND p.key = ANY(%s::text[]) AND p.amount > 0 ORDER BY i.id FOR NO KEY UPDATE OF i
"""


class Reversal(NamedTuple):
    """A payment to take back, by its key. `on` is the day the money left; without it, it was never there.

    The timeline also tells `facts` and `link`, the row it came from.
    """

    key: str
    reason: str
    by: str
    on: dt.date | None = None
    facts: Mapping[str, Any] = MappingProxyType({})
    link: int | None = None


class _Paid(NamedTuple):
    key: str
    id: int
    invoice_id: int
    debtor_id: int
    number: str
    currency: str
    kind: str
    ground: str
    on: dt.date
    amount: Decimal
    costs: Decimal
    interest: Decimal
    principal: Decimal
    divided_anew: bool
    taken_back: bool


def reverse_payments(
    client_id: int, reversals: Sequence[Reversal], on: dt.date, recorded_at: dt.datetime
) -> list[int]:
    """Take payments back; gives the invoices that are open again for them. What was taken back before stays as it is.

    Refuses a payment whose interest and costs were cancelled since: it was divided anew over the principal, and a person
    must say what becomes of that. The number of statements does not depend on the number of payments.
    """
    wanted = {reversal.key: reversal for reversal in reversals}
    rows = [_Paid(*row) for row in fetch(_PAID, [client_id, list(wanted)])]
    pairs = [(wanted[paid.key], paid) for paid in rows if not paid.taken_back]
    refused = [_refusal(paid) for _, paid in pairs if paid.divided_anew and (paid.costs or paid.interest)]
    if refused:
        raise Refused(*refused)
    insert_rows("receivables_payment", PAYMENT_COLUMNS, (_row(client_id, *pair) for pair in pairs))
    book(client_id, _postings(pairs, on), recorded_at)
    write_events(client_id, (_event(*pair, on) for pair in pairs), recorded_at)
    return list(dict.fromkeys(paid.invoice_id for _, paid in pairs))


def _refusal(paid: _Paid) -> Refusal:
    return Refusal(
        code="payment-divided-anew",
        rule="a payment is taken back as it was divided",
        fact=f"the interest and costs of {paid.number} were cancelled after it was paid",
        limit="as it was divided first",
        passes_on="never",
        next_step="send a new invoice for what is owed again, or correct it with a credit note",
    )


def _row(client_id: int, reversal: Reversal, paid: _Paid) -> tuple[object, ...]:
    amounts = (-paid.amount, -paid.costs, -paid.interest, -paid.principal)
    day = reversal.on or paid.on
    return (
        client_id,
        paid.invoice_id,
        paid.kind,
        day,
        *amounts,
        reversal.reason[:300],
        paid.ground,
        f"back:{paid.id}",
    )


def _postings(pairs: Sequence[tuple[Reversal, _Paid]], on: dt.date) -> Iterator[Posting]:
    """Each posting the other way round, on the day it is done or the money left, and never before the payment."""
    for reversal, paid in pairs:
        booked = BookedPayment(paid.on, paid.amount, paid.costs, paid.interest, paid.principal, paid.kind)
        source = paid_from(paid.kind, paid.ground)
        for line, (account, amount) in enumerate(settled_accounts(paid.kind, booked), start=1):
            yield Posting(
                reference=f"payment:back:{paid.id}",
                line=line,
                debit=account,
                credit=source,
                amount=amount,
                currency=paid.currency,
                booked_on=max(reversal.on or on, paid.on),
                subject=paid.invoice_id,
            )


def _event(reversal: Reversal, paid: _Paid, on: dt.date) -> NewEvent:
    return NewEvent(
        kind="payment_returned" if reversal.on else "payment_undone",
        on=reversal.on or on,
        invoice_id=paid.invoice_id,
        debtor_id=paid.debtor_id,
        facts={
            "amount": str(paid.amount),
            "kind": paid.kind,
            "paid_on": paid.on.isoformat(),
            "reason": reversal.reason,
            "by": reversal.by,
            **reversal.facts,
        },
        link=reversal.link,
    )
