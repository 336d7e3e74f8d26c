"""From the run to the debtor's mailbox: each letter once, bounces seen, and nothing for who paid in between."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from inbaar.daily import deliver, run_day
from inbaar.dunning.models import Schedule, Step
from inbaar.dunning.rules import leaves_from, next_sending_moment
from inbaar.dunning.withdrawing import write_anew
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery, Letter
from inbaar.letters.posting import mark_posted
from inbaar.parties.corrections import ContactFacts, add_contact
from inbaar.receivables.actions import Customer, NewHold, open_holds
from inbaar.receivables.models import ClaimComponent, Event, Invoice
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day
from tests.letters.mail_server import MailServer

pytestmark = pytest.mark.django_db
GROCER = Customer(name="Groenteman Peters B.V.", kvk="90000003", email="peters@groente.example", city="Ede")


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def at(on: str, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day(on), dt.time(hour), DUTCH_TIME)


def states(books) -> list[str]:
    with client_scope(books.client.id):
        return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_a_letter_arrives_once_however_often_the_day_is_run(books):
    books.invoice("2026-0042", "2026-10-01")
    with MailServer() as post:
        for _ in range(3):
            run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        (message,) = post.messages
    assert message["To"] == '"Bakkerij De Korenaar B.V." <boekhouding@korenaar.example>'
    assert "2026-0042" in message.get_body(("plain",)).get_content()
    assert states(books) == ["sent"]
    with client_scope(books.client.id):
        assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
            "accepted",
            "step",
            "letter_sent",
        ]


@pytest.mark.requirement("DUN-22")
def test_pdf_mail_and_text_say_the_same(books):
    books.invoice("2026-0042", "2026-06-15", payable="1234.56")
    with MailServer() as post:
        for on in ("2026-06-16", "2026-07-31"):
            run_day(day(on), at(on), post.settings, [books.client.id])
        notice = post.messages[-1]
    text = notice.get_body(("plain",)).get_content()
    (pdf,) = notice.iter_attachments()
    document = pypdfium2.PdfDocument(pdf.get_content())
    printed = "".join(page.get_textpage().get_text_range() for page in document)
    flat = printed.replace("\xa0", " ")
    for said in (
        "2026-0042",
        "1.250,61",
        "5,15",
        "10,90",
        "NL20 INGB 0001 2345 67",
        "10,15",
        "10,40",
        "7 augustus 2026",
    ):
        assert said in flat, said
        assert said in text.replace("\xa0", " "), said


def test_a_refused_address_is_seen_and_the_others_still_get_theirs(books):
    books.invoice("2026-0042", "2026-10-01")
    books.invoice("2026-0043", "2026-10-01", customer=GROCER)
    with MailServer({BAKERY.email: "550 5.1.1 No such user"}) as post:
        report = run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        assert report.mail == {"refused": 1, "sent": 1}
        run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        assert len(post.messages) == 1
    with client_scope(books.client.id):
        refused = Event.objects.get(kind="letter_refused")
        assert refused.facts["answer"] == "550 5.1.1 No such user"


def test_a_server_that_is_down_loses_nothing(books):
    books.invoice("2026-0042", "2026-10-01")
    with MailServer() as gone:
        unreachable = gone.settings
    report = run_day(day("2026-10-02"), at("2026-10-02"), unreachable, [books.client.id])
    assert report.mail == {"queued": 1}
    with MailServer() as post:
        assert deliver(books.client.id, day("2026-10-02"), at("2026-10-02", 11), post.settings) == {"sent": 1}


def test_a_mail_in_doubt_is_sent_again_under_the_same_message_id(books):
    books.invoice("2026-0042", "2026-10-01")
    with MailServer() as post:
        run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        with client_scope(books.client.id):
            # As it stands after a kill between the mail and its outcome.
            Delivery.objects.update(state="sending", changed_at=at("2026-10-02"))
        assert deliver(books.client.id, day("2026-10-02"), at("2026-10-02"), post.settings) == {}
        assert deliver(books.client.id, day("2026-10-02"), at("2026-10-02", 11), post.settings) == {"sent": 1}
        assert list(post.message_ids.values()) == [2]


def test_a_debtor_without_mail_gets_his_letter_by_post(books):
    books.invoice(
        "2026-0042", "2026-10-01", customer=Customer(name="Zonder Mail B.V.", kvk="90000004", city="Ede")
    )
    with MailServer() as post:
        run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        assert post.messages == []
    assert states(books) == ["by_post"]


@pytest.mark.requirement("BEY-03")
def test_who_pays_between_writing_and_sending_gets_no_letter(books):
    paid = books.invoice("2026-0042", "2026-10-01")
    other = books.invoice("2026-0043", "2026-10-01")
    run_day(day("2026-10-02"), at("2026-10-02"), None, [books.client.id])
    books.pay(paid, "2026-10-02", "1210.00")
    with MailServer() as post:
        assert deliver(books.client.id, day("2026-10-02"), at("2026-10-02"), post.settings) == {}
        report = run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        assert (report.withdrawn, report.closed) == (1, 1)
        (message,) = post.messages
    text = message.get_body(("plain",)).get_content()
    assert "2026-0043" in text
    assert "2026-0042" not in text
    assert states(books) == ["withdrawn", "sent"]
    with client_scope(books.client.id):
        assert list(Step.objects.values_list("invoice_id", flat=True)) == [other]


@pytest.mark.requirement("BEY-03")
def test_a_dispute_between_writing_and_sending_stops_the_letter_and_its_interest(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with MailServer() as post:
        run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        run_day(day("2026-10-15"), at("2026-10-15"), None, [books.client.id])
        with client_scope(books.client.id):
            debtor = Invoice.objects.get(id=invoice).debtor_id
            open_holds(
                books.client.id,
                [NewHold(debtor, "dispute", "niet geleverd", "Anna", day("2026-10-15"), "d", invoice)],
                NOW,
            )
        run_day(day("2026-10-15"), at("2026-10-15"), post.settings, [books.client.id])
        assert len(post.messages) == 1
    with client_scope(books.client.id):
        assert Schedule.objects.get().waits_for == "dispute"
        assert ClaimComponent.objects.filter(withdrawn_on=None).count() == 0
        assert Letter.objects.count() == 2


@pytest.mark.requirement("ASK-17")
@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2026-11-20T07:59:59", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20T17:59:59", "2026-11-20T17:59:59"),
        ("2026-11-20T18:00:00", "2026-11-23T08:00:00"),
        ("2026-11-22T12:00:00", "2026-11-23T08:00:00"),
        ("2026-12-24T18:30:00", "2026-12-28T08:00:00"),
    ],
)
def test_letters_leave_on_working_days_in_working_hours_dutch_time(moment, leaves):
    given = dt.datetime.fromisoformat(moment).replace(tzinfo=DUTCH_TIME)
    assert next_sending_moment(given.astimezone(dt.UTC)) == dt.datetime.fromisoformat(leaves).replace(
        tzinfo=DUTCH_TIME
    )


@pytest.mark.requirement("ASK-17")
def test_a_letter_written_in_the_evening_waits_for_the_morning(books):
    books.invoice("2026-0042", "2026-10-01")
    with MailServer() as post:
        run_day(day("2026-10-02"), at("2026-10-02", 19), post.settings, [books.client.id])
        assert post.messages == []
        deliver(books.client.id, day("2026-10-05"), at("2026-10-05", 7), post.settings)
        assert post.messages == []
        deliver(books.client.id, day("2026-10-05"), at("2026-10-05", 8), post.settings)
        assert len(post.messages) == 1
    assert books.letters()[0].total_due == Decimal("1210.00")


@pytest.mark.requirement("DUN-09")
def test_no_notice_follows_a_reminder_that_never_left(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02", mail_leaves=False)
    assert books.run("2026-10-15", mail_leaves=False).waits == {"not_delivered": 1}


def test_a_refused_mail_goes_by_post_and_the_next_step_waits_until_it_was_posted(books):
    books.invoice("2026-0042", "2026-10-01")
    with MailServer({BAKERY.email: "550 5.1.1 No such user"}) as post:
        run_day(day("2026-10-02"), at("2026-10-02"), post.settings, [books.client.id])
        assert states(books) == ["refused", "by_post"]
        report = run_day(day("2026-10-15"), at("2026-10-15"), post.settings, [books.client.id])
        assert report.waits == {"not_delivered": 1}
        with client_scope(books.client.id):
            letter = Letter.objects.get()
            # It asks payment by 9 October: posted on that day it gives no time to pay.
            with pytest.raises(Refused) as refused:
                mark_posted(books.client.id, letter.id, day("2026-10-09"), "Anna", NOW)
            assert (refused.value.code, refused.value.refusals[0].limit) == ("posted-too-late", "2026-10-08")
            assert mark_posted(books.client.id, letter.id, day("2026-10-08"), "Anna", NOW)
            assert not mark_posted(books.client.id, letter.id, day("2026-10-08"), "Anna", NOW)
        report = run_day(day("2026-10-16"), at("2026-10-16"), post.settings, [books.client.id])
        assert report.letters == {"formal_notice": 1}


@pytest.mark.requirement("DUN-10")
def test_the_fourteen_days_count_from_the_day_the_letter_really_left(books):
    books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    books.run("2026-10-02")
    books.run("2026-10-19", mail_leaves=False)
    books.send("2026-10-21")
    # Sent Wednesday 21 October, presumed delivered Friday 23: the days are 24 October to 6 November.
    assert books.run("2026-11-05").waits == {"term_runs": 1}
    assert books.run("2026-11-09").steps == {"hand_over": 1}
    with client_scope(books.client.id):
        assert ClaimComponent.objects.get(kind="costs").amount == Decimal("150.00")


@pytest.mark.requirement("ASK-17")
def test_a_letter_of_a_day_to_come_waits_for_that_day():
    assert leaves_from(day("2026-10-05"), at("2026-10-02", 9)) == at("2026-10-05", 8)
    assert leaves_from(day("2026-10-02"), at("2026-10-05", 9)) == at("2026-10-05", 9)


def test_a_posted_fourteen_day_letter_names_no_date_and_counts_from_the_day_it_was_posted(books):
    books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=replace(PERSON, email=None))
    books.run("2026-10-02")
    books.run("2026-10-19", mail_leaves=False)
    with client_scope(books.client.id):
        letter = Letter.objects.latest("id")
        assert mark_posted(books.client.id, letter.id, day("2026-10-28"), "Anna", NOW)
    # Posted Wednesday 28 October, presumed delivered Friday 30: the days are 31 October to 13 November.
    assert books.run("2026-11-13").waits == {"term_runs": 1}
    assert books.run("2026-11-16").steps == {"hand_over": 1}


@pytest.mark.requirement("DUN-05")
def test_a_letter_with_a_reminder_and_a_fourteen_day_letter_goes_before_the_reminder_s_date(books):
    person = replace(PERSON, email=None)
    books.invoice("2026-0041", "2026-10-01", customer=person)
    books.run("2026-10-02")
    books.invoice("2026-0042", "2026-10-16", customer=person)
    books.run("2026-10-19", mail_leaves=False)
    with client_scope(books.client.id):
        letter = Letter.objects.latest("id")
        assert letter.pay_by is None
        # The reminder in it asks payment by 2 November.
        with pytest.raises(Refused, match="2026-11-02"):
            mark_posted(books.client.id, letter.id, day("2026-11-02"), "Anna", NOW)
        assert mark_posted(books.client.id, letter.id, day("2026-11-01"), "Anna", NOW)


def test_writing_anew_undoes_the_step_and_its_interest_and_happens_once(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15", mail_leaves=False)
    with client_scope(books.client.id):
        notice = Letter.objects.latest("id")
        assert write_anew(books.client.id, [notice.id], day("2026-10-20"), "Anna", NOW) == 1
        assert write_anew(books.client.id, [notice.id], day("2026-10-20"), "Anna", NOW) == 0
        assert not mark_posted(books.client.id, notice.id, day("2026-10-16"), "Anna", NOW)
        assert ClaimComponent.objects.filter(withdrawn_on=None).count() == 0
    assert books.run("2026-10-20").letters == {"formal_notice": 1}
    assert books.letters()[-1].pay_by == day("2026-10-27")
    with client_scope(books.client.id):
        assert ClaimComponent.objects.get(invoice_id=invoice, withdrawn_on=None).kind == "interest"
        sent = Letter.objects.latest("id")
        assert write_anew(books.client.id, [sent.id], day("2026-10-20"), "Anna", NOW) == 0


@pytest.mark.requirement("BEY-03")
@pytest.mark.parametrize(("on", "state"), [("2026-10-05", "sent"), ("2026-10-06", "withdrawn")])
def test_a_mail_waits_three_days_at_most(books, on, state):
    books.invoice("2026-0042", "2026-10-01")
    run_day(day("2026-10-02"), at("2026-10-02"), None, [books.client.id])
    with MailServer() as post:
        run_day(day(on), at(on), post.settings, [books.client.id])
    assert states(books)[0] == state


@pytest.mark.requirement("ASK-06")
def test_a_letter_that_waited_too_long_is_written_anew_with_right_dates(books):
    books.invoice("2026-0042", "2026-10-01")
    run_day(day("2026-10-02"), at("2026-10-02"), None, [books.client.id])
    with MailServer() as post:
        report = run_day(day("2026-10-12"), at("2026-10-12"), post.settings, [books.client.id])
        assert (report.withdrawn, report.letters) == (1, {"reminder": 1})
        assert len(post.messages) == 1
    assert books.letters()[-1].pay_by == day("2026-10-19")
    assert states(books) == ["withdrawn", "sent"]


@pytest.mark.requirement("ASK-13")
def test_the_strict_letter_goes_to_whoever_is_named_for_it_and_the_reminder_does_not(books):
    invoice = books.invoice("2026-0042", "2026-06-15")
    with client_scope(books.client.id):
        (debtor,) = Schedule.objects.filter(invoice_id=invoice).values_list("debtor_id", flat=True)
        for role, name in (("follow_up", "Fatma"), ("escalation", "Directeur Dirk")):
            email = f"{name.split()[0].lower()}@korenaar.example"
            add_contact(books.client.id, debtor, ContactFacts(role, name, email, ""))
    with MailServer() as post:
        for on in ("2026-06-16", "2026-06-29"):
            run_day(day(on), at(on), post.settings, [books.client.id])
    assert [message["To"] for message in post.messages] == [
        "Fatma <fatma@korenaar.example>",
        "Directeur Dirk <directeur@korenaar.example>",
    ]
    assert [letter.recipient.attention for letter in books.letters()] == ["Fatma", "Directeur Dirk"]
