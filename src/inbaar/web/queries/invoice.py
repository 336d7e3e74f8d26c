"""Everything one invoice's page tells. A fixed number of statements."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.banking.announcing import STANDING as STANDING_ANNOUNCED
from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO
from inbaar.letters.delivery import LAST_DELIVERY
from inbaar.receivables.claims import ClaimFacts
from inbaar.receivables.deadlines import deadlines
from inbaar.receivables.queries import STANDING, claim_facts
from inbaar.receivables.rules import DeadlineFact

_HEAD = f"""
    SELECT i.id, i.number, i.kind, i.issue_date, i.received_on, i.due_date, i.term_agreed, i.currency, i.net, i.vat,
           i.total, i.payable, i.open_amount, i.payment_reference, i.credits_number, i.claim_kind,
           d.id, d.name, d.capacity,
           coalesce(s.stage, ''), s.due_on, coalesce(s.waits_for, ''),
           (SELECT c.id FROM receivables_invoice c WHERE c.client_id = i.client_id AND c.kind = 'invoice'
            AND c.withdrawn_on IS NULL AND i.credits_number <> '' AND c.number = i.credits_number LIMIT 1),
           (SELECT r.id FROM intake_reading r WHERE r.client_id = i.client_id AND r.invoice_id = i.id LIMIT 1),
           EXISTS (SELECT 1 FROM banking_suspect u JOIN banking_entry e ON e.client_id = u.client_id AND e.id = u.entry_id
                   WHERE u.client_id = i.client_id AND u.invoice_id = i.id AND e.state = 'unmatched'),
           EXISTS (SELECT 1 FROM {STANDING_ANNOUNCED}
                   JOIN banking_announcedfor f ON f.client_id = p.client_id AND f.payment_id = p.id
                   WHERE f.client_id = i.client_id AND f.invoice_id = i.id),
           i.withdrawn_on, i.printed_number, i.description,
           x.id IS NOT NULL, x.letter, x.sent_on, coalesce(x.sent_by, ''), x.term_until
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    LEFT JOIN dunning_schedule s ON s.client_id = i.client_id AND s.invoice_id = i.id
    WHERE i.client_id = %s AND i.id = %s
"""  # noqa: S608 - our own text
_HOLDS = f"""
    SELECT h.id, h.kind, h.amount, h.reason, h.owner, h.since, h.until, h.solve_by, h.invoice_id IS NULL, {STANDING}
    FROM receivables_hold h
    WHERE h.client_id = %(client)s AND h.released_on IS NULL AND (h.until IS NULL OR h.until >= %(on)s)
      AND (h.invoice_id = %(invoice)s OR (h.invoice_id IS NULL AND h.debtor_id = %(debtor)s)) ORDER BY h.since, h.id
"""  # noqa: S608 - our own text
_TITLES = """
    SELECT owner_name, payee_iban, lower(period), upper(period), deed, notified_on FROM receivables_title
    WHERE client_id = %s AND invoice_id = %s ORDER BY period
"""
_EVENTS = """
    SELECT kind, "on", facts, link FROM receivables_event WHERE client_id = %s AND invoice_id = %s ORDER BY "on", id
"""
_LETTERS = f"""
    SELECT l.id, l.number, l.kind, l."on", l.pay_by, l.currency, l.total, v.state, v.channel, v.address, v.answer
    FROM letters_letteritem li
    JOIN letters_letter l ON l.client_id = li.client_id AND l.id = li.letter_id
    {LAST_DELIVERY}
    WHERE li.client_id = %s AND li.invoice_id = %s ORDER BY l."on", l.id
