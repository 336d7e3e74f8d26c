"""The wizard for lists in a real browser: by keyboard, at every width, without script, and with nothing serious for axe."""

import signal
import subprocess
import sys

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.intake.lists import ROWS, written
from tests.web import test_browser
from tests.web.conftest import environment
from tests.web.seeding import PASSWORD
from tests.web.test_browser import chromium, site, window

__all__ = ["chromium", "site", "window"]
pytestmark = [*test_browser.pytestmark, pytest.mark.requirement("UI-14")]


@pytest.fixture(scope="module", autouse=True)
def worker(seeded):
    """The program's own worker beside the site, for lists only."""
    command = [sys.executable, "-m", "inbaar.cli", "work", "--queue", "lists"]
    with subprocess.Popen(command, env=environment(seeded)) as working:
        yield working
        working.terminate()


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
    at_rest(page, "teruggenomen.")


def at_rest(page, words):
    """Wait until the work is done and the page says so by itself."""
    try:
        page.get_by_text(words).first.wait_for(timeout=30_000)
    except PlaywrightTimeout as late:
        raise AssertionError(
            f"{words!r} never came; the page says: {page.locator('main').inner_text()}"
        ) from late


def numbered(prefix, rows=ROWS):
    """The rows under numbers of their own and of debtors of their own: others here may have left money for theirs."""
    own = {
        "Bakkerij De Korenaar B.V.": "Slijterij De Kurk B.V.", "90000002": "90000076", "J. Jansen": "W. Kurkentrekker",
        "Garage Snel V.O.F.": "Garage Traag V.O.F.", "01234567": "90000077", "1.210,00": "1.347,19",
    }  # fmt: skip
    return [(f"{prefix}-{row[0]}", *(own.get(cell, cell) for cell in row[1:])) for row in rows]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_every_screen_of_the_wizard_fits_and_has_nothing_serious(window, width):
    here = window(width)
    page = sent(here, f"w{width}.csv", written(numbered(f"W{width}")))
    here.check()
    page.get_by_label("Een bedrag lager dan nul is een creditnota").uncheck()
    page.get_by_role("button", name="Alle regels bekijken").click()
    at_rest(page, "worden straks ingelezen")
    here.check()
    page.get_by_role("link", name="twijfel 1").click()
    page.wait_for_url("**/check/?show=doubtful")
    here.check()
    page.get_by_role("link", name="Beslissen").click()
    page.wait_for_url("**/lines/4/")
    here.check()
    page.get_by_role("button", name="Toch inlezen").click()
    page.get_by_text("Inlezen, zegt Bob.").wait_for()
    page.get_by_role("button", name="3 facturen inlezen").click()
    at_rest(page, "3 facturen ingelezen.")
    here.check()
    taken_back(page)
    assert "3 facturen teruggenomen." in page.locator("main").inner_text()
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
    at_rest(page, "wordt straks ingelezen")
    page.get_by_role("button", name="1 factuur inlezen").focus()
    page.keyboard.press("Enter")
    at_rest(page, "1 factuur ingelezen.")
    assert here.wrong == []
    taken_back(page)


def test_the_wizard_works_without_script(window):
    page = sent(window(java_script_enabled=False), "kaal.csv", written(numbered("S", ROWS[:1])))
    page.get_by_label("Factuurnummer", exact=True).select_option("")
    page.get_by_role("button", name="Alle regels bekijken").click()
    assert "Kies de kolom voor: Factuurnummer." in page.get_by_role("alert").inner_text()
    page.get_by_label("Factuurnummer", exact=True).select_option("number")
    page.get_by_role("button", name="Alle regels bekijken").click()
    at_rest(page, "wordt straks ingelezen")
    page.get_by_role("button", name="1 factuur inlezen").click()
    at_rest(page, "1 factuur ingelezen.")
    taken_back(page)


def test_a_page_of_work_says_how_far_it_is_and_leads_on_by_itself(window, worker):
    """While the worker rests the page shows what waits, and that one may leave."""
    worker.send_signal(signal.SIGSTOP)
    try:
        here = window(360)
        page = sent(here, "wacht.csv", written(numbered("L", ROWS[:1])))
        page.get_by_role("button", name="Alle regels bekijken").click()
        page.get_by_text("0 van 1 regels gedaan").wait_for()
        here.check()
    finally:
        worker.send_signal(signal.SIGCONT)
    at_rest(page, "wordt straks ingelezen")
