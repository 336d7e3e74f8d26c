"""What `inbaar check` proves of debits: a planted fault is found by its own proof, and true books have none."""

import datetime as dt

import pytest

from inbaar.banking.debits.actions import link_token, make_debit_batch, record_registration
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from tests.debits.books import DAY, NOW, SCAN, acting, asked, collecting, filed, sign_online, signed
from tests.debits.test_mandates_db import drawn_up
from tests.transfers.books import account_of, assert_proven, member

pytestmark = pytest.mark.django_db
FILED = dt.date(2026, 3, 16)


def broken(client):
    return {proof.name for proof in prove_books(client.id) if not proof.holds}


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("UPDATE debits_mandate SET registered_on = '2026-04-01'", {"debits-allowed"}),
        ("UPDATE debits_directdebit SET state = 'batched'", {"debits-in-one-file"}),
    ],
)
def test_a_planted_fault_in_debits_is_found(client_a, fault, found):
    eva, ton = member(client_a, "eva"), member(client_a, "ton")
    mandate = signed(client_a, collecting(client_a), scheme="b2b")
    record_registration(client_a.id, mandate, SCAN, DAY, "eva", DAY, NOW)
    filed(client_a, asked(client_a), FILED, eva, ton)
    assert_proven(client_a)
    with client_scope(client_a.id):
        run(fault)
    assert broken(client_a) == found


def test_a_debit_that_was_collected_without_a_file_is_found(client_a):
    signed(client_a, collecting(client_a))
    asked(client_a)
    with client_scope(client_a.id):
        run("UPDATE debits_directdebit SET state = 'collected'")
    assert broken(client_a) == {"debits-in-one-file"}


def test_a_batch_that_says_another_sum_than_its_debits_is_found(client_a):
    signed(client_a, collecting(client_a))
    make_debit_batch(
        client_a.id, account_of(client_a), asked(client_a), acting(member(client_a, "eva"), FILED)
    )
    assert broken(client_a) == set()
    with client_scope(client_a.id):
        run(
            "INSERT INTO batches_batch (client_id, kind, account_id, purse, message_id, execute_on, count, total, made_by_id, "
            "made_at, state, decision_note, bank_status, bank_reason) SELECT client_id, kind, account_id, purse, 'INB-1', "
            "execute_on, count, total, made_by_id, made_at, state, '', '', '' FROM batches_batch"
        )
    assert broken(client_a) == {"batches"}


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE debits_mandate SET version = version + 1 WHERE reference = 'K-1'",
        "UPDATE debits_signinglink SET mandate_id = NULL",
        "UPDATE debits_signinglink SET mandate_id = (SELECT id FROM debits_mandate WHERE reference = 'K-1')",
    ],
)
def test_a_mandate_that_is_not_what_was_signed_is_found(client_a, fault):
    debtor = collecting(client_a)
    signed(client_a, debtor, reference="K-1")
    sign_online(link_token(client_a.id, drawn_up(client_a, debtor, reference="K-2")))
    assert_proven(client_a)
    with client_scope(client_a.id):
        run(fault)
    assert broken(client_a) == {"mandates"}
