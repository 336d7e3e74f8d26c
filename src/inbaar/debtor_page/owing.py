"""What a debtor's page shows: each open invoice with what is asked of it and why, what rests, what was paid, and what he was sent.

The amounts are those of statements and payment pages, and the sheet is that of the letters, all as of one day.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from inbaar.debtor_statements.content import Item
from inbaar.debtor_statements.content import from_json as statement_from_json
from inbaar.debtor_statements.facts import Account, OpenItem, accounts_of
from inbaar.debtor_statements.sending import statement_files
from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO
from inbaar.letters.content import from_json
from inbaar.letters.delivery import LAST_DELIVERY, letter_files
from inbaar.receivables.claims import ClaimFacts
from inbaar.receivables.queries import STANDING, claim_facts

MOST_SETTLED, MOST_PAPERS = 20, 100
# An invoice that its debtor has not got yet is none of his page.
_UNSENT = """
    SELECT x.invoice_id FROM receivables_dispatch x JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
    WHERE x.client_id = %(client)s AND i.debtor_id = %(debtor)s AND x.sent_on IS NULL
"""
_HOLDS = f"""
    SELECT h.invoice_id, h.kind, h.amount, h.until, r.number FROM receivables_hold h
    LEFT JOIN debtor_page_reply r ON r.client_id = h.client_id AND r.hold_key = h.key
    WHERE h.client_id = %(client)s AND h.debtor_id = %(debtor)s AND {STANDING} ORDER BY h.since, h.id
"""  # noqa: S608 - our own text
_SETTLED = """
    SELECT i.number, i.issue_date, i.currency, i.payable, max(p.received_on) FROM receivables_invoice i
    LEFT JOIN receivables_payment p ON p.client_id = i.client_id AND p.invoice_id = i.id
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    WHERE i.client_id = %(client)s AND i.debtor_id = %(debtor)s AND i.kind = 'invoice' AND i.open_amount = 0
      AND i.withdrawn_on IS NULL AND (x.id IS NULL OR x.sent_on IS NOT NULL)
    GROUP BY i.client_id, i.id, i.number, i.issue_date, i.currency, i.payable ORDER BY i.issue_date DESC, i.id DESC LIMIT %(most)s
"""
_DOCUMENTS = """
    SELECT r.invoice_id, r.id, d.name FROM intake_reading r
    JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.invoice_id
    JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    WHERE r.client_id = %(client)s AND i.debtor_id = %(debtor)s AND r.outcome = 'accepted' AND i.withdrawn_on IS NULL
      AND (x.id IS NULL OR x.sent_on IS NOT NULL) ORDER BY r.id
"""
_LETTERS = f"""
    SELECT l.id, l.number, l.kind, l."on" FROM letters_letter l {LAST_DELIVERY}
    WHERE l.client_id = %(client)s AND l.debtor_id = %(debtor)s AND v.state = 'sent' ORDER BY l."on" DESC, l.id DESC LIMIT %(most)s
"""  # noqa: S608 - our own text
_STATEMENTS = """
    SELECT id, number, state, (changed_at AT TIME ZONE 'Europe/Amsterdam')::date FROM debtor_statements_accountstatement
    WHERE client_id = %(client)s AND debtor_id = %(debtor)s AND state = 'sent' ORDER BY id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Rest:
    """Why something rests: its kind, the part of the amount or all of it, its last day, and the debtor's own message if that is why."""

    kind: str
    amount: Decimal | None
    until: dt.date | None
    number: str


@dataclass(frozen=True, slots=True)
class Owed:
    """An open invoice as the debtor sees it. `facts` are what its calculation sheet is made of; none for a credit note."""

    invoice_id: int
    item: Item
    currency: str
    owner: str
    iban: str
    facts: ClaimFacts | None
    rests: tuple[Rest, ...] = ()
    documents: tuple[tuple[int, str], ...] = ()

    @property
    def payee(self) -> tuple[str, str, str]:
        """What is paid together: currency, owner and account."""
        return self.currency, self.owner, self.iban


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter or statement as it was sent; `kind` is a letter's, or `statement`."""

    id: int
    number: str
    kind: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Settled:
    """An invoice of which nothing is open any more, and the day of the last payment or credit."""

    number: str
    issued: dt.date
    currency: str
    amount: Decimal
    on: dt.date | None


@dataclass(slots=True)
class OwnPage:
    """All of it. `rests` is what holds everything at once; `unapplied` was received and is not matched to an invoice yet."""

    owed: list[Owed] = field(default_factory=list)
    credits: list[tuple[Item, str]] = field(default_factory=list)
    rests: tuple[Rest, ...] = ()
    insolvent: bool = False
    unapplied: list[tuple[str, Decimal]] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)

    @property
    def asked(self) -> list[tuple[str, Decimal]]:
        """What is to be paid now, per currency."""
        totals: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for each in self.owed:
            totals[each.currency] += each.item.asked
        return sorted((currency, total) for currency, total in totals.items() if total)

    @property
    def payees(self) -> list[list[Owed]]:
        """What can be paid now, each list to one account."""
        groups: dict[tuple[str, str, str], list[Owed]] = defaultdict(list)
        for each in self.owed:
            if each.item.asked:
                groups[each.payee].append(each)
        return list(groups.values())


