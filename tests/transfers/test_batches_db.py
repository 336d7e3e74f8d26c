"""A batch is made by one person, approved by another, written once; what is refused or fails is another payment."""

import datetime as dt
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from inbaar.banking.accounts import set_cut_off
from inbaar.banking.batches.models import Batch, BatchFile
from inbaar.banking.transfers.actions import (
    Source,
    approve_batch,
    confirm_account,
    make_batch,
    pay_again,
    refuse_batch,
    withdraw_transfer,
)
from inbaar.banking.transfers.models import BatchedTransfer, CreditTransfer
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.models import Purse
from inbaar.ledger.queries import balances
from tests.banking.schemas import faults
from tests.sql_watch import statements
from tests.transfers.books import (
    DAY,
    NOW,
    PIETERS,
    account_of,
    acting,
    asked,
    assert_proven,
    batch_of,
    file_of,
    member,
    money_in,
    states,
    wanted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client_a):
    return member(client_a, "anna", "bookkeeper")


@pytest.fixture
def bob(client_a):
    return member(client_a, "bob", "owner")


def refused(code: str, act, *args) -> None:
    with pytest.raises(Refused) as raised:
        act(*args)
    assert raised.value.code == code


def test_a_batch_is_approved_by_a_second_person_and_its_file_kept_as_it_was_made(client_a, anna, bob):
    batch_id = batch_of(client_a, anna, wanted("1"), wanted("2", amount=Decimal("0.01")))
    assert states(client_a) == ["batched", "batched"]
    assert file_of(client_a, batch_id) == b""
    approve_batch(client_a.id, batch_id, acting(bob))
    content = file_of(client_a, batch_id)
    assert states(client_a) == ["in_file", "in_file"]
    assert faults("pain.001.001.09", content) == []
    assert (b"<NbOfTxs>2</NbOfTxs><CtrlSum>121.01</CtrlSum>" in content, content.count(b"<CdtTrfTxInf>")) == (
        True,
        2,
    )
    assert file_of(client_a, batch_id) == content
    with client_scope(client_a.id):
        kept = BatchFile.objects.get()
        batch = Batch.objects.get()
        assert (kept.sha256, kept.size) == (sha256(content).hexdigest(), len(content))
        assert (batch.state, batch.decided_by_id, batch.made_by_id) == ("approved", bob.pk, anna.pk)
        assert f"<EndToEndId>{batch.message_id}-2</EndToEndId>".encode() in content
    assert_proven(client_a)


def test_who_made_a_batch_or_may_not_let_money_go_does_not_approve_it(client_a, anna, bob):
    outsider, eva = member(client_a, "eva", "viewer"), member(client_a, "eve", "bookkeeper")
    by_anna, by_bob = batch_of(client_a, anna, wanted("1")), batch_of(client_a, bob, wanted("2"))
    refused("may-not-approve", approve_batch, client_a.id, by_bob, acting(anna))
    refused("may-not-approve", approve_batch, client_a.id, by_anna, acting(outsider))
    refused("may-not-approve", approve_batch, client_a.id, by_anna, acting(eva))
    refused("second-person", approve_batch, client_a.id, by_bob, acting(bob))
    with pytest.raises(Refused) as both:
        approve_batch(client_a.id, by_anna, acting(anna))
    assert [refusal.code for refusal in both.value.refusals] == ["may-not-approve", "second-person"]
    assert states(client_a) == ["batched", "batched"]
    approve_batch(client_a.id, by_bob, acting(member(client_a, "tom", "treasurer")))
    assert states(client_a) == ["batched", "in_file"]


