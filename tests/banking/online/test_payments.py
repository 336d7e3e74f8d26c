"""Paying online: one payment however it is begun, nothing booked twice, nobody chased who paid, and no message believed."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.online.accounts import save_key, switch
from inbaar.banking.online.following import ask_payment, ask_what_is_due, take_message
from inbaar.banking.online.links import read_told_token, told_token
from inbaar.banking.online.models import OnlinePart, OnlinePayment, ProviderAccount
from inbaar.banking.online.provider import ProviderUnavailable
from inbaar.banking.online.starting import Wanted, begin_payment
from inbaar.dunning.withdrawing import withdraw_outdated
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from tests.banking.camt import Line
from tests.banking.online.books import MINUTE, OnlineBooks
from tests.debtor_statements.test_statements import TODAY
from tests.dunning.scenario import NOW, day

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books(client_a, server):
    made = OnlineBooks(client_a)
    made.switch_on(server)
    made.first = made.invoice("2026-001", "2026-09-01", payable="100.00")
    made.second = made.invoice("2026-002", "2026-09-20", payable="250.00")
    made.reference = made.made().parts[0].reference
    return made


def test_paid_stops_dunning_at_once_and_is_booked_only_when_the_money_comes(books):
    payment = books.begin(books.reference)
    assert (payment.state, payment.amount) == ("open", D(350))
    books.server.set_state(payment.provider_id, "paid")
    assert books.told(payment)
    assert [(row.state, row.underway, row.twice) for row in books.rows()] == [("paid", True, D(0))]
    assert books.open(books.first) == 100
    assert books.page(books.reference).why_not == "waits"
    assert books.events("paid_online") == 2
    tally = books.run("2026-12-01", mail_leaves=False)
    assert (tally.letters.total(), tally.waits.total()) == (0, 2)
    books.money(Line("350.00", reference=books.reference, day=day(TODAY)))
    assert (books.open(books.first), books.open(books.second)) == (0, 0)
    assert [row.underway for row in books.rows()] == [False]
    assert books.proven() == []


def test_what_is_left_after_the_money_came_is_chased_again(books):
    """Paid online 60 of an invoice of 100, of which 40 was in dispute: when 60 has come and the dispute ends, 40 is asked."""
    wanted = Wanted(books.link(books.first), ((books.first, D("60.00")),), "https://a.example/")
    payment = begin_payment(books.client.id, wanted, NOW)
    books.server.set_state(payment.provider_id, "paid")
    books.told(payment)
    assert books.page(wanted.reference).total == 0
    books.pay(books.first, TODAY, "60.00")
    assert books.page(wanted.reference).total == 40


def test_a_letter_that_waits_is_taken_back_when_its_invoice_is_paid_online(books):
    payment = books.begin(books.reference)
    assert books.run("2026-10-02", mail_leaves=False).letters.total() == 1
    assert withdraw_outdated(books.client.id, day("2026-10-02"), NOW) == 0
    books.server.set_state(payment.provider_id, "paid")
    books.told(payment)
    assert withdraw_outdated(books.client.id, day("2026-10-02"), NOW) == 1


@pytest.mark.parametrize("back", ["refund", "charge_back"])
def test_what_went_back_is_owed_and_chased_again(books, back):
    payment = books.begin(books.reference)
    books.server.set_state(payment.provider_id, "paid")
    books.told(payment)
    getattr(books.server, back)(payment.provider_id, "350.00")
    assert books.told(payment, NOW + 2 * MINUTE)
    assert [row.underway for row in books.rows()] == [False]
    assert books.page(books.reference).total == 350
    assert books.events("online_back") == 2
    assert books.run("2026-12-01", mail_leaves=False).letters.total() == 1
    assert books.begin(books.reference, NOW + 3 * MINUTE).id != payment.id
    getattr(books.server, back)(payment.provider_id, "0.00")
    books.told(payment, NOW + 4 * MINUTE)
    assert [row.underway for row in books.rows()] == [False, True]
    assert books.events("online_back_again") == 2


def test_two_clicks_are_one_payment_and_another_amount_is_another(books):
    first = books.begin(books.reference)
    assert books.begin(books.reference, NOW + MINUTE).id == first.id
    assert len(books.server.payments) == 1
    books.pay(books.first, TODAY, "40.00")
    second = books.begin(books.reference, NOW + 2 * MINUTE)
    assert (second.amount, len(books.server.payments)) == (D(310), 2)
    with client_scope(books.client.id):
        assert OnlinePart.objects.count() == 4


def test_the_same_amount_for_other_invoices_is_another_payment(books):
    """A payment begun for one invoice never pays another, though the amounts are alike."""
    third = books.invoice("2026-003", "2026-09-21", payable="100.00")
    wanted = [
        Wanted(books.reference, ((number, D("100.00")),), "https://a.example/")
        for number in (books.first, third)
    ]
    assert len({begin_payment(books.client.id, each, NOW).id for each in wanted}) == 2


@pytest.mark.parametrize("state", ["canceled", "expired", "failed"])
def test_a_payment_that_ended_unpaid_makes_room_for_another(books, state):
    first = books.begin(books.reference)
    books.server.set_state(first.provider_id, state)
    second = books.begin(books.reference, NOW + MINUTE)
    assert second.id != first.id
    assert [row.state for row in books.rows()] == ["open", state]
    assert books.page(books.reference).total == 350


def test_paid_twice_the_second_is_shown_until_it_is_given_back_and_books_nothing(books):
    whole = books.begin(books.reference)
    single = books.begin(books.link(books.first))
    books.server.set_state(single.provider_id, "paid")
    books.told(single, NOW + MINUTE)
    books.server.payments[whole.provider_id]["paidAt"] = None
    books.server.set_state(whole.provider_id, "paid")
    books.server.payments[whole.provider_id]["paidAt"] = "2026-10-02T09:00:00+00:00"
    books.told(whole, NOW + 2 * MINUTE)
    assert {row.id: row.twice for row in books.rows()} == {whole.id: D(100), single.id: D(0)}
    assert (books.open(books.first), books.open(books.second)) == (100, 250)
    books.server.refund(whole.provider_id, "100.00")
    books.told(whole, NOW + 3 * MINUTE)
    assert [row.twice for row in books.rows()] == [0, 0]


def test_messages_doubled_late_and_out_of_order_change_nothing(books):
    payment = books.begin(books.reference)
    books.server.set_state(payment.provider_id, "paid")
    assert books.told(payment)
    assert not books.told(payment)  # within the same moment: tell it again later
    for minutes in range(2, 5):
        assert books.told(payment, NOW + minutes * MINUTE)
    books.server.set_state(payment.provider_id, "open")  # an old answer that comes out of a cache
    assert books.told(payment, NOW + 9 * MINUTE)
    (row,) = books.rows()
    assert (row.state, row.underway, row.doubt) == ("paid", True, "contradicts")
    assert books.events("paid_online") == 2


def test_a_message_is_never_believed(books, client_b):
    payment = books.begin(books.reference)
    asked = len(books.server.asked)
    assert books.told(payment, number="tr_Strange12345")
    assert take_message(books.client.id, payment.id + 1, payment.provider_id, NOW)
    assert take_message(client_b.id, payment.id, payment.provider_id, NOW)
    assert len(books.server.asked) == asked
    assert [row.state for row in books.rows()] == ["open"]
    assert read_told_token(told_token(1, 2)) == (1, 2)
    assert read_told_token("x") is None
    assert read_told_token(told_token(1, 2)[:-1] + "!") is None


@pytest.mark.parametrize(
    "damage", [{"amount": {"currency": "EUR", "value": "1.00"}}, {"amount": {"currency": "USD", "value": "350.00"}},
               {"metadata": {"key": "other"}}, {"metadata": None}, {"mode": "test"}],
)  # fmt: skip
def test_paid_with_another_amount_or_key_is_a_doubt_and_not_paid(books, damage):
    payment = books.begin(books.reference)
    books.server.set_state(payment.provider_id, "paid")
    books.server.payments[payment.provider_id] |= damage
    assert books.told(payment)
    (row,) = books.rows()
    assert (row.state, row.doubt, row.underway) == ("open", "differs", False)


def test_while_the_provider_is_away_nothing_changes_and_it_is_asked_to_tell_again(books):
    payment = books.begin(books.reference)
    books.server.set_state(payment.provider_id, "paid")
    for fault in (500, 429, "garbled", "lost"):
        books.server.faults = [fault]
        assert not books.told(payment)
    books.server.faults = [500]
    with pytest.raises(ProviderUnavailable):
        ask_payment(books.client.id, payment.id, NOW + MINUTE)
    assert [row.state for row in books.rows()] == ["open"]
    assert books.told(payment)


def test_a_lost_message_is_made_up_for_by_asking(books):
    payment = books.begin(books.reference)
    books.server.set_state(payment.provider_id, "paid")
    assert ask_what_is_due(books.client.id, NOW + 5 * MINUTE) == 0
    assert ask_what_is_due(books.client.id, NOW + 11 * MINUTE) == 1
    assert [row.state for row in books.rows()] == ["paid"]
    assert ask_what_is_due(books.client.id, NOW + 60 * MINUTE) == 0
    books.server.charge_back(payment.provider_id, "350.00")
    assert ask_what_is_due(books.client.id, NOW + dt.timedelta(days=2)) == 1
    assert [row.underway for row in books.rows()] == [False]


def test_play_money_holds_nothing_back(client_a, server):
    server.key = "test_" + "k" * 30
    books = OnlineBooks(client_a)
    books.switch_on(server)
    reference = books.link(books.invoice("2026-001", "2026-09-01", payable="100.00"))
    payment = books.begin(reference)
    server.set_state(payment.provider_id, "paid")
    assert books.told(payment)
    assert [(row.state, row.test, row.underway) for row in books.rows()] == [("paid", True, False)]
    assert (books.page(reference).total, books.events("paid_online")) == (100, 0)
    assert books.run("2026-12-01", mail_leaves=False).letters.total() == 1


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(books):
    books.server.faults = ["lost"]
    with pytest.raises(Refused) as why:
        books.begin(books.reference)
    assert why.value.code == "online-away"
    assert books.begin(books.reference).state == "open"
    assert (len(books.server.payments), len(books.rows())) == (1, 1)


def test_a_message_that_comes_before_the_answer_was_kept_is_known_by_its_key(books):
    books.server.faults = ["lost"]
    with pytest.raises(Refused):
        books.begin(books.reference)
    (number,) = books.server.payments
    books.server.set_state(number, "paid")
    with client_scope(books.client.id):
        waiting = OnlinePayment.objects.get()
    assert take_message(books.client.id, waiting.id, "tr_Strange12345", NOW)
    assert take_message(books.client.id, waiting.id, number, NOW + MINUTE)
    assert [(row.state, row.provider_id) for row in books.rows()] == [("paid", number)]


def test_a_key_of_the_provider_that_ran_out_is_not_used_again(books):
    books.server.faults = [500]
    with pytest.raises(Refused):
        books.begin(books.reference)
    assert books.begin(books.reference, NOW + dt.timedelta(hours=2)).state == "open"
    assert [row.state for row in books.rows()] == ["open", "lost"]


def test_what_the_provider_refuses_is_said_and_the_next_try_is_a_new_one(books):
    books.server.faults = [422]
    with pytest.raises(Refused) as why:
        books.begin(books.reference)
    assert why.value.code == "online-refused"
    assert books.begin(books.reference).state == "open"
    assert [(row.state, row.doubt) for row in books.rows()] == [("open", ""), ("failed", "refused")]


def test_the_key_is_tried_sealed_and_never_kept_in_the_clear(books, client_b):
    with client_scope(books.client.id):
        sealed = ProviderAccount.objects.get().key
    assert books.server.key not in sealed
    for key, code in (
        (" ", "online-key-form"),
        ("access_x", "online-key-form"),
        ("live_" + "w" * 30, "online-key"),
    ):
        with client_scope(client_b.id), pytest.raises(Refused) as why:
            save_key(client_b.id, key, "Olga", NOW)
        assert why.value.code == code
    with client_scope(client_b.id):
        assert not ProviderAccount.objects.exists()
        assert not switch(client_b.id, on=True)
        # The sealed text of another client opens nothing here.
        run("INSERT INTO online_provideraccount (client_id, provider, key, test, active, set_by, set_at) VALUES (%s, 'mollie', %s, false, true, 'x', %s)",
            [client_b.id, sealed, NOW])  # fmt: skip
    with pytest.raises(Refused) as why:
        begin_payment(client_b.id, Wanted("RF", ((1, D(1)),), "https://a.example/"), NOW)
    assert why.value.code == "online-off"


def test_switched_off_nothing_is_begun_and_what_was_begun_is_followed(books):
    payment = books.begin(books.reference)
    with client_scope(books.client.id):
        assert switch(books.client.id, on=False)
    with pytest.raises(Refused):
        books.begin(books.reference)
    books.server.set_state(payment.provider_id, "paid")
    assert books.told(payment)
    assert [row.state for row in books.rows()] == ["paid"]
