"""The wizard for lists in a real browser: by keyboard, at every width, without script, and with nothing serious for axe."""

import pytest

from tests.intake.lists import ROWS, written
from tests.web import test_browser
from tests.web.seeding import PASSWORD
from tests.web.test_browser import chromium, site, window

__all__ = ["chromium", "site", "window"]
pytestmark = [*test_browser.pytestmark, pytest.mark.requirement("UI-14")]


@pytest.fixture(scope="module")
def session_state(chromium, site):
    """The cookies of Bob, who works in the other client's books: what is taken in here stays out of the seeded ones."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site}/account/login/")
    page.get_by_label("E-mailadres").fill("bob@inbaar.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(f"{site}/")
    assert "Bakkerij De Korenaar B.V." in page.locator(".who").text_content()
    state = context.storage_state()
    context.close()
    return state


def sent(here, name, content):
    """Upload a list and come to its columns."""
    page = here.open("/upload/")
    page.get_by_label("Zet hier bestanden neer, of kies ze").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": content}]
    )
    page.locator("form.drop button").click()
    page.locator("[data-results] > li", has_text=name).locator("a.button").click(timeout=10_000)
    page.wait_for_url("**/imports/*/")
    return page


def taken_back(page):
    """Take the list back, as the last step of the wizard."""
    page.get_by_role("button", name="De hele lijst terugnemen").click()
    page.locator(".notices", has_text="teruggenomen").wait_for()


def numbered(prefix, rows=ROWS):
    return [(f"{prefix}-{row[0]}", *row[1:]) for row in rows]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_every_screen_of_the_wizard_fits_and_has_nothing_serious(window, width):
    here = window(width)
    page = sent(here, f"w{width}.csv", written(numbered(f"W{width}")))
    here.check()
    page.get_by_label("Een bedrag lager dan nul is een creditnota").uncheck()
    page.get_by_role("button", name="Alle regels bekijken").click()
    page.wait_for_url("**/check/")
    here.check()
    page.get_by_role("link", name="twijfel 1").click()
    page.wait_for_url("**/check/?show=doubtful")
    here.check()
    page.get_by_role("button", name="2 facturen inlezen").click()
    page.get_by_text("2 facturen ingelezen.").wait_for()
    here.check()
    taken_back(page)
    assert "2 facturen teruggenomen." in page.locator("main").inner_text()
    here.check()


def test_the_wizard_is_walked_by_keyboard_alone(window):
    here = window(360)
    page = sent(here, "toetsen.csv", written(numbered("K", ROWS[:1])))
    page.get_by_label("Debiteurnr", exact=True).focus()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "column-2"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    page.get_by_role("button", name="1 factuur inlezen").focus()
    page.keyboard.press("Enter")
    page.get_by_text("1 factuur ingelezen.").wait_for()
    assert here.wrong == []
    taken_back(page)


def test_the_wizard_works_without_script(window):
    page = sent(window(java_script_enabled=False), "kaal.csv", written(numbered("S", ROWS[:1])))
    page.get_by_label("Factuurnummer", exact=True).select_option("")
    page.get_by_role("button", name="Alle regels bekijken").click()
    assert "Kies de kolom voor: Factuurnummer." in page.get_by_role("alert").inner_text()
    page.get_by_label("Factuurnummer", exact=True).select_option("number")
    page.get_by_role("button", name="Alle regels bekijken").click()
    page.get_by_role("button", name="1 factuur inlezen").click()
    assert "1 factuur ingelezen." in page.locator("main").inner_text()
    taken_back(page)


def test_what_takes_longer_than_a_second_says_how_much_it_is_about(window):
    here = window(360)
    page = sent(here, "lang.csv", written(numbered("L", ROWS[:1])))
    page.get_by_role("button", name="Alle regels bekijken").click()
    page.wait_for_url("**/check/")
    assert page.locator("#busy").is_hidden()
    # The form stays where it is, as that of a long list does while it waits for its answer.
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="1 factuur inlezen").click()
    page.locator("#busy").wait_for(timeout=10_000)
    assert "1 regel wordt ingelezen" in page.locator("#busy").inner_text()
