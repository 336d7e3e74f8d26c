"""What a debtor says on his page, told in dated days: what it stops, until when, and what goes on meanwhile."""

from decimal import Decimal

import pytest

from inbaar.banking.pay_links import pay_token
from inbaar.debtor_page.models import PageMail, Reply, ReplyFile
from inbaar.debtor_statements.actions import Asked, ask_statements, write_waiting
from inbaar.debtor_statements.models import AccountStatement
from inbaar.debtor_statements.paying import make_pay_link
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.letters.bouncing import mark_bad_address
from inbaar.parties.models import Contact
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.receivables.models import EvidenceFile, Hold, Invoice
from inbaar.register.facts import arrears_of
from inbaar.web.visits import VISITS
from tests.banking.camt import Line
from tests.debtor_page.books import PDF
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day
from tests.letters.mail_server import MailServer

pytestmark = pytest.mark.django_db
D = Decimal
#: Due on a Thursday: a reminder the day after, and (to a business) a notice on 15 October.
DUE, REMINDED, NOTICED = "2026-10-01", "2026-10-02", "2026-10-15"
TOLD = "2026-10-05"


def page_of(books, invoice, on=TOLD):
    """The page of an invoice's debtor on a day, by a link of that day."""
    books.today(on)
    return books.path(books.debtor(invoice), on)


def kept(books):
    """How much is kept: replies, files, holds, mails."""
    with client_scope(books.client.id):
        return [model.objects.count() for model in (Reply, ReplyFile, EvidenceFile, Hold, PageMail)]


@pytest.mark.requirement("BEY-22", "UI-06", "ASK-08", "UI-16")
def test_a_disputed_invoice_rests_on_the_spot_and_the_others_go_on(books):
    """Two of 1,210 reminded on 2 October; one is disputed on the 5th: the notice of the 15th asks the other alone."""
    first = books.invoice("2026-001", DUE)
    books.invoice("2026-002", DUE)
    books.run(REMINDED)
    path = page_of(books, first)
    answer = books.dispute(path, first, ("foto.pdf", PDF))
    (reply,) = books.replies()
    assert answer["Location"] == f"{path}receipts/{reply.number}/"
    assert books.holds() == [("dispute", None, None)]
    with client_scope(books.client.id):
        (hold,) = Hold.objects.all()
    # Ten working days from Monday 5 October.
    assert (hold.solve_by, reply.answer_by, reply.effect) == (day("2026-10-19"), day("2026-10-19"), "held")
    assert hold.reason == "Niet of niet alles geleverd: Er ontbraken twee dozen."
    books.run(NOTICED)
    assert [[item.invoice_number for item in letter.items] for letter in books.letters()] == [
        ["2026-001", "2026-002"],
        ["2026-002"],
    ]
    assert books.open(first) == D("1210.00")  # it stays in the totals
    page = books.visitor.get(path).content.decode()
    assert "Dit is betwist" in page
    assert reply.number in page


@pytest.mark.requirement("BEY-22", "UI-06")
def test_a_dispute_found_wrong_goes_on_with_the_step_that_would_have_come(books):
    """Disputed on 5 October, found wrong on Tuesday the 20th: the notice of the 15th leaves on that day, and he is told."""
    first = books.invoice("2026-001", DUE)
    books.run(REMINDED)
    path = page_of(books, first)
    books.dispute(path, first)
    (reply,) = books.replies()
    books.run("2026-10-19")
    assert len(books.asked()) == 1
    assert books.decide(reply.id, "wrong", "2026-10-20", words="De pakbon is getekend.")
    assert books.holds() == []
    books.run("2026-10-20")
    assert [kind for kind, _ in books.asked()] == ["reminder", "formal_notice"]
    assert [kind for kind, *_ in books.mails()] == ["receipt", "answer"]
    books.today("2026-10-20")
    receipt = books.visitor.get(f"{path}receipts/{reply.number}/").content.decode()
    assert "De factuur klopt" in receipt
    assert "De pakbon is getekend." in receipt
    assert not books.decide(reply.id, "right", "2026-10-21")  # decided once
    assert books.holds() == []


