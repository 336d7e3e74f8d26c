"""The link in each letter: the same in its mail, its PDF and its archive, and it pays exactly what that letter asks."""

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest
from django.test import Client as Visitor

from inbaar.banking.actions import import_statement_file, match_new_entries
from inbaar.banking.models import PaymentBundle
from inbaar.banking.pay_links import letter_link
from inbaar.daily import deliver, run_day
from inbaar.dunning.composing import Planned, prepare_letters
from inbaar.dunning.policy import DEFAULT_POLICY
from inbaar.dunning.withdrawing import write_anew
from inbaar.kit.bulk import fetch, run
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery, Letter
from inbaar.letters.text import UNBROKEN, letter_text
from inbaar.parties.rules import Capacity
from inbaar.proofs import prove_books
from inbaar.receivables.actions import Customer, NewHold, open_holds
from tests.banking.camt import Line, camt_file
from tests.debtor_statements.test_statements import Books
from tests.dunning.scenario import NOW, PERSON, day
from tests.letters.mail_server import MailServer
from tests.sql_watch import statements
from tests.web.conftest import logged_in
from tests.web.seeding import user
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
D = Decimal
SITE = "https://inbaar.example"
LINK = re.compile(rf"{SITE}(/pay/[0-9a-z-]+/)")
REMINDED, NOTICED = "2026-10-02", "2026-10-15"
A_REMINDER = Planned(DEFAULT_POLICY.lane(Capacity.BUSINESS).steps[0])


def at(on: str) -> dt.datetime:
    return dt.datetime.combine(day(on), dt.time(10), DUTCH_TIME)


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("INBAAR_ORIGINS", f"{SITE}/,https://other.example")


@pytest.fixture
def books(client_a, site, monkeypatch):
    made = Books(client_a)
    made.today = lambda on: monkeypatch.setenv("INBAAR_TODAY", on)
    return made


def sent(books, *days) -> list:
    """Run these days with a mail server; gives the mails that left."""
    with MailServer() as post:
        for on in days:
            run_day(day(on), at(on), post.settings, [books.client.id])
            books.today(on)
        return post.messages


def told(message) -> str:
    return message.get_body(("plain",)).get_content()


def printed(message) -> str:
    (pdf,) = message.iter_attachments()
    document = pypdfium2.PdfDocument(pdf.get_content())
    return "".join(page.get_textpage().get_text_range() for page in document)


def path_in(text: str) -> str:
    (path,) = set(LINK.findall(text))
    return path


def seen(path: str):
    answer = Visitor().get(path)
    assert answer.status_code == 200
    return answer


def lefts(answer) -> dict[str, Decimal]:
    return {line.number: line.left for line in answer.context["page"].lines}


@pytest.mark.requirement("UI-15", "DUN-22")
def test_each_letter_bears_its_own_link_alike_in_mail_pdf_and_archive(books):
    """A reminder and a notice of a business, a reminder and a 14-day letter of a consumer: four letters, four links."""
    books.invoice("2026-001", "2026-10-01")
    books.invoice("2026-002", "2026-10-01", customer=PERSON)
    messages = sent(books, REMINDED, NOTICED, "2026-10-19")
    assert len(messages) == 4
    paths = [path_in(told(message)) for message in messages]
    assert len(set(paths)) == 4
    for message, path in zip(messages, paths, strict=True):
        assert f"{SITE}{path}" in printed(message)
        assert f'href="{SITE}{path}"' in message.get_body(("html",)).get_content()
    assert sorted(path_in(content.pay_link) for content in books.letters()) == sorted(paths)
    user("anna", (books.client.id, "owner"))
    with client_scope(books.client.id):
        ids = list(Letter.objects.values_list("id", flat=True))
    shown = {path_in(plain(logged_in("anna").get(f"/letters/{number}/"))) for number in ids}
    assert shown == set(paths)


