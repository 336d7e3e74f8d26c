"""The pages of what is written off by two: asked on the entry or the invoice, approved by somebody else, and the limit."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from inbaar.banking.models import BankAccount, Entry, Match
from inbaar.banking.write_offs.models import WriteOffRequest
from inbaar.receivables.models import Payment
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_acts import books_of, eva, post, rows
from tests.web.test_pages import plain
from tests.web.test_settling import known_payer, received, shown

__all__ = ["books_of", "eva", "received"]


@pytest.fixture
def bob(books_of):
    return browser(books_of, "bob", "treasurer")


@pytest.fixture
def olga(books_of):
    return browser(books_of, "olga", "owner")


def browser(books_of, name: str, role: str) -> Client:
    here = Client()
    here.force_login(user(name, (books_of.client.id, role)), backend=BACKEND)
    return here


@pytest.fixture
def short(books_of, received):
    """An invoice of 5,000.00 and 4,600.00 for it, on its page."""
    invoice = books_of.invoice("F-7", "2026-09-20", payable="5000.00", net=Decimal("5000.00"), vat=Decimal(0))
    known_payer(books_of, invoice)
    return invoice, received("4600.00", "zie mail")


def test_a_large_difference_is_asked_by_one_and_approved_by_another(books_of, eva, bob, short):
    invoice, entry = short
    assert "Meer dan € 250,00: er wordt niets geboekt totdat een tweede persoon het goedkeurt." in plain(
        eva.get(f"/bank/entries/{entry.id}/")
    )
    done = post(eva, f"/bank/entries/{entry.id}/settle/", choice=f"rest:{invoice}:goodwill")
    assert "Gevraagd: een tweede persoon keurt het goed" in plain(done)
    assert (books_of.open(invoice), rows(books_of, Match)) == (Decimal("5000.00"), [])
    (asked,) = rows(books_of, WriteOffRequest)
    page = eva.get(f"/bank/entries/{entry.id}/")
    assert (page.context["options"], page.context["may_match"], page.context["may_ignore"]) == (
        [],
        False,
        False,
    )
    assert f"/bank/write-offs/{asked.id}/" in page.content.decode()
    assert "€ 400,00 afboeken van F-7 wacht op een tweede persoon; gevraagd door eva@" in plain(
        bob.get("/bank/")
    )
    hers = eva.get(f"/bank/write-offs/{asked.id}/")
    assert "U vroeg het zelf" in plain(hers)
    assert b"/approve/" not in hers.content
    refused = eva.post(f"/bank/write-offs/{asked.id}/approve/")
    assert refused.status_code == 400
    assert "Iemand anders doet dit" in plain(refused)
    assert "Goedgekeurd en geboekt." in plain(post(bob, f"/bank/write-offs/{asked.id}/approve/"))
    assert books_of.open(invoice) == Decimal(0)
    (given_up,) = [p for p in rows(books_of, Payment) if p.kind == "write_off"]
    assert (given_up.amount, given_up.ground) == (Decimal("400.00"), "goodwill")
    again = bob.post(f"/bank/write-offs/{asked.id}/approve/")
    assert "Over deze afboeking is al beslist." in plain(again)


def test_refused_it_says_why_and_the_entry_may_be_matched_again(books_of, eva, bob, short):
    invoice, entry = short
    post(eva, f"/bank/entries/{entry.id}/settle/", choice=f"rest:{invoice}:goodwill")
    (asked,) = rows(books_of, WriteOffRequest)
    assert "Schrijf in een paar woorden waarom." in plain(
        bob.post(f"/bank/write-offs/{asked.id}/refuse/", {"note": " "})
    )
    post(bob, f"/bank/write-offs/{asked.id}/refuse/", note="bel eerst")
    page = plain(eva.get(f"/bank/entries/{entry.id}/"))
    assert (
        "Afboeken van € 400,00 van F-7 is afgewezen" in page
        or "Afboeken van 400,00 van F-7 is afgewezen" in page
    )
    assert "bel eerst" in page
    assert f"rest:{invoice}:goodwill" in shown(eva, entry)
    assert rows(books_of, Entry)[0].unapplied == Decimal("4600.00")


def test_what_is_left_of_an_invoice_waits_for_a_second_person_too(books_of, eva, olga):
    invoice = books_of.invoice("F-1", "2026-09-20")
    page = post(eva, f"/invoices/{invoice}/waive/", reason="failliet", ground="goodwill")
    assert "Gevraagd: een tweede persoon keurt het goed" in plain(page)
    assert books_of.open(invoice) == Decimal("1210.00")
    (asked,) = rows(books_of, WriteOffRequest)
    assert "failliet" in plain(olga.get(f"/bank/write-offs/{asked.id}/"))
    post(olga, f"/bank/write-offs/{asked.id}/approve/")
    assert books_of.open(invoice) == Decimal(0)


def test_the_cut_off_of_an_account_is_set_on_its_page(books_of, eva, short):
    (account,) = rows(books_of, BankAccount)
    page = plain(post(eva, "/bank/accounts/cut-off/", account=str(account.id), cut_off="17:15"))
    assert "Bewaard: het geldt vanaf de volgende batch." in page
    assert 'value="17:15"' in eva.get("/bank/").content.decode()
    for typed in ("kwart over vijf", "19:00"):
        post(eva, "/bank/accounts/cut-off/", account=str(account.id), cut_off=typed)
    assert rows(books_of, BankAccount)[0].cut_off == dt.time(17, 15)


def test_only_an_owner_sets_what_one_person_may(books_of, eva, olga, short):
    assert b"write-offs/limit" not in eva.get("/bank/").content
    assert b"write-offs/limit" in olga.get("/bank/").content
    assert "Alleen een eigenaar" in plain(post(eva, "/bank/write-offs/limit/", limit="1000,00"))
    assert "is geen bedrag" in plain(post(olga, "/bank/write-offs/limit/", limit="veel"))
    assert "De grens is een bedrag van" in plain(post(olga, "/bank/write-offs/limit/", limit="100000,01"))
    assert "Bewaard" in plain(post(olga, "/bank/write-offs/limit/", limit="400,00"))
    invoice, entry = short
    post(eva, f"/bank/entries/{entry.id}/settle/", choice=f"rest:{invoice}:goodwill")
    assert books_of.open(invoice) == Decimal(0)