def own_page(client_id: int, debtor_id: int, on: dt.date) -> OwnPage:
    """What a debtor sees on a day. Needs the client's scope; a fixed number of statements."""
    told = {"client": client_id, "debtor": debtor_id, "on": on, "most": MOST_PAPERS}
    accounts = accounts_of(client_id, [debtor_id], None, on, payable=True)
    items = _items(accounts)
    unsent = {invoice for (invoice,) in fetch(_UNSENT, told)}
    facts = claim_facts([each.invoice_id for _, each in items if each.item.kind == "invoice"], on)
    rests: dict[int | None, list[Rest]] = defaultdict(list)
    for invoice, kind, amount, until, number in fetch(_HOLDS, told):
        rests[invoice].append(Rest(kind, amount, until, number or ""))
    documents: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for invoice, reading, name in fetch(_DOCUMENTS, told):
        documents[invoice].append((reading, name))
    page = OwnPage(rests=tuple(rests[None]))
    for currency, each in items:
        if each.item.kind == "invoice" and each.invoice_id not in unsent:
            page.owed.append(
                Owed(each.invoice_id, each.item, currency, each.owner, each.iban, facts.get(each.invoice_id),
                     tuple(rests[each.invoice_id]), tuple(documents[each.invoice_id]))
            )  # fmt: skip
        elif each.item.kind == "credit_note":
            page.credits.append((each.item, currency))
    page.owed.sort(key=lambda each: (each.item.due, each.invoice_id))
    page.insolvent = any(rest.kind == "insolvency" for rest in page.rests)
    page.unapplied = [
        (currency, account.unapplied) for (_, currency), account in accounts.items() if account.unapplied
    ]
    page.settled = [Settled(*row) for row in fetch(_SETTLED, told | {"most": MOST_SETTLED})]
    papers = [Paper(*row) for row in fetch(_LETTERS, told)]
    papers += [Paper(number, name, "statement", day) for number, name, _, day in fetch(_STATEMENTS, told)]
    page.papers = sorted(papers, key=lambda paper: (paper.on, paper.id), reverse=True)
    return page


def open_items(client_id: int, debtor_id: int, on: dt.date) -> list[tuple[str, OpenItem]]:
    """What is open with what can be asked of it on a day, each with its currency. Needs the client's scope."""
    return _items(accounts_of(client_id, [debtor_id], None, on, payable=True))


def _items(accounts: dict[tuple[int, str], Account]) -> list[tuple[str, OpenItem]]:
    return [(currency, each) for (_, currency), account in accounts.items() for each in account.items]


def own_document(client_id: int, debtor_id: int, reading_id: int) -> tuple[str, bytes] | None:
    """Name and bytes of the document that an invoice of this debtor came in; None for any other."""
    which = {"client": client_id, "debtor": debtor_id}
    if reading_id not in {reading for _, reading, _ in fetch(_DOCUMENTS, which)}:
        return None
    rows = fetch(
        """
        SELECT d.name, d.content FROM intake_reading r
        JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id WHERE r.client_id = %s AND r.id = %s
        """,
        [client_id, reading_id],
    )
    return (rows[0][0], bytes(rows[0][1]))


def own_paper(client_id: int, debtor_id: int, kind: str, number: int) -> tuple[str, bytes] | None:
    """Name and PDF of a letter or statement that was sent to this debtor, as it was sent; None for any other."""
    if kind == "statement":
        rows = _content(
            "debtor_statements_accountstatement", client_id, debtor_id, number, "x.state = 'sent'"
        )
        return (
            (rows[0][0], statement_files(client_id, {number: statement_from_json(rows[0][1])})[number])
            if rows
            else None
        )
    sent = {
        row[0] for row in fetch(_LETTERS, {"client": client_id, "debtor": debtor_id, "most": MOST_PAPERS})
    }
    rows = _content("letters_letter", client_id, debtor_id, number, "true") if number in sent else []
    return (rows[0][0], letter_files(client_id, {number: from_json(rows[0][1])})[number]) if rows else None


def _content(
    table: str, client_id: int, debtor_id: int, number: int, which: str
) -> Sequence[tuple[Any, ...]]:
    return fetch(
        f"SELECT x.number, x.content::text FROM {table} x WHERE x.client_id = %s AND x.debtor_id = %s AND x.id = %s AND {which}",  # noqa: S608
        [client_id, debtor_id, number],
    )
