"""E-invoices from the invoice's page: who may see the invoice gets them, they say what it says, and a no gives its reasons."""

import pytest

from inbaar.intake.readers import read_invoice
from inbaar.intake.reading import as_json
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.web.downloads import LONGEST_NAME, file_name
from tests.conftest import make_client
from tests.dunning.scenario import Administration
from tests.web.conftest import BACKEND, logged_in
from tests.web.seeding import user

ALIKE = ("number", "issue_date", "due_date", "currency", "net", "vat", "total", "payable", "credit_note", "supplier", "customer")  # fmt: skip
ORIGINALS = """
    SELECT r.invoice_id, d.content FROM intake_reading r
    JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id
    WHERE r.invoice_id IS NOT NULL AND r.format = 'ubl' AND r.outcome = 'accepted' ORDER BY r.id
"""


def test_every_market_invoice_says_in_both_files_what_it_said(olga, books):
    with client_scope(books.client_id):
        originals = fetch(ORIGINALS)
    kinds = set()
    for invoice_id, content in originals[:40]:
        before = read_invoice(bytes(content), "x")
        kinds.add(before.credit_note)
        written = olga.get(f"/invoices/{invoice_id}/e-invoice.xml")
        assert (written.status_code, written["Content-Type"]) == (200, "application/xml")
        assert read_invoice(written.content, "x").found == before.found
    assert kinds == {True, False}
    for invoice_id, content in originals[:6]:
        pdf = olga.get(f"/invoices/{invoice_id}/e-invoice.pdf")
        assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
        told, before = (as_json(read_invoice(each, "x")) for each in (pdf.content, bytes(content)))
        assert {name: told[name] for name in ALIKE} == {name: before[name] for name in ALIKE}


def test_the_page_offers_both_and_they_are_downloads_named_by_the_number(victor, books):
    with client_scope(books.client_id):
        ((invoice_id, number),) = fetch("SELECT id, number FROM receivables_invoice ORDER BY id LIMIT 1")
    page = victor.get(f"/invoices/{invoice_id}/").content.decode()
    for ending in ("xml", "pdf"):
        path = f"/invoices/{invoice_id}/e-invoice.{ending}"
        assert f'href="{path}"' in page
        disposition = victor.get(path)["Content-Disposition"]
        assert disposition == f'attachment; filename="{file_name(f"{number}.{ending}")}"'


@pytest.mark.parametrize("ending", ["xml", "pdf"])
def test_another_client_s_invoice_is_not_here(olga, books, ending):
    assert olga.get(f"/invoices/{books.other_invoice_id}/e-invoice.{ending}").status_code == 404
    bob = logged_in("bob")
    bob.post("/client/", {"client": books.other_client_id})
    assert bob.get(f"/invoices/{books.invoices[0]}/e-invoice.{ending}").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Een e-factuur vermeldt de btw per tarief"), ("en", "An e-invoice tells the VAT by rate")],
)
def test_what_is_lacking_is_said_on_the_invoice_s_page(db, monkeypatch, language, words):
    from django.test import Client

    monkeypatch.setenv("INBAAR_TODAY", "2026-09-01")
    client = make_client("Van Dijk Techniek B.V.", "90000001")
    invoice_id = Administration(client).invoice("F-1", "2026-10-01")
    browser = Client()
    browser.force_login(user("anna", (client.id, "viewer"), language=language), backend=BACKEND)
    browser.cookies["inbaar_language"] = language
    for ending in ("xml", "pdf"):
        answer = browser.get(f"/invoices/{invoice_id}/e-invoice.{ending}", follow=True)
        assert answer.redirect_chain == [(f"/invoices/{invoice_id}/", 302)]
        assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("F-2026-001", "F-2026-001"),
        ('a"; b\r\nX: y', "a___b__X__y"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("...", "_"),
        ("N" * 100, "N" * 80),
        ("Füße", "F__e"),
        ("2026.0042", "2026.0042"),
    ],
)
def test_a_number_is_made_fit_for_a_file_s_name_and_its_ending_stays(number, name):
    assert file_name(number) == name
    assert file_name(f"{number}.xml") == f"{name[: LONGEST_NAME - 4]}.xml"
