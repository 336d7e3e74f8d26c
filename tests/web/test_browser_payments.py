"""Payments out in a real browser: a batch made by one person, refused to her, and approved by a second one by keyboard."""

import re

import pytest

from tests.web import test_browser
from tests.web.seeding import PASSWORD
from tests.web.test_browser import chromium, session_state, site, window

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = test_browser.pytestmark


@pytest.fixture
def ella_state(chromium, site):
    """The cookies of Ella, who keeps the books."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site}/account/login/")
    page.get_by_label("E-mailadres").fill("ella@inbaar.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(f"{site}/")
    state = context.storage_state()
    context.close()
    return state


def test_a_batch_is_made_by_one_person_and_approved_by_another_by_keyboard(window, ella_state, seeded):
    his = window(360, state=ella_state)
    page = his.open("/bank/payments/")
    page.get_by_role("button", name="Batch maken").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/bank/payments/batches/[0-9]+/$"))
    assert page.get_by_text("U kunt deze batch niet goedkeuren:").is_visible()
    assert page.get_by_role("button", name=re.compile("goedkeuren")).count() == 0
    his.check()
    hers = window(1280, "en")
    page = hers.open(page.url.removeprefix(hers.site))
    page.get_by_role("button", name=re.compile("^Approve")).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Approved. The file is ready to be handed to the bank.").wait_for()
    hers.check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").press("Enter")
    assert re.fullmatch(r"INB-[0-9]{8}-[0-9]+\.xml", download.value.suggested_filename)
    with open(download.value.path(), "rb") as file:
        assert b"pain.001.001.09" in file.read()


def test_what_was_typed_wrong_stays_and_the_form_shows_why(window):
    here = window(360)
    page = here.open("/bank/payments/")
    page.get_by_text("Betaling aanvragen").click()
    page.get_by_label("Ontvanger", exact=True).fill("Jansen Bouw B.V.")
    page.get_by_label("IBAN", exact=True).fill("NL20INGB0001234568")
    page.get_by_label("Bedrag in euro").fill("10,00")
    page.get_by_label("Omschrijving of betalingskenmerk").fill("Terug")
    page.get_by_label("Waarom er betaald wordt").fill("te veel betaald")
    page.get_by_role("button", name="Aanvragen", exact=True).click()
    page.get_by_text("Dit is geen IBAN. Vraag de ontvanger het nummer opnieuw.").wait_for()
    assert page.get_by_label("Waarom er betaald wordt").input_value() == "te veel betaald"
    here.wrong[:] = [line for line in here.wrong if "400" not in line]
    here.check()
