"""The proofs themselves: true books pass, and each planted fault is found by the proof that is there for it."""

import datetime as dt

import pytest
from django.db import connection

from inbaar.debtor_page.saying import NewReply, take_reply
from inbaar.debtor_statements.actions import Asked, ask_statements, write_waiting
from inbaar.doors import take_in_files
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.proofs import PROOFS, prove_books
from inbaar.receivables.models import Invoice
from tests.dunning.scenario import PERSON, Administration
from tests.transfers.books import asked, member, wanted

pytestmark = pytest.mark.django_db
TODAY, NOW = dt.date(2026, 10, 15), dt.datetime(2026, 10, 15, 9, tzinfo=dt.UTC)
STATEMENT = """:20:1
:25:NL20INGB0001234567EUR
:28C:1/1
:60F:C261014EUR1000,00
:61:2610151015C100,00NTRFNONREF
:86:/IBAN/NL44RABO0123456789/NAME/Iemand Anders/REMI/zomaar/
:62F:C261015EUR1100,00
"""


@pytest.fixture
def books(client_a):
    books = Administration(client_a)
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    books.pay(invoice, "2026-10-15", "300.00")
    return books


def broken(books) -> list[str]:
    return [proof.name for proof in prove_books(books.client.id) if not proof.holds]


def test_true_books_prove(client_a):
    books = Administration(client_a)
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    take_in_files(client_a.id, [("afschrift.sta", STATEMENT.encode())], TODAY, NOW)
    assert broken(books) == []
    assert {proof.name for proof in prove_books(client_a.id)} == set(PROOFS)


def test_money_applied_that_no_statement_brought_is_found(books):
    """The scenario's payment comes from nowhere: no bank entry stands behind it."""
    assert broken(books) == ["unapplied"]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("UPDATE receivables_invoice SET open_amount = open_amount - 1", {"open-amounts", "ageing"}),
        ("DELETE FROM dunning_step WHERE kind = 'formal_notice'", {"letters-have-steps"}),
        (
            'INSERT INTO dunning_step (client_id, invoice_id, kind, key, after, "on") '
            "SELECT client_id, invoice_id, 'fourteen_day_letter', 'fourteen_day_letter', 'reminder', \"on\" FROM dunning_step WHERE kind = 'reminder'",
            {"steps-have-letters"},
        ),
    ],
)
def test_a_planted_fault_is_found_by_its_own_proof(books, fault, found):
    with client_scope(books.client.id):
        with connection.cursor() as cursor:
            cursor.execute(fault)
        found_now = {proof.name for proof in prove_books(books.client.id) if not proof.holds}
    assert found_now == found | {"unapplied"}


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("UPDATE transfers_credittransfer SET state = 'paid'", {"payments-in-one-file"}),
        ("UPDATE transfers_credittransfer SET state = 'withdrawn'", {"to-pay-out"}),
        (
            "INSERT INTO batches_batch (client_id, kind, account_id, purse, message_id, execute_on, count, total, made_by_id,"
            " made_at, state, decision_note, bank_status, bank_reason) SELECT client_id, 'transfer', id, purse, 'INB-1', "
            "'2026-10-15', 1, 1, (SELECT min(id) FROM parties_user), '2026-10-15', 'made', '', '', '' FROM banking_bankaccount",
            {"batches"},
        ),
    ],
)
def test_a_planted_fault_in_payments_is_found_by_its_own_proof(client_a, fault, found):
    take_in_files(client_a.id, [("afschrift.sta", STATEMENT.encode())], TODAY, NOW)
    member(client_a, "anna")
    asked(client_a, wanted("1"))
    with client_scope(client_a.id):
        with connection.cursor() as cursor:
            cursor.execute(fault)
        assert {proof.name for proof in prove_books(client_a.id) if not proof.holds} == found


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "INSERT INTO banking_bundlepart (client_id, bundle_id, invoice_id, amount) "
            "SELECT b.client_id, b.id, i.id, 1 FROM banking_paymentbundle b CROSS JOIN receivables_invoice i "
            "WHERE i.number = '2026-0043'",
            "bundles",
        ),
        (
            "INSERT INTO debtor_statements_statementitem (client_id, statement_id, invoice_id, open, asked) "
            "SELECT s.client_id, s.id, i.id, 1, 1 FROM debtor_statements_accountstatement s CROSS JOIN receivables_invoice i "
            "WHERE i.number = '2026-0043'",
            "account-statements",
        ),
    ],
)
def test_a_bundle_or_statement_that_does_not_add_up_is_found(client_a, fault, found):
    books = Administration(client_a)
    first = books.invoice("2026-0042", "2026-10-01")
    books.invoice("2026-0043", "2026-10-01", customer=PERSON)
    with client_scope(client_a.id):
        debtor = Invoice.objects.get(id=first).debtor_id
        ask_statements(
            client_a.id, Asked("k", "open", TODAY, None, False, ((debtor, "EUR"),)), "Olga", TODAY, NOW
        )
    assert write_waiting(client_a.id, TODAY, NOW) == 1
    assert broken(books) == []
    with client_scope(client_a.id):
        run(fault)
    assert broken(books) == [found]


def test_a_message_whose_hold_is_not_there_is_found(books):
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(number="2026-0042").debtor_id
        take_reply(books.client.id, NewReply(debtor, "complaint", "nl", "klacht"), TODAY, NOW)
        reply = NewReply(debtor, "dispute", "nl", "nee", Invoice.objects.get(number="2026-0042").id, "price")
        take_reply(books.client.id, reply, TODAY, NOW)
    assert "replies" not in broken(books)
    with client_scope(books.client.id):
        run("UPDATE debtor_page_reply SET hold_key = 'gone' WHERE kind = 'dispute'")
    assert "replies" in broken(books)
