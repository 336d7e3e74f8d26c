"""Each page as its reader gets it: what it says, in both languages, in a fixed number of statements."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import translation

from inbaar.intake.readers import read_invoice
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.web import formats
from tests.sql_watch import statements
from tests.web.conftest import logged_in

# What a page asks of the database at most, the session and the places of the user included.
MOST_STATEMENTS = {
    "/": 12, "/invoices/": 8, "/invoices/?state=disputed&sort=-debtor&page=2": 8, "/invoices/export.csv": 6,
    "/debtors/": 7, "/debtors/export.csv": 6, "/bank/": 13, "/bank/?show=entries": 13, "/bank/?show=statements": 14,
    "/bank/?show=announced": 12,
    "/letters/": 7, "/upload/": 6, "/search/?q=2026": 8,
}  # fmt: skip


def text_of(answer):
    return answer.content.decode()


def plain(answer):
    """The words of a page without its marks, with plain spaces."""
    words = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", text_of(answer), flags=re.DOTALL)
    return " ".join(words.replace("&nbsp;", " ").replace("\u00a0", " ").replace("&#x27;", "'").split())


@pytest.mark.parametrize("path", MOST_STATEMENTS)
def test_a_page_takes_a_fixed_number_of_statements(olga, path):
    with statements() as seen:
        answer = olga.get(path)
    assert answer.status_code == 200
    assert len(seen) <= MOST_STATEMENTS[path], str(seen)


@pytest.mark.requirement("UI-01")
def test_the_overview_ties_its_ageing_to_the_ledger(olga, books):
    with client_scope(books.client_id):
        ((ledger,),) = fetch(
            """
            SELECT sum(CASE WHEN t.debit_id = a.id THEN t.amount ELSE -t.amount END)
            FROM ledger_account a JOIN ledger_transfer t ON t.client_id = a.client_id AND a.id IN (t.debit_id, t.credit_id)
            WHERE a.code = 'receivable'
            """
        )
    answer = olga.get("/")
    (age, rows) = answer.context["ages"][0]
    assert age.ties
    assert age.ledger == ledger
    assert sum((row.amount for row in rows), Decimal(0)) == age.open
    for row in rows:
        listed = olga.get(row.href).context["selection"]
        assert (listed.count, sum((value for _, value in listed.open), Decimal(0))) == (row.count, row.amount)


def test_the_overview_says_what_waits_and_what_comes(olga):
    words = plain(olga.get("/"))
    assert "staat open bij" in words
    assert "ontvangen bedrag" in words
    assert "herinnering" in words


def test_the_overview_counts_the_days_of_sales_that_are_open(olga, books):
    """Open less unused credit notes, divided by what was sold since the first invoice, times those days."""
    with client_scope(books.client_id):
        ((left, sold, first),) = fetch(
            """
            SELECT sum(CASE kind WHEN 'invoice' THEN open_amount ELSE -open_amount END),
                   sum(CASE kind WHEN 'invoice' THEN payable ELSE -payable END), min(issue_date)
            FROM receivables_invoice WHERE currency = 'EUR'
            """
        )
    days = (books.today - first).days + 1
    told = f"{left * days / sold:.1f}".replace(".", ",")
    assert 30 <= days < 365
    assert (
        f"Er staat {told} dagen verkoop open (DSO: openstaand ÷ verkocht in {days} dagen × {days})"
        in plain(olga.get("/"))
    )


def test_a_young_administration_counts_no_days_of_sales(olga, books, monkeypatch):
    with client_scope(books.client_id):
        ((first,),) = fetch("SELECT min(issue_date) FROM receivables_invoice")
    for day, told in ((first + dt.timedelta(days=28), False), (first + dt.timedelta(days=29), True)):
        monkeypatch.setenv("INBAAR_TODAY", day.isoformat())
        assert ("(DSO:" in plain(olga.get("/"))) is told


def test_what_only_a_person_brings_further_is_on_the_overview_and_leads_to_its_invoices(olga):
    page = olga.get("/")
    assert page.context["needs"]
    for need, words in page.context["needs"]:
        listed = olga.get("/invoices/", {"need": need})
        assert words.split()[0] == str(listed.context["selection"].count)
        assert f'href="/invoices/?need={need}"' in text_of(page)
        assert len(listed.context["chips"]) == 1
    assert "is geen keuze voor wat wacht" in plain(olga.get("/invoices/", {"need": "geld"}))


def test_the_text_of_a_letter_is_broken_by_the_window_and_reads_as_the_mail_does(olga, books):
    from inbaar.letters.text import letter_text
    from inbaar.web.queries.letters import letter_content

    page = olga.get(f"/letters/{books.letters[0]}/")
    with client_scope(books.client_id):
        mailed = letter_text(letter_content(books.client_id, books.letters[0]))
    shown = page.context["text"]
    assert shown.split() == mailed.split()
    assert max(map(len, shown.splitlines())) > 76 >= max(map(len, mailed.splitlines()))


def test_old_bank_news_is_a_warning_on_the_overview(olga, books, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", "2026-09-30")
    assert "is te oud, dus er gaat geen herinnering uit" in plain(olga.get("/"))


def test_every_kind_of_page_opens_in_both_languages(olga, books):
    paths = [
        "/", "/invoices/", f"/invoices/{books.lettered[0]}/", f"/invoices/{books.invoices[-1]}/", "/debtors/",
        f"/debtors/{books.debtors[0]}/", "/bank/", f"/bank/entries/{books.unmatched[0]}/", "/letters/",
        f"/letters/{books.letters[0]}/", "/upload/", f"/documents/{books.readings[0]}/", "/search/?q=xyz",
        "/account/password/change/", "/account/mfa/",
    ]  # fmt: skip
    for language, link in (("nl", "Facturen"), ("en", "Invoices")):
        olga.cookies["inbaar_language"] = language
        for path in paths:
            answer = olga.get(path)
            assert answer.status_code == 200, path
            assert f'<html lang="{language}">' in text_of(answer), path
            assert link in plain(answer), path


def test_every_invoice_s_sheet_adds_up_and_its_next_step_is_said(olga, books):
    for invoice_id in books.invoices[::5] + books.lettered[:10]:
        answer = olga.get(f"/invoices/{invoice_id}/")
        sheet, head = answer.context["sheet"], answer.context["head"]
        assert sheet.ties, head.number
        assert sheet.owed.principal == (head.open_amount if not head.is_credit else sheet.owed.principal)
        assert answer.context["ahead"].title


def test_an_invoice_s_page_shows_its_letters_and_their_pdf(olga, books):
    answer = olga.get(f"/invoices/{books.lettered[0]}/")
    (letter, *_rest) = answer.context["letters"][0]
    assert f"/letters/{letter.id}.pdf" in text_of(answer)
    pdf = olga.get(f"/letters/{letter.id}.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    with client_scope(books.client_id):
        ((kept,),) = fetch("SELECT pdf FROM letters_letterfile WHERE letter_id = %s", [letter.id])
    assert bytes(kept) == pdf.content
    assert letter.number in plain(olga.get(f"/letters/{letter.id}/"))


def test_a_debtor_s_page_says_who_it_is_and_why(olga, books):
    with client_scope(books.client_id):
        rows = dict(fetch("SELECT capacity, min(id) FROM parties_debtor GROUP BY 1"))
    assert "Behandeld als bedrijf want de factuur noemt een KvK-nummer" in plain(
        olga.get(f"/debtors/{rows['business']}/")
    )
    consumer = plain(olga.get(f"/debtors/{rows['consumer']}/"))
    assert (
        "Behandeld als consument want de factuur noemt geen KvK-nummer, btw-nummer of bedrijfsnaam"
        in consumer
    )


def test_a_source_document_is_a_download_and_never_a_page(olga, books):
    answer = olga.get(f"/documents/{books.readings[-1]}/file/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_search_finds_by_number_name_kvk_iban_and_amount(olga, books):
    with client_scope(books.client_id):
        ((invoice_id, number, payable),) = fetch(
            "SELECT id, number, payable FROM receivables_invoice WHERE kind = 'invoice' ORDER BY id LIMIT 1"
        )
        ((debtor_id, name, kvk),) = fetch(
            "SELECT id, name, kvk_number FROM parties_debtor WHERE kvk_number <> '' ORDER BY id LIMIT 1"
        )
        ((iban_of, iban),) = fetch("SELECT debtor_id, iban FROM parties_debtoriban ORDER BY id LIMIT 1")
    assert f"/invoices/{invoice_id}/" in text_of(olga.get("/search/", {"q": number}, follow=True))
    assert f"/invoices/{invoice_id}/" in text_of(olga.get("/search/", {"q": f"{payable}".replace(".", ",")}))
    assert f"/debtors/{debtor_id}/" in text_of(olga.get("/search/", {"q": name}, follow=True))
    assert olga.get("/search/", {"q": kvk})["Location"] == f"/debtors/{debtor_id}/"
    spaced = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    assert f"/debtors/{iban_of}/" in text_of(olga.get("/search/", {"q": spaced}))


def test_policy_and_headers_are_strict(olga):
    answer = olga.get("/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = text_of(answer)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=", page)


def test_the_client_is_chosen_among_one_s_own(books):
    bob = logged_in("bob")
    assert bob.post("/client/", {"client": books.other_client_id}).status_code == 302
    assert bob.get(f"/invoices/{books.other_invoice_id}/").status_code == 200
    assert bob.get(f"/invoices/{books.invoices[0]}/").status_code == 404
    assert bob.post("/client/", {"client": books.client_id}).status_code == 302
    assert bob.get(f"/invoices/{books.other_invoice_id}/").status_code == 404


def test_somebody_without_a_client_gets_a_calm_page(books):
    nobody = logged_in("niemand")
    for path in ("/", "/invoices/", f"/invoices/{books.invoices[0]}/"):
        answer = nobody.get(path)
        assert answer.status_code == 200
        assert "U bent binnen, maar nog niet bij een administratie" in plain(answer)
        assert "2026-0" not in plain(answer)


def test_a_document_shows_what_was_read_in_it(olga, books):
    read, lines = shown_document(olga, books, books.readings[-1])
    assert lines["Nummer"] == read.number
    with translation.override("nl"):
        assert lines["Te betalen"] == formats.amount(read.payable, "EUR")
        assert lines["Datum"] == formats.day(read.issue_date)
    assert lines["Betalen op"] == formats.iban(read.supplier.iban)
    assert lines["Leverancier"].startswith(f"{read.supplier.name}, KvK {read.supplier.kvk}")
    assert lines["Klant"].startswith(read.customer.name)


def test_a_document_in_which_nothing_could_be_read_shows_nothing(olga, books):
    with client_scope(books.client_id):
        ((reading,),) = fetch("SELECT min(id) FROM intake_reading WHERE outcome = 'refused' AND number = ''")
    read, lines = shown_document(olga, books, reading)
    assert (read.status, read.number) == ("refused", None)
    assert lines == {}


def shown_document(olga, books, reading):
    """A document read anew, and the lines of its page."""
    with client_scope(books.client_id):
        ((name, content),) = fetch(
            """
            SELECT d.name, d.content FROM intake_reading r
            JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id WHERE r.id = %s
            """,
            [reading],
        )
    fields = olga.get(f"/documents/{reading}/").context["fields"]
    return read_invoice(bytes(content), name), {field.name: field.value for field in fields}
