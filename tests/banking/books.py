"""Invoices and entries for the tests of matching, and what must always tie in the books."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from inbaar.banking.actions import MatchTally, import_statement_file, match_new_entries
from inbaar.banking.models import Entry
from inbaar.kit.bulk import fetch
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances, subject_balances
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from inbaar.receivables.models import Invoice
from tests.banking.camt import Line, camt_file

NOW = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 3)
LATER = dt.date(2299, 12, 31)
JANSEN = Customer(name="Jansen Bouw B.V.", kvk="90000003")
PIETERS = Customer(name="Pieters Transport B.V.", kvk="90000004")


def draft(number: str, payable: str = "121.00", customer: Customer = JANSEN, **facts: Any) -> Draft:
    """A small invoice of 1 February 2026, due on 3 March."""
    return Draft(
        **{
            "number": number,
            "kind": "invoice",
            "issue_date": dt.date(2026, 2, 1),
            "due_date": dt.date(2026, 3, 3),
            "received_on": dt.date(2026, 2, 1),
            "currency": "EUR",
            "net": Decimal(payable),
            "vat": Decimal(0),
            "total": Decimal(payable),
            "payable": Decimal(payable),
            "customer": customer,
        }
        | facts
    )


def invoiced(client: Any, *drafts: Draft) -> list[Invoice]:
    """Accepted invoices, in order."""
    answers = accept_invoices(client.id, drafts, NOW)
    assert {answer.outcome for answer in answers} == {"accepted"}
    return [Invoice.objects.get(id=answer.invoice_id) for answer in answers]


def received(client: Any, *lines: Line, number: str = "1") -> list[Entry]:
    """New entries of one statement, in order."""
    before = max(Entry.objects.values_list("id", flat=True), default=0)
    import_statement_file(client.id, camt_file(lines, number=number), f"{number}.xml", NOW)
    return list(Entry.objects.filter(id__gt=before).order_by("id"))


def matched(client: Any, limit: int = 5_000) -> MatchTally:
    """One batch matched on 3 March 2026."""
    return match_new_entries(client.id, DAY, NOW, limit)


def open_amounts(invoices: Sequence[Invoice]) -> list[Decimal]:
    """What is open on these invoices now."""
    found = dict(Invoice.objects.filter(id__in=[i.id for i in invoices]).values_list("id", "open_amount"))
    return [found[invoice.id] for invoice in invoices]


def assert_books_tie() -> None:
    """Bank is the sum of entries, unapplied what entries have left, payments are matches, open amounts the ledger's.

    What an entry pays, and what is kept or taken back of it, is what was taken off it; what was undone counts no more.
    """
    total = balances(LATER)
    ((entries, left),) = fetch(
        "SELECT coalesce(sum(amount) FILTER (WHERE part_of_id IS NULL), 0), "
        "coalesce(sum(unapplied) FILTER (WHERE amount > 0), 0) FROM banking_entry"
    )
    assert total.get((Code.BANK, "EUR", "own"), 0) == entries
    assert -total.get((Code.UNAPPLIED, "EUR", "own"), 0) == left
    by_entry = fetch(
        """
        SELECT entry_id, sum(amount) FROM (
            SELECT entry_id, amount FROM banking_match WHERE undone_on IS NULL
            UNION ALL SELECT entry_id, amount FROM banking_allotment WHERE undone_on IS NULL
            UNION ALL SELECT entry_id, amount FROM transfers_transfermoney WHERE role <> 'debit'
        ) u GROUP BY 1 HAVING sum(amount) <> 0
        """
    )
    used = fetch(
        "SELECT id, amount - unapplied FROM banking_entry WHERE amount > unapplied AND state <> 'split'"
    )
    assert sorted(by_entry) == sorted(used)
    matches = fetch(
        "SELECT 'entry:' || entry_id || ':' || invoice_id || CASE round WHEN 0 THEN '' ELSE ':' || round END, amount "
        "FROM banking_match"
    )
    paid = fetch("SELECT key, amount FROM receivables_payment WHERE kind = 'bank' AND amount > 0")
    assert sorted(matches) == sorted(paid)
    ((undone, taken_back),) = fetch(
        """
        SELECT (SELECT coalesce(sum(amount), 0) FROM banking_match WHERE undone_on IS NOT NULL),
               (SELECT coalesce(sum(amount), 0) FROM receivables_payment WHERE kind = 'bank' AND amount < 0)
        """
    )
    assert undone == -taken_back
    open_now = fetch(
        "SELECT id, CASE kind WHEN 'invoice' THEN 1 ELSE -1 END * open_amount FROM receivables_invoice"
    )
    ledger = subject_balances(Code.RECEIVABLE, LATER)
    assert {number: ledger.get(number, Decimal(0)) for number, _ in open_now} == dict(open_now)
