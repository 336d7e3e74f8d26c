"""The invoices of a client, a page at a time, as software that reports needs them. Reads only."""

from typing import Any

from inbaar.api.schemas import InvoiceOut
from inbaar.kit.bulk import fetch
from inbaar.receivables.rules import register_dates

_INVOICES = """
    SELECT i.id, i.number, d.name, d.kvk_number, i.issue_date, i.due_date, i.currency, i.payable, i.open_amount,
           CASE WHEN i.withdrawn_on IS NOT NULL THEN 'withdrawn' WHEN i.open_amount > 0 THEN 'open' ELSE 'settled' END,
           greatest(i.due_date, x.term_until), r.id
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    LEFT JOIN register_report r ON r.client_id = i.client_id AND r.invoice_id = i.id
    WHERE i.client_id = %(client)s AND i.kind = 'invoice' AND {which}
    ORDER BY i.id LIMIT %(most)s
"""


def invoices_after(client_id: int, after: int, most: int, *, open_only: bool) -> list[InvoiceOut]:
    """Invoices whose number in the database comes after another's. One statement."""
    which = "i.id > %(after)s" + (" AND i.open_amount > 0 AND i.withdrawn_on IS NULL" if open_only else "")
    rows = fetch(_INVOICES.format(which=which), {"client": client_id, "after": after, "most": most})
    return [_told(row) for row in rows]


def one_invoice(client_id: int, invoice_id: int) -> InvoiceOut | None:
    """One invoice of this client; None if it has no such."""
    rows = fetch(_INVOICES.format(which="i.id = %(id)s"), {"client": client_id, "id": invoice_id, "most": 1})
    return _told(rows[0]) if rows else None


def _told(row: tuple[Any, ...]) -> InvoiceOut:
    (
        invoice_id,
        number,
        debtor,
        kvk,
        issued,
        due,
        currency,
        payable,
        still_open,
        state,
        last_day,
        report,
    ) = row
    return InvoiceOut(
        invoice_id=invoice_id, number=number, debtor=debtor, debtor_kvk=kvk, issue_date=issued, due_date=due,
        currency=currency, payable=payable, open_amount=still_open, state=state,
        reportable_from=register_dates(last_day).earliest_report, report_id=report,
    )  # fmt: skip
