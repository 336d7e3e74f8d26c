"""What the rules of the sale ask of invoices, read from the books. A fixed number of statements for any number of them."""

import datetime as dt
from collections.abc import Sequence

from inbaar.factoring.rules import accepted_kind
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.receivables.verdicts import Verdict

_KINDS = """
    SELECT i.id, i.due_date, x.id IS NULL OR x.sent_on IS NOT NULL FROM receivables_invoice i
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    WHERE i.client_id = %s AND i.id = ANY(%s::bigint[]) AND i.kind = 'invoice' AND i.open_amount > 0
"""


def kinds_to_sell(client_id: int, invoice_ids: Sequence[int], on: dt.date) -> dict[int, Verdict]:
    """Of each open invoice of the client in scope whether it is of a kind that is bought on a day; others are left out."""
    rows = fetch(_KINDS, [client_id, array_parameter(list(invoice_ids))])
    return {invoice_id: accepted_kind(due_on, on, sent=sent) for invoice_id, due_on, sent in rows}
