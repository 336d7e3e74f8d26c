"""Giving back what was paid twice: asked by one, approved by another, made once however often it is tried, and followed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inbaar.banking.online.giving_back import give_back_what_is_approved
from inbaar.banking.online.models import OnlineRefund
from inbaar.banking.online.queries import refunds_of, twice_paid
from inbaar.banking.online.refunding import approve_refund, ask_refund, refuse_refund
from inbaar.daily import run_day
from inbaar.kit.bulk import run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from tests.banking.online.books import MINUTE, OnlineBooks
from tests.banking.test_crash_db import ended_with, in_child
from tests.conftest import make_client
from tests.debtor_statements.test_statements import TODAY
from tests.dunning.scenario import NOW, day
from tests.transfers.books import member

D = Decimal
LATER = NOW + dt.timedelta(hours=1)


class TwicePaid(OnlineBooks):
    """Books of which one payment of 350 holds 100 that was paid by another before; Olga asks, Tom may approve."""

    def prepare(self, server, name=""):
        self.switch_on(server)
        first = self.invoice(f"2026-001{name}", "2026-09-01", payable="100.00")
        self.invoice(f"2026-002{name}", "2026-09-20", payable="250.00")
        whole = self.begin(self.made(key=f"k{name}").parts[0].reference)
        single = self.begin(self.link(first))
        for payment, paid_at in ((single, "2026-10-02T08:05:00+00:00"), (whole, "2026-10-02T09:00:00+00:00")):
            server.set_state(payment.provider_id, "paid")
            server.payments[payment.provider_id]["paidAt"] = paid_at
            self.told(payment)
        self.payment, self.number = whole.id, whole.provider_id
        self.olga, self.tom = (
            member(self.client, f"olga{name}", "bookkeeper"),
            member(self.client, f"tom{name}"),
        )
        return self

    def ask_back(self, amount="100.00", reason="Dubbel betaald", by=None):
        with client_scope(self.client.id):
            return ask_refund(self.client.id, self.payment, D(amount), reason, (by or self.olga).pk, LATER)

    def approve(self, refund, by=None):
        with client_scope(self.client.id):
            approve_refund(self.client.id, refund, (by or self.tom).pk, LATER)

    def carry_on(self, moment=LATER):
        return give_back_what_is_approved(self.client.id, moment)

    def refunds(self):
        with client_scope(self.client.id):
            return [(row.state, row.amount) for row in refunds_of(self.client.id)]

    def twice(self):
        with client_scope(self.client.id):
            return twice_paid(self.client.id, self.payment)

    def given(self):
        return self.server.refunds.get(self.number, [])


@pytest.fixture
def books(client_a, server):
    return TwicePaid(client_a).prepare(server)


def refused(act, *args, **how) -> set[str]:
    with pytest.raises(Refused) as why:
        act(*args, **how)
    return {refusal.code for refusal in why.value.refusals}


@pytest.mark.django_db
def test_what_was_paid_twice_goes_back_once_and_is_followed_to_its_end(books):
    refund = books.ask_back()
    assert books.carry_on() == 0
    assert books.given() == []
    books.approve(refund)
    for _ in range(3):
        books.carry_on()
    (made,) = books.given()
    assert (made["amount"], made["status"]) == ({"currency": "EUR", "value": "100.00"}, "pending")
    assert books.refunds() == [("pending", D(100))]
    books.server.set_refund(books.number, 0, "refunded")
    books.carry_on(LATER + dt.timedelta(minutes=5))
    assert books.refunds() == [("pending", D(100))]
    books.carry_on(LATER + dt.timedelta(minutes=10))
    assert books.refunds() == [("refunded", D(100))]
    assert (books.twice(), [row.twice for row in books.rows()]) == (0, [0, 0])
    assert books.carry_on(LATER + dt.timedelta(days=1)) == 0
    assert books.proven() == []


@pytest.mark.django_db
def test_who_asked_does_not_approve_nor_does_a_bookkeeper_and_the_database_has_the_same_rule(books):
    refund = books.ask_back(by=books.tom)
    assert refused(books.approve, refund, by=books.tom) == {"second-person"}
    assert refused(books.approve, refund, by=books.olga) == {"may-not-approve"}
    assert books.refunds() == [("asked", D(100))]
    with client_scope(books.client.id), pytest.raises(IntegrityError), transaction.atomic():
        run(
            "UPDATE online_onlinerefund SET state = 'approved', decided_by_id = asked_by_id, decided_at = asked_at"
        )
    with client_scope(books.client.id), pytest.raises(IntegrityError), transaction.atomic():
        run("UPDATE online_onlinerefund SET state = 'pending'")


@pytest.mark.django_db
def test_asked_twice_is_one_and_only_what_was_paid_twice_may_be_asked(books, client_b):
    assert refused(books.ask_back, "99.99") == refused(books.ask_back, "350.00") == {"refund-changed"}
    assert refused(books.ask_back, reason=" ") == {"reason-missing"}
    assert books.ask_back() == books.ask_back() == books.ask_back("350.00")
    assert books.refunds() == [("asked", D(100))]
    with client_scope(client_b.id):
        with pytest.raises(Refused):
            ask_refund(client_b.id, books.payment, D(100), "x", books.olga.pk, LATER)
        assert refunds_of(client_b.id) == []


@pytest.mark.django_db
def test_decided_is_decided_and_what_was_refused_can_be_asked_anew(books):
    refund = books.ask_back()
    with client_scope(books.client.id):
        assert refused(refuse_refund, books.client.id, refund, " ", books.tom.pk, LATER) == {"reason-missing"}
        refuse_refund(books.client.id, refund, "eerst bellen", books.tom.pk, LATER)
        assert refused(refuse_refund, books.client.id, refund, "x", books.tom.pk, LATER) == {"refund-decided"}
    assert refused(books.approve, refund) == {"refund-decided"}
    again = books.ask_back()
    assert again != refund
    with client_scope(books.client.id):
        refuse_refund(books.client.id, again, "toch niet", books.olga.pk, LATER)  # her own
    assert books.carry_on() == 0


@pytest.mark.django_db
def test_what_went_back_at_the_provider_meanwhile_does_not_go_back_again(books):
    """By hand at Mollie before the approval, it cannot be approved; between the approval and the doing, it is not done."""
    refund = books.ask_back()
    books.server.refund(books.number, "100.00")
    books.told(books_payment(books), LATER)
    assert refused(books.approve, refund) == {"refund-changed"}
    books.server.refund(books.number, "0.00")
    books.told(books_payment(books), LATER + MINUTE)
    books.approve(refund)
    books.server.refund(books.number, "100.00")
    books.carry_on(LATER + dt.timedelta(days=2))
    assert books.refunds() == [("void", D(100))]
    assert books.given() == []


def books_payment(books):
    return next(row for row in books.rows() if row.id == books.payment)


@pytest.mark.django_db
@pytest.mark.parametrize("hour_passed", [False, True])
def test_an_answer_that_was_lost_makes_no_second_refund_also_when_the_key_ran_out(books, hour_passed):
    books.approve(books.ask_back())
    books.server.faults = ["", "", "lost"]  # how the payment stands, its refunds, and the refund itself
    books.carry_on()
    assert books.refunds() == [("approved", D(100))]
    assert len(books.given()) == 1
    if hour_passed:
        books.server.by_idempotency_key.clear()
    books.carry_on(LATER + dt.timedelta(hours=2))
    assert books.refunds() == [("pending", D(100))]
    assert len(books.given()) == 1


@pytest.mark.django_db
def test_while_the_provider_is_away_it_waits_and_what_failed_there_can_be_asked_anew(books):
    books.approve(books.ask_back())
    books.server.faults = [500]
    books.carry_on()
    assert books.refunds() == [("approved", D(100))]
    run_day(day(TODAY), LATER + MINUTE, None, [books.client.id])
    assert books.refunds() == [("pending", D(100))]
    books.server.set_refund(books.number, 0, "failed")
    books.carry_on(LATER + dt.timedelta(minutes=30))
    assert books.refunds() == [("failed", D(100))]
    assert books.twice() == 100
    assert books.ask_back()


@pytest.mark.django_db
def test_a_refund_that_the_provider_will_not_make_is_told_with_its_words(books):
    books.approve(books.ask_back())
    books.server.faults = ["", "", 422]
    books.carry_on()
    with client_scope(books.client.id):
        (row,) = refunds_of(books.client.id)
    assert (row.state, "422" in row.why) == ("failed", True)


def test_killed_at_any_moment_it_goes_back_once(own_database, server):
    client = make_client("Klant B.V.", "91000000")
    books = TwicePaid(client).prepare(server)
    for point in range(1, 60):
        server.refunds.clear()
        server.refund(books.number, "0.00")
        with client_scope(client.id):
            run("UPDATE online_onlinerefund SET state = 'failed' WHERE state NOT IN ('asked', 'refused')")
            run("UPDATE online_onlinepayment SET refunded = 0")
        books.approve(books.ask_back())
        end = ended_with(in_child(books.carry_on, kill_at=point))
        server.by_idempotency_key.clear()
        books.carry_on(LATER + dt.timedelta(hours=point))
        assert len(books.given()) == 1, f"killed at statement {point}"
        assert books.refunds()[0][0] == "pending"
        if end == 0:
            break
    assert end == 0
    assert point > 5


def test_many_programs_at_once_give_back_once_and_many_askers_ask_once(own_database, server):
    client = make_client("Klant B.V.", "91000000")
    books = TwicePaid(client).prepare(server)
    assert [ended_with(child) for child in [in_child(books.ask_back) for _ in range(3)]] == [0, 0, 0]
    with client_scope(client.id):
        (refund,) = OnlineRefund.objects.values_list("id", flat=True)
    books.approve(refund)
    assert [ended_with(child) for child in [in_child(books.carry_on) for _ in range(4)]] == [0, 0, 0, 0]
    assert len(books.given()) == 1
