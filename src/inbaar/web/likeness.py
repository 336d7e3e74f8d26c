"""What a person may say of a document that looks like an invoice that is there, on both pages that show such a document."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.intake.settling import LONGEST_NUMBER, Settled, free_number
from inbaar.kit.bulk import fetch
from inbaar.web.queries.documents import ReadingRow


@dataclass(frozen=True, slots=True)
class Other:
    """The invoice it looks like. `own_number` is one that is free, where the two have the same number."""

    id: int
    number: str
    issue_date: dt.date
    payable: Decimal
    currency: str
    debtor: str
    own_number: str


def likeness(client_id: int, row: ReadingRow) -> Other | None:
    """The invoice that a document in review looks like, or None."""
    if row.resembles_id is None or row.outcome != "review":
        return None
    rows = fetch(
        """
        SELECT i.id, i.number, i.issue_date, i.payable, i.currency, d.name, coalesce(nullif(i.printed_number, ''), i.number)
        FROM receivables_invoice i JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
        WHERE i.client_id = %s AND i.id = %s AND i.withdrawn_on IS NULL
        """,
        [client_id, row.resembles_id],
    )
    if not rows:
        return None
    number_id, number, issued, payable, currency, debtor, printed = rows[0]
    own_number = free_number(client_id, printed) if printed == row.number else ""
    return Other(number_id, number, issued, payable, currency, debtor, own_number)


def settled(form: Mapping[str, Any]) -> Settled | None:
    """What the pressed button says, with the number beside it."""
    how = form.get("how", "")
    number = str(form.get("own_number", "")).replace("\0", "")[: LONGEST_NUMBER + 1]
    return Settled(how, number) if how in ("instead", "another") else None
