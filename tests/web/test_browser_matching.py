"""Matching in a real browser, by keyboard and without script: the options, their effects, and the next entry that waits."""

import datetime as dt
from urllib.parse import quote

import pytest

from inbaar.doors import take_in_files
from inbaar.parties.models import Client
from tests.banking.camt import Line, camt_file
from tests.dunning.scenario import Administration
from tests.web import test_browser
from tests.web.test_browser import WIDTHS
from tests.web.test_browser_imports import chromium, session_state, site, window

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = test_browser.pytestmark


NOW = dt.datetime(2026, 8, 1, 9, tzinfo=dt.UTC)


def paid_too_much(here, books, place):
    """In Bob's other books: an invoice, a payment of it that is five hundred euros too much, and that entry's page."""
    number, payer = f"M-2026-{place:04d}", f"Betaler van {place}"
    Administration(Client.objects.get(id=books.other_client_id)).invoice(number, "2026-07-10")
    statement = camt_file([Line("1710.00", f"factuur {number}", name=payer, iban="")], number=f"M{place}")
    files = [(f"m{place}.xml", statement)]
    take_in_files(books.other_client_id, files, books.today, NOW, add_accounts=True)
    page = here.open(f"/bank/?show=entries&q={quote(payer)}")
    page.get_by_role("link", name=payer).first.click()
    assert page.locator(".option").count() > 1, page.locator("main").inner_text()
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_options_fit_and_have_nothing_serious(window, books, width, language):
    here = window(width, language)
    page = paid_too_much(here, books, WIDTHS.index(width) + 3 * (language == "en"))
    assert page.locator(".option").first.locator(".effect").count() >= 1
    here.check(axe=language == "nl")


def test_an_entry_is_settled_by_keyboard_without_script_and_the_next_one_is_there(window, books):
    was = paid_too_much(window(), books, 6).url
    page = window(java_script_enabled=False).page
    page.goto(was)
    titles = page.locator(".option-title").all_inner_texts()
    page.locator("input[name=choice]").first.focus()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("input[name=choice]:checked")
    assert chosen.count() == 1
    assert page.locator(".option:has(input:checked) .option-title").inner_text() == titles[1]
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".notice.success").inner_text().strip() == "Gedaan en geboekt."
    assert page.url != was
    assert "/bank/" in page.url
    page.goto(was)
    page.get_by_label("Reden").first.fill("toch niet")
    page.get_by_role("button", name="Loskoppelen").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Losgekoppeld" in page.locator(".notice.success").inner_text()


def test_the_ones_that_wait_are_walked_through_by_links(window, books):
    page = paid_too_much(window(), books, 7)
    was = page.url
    page.get_by_role("link", name="Volgende", exact=True).or_(
        page.get_by_role("link", name="Vorige", exact=True)
    ).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url != was
    assert page.locator("h1").count() == 1