def test_the_database_itself_asks_for_two_people_and_keeps_what_was_approved(client_a, anna, bob):
    batch_id = batch_of(client_a, anna, wanted("1"))
    with client_scope(client_a.id):
        by_maker = {"state": "approved", "decided_by_id": anna.pk, "decided_at": NOW}
        with pytest.raises(IntegrityError, match="batch_approved_by_another"), transaction.atomic():
            Batch.objects.filter(id=batch_id).update(**by_maker)
        with pytest.raises(IntegrityError, match="batch_decided_by_somebody"), transaction.atomic():
            Batch.objects.filter(id=batch_id).update(state="approved")
        run("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            BatchFile.objects.create(
                client=client_a, batch_id=batch_id, format="x", sha256="x", size=1, made_at=NOW
            )
        run("SET CONSTRAINTS ALL DEFERRED")
    approve_batch(client_a.id, batch_id, acting(bob))
    with client_scope(client_a.id):
        run("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.filter(id=batch_id).update(state="refused")
        for change in ("count = 2", "total = 1", "made_by_id = 1", "execute_on = '2026-04-01'"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                run(f"UPDATE batches_batch SET {change}")
        for change in ("batches_filepart SET content = ''", "transfers_batchedtransfer SET number = 9"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                run(f"UPDATE {change}")
        for facts in ("payee_iban = 'NL1'", "amount = 1", "payee_name = 'x'"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                run(f"UPDATE transfers_credittransfer SET {facts}")


def test_a_batch_is_decided_about_once(client_a, anna, bob):
    batch_id = batch_of(client_a, anna, wanted("1"))
    approve_batch(client_a.id, batch_id, acting(bob))
    content = file_of(client_a, batch_id)
    refused("batch-decided", approve_batch, client_a.id, batch_id, acting(bob))
    refused("batch-decided", refuse_batch, client_a.id, batch_id, "toch niet", acting(bob), "bob")
    assert file_of(client_a, batch_id) == content


def test_what_is_in_a_batch_is_in_no_other_and_a_refused_batch_asks_anew(client_a, anna, bob):
    (answer,) = asked(client_a, wanted("1"))
    account = account_of(client_a)
    first = make_batch(client_a.id, account, [answer.transfer_id], DAY, acting(anna))
    refused("not-to-be-paid", make_batch, client_a.id, account, [answer.transfer_id], DAY, acting(anna))
    refused("transfer-state", withdraw_transfer, client_a.id, answer.transfer_id, DAY, NOW)
    refused("reason-missing", refuse_batch, client_a.id, first, " ", acting(bob), "bob")
    refuse_batch(client_a.id, first, "rekening klopt niet", acting(bob), "bob")
    assert states(client_a) == ["refused", "requested"]
    refused("not-to-be-paid", make_batch, client_a.id, account, [answer.transfer_id], DAY, acting(anna))
    assert not asked(client_a, wanted("1"))[0].new
    with client_scope(client_a.id):
        anew = CreditTransfer.objects.get(state="requested")
        assert (anew.attempt, anew.amount, anew.text) == (2, Decimal("121.00"), "Terug 1")
        with pytest.raises(IntegrityError, match="transfer_in_one_batch"), transaction.atomic():
            BatchedTransfer.objects.create(
                client=client_a, transfer_id=answer.transfer_id, batch_id=first, number=9
            )
    second = make_batch(client_a.id, account, [anew.id], DAY, acting(anna))
    approve_batch(client_a.id, second, acting(bob))
    assert file_of(client_a, first) == b""
    assert file_of(client_a, second).count(b"<CdtTrfTxInf>") == 1
    assert_proven(client_a)


def test_who_made_a_batch_may_take_it_back(client_a, anna):
    batch_id = batch_of(client_a, anna, wanted("1"))
    refuse_batch(client_a.id, batch_id, "verkeerde dag", acting(anna), "anna")
    assert states(client_a) == ["refused", "requested"]


@pytest.mark.parametrize(
    ("execute_on", "code"),
    [
        (dt.date(2026, 3, 2), "execution-passed"),
        (dt.date(2026, 3, 7), "not-a-bank-day"),
        (dt.date(2026, 4, 3), "not-a-bank-day"),
        (dt.date(2027, 3, 3), "execution-far"),
    ],
)
def test_a_batch_is_executed_on_a_bank_day_that_can_be_met(client_a, anna, execute_on, code):
    (answer,) = asked(client_a, wanted("1"))
    refused(
        code, make_batch, client_a.id, account_of(client_a), [answer.transfer_id], execute_on, acting(anna)
    )
    assert states(client_a) == ["requested"]


def test_a_batch_approved_after_the_cut_off_of_its_day_is_too_late(client_a, anna, bob):
    batch_id = batch_of(client_a, anna, wanted("1"))
    late = dt.datetime(2026, 3, 3, 14, 31, tzinfo=dt.UTC)
    refused("execution-passed", approve_batch, client_a.id, batch_id, acting(bob, late))
    approve_batch(client_a.id, batch_id, acting(bob, late - dt.timedelta(minutes=1)))


def test_each_account_has_the_cut_off_its_bank_says(client_a, client_b, anna, bob):
    account = account_of(client_a)
    with client_scope(client_a.id):
        for wrong in (dt.time(7, 59), dt.time(18, 1)):
            with pytest.raises(Refused, match="a bank closes its day"):
                set_cut_off(client_a.id, account, wrong)
        set_cut_off(client_a.id, account, dt.time(17))
    with client_scope(client_b.id), pytest.raises(Refused, match="an own account pays"):
        set_cut_off(client_b.id, account, dt.time(12))
    late = dt.datetime(2026, 3, 3, 16, 0, tzinfo=dt.UTC)  # 17:00 in Amsterdam
    batch_id = batch_of(client_a, anna, wanted("1"))
    refused(
        "execution-passed", approve_batch, client_a.id, batch_id, acting(bob, late + dt.timedelta(minutes=1))
    )
    approve_batch(client_a.id, batch_id, acting(bob, late))
    with (
        client_scope(client_a.id),
        pytest.raises(IntegrityError, match="cut_off_in_bounds"),
        transaction.atomic(),
    ):
        run("UPDATE banking_bankaccount SET cut_off = '07:59' WHERE client_id = %s", [client_a.id])


def test_an_account_not_in_euro_an_empty_batch_and_a_strangers_request_are_refused(client_a, client_b, anna):
    (theirs,) = asked(client_b, wanted("1"))
    (mine,) = asked(client_a, wanted("1"))
    account = account_of(client_a)
    refused("not-to-be-paid", make_batch, client_a.id, account, [theirs.transfer_id], DAY, acting(anna))
    refused("batch-size", make_batch, client_a.id, account, [], DAY, acting(anna))
    refused(
        "account-unknown",
        make_batch,
        client_a.id,
        account_of(client_b),
        [mine.transfer_id],
        DAY,
        acting(anna),
    )
    refused(
        "may-not-pay", make_batch, client_b.id, account_of(client_b), [theirs.transfer_id], DAY, acting(anna)
    )
    refused("batch-unknown", approve_batch, client_b.id, batch_of(client_a, anna, wanted("2")), acting(anna))


def test_a_changed_account_is_paid_after_another_person_looked(client_a, anna, bob):
    asked(client_a, wanted("1"))
    (changed,) = asked(client_a, wanted("2", payee_iban=PIETERS), by="anna")
    account = account_of(client_a)
    refused("not-to-be-paid", make_batch, client_a.id, account, [changed.transfer_id], DAY, acting(anna))
    refused(
        "second-person",
        confirm_account,
        client_a.id,
        changed.transfer_id,
        anna.pk,
        "anna",
        "gebeld",
        DAY,
        NOW,
    )
    refused("reason-missing", confirm_account, client_a.id, changed.transfer_id, bob.pk, "bob", "", DAY, NOW)
    confirm_account(client_a.id, changed.transfer_id, bob.pk, "bob", "gebeld met J. Jansen", DAY, NOW)
    refused(
        "transfer-state", confirm_account, client_a.id, changed.transfer_id, bob.pk, "bob", "weer", DAY, NOW
    )
    make_batch(client_a.id, account, [changed.transfer_id], DAY, acting(anna))
    assert states(client_a) == ["requested", "batched"]


def test_a_withdrawn_refund_gives_its_money_back_to_the_entry(client_a):
    entry = money_in(client_a, "200.00")
    (answer,) = asked(client_a, wanted("1", source_kind="refund", entry_id=entry.id))
    withdraw_transfer(client_a.id, answer.transfer_id, DAY, NOW)
    refused("transfer-state", withdraw_transfer, client_a.id, answer.transfer_id, DAY, NOW)
    with client_scope(client_a.id):
        entry.refresh_from_db()
        assert entry.unapplied == Decimal("200.00")
        assert balances(DAY)[Code.TO_PAY_OUT, "EUR", "own"] == 0
    assert_proven(client_a)


def test_what_was_withdrawn_may_be_asked_anew_and_is_another_payment(client_a):
    entry = money_in(client_a, "200.00")
    facts = {"source_kind": Source.REFUND, "entry_id": entry.id}
    (first,) = asked(client_a, wanted("1", **facts))
    withdraw_transfer(client_a.id, first.transfer_id, DAY, NOW)
    (second,) = asked(client_a, wanted("1", payee_iban=PIETERS, amount=Decimal("100.00"), **facts))
    assert (second.new, second.transfer_id != first.transfer_id) == (True, True)
    assert asked(client_a, wanted("1", **facts))[0].refusals
    assert states(client_a) == ["withdrawn", "requested"]
    with client_scope(client_a.id):
        entry.refresh_from_db()
        assert entry.unapplied == Decimal("100.00")
        assert CreditTransfer.objects.get(id=second.transfer_id).attempt == 2
    assert_proven(client_a)


def test_what_did_not_fail_is_not_paid_again(client_a, anna, bob):
    batch_id = batch_of(client_a, anna, wanted("1"))
    with client_scope(client_a.id):
        number = CreditTransfer.objects.get().id
    refused("transfer-state", pay_again, client_a.id, number, "bob", DAY, NOW)
    approve_batch(client_a.id, batch_id, acting(bob))
    refused("transfer-state", pay_again, client_a.id, number, "bob", DAY, NOW)


def test_a_batch_of_any_size_is_made_in_as_many_statements(client_a, anna, bob):
    counts = []
    account = account_of(client_a)
    for size in (2, 40):
        ids = [a.transfer_id for a in asked(client_a, *(wanted(f"{size}-{n}") for n in range(size)))]
        with statements() as made:
            batch_id = make_batch(client_a.id, account, ids, DAY, acting(anna))
        with statements() as approved:
            approve_batch(client_a.id, batch_id, acting(bob))
        counts.append((len(made), len(approved)))
    assert counts[0] == counts[1]


def test_client_money_is_paid_from_an_account_of_client_money(client_a, anna):
    (answer,) = asked(client_a, wanted("1", purse=Purse.CLIENT_MONEY))
    refused(
        "not-to-be-paid",
        make_batch,
        client_a.id,
        account_of(client_a),
        [answer.transfer_id],
        DAY,
        acting(anna),
    )