@pytest.mark.requirement("UI-06")
def test_a_dispute_found_right_or_partly_right_stays_held_that_far(books):
    """Of 1,210 he disputes 310. Right for 200: the 200 stay held, and the notice asks 1,010."""
    first, second = books.invoice("2026-001", DUE), books.invoice("2026-002", DUE, customer=PERSON)
    books.run(REMINDED)
    path, other = page_of(books, first), page_of(books, second)
    books.dispute(path, first, amount="310,00")
    books.dispute(other, second)
    mine, his = books.replies()
    assert books.holds() == [("dispute", D("310.00"), None), ("dispute", None, None)]
    books.decide(mine.id, "partly", "2026-10-14", agreed="200.00")
    books.decide(his.id, "right", "2026-10-14")
    assert books.holds() == [("dispute", None, None), ("dispute", D("200.00"), None)]
    books.run(NOTICED)
    notice = books.letters()[-1]
    assert (notice.items[0].disputed, notice.items[0].open_principal) == (D("200.00"), D("1010.00"))
    assert len(books.letters()) == 3  # two reminders and one notice: the consumer's invoice rests


@pytest.mark.requirement("ASK-08")
def test_of_a_part_in_dispute_every_route_asks_the_rest(books):
    """310 of 1,210 disputed before the reminder: letter, payment page, own page and statement all ask 900; the register nothing."""
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first, "2026-10-01")
    books.dispute(path, first, amount="310,00")
    books.run(REMINDED)
    assert books.asked() == [("reminder", D("900.00"))]
    books.today(REMINDED)
    with client_scope(books.client.id):
        reference = make_pay_link(books.client.id, first, day(REMINDED))
        debtor = books.debtor(first)
        asked = Asked("k", "open", day(REMINDED), None, False, ((debtor, "EUR"),))
        ask_statements(books.client.id, asked, "Olga", day(REMINDED), NOW)
        write_waiting(books.client.id, day(REMINDED), NOW)
        (statement,) = AccountStatement.objects.all()
        assert arrears_of(books.client.id, [first], day(REMINDED))[first].arrear.disputed
    paying = books.visitor.get(f"/pay/{pay_token(books.client.id, reference)}/").context["page"]
    own = books.visitor.get(path)
    assert (paying.total, own.context["page"].asked, statement.asked) == (
        D("900.00"),
        [("EUR", D("900.00"))],
        D("900.00"),
    )
    assert statement.closing == D("1210.00")
    books.pay(first, "2026-10-05", "900.00")
    books.run(NOTICED)
    assert len(books.asked()) == 1  # what is left is the disputed part


@pytest.mark.requirement("BEY-22")
def test_who_says_that_he_paid_is_left_in_peace_for_five_working_days_and_no_longer(books):
    """Reminded on 2 October, told on Wednesday the 14th: rests up to and including Wednesday the 21st; the notice leaves on the 22nd."""
    first = books.invoice("2026-001", DUE)
    books.run(REMINDED)
    path = page_of(books, first, "2026-10-14")
    answer = books.say(
        path,
        "paid",
        ("afschrift.pdf", PDF),
        invoice=first,
        paid_on="2026-10-13",
        account="NL20 INGB 0001 2345 67",
        words="",
        said_by="",
    )
    assert books.holds() == [("pause", None, day("2026-10-21"))]
    assert "Tot en met 21\u00a0oktober\u00a02026" in books.visitor.get(answer["Location"]).content.decode()
    for on in (NOTICED, "2026-10-21"):
        books.run(on)
    assert len(books.asked()) == 1
    books.run("2026-10-22")
    assert [kind for kind, _ in books.asked()] == ["reminder", "formal_notice"]
    # Saying it again does not stop it again; a month after the first time it does, once more.
    path = page_of(books, first, "2026-10-23")
    books.say(path, "paid", invoice=first, paid_on="2026-10-13", words="nog een keer", said_by="")
    assert [each.effect for each in books.replies()] == ["held", "again"]
    books.today("2026-11-12")
    books.say(path, "paid", invoice=first, paid_on="2026-10-13", words="weer", said_by="")
    books.today("2026-11-13")
    books.say(path, "paid", invoice=first, paid_on="2026-10-13", words="en weer", said_by="")
    assert [each.effect for each in books.replies()] == ["held", "again", "again", "held"]
    assert books.holds()[-1] == ("pause", None, day("2026-11-20"))


