"""What the books hold of some debtors at the end of a day, read for all of them in a fixed number of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from inbaar.banking.debits.underway import UnderWay, debits_underway
from inbaar.banking.online.underway import ON_ITS_WAY
from inbaar.banking.unapplied import unapplied_at
from inbaar.debtor_statements.content import Item, Movement
from inbaar.dunning.addressing import titles_on
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO
from inbaar.law.errors import LawError
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import account_numbers
from inbaar.receivables.age_classes import USUAL
from inbaar.receivables.ageing import AgedInvoice, Behind, aged_invoices
from inbaar.receivables.claims import ClaimFacts, owed_on, undisputed
from inbaar.receivables.queries import claim_facts

_SIGNED = "CASE WHEN t.debit_id = ANY(%(accounts)s::bigint[]) THEN t.amount ELSE -t.amount END"
_MOVED = """
    FROM receivables_invoice i
    JOIN ledger_transfer t ON t.client_id = i.client_id AND t.subject = i.id
    WHERE i.client_id = %(client)s AND i.debtor_id = ANY(%(debtors)s::bigint[]) AND t.booked_on <= %(on)s
      AND (t.debit_id = ANY(%(accounts)s::bigint[]) OR t.credit_id = ANY(%(accounts)s::bigint[]))
"""
_BALANCES = f"""
    SELECT i.debtor_id, i.currency, coalesce(sum({_SIGNED}) FILTER (WHERE t.booked_on < %(since)s), 0), sum({_SIGNED})
    {_MOVED} GROUP BY 1, 2
"""
# A credit note that is taken off an invoice moves from one of the debtor's items to another: his balance stays.
_MOVEMENTS = f"""
    SELECT m.debtor_id, m.currency, m.booked_on, m.what, m.number, m.of, p.kind, m.amount FROM (
        SELECT i.client_id, i.debtor_id, i.currency, t.booked_on, split_part(t.reference, ':', 1) AS what,
               substr(t.reference, strpos(t.reference, ':') + 1) AS key, i.number, i.kind AS of, sum({_SIGNED}) AS amount
        {_MOVED} AND t.booked_on >= %(since)s AND t.reference NOT LIKE 'credit:%%' AND t.reference NOT LIKE 'payment:credit:%%'
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ) m LEFT JOIN receivables_payment p ON p.client_id = m.client_id AND m.what = 'payment' AND p.key = m.key
    ORDER BY m.booked_on, m.what <> 'invoice', m.number, m.key
"""  # noqa: S608 - our own text
_HOLDS = """
    SELECT h.debtor_id, h.invoice_id, h.kind, h.amount FROM receivables_hold h
    WHERE h.client_id = %(client)s AND h.debtor_id = ANY(%(debtors)s::bigint[]) AND h.kind IN ('dispute', 'insolvency')
      AND h.since <= %(on)s AND (h.until IS NULL OR h.until >= %(on)s) AND (h.released_on IS NULL OR h.released_on > %(on)s)
"""
_SUSPECTED = f"""
    SELECT s.invoice_id FROM banking_suspect s
    JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
    WHERE s.client_id = %(client)s AND s.invoice_id = ANY(%(invoices)s::bigint[]) AND e.state = 'unmatched'
    UNION
    SELECT p.invoice_id FROM online_onlinepart p
    JOIN online_onlinepayment o ON o.client_id = p.client_id AND o.id = p.payment_id
    WHERE p.client_id = %(client)s AND p.invoice_id = ANY(%(invoices)s::bigint[]) AND {ON_ITS_WAY}
"""  # noqa: S608 - our own text
_KINDS = {"bank": "payment", "write_off": "written_off", "credit_note": "credited"}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item as it goes on a statement, with its invoice and whom it is paid to: owner, account, and since when."""

    invoice_id: int
    item: Item
    owner: str = ""
    iban: str = ""
    since: dt.date | None = None


@dataclass(slots=True)
class Account:
    """What a debtor's account holds in one currency."""

    opening: Decimal = ZERO
    closing: Decimal = ZERO
    items: list[OpenItem] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    unapplied: Decimal = ZERO
    insolvent: bool = False


