"""Who a debtor turns out to be: the letters, the interest and the costs that follow from it, from that day on."""

from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.dunning.corrections import Editor, correct, put_contact
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery
from inbaar.parties.corrections import ContactFacts, debtor_facts
from inbaar.parties.models import Debtor
from inbaar.parties.rules import FORMS_OF, Capacity, LegalForm
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day

pytestmark = pytest.mark.django_db
BUSINESS = {"capacity": Capacity.BUSINESS, "legal_form": LegalForm.SOLE_TRADER}
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
def test_who_has_open_invoices_as_a_business_cannot_become_a_consumer_and_nothing_changes(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15", mail_leaves=False)
    with pytest.raises(Refused) as refused:
        change(books, "2026-10-15", **CONSUMER)
    assert (refused.value.code, refused.value.refusals[0].fact) == ("capacity-open", "2026-0042")
    with client_scope(books.client.id):
        assert Debtor.objects.get().capacity == "business"
        assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == ["sent", "queued"]


@pytest.mark.requirement("DUN-10")
@pytest.mark.parametrize("first", [BAKERY, PERSON])
def test_once_nothing_is_open_the_next_invoice_follows_the_other_capacity(books, first):
    paid = books.invoice("2026-0041", "2026-10-01", payable="100.00", customer=first)
    books.pay(paid, "2026-10-01", "100.00")
    other = CONSUMER if first is BAKERY else BUSINESS
    assert change(books, "2026-10-01", **other) == 0
    books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=first)
    books.run("2026-10-02")
    letter, interest = ("fourteen_day_letter", "0.33") if first is BAKERY else ("formal_notice", "5.13")
    # A consumer: 3 days at 4% since 17 October; a business: 18 days at 10.40% since 2 October.
    assert books.run("2026-10-19").letters == {letter: 1}
    assert books.letters()[-1].interest_due == Decimal(interest)


def test_a_business_that_is_a_government_body_keeps_its_terms(books):
    books.invoice("2026-0042", "2026-10-01")
    assert change(books, "2026-10-01", capacity=Capacity.GOVERNMENT, legal_form=LegalForm.GOVERNMENT) == 0
    books.run("2026-10-02")
    assert books.run("2026-10-15").letters == {"formal_notice": 1}


def test_what_a_letter_that_has_not_left_says_of_its_debtor_is_written_anew(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02", mail_leaves=False)
    assert change(books, "2026-10-02", language="en", city="Apeldoorn") == 1
    assert books.run("2026-10-02", mail_leaves=False).letters == {"reminder": 1}
    with client_scope(books.client.id):
        states = list(Delivery.objects.order_by("id").values_list("state", flat=True))
    letter = books.letters()[-1]
    assert (states, str(letter.language), letter.recipient.address[-1]) == (
        ["withdrawn", "queued"],
        "en",
        "1234 AB Apeldoorn",
    )


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
    books.pay(books.invoice("2026-0042", "2026-10-01"), "2026-10-01", "1210.00")
    if form in FORMS_OF[capacity]:
        change(books, "2026-10-01", capacity=capacity, legal_form=form)
        return
    with pytest.raises(Refused, match="legal form goes with the capacity"):
        change(books, "2026-10-01", capacity=capacity, legal_form=form)


def test_a_sole_trader_is_a_business_and_a_consumer_is_none():
    assert LegalForm.SOLE_TRADER in FORMS_OF[Capacity.BUSINESS]
    assert LegalForm.SOLE_TRADER not in FORMS_OF[Capacity.CONSUMER]
    assert FORMS_OF[Capacity.BUSINESS] & {LegalForm.PRIVATE_PERSON, LegalForm.GOVERNMENT} == set()
