"""The review screen in a real browser: the place of each field on its page, the keyboard, both languages, every width."""

import pytest

from tests.intake.test_reviewing import invoice_page
from tests.web import test_browser
from tests.web.test_browser import WIDTHS
from tests.web.test_browser_imports import chromium, session_state, site, window

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = test_browser.pytestmark


def uploaded(here, number):
    """Upload a page whose number is not read, and open it."""
    name = number.replace("/", "-") + ".pdf"
    page = here.open("/upload/")
    page.locator("form.drop input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/pdf", "buffer": invoice_page(number)}]
    )
    page.locator("form.drop button").click()
    page.locator("[data-results] > li").first.wait_for()
    page = here.open("/upload/")
    page.get_by_role("link", name=name).first.click()
    page.locator("[data-review]").wait_for()
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_screen_fits_shows_the_page_and_has_nothing_serious(window, width, language):
    here = window(width, language)
    page = uploaded(here, f"ZB-{width}{language}/1")
    picture = page.locator("svg.page-image image").first
    assert picture.bounding_box()["height"] > 100
    here.check(axe=language == "nl")


def test_a_value_is_put_right_by_keyboard_and_its_place_is_marked(window):
    here = window()
    page = uploaded(here, "ZB-77/1")
    assert page.evaluate("document.activeElement.name") == "number"  # what was not read comes first
    page.keyboard.type("ZB-77/1")
    page.get_by_label("Totaal", exact=True).focus()
    marked = page.locator("rect.spot.here")
    assert marked.count() == 1
    assert marked.get_attribute("data-for") == "id_total"
    page.keyboard.press("Enter")
    page.get_by_text("ZB-77/1 is ingelezen.").wait_for()
    here.check()