@pytest.mark.requirement("BEY-22")
def test_what_the_statement_shows_closes_what_was_said(books):
    """Told on 14 October; on the 16th the money is on a statement: the message is settled by the day's run, and nobody need look."""
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first, "2026-10-14")
    books.say(path, "paid", invoice=first, paid_on="2026-10-13", words="", said_by="")
    books.money("2026-10-16", Line("1210.00", "2026-001", day=day("2026-10-15")))
    assert books.open(first) == 0
    books.days("2026-10-16")
    (reply,) = books.replies()
    assert (reply.verdict, reply.decided_by, reply.decided_on) == ("settled", "", day("2026-10-16"))
    books.days("2026-10-16", "2026-10-19")
    assert len(books.events("reply_decided")) == 1
    assert [kind for kind, *_ in books.mails()] == ["receipt"]


def test_a_payment_that_a_person_found_rests_until_it_is_matched(books):
    """Told on 14 October, found on the 23rd, two days after its rest was over: it rests again, without a last day."""
    first = books.invoice("2026-001", DUE)
    books.run(REMINDED)
    path = page_of(books, first, "2026-10-14")
    books.say(path, "paid", invoice=first, paid_on="2026-10-13", words="", said_by="")
    books.decide(books.replies()[0].id, "right", "2026-10-23")
    assert books.holds() == [("pause", None, None)]
    books.run("2026-12-01")
    assert [kind for kind, _ in books.asked()] == ["reminder"]


@pytest.mark.requirement("BEY-22")
@pytest.mark.parametrize(("kind", "hold"), [("address", "pause"), ("person", "dispute")])
def test_where_the_address_or_the_person_is_wrong_nothing_is_sent_until_somebody_looked(books, kind, hold):
    """Said on 5 October: no letter and no mail at all leaves; decided on the 20th that it was right, and all goes on."""
    first = books.invoice("2026-001", DUE)
    books.invoice("2026-002", "2026-10-08")
    books.run(REMINDED, mail_leaves=False)  # a letter that waits to be sent
    path = page_of(books, first)
    books.say(path, "complaint", words="Ik ben boos.", said_by="")
    books.say(path, kind, words="Hij woont hier niet meer.", said_by="")
    assert books.holds() == [(hold, None, None)]
    assert books.mails() == [("receipt", BAKERY.email, "withdrawn")]
    with MailServer() as post:
        books.days("2026-10-06", NOTICED, post=post)
        assert post.messages == []
        with client_scope(books.client.id):
            asked = Asked("k", "open", day(NOTICED), None, True, ((books.debtor(first), "EUR"),))
            ask_statements(books.client.id, asked, "Olga", day(NOTICED), NOW)
            write_waiting(books.client.id, day(NOTICED), NOW)
            assert AccountStatement.objects.get().address == ""
        reply = books.replies()[-1]
        assert reply.answer_by == day("2026-10-07")
        books.decide(reply.id, "wrong", "2026-10-20")
        books.days("2026-10-20", "2026-10-21", post=post)
        assert {message["To"].addresses[0].addr_spec for message in post.messages} == {BAKERY.email}
        assert books.holds() == []


def test_an_address_that_is_anothers_too_or_came_back_before_stays_as_it_was(books):
    first = books.invoice("2026-001", DUE)
    second = books.invoice("2026-002", DUE, customer=PERSON)
    with client_scope(books.client.id):
        for invoice, email in (
            (first, "kantoor@delen.example"),
            (second, "KANTOOR@delen.example"),
            (first, "oud@korenaar.example"),
        ):
            debtor = books.debtor(invoice)
            Contact.objects.create(client_id=books.client.id, debtor_id=debtor, role="legal", email=email)
        mark_bad_address(books.client.id, "oud@korenaar.example", "550 5.1.1", day("2026-09-30"))
    books.say(page_of(books, first), "address", words="Nieuwstraat 2", said_by="")
    silenced = "SELECT address, answer FROM letters_badaddress WHERE cleared_on IS NULL ORDER BY 1"
    (reply,) = books.replies()
    with client_scope(books.client.id):
        assert fetch(silenced) == [
            (BAKERY.email, f"page:{reply.number}"),
            ("oud@korenaar.example", "550 5.1.1"),
        ]
    books.decide(reply.id, "settled", "2026-10-07")
    with client_scope(books.client.id):
        assert fetch(silenced) == [("oud@korenaar.example", "550 5.1.1")]


