"""A mandate in a real browser, by keyboard at two widths: drawn up, mailed, signed by the debtor on his own page, withdrawn."""

import os
import re

import pytest

from tests.debits.books import CREDITOR
from tests.web import test_browser
from tests.web.test_browser_imports import chromium, session_state, window

__all__ = ["chromium", "session_state", "window"]
pytestmark = test_browser.pytestmark
PICTURES = os.environ.get("INBAAR_PICTURES", "")


@pytest.fixture(scope="module")
def site(seeded):
    """The program, with an address that debtors reach."""
    with test_browser.serving(seeded, INBAAR_ORIGINS="{address}") as address:
        yield address


def look(here, name):
    here.check()
    if PICTURES:
        here.page.screenshot(path=f"{PICTURES}/{name}-{here.width}.png", full_page=True)


def pressed(page, name):
    """Press a button by keyboard, as who uses no mouse does."""
    button = page.get_by_role("button", name=re.compile(name))
    button.focus()
    page.keyboard.press("Enter")


def who_collects(here):
    """Bob says who collects, where nobody did yet."""
    page = here.open("/mandates/")
    if page.get_by_text(CREDITOR).count() < 2:
        page.locator("#id_identifier").fill(CREDITOR)
        page.keyboard.press("Enter")
        page.locator(".notices").wait_for()
    look(here, "list")


def drawn_up(here):
    """Draw a mandate up from the debtor's page; gives its own page's address."""
    page = here.open("/debtors/?state=all")
    page.locator("tbody th a").first.press("Enter")
    page.get_by_role("link", name=re.compile("^(Machtiging opstellen|Draw up a mandate)")).press("Enter")
    page.wait_for_url("**/mandates/new/")
    look(here, "new")
    page.locator("#draw-announced_days").fill("5")
    pressed(page, "^(Opstellen|Draw it up)")
    page.wait_for_url(re.compile(r"/mandates/drawn-up/\d+/$"))
    look(here, "drawn-up")
    return page.url.removeprefix(here.site)


def mailed(here):
    """See the mail and send it; gives the address that stands in it."""
    page = here.page
    page.get_by_role("link", name=re.compile("^(Per mail laten|Have it signed)")).press("Enter")
    page.wait_for_url("**/mail/")
    look(here, "mail")
    pressed(page, "^(Versturen|Send)$")
    page.locator(".notices").wait_for()
    page.locator("summary", has_text=re.compile("Verzoek|Request")).press("Enter")
    look(here, "mailed")
    return re.search(r"/sign/[^/\s]+/", page.locator(".letter").last.inner_text())[0]


@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
def test_a_mandate_goes_from_the_debtors_page_to_his_signature(window, width, language):
    staff = window(width, language)
    who_collects(staff)
    address = drawn_up(staff)
    link = mailed(staff)
    debtor = window(width, language, state=None)
    page = debtor.open(link)
    look(debtor, "sign")
    page.locator("#id_iban").fill("NL20INGB0001234568")
    page.locator("#id_place").fill("Ede")
    page.locator("#id_agreed").press("Space")
    pressed(page, "ondertekenen|Sign the mandate")
    page.locator(".field.wrong", has_text=re.compile("IBAN")).wait_for()
    assert page.locator("#id_place").input_value() == "Ede"
    debtor.wrong[:] = [line for line in debtor.wrong if "400" not in line]
    look(debtor, "sign-wrong")
    page.locator("#id_iban").fill("NL20 INGB 0001 2345 67")
    pressed(page, "ondertekenen|Sign the mandate")
    page.get_by_text("•••• 4567").wait_for()
    look(debtor, "signed")
    page = staff.open(address)
    page.wait_for_url(re.compile(r"/mandates/\d+/$"))
    assert page.get_by_text("NL20 INGB 0001 2345 67".replace(" ", "\u00a0")).first.is_visible()
    look(staff, "mandate")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("online")).press("Enter")
    with open(download.value.path(), encoding="utf-8") as file:
        assert CREDITOR in file.read()
    page.locator("summary", has_text=re.compile("^(Intrekken|Withdraw)")).press("Enter")
    page.locator("#withdraw-reason").fill("brief van de debiteur")
    pressed(page, "^(Intrekken|Withdraw)$")
    page.get_by_text(
        re.compile("Er wordt niets meer mee geïncasseerd|Nothing is collected by it")
    ).first.wait_for()
    look(staff, "withdrawn")
    page = staff.open("/mandates/")
    look(staff, "list-filled")
