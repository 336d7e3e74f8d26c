"""Statements into the books: wholly or not at all, each movement once, whatever comes twice or overlaps."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from inbaar.banking import importing
from inbaar.banking.actions import ImportStatus, import_statement_file
from inbaar.banking.models import BankAccount, Entry, Statement, StatementFile
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.models import Transfer
from inbaar.ledger.queries import balances
from tests.banking.camt import IBAN, Line, camt, camt_file, statement
from tests.kit.rows import new, unsaved

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 2)
OTHER = "NL02RABO0123456789"


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield


def take_in(client, content, name="statement.xml", **options):
    return import_statement_file(client.id, content, name, NOW, **options)


def bank_balance() -> Decimal:
    return balances(dt.date(2026, 12, 31)).get((Code.BANK, "EUR", "own"), Decimal(0))


def all_rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (BankAccount, Statement, StatementFile, Entry, Transfer))


def test_every_entry_is_kept_and_posted_so_that_the_bank_in_the_ledger_is_their_sum(client_a):
    result = take_in(client_a, camt_file([Line("121.00", "2026-0001"), Line("-40.00", "Huur"), Line("5.00")]))
    assert (result.status, result.new_entries, result.known_entries) == (ImportStatus.ACCEPTED, 3, 0)
    assert result.new_accounts == (IBAN,)
    assert bank_balance() == Decimal("86.00")
    assert balances(DAY)[Code.UNAPPLIED, "EUR", "own"] == Decimal("-126.00")
    assert balances(DAY)[Code.OTHER_PAYMENTS, "EUR", "own"] == Decimal("40.00")
    entry = Entry.objects.get(amount="121.00")
    assert (entry.state, entry.unapplied, entry.text) == ("new", Decimal("121.00"), "2026-0001")
    assert Transfer.objects.get(reference=f"entry:{entry.id}").subject == entry.id
    out = Entry.objects.get(amount="-40.00")
    assert (out.state, out.reason, out.unapplied) == ("ignored", "money-out", Decimal("-40.00"))


def test_the_same_file_twice_changes_nothing_and_says_so(client_a):
    content = camt_file([Line("121.00")])
    take_in(client_a, content)
    before = all_rows()
    again = take_in(client_a, content, "other-name.xml")
    assert (again.status, again.new_entries, again.known_entries) == (ImportStatus.KNOWN, 0, 1)
    assert again.problems[0].text == (
        "This file was imported on 2026-03-03; nothing was changed. Nothing needs to be done."
    )
    assert all_rows() == before


def test_a_movement_in_two_overlapping_exports_is_kept_once(client_a):
    first, second, third = (
        Line("10.00", "een"),
        Line("20.00", "twee"),
        Line("30.00", "drie", day=dt.date(2026, 3, 3)),
    )
    take_in(client_a, camt_file([first, second]))
    result = take_in(client_a, camt_file([second, third], number="2", opening="1010.00"))
    assert (result.new_entries, result.known_entries) == (1, 1)
    assert bank_balance() == Decimal("60.00")


def test_equal_payments_of_one_day_are_both_kept_and_known_again_as_two(client_a):
    twin = Line("10.00", "contributie")
    assert take_in(client_a, camt_file([twin, twin])).new_entries == 2
    again = take_in(client_a, camt_file([twin, twin, twin], number="again"))
    assert (again.new_entries, again.known_entries) == (1, 2)


def test_equal_payments_are_counted_over_statements_of_one_file_that_follow_on_each_other(client_a):
    twin = Line("10.00", "contributie")
    morning = statement([twin], opening="0.00", number="1")
    afternoon = statement([twin], opening="10.00", number="2")
    assert take_in(client_a, camt(morning, afternoon)).new_entries == 2


def test_the_same_statement_twice_in_one_file_counts_once(client_a):
    one = statement([Line("10.00", "contributie")], opening="5.00")
    assert take_in(client_a, camt(one, one)).new_entries == 1


def test_a_place_in_the_statement_is_no_mark_of_a_payment(client_a):
    take_in(client_a, camt_file([Line("10.00", "een", bank_reference="2")]))
    assert take_in(client_a, camt_file([Line("10.00", "een", bank_reference="7")])).known_entries == 1
    assert (
        take_in(client_a, camt_file([Line("10.00", "een", bank_reference="2026030200017")])).new_entries == 1
    )


def test_a_batch_booking_is_kept_payment_by_payment_where_they_make_up_its_amount(client_a):
    parts = (Line("10.00", "F1"), Line("15.00", "F2"))
    take_in(client_a, camt_file([Line("25.00", parts=parts)]))
    whole = Entry.objects.get(part_of=None)
    assert (whole.amount, whole.state, whole.unapplied) == (Decimal("25.00"), "split", 0)
    assert sorted(Entry.objects.exclude(id=whole.id).values_list("amount", "text", "state", "part_of")) == [
        (Decimal("10.00"), "F1", "new", whole.id),
        (Decimal("15.00"), "F2", "new", whole.id),
    ]
    assert bank_balance() == Decimal("25.00")
    assert Transfer.objects.count() == 1


def test_a_batch_booking_whose_payments_do_not_make_it_up_is_kept_as_one(client_a):
    parts = (Line("10.00", "F1"), Line("14.99", "F2"))
    take_in(client_a, camt_file([Line("25.00", parts=parts)]))
    entry = Entry.objects.get()
    assert entry.amount == Decimal("25.00")
    assert "F1" in entry.raw
    assert "F2" in entry.raw


def test_a_statement_that_does_not_add_up_is_imported_and_flagged(client_a):
    result = take_in(client_a, camt_file([Line("10.00")], closing="1000.00"))
    assert (result.status, result.new_entries) == (ImportStatus.REVIEW, 1)
    assert not Statement.objects.get().adds_up
    assert StatementFile.objects.get().problems[0]["rule"] == "balance"


def test_a_statement_of_a_strange_account_is_refused_and_changes_nothing_else(client_a):
    take_in(client_a, camt_file([Line("10.00")]))
    before = all_rows()
    mixed = camt(statement([Line("1.00")], number="2"), statement([Line("2.00")], iban=OTHER))
    result = take_in(client_a, mixed, "vreemd.xml")
    assert (result.status, result.new_entries) == (ImportStatus.REFUSED, 0)
    assert [problem.text for problem in result.problems] == [
        f"The statement is of account {OTHER}, which is not one of this administration's ({IBAN}). Add the account "
        "under Bank, or open the administration it belongs to, then offer the file again."
    ]
    accounts, statements, files, entries, transfers = before
    assert all_rows() == (accounts, statements, files + 1, entries, transfers)
    assert StatementFile.objects.get(name="vreemd.xml").status == "refused"


def test_a_refused_file_is_imported_once_its_account_is_known(client_a):
    take_in(client_a, camt_file([Line("10.00")]))
    content = camt_file([Line("2.00")], iban=OTHER)
    assert take_in(client_a, content).status == ImportStatus.REFUSED
    BankAccount.objects.create(client=client_a, iban=OTHER, currency="EUR", holder="")
    assert take_in(client_a, content).status == ImportStatus.ACCEPTED
    assert StatementFile.objects.filter(status="refused").count() == 0
    assert take_in(client_a, content).status == ImportStatus.KNOWN


def test_another_currency_of_a_known_account_is_refused_with_what_to_do(client_a):
    take_in(client_a, camt_file([Line("10.00")]))
    result = take_in(client_a, camt_file([Line("10.00")], currency="USD"))
    assert result.problems[0].text == (
        f"The statement of {IBAN} is in USD, but that account is kept here in EUR. "
        "Add the account with USD under Bank if it is yours, then offer the file again."
    )


def test_accounts_are_added_where_that_was_asked(client_a):
    take_in(client_a, camt_file([Line("10.00")]))
    result = take_in(client_a, camt_file([Line("2.00")], iban=OTHER), add_accounts=True)
    assert (result.status, result.new_accounts) == (ImportStatus.ACCEPTED, (OTHER,))


def test_a_damaged_file_leaves_only_the_reason(client_a):
    take_in(client_a, camt_file([Line("10.00")]))
    before = all_rows()
    cut = camt_file([Line("1.00", str(number)) for number in range(50)], number="2")[:-600]
    result = take_in(client_a, cut)
    assert result.status == ImportStatus.REFUSED
    assert result.problems[0].text.startswith("The XML is cut off or damaged")
    assert all_rows() == (*before[:2], before[2] + 1, *before[3:])


@pytest.mark.parametrize("version", ["052.001.08", "054.001.08"])
def test_a_report_or_notification_books_nothing_for_it_would_count_money_twice(client_a, version):
    take_in(client_a, camt_file([Line("1.00")]))
    before = all_rows()
    tag = {"052": "Rpt", "054": "Ntfctn"}[version[:3]]
    content = camt(statement([Line("10.00")]).replace("Stmt>", f"{tag}>"), version=version)
    result = take_in(client_a, content)
    assert (result.status, result.new_entries, result.announced) == (ImportStatus.ACCEPTED, 0, 1)
    assert [(problem.level, problem.rule) for problem in result.problems] == [("notice", "announced")]
    accounts, statements, files, entries, transfers = before
    assert all_rows() == (accounts, statements, files + 1, entries, transfers)


def test_what_is_not_booked_yet_waits_for_the_statement_that_books_it(client_a):
    result = take_in(client_a, camt_file([Line("10.00", "nu"), Line("20.00", "straks", pending=True)]))
    assert (result.status, result.new_entries) == (ImportStatus.REVIEW, 1)
    assert [problem.rule for problem in result.problems] == ["pending"]
    later = take_in(client_a, camt_file([Line("20.00", "straks")], number="2"))
    assert later.new_entries == 1


def test_money_that_goes_back_waits_for_a_person(client_a):
    take_in(client_a, camt_file([Line("-10.00", "terug", return_reason="AC04")]))
    entry = Entry.objects.get()
    assert (entry.state, entry.reason, entry.return_reason) == ("unmatched", "returned", "AC04")
    assert entry.reason_facts == {"code": "AC04"}


def test_an_entry_of_nothing_is_kept_and_posts_nothing(client_a):
    take_in(client_a, camt_file([Line("0.00", "mededeling")]))
    assert Entry.objects.get().reason == "no-amount"
    assert Transfer.objects.count() == 0


def test_the_account_knows_up_to_when_it_was_read_also_out_of_order(client_a):
    take_in(client_a, camt_file([Line("10.00")]))
    assert BankAccount.objects.get().read_up_to == DAY
    earlier = dt.date(2026, 2, 27)
    late = camt(statement([Line("7.00", day=earlier)], number="0", day=earlier))
    assert take_in(client_a, late).new_entries == 1
    assert BankAccount.objects.get().read_up_to == DAY
    assert balances(earlier)[Code.BANK, "EUR", "own"] == Decimal("7.00")


def test_the_number_of_sql_statements_does_not_depend_on_the_number_of_entries(client_a, monkeypatch):
    def statements_for(lines):
        with CaptureQueriesContext(connection) as watch:
            take_in(client_a, camt_file(lines, number=str(len(lines))))
        return len(watch)

    statements_for([Line("1.00", "warm")])
    few = statements_for([Line("1.00", f"few {n}") for n in range(3)])
    assert statements_for([Line("1.00", f"many {n}") for n in range(300)]) == few
    monkeypatch.setattr(importing, "BATCH", 100)
    in_batches = statements_for([Line("1.00", f"batches {n}") for n in range(290)])
    assert in_batches - few == 2 * 3  # two more batches: entries, accounts, postings


@pytest.mark.parametrize("account", ["another", "none"])
def test_an_entry_is_on_the_account_of_its_statement(client_a, account):
    statement = new(Statement, client_a)
    assert new(Entry, client_a, statement=statement, account=statement.account).id
    entry = unsaved(Entry, client_a, statement=statement, account=statement.account)
    entry.account_id = {"another": new(BankAccount, client_a).id, "none": statement.id}[account]
    with pytest.raises(IntegrityError, match="violates foreign key"), transaction.atomic():  # noqa: PT012
        entry.save(force_insert=True)
        run("SET CONSTRAINTS ALL IMMEDIATE")