def test_who_is_not_the_debtor_stays_held_and_is_not_mailed(books):
    first = books.invoice("2026-001", DUE)
    books.say(page_of(books, first), "person", words="", said_by="")
    (reply,) = books.replies()
    books.decide(reply.id, "right", "2026-10-06")
    assert (books.holds(), books.mails()) == ([("dispute", None, None)], [])
    books.run(NOTICED)
    assert books.asked() == []


@pytest.mark.requirement("BEY-22")
def test_the_same_said_twice_is_said_once(books):
    """Sent twice, in another window, and played back the same day: one message, one hold, one mail, one receipt."""
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first)
    one = books.dispute(path, first, ("foto.pdf", PDF))
    two = books.dispute(books.path(books.debtor(first), "2026-10-04"), first, ("andere-naam.pdf", PDF))
    assert one["Location"].split("/")[-2] == two["Location"].split("/")[-2]
    assert kept(books) == [1, 1, 1, 1, 1]
    assert len(books.events("debtor_replied")) == 1
    # Other words are another message, but nothing more is held: all of it is disputed already.
    books.dispute(path, first, words="En de kleur is verkeerd.")
    assert kept(books) == [2, 1, 1, 1, 2]
    assert books.replies()[1].effect == "known"


def test_a_reason_that_was_found_wrong_does_not_stop_it_again_but_another_does(books):
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first)
    books.dispute(path, first)
    books.decide(books.replies()[0].id, "wrong", "2026-10-06")
    books.today("2026-10-07")
    books.dispute(path, first, words="Toch niet!")
    assert (books.holds(), books.replies()[1].effect) == ([], "again")
    books.dispute(path, first, reason="price", words="En te duur.")
    assert (books.holds(), books.replies()[2].effect) == ([("dispute", None, None)], "held")


def test_parts_add_up_to_no_more_than_is_open(books):
    """Of 1,210: 1,000 and then 300 is refused, for 210 is left; 210 is taken, and then all of it is disputed."""
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first)
    books.dispute(path, first, amount="1000")
    before = kept(books)
    answer = books.dispute(path, first, amount="300", reason="price")
    assert answer.status_code == 400
    assert "hoogstens 210,00" in answer.content.decode()
    assert kept(books) == before
    books.dispute(path, first, amount="210", reason="price")
    assert [part for _, part, _ in books.holds()] == [D("1000.00"), D("210.00")]
    assert books.dispute(path, first, amount="1", reason="other").status_code == 302
    assert books.replies()[-1].effect == "known"
    books.run(NOTICED)
    assert books.asked() == []


HOSTILE = [
    ("dispute", {"amount": "0"}),
    ("dispute", {"amount": "-5"}),
    ("dispute", {"amount": "1210,01"}),
    ("dispute", {"amount": "1e3000"}),
    ("dispute", {"amount": "0,001"}),
    ("dispute", {"reason": "'; DROP TABLE"}),
    ("dispute", {"reason": ""}),
    ("dispute", {"words": ""}),
    ("dispute", {"words": "x" * 4_001}),
    ("dispute", {"words": "a\0b"}),
    ("dispute", {"said_by": "x" * 101}),
    ("dispute", {"invoice": "0"}),
    ("dispute", {"invoice": "999999999999999999999"}),
    ("paid", {"paid_on": "2026-10-06"}),
    ("paid", {"paid_on": "2026-08-31"}),
    ("paid", {"paid_on": "gisteren"}),
    ("paid", {"paid_on": ""}),
    ("paid", {"paid_on": "2026-10-01", "account": "NL00INGB0000000000"}),
    ("complaint", {"words": "  "}),
    ("address", {"words": ""}),
    ("data", {}),
]


