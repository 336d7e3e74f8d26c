"""Sending an invoice to its debtor: seen first, sent once with its own file, kept as every letter is, and then in the run."""

import datetime as dt
import re

import pytest
from django.test import Client as Visitor

from inbaar.daily import deliver
from inbaar.doors import take_in_files
from inbaar.dunning.withdrawing import withdraw_outdated
from inbaar.intake.models import Reading
from inbaar.issuing.actions import send_invoice
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import DUTCH_TIME, now
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery, Enclosure, Letter
from inbaar.parties.models import Contact
from inbaar.proofs import prove_books
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.receivables.drafts import Customer
from inbaar.receivables.models import Dispatch, Event, Invoice, Title
from tests.conftest import make_client
from tests.dunning.scenario import NOW, Administration, day
from tests.intake.documents import cii, pdf, ubl
from tests.intake.test_reviewing import invoice_page
from tests.letters.mail_server import MailServer
from tests.web.test_not_sent import not_sent, upload
from tests.web.test_pages import plain
from tests.web.test_review import browser_of, typed

pytestmark = pytest.mark.django_db
TODAY = "2026-03-10"
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=DUTCH_TIME)


@pytest.fixture
def seller(db, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    return make_client("Zaagmolen B.V.", "59581883")


@pytest.fixture
def eva(seller):
    return browser_of("eva", (seller.id, "bookkeeper"))


def taken_in(browser, client, content: bytes) -> int:
    """One invoice that is yet to be sent; its debtor has an address."""
    upload(browser, content, unsent="1")
    with client_scope(client.id):
        invoice = Invoice.objects.get()
        Contact.objects.filter(debtor_id=invoice.debtor_id).delete()
        Contact.objects.create(
            client_id=client.id, debtor_id=invoice.debtor_id, role="invoice", email="inkoop@tuin.example"
        )
        return int(invoice.id)


def preview(browser, invoice_id: int) -> tuple[str, dict[str, str]]:
    page = browser.get(f"/invoices/{invoice_id}/send/")
    assert page.status_code == 200, page
    return plain(page), {"seal": typed(page)["seal"]}


def send(browser, invoice_id: int, form: dict[str, str]):
    return browser.post(f"/invoices/{invoice_id}/send/", form)


def delivered(client, post: MailServer, on: str = TODAY):
    # A letter is written at the real moment, so it leaves some days after that, whatever the day of the books.
    deliver(client.id, day(on), now() + dt.timedelta(days=7), post.settings)
    return post.messages


@pytest.mark.requirement("FAC-21")
@pytest.mark.parametrize(
    ("content", "types"),
    [
        (ubl().encode(), ["application/pdf", "application/xml"]),
        (cii().encode(), ["application/pdf", "application/xml"]),
        (pdf(("factur-x.xml", cii().encode())), ["application/pdf"]),
    ],
    ids=["ubl", "cii", "facturx"],
)
def test_it_is_sent_with_its_own_file_once_and_then_goes_the_way_of_every_invoice(
    seller, eva, content, types
):
    invoice_id = taken_in(eva, seller, content)
    page = plain(eva.get(f"/invoices/{invoice_id}/"))
    assert "De debiteur heeft deze factuur nog niet" in page
    assert "een soort die wordt gekocht: nog niet verzonden" in page
    shown, form = preview(eva, invoice_id)
    assert "Hierbij ontvangt u factuur F-2026-001" in shown
    assert "inkoop@tuin.example" in shown
    first = eva.get(f"/invoices/{invoice_id}/send/1/")
    assert first["Content-Type"] == "application/pdf"
    assert send(eva, invoice_id, form)["Location"] == f"/invoices/{invoice_id}/"
    assert not_sent(seller) == {"F-2026-001"}
    send(eva, invoice_id, form)
    with MailServer() as post:
        (message,) = delivered(seller, post)
        delivered(seller, post)
        assert len(post.messages) == 1
    files = list(message.iter_attachments())
    assert [file.get_content_type() for file in files] == types
    assert [file.get_filename() for file in files] == ["F-2026-001.pdf", "F-2026-001.xml"][: len(types)]
    assert content in [file.get_payload(decode=True) for file in files]
    assert files[0].get_payload(decode=True) == first.content
    assert message["Subject"].startswith("Factuur F-2026-001 van Zaagmolen B.V.")
    assert message["X-Inbaar-Letter-Kind"] == "invoice"
    body = message.get_body(("plain",)).get_content()
    assert "woensdag 1 april 2026" in body
    assert "BEREKENING" not in body
    with client_scope(seller.id):
        row = Dispatch.objects.get()
        assert (row.sent_on, row.sent_by, row.letter) == (
            day(TODAY),
            "inkoop@tuin.example",
            Letter.objects.get().id,
        )
        kept = list(Enclosure.objects.order_by("place"))
        assert [bytes(each.content) for each in kept] == [file.get_payload(decode=True) for file in files]
    page = plain(eva.get(f"/invoices/{invoice_id}/"))
    assert "Factuur naar de debiteur verzonden, met brief" in page
    assert "een soort die wordt gekocht: verzonden en nog niet vervallen" in page
    letter = eva.get(f"/letters/{row.letter}/")
    assert "F-2026-001.pdf" in plain(letter)
    assert eva.get(f"/letters/{row.letter}/files/1/").content == first.content
    assert eva.get(f"/letters/{row.letter}.pdf").content.startswith(b"%PDF")
    assert all(proof.holds for proof in prove_books(seller.id))
    books = Administration(seller)
    assert books.run("2026-04-01").steps == {}
    assert books.run("2026-04-02").steps == {"reminder": 1}
    assert all(proof.holds for proof in prove_books(seller.id))


def test_a_page_that_was_read_goes_along_as_it_is_with_the_e_invoice(seller, eva, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", "2026-06-20")
    content = invoice_page()
    upload(eva, content, unsent="1")
    with client_scope(seller.id):
        reading = Reading.objects.get()
    values = typed(eva.get(f"/documents/{reading.id}/"))
    said = {"number": "ZM-77/12", "supplier.vat": "NL004495445B01", "customer.kvk": "12345678", "sent": "no",
            "customer.country": "NL", "customer.email": "inkoop@jansen.example"}  # fmt: skip
    assert eva.post(f"/documents/{reading.id}/", {**values, **said}).status_code == 302
    with client_scope(seller.id):
        invoice_id = Invoice.objects.get().id
    shown, _ = preview(eva, invoice_id)
    assert "De vervaldatum op de factuur is dichtbij: 29 jun 2026" in shown
    assert eva.get(f"/invoices/{invoice_id}/send/1/").content == content
    assert b"<cbc:ID>ZM-77/12" in eva.get(f"/invoices/{invoice_id}/send/2/").content


def test_by_post_it_counts_from_the_day_it_was_posted(seller, eva):
    invoice_id = taken_in(eva, seller, ubl().encode())
    with client_scope(seller.id):
        Contact.objects.all().delete()
    shown, form = preview(eva, invoice_id)
    assert "dus dit gaat per post" in shown
    send(eva, invoice_id, form)
    with client_scope(seller.id):
        letter_id = Letter.objects.get().id
        assert Delivery.objects.get().state == "by_post"
    assert not_sent(seller) == {"F-2026-001"}
    eva.post(f"/letters/{letter_id}/posted/", {"on": TODAY})
    with client_scope(seller.id):
        assert (Dispatch.objects.get().sent_on, not_sent(seller)) == (day(TODAY), set())
    assert all(proof.holds for proof in prove_books(seller.id))


def test_held_back_before_it_left_it_is_not_sent_and_can_be_sent_again(seller, eva):
    invoice_id = taken_in(eva, seller, ubl().encode())
    send(eva, invoice_id, preview(eva, invoice_id)[1])
    with client_scope(seller.id):
        letter_id = Letter.objects.get().id
    eva.post(f"/letters/{letter_id}/anew/")
    with client_scope(seller.id):
        assert Delivery.objects.get().state == "withdrawn"
        assert Dispatch.objects.get().letter is None
    with MailServer() as post:
        assert delivered(seller, post) == []
        send(eva, invoice_id, preview(eva, invoice_id)[1])
        assert len(delivered(seller, post)) == 1
    assert not_sent(seller) == set()
    assert all(proof.holds for proof in prove_books(seller.id))


def test_paid_before_it_left_it_is_held_back_and_not_sent(seller, eva):
    invoice_id = taken_in(eva, seller, ubl().encode())
    send(eva, invoice_id, preview(eva, invoice_id)[1])
    Administration(seller).pay(invoice_id, TODAY, "42.00")
    assert withdraw_outdated(seller.id, day(TODAY), NOON) == 1
    with MailServer() as post:
        assert delivered(seller, post) == []
    assert not_sent(seller) == {"F-2026-001"}
    shown, _ = preview(eva, invoice_id)
    assert "€ 200,00" in shown.replace("\u00a0", " ")
    with client_scope(seller.id):
        assert fetch("SELECT count(*) FROM dunning_step") == [(0,)]


def test_what_changed_since_it_was_shown_is_shown_again_and_not_sent(seller, eva):
    invoice_id = taken_in(eva, seller, ubl().encode())
    _, form = preview(eva, invoice_id)
    Administration(seller).pay(invoice_id, TODAY, "42.00")
    answer = send(eva, invoice_id, form)
    assert answer.status_code == 409
    assert "Er is iets veranderd sinds u keek" in plain(answer)
    assert send(eva, invoice_id, {}).status_code == 409
    with client_scope(seller.id):
        assert Letter.objects.count() == 0


def test_what_may_not_be_sent_says_why(seller, eva):
    invoice_id = taken_in(eva, seller, ubl().encode())
    with client_scope(seller.id):
        debtor = Invoice.objects.get().debtor_id
        open_holds(seller.id, [NewHold(debtor, "pause", "r", "o", day(TODAY), "h")], NOW)
    answer = eva.get(f"/invoices/{invoice_id}/send/", follow=True)
    assert "en dan gaat er niets uit" in plain(answer)
    with client_scope(seller.id), pytest.raises(Refused, match="hold"):
        send_invoice(seller.id, invoice_id, "eva", day(TODAY), NOW)
    plainly = Administration(seller).invoice("F-9", "2026-04-01")
    assert "was al verzonden" in plain(eva.get(f"/invoices/{plainly}/send/", follow=True))
    late = Administration(seller).invoice("F-10", "2026-04-01", unsent=True)
    assert "kwam zonder PDF" in plain(eva.get(f"/invoices/{late}/send/", follow=True))


def test_a_claim_that_was_sold_goes_with_papers_that_name_who_must_be_paid(seller, eva):
    content = pdf(("factur-x.xml", cii().encode()))
    invoice_id = taken_in(eva, seller, content)
    with client_scope(seller.id):
        title = Title.objects.get()
        title.period = (title.period.lower, day("2026-03-05"))
        title.save(update_fields=["period"])
        Title.objects.create(
            client_id=seller.id, invoice_id=invoice_id, owner_name="Factor Noord N.V.", owner_kvk="90000009",
            payee_iban="NL20INGB0001234567", period=(day("2026-03-05"), None), deed="akte", notified_on=day("2026-03-05"),
        )  # fmt: skip
    shown, _ = preview(eva, invoice_id)
    assert "Factor Noord N.V." in shown
    written = eva.get(f"/invoices/{invoice_id}/send/1/").content
    assert written != content
    assert b"NL20INGB0001234567" in eva.get(f"/invoices/{invoice_id}/send/2/").content


def test_a_copy_that_came_by_mail_never_goes_along(seller, eva):
    """Anybody can mail a copy that says the same and names an account of his own."""
    invoice_id = Administration(seller).invoice(
        "F-2026-001", "2026-04-01", payable="242.00", unsent=True, issue_date=day("2026-03-02"),
        customer=Customer("Tuin & Zn. V.O.F.", kvk="12345678"),
    )  # fmt: skip
    copy = pdf(("factur-x.xml", cii().encode()))
    (result,) = take_in_files(seller.id, [("f.pdf", copy)], day(TODAY), now(), "mail")
    assert (result.outcome, result.invoice_id) == ("known", invoice_id)
    assert "kwam zonder PDF" in plain(eva.get(f"/invoices/{invoice_id}/send/", follow=True))


def test_who_may_do_what(seller, eva):
    invoice_id = taken_in(eva, seller, ubl().encode())
    other = make_client("Ander B.V.", "90000008")
    bob = browser_of("bob", (other.id, "owner"))
    victor = browser_of("victor", (seller.id, "viewer"))
    _, form = preview(eva, invoice_id)
    assert bob.get(f"/invoices/{invoice_id}/send/").status_code == 404
    assert bob.post(f"/invoices/{invoice_id}/send/", form).status_code == 404
    assert bob.get(f"/invoices/{invoice_id}/send/1/").status_code == 404
    assert bob.post(f"/invoices/{invoice_id}/sent/", {"on": TODAY}).status_code == 404
    assert victor.post(f"/invoices/{invoice_id}/send/", form).status_code == 403
    assert victor.post(f"/invoices/{invoice_id}/sent/", {"on": TODAY}).status_code == 403
    assert "Versturen" not in plain(victor.get(f"/invoices/{invoice_id}/send/")).split("Wat er uitgaat")[1]
    with client_scope(seller.id):
        assert Letter.objects.count() == 0


def test_a_client_who_sent_it_himself_says_when(seller, eva):
    invoice_id = taken_in(eva, seller, ubl().encode())
    for wrong in ("", "gisteren", "2026-03-01", "2026-03-11"):
        assert eva.post(f"/invoices/{invoice_id}/sent/", {"on": wrong}).status_code == 400
    assert eva.post(f"/invoices/{invoice_id}/sent/", {"on": "2026-03-03"}).status_code == 302
    page = plain(eva.get(f"/invoices/{invoice_id}/"))
    assert "op 3 mrt 2026, door" in page
    assert eva.post(f"/invoices/{invoice_id}/sent/", {"on": "2026-03-04"}).status_code == 400
    with client_scope(seller.id):
        assert Event.objects.filter(kind="invoice_sent").count() == 1


@pytest.mark.requirement("UI-15")
def test_the_mail_of_an_invoice_bears_a_link_that_its_preview_only_has_a_place_for(seller, eva, monkeypatch):
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    invoice_id = taken_in(eva, seller, ubl().encode())
    shown, form = preview(eva, invoice_id)
    assert "https://inbaar.example/pay/xxxx-xxxx-xxxx-xxxx/" in shown
    assert eva.get("/pay/xxxx-xxxx-xxxx-xxxx/").status_code == 404
    assert send(eva, invoice_id, form)["Location"] == f"/invoices/{invoice_id}/"
    with MailServer() as post:
        (message,) = delivered(seller, post)
    text = message.get_body(("plain",)).get_content()
    (path,) = re.findall(r"https://inbaar\.example(/pay/[0-9a-z-]+/)", text)
    assert "xxxx" not in path
    with client_scope(seller.id):
        letter, invoice = Letter.objects.get(), Invoice.objects.get(id=invoice_id)
    assert path in letter.content["pay_link"]
    page = Visitor().get(path).context["page"]
    assert (page.total, [line.number for line in page.lines]) == (invoice.open_amount, [invoice.number])
    assert page.total == letter.total
