"""The dates that hang on an invoice: those of the law are kept with it, those of the register follow from its term."""

from inbaar.kit.bulk import fetch
from inbaar.receivables.rules import DeadlineFact, register_deadlines

# One that was sent when its printed day had come has a term of its own since (see `dispatch`).
_DEADLINES = """
    SELECT coalesce(x.term_until, i.due_date), d.kind, d."on", d.rule, d.lost, d.unconfirmed
    FROM receivables_invoice i
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    LEFT JOIN receivables_deadline d ON d.client_id = i.client_id AND d.invoice_id = i.id
    WHERE i.client_id = %s AND i.id = %s AND i.kind = 'invoice' ORDER BY d."on", d.id
"""


def deadlines(client_id: int, invoice_id: int) -> list[DeadlineFact]:
    """All that hang on an invoice, earliest first; none on a credit note. One statement; needs the client's scope."""
    rows = fetch(_DEADLINES, [client_id, invoice_id])
    if not rows:
        return []
    kept = [DeadlineFact(*facts) for _, *facts in rows if facts[0] is not None]
    return sorted([*register_deadlines(rows[0][0]), *kept], key=lambda fact: fact.on)
