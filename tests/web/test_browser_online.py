"""Paying by iDEAL in a real browser: the key is set, and a payer goes to the provider and back, by keyboard, at each width."""

import os
import re

import pytest

from inbaar.banking.pay_links import pay_token
from inbaar.debtor_statements.paying import make_pay_link
from inbaar.kit.clock import today
from inbaar.kit.scope import client_scope
from inbaar.market.payment_provider import PaymentProvider
from tests.web import test_browser
from tests.web.test_browser_imports import chromium, session_state, window

__all__ = ["chromium", "session_state", "window"]
pytestmark = test_browser.pytestmark
PICTURES = os.environ.get("INBAAR_PICTURES", "")


@pytest.fixture(scope="module")
def server():
    with PaymentProvider() as made:
        yield made


@pytest.fixture(scope="module")
def site(seeded, server):
    """The program, pointed at the market's provider, with an address that payers come back to."""
    with test_browser.serving(
        seeded, INBAAR_MOLLIE_URL=server.address, INBAAR_ORIGINS="{address}"
    ) as address:
        yield address


def look(here, name):
    here.check()
    if PICTURES:
        here.page.screenshot(path=f"{PICTURES}/{name}-{here.width}.png", full_page=True)


@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
def test_a_payer_goes_from_the_link_to_the_provider_and_back(window, books, server, width, language):
    with client_scope(books.other_client_id):
        token = pay_token(
            books.other_client_id, make_pay_link(books.other_client_id, books.other_invoice_id, today())
        )
    owner = window(width, language)
    page = owner.open("/bank/online/")
    page.locator("#key").fill(server.key)
    page.keyboard.press("Enter")
    page.locator(".notices").wait_for()
    look(owner, f"key-{language}")
    payer = window(width, language, state=None)
    page = payer.open(f"/pay/{token}/")
    look(payer, f"page-{language}")
    button = page.get_by_role("button", name="iDEAL")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/checkout/tr_"))
    page.get_by_role("button", name="Annuleren").click()
    page.wait_for_url(f"**/pay/{token}/")
    look(payer, f"canceled-{language}")
    page.get_by_role("button", name="iDEAL").click()
    page.wait_for_url(re.compile(r"/checkout/tr_"))
    page.get_by_role("button", name="Betalen").click()
    page.wait_for_url(re.compile(r"/pay/"))
    assert page.locator("h1").inner_text() in ("Uw betaling is ontvangen", "Your payment is received")
    look(payer, f"received-{language}")
    number = max(server.payments)
    owner.open("/bank/online/")
    look(owner, f"list-{language}")
    # Given back, it is owed again: the next width pays it once more. The provider tells it over a real connection.
    server.charge_back(number, server.payments[number]["amount"]["value"])
    while server.tell(number) != 200:
        pass
    page.reload()
    assert page.get_by_role("button", name="iDEAL").is_visible()
