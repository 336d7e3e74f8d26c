"""The bank's pages: what is missing between statements, what waits, what is announced, and what an entry holds."""

from decimal import Decimal

import pytest
from django.test import Client

from inbaar.banking.models import Entry, StatementFile, WaitingFile
from inbaar.parties.models import User
from tests.banking.bank_tables import IBAN, RABOBANK
from tests.banking.camt import Line, camt, statement
from tests.banking.notices import notice
from tests.banking.test_other_format_db import BATCH, D2, D3, SINGLES, _mt940
from tests.web.conftest import BACKEND
from tests.web.seeding import user
from tests.web.test_acts import books_of, drop, eva, post, rows  # noqa: F401 - fixtures
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db


def test_a_missing_statement_stands_on_the_page_with_what_to_do(eva):  # noqa: F811
    drop(eva, ("maandag.xml", camt(statement([Line("10.00")], opening="0.00", day=D2))))
    drop(eva, ("later.xml", camt(statement([Line("5.00", day=D3)], opening="12.00", number="9", day=D3))))
    told = (
        f"{IBAN[:4]} {IBAN[4:8]} {IBAN[8:12]} {IBAN[12:16]} {IBAN[16:]}: er ontbreekt een afschrift. Dat tot en met "
        "2 mrt 2026 sluit met € 10,00, het volgende vanaf 3 mrt 2026 opent met € 12,00: daartussen is € 2,00 bewogen."
    )
    assert told in plain(eva.get("/bank/"))
    assert told in plain(eva.get("/bank/?show=statements"))


def test_statements_are_chosen_by_account(eva):  # noqa: F811
    post(eva, "/bank/accounts/", iban=IBAN, currency="EUR")
    post(eva, "/bank/accounts/", iban="NL20INGB0001234567", currency="EUR")
    drop(eva, ("een.xml", camt(statement([Line("10.00")]))))
    drop(eva, ("twee.xml", camt(statement([Line("20.00")], iban="NL20INGB0001234567"))))
    page = eva.get("/bank/?show=statements")
    (_, first), (_, second) = [(iban, number) for number, iban, _ in page.context["chosen"]]
    assert len(page.context["statements"]) == 2
    for account in (first, second):
        page = eva.get(f"/bank/?show=statements&account={account}")
        assert len(page.context["statements"]) == 1
    assert len(eva.get("/bank/?show=statements&account=x").context["statements"]) == 2


def viewer(books):
    """Somebody who may look only."""
    browser = Client()
    person = User.objects.filter(email="kijker@inbaar.example").first()
    browser.force_login(person or user("kijker", (books.client.id, "viewer")), backend=BACKEND)
    return browser


@pytest.fixture
def waits(books_of, eva):  # noqa: F811
    """A file in another format of which it is not certain that it is new."""
    drop(eva, ("maart.xml", camt(statement([BATCH], day=D2))))
    ((result, words, *_rest),) = drop(eva, ("maart.sta", _mt940(*SINGLES, closing="1181,50"))).context[
        "results"
    ]
    assert (result.outcome, words) == ("waiting", "wacht op u")
    (file,) = rows(books_of, StatementFile, status="waiting")
    return file.id


def test_a_file_that_waits_is_told_and_set_aside(books_of, eva, waits):  # noqa: F811
    assert "maart.sta wacht: sommige bewegingen staan er misschien al." in plain(eva.get("/bank/"))
    page = plain(eva.get(f"/bank/files/{waits}/"))
    assert (
        "2026-0042 2 mrt 2026 Andere bewegingen van deze dagen staan er wel, die dit bestand niet vertelt. € 121,00"
        in page
    )
    assert "Er is niets geboekt" in page
    page = plain(post(eva, f"/bank/files/{waits}/aside/"))
    assert "Het bestand is terzijde gelegd; er is niets van geboekt." in page
    assert rows(books_of, WaitingFile) == []
    assert len(rows(books_of, Entry)) == 3
    assert eva.get(f"/bank/files/{waits}/").status_code == 404
    assert eva.post(f"/bank/files/{waits}/book/").status_code == 404


def test_a_viewer_looks_and_decides_nothing(books_of, waits):  # noqa: F811
    page = viewer(books_of).get(f"/bank/files/{waits}/")
    assert "vraag een eigenaar of boekhouder te beslissen" in plain(page)
    assert "Boeken wat er niet staat" not in plain(page)
    assert viewer(books_of).post(f"/bank/files/{waits}/book/").status_code == 403


def test_what_is_not_here_is_booked_when_a_person_says_so(books_of, eva, waits):  # noqa: F811
    assert "Geboekt: 2 boekingen zijn nieuw." in plain(post(eva, f"/bank/files/{waits}/book/"))
    assert sum(entry.amount for entry in rows(books_of, Entry, part_of=None)) == Decimal("363.00")


def test_an_announced_payment_stands_in_its_list_and_at_its_invoice(books_of, eva):  # noqa: F811
    drop(eva, ("afschrift.xml", camt(statement([Line("1.00")], day=D2))))
    invoice = books_of.invoice("F-1", "2026-09-20")
    drop(eva, ("nu.xml", notice([Line("1210.00", "F-1", day=D3)], "052")))
    page = plain(eva.get("/bank/?show=announced"))
    assert "aangekondigd (1)" in page
    assert "Jansen Bouw B.V. F-1 3 mrt 2026 € 1.210,00" in page
    assert "De bank heeft een betaling aangekondigd die voor deze factuur kan zijn" in plain(
        eva.get(f"/invoices/{invoice}/")
    )
    drop(eva, ("later.xml", camt(statement([Line("2.00", day=D3)], number="2", opening="1001.00", day=D3))))
    assert "aangekondigd (1)" in plain(eva.get("/bank/"))


def test_an_entry_shows_its_raw_line_its_other_amounts_and_its_batch(books_of, eva):  # noqa: F811
    foreign = RABOBANK.replace(
        '"Huur maart"," ","","","","",""', '"Huur maart"," ","","","44,00","USD","1,1"'
    )
    drop(eva, ("rabo.csv", foreign.encode()))
    rent = rows(books_of, Entry, amount="-40.00")[0]
    page = plain(eva.get(f"/bank/entries/{rent.id}/"))
    assert "Opgedragen USD 44,00" in page
    assert "Wisselkoers 1,1" in page
    assert '"000000000000000018","2026-03-03"' in page.replace("&quot;", '"')


def test_a_batch_shows_its_payments_and_each_payment_its_batch(books_of, eva):  # noqa: F811
    drop(eva, ("maart.xml", camt(statement([BATCH], day=D2))))
    whole = rows(books_of, Entry, state="split")[0]
    page = plain(eva.get(f"/bank/entries/{whole.id}/"))
    assert "Een verzamelboeking van 2 betalingen." in page
    assert "2026-0043" in page
    part = rows(books_of, Entry, amount="60.50")[0]
    assert "Onderdeel van verzamelboeking van € 181,50" in plain(eva.get(f"/bank/entries/{part.id}/"))
    listed = plain(eva.get("/bank/?show=entries"))
    assert "samen € 181,50" in listed
