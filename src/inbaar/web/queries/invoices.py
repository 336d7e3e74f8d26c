"""The list of invoices: one page of rows, and the count and sums of all that the filters select."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.web.queries.invoice_filters import DISPUTED, HELD_BY, InvoiceFilter

_FROM = """
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    LEFT JOIN dunning_schedule s ON s.client_id = i.client_id AND s.invoice_id = i.id
"""
_COLUMNS = f"""
    i.id, i.number, i.kind, i.issue_date, greatest(i.due_date, x.term_until), i.currency, i.payable, i.open_amount, d.id, d.name, d.capacity,
    coalesce(s.stage, ''), coalesce(s.planned, ''), s.due_on, coalesce(s.waits_for, ''), {DISPUTED}, {HELD_BY.format(row="i", invoice="i.id")},
    x.id IS NOT NULL AND x.sent_on IS NULL
"""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as a list shows it; `due_on` is when the run looks at it next."""

    id: int
    number: str
    kind: str
    issue_date: dt.date
    due_date: dt.date
    currency: str
    payable: Decimal
    open_amount: Decimal
    debtor_id: int
    debtor: str
    capacity: str
    stage: str
    planned: str
    due_on: dt.date | None
    waits_for: str
    disputed: bool
    held_by: str
    unsent: bool

    @property
    def is_credit(self) -> bool:
        """A credit note."""
        return self.kind == "credit_note"


@dataclass(frozen=True, slots=True)
class Selection:
    """How many invoices the filters select, and per currency what they come to and what is open of it."""

    count: int
    payable: tuple[tuple[str, Decimal], ...]
    open: tuple[tuple[str, Decimal], ...]


def invoice_rows(
    client_id: int, chosen: InvoiceFilter, on: dt.date, limit: int | None = None, offset: int = 0
) -> list[InvoiceRow]:
    """The selected invoices in their order, a page of them or all. One statement."""
    where, facts = chosen.where(client_id, on)
    page = "LIMIT %(limit)s OFFSET %(offset)s" if limit is not None else ""
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {chosen.order} {page}"
    return [InvoiceRow(*row) for row in fetch(sql, facts | {"limit": limit, "offset": offset})]


def invoice_selection(client_id: int, chosen: InvoiceFilter, on: dt.date) -> Selection:
    """Count and sums of all that is selected; a credit note counts as less. One statement."""
    where, facts = chosen.where(client_id, on)
    joined = (
        "JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id" if chosen.text else ""
    )
    rows = fetch(
        f"""
        SELECT i.currency, count(*),
               sum(CASE WHEN i.kind = 'credit_note' THEN -i.payable ELSE i.payable END),
               sum(CASE WHEN i.kind = 'credit_note' THEN -i.open_amount ELSE i.open_amount END)
        FROM receivables_invoice i {joined} WHERE {where} GROUP BY 1 ORDER BY i.currency <> 'EUR', 1
        """,  # noqa: S608 - values are parameters
        facts,
    )
    return Selection(
        sum(row[1] for row in rows),
        tuple((row[0], row[2]) for row in rows),
        tuple((row[0], row[3]) for row in rows),
    )


def debtor_name(client_id: int, debtor_id: int) -> str:
    """The name behind a debtor filter; empty for a number that is not there."""
    rows = fetch("SELECT name FROM parties_debtor WHERE client_id = %s AND id = %s", [client_id, debtor_id])
    return str(rows[0][0]) if rows else ""


def any_invoice(client_id: int) -> bool:
    """Whether there is any invoice at all."""
    return bool(
        fetch("SELECT EXISTS (SELECT 1 FROM receivables_invoice WHERE client_id = %s)", [client_id])[0][0]
    )