@pytest.mark.parametrize(("kind", "facts"), HOSTILE)
def test_what_is_wrong_is_refused_and_keeps_what_was_typed(books, kind, facts):
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first)
    right = {"invoice": first, "said_by": "Jan Jansen", "words": "iets"}
    if kind == "dispute":
        right |= {"reason": "price"}
    answer = books.say(path, kind, **(right | facts))
    assert answer.status_code == 400
    assert kept(books) == [0, 0, 0, 0, 0]
    assert 'class="error"' in answer.content.decode() or 'class="problem"' in answer.content.decode()
    if "said_by" not in facts:
        assert "Jan Jansen" in answer.content.decode()


FILES = [
    [("virus.pdf", b"MZ\x90\x00\x03")],
    [("plaatje.png", b"<svg onload=alert(1)>")],
    [("pagina.html", b"<html><script>")],
    [("leeg.pdf", b"")],
    [("groot.pdf", b"%PDF" + b"x" * 10_000_000)],
    [(f"{n}.pdf", PDF + str(n).encode()) for n in range(6)],
    [("goed.pdf", PDF), ("fout.zip", b"PK\x03\x04")],
]


@pytest.mark.parametrize("files", FILES)
def test_files_that_are_not_taken_refuse_the_whole_message(books, files):
    first = books.invoice("2026-001", DUE)
    answer = books.dispute(page_of(books, first), first, *files)
    assert answer.status_code == 400
    assert kept(books) == [0, 0, 0, 0, 0]


def test_an_invoice_of_somebody_else_a_settled_one_or_one_not_sent_yet_cannot_be_spoken_of(books, client_b):
    mine, his = books.invoice("2026-001", DUE), books.invoice("2026-002", DUE, customer=PERSON)
    paid, unsent = books.invoice("2026-003", DUE), books.invoice("2026-004", DUE, unsent=True)
    others = Administration(client_b).invoice("B-1", DUE)
    books.pay(paid, "2026-10-02", "1210.00")
    path = page_of(books, mine)
    for invoice in (his, others, paid, unsent):
        assert books.dispute(path, invoice).status_code == 400
        assert (
            books.say(path, "paid", invoice=invoice, paid_on="2026-10-01", words="", said_by="").status_code
            == 400
        )
    assert kept(books)[0] == 0
    page = books.visitor.get(path).content.decode()
    assert "2026-001" in page
    assert not any(number in page for number in ("2026-002", "2026-004", "B-1"))


def test_a_debtor_sends_so_much_in_a_day_and_no_more(books):
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first)
    for n in range(20):
        if n % 10 == 0:
            VISITS.forget()
        assert books.say(path, "complaint", words=f"klacht {n}", said_by="").status_code == 302
    answer = books.say(path, "complaint", words="nog een", said_by="")
    assert answer.status_code in (400, 429)
    assert len(books.replies()) == 20
    VISITS.forget()
    assert books.say(path, "complaint", words="nog een", said_by="").status_code == 400
    books.today("2026-10-06")
    VISITS.forget()
    assert books.say(path, "complaint", words="nog een", said_by="").status_code == 302


def test_words_are_words_on_every_page_and_in_every_mail(books):
    hostile = '<script>alert("x")</script> {{ 7 }} %s {number}\r\nBcc: x@evil.example'
    first = books.invoice("2026-001", DUE)
    path = page_of(books, first)
    receipt = books.dispute(path, first, ("<img src=x>.pdf", PDF), words=hostile, said_by="<b>Jan</b>")[
        "Location"
    ]
    for page in (path, receipt):
        told = books.visitor.get(page).content.decode()
        assert "<script>alert" not in told
        assert "<b>Jan" not in told
        assert "<img src=x" not in told
    with MailServer() as post:
        books.days(TOLD, post=post)
        (mail,) = [message for message in post.messages if "Ontvangstbewijs" in message["Subject"]]
    assert mail["Bcc"] is None
    assert '<script>alert("x")</script> {{ 7 }} %s {number}' in mail.get_content()


def test_a_hold_of_the_desk_shows_without_its_words(books):
    first = books.invoice("2026-001", DUE)
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=first).debtor_id
        hold = NewHold(
            debtor, "pause", "hij liegt altijd", "Olga", day(TOLD), "h", first, until=day("2026-10-30")
        )
        open_holds(books.client.id, [hold], NOW)
    page = books.visitor.get(page_of(books, first)).content.decode()
    assert "hij liegt" not in page
    assert "Olga" not in page
    assert "30 okt 2026" in page.replace("\u00a0", " ")
