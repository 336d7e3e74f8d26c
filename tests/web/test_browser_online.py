"""Paying by iDEAL in a real browser: the key is set, and a payer goes to the provider and back, by keyboard, at each width."""

import datetime as dt
import os
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest

from inbaar.banking.bundles import NewBundle, make_bundles
from inbaar.banking.online.accounts import save_key
from inbaar.banking.online.following import take_message
from inbaar.banking.online.refunding import ask_refund
from inbaar.banking.online.starting import Wanted, begin_payment
from inbaar.banking.pay_links import pay_token
from inbaar.debtor_statements.paying import make_pay_link
from inbaar.kit.clock import now, today
from inbaar.kit.scope import client_scope
from inbaar.market.payment_provider import PaymentProvider
from inbaar.parties.models import User
from inbaar.receivables.models import Invoice
from tests.dunning.scenario import PERSON, Administration
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
    # The page in between goes on by itself; held at the provider's door it can be looked at.
    page.route("**/checkout/**", lambda route: route.fulfill(status=204))
    button = page.get_by_role("button", name="iDEAL")
    button.focus()
    page.keyboard.press("Enter")
    further = page.get_by_role("link", name="Verder" if language == "nl" else "Go on")
    further.wait_for()
    look(payer, f"go-{language}")
    page.unroute("**/checkout/**")
    further.focus()
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


def paid_twice(books, server, width):
    """In Bob's other books: an invoice of 100 that was paid online by two payments; gives the second."""
    client_id, invoices = books.other_client_id, Administration(SimpleNamespace(id=books.other_client_id))
    invoice = invoices.invoice(f"TW-{width}", "2026-08-01", payable="100.00", customer=PERSON)
    with client_scope(client_id):
        save_key(client_id, server.key, "Bob", now())
        debtor = Invoice.objects.get(id=invoice).debtor_id
        bundles = [NewBundle(debtor, "EUR", ((invoice, Decimal(100)),))] * 2
        references = [reference for _, reference in make_bundles(client_id, bundles, today())]
    begun = [
        begin_payment(client_id, Wanted(each, bundles[0].parts, "https://inbaar.example/"), now())
        for each in references
    ]
    for minutes, payment in enumerate(begun, 1):
        server.set_state(payment.provider_id, "paid")
        paid_at = now() + dt.timedelta(minutes=minutes)
        server.payments[payment.provider_id]["paidAt"] = paid_at.isoformat()
        take_message(client_id, payment.id, payment.provider_id, now() + dt.timedelta(minutes=5))
    return begun[1]


@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
def test_what_was_paid_twice_is_given_back_by_a_second_person(
    window, books, server, site, width, language, monkeypatch
):
    monkeypatch.setenv("INBAAR_MOLLIE_URL", server.address)
    monkeypatch.setenv("INBAAR_ORIGINS", site)
    payment = paid_twice(books, server, width)
    bob = window(width, language)
    page = bob.open("/bank/online/")
    look(bob, f"twice-{language}")
    page.locator(f"form[action$='/{payment.id}/refund/'] button").focus()
    page.keyboard.press("Enter")
    page.locator("tr.act-row .refused").wait_for()
    assert page.locator("tr.act-row button.main").count() == 0
    look(bob, f"asked-{language}")
    page.locator("tr.act-row input[name=note]").fill("eerst bellen")
    page.keyboard.press("Enter")
    page.locator("tr.act-row").wait_for(state="detached")
    olga = User.objects.get(email="olga@inbaar.example")
    with client_scope(books.other_client_id):
        ask_refund(books.other_client_id, payment.id, Decimal(100), "Dubbel betaald", olga.pk, now())
    page = bob.open("/bank/online/")
    look(bob, f"approve-{language}")
    page.locator("tr.act-row button.main").focus()
    page.keyboard.press("Enter")
    page.locator("tr.act-row").wait_for(state="detached")
    assert page.locator(
        ".state", has_text="op weg naar Mollie" if language == "nl" else "on its way to Mollie"
    ).count()
