"""Letters whose mail came back: they count as not sent, go another way, and nothing rests on them."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.daily import run_day
from inbaar.dunning.models import Schedule, Step
from inbaar.dunning.returned import take_back_returned_letter
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.letters.bouncing import clear_address
from inbaar.letters.models import BadAddress, Delivery, Letter
from inbaar.letters.posting import mark_posted
from inbaar.parties.corrections import ContactFacts, add_contact
from inbaar.proofs import PROOFS
from inbaar.receivables.models import ClaimComponent, Event, Hold
from tests.conftest import make_client
from tests.dunning.scenario import BAKERY, PERSON, Administration, day
from tests.letters.mail_server import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("ASK-14")]


@pytest.fixture
def books(client_a):
    return Administration(client_a)


@pytest.fixture
def post():
    with MailServer() as server:
        yield server


def at(on: str, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day(on), dt.time(hour), DUTCH_TIME)


def run(books, post, on):
    run_day(day(on), at(on), post.settings, [books.client.id])


def came_back(books, message, on, hour=12, words="550 5.1.1 User unknown"):
    with client_scope(books.client.id):
        return take_back_returned_letter(
            books.client.id, str(message["Message-ID"]), words, day(on), at(on, hour)
        )


def deliveries(books):
    with client_scope(books.client.id):
        return list(Delivery.objects.order_by("id").values_list("channel", "state"))


def standing(books, invoice):
    with client_scope(books.client.id):
        row = Schedule.objects.get(invoice_id=invoice)
        return row.stage, row.due_on, row.waits_for


def steps(books):
    with client_scope(books.client.id):
        return list(Step.objects.order_by("id").values_list("kind", flat=True))


def proven(books):
    from inbaar.kit.bulk import fetch

    with client_scope(books.client.id):
        return {
            name: rows
            for name, (_, sql) in PROOFS.items()
            if (rows := fetch(sql, {"client": books.client.id}))
        }


def test_a_reminder_that_came_back_is_written_anew_for_the_post(books, post):
    invoice = books.invoice("2026-0042", "2026-10-01")
    run(books, post, "2026-10-02")
    (message,) = post.messages
    found = came_back(books, message, "2026-10-02")
    assert (found.kind, found.address) == ("reminder", BAKERY.email)
    assert standing(books, invoice) == ("waiting", day("2026-10-02"), "")
    assert steps(books) == []
    run(books, post, "2026-10-05")
    assert deliveries(books) == [("email", "bounced"), ("post", "by_post")]
    assert len(post.messages) == 1
    (_first, second) = books.letters()
    assert (second.recipient.email, second.letter_date) == ("", day("2026-10-05"))
    assert steps(books) == ["reminder"]
    with client_scope(books.client.id):
        bounced = Event.objects.get(kind="letter_bounced")
        assert (bounced.invoice_id, bounced.facts["address"], bounced.facts["late"]) == (
            invoice,
            BAKERY.email,
            False,
        )
    assert proven(books) == {}


def test_twice_and_for_another_client_s_letter_nothing_more_happens(books, post, client_b):
    books.invoice("2026-0042", "2026-10-01")
    run(books, post, "2026-10-02")
    (message,) = post.messages
    with client_scope(client_b.id):
        for key in (
            str(message["Message-ID"]),
            f"<letter-{client_b.id}-1@x.nl>",
            "<answer-1@x.nl>",
            "",
            "<letter-1-1>",
        ):
            assert (
                take_back_returned_letter(client_b.id, key, "550", day("2026-10-02"), at("2026-10-02"))
                is None
            )
        assert BadAddress.objects.count() == 0
    assert came_back(books, message, "2026-10-02") is not None
    run(books, post, "2026-10-05")
    assert came_back(books, message, "2026-10-06") is None
    assert steps(books) == ["reminder"]


def test_a_contact_whose_mail_arrives_gets_the_next_letter(books, post):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        (debtor,) = Schedule.objects.filter(invoice_id=invoice).values_list("debtor_id", flat=True)
        add_contact(books.client.id, debtor, ContactFacts("follow_up", "Fatma", "fatma@korenaar.example", ""))
    run(books, post, "2026-10-02")
    came_back(books, post.messages[0], "2026-10-02")
    run(books, post, "2026-10-05")
    assert [BAKERY.email in str(message["To"]) for message in post.messages] == [False, True]
    assert deliveries(books) == [("email", "bounced"), ("email", "sent")]


def test_an_address_that_works_again_gets_letters_by_a_person_s_word(books, post):
    books.invoice("2026-0042", "2026-10-01")
    run(books, post, "2026-10-02")
    came_back(books, post.messages[0], "2026-10-02")
    with client_scope(books.client.id):
        assert clear_address(books.client.id, BAKERY.email.upper(), "olga", day("2026-10-05"))
        assert not clear_address(books.client.id, BAKERY.email, "olga", day("2026-10-05"))
    run(books, post, "2026-10-05")
    assert len(post.messages) == 2
    came_back(books, post.messages[1], "2026-10-05")
    with client_scope(books.client.id):
        row = BadAddress.objects.get()
        assert (row.since, row.cleared_on, row.cleared_by) == (day("2026-10-05"), None, "")


def test_a_fourteen_day_letter_that_came_back_lets_no_costs_be_due_until_one_arrives(books, post):
    invoice = books.invoice("2026-0042", "2026-06-15", customer=PERSON)
    run(books, post, "2026-06-16")
    run(books, post, "2026-07-01")
    assert steps(books) == ["reminder", "fourteen_day_letter"]
    came_back(books, post.messages[1], "2026-07-03")
    assert standing(books, invoice) == ("reminded", day("2026-07-03"), "")
    with client_scope(books.client.id):
        assert ClaimComponent.objects.filter(withdrawn_on=None).count() == 0  # nor the interest it asked for
    run(books, post, "2026-07-03")
    run(books, post, "2026-07-22")  # the first letter's fourteen days are over, and it waits for the post
    assert standing(books, invoice)[0] == "noticed"
    assert standing(books, invoice)[2] == "not_delivered"
    with client_scope(books.client.id):
        letter = Letter.objects.order_by("-id").first()
        mark_posted(books.client.id, letter.id, day("2026-07-22"), "olga", at("2026-07-22"))
    run(books, post, "2026-08-07")
    assert "hand_over" not in steps(books)
    run(books, post, "2026-08-12")
    assert steps(books)[-1] == "hand_over"
    assert proven(books) == {}


def test_a_letter_that_came_back_after_the_next_step_has_its_claims_rest_for_a_person(books, post):
    invoice = books.invoice("2026-0042", "2026-06-15")
    run(books, post, "2026-06-16")
    run(books, post, "2026-06-29")
    assert steps(books) == ["reminder", "formal_notice"]
    came_back(books, post.messages[0], "2026-06-30")
    assert steps(books) == ["reminder", "formal_notice"]
    with client_scope(books.client.id):
        hold = Hold.objects.get()
        assert (hold.invoice_id, hold.kind, hold.released_on) == (invoice, "pause", None)
        assert "kwam terug" in hold.reason
    run(books, post, "2026-07-20")
    assert steps(books) == ["reminder", "formal_notice"]


def test_what_was_paid_meanwhile_is_left_alone(books, post):
    invoice = books.invoice("2026-0042", "2026-10-01")
    run(books, post, "2026-10-02")
    books.pay(invoice, "2026-10-05", "1210.00")
    run(books, post, "2026-10-20")
    assert standing(books, invoice)[0] == "closed"
    came_back(books, post.messages[0], "2026-10-20")
    assert standing(books, invoice)[0] == "closed"
    with client_scope(books.client.id):
        assert Hold.objects.count() == 0


def test_in_a_letter_of_two_each_invoice_stands_for_itself(books, post):
    early = books.invoice("2026-0041", "2026-09-10")
    run(books, post, "2026-09-11")
    late = books.invoice("2026-0042", "2026-09-23")
    run(books, post, "2026-09-24")
    assert steps(books) == ["reminder", "formal_notice", "reminder"]
    came_back(books, post.messages[1], "2026-09-24")
    assert steps(books) == ["reminder"]
    assert standing(books, early)[0] == "reminded"
    assert standing(books, late)[0] == "waiting"


@pytest.mark.parametrize(
    ("answer", "bad"),
    [("550 5.1.1 no such user", True), ("550 no such user", True), ("553 5.1.3 bad address", True),
     ("550 5.7.1 looks like spam", False), ("552 5.2.2 mailbox full", False), ("554 5.7.1 blocked", False)],
)  # fmt: skip
def test_an_address_refused_at_the_door_is_known_as_bad_where_it_is_the_address(books, answer, bad):
    books.invoice("2026-0042", "2026-10-01")
    with MailServer({BAKERY.email: answer}) as post:
        run(books, post, "2026-10-02")
    with client_scope(books.client.id):
        assert BadAddress.objects.exists() is bad
    assert deliveries(books) == [("email", "refused"), ("post", "by_post")]


def test_an_address_in_other_letters_is_the_same_address(books, post):
    books.invoice("2026-0042", "2026-10-01", customer=replace(BAKERY, email="Boekhouding@Korenaar.example"))
    run(books, post, "2026-10-02")
    came_back(books, post.messages[0], "2026-10-02")
    run(books, post, "2026-10-05")
    assert deliveries(books) == [("email", "bounced"), ("post", "by_post")]
    assert Decimal("1210.00") == books.letters()[-1].total_due


def test_another_administration_still_mails_there(books, post):
    other = Administration(make_client("Zaagmolen B.V.", "59581883"))
    books.invoice("2026-0042", "2026-10-01")
    run(books, post, "2026-10-02")
    came_back(books, post.messages[0], "2026-10-02")
    other.invoice("F-1", "2026-10-01")
    run(other, post, "2026-10-05")
    assert deliveries(other) == [("email", "sent")]
