"""Proof of delivery on the screens: attached, asked for, overdue, and served to who may see the invoice only."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbaar.kit.scope import client_scope
from inbaar.receivables.models import Evidence, EvidenceRequest
from tests.dunning.scenario import Administration
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
TODAY, PDF = "2026-09-28", b"%PDF-1.7\nwerkbon"


@pytest.fixture
def books(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    return Administration(client_a)


@pytest.fixture
def invoice(books):
    return books.invoice("F-1", "2026-09-20")


def browser_of(name, *places):
    browser = Client()
    browser.force_login(user(name, *places), backend=BACKEND)
    return browser


@pytest.fixture
def eva(books):
    return browser_of("eva", (books.client.id, "bookkeeper"))


def attach(browser, invoice, *files, kind="packing_slip"):
    chosen = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(f"/invoices/{invoice}/evidence/", {"files": chosen, "kind": kind}, follow=True)


def ask(browser, invoice, due="2026-10-12", kind="any", token="t1"):
    asked = {"kind": kind, "reason": "de debiteur kreeg niets", "due_on": due, "token": token}
    return browser.post(f"/invoices/{invoice}/evidence/ask/", asked, follow=True)


def one(books, model):
    with client_scope(books.client.id):
        return model.objects.get()


@pytest.mark.requirement("FAC-15")
def test_files_are_attached_and_come_back_as_they_are_and_powerless(books, invoice, eva):
    page = plain(
        attach(eva, invoice, ("bon één.pdf", PDF), ("mail.eml", b"From: a@b.nl\nDate: x\n\nAlles is er"))
    )
    assert "2 bestanden toegevoegd." in page
    assert "Bewijs toegevoegd: pakbon" in page
    assert "deze bestanden waren al toegevoegd" in plain(attach(eva, invoice, ("x.pdf", PDF))).lower()
    with client_scope(books.client.id):
        number = Evidence.objects.get(name="bon één.pdf").id
    answer = eva.get(f"/invoices/{invoice}/evidence/{number}/")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''bon%20%C3%A9%C3%A9n.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([("x.pdf", b"<svg onload=alert(1)>")], "x.pdf kan geen bewijs zijn. Neem een pdf"),
        ([("goed.pdf", PDF), ("x.png", b"<html>")], "x.png kan geen bewijs zijn"),
        ([], "Er is geen bestand gekozen"),
    ],
)
def test_what_is_no_proof_is_refused_and_changes_nothing(books, invoice, eva, files, told):
    answer = attach(eva, invoice, *files)
    assert answer.status_code == 400
    assert told in plain(answer)
    with client_scope(books.client.id):
        assert not Evidence.objects.exists()


@pytest.mark.requirement("REG-10")
def test_what_is_asked_stands_under_the_deadlines_and_past_its_day_on_the_overview(
    books, invoice, eva, monkeypatch
):
    page = plain(ask(eva, invoice))
    assert "Gevraagd voor 12 okt 2026; tot dan staat het bij de termijnen." in page
    assert (
        page.count("Bewijs moet er zijn: bewijs van levering") == 2
    )  # on the timeline and under the deadlines
    assert "bewijs te laat" not in plain(eva.get("/"))
    monkeypatch.setenv("INBAAR_TODAY", "2026-10-13")
    assert "1 factuur waarvan het bewijs te laat is" in plain(eva.get("/"))
    listed = plain(eva.get("/invoices/?need=evidence-late"))
    assert "F-1" in listed
    attach(eva, invoice, ("bon.pdf", PDF))
    assert one(books, EvidenceRequest).evidence_id == one(books, Evidence).id
    assert "bewijs te laat" not in plain(eva.get("/"))
    assert "Bewijs moet er zijn" not in plain(eva.get(f"/invoices/{invoice}/"))


def test_a_form_sent_twice_asks_once_and_a_day_that_is_past_is_refused(books, invoice, eva):
    ask(eva, invoice)
    ask(eva, invoice)
    assert one(books, EvidenceRequest).due_on == dt.date(2026, 10, 12)
    answer = ask(eva, invoice, due="2026-09-27", token="t2")
    assert answer.status_code == 400
    assert "Deze dag is vandaag of later" in plain(answer)
    assert one(books, EvidenceRequest).reason == "de debiteur kreeg niets"


def test_it_is_taken_off_and_no_longer_asked(books, invoice, eva):
    ask(eva, invoice)
    attach(eva, invoice, ("bon.pdf", PDF))
    number = one(books, Evidence).id
    page = plain(eva.post(f"/invoices/{invoice}/evidence/{number}/remove/", follow=True))
    assert "Weggehaald. Wat het bewees, wordt weer gevraagd." in page
    assert "Bewijs moet er zijn: bewijs van levering" in page
    assert eva.get(f"/invoices/{invoice}/evidence/{number}/").status_code == 404
    asked = one(books, EvidenceRequest).id
    page = plain(eva.post(f"/invoices/{invoice}/requests/{asked}/withdraw/", follow=True))
    assert "Het wordt niet meer gevraagd." in page
    assert "Bewijs moet er zijn" not in page
    assert eva.post(f"/invoices/{invoice}/requests/{asked}/withdraw/").status_code == 404


def test_it_is_served_only_to_who_may_see_the_invoice(books, invoice, eva, client_b):
    attach(eva, invoice, ("bon.pdf", PDF))
    number = one(books, Evidence).id
    other = books.invoice("F-2", "2026-09-20")
    path = f"/invoices/{invoice}/evidence/{number}/"
    stranger = browser_of("bob", (client_b.id, "owner"))
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}remove/").status_code == 404
    assert attach(stranger, invoice, ("x.pdf", PDF)).status_code == 404
    assert eva.get(f"/invoices/{other}/evidence/{number}/").status_code == 404
    assert Client().get(path).status_code == 302
    viewer = browser_of("victor", (books.client.id, "viewer"))
    assert viewer.get(path).status_code == 200
    page = plain(viewer.get(f"/invoices/{invoice}/"))
    assert "bon.pdf" in page
    assert "Weghalen" not in page
    assert "Bewijs vragen" not in page


def test_an_invoice_that_is_paid_is_not_overdue_for_proof(books, invoice, eva, monkeypatch):
    ask(eva, invoice)
    books.pay(invoice, "2026-09-28", "1210.00")
    monkeypatch.setenv("INBAAR_TODAY", "2026-10-13")
    assert "bewijs te laat" not in plain(eva.get("/"))
