"""What screens and the daily run ask of the bank: what is not matched and why, and how old the news is."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.banking.words import entry_reason
from inbaar.kit.bulk import fetch
from inbaar.ledger.models import Purse


@dataclass(frozen=True, slots=True)
class SuspectInvoice:
    """An open invoice that an unmatched entry could be the payment of."""

    invoice_id: int
    number: str
    debtor_id: int
    debtor_name: str
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class UnmatchedEntry:
    """Money that waits for a person: what the bank said, what is left of it, and why it is not matched."""

    id: int
    date: dt.date
    account_iban: str
    amount: Decimal
    unapplied: Decimal
    currency: str
    counterparty_name: str
    counterparty_iban: str
    reference: str
    text: str
    state: str
    score: int | None
    reason_code: str
    reason: str
    suspects: tuple[SuspectInvoice, ...]


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """Money that was matched to an invoice: whose, how it was known, how surely (of 100), and who said so."""

    entry_id: int
    date: dt.date
    amount: Decimal
    currency: str
    counterparty_name: str
    counterparty_iban: str
    score: int
    made_by: str
    made_on: dt.date
    reason: str


@dataclass(frozen=True, slots=True)
class AccountNews:
    """A bank account and how old its news is. `stale` is too old to press anybody for money on it."""

    id: int
    iban: str
    currency: str
    holder: str
    purse: Purse
    read_up_to: dt.date | None
    days_old: int | None
    stale_after_days: int
    balance: Decimal
    unmatched: int
    cut_off: dt.time

    @property
    def stale(self) -> bool:
        """Whether nothing is known of what came in lately."""
        return self.days_old is None or self.days_old > self.stale_after_days


_UNMATCHED = """
    SELECT e.id, e.date, a.iban, e.amount, e.unapplied, e.currency, e.counterparty_name, e.counterparty_iban,
           e.reference, e.text, e.state, e.score, e.reason, e.reason_facts
    FROM banking_entry e JOIN banking_bankaccount a ON a.client_id = e.client_id AND a.id = e.account_id
    WHERE e.state = 'unmatched' OR (e.state = 'matched' AND e.unapplied > 0)
    ORDER BY e.date DESC, e.id DESC LIMIT %s OFFSET %s
"""
_SUSPECTS = """
    SELECT s.entry_id, i.id, i.number, d.id, d.name, i.open_amount
    FROM banking_suspect s
    JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
    JOIN receivables_invoice i ON i.client_id = s.client_id AND i.id = s.invoice_id
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE s.entry_id = ANY(%s) AND i.open_amount > 0
    ORDER BY abs(i.open_amount - e.unapplied), i.due_date, i.id
"""
_ACCOUNTS = """
    SELECT a.id, a.iban, a.currency, a.holder, a.purse, a.read_up_to, a.stale_after_days,
           coalesce((SELECT sum(e.amount) FROM banking_entry e
                     WHERE e.client_id = a.client_id AND e.account_id = a.id AND e.part_of_id IS NULL), 0),
           (SELECT count(*) FROM banking_entry e
            WHERE e.client_id = a.client_id AND e.account_id = a.id AND e.state = 'unmatched'), a.cut_off
    FROM banking_bankaccount a ORDER BY a.iban, a.currency
"""
_MATCHES = """
    SELECT m.entry_id, e.date, m.amount, e.currency, e.counterparty_name, e.counterparty_iban, m.score, m.made_by,
           m.made_on, e.reason, e.reason_facts
    FROM banking_match m JOIN banking_entry e ON e.client_id = m.client_id AND e.id = m.entry_id
    WHERE m.invoice_id = %s AND m.undone_on IS NULL ORDER BY e.date, e.id
"""
_EXPLAINED = """
    SELECT s.invoice_id, s.entry_id FROM banking_suspect s
    JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
    WHERE s.invoice_id = ANY(%s) AND e.state = 'unmatched' ORDER BY e.date, e.id
"""


def unmatched_entries(
    language: str = "nl", *, limit: int | None = 50, offset: int = 0
) -> list[UnmatchedEntry]:
    """What waits for a person, newest first, with the reason in words; `limit` None gives all. Two statements.

    Entries of which only a part is matched are in it too. Needs the client's scope.
    """
    rows = fetch(_UNMATCHED, [limit, offset])
    suspects: dict[int, list[SuspectInvoice]] = defaultdict(list)
    for entry_id, *invoice in fetch(_SUSPECTS, [[row[0] for row in rows]]):
        suspects[entry_id].append(SuspectInvoice(*invoice))
    return [_unmatched(row, tuple(suspects[row[0]]), language) for row in rows]


def _unmatched(row: tuple[Any, ...], suspects: tuple[SuspectInvoice, ...], language: str) -> UnmatchedEntry:
    (
        number,
        date,
        iban,
        amount,
        unapplied,
        currency,
        name,
        their_iban,
        reference,
        text,
        state,
        score,
        code,
        facts,
    ) = row
    reason = entry_reason(code, json.loads(facts), language)
    return UnmatchedEntry(
        number, date, iban, amount, unapplied, currency, name, their_iban, reference, text, state, score, code, reason,
        suspects,
    )  # fmt: skip


def payments_of(invoice_id: int, language: str = "nl") -> list[InvoicePayment]:
    """The money matched to an invoice, oldest first, with the reason in words."""
    return [
        InvoicePayment(
            entry_id, date, amount, currency, name, iban, score, made_by, made_on,
            entry_reason(code, json.loads(facts), language),
        )
        for entry_id, date, amount, currency, name, iban, score, made_by, made_on, code, facts
        in fetch(_MATCHES, [invoice_id])
    ]  # fmt: skip


def unmatched_count() -> int:
    """How many entries `unmatched_entries` has."""
    sql = "SELECT count(*) FROM banking_entry WHERE state = 'unmatched' OR (state = 'matched' AND unapplied > 0)"
    return int(fetch(sql)[0][0])


def bank_accounts(on: dt.date) -> list[AccountNews]:
    """The accounts in scope with their balance by their entries and the age of their news on a day."""
    return [
        AccountNews(
            number, iban, currency, holder, Purse(purse), read_up_to, (on - read_up_to).days if read_up_to else None,
            stale_after, balance, unmatched, cut_off,
        )
        for number, iban, currency, holder, purse, read_up_to, stale_after, balance, unmatched, cut_off in fetch(_ACCOUNTS)
    ]  # fmt: skip


def stale_accounts(on: dt.date) -> list[str]:
    """The accounts whose news is too old on a day: nobody is pressed for money that may have come in."""
    sql = """
        SELECT iban FROM banking_bankaccount
        WHERE read_up_to IS NULL OR %s::date - read_up_to > stale_after_days ORDER BY iban
    """
    return [iban for (iban,) in fetch(sql, [on])]


def unmatched_explanations(invoice_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Per invoice the unmatched entries that may have paid it: it is not chased while there are any."""
    found: dict[int, list[int]] = defaultdict(list)
    for invoice_id, entry_id in fetch(_EXPLAINED, [list(invoice_ids)]):
        found[invoice_id].append(entry_id)
    return {invoice_id: tuple(entries) for invoice_id, entries in found.items()}
