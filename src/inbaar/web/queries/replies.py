"""Disputes and what debtors said, as the desk lists them. A fixed number of statements."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.debtor_page.rules import RIGHT
from inbaar.kit.bulk import fetch
from inbaar.receivables.queries import STANDING

MOST = 500
# A dispute of the whole debtor bears what he owes; the currencies of that are told apart on his page.
_DISPUTES = f"""
    SELECT h.id, h.debtor_id, d.name, h.invoice_id, coalesce(i.number, ''), coalesce(i.currency, 'EUR'),
           coalesce(h.amount, i.open_amount), h.amount IS NOT NULL, h.reason, h.owner, h.since, h.solve_by,
           r.id, coalesce(r.verdict, '')
    FROM receivables_hold h
    JOIN parties_debtor d ON d.client_id = h.client_id AND d.id = h.debtor_id
    LEFT JOIN receivables_invoice i ON i.client_id = h.client_id AND i.id = h.invoice_id
    LEFT JOIN debtor_page_reply r ON r.client_id = h.client_id AND r.hold_key = h.key
    WHERE h.client_id = %(client)s AND h.kind = 'dispute' AND {STANDING} AND (i.id IS NULL OR i.open_amount > 0)
    ORDER BY coalesce(r.verdict, '') = '{RIGHT}', h.solve_by NULLS LAST, h.since, h.id LIMIT {MOST}
"""  # noqa: S608 - our own text
_MAILS = """
    SELECT id, kind, address, subject, text, file_name, made_at, state, answer FROM debtor_page_pagemail
    WHERE client_id = %s AND {which} ORDER BY id DESC LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute that stands, with who looks into it and by when; `amount` is what rests, none where it is all he owes.

    `reply_id` is what the debtor said on his page, where he did; `verdict` what was decided of it.
    """

    hold_id: int
    debtor_id: int
    debtor: str
    invoice_id: int | None
    invoice: str
    currency: str
    amount: Decimal | None
    is_part: bool
    reason: str
    owner: str
    since: dt.date
    solve_by: dt.date | None
    reply_id: int | None
    verdict: str


@dataclass(frozen=True, slots=True)
class PageMailRow:
    """A mail to a debtor about his page, as it left."""

    id: int
    kind: str
    address: str
    subject: str
    text: str
    file_name: str
    made_at: dt.datetime
    state: str
    answer: str


def disputes(client_id: int, on: dt.date) -> list[DisputeRow]:
    """Every dispute that stands, what is overdue first and what only waits for a credit note last. One statement."""
    return [DisputeRow(*row) for row in fetch(_DISPUTES, {"client": client_id, "on": on})]


def mails_about(client_id: int, reply_id: int) -> list[PageMailRow]:
    """The mails about one reply, the newest first. One statement."""
    return [PageMailRow(*row) for row in fetch(_MAILS.format(which="reply_id = %s"), [client_id, reply_id])]


def page_mails(client_id: int, debtor_id: int) -> list[PageMailRow]:
    """The mails to one debtor about his page, the newest first. One statement."""
    return [PageMailRow(*row) for row in fetch(_MAILS.format(which="debtor_id = %s"), [client_id, debtor_id])]