@pytest.mark.requirement("UI-15")
def test_the_link_of_a_notice_pays_its_interest_too_and_comes_back_divided(books):
    """1,210 due 1 October, noticed on 15 October with interest: paid on its page to the cent, nothing is left."""
    first = books.invoice("2026-001", "2026-10-01")
    second = books.invoice("2026-002", "2026-10-01", payable="300.00")
    messages = sent(books, REMINDED, NOTICED)
    notice = books.letters()[-1]
    assert notice.interest_due > 0
    answer = seen(path_in(told(messages[-1])))
    page = answer.context["page"]
    assert lefts(answer) == {item.invoice_number: item.total for item in notice.items}
    assert (page.total, page.iban) == (notice.total_due, "NL20INGB0001234567")
    assert f"EUR{notice.total_due}".rstrip("0") in page.payload
    entry = Line(str(notice.total_due), reference=page.reference, day=day(NOTICED))
    import_statement_file(books.client.id, camt_file([entry]), "a.xml", NOW)
    match_new_entries(books.client.id, day(NOTICED), NOW)
    assert (books.open(first), books.open(second)) == (0, 0)
    assert "Dit is allemaal betaald" in plain(seen(path_in(told(messages[-1]))))
    assert [proof.name for proof in prove_books(books.client.id) if not proof.holds] == []


@pytest.mark.requirement("UI-15")
def test_what_is_paid_or_disputed_meanwhile_is_not_asked_and_a_later_letter_does_not_raise_an_older_link(
    books,
):
    first = books.invoice("2026-001", "2026-10-01", payable="100.00")
    second = books.invoice("2026-002", "2026-10-01", payable="250.00")
    books.invoice("2026-003", "2026-10-01", payable="70.00")
    messages = sent(books, REMINDED)
    books.pay(first, REMINDED, "100.00")
    hold = NewHold(books.debtor(second), "dispute", "wrong", "Olga", day(REMINDED), "1", second)
    with client_scope(books.client.id):
        open_holds(books.client.id, [hold], NOW)
    path = path_in(told(messages[0]))
    assert lefts(seen(path)) == {"2026-001": D(0), "2026-002": D(0), "2026-003": D(70)}
    later = sent(books, NOTICED)
    assert lefts(seen(path))["2026-003"] == D(70)
    assert lefts(seen(path_in(told(later[0]))))["2026-003"] > D(70)


@pytest.mark.requirement("UI-15")
def test_the_link_of_a_sold_claim_leads_to_its_buyer_and_one_sold_since_to_nobody(books):
    books.invoice("2026-001", "2026-10-01")
    (before,) = sent(books, REMINDED)
    with client_scope(books.client.id):
        run("UPDATE receivables_title SET period = daterange(lower(period), '2026-10-05')")
        run(
            "INSERT INTO receivables_title (client_id, invoice_id, owner_name, owner_kvk, payee_iban, period, deed, notified_on) "
            "SELECT client_id, invoice_id, 'Factor N.V.', '', 'NL91ABNA0417164300', '[2026-10-05,)', 'sale', '2026-10-05' "
            "FROM receivables_title"
        )
    (after,) = sent(books, NOTICED)
    page = seen(path_in(told(after))).context["page"]
    assert (page.holder, page.iban, page.own) == ("Factor N.V.", "NL91ABNA0417164300", False)
    old = seen(path_in(told(before)))
    assert (old.context["page"].why_not, old.context["page"].iban) == ("changed", "")
    assert "NL20" not in plain(old)


@pytest.mark.requirement("UI-15")
@pytest.mark.parametrize("opened", [False, True])
def test_the_link_of_a_letter_that_was_taken_back_is_dead_though_it_was_opened_before(books, opened):
    books.invoice(
        "2026-001", "2026-10-01", customer=Customer(name="Zonder Mail B.V.", kvk="90000004", city="Ede")
    )
    run_day(day(REMINDED), at(REMINDED), None, [books.client.id])
    books.today(REMINDED)
    with client_scope(books.client.id):
        number = Letter.objects.get().id
    path = path_in(letter_link(books.client.id, number))
    if opened:
        assert lefts(seen(path)) == {"2026-001": D(1210)}
    with client_scope(books.client.id):
        assert write_anew(books.client.id, [number], day(REMINDED), "Olga", NOW) == 1
    answer = Visitor().get(path)
    assert answer.status_code == 410
    assert "ingetrokken" in plain(answer)
    assert "2026-001" not in plain(answer)
    with client_scope(books.client.id):
        assert PaymentBundle.objects.count() == opened


