"""Mails about debtors' pages: once each, to the known address only, kept as they left; and one's own data in a file."""

import io

import pytest
from openpyxl import load_workbook

from inbaar.debtor_page.deciding import Decision, decide_reply, own_data_of
from inbaar.debtor_page.models import PageMail
from inbaar.debtor_page.returned import take_back_returned_page_mail
from inbaar.debtor_page.sending import send_page_mails
from inbaar.debtor_page.states import MOVES, STATES, after
from inbaar.debtor_page.wording import words_of
from inbaar.jobs import mail_about_pages
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.bouncing import CameBack
from inbaar.letters.parts import Language
from inbaar.letters.smtp import Mailer
from tests.debtor_page.books import PDF, Pages
from tests.dunning.scenario import BAKERY, PERSON, day
from tests.letters.mail_server import MailServer

pytestmark = pytest.mark.django_db
DUE, TOLD = "2026-10-01", "2026-10-05"


@pytest.fixture
def owing(books):
    books.first = books.invoice("2026-001", DUE)
    books.today(TOLD)
    books.his = books.path(books.debtor(books.first), TOLD)
    return books


def mailed(books: Pages, on=TOLD, answers=None, moment=None):
    with MailServer(answers) as post, Mailer(post.settings) as mailer:
        tally = send_page_mails(books.client.id, mailer, day(on), moment or books.at(on))
        return dict(tally), post.messages


@pytest.mark.requirement("BEY-22", "FAC-35")
def test_a_receipt_is_mailed_once_with_all_that_was_said_and_is_on_the_timeline(owing):
    owing.dispute(owing.his, owing.first, ("foto.pdf", PDF), amount="310,00")
    tally, (mail,) = mailed(owing)
    assert tally == {"sent": 1}
    assert mailed(owing) == ({}, [])
    (reply,) = owing.replies()
    text = mail.get_content().replace("\u00a0", " ")
    for told in (
        reply.number,
        "2026-001",
        "€ 310,00",
        "Er ontbraken twee dozen.",
        "foto.pdf",
        "5 oktober 2026 om 10:00",
        "19 oktober 2026",
        "J. de Boer",
        "Het deel dat u niet betwist",
    ):
        assert told in text
    assert mail["To"].addresses[0].addr_spec == BAKERY.email
    assert [event["mail"] for event in owing.events("page_mail_sent")] == ["receipt"]
    with client_scope(owing.client.id):
        assert PageMail.objects.get().text == mail.get_content().replace("\r\n", "\n")


def test_without_an_address_nothing_is_mailed_and_the_page_says_the_same(owing):
    with client_scope(owing.client.id):
        run("DELETE FROM parties_contact")
    answer = owing.dispute(owing.his, owing.first)
    assert owing.mails() == []
    assert owing.visitor.get(answer["Location"]).status_code == 200
    owing.decide(owing.replies()[0].id, "wrong", TOLD)
    assert owing.mails() == []


def test_a_mail_cut_short_goes_again_as_the_same_one_and_a_refused_one_says_so(owing):
    owing.dispute(owing.his, owing.first)
    with client_scope(owing.client.id):
        run("UPDATE debtor_page_pagemail SET state = 'sending', changed_at = %s", [owing.at(TOLD)])
    assert mailed(owing) == ({}, [])  # perhaps it is on its way
    _, (first,) = mailed(owing, "2026-10-06")
    number = first["Message-ID"].split("-")[-1].split("@")[0]
    with client_scope(owing.client.id):
        assert PageMail.objects.get().id == int(number)
    owing.say(owing.his, "complaint", words="hoor eens", said_by="")
    tally, _ = mailed(owing, answers={BAKERY.email: "550 5.1.1 no such user"})
    assert tally == {"refused": 1}
    assert owing.events("page_mail_refused")[0]["answer"].startswith("550")
    owing.say(owing.his, "complaint", words="nog eens", said_by="")
    assert mailed(owing, answers={BAKERY.email: "451 later"})[0] == {"queued": 1}
    assert mailed(owing)[0] == {}  # not within a quarter of an hour
    assert mailed(owing, "2026-10-06")[0] == {"sent": 1}


def test_one_that_comes_back_did_not_arrive_and_its_address_takes_no_mail(owing, client_b):
    owing.dispute(owing.his, owing.first)
    _, (mail,) = mailed(owing)
    at = owing.at("2026-10-06")
    with client_scope(client_b.id):
        assert (
            take_back_returned_page_mail(client_b.id, mail["Message-ID"], "550 weg", day("2026-10-06"), at)
            is None
        )
    with client_scope(owing.client.id):
        told = (owing.client.id, mail["Message-ID"], "550 5.1.1 weg", day("2026-10-06"), at)
        assert take_back_returned_page_mail(*told) == CameBack(mail["Subject"], BAKERY.email)
        assert take_back_returned_page_mail(*told) is None
        assert fetch("SELECT address FROM letters_badaddress") == [(BAKERY.email,)]
    assert owing.mails() == [("receipt", BAKERY.email, "refused")]


