"""The page behind a payment link: what is left today, for who has the link alone, and never to the wrong payee."""

import re
from decimal import Decimal

import pypdfium2
import pytest
from django.core import signing
from django.test import Client as Visitor

from inbaar.banking.pay_links import SALT, pay_link, pay_token
from inbaar.debtor_statements.drawing import statement_pdf
from inbaar.debtor_statements.paying import make_pay_link
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewHold, open_holds
from tests.banking.camt import Line
from tests.debtor_statements.test_statements import TODAY, Books
from tests.dunning.scenario import NOW, day
from tests.letters.mail_server import MailServer
from tests.web.conftest import logged_in
from tests.web.seeding import user
from tests.web.test_pages import plain

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", TODAY)
    made = Books(client_a)
    made.first = made.invoice("2026-001", "2026-09-01", payable="100.00")
    made.second = made.invoice("2026-002", "2026-09-20", payable="250.00")
    (part,) = made.made().parts
    made.reference = part.reference
    return made


def seen(books, **how):
    answer = Visitor().get(f"/pay/{pay_token(books.client.id, books.reference)}/", **how)
    assert answer.status_code == 200
    return answer


def lefts(answer):
    return {line.number: line.left for line in answer.context["page"].lines}


def test_it_says_what_to_pay_to_whom_and_draws_the_same_as_a_qr(books):
    answer = seen(books)
    words = plain(answer)
    for said in ("€ 350,00", "NL20 INGB 0001 2345 67", "2026-001", "2026-002", "Van Dijk Techniek B.V."):
        assert said in words
    payload = answer.context["page"].payload.split("\n")
    assert payload[:8] == [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        "Van Dijk Techniek B.V.",
        "NL20INGB0001234567",
        "EUR350",
    ]
    assert books.reference in payload
    assert answer.content.decode().count("<path stroke") == 1
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]


def test_what_is_paid_meanwhile_is_taken_off_and_the_rest_still_comes_back_divided(books):
    books.pay(books.first, TODAY, "100.00")
    answer = seen(books)
    assert lefts(answer) == {"2026-001": D(0), "2026-002": D(250)}
    assert "EUR250" in answer.context["page"].payload
    books.money(Line("250.00", reference=books.reference, day=day(TODAY)))
    assert books.open(books.second) == 0
    assert "Dit is allemaal betaald" in plain(seen(books))
    assert "<path stroke" not in seen(books).content.decode()


def test_what_is_disputed_later_is_not_asked_any_more(books):
    hold = NewHold(books.debtor(books.second), "dispute", "wrong", "Olga", day(TODAY), "1", books.second)
    with client_scope(books.client.id):
        open_holds(books.client.id, [hold], NOW)
    assert lefts(seen(books)) == {"2026-001": D(100), "2026-002": D(0)}


def test_money_that_may_be_this_payment_stops_the_asking(books):
    books.money(Line("349.00", reference=books.reference, day=day(TODAY)))
    answer = seen(books)
    assert (answer.context["page"].why_not, answer.context["page"].payload) == ("waits", "")
    assert "wordt uitgezocht" in plain(answer)


def test_who_became_insolvent_is_not_asked(books):
    hold = NewHold(books.debtor(books.first), "insolvency", "court", "Olga", day(TODAY), "1")
    with client_scope(books.client.id):
        open_holds(books.client.id, [hold], NOW)
    assert seen(books).context["page"].why_not == "insolvency"


def test_a_claim_that_was_sold_since_is_not_paid_to_its_old_owner(books):
    with client_scope(books.client.id):
        run("UPDATE receivables_title SET period = daterange(lower(period), '2026-10-01')")
        run(
            "INSERT INTO receivables_title (client_id, invoice_id, owner_name, owner_kvk, payee_iban, period, deed) "
            "SELECT client_id, invoice_id, 'Factor N.V.', '', 'NL91ABNA0417164300', '[2026-10-01,)', 'sale' FROM receivables_title"
        )
    answer = seen(books)
    assert (answer.context["page"].why_not, answer.context["page"].payload, answer.context["page"].iban) == (
        "changed",
        "",
        "",
    )
    assert "NL20" not in plain(answer)


def test_a_link_is_for_one_bundle_of_one_client_and_nothing_else(books, client_b):
    token = pay_token(books.client.id, books.reference)
    strange = [
        token[:-1] + ("2" if token[-1] != "2" else "3"), "x", "a:b:c", signing.dumps([books.client.id, books.reference], salt="other"),
        pay_token(client_b.id, books.reference), pay_token(books.client.id, "RF25INB1234567"), signing.dumps("x", salt=SALT),
    ]  # fmt: skip
    for each in strange:
        answer = Visitor().get(f"/pay/{each}/")
        assert answer.status_code == 404, each
        assert "niet bekend" in plain(answer)
    assert Visitor().post(f"/pay/{token}/").status_code == 405


def test_a_link_ends_after_ninety_days(books, monkeypatch):
    path = f"/pay/{pay_token(books.client.id, books.reference)}/"
    monkeypatch.setenv("INBAAR_TODAY", "2026-12-31")
    assert Visitor().get(path).status_code == 200
    monkeypatch.setenv("INBAAR_TODAY", "2027-01-01")
    answer = Visitor().get(path)
    assert answer.status_code == 410
    assert "verlopen" in plain(answer)


