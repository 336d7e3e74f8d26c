"""From a reminder to its payment page, on a phone and on a desk, and the link that the client copies from an invoice."""

from types import SimpleNamespace

import pytest

from inbaar.banking.models import BankAccount
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Letter, LetterItem
from tests.dunning.scenario import PERSON, Administration
from tests.web import test_browser
from tests.web.test_browser_imports import chromium, session_state, window
from tests.web.test_browser_online import look

__all__ = ["chromium", "session_state", "window"]
pytestmark = test_browser.pytestmark


@pytest.fixture(scope="module")
def site(seeded):
    with test_browser.serving(seeded, INBAAR_ORIGINS="{address}") as address:
        yield address


def reminded(books, number):
    """In Bob's other books: an invoice of 245.48, and the address of the page that its reminder bears."""
    administration = Administration(SimpleNamespace(id=books.other_client_id))
    invoice = administration.invoice(number, "2026-07-16", payable="245.48", customer=PERSON)
    with client_scope(books.other_client_id):
        BankAccount.objects.update(read_up_to=books.today)
    administration.run(books.today.isoformat())
    with client_scope(books.other_client_id):
        letter = Letter.objects.get(id=LetterItem.objects.get(invoice_id=invoice).letter_id)
    return invoice, letter.content["pay_link"]


@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
@pytest.mark.requirement("UI-15")
def test_a_debtor_goes_from_his_reminder_to_what_it_asks(window, books, site, width, language, monkeypatch):
    monkeypatch.setenv("INBAAR_ORIGINS", site)
    number = f"PL-{width}"
    invoice, link = reminded(books, number)
    debtor = window(width, language, state=None)
    page = debtor.open(link.removeprefix(site))
    listed = page.locator("ul.plain-list").inner_text().replace("\xa0", " ")
    assert number in listed
    assert ("245,48" if language == "nl" else "245.48") in page.locator("h1").inner_text()
    assert page.locator("figure.qr svg").is_visible()
    look(debtor, f"reminder-{language}")
    page.goto(link.replace(link[-10:], "zzzzzzzzz/"))
    assert page.locator("h1").inner_text() in (
        "Deze betaallink is niet bekend",
        "This payment link is not known",
    )
    bob = window(width, language)
    page = bob.open(f"/invoices/{invoice}/")
    page.locator("#pay-link button").focus()
    page.keyboard.press("Enter")
    page.locator("#pay-link .copied").wait_for()
    look(bob, f"invoice-link-{language}")
    copied = page.locator("#pay-link .copied").input_value()
    assert copied.startswith(f"{site}/pay/")
    assert copied != link
    assert number in debtor.open(copied.removeprefix(site)).locator("ul.plain-list").inner_text()