def accounts_of(
    client_id: int, debtors: Sequence[int], since: dt.date | None, on: dt.date, payable: bool
) -> dict[tuple[int, str], Account]:
    """The accounts of debtors by debtor and currency, those with nothing to tell left out. Needs the client's scope.

    `since` asks for the movements from that day. `payable` asks what can be paid of each item on that day.
    """
    found: dict[tuple[int, str], Account] = defaultdict(Account)
    facts = {
        "client": client_id, "debtors": array_parameter(debtors), "on": on, "since": since or on,
        "accounts": account_numbers(client_id, Code.RECEIVABLE),
    }  # fmt: skip
    for debtor, currency, opening, closing in fetch(_BALANCES, facts):
        found[debtor, currency].opening = opening if since else closing
        found[debtor, currency].closing = closing
    for debtor, currency, day, what, number, of, kind, amount in fetch(_MOVEMENTS, facts) if since else ():
        movement = Movement(day, _kind(what, of, kind), number, amount)
        found[debtor, currency].movements.append(movement)
    holds = fetch(_HOLDS, facts)
    for key, item in _items(client_id, debtors, on, holds, payable):
        found[key].items.append(item)
    insolvent = {debtor for debtor, _, kind, _ in holds if kind == "insolvency"}
    for currency, money in unapplied_at(client_id, on).items():
        for debtor in debtors:
            if amount := money.by_debtor.get(debtor):
                found[debtor, currency].unapplied = amount
    for (debtor, _), account in found.items():
        if debtor in insolvent:  # who is insolvent is asked nothing: the claim goes to the trustee
            account.insolvent = True
            account.items = [replace(each, item=replace(each.item, asked=ZERO)) for each in account.items]
    return {key: account for key, account in found.items() if _tells(account)}


def _tells(account: Account) -> bool:
    return bool(account.items or account.movements or account.opening or account.unapplied)


def _kind(what: str, of: str, payment: str | None) -> str:
    """What a movement is called: an invoice or credit note, what was paid or given up, or another booking."""
    if what in ("invoice", "withdrawn"):
        return of if what == "invoice" else "withdrawn"
    return _KINDS.get(payment or "", "other")


Holds = Sequence[tuple[int, int | None, str, Decimal | None]]


def _items(
    client_id: int, debtors: Sequence[int], on: dt.date, holds: Holds, payable: bool
) -> list[tuple[tuple[int, str], OpenItem]]:
    rows = aged_invoices(client_id, on, USUAL, Behind(debtors=tuple(debtors)))
    owned = [row.id for row in rows if row.kind == "invoice"]
    titles = titles_on(client_id, owned, on)
    claims: dict[int, ClaimFacts] = claim_facts(owned, on) if payable else {}
    suspected = (
        {number for (number,) in fetch(_SUSPECTED, {"client": client_id, "invoices": array_parameter(owned)})}
        if payable
        else set()
    )
    debits = debits_underway(client_id, owned, on) if payable else {}
    insolvent = {debtor for debtor, _, kind, _ in holds if kind == "insolvency"}
    wholly = {
        invoice or debtor for debtor, invoice, kind, amount in holds if kind == "dispute" and amount is None
    }
    parts: dict[int, Decimal] = defaultdict(Decimal)
    for _, invoice, kind, amount in holds:
        if kind == "dispute" and invoice is not None and amount is not None:
            parts[invoice] += amount
    made = []
    for row in rows:
        disputed = row.open if {row.id, row.debtor_id} & wholly else min(parts[row.id], row.open)
        debit = debits.get(row.id) if row.debtor_id not in insolvent else None
        item = _item(row, on, disputed, claims.get(row.id), row.id in suspected, debit)
        made.append(((row.debtor_id, row.currency), OpenItem(row.id, item, *titles.get(row.id, ()))))
    return made


def _item(
    row: AgedInvoice,
    on: dt.date,
    disputed: Decimal,
    claim: ClaimFacts | None,
    suspected: bool,
    debit: UnderWay | None,
) -> Item:
    kind = "early" if row.issue_date > on else row.kind
    plain = Item(kind, row.number, row.issue_date, row.due_date, row.payable, row.open)
    if kind != "invoice":
        return plain
    extras, asked, mark = ZERO, ZERO, "disputed" if disputed else ""
    if claim is not None:
        try:
            claim = _as_booked(claim, on)
            owed = owed_on(claim, on)
            extras = owed.interest + owed.costs
            asked = ZERO if disputed == row.open else owed_on(undisputed(claim), on).total
        except LawError:
            mark = "law"
    if suspected:
        asked, mark = ZERO, "suspected"
    item = Item(
        kind, row.number, row.issue_date, row.due_date, row.payable, row.open, extras, disputed, asked, mark
    )
    if debit is None or suspected or disputed == row.open:
        return item
    return replace(item, asked=ZERO, mark="debited", debited_on=debit.due_on, account_end=debit.account_end)


def _as_booked(claim: ClaimFacts, on: dt.date) -> ClaimFacts:
    """What is booked counts, also where its day is yet to come: nobody is asked for what he paid or was credited."""
    if all(paid.on <= on for paid in claim.payments):
        return claim
    return replace(claim, payments=tuple(replace(paid, on=min(paid.on, on)) for paid in claim.payments))
