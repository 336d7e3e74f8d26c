"""Debits of which a debtor was told and that are not over: whoever asks him for the same invoice would have him pay twice.

One that waits to leave counts until its day, for after that it is taken back; one that is with the bank until the bank tells.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

#: How much of an account number is told to who has no more than a link.
TOLD_OF_ACCOUNT = 4
# Of a debit `dd`, on a day.
_LIVES = """
    (dd.state IN ('in_file', 'accepted')
     OR dd.state IN ('requested', 'batched') AND dd.announced_on IS NOT NULL AND dd.due_on > %(on)s)
"""
_UNDERWAY = f"""
    SELECT dd.invoice_id, dd.due_on, right(v.debtor_iban, {TOLD_OF_ACCOUNT})
    FROM debits_directdebit dd
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    LEFT JOIN debits_batcheddebit b ON b.client_id = dd.client_id AND b.debit_id = dd.id
    JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id
        AND (v.id = b.version_id OR b.version_id IS NULL AND v.number = m.version)
    WHERE dd.client_id = %(client)s AND dd.invoice_id = ANY(%(invoices)s::bigint[]) AND {_LIVES}
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The day on which an invoice is collected, and the last four marks of the account."""

    due_on: dt.date
    account_end: str


def debits_underway(client_id: int, invoices: Sequence[int], on: dt.date) -> dict[int, UnderWay]:
    """Of these invoices, those that are being debited. Needs the client's scope. One statement."""
    rows = fetch(_UNDERWAY, {"client": client_id, "invoices": array_parameter(list(invoices)), "on": on})
    return {invoice: UnderWay(due_on, end) for invoice, due_on, end in rows}


def is_debited(client: str, invoice: str) -> str:
    """Whether an invoice is being debited, as SQL of a day `on`; `client` and `invoice` are the columns that name it."""
    return f"""EXISTS (SELECT 1 FROM debits_directdebit dd
        WHERE dd.client_id = {client} AND dd.invoice_id = {invoice} AND {_LIVES})"""  # noqa: S608 - our own text
