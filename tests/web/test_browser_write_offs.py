"""Writing off in a real browser: asked by one on a phone, approved by another by keyboard, and the limit on the bank's page."""

import re

from inbaar.parties.models import Client
from tests.dunning.scenario import Administration
from tests.web import test_browser
from tests.web.test_browser import chromium, session_state, site, window
from tests.web.test_browser_payments import ella_state

__all__ = ["chromium", "ella_state", "session_state", "site", "window"]
pytestmark = test_browser.pytestmark


def test_a_rest_is_asked_by_one_on_a_phone_and_approved_by_another_by_keyboard(window, ella_state, books):
    invoice = Administration(Client.objects.get(id=books.client_id)).invoice("W-2026-1", "2026-07-10")
    her = window(360, state=ella_state)
    page = her.open(f"/invoices/{invoice}/")
    page.get_by_text("De rest kwijtschelden").first.click()
    page.locator("#waive-ground").select_option("goodwill")
    page.locator("#waive-reason").fill("failliet, geen verhaal")
    page.locator("#waive-reason").locator("xpath=ancestor::form").get_by_role("button").press("Enter")
    page.get_by_text("Gevraagd: een tweede persoon keurt het goed").wait_for()
    page = her.open("/bank/")
    her.check(axe=False)
    link = page.get_by_role("link", name=re.compile("Bekijken en beslissen.*W-2026-1"))
    link.click()
    page.get_by_text("U vroeg het zelf").wait_for()
    assert page.get_by_role("button", name=re.compile("afboeken$")).count() == 0
    her.check()
    his = window(1280, "en")
    page = his.open(page.url.removeprefix(her.site))
    page.get_by_role("button", name=re.compile("^Write off")).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Approved and booked.").wait_for()
    his.check()
    page = his.open("/bank/")
    page.get_by_text("Writing off alone").click()
    assert page.get_by_label("One person, up to").input_value() == "250.00"
    page.get_by_text("Until when the bank pays the same day").click()
    his.check()
