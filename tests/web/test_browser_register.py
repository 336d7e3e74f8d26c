"""The arrears register in a real browser: reported, objected to and looked up by keyboard, at a phone's width and a desk's."""

import datetime as dt
import os
from decimal import Decimal

import pytest

from inbaar.kit.clock import now, today
from inbaar.kit.scope import client_scope
from inbaar.register.entries import Arrears, enter
from inbaar.register.looking_up import Looker, look_up
from inbaar.register.prices import PriceRow, price_list, set_price
from tests.dunning.scenario import Administration
from tests.web import test_browser
from tests.web.test_browser import chromium, site, window
from tests.web.test_browser_imports import session_state

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = test_browser.pytestmark
PICTURES = os.environ.get("INBAAR_PICTURES", "")
COMPANY = "69599084"


def look(here, name):
    here.check()
    if PICTURES:
        here.page.screenshot(path=f"{PICTURES}/register-{name}-{here.width}.png", full_page=True)


@pytest.fixture
def arrear(books):
    """An invoice of the other client that is long overdue, and an entered arrear of another company."""
    if not price_list():
        set_price(PriceRow(today(), Decimal("12.50"), "board"), today())
    client = type("Known", (), {"id": books.other_client_id})()
    due = today() - dt.timedelta(days=40)
    invoice = Administration(client).invoice(f"R-{now():%f}", due.isoformat())
    with client_scope(books.other_client_id):
        told = Arrears(COMPANY, "Molenaar B.V.", "Houthandel De Linde B.V.", Decimal("1850.00"), due, today())
        enter(books.other_client_id, [(1, told)])
        look_up(Looker(books.client_id, "Zaagmolen B.V.", "Olga"), "90000002", "Wil op rekening kopen", now())
    return invoice


@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
def test_reported_objected_to_and_looked_up_by_keyboard(window, arrear, width, language):
    here = window(width, language)
    page = here.open(f"/invoices/{arrear}/")
    look(here, f"invoice-{language}")
    page.get_by_role(
        "button", name="Deze achterstand aanmelden" if language == "nl" else "Report this arrear"
    ).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/register/reports/*/")
    look(here, f"report-{language}")
    page.get_by_text("De debiteur maakt bezwaar" if language == "nl" else "The debtor objects").focus()
    page.keyboard.press("Enter")
    page.locator("#objection-reason").fill("Wij hebben dit niet besteld")
    look(here, f"objecting-{language}")
    page.locator("form[action$='/objection/'] button.main").focus()
    page.keyboard.press("Enter")
    page.locator(".notices").wait_for()
    look(here, f"objection-{language}")
    page = here.open("/register/")
    look(here, f"page-{language}")
    page.locator("#look-up-company").fill(COMPANY)
    page.locator("#look-up-reason").fill("Klant vraagt krediet")
    page.keyboard.press("Enter")
    page.get_by_text("€ 1.850,00" if language == "nl" else "€ 1,850.00").first.wait_for()
    look(here, f"found-{language}")
    page.get_by_role("button", name="Volgen" if language == "nl" else "Watch", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator(".notices").wait_for()
    look(here, f"watched-{language}")
    here.open("/register/figures/")
    look(here, f"figures-{language}")


@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
def test_a_token_is_made_and_withdrawn_by_keyboard_and_the_api_is_described(window, width, language):
    here = window(width, language)
    page = here.open("/tokens/")
    look(here, f"tokens-{language}")
    page.locator("#token-name").fill(f"Boekhoudpakket {language}")
    for _ in range(3):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("pre").wait_for()
    assert page.locator("pre").inner_text().startswith("inbaar_")
    look(here, f"token-{language}")
    page.locator("form[action$='/withdraw/'] button").last.focus()
    page.keyboard.press("Enter")
    page.locator(".notices").wait_for()
    look(here, f"withdrawn-{language}")
    page = here.open("/api/")
    for summary in page.locator("details.act > summary").all()[1:4]:
        summary.focus()
        page.keyboard.press("Enter")
    page.get_by_text("debtor.kvk").first.wait_for()
    look(here, f"api-{language}")
