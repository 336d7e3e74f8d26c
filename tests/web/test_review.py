"""The review screen: what was read beside its page, doubtful values first, put right and taken in one after another."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from inbaar.intake.models import Reading
from inbaar.intake.readers import read_invoice
from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Invoice
from tests.conftest import make_client
from tests.intake.pages import page_pdf
from tests.intake.test_reviewing import SELLER, invoice_page
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_pages import plain


@pytest.fixture
def seller(db, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", "2026-07-01")
    return make_client(SELLER, "59581883")


def browser_of(name, *places):
    browser = Client()
    browser.force_login(user(name, *places), backend=BACKEND)
    return browser


@pytest.fixture
def eva(seller):
    return browser_of("eva", (seller.id, "bookkeeper"))


def upload(browser, *contents):
    files = [SimpleUploadedFile(f"factuur-{place}.pdf", content) for place, content in enumerate(contents, 1)]
    return browser.post("/upload/", {"files": files})


def readings(client):
    with client_scope(client.id):
        return list(Reading.objects.order_by("id"))


def typed(page):
    """The form as it stands on the page, as a browser would send it back."""
    html = page.content.decode()
    values = {}
    for tag in re.findall(r"<input[^>]+>", html):
        if found := re.search(r'name="([^"]+)"', tag):
            value = re.search(r'value="([^"]*)"', tag)
            values[found[1]] = value[1] if value else ""
    values.pop("csrfmiddlewaretoken", None)
    values.pop("q", None)
    return {**values, "kind": "invoice"}


def test_doubtful_values_come_first_and_each_has_its_place_on_the_page(seller, eva):
    upload(eva, invoice_page())
    (reading,) = readings(seller)
    page = eva.get(f"/documents/{reading.id}/")
    html = page.content.decode()
    names = re.findall(r'<(?:input|select)[^>]* name="([a-z_.]+)"', html)
    assert (
        next(name for name in names if name not in ("q", "csrfmiddlewaretoken", "language", "next"))
        == "number"
    )
    assert "niet gelezen" in html
    assert re.search(r'<rect class="spot[^"]*" data-for="id_total" x="[\d.]+" y="[\d.]+"', html)
    picture = eva.get(f"/documents/{reading.id}/page/1/")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture.content.startswith(b"\x89PNG")
    assert eva.get(f"/documents/{reading.id}/page/2/").status_code == 404


def test_what_is_typed_is_taken_in_and_the_next_one_follows(seller, eva):
    upload(eva, invoice_page(), invoice_page("ZM-90/12"))
    first, second = readings(seller)
    values = typed(eva.get(f"/documents/{first.id}/"))
    assert values["total"] == "242,00"
    answer = eva.post(f"/documents/{first.id}/", {**values, "number": "ZM-77/12"})
    assert answer["Location"] == f"/documents/{second.id}/"
    assert "ZM-77/12 is ingelezen" in plain(eva.get(answer["Location"]))
    with client_scope(seller.id):
        assert Invoice.objects.get().number == "ZM-77/12"
    last = eva.post(
        f"/documents/{second.id}/", {**typed(eva.get(f"/documents/{second.id}/")), "number": "ZM-90/12"}
    )
    assert last["Location"] == "/upload/"


def test_amounts_stand_as_the_language_of_the_page_writes_them_and_come_back_unchanged(seller, eva):
    upload(eva, invoice_page())
    (reading,) = readings(seller)
    eva.post("/language/", {"language": "en"})
    values = typed(eva.get(f"/documents/{reading.id}/"))
    assert (values["net"], values["total"]) == ("200.00", "242.00")
    eva.post(f"/documents/{reading.id}/", {**values, "number": "ZM-77/12"})
    with client_scope(seller.id):
        assert str(Invoice.objects.get().payable) == "242.00"
        assert Reading.objects.get().corrected == {"number": "ZM-77/12"}


def test_what_is_wrong_is_said_at_its_field_and_keeps_what_was_typed(seller, eva):
    upload(eva, invoice_page())
    (reading,) = readings(seller)
    values = typed(eva.get(f"/documents/{reading.id}/"))
    wrong = {
        "number": "",
        "total": "veel",
        "issue_date": "gisteren",
        "currency": "EURO",
        "customer.city": "Ede",
    }
    answer = eva.post(f"/documents/{reading.id}/", {**values, **wrong})
    text = plain(answer)
    assert answer.status_code == 400
    for words in (
        "Dit is nodig om de factuur te kunnen inlezen.",
        "“veel” is geen bedrag; schrijf 1234,56.",
        "“gisteren” is geen datum; schrijf 2026-11-22.",
        "“EURO” is geen munt; schrijf EUR.",
    ):
        assert words in text
    assert 'value="veel"' in answer.content.decode()
    with client_scope(seller.id):
        assert not Invoice.objects.exists()


def test_what_was_read_from_a_page_is_not_taken_in_unseen(seller, eva):
    upload(eva, invoice_page("ZM-77/12", label="Factuurnummer"))
    (reading,) = readings(seller)
    assert (reading.outcome, reading.number) == ("review", "ZM-77/12")  # nothing lacks, and yet nobody looked
    answer = eva.post(f"/documents/{reading.id}/accept/")
    assert answer["Location"] == f"/documents/{reading.id}/"
    with client_scope(seller.id):
        assert not Invoice.objects.exists()


def test_it_was_taken_in_by_somebody_else_meanwhile(seller, eva):
    upload(eva, invoice_page())
    (reading,) = readings(seller)
    values = {**typed(eva.get(f"/documents/{reading.id}/")), "number": "ZM-77/12"}
    eva.post(f"/documents/{reading.id}/", values)
    again = eva.post(f"/documents/{reading.id}/", values)
    assert "Dit document wacht niet meer; er is niets veranderd." in plain(eva.get(again["Location"]))
    with client_scope(seller.id):
        assert Invoice.objects.count() == 1


def test_a_viewer_looks_and_another_client_does_not_see_it_at_all(seller, eva):
    upload(eva, invoice_page())
    (reading,) = readings(seller)
    viewer = browser_of("victor", (seller.id, "viewer"))
    page = viewer.get(f"/documents/{reading.id}/")
    assert page.status_code == 200
    assert 'name="number"' not in page.content.decode()
    assert viewer.post(f"/documents/{reading.id}/", {"number": "1"}).status_code == 403
    stranger = browser_of("bob", (make_client("Anders B.V.", "90000002").id, "owner"))
    assert stranger.get(f"/documents/{reading.id}/").status_code == 404
    assert stranger.get(f"/documents/{reading.id}/page/1/").status_code == 404
    assert stranger.post(f"/documents/{reading.id}/", {"number": "1"}).status_code == 404


def zero_page() -> bytes:
    """An invoice without VAT that does not say why."""
    return page_pdf(
        (50, 790, SELLER), (50, 775, "Molenweg 1"), (50, 760, "1541 NA Koog aan de Zaan"), (50, 745, "KvK 59581883"),
        (50, 730, "IBAN NL91ABNA0417164300"), (50, 715, "Btw-id NL004495445B01"),
        (50, 690, "Factuur aan"), (50, 675, "Bakkerij Jansen B.V."), (50, 660, "Dorpsstraat 3"), (50, 645, "1234 AB Ede"),
        (50, 600, "FACTUUR"),
        (50, 580, "Factuurnummer"), (150, 580, "F-12"), (50, 565, "Factuurdatum"), (150, 565, "15-06-2026"),
        (50, 550, "Vervaldatum"), (150, 550, "29-06-2026"),
        (50, 500, "Subtotaal"), (300, 500, "\u20ac 200,00"), (50, 485, "BTW 0%"), (300, 485, "\u20ac 0,00"),
        (50, 470, "Totaal te betalen"), (300, 470, "\u20ac 200,00"),
    )  # fmt: skip


def test_why_there_is_no_vat_is_asked_and_goes_into_the_e_invoice_with_the_customer_s_references(seller, eva):
    upload(eva, zero_page())
    (reading,) = readings(seller)
    path = f"/documents/{reading.id}/"
    page = eva.get(path)
    assert "Waarom er geen btw is" in plain(page)
    values = {
        **typed(page), "customer.vat": "NL123456789B13", "customer.kvk": "12345678", "customer.country": "NL",
        "order_reference": "PO-7", "buyer_reference": "Inkoop 3",
    }  # fmt: skip
    refused = eva.post(path, {**values, "vat_category": "E"})
    assert refused.status_code == 400
    assert "Zeg waarom de factuur is vrijgesteld" in plain(refused)
    assert eva.post(path, {**values, "vat_category": "O"}).status_code == 400
    assert eva.post(path, {**values, "vat_category": "AE"}).status_code == 302
    with client_scope(seller.id):
        invoice_id = Invoice.objects.get().id
    content = eva.get(f"/invoices/{invoice_id}/e-invoice.xml").content
    assert b"<cbc:TaxExemptionReasonCode>VATEX-EU-AE<" in content
    sent = read_invoice(content).found
    assert (sent["order_reference"], sent["buyer_reference"]) == ("PO-7", "Inkoop 3")
    assert sent["customer.vat"] == "NL123456789B13"


def test_with_vat_nobody_is_asked_why_there_is_none(seller, eva):
    upload(eva, invoice_page())
    (reading,) = readings(seller)
    assert "Waarom er geen btw is" not in plain(eva.get(f"/documents/{reading.id}/"))


def alike(seller, eva, number="ZM-77/12"):
    """A document that waits because an invoice of its number and amount is here; that invoice and the document."""
    upload(eva, invoice_page("ZM-77/12"))
    (first,) = readings(seller)
    eva.post(f"/documents/{first.id}/", {**typed(eva.get(f"/documents/{first.id}/")), "number": "ZM-77/12"})
    upload(eva, invoice_page("later", total="242,00"))
    second = readings(seller)[-1]
    values = {
        **typed(eva.get(f"/documents/{second.id}/")),
        "number": number,
        "issue_date": "2026-06-16",
    }
    answer = eva.post(f"/documents/{second.id}/", values)
    assert answer.status_code == 400
    assert "Al aanwezig: factuur ZM-77/12 van 15 jun 2026" in plain(answer)
    with client_scope(seller.id):
        return Invoice.objects.get(), second, values


def test_a_typed_number_that_is_taken_can_be_kept_under_one_of_its_own(seller, eva):
    _first, document, values = alike(seller, eva)
    page = eva.get(f"/documents/{document.id}/")
    assert "Het lijkt op een factuur die er al is" in plain(page)
    wrong = eva.post(f"/documents/{document.id}/", {**values, "how": "another", "own_number": "iets"})
    assert wrong.status_code == 400
    assert "moet beginnen met ZM-77/12" in plain(wrong)
    eva.post(f"/documents/{document.id}/", {**values, "how": "another", "own_number": "ZM-77/12 (2)"})
    with client_scope(seller.id):
        made = Invoice.objects.get(number="ZM-77/12 (2)")
    page = plain(eva.get(f"/invoices/{made.id}/"))
    assert "Nummer op papier ZM-77/12" in page
    assert "Het is een andere factuur dan die met hetzelfde nummer. Door Eva." in page


def test_a_document_may_be_the_invoice_that_is_here_or_come_in_its_place(seller, eva):
    first, document, values = alike(seller, eva)
    answer = eva.post(f"/documents/{document.id}/", {**values, "how": "instead"}, follow=True)
    assert answer.status_code == 200
    with client_scope(seller.id):
        first.refresh_from_db()
        (new,) = Invoice.objects.filter(withdrawn_on=None)
        assert (first.withdrawn_on.isoformat(), new.number) == ("2026-07-01", "ZM-77/12")
        with connection.cursor() as cursor:
            cursor.execute("SELECT invoice_id, stage = 'closed' FROM dunning_schedule ORDER BY invoice_id")
            assert cursor.fetchall() == [(first.id, True), (new.id, False)]
    assert "Factuur ZM-77/12 kwam ervoor in de plaats." in plain(eva.get(f"/invoices/{first.id}/"))


def test_a_document_that_is_the_same_leads_to_its_invoice(seller, eva):
    first, document, values = alike(seller, eva)
    answer = eva.post(f"/documents/{document.id}/", {**values, "how": "same"})
    assert answer["Location"] == f"/invoices/{first.id}/"
    assert "Het document hoort nu bij deze factuur" in plain(eva.get(answer["Location"]))
    with client_scope(seller.id):
        assert Invoice.objects.count() == 1
