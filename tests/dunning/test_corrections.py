"""Who a debtor turns out to be: the letters, the interest and the costs that follow from it, from that day on."""

from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.dunning.corrections import Editor, correct, put_contact
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery, Letter
from inbaar.parties.corrections import ContactFacts, debtor_facts
from inbaar.parties.models import Debtor
from inbaar.parties.rules import FORMS_OF, Capacity, LegalForm
from inbaar.receivables.actions import cancel_extras
from inbaar.receivables.models import ClaimComponent
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day

pytestmark = pytest.mark.django_db
CONSUMER = {"capacity": Capacity.CONSUMER, "legal_form": LegalForm.PRIVATE_PERSON}


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def change(books, on, **facts):
    with client_scope(books.client.id):
        debtor = Debtor.objects.get()
        known = debtor_facts(books.client.id, debtor.id)
        return correct(books.client.id, debtor.id, replace(known, **facts), Editor("Anna", day(on), NOW))


@pytest.mark.requirement("DUN-10")
def test_a_reminded_business_that_is_a_consumer_gets_the_fourteen_day_letter_with_a_consumer_s_interest(
    books,
):
    books.invoice("2026-0042", "2026-10-01", payable="1000.00")
    books.run("2026-10-02")
    assert change(books, "2026-10-12", **CONSUMER) == 0
    assert books.run("2026-10-15").letters == {"fourteen_day_letter": 1}
    # In default since 10 October, after the reminder's term (6:82 BW): 6 days at 4% over 1,000.00 = 0.66.
    assert books.letters()[-1].interest_due == Decimal("0.66")


@pytest.mark.requirement("DUN-10")
def test_a_business_s_notice_does_not_count_for_a_consumer(books):
    invoice = books.invoice("2026-0042", "2026-10-01", payable="1000.00")
    books.run("2026-10-02")
    books.run("2026-10-15")
    with pytest.raises(Refused) as refused:
        change(books, "2026-10-19", **CONSUMER)
    assert (refused.value.code, refused.value.refusals[0].fact) == ("capacity-claimed", "2026-0042")
    with client_scope(books.client.id):
        cancel_extras(books.client.id, invoice, day("2026-10-19"), "consument", "Anna", NOW)
    change(books, "2026-10-19", **CONSUMER)
    assert books.run("2026-10-19").letters == {"fourteen_day_letter": 1}
    assert books.run("2026-11-05").steps == {"hand_over": 1}
    with client_scope(books.client.id):
        costs = ClaimComponent.objects.get(kind="costs")
        assert (costs.amount, costs.rule) == (Decimal("150.00"), "6:96 lid 6 BW")


def test_a_consumer_that_is_a_business_gets_the_notice_and_owes_trade_interest(books):
    books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    books.run("2026-10-02")
    change(books, "2026-10-05", capacity=Capacity.BUSINESS, legal_form=LegalForm.SOLE_TRADER)
    assert books.run("2026-10-19").letters == {"formal_notice": 1}
    # From the day after the due date (6:119a BW): 18 days at 10.40% over 1,000.00 = 5.13.
    assert books.letters()[-1].interest_due == Decimal("5.13")


@pytest.mark.requirement("DUN-10")
def test_a_notice_that_has_not_left_never_reaches_a_consumer(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15", mail_leaves=False)
    assert change(books, "2026-10-15", **CONSUMER) == 1
    assert books.run("2026-10-15").letters == {"fourteen_day_letter": 1}
    with client_scope(books.client.id):
        letters = [(letter.kind, delivery.state) for delivery in Delivery.objects.order_by("id")
                   for letter in Letter.objects.filter(id=delivery.letter_id)]  # fmt: skip
    assert letters == [("reminder", "sent"), ("formal_notice", "withdrawn"), ("fourteen_day_letter", "sent")]


def test_a_letter_for_the_post_becomes_a_mail_once_an_address_is_known(books):
    books.invoice("2026-0042", "2026-10-01", customer=replace(BAKERY, email=None))
    books.run("2026-10-02", mail_leaves=False)
    with client_scope(books.client.id):
        contact = ContactFacts("follow_up", "Kees", "kees@korenaar.example", "")
        editor = Editor("Anna", day("2026-10-05"), NOW)
        assert put_contact(books.client.id, Debtor.objects.get().id, contact, editor) == 1
    books.run("2026-10-05", mail_leaves=False)
    with client_scope(books.client.id):
        found = list(Delivery.objects.order_by("id").values_list("channel", "state", "address"))
    assert found == [("post", "withdrawn", ""), ("email", "queued", "kees@korenaar.example")]


def test_a_correction_that_changes_nothing_holds_no_letter_back(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02", mail_leaves=False)
    assert change(books, "2026-10-02") is None
    with client_scope(books.client.id):
        assert fetch("SELECT count(*) FROM receivables_event WHERE kind = 'debtor_corrected'", []) == [(0,)]
        assert Delivery.objects.get().state == "queued"


@pytest.mark.parametrize("capacity", list(Capacity))
@pytest.mark.parametrize("form", list(LegalForm))
def test_the_legal_form_goes_with_the_capacity(books, capacity, form):
    books.invoice("2026-0042", "2026-10-01")
    if form in FORMS_OF[capacity]:
        change(books, "2026-10-01", capacity=capacity, legal_form=form)
        return
    with pytest.raises(Refused, match="legal form goes with the capacity"):
        change(books, "2026-10-01", capacity=capacity, legal_form=form)


def test_a_sole_trader_is_a_business_and_a_consumer_is_none():
    assert LegalForm.SOLE_TRADER in FORMS_OF[Capacity.BUSINESS]
    assert LegalForm.SOLE_TRADER not in FORMS_OF[Capacity.CONSUMER]
    assert FORMS_OF[Capacity.BUSINESS] & {LegalForm.PRIVATE_PERSON, LegalForm.GOVERNMENT} == set()
