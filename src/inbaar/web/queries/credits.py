"""Credit notes of a debtor of which something is left, and the open invoices it could be taken off."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch

MOST = 200
_OPEN = """
    SELECT id, kind, number, currency, open_amount, issue_date, due_date FROM receivables_invoice
    WHERE client_id = %s AND debtor_id = %s AND open_amount > 0 ORDER BY due_date, id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A credit note or an invoice with what is left of it."""

    id: int
    kind: str
    number: str
    currency: str
    open_amount: Decimal
    issue_date: dt.date
    due_date: dt.date


def usable_credits(client_id: int, debtor_id: int) -> list[tuple[OpenItem, list[OpenItem]]]:
    """Each credit note that is left, with the invoices in its currency, the oldest due first. One statement."""
    items = [OpenItem(*row) for row in fetch(_OPEN, [client_id, debtor_id, MOST])]
    invoices = [item for item in items if item.kind == "invoice"]
    return [
        (credit, fitting)
        for credit in items
        if credit.kind == "credit_note"
        and (fitting := [item for item in invoices if item.currency == credit.currency])
    ]
