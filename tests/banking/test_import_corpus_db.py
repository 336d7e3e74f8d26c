"""Real statements of real banks into the books: every booked payment is there once, and the ledger holds their sum."""

from collections import Counter
from decimal import Decimal

import pytest

from inbaar.banking.accounts import register_account
from inbaar.banking.actions import ImportStatus, import_statement_file
from inbaar.banking.formats import read_statement_file
from inbaar.banking.models import AnnouncedPayment, Entry
from inbaar.banking.statements import Status
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.models import Transfer
from inbaar.ledger.queries import balances
from tests.banking.books import LATER, NOW
from tests.corpus import corpus_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", corpus_rows("camt.053*", "camt053*", "mt940*"))
def test_a_real_statement_is_in_the_books_whole_and_once(client_a, row):
    read = read_statement_file(row.path)
    with client_scope(client_a.id):
        result = import_statement_file(client_a.id, row.path, row.path.name, NOW, add_accounts=True)
        if read.status == Status.REFUSED or result.status == ImportStatus.REFUSED:
            assert result.problems
            assert (Entry.objects.count(), Transfer.objects.count()) == (0, 0)
            return
        booked = Counter(
            (part.amount, part.currency)
            for statement in read.statements
            for entry in statement.entries
            if not entry.pending
            for part in entry.payments
        )
        # The payments of a batch booking are entries beside the movement that is split into them.
        payments = Entry.objects.exclude(state="split")
        kept = Counter(payments.values_list("amount", "currency"))
        assert result.new_entries + result.known_entries == booked.total()
        assert not kept - booked
        assert kept.total() == result.new_entries
        per_currency: Counter[str] = Counter()
        for (amount, currency), count in kept.items():
            per_currency[currency] += amount * count
        ledger = balances(LATER)
        for currency, total in per_currency.items():
            assert ledger.get((Code.BANK, currency, "own"), Decimal(0)) == total
        again = import_statement_file(client_a.id, row.path, row.path.name, NOW)
        assert again.status == ImportStatus.KNOWN
        assert payments.count() == kept.total()


@pytest.mark.parametrize("row", corpus_rows("camt.052*", "camt.054*", "returns-pain.002-camt.054"))
def test_a_real_report_or_notification_books_nothing_and_is_announced_once(client_a, row):
    read = read_statement_file(row.path)
    told = sum(len(entry.payments) for statement in read.statements for entry in statement.entries)
    with client_scope(client_a.id):
        for statement in read.statements:
            register_account(client_a.id, statement.account, "", statement.currency or "EUR")
        result = import_statement_file(client_a.id, row.path, row.path.name, NOW)
        if result.status == ImportStatus.REFUSED:
            assert result.problems[0].rule in ("account", "amount", "entry-date")
            return
        assert (result.new_entries, result.announced, result.statements) == (0, told, 0)
        assert [problem.rule for problem in result.problems] == ["announced"]
        assert (Entry.objects.count(), Transfer.objects.count()) == (0, 0)
        assert AnnouncedPayment.objects.count() == told
        again = import_statement_file(client_a.id, row.path.read_bytes() + b"\n", "again", NOW)
        assert again.announced == 0