def test_the_link_of_a_mail_that_came_back_is_dead_too(books):
    books.invoice("2026-001", "2026-10-01")
    (message,) = sent(books, REMINDED)
    seen(path_in(told(message)))
    with client_scope(books.client.id):
        Delivery.objects.update(state="bounced")
    assert Visitor().get(path_in(told(message))).status_code == 410


@pytest.mark.requirement("UI-15")
def test_a_link_ends_ninety_days_after_the_last_day_its_letter_names(books):
    """A reminder of 2 October asks payment by 9 October: its link is good up to 7 January."""
    books.invoice("2026-001", "2026-10-01")
    (message,) = sent(books, REMINDED)
    path = path_in(told(message))
    books.today("2027-01-07")
    seen(path)
    books.today("2027-01-08")
    answer = Visitor().get(path)
    assert answer.status_code == 410
    assert "2026-001" not in plain(answer)


def test_a_letter_of_one_client_is_not_found_under_another(books, client_b):
    books.invoice("2026-001", "2026-10-01")
    sent(books, REMINDED)
    with client_scope(books.client.id):
        number = Letter.objects.get().id
    for client, found in ((client_b.id, number), (books.client.id, number + 1), (client_b.id, 0)):
        assert Visitor().get(path_in(letter_link(client, found))).status_code == 404
    with client_scope(client_b.id):
        assert fetch("SELECT count(*) FROM banking_paymentbundle") == [(0,)]


@pytest.mark.requirement("UI-15")
def test_without_an_address_a_letter_has_no_link_and_is_otherwise_the_same(books, monkeypatch):
    steps = {books.invoice("2026-001", "2026-10-01"): A_REMINDER}

    def prepared():
        with client_scope(books.client.id):
            (letter,) = prepare_letters(books.client.id, steps, day(REMINDED)).letters
        assert letter_link(books.client.id, letter.id) == letter.content.pay_link
        return replace(letter.content, letter_number="1")

    linked = prepared()
    monkeypatch.delenv("INBAAR_ORIGINS")
    unlinked = prepared()
    assert linked.pay_link
    assert linked.page_link
    assert unlinked == replace(linked, pay_link="", page_link="")
    lines = letter_text(linked, UNBROKEN).splitlines()
    places = [n for n, line in enumerate(lines) if SITE in line]
    assert len(places) == 2
    without = [line for n, line in enumerate(lines) if n not in places and n + 1 not in places]
    assert letter_text(unlinked, UNBROKEN).splitlines() == without


def test_links_cost_no_statement_and_opening_one_a_few(books, monkeypatch):
    ids = [books.invoice(f"2026-{n:03}", "2026-10-01") for n in range(1, 9)]
    steps = dict.fromkeys(ids, A_REMINDER)
    with client_scope(books.client.id):
        with statements() as linked:
            prepare_letters(books.client.id, steps, day(REMINDED))
        monkeypatch.delenv("INBAAR_ORIGINS")
        with statements() as unlinked:
            prepare_letters(books.client.id, steps, day(REMINDED))
    assert linked.texts == unlinked.texts
    assert linked.writes == []


def test_a_mail_that_is_sent_again_bears_the_same_link(books):
    books.invoice("2026-001", "2026-10-01")
    with MailServer() as gone:
        unreachable = gone.settings
    run_day(day(REMINDED), at(REMINDED), unreachable, [books.client.id])
    books.today(REMINDED)
    with MailServer() as post:
        deliver(books.client.id, day(REMINDED), at(REMINDED) + dt.timedelta(hours=1), post.settings)
        (message,) = post.messages
    assert f"{SITE}{path_in(told(message))}" == books.letters()[0].pay_link
