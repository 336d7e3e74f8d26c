"""An invoice that is yet to be sent, in a real browser: uploaded as such, looked at and sent by keyboard, at every width."""

import pytest

from tests.intake.documents import cii, pdf
from tests.web import test_browser
from tests.web.test_browser import WIDTHS
from tests.web.test_browser_imports import chromium, session_state, site, window

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = test_browser.pytestmark


def paper(number: str) -> bytes:
    """An invoice of the administration that is looked at, whose number is like no other."""
    own = (("Zaagmolen B.V.", "Bakkerij De Korenaar B.V."), ("59581883", "90000002"))
    return pdf(
        (
            "factur-x.xml",
            cii(
                ("F-2026-001", number),
                ("Tuin &amp; Zn. V.O.F.", f"Klant {number} V.O.F."),
                *own,
            ).encode(),
        )
    )


def uploaded(here, number: str):
    """Upload it as yet to be sent, and open it."""
    page = here.open("/upload/")
    page.get_by_label("Deze facturen zijn nog niet naar de debiteuren verzonden").or_(
        page.get_by_label("These invoices were not sent to the debtors yet")
    ).check()
    page.locator("form.drop input[type=file]").set_input_files(
        [{"name": f"{number}.pdf", "mimeType": "application/pdf", "buffer": paper(number)}]
    )
    page.locator("form.drop button").click()
    page.locator("[data-results] > li").first.wait_for()
    page.locator("[data-results] a").first.click()
    page.locator("#timeline-title").wait_for()
    return page


@pytest.mark.parametrize(("width", "language"), [*((width, "nl") for width in WIDTHS), (360, "en")])
def test_what_leaves_is_shown_at_every_width_and_has_nothing_serious(window, width, language):
    here = window(width, language)
    page = uploaded(here, f"V-{width}{language}")
    here.check(axe=language == "nl")
    page.locator("a[href$='/send/']").click()
    page.locator("input[name=seal]").wait_for(state="attached")
    here.check(axe=language == "nl")


def test_it_is_sent_by_keyboard_and_the_page_says_that_it_is_on_its_way(window):
    here = window()
    page = uploaded(here, "V-7")
    link = page.get_by_role("link", name="Bekijken en versturen")
    link.focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Versturen").or_(
        page.get_by_role("button", name="Klaarmaken voor de post")
    )
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Zien hoe het gaat").wait_for()
    here.check()
