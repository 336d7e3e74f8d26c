"""What whoever has the link sees of a mandate once it was signed. Needs the client's scope."""

import datetime as dt
from dataclasses import dataclass

from inbaar.kit.bulk import fetch


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever has the link may see of what was signed: of the account only its last four signs."""

    reference: str
    signed_on: dt.date
    signed_how: str
    name: str
    account_end: str
    state: str
    state_on: dt.date


def receipt_of(client_id: int, mandate_id: int) -> Receipt | None:
    """What was signed, as the page of its link tells it afterwards."""
    rows = fetch(
        """
        SELECT m.reference, m.signed_on, m.signed_how, v.debtor_name, right(v.debtor_iban, 4), m.state, m.state_on
        FROM debits_mandate m
        JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id AND v.number = 1
        WHERE m.client_id = %s AND m.id = %s
        """,
        [client_id, mandate_id],
    )
    return Receipt(*rows[0]) if rows else None