def test_the_job_sends_what_waits(owing, monkeypatch):
    owing.dispute(owing.his, owing.first)
    with MailServer() as post:
        for name, value in post.environment.items():
            monkeypatch.setenv(name, value)
        mail_about_pages(owing.client.id)
        mail_about_pages(owing.client.id)
        assert len(post.messages) == 1


@pytest.mark.requirement("BEY-22")
def test_one_s_own_data_go_to_the_known_address_once_a_person_is_sure(owing):
    """Asked on 5 October, due by 5 November; sent on the 12th to the address in the books, with all of him and of nobody else."""
    owing.invoice("2026-009", DUE, customer=PERSON)
    owing.pay(owing.first, "2026-10-02", "210.00")
    owing.dispute(owing.his, owing.first, words="=1+1")
    owing.say(owing.his, "data", sure="on", words="stuur het naar dief@evil.example", said_by="Dief")
    asked = owing.replies()[-1]
    assert asked.answer_by == day("2026-11-05")
    mailed(owing)
    assert mailed(owing)[1] == []  # nothing before a person decided
    assert owing.decide(asked.id, "settled", "2026-10-12")
    _, (mail,) = mailed(owing, "2026-10-12")
    assert mail["To"].addresses[0].addr_spec == BAKERY.email
    (file,) = mail.iter_attachments()
    book = load_workbook(io.BytesIO(file.get_content()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    told = " ".join(str(cell.value) for cell in cells)
    for known in (BAKERY.name, BAKERY.email, "2026-001", "=1+1", "210", asked.number):
        assert known in told
    for others in (PERSON.name, PERSON.email, "2026-009", "Olga"):
        assert others not in told
    assert not any(cell.data_type == "f" for cell in cells)
    assert not owing.decide(asked.id, "wrong", "2026-10-13")


def test_a_file_for_who_has_no_address_is_the_same_and_none_is_sent_where_it_is_not_certain(owing):
    with client_scope(owing.client.id):
        run("DELETE FROM parties_contact")
    owing.say(owing.his, "data", sure="on", words="", said_by="")
    (asked,) = owing.replies()
    owing.decide(asked.id, "settled", "2026-10-12")
    assert owing.mails() == []
    with client_scope(owing.client.id):
        name, content = own_data_of(owing.client.id, owing.said(asked.id), day("2026-10-12"))
    assert name == f"uw-gegevens-{asked.number}.xlsx"
    assert load_workbook(io.BytesIO(content)).sheetnames[1] == "Wie u bent"
    owing.today("2026-10-13")
    owing.say(owing.his, "data", sure="on", words="nog eens", said_by="")
    owing.decide(owing.replies()[-1].id, "wrong", "2026-10-14")
    assert owing.mails() == []


@pytest.mark.parametrize(
    ("kind", "made", "code"),
    [
        ("complaint", Decision("settled", "Olga"), "reply-no-answer"),
        ("complaint", Decision("right", "Olga", None, "ja"), "reply-verdict"),
        ("dispute", Decision("partly", "Olga"), "reply-part"),
        ("dispute", Decision("settled", "Olga"), "reply-verdict"),
        ("dispute", Decision("wrong", "Olga", None, "x" * 4_001), "reply-too-long"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_and_changes_nothing(owing, kind, made, code):
    if kind == "dispute":
        owing.dispute(owing.his, owing.first)
    else:
        owing.say(owing.his, kind, words="klacht", said_by="")
    (reply,) = owing.replies()
    before = owing.holds(), owing.mails()
    with client_scope(owing.client.id), pytest.raises(Refused) as why:
        decide_reply(owing.client.id, reply.id, made, day(TOLD), owing.at(TOLD))
    assert why.value.code == code
    assert (owing.holds(), owing.mails(), owing.replies()[0].verdict) == (*before, "")


@pytest.mark.parametrize("agreed", ["0", "1210.00", "5000"])
def test_a_part_found_right_is_a_part(owing, agreed):
    owing.dispute(owing.his, owing.first)
    with pytest.raises(Refused):
        owing.decide(owing.replies()[0].id, "partly", TOLD, agreed=agreed)


def test_both_languages_have_the_same_words():
    dutch, english = words_of(Language.NL).sections, words_of(Language.EN).sections
    assert {name: set(words) for name, words in dutch.items()} == {
        name: set(words) for name, words in english.items()
    }


def test_every_move_that_is_not_in_the_table_is_a_bug():
    verbs = {verb for _, verb in MOVES}
    for state in STATES:
        for verb in verbs:
            if (state, verb) in MOVES:
                assert after(state, verb) == MOVES[state, verb]
            else:
                with pytest.raises(ValueError, match="cannot"):
                    after(state, verb)
