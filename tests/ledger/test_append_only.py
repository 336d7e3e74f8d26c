"""The ledger is only ever added to, and what is added fits: the database refuses the rest, whoever asks.

All of it runs with the application's own rights.
"""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from inbaar.kit.scope import client_scope
from inbaar.ledger.models import Account, Transfer
from tests.kit.rows import new, unsaved


@pytest.fixture
def client(client_a):
    with client_scope(client_a.id):
        yield client_a


@contextmanager
def refused(reason, kind=DatabaseError):
    """The block fails for this reason, now or when its references are checked at the end, and changes nothing."""
    before = Transfer.objects.count()
    with pytest.raises(kind, match=reason), transaction.atomic():  # noqa: PT012
        yield
        run("SET CONSTRAINTS ALL IMMEDIATE")
    assert Transfer.objects.count() == before


def run(text):
    with connection.cursor() as cursor:
        cursor.execute(text)


def accounts(client, **changed):
    return {"debit": new(Account, client, **changed), "credit": new(Account, client, **changed)}


STATEMENTS = {
    "change an amount": "UPDATE ledger_transfer SET amount = amount + 1",
    "change nothing at all": "UPDATE ledger_transfer SET amount = amount",
    "change a day": "UPDATE ledger_transfer SET booked_on = booked_on",
    "change an account": "UPDATE ledger_transfer SET debit_id = credit_id",
    "delete": "DELETE FROM ledger_transfer",
    "delete nothing": "DELETE FROM ledger_transfer WHERE false",
    "truncate": "TRUNCATE ledger_transfer",
    "lock for a change": "SELECT 1 FROM ledger_transfer FOR UPDATE",
    "add or else change": "INSERT INTO ledger_transfer SELECT * FROM ledger_transfer "
    "ON CONFLICT (client_id, id) DO UPDATE SET amount = 0",
    "merge": "MERGE INTO ledger_transfer t USING ledger_transfer s ON s.id = t.id WHEN MATCHED THEN DELETE",
    "change an account's purse": "UPDATE ledger_account SET purse = 'own'",
    "delete an account": "DELETE FROM ledger_account",
}


@pytest.mark.parametrize("text", STATEMENTS.values(), ids=STATEMENTS)
def test_what_is_booked_is_never_changed_or_deleted(text, client):
    new(Transfer, client)
    with refused("permission denied for table ledger_"):
        run(text)


def test_the_models_cannot_do_it_either(client):
    transfer = new(Transfer, client)
    transfer.amount = Decimal("1.00")
    with refused("permission denied"):
        transfer.save()
    with refused("permission denied"):
        transfer.delete()
    with refused("permission denied"):
        Transfer.objects.update(amount=1)
    with refused("permission denied"):
        Transfer.objects.bulk_update([transfer], ["amount"])
    transfer.refresh_from_db()
    assert transfer.amount == Decimal("121.00")


@pytest.mark.parametrize("amount", [Decimal("0.00"), Decimal("-0.01")])
def test_an_amount_is_positive(amount, client):
    with refused("transfer_positive", IntegrityError):
        new(Transfer, client, amount=amount)


def test_a_cent_is_an_amount(client):
    assert new(Transfer, client, amount=Decimal("0.01")).id


def test_an_amount_is_a_number(client):
    new(Transfer, client)
    # PostgreSQL holds NaN to be greater than every number, so `amount > 0` alone lets it through.
    with refused("ledger_transfer_amount_check", IntegrityError):
        run(
            "INSERT INTO ledger_transfer (client_id, reference, line, purse, currency, amount, booked_on, "
            "recorded_at, subject, credit_id, debit_id) SELECT client_id, 'x', 1, purse, currency, 'NaN', booked_on, "
            "recorded_at, subject, credit_id, debit_id FROM ledger_transfer"
        )


def test_a_transfer_moves_between_two_accounts(client):
    account = new(Account, client)
    with refused("transfer_moves", IntegrityError):
        new(Transfer, client, debit=account, credit=account)


def test_a_line_of_an_entry_is_booked_once(client):
    new(Transfer, client, reference="invoice:1", line=1)
    assert new(Transfer, client, reference="invoice:1", line=2).id
    assert new(Transfer, client, reference="invoice:2", line=1).id
    with refused("transfer_once", IntegrityError):
        new(Transfer, client, reference="invoice:1", line=1)


def test_another_client_may_use_the_same_reference(client_a, client_b):
    for client in (client_a, client_b):
        with client_scope(client.id):
            assert new(Transfer, client, reference="invoice:1", line=1).id


def test_client_money_moves_between_accounts_of_client_money(client):
    kept = accounts(client, purse="client_money")
    with transaction.atomic():
        assert new(Transfer, client, **kept, purse="client_money").id
        run("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("said", ["own", "client_money"])
@pytest.mark.parametrize("side", ["debit", "credit"])
def test_client_money_never_moves_to_or_from_an_account_of_ones_own(side, said, client):
    sides = accounts(client, purse="own") | {side: new(Account, client, purse="client_money")}
    with refused("violates foreign key constraint", IntegrityError):
        new(Transfer, client, **sides, purse=said)


@pytest.mark.parametrize("said", ["EUR", "SEK"])
@pytest.mark.parametrize("side", ["debit", "credit"])
def test_an_amount_stays_in_its_currency(side, said, client):
    sides = accounts(client, currency="EUR") | {side: new(Account, client, currency="SEK")}
    with refused("violates foreign key constraint", IntegrityError):
        new(Transfer, client, **sides, currency=said)


def test_an_account_is_opened_once_per_purse_and_currency(client):
    new(Account, client, code="bank")
    assert new(Account, client, code="bank", purse="client_money").id
    assert new(Account, client, code="bank", currency="SEK").id
    with refused("account_once", IntegrityError):
        new(Account, client, code="bank")


def test_a_transfer_needs_accounts_that_exist(client):
    transfer = unsaved(Transfer, client)
    transfer.debit_id = transfer.credit_id + 1000
    with refused("violates foreign key constraint", IntegrityError):
        transfer.save(force_insert=True)
