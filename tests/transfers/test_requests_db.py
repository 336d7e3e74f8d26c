"""Asking for payments out: once each, off the money they are taken from, booked, and a changed account seen."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from inbaar.banking.models import Entry
from inbaar.banking.transfers.actions import Source, request_transfer
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances
from tests.sql_watch import statements
from tests.transfers.books import DAY, JANSEN, NOW, PIETERS, asked, assert_proven, money_in, wanted

pytestmark = pytest.mark.django_db


def test_a_request_is_written_and_booked_to_what_is_to_be_paid_out(client_a):
    (answer,) = asked(client_a, wanted())
    with client_scope(client_a.id):
        transfer = CreditTransfer.objects.get(id=answer.transfer_id)
        assert (transfer.state, transfer.amount, transfer.payee_iban) == (
            "requested",
            Decimal("121.00"),
            JANSEN,
        )
        assert balances(DAY)[Code.TO_PAY_OUT, "EUR", "own"] == Decimal("-121.00")
        assert balances(DAY)[Code.OTHER_PAYMENTS, "EUR", "own"] == Decimal("121.00")
    assert answer.new
    assert_proven(client_a)


def test_the_same_asked_twice_is_one_payment_and_something_else_under_its_key_is_refused(client_a):
    first, again, other = (
        asked(client_a, wanted("1"))[0],
        asked(client_a, wanted("1"))[0],
        asked(client_a, wanted("1", amount=Decimal("12.10")))[0],
    )
    assert (again.transfer_id, again.new) == (first.transfer_id, False)
    assert [refusal.code for refusal in other.refusals] == ["asked-before"]
    one, double = asked(client_a, wanted("2"), wanted("2"))
    assert one.new
    assert [refusal.code for refusal in double.refusals] == ["asked-before"]
    with client_scope(client_a.id):
        assert CreditTransfer.objects.count() == 2
        assert balances(DAY)[Code.TO_PAY_OUT, "EUR", "own"] == Decimal("-242.00")


def test_a_refund_leaves_the_money_it_was_received_with(client_a):
    entry = money_in(client_a, "200.00")
    refund = wanted("entry", source_kind=Source.REFUND, entry_id=entry.id, amount=Decimal("150.00"))
    assert asked(client_a, refund)[0].new
    over = wanted("more", source_kind=Source.REFUND, entry_id=entry.id, amount=Decimal("50.01"))
    with pytest.raises(Refused, match="no more goes back than came in"):
        request_transfer(client_a.id, over, "desk", DAY, NOW)
    with client_scope(client_a.id):
        assert Entry.objects.get(id=entry.id).unapplied == Decimal("50.00")
        assert balances(DAY)[Code.UNAPPLIED, "EUR", "own"] == Decimal("-50.00")
        assert CreditTransfer.objects.count() == 1
    assert_proven(client_a)


def test_two_refunds_in_one_list_share_what_the_entry_has_left(client_a):
    entry = money_in(client_a, "200.00")
    facts = {"source_kind": Source.REFUND, "entry_id": entry.id, "amount": Decimal("150.00")}
    good, over = asked(client_a, wanted("a", **facts), wanted("b", **facts))
    assert good.new
    assert [refusal.code for refusal in over.refusals] == ["over-receipt"]
    assert_proven(client_a)


def test_a_refusal_in_a_list_leaves_the_others_asked_for(client_a):
    answers = asked(client_a, wanted("1"), wanted("2", payee_iban="NL00"), wanted("3"))
    assert [answer.new for answer in answers] == [True, False, True]
    with client_scope(client_a.id):
        assert CreditTransfer.objects.count() == 2


def test_a_payee_known_by_another_account_waits_for_a_look(client_a):
    asked(client_a, wanted("1"))
    (changed,) = asked(client_a, wanted("2", payee_name="JANSEN BOUW BV", payee_iban=PIETERS))
    (same,) = asked(client_a, wanted("3"))
    (other,) = asked(client_a, wanted("4", payee_name="Pieters Transport B.V.", payee_iban=PIETERS))
    assert [answer.known_iban for answer in (changed, same, other)] == [JANSEN, "", ""]
    with client_scope(client_a.id):
        transfer = CreditTransfer.objects.get(id=changed.transfer_id)
        assert (transfer.state, transfer.known_iban) == ("to_check", JANSEN)
        with pytest.raises(IntegrityError, match="transfer_account_looked_at"), transaction.atomic():
            CreditTransfer.objects.filter(id=transfer.id).update(state="requested")


def test_money_that_goes_back_to_where_it_came_from_needs_no_look(client_a):
    asked(client_a, wanted("1", payee_iban=PIETERS))
    entry = money_in(client_a, "121.00", iban=JANSEN)
    (refund,) = asked(client_a, wanted("2", source_kind=Source.REFUND, entry_id=entry.id))
    assert refund.known_iban == ""


def test_another_clients_money_and_payees_are_unknown(client_a, client_b):
    entry = money_in(client_a, "121.00")
    asked(client_a, wanted("1"))
    (answer,) = asked(client_b, wanted("1", source_kind=Source.REFUND, entry_id=entry.id))
    assert [refusal.code for refusal in answer.refusals] == ["entry-unknown"]
    (other,) = asked(client_b, wanted("1", payee_iban=PIETERS))
    assert (other.new, other.known_iban) == (True, "")


def test_any_number_is_asked_in_as_many_statements(client_a):
    entries = [money_in(client_a, f"20{number}.00", number=str(number)) for number in range(2)]
    counts = []
    for run, size in enumerate((2, 40)):
        with statements() as sql:
            asked(
                client_a,
                *(
                    wanted(f"{run}-{n}", source_kind=Source.REFUND, entry_id=entries[run].id, amount=Decimal("1.00"))
                    for n in range(size)
                ),
            )  # fmt: skip
        counts.append(len(sql))
    assert counts[0] == counts[1]


def test_the_database_keeps_one_live_request_for_a_source(client_a):
    asked(client_a, wanted("1"))
    with (
        client_scope(client_a.id),
        pytest.raises(IntegrityError, match="transfer_asked_once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO transfers_credittransfer (client_id, source_kind, source_key, attempt, replaced, payee_name, "
            "payee_iban, street, building, postcode, town, country, amount, currency, purse, charged_to, text, reference, "
            "wanted_on, reason, requested_by, requested_at, known_iban, check_note, state, state_on, bank_status, "
            "bank_reason, bank_text) SELECT client_id, source_kind, source_key, 2, false, payee_name, payee_iban, street, "
            "building, postcode, town, country, amount, currency, purse, charged_to, text, reference, wanted_on, reason, "
            "requested_by, requested_at, known_iban, check_note, state, state_on, bank_status, bank_reason, bank_text "
            "FROM transfers_credittransfer"
        )