def test_a_link_is_short_and_read_as_people_type_it(books):
    """Capitals, no dashes, an o for a nought, an l for a one: it is the same link; one mark more or other is none."""
    token = pay_token(books.client.id, books.reference)
    assert len(token.replace("-", "")) <= 24
    for typed in (token.upper(), token.replace("-", ""), token.replace("0", "O"), token.replace("1", "l")):
        assert Visitor().get(f"/pay/{typed}/").status_code == 200, typed
    assert Visitor().get(f"/pay/{token.upper()}").status_code == 301
    changed = [
        token[:n] + ("2" if token[n] != "2" else "3") + token[n + 1 :]
        for n in range(len(token))
        if token[n] != "-"
    ]
    for typed in (*changed, token + "0", "0" + token, token[:-1], token * 5, "é" * 20, "-" * 20, "zzzz-" * 5):
        assert Visitor().get(f"/pay/{typed}/").status_code == 404, typed


def test_a_link_outlives_the_key_that_signed_it_while_that_key_is_still_known(books, settings):
    path = f"/pay/{pay_token(books.client.id, books.reference)}/"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key"
    assert Visitor().get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert Visitor().get(path).status_code == 404


def test_it_speaks_the_debtors_language_unless_another_was_chosen(books):
    with client_scope(books.client.id):
        run("UPDATE parties_debtor SET language = 'en'")
    assert "Payment reference" in plain(seen(books))
    visitor = Visitor()
    visitor.cookies["inbaar_language"] = "nl"
    assert "Betalingskenmerk" in plain(visitor.get(f"/pay/{pay_token(books.client.id, books.reference)}/"))


@pytest.mark.requirement("UI-15")
def test_a_statement_bears_its_link_in_mail_and_pdf_where_the_installation_has_an_address(books, monkeypatch):
    """One that was written before the installation had an address has none: it is mailed as it was written."""
    assert pay_link(books.client.id, books.reference) == ""
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example.nl/,https://other.example")
    content = books.made(key="with an address")
    with MailServer() as post:
        books.send(post)
        texts = [message.get_body(("plain",)).get_content() for message in post.messages]
    assert ["/pay/" in text for text in texts] == [False, True]
    (link,) = re.findall(r"https://inbaar\.example\.nl(/pay/\S+/)", texts[1])
    page = Visitor().get(link).context["page"]
    assert (page.total, page.reference) == (D(350), content.parts[0].reference)
    document = pypdfium2.PdfDocument(statement_pdf(content))
    printed = "".join(page.get_textpage().get_text_range() for page in document)
    assert f"https://inbaar.example.nl{link}" in printed


def test_one_invoice_has_a_link_of_its_own_that_stays_the_same(books, monkeypatch):
    monkeypatch.setenv("INBAAR_ORIGINS", "https://inbaar.example")
    user("anna", (books.client.id, "owner"))
    user("vera", (books.client.id, "viewer"))
    anna = logged_in("anna")

    def copied(who):
        page = who.get(f"/invoices/{books.second}/").content.decode()
        return re.findall(r'readonly value="https://inbaar.example(/pay/[0-9a-z-]+/)"', page)

    assert copied(anna) == []
    where = []
    for _ in range(2):
        assert anna.post(f"/invoices/{books.second}/pay-link/")["Location"] == f"/invoices/{books.second}/"
        where += copied(anna)
    assert copied(logged_in("vera")) == where[:1]
    assert logged_in("vera").post(f"/invoices/{books.second}/pay-link/").status_code == 403
    pages = [Visitor().get(path).context["page"] for path in where]
    assert pages[0].reference == pages[1].reference != books.reference
    assert (pages[0].total, [line.number for line in pages[0].lines]) == (D(250), ["2026-002"])
    books.money(Line("250.00", reference=pages[0].reference, day=day(TODAY)))
    assert (books.open(books.first), books.open(books.second)) == (100, 0)
    anna.post(f"/invoices/{books.second}/pay-link/")
    assert "Van deze factuur kan nu niets worden gevraagd" in plain(anna.get(f"/invoices/{books.second}/"))
    assert copied(anna) == []


def test_a_link_that_asks_something_else_or_ends_soon_is_not_given_again(books, monkeypatch):
    def made(on=TODAY):
        with client_scope(books.client.id):
            return make_pay_link(books.client.id, books.second, day(on))

    first = made()
    books.pay(books.second, TODAY, "50.00")
    second = made()
    assert first != second == made()
    assert made("2026-11-01") == second
    assert made("2026-11-03") not in (first, second)


def test_without_an_address_the_page_can_be_looked_at_and_nothing_is_offered_to_copy(books):
    user("anna", (books.client.id, "owner"))
    anna = logged_in("anna")
    anna.post(f"/invoices/{books.second}/pay-link/")
    page = anna.get(f"/invoices/{books.second}/")
    assert "readonly" not in page.content.decode()
    assert "stel INBAAR_ORIGINS in" in plain(page)
    (path,) = re.findall(r'href="(/pay/[0-9a-z-]+/)"', page.content.decode())
    assert Visitor().get(path).context["page"].total == D(250)