"""  # noqa: S608 - our own text
_SKIPS = """SELECT "on", reason, made_by FROM dunning_skip WHERE client_id = %s AND invoice_id = %s AND "on" >= %s"""


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """An invoice with its debtor and its place in the schedule.

    `dispatched` is one that came in before its debtor had it; `sent_with` is the letter that it goes or went by.
    """

    id: int
    number: str
    kind: str
    issue_date: dt.date
    received_on: dt.date
    due_date: dt.date
    term_agreed: bool
    currency: str
    net: Decimal
    vat: Decimal
    total: Decimal
    payable: Decimal
    open_amount: Decimal
    payment_reference: str
    credits_number: str
    claim_kind: str
    debtor_id: int
    debtor: str
    capacity: str
    stage: str
    due_on: dt.date | None
    waits_for: str
    credits_id: int | None
    reading_id: int | None
    explained: bool
    announced: bool
    withdrawn_on: dt.date | None = None
    printed_number: str = ""
    description: str = ""
    dispatched: bool = False
    sent_with: int | None = None
    sent_on: dt.date | None = None
    sent_by: str = ""
    term_until: dt.date | None = None

    @property
    def unsent(self) -> bool:
        """Its debtor has not got it yet."""
        return self.dispatched and self.sent_on is None

    @property
    def is_credit(self) -> bool:
        """A credit note."""
        return self.kind == "credit_note"


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold that was not released and is not over. `standing` says whether it counts today."""

    id: int
    kind: str
    amount: Decimal | None
    reason: str
    owner: str
    since: dt.date
    until: dt.date | None
    solve_by: dt.date | None
    whole_debtor: bool
    standing: bool


@dataclass(frozen=True, slots=True)
class TitleRow:
    """Who owned the claim from when until when, and whom to pay."""

    owner: str
    iban: str
    since: dt.date | None
    until: dt.date | None
    deed: str
    notified_on: dt.date | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the timeline as it was written."""

    kind: str
    on: dt.date
    facts: dict[str, Any]
    link: int | None


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter and how it went."""

    id: int
    number: str
    kind: str
    on: dt.date
    pay_by: dt.date | None
    currency: str
    total: Decimal
    state: str | None
    channel: str | None
    address: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """All of an invoice's page."""

    head: InvoiceHead
    facts: ClaimFacts
    holds: tuple[HoldRow, ...]
    titles: tuple[TitleRow, ...]
    deadlines: tuple[DeadlineFact, ...]
    events: tuple[EventRow, ...]
    letters: tuple[LetterRow, ...]
    skips: tuple[tuple[dt.date, str, str], ...]

    @property
    def standing(self) -> tuple[HoldRow, ...]:
        """The holds that count today."""
        return tuple(hold for hold in self.holds if hold.standing)

    @property
    def disputed_part(self) -> Decimal:
        """What of the invoice is under dispute for a part."""
        return sum((hold.amount or ZERO for hold in self.standing if hold.kind == "dispute"), ZERO)


def invoice_page(client_id: int, invoice_id: int, on: dt.date) -> InvoicePage | None:
    """The invoice in scope, or None. Thirteen statements."""
    rows = fetch(_HEAD, [client_id, invoice_id])
    if not rows:
        return None
    head = InvoiceHead(*rows[0])
    key = [client_id, invoice_id]
    holds = fetch(_HOLDS, {"client": client_id, "invoice": invoice_id, "debtor": head.debtor_id, "on": on})
    return InvoicePage(
        head,
        claim_facts([invoice_id], on)[invoice_id],
        tuple(HoldRow(*row) for row in holds),
        tuple(TitleRow(*row) for row in fetch(_TITLES, key)),
        tuple(deadlines(client_id, invoice_id)),
        tuple(event_rows(fetch(_EVENTS, key))),
        tuple(LetterRow(*row) for row in fetch(_LETTERS, key)),
        tuple((day, reason, by) for day, reason, by in fetch(_SKIPS, [*key, on])),
    )


def event_rows(rows: list[tuple[Any, ...]]) -> list[EventRow]:
    """Events as they come from the database; their facts may come as text."""
    return [
        EventRow(kind, on, json.loads(facts) if isinstance(facts, str) else facts, link)
        for kind, on, facts, link in rows
    ]
