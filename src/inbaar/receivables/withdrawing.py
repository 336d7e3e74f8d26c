"""Taking back invoices that came in by mistake, as long as nothing happened to them: reversed, never deleted."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting
from inbaar.receivables.balances import book
from inbaar.receivables.timeline import NewEvent, write_events

# An invoice, its number, kind, currency, issue date and debtor, what was payable and what is still open.
Row = tuple[int, str, str, str, dt.date, int, Decimal, Decimal]
# In the order of their numbers, so that two programs wait for each other and never both; a payment waits as well.
_LOCKED = """
    SELECT id, number, kind, currency, issue_date, debtor_id, payable, open_amount FROM receivables_invoice
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND withdrawn_on IS NULL ORDER BY id FOR NO KEY UPDATE
"""
# Whatever happens to an invoice is on its timeline, written in the transaction of what it tells. That a person looked at it
# when it came in is about how it came in.
_HAPPENED = """
    SELECT invoice_id, array_agg(DISTINCT kind ORDER BY kind) FROM receivables_event
    WHERE client_id = %s AND invoice_id = ANY(%s::bigint[]) AND kind <> ALL('{accepted,looked_at}') GROUP BY 1
"""


def withdraw_invoices(
    client_id: int, invoice_ids: Sequence[int], on: dt.date, reason: str, by: str, recorded_at: dt.datetime
) -> int:
    """Take back invoices and credit notes; gives how many. What was withdrawn before is left as it is.

    Refuses all of them, naming each invoice and what happened to it, where anything did since it was accepted: a letter,
    a payment, a hold. The number of statements does not depend on the number of invoices.
    """
    rows: list[Row] = fetch(_LOCKED, [client_id, list(invoice_ids)])
    happened: dict[int, list[str]] = dict(fetch(_HAPPENED, [client_id, [row[0] for row in rows]]))
    touched = [
        Refusal(
            code="invoice-touched",
            rule="only what nothing happened to is withdrawn",
            fact=f"{number}: {', '.join(happened.get(invoice_id) or ['paid'])}",
            limit="nothing since it was taken in",
            passes_on="never",
            next_step="send a credit note for it",
        )
        for invoice_id, number, _, _, _, _, payable, left in rows
        if invoice_id in happened or payable != left
    ]
    if touched:
        raise Refused(*touched)
    book(client_id, _reversals(rows, on), recorded_at)
    run(
        "UPDATE receivables_invoice SET withdrawn_on = %s WHERE client_id = %s AND id = ANY(%s::bigint[])",
        [on, client_id, [row[0] for row in rows]],
    )
    write_events(
        client_id,
        (
            NewEvent("withdrawn", on, row[0], row[5], {"amount": str(row[6]), "reason": reason, "by": by})
            for row in rows
        ),
        recorded_at,
    )
    return len(rows)


def _reversals(rows: Sequence[Row], on: dt.date) -> Iterator[Posting]:
    """Each sale the other way round, on the day it is withdrawn and never before the sale itself."""
    for invoice_id, _, kind, currency, issue_date, _, payable, _ in rows:
        if not payable:
            continue
        sale = kind == "invoice"
        yield Posting(
            reference=f"withdrawn:{invoice_id}",
            line=1,
            debit=Code.SALES if sale else Code.RECEIVABLE,
            credit=Code.RECEIVABLE if sale else Code.SALES,
            amount=payable,
            currency=currency,
            booked_on=max(on, issue_date),
            subject=invoice_id,
        )
