"""An old browser: it leaves out what it does not know of the stylesheet and runs no script. It is told, and all works."""

import datetime as dt
import re

import pytest

from tests.web import test_browser
from tests.web.seeding import PASSWORD
from tests.web.test_browser import chromium, session_state, site, window

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = [*test_browser.pytestmark, pytest.mark.requirement("DUN-21")]
WARNINGS = {"nl": "Uw browser is oud", "en": "Your browser is old"}
UNKNOWN = re.compile(r"var\(|^--|grid|flex|clip-path|inset|min\(|max\(|gap|color-scheme")


def as_understood_of_old(style):
    """The stylesheet less what browsers of before 2017 skip: whole `@supports` blocks, rules and declarations they do not know."""
    style = re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", style)

    def known(rule):
        selector, body = rule.groups()
        if ":is(" in selector or ":has(" in selector or ":focus-visible" in selector:
            return ""
        kept = [part.strip() for part in body.split(";") if part.strip() and not UNKNOWN.search(part.strip())]
        return f"{selector}{{{';'.join(kept)}}}"

    return re.sub(r"([^{}]+)\{([^{}]*)\}", known, style)


@pytest.fixture
def old(window):
    """Opens a window of an old browser."""

    def make(language="nl", **how):
        here = window(1024, language, java_script_enabled=False, **how)

        def styled(route):
            answer = route.fetch()
            route.fulfill(response=answer, body=as_understood_of_old(answer.text()))

        here.page.route("**/inbaar.css*", styled)
        return here

    return make


def warning(page):
    return page.locator(".old-browser")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_old_browser_is_told_and_a_new_one_is_not(old, window, language):
    page = old(language).open("/")
    assert warning(page).is_visible()
    assert warning(page).inner_text().startswith(WARNINGS[language])
    assert not warning(window(1280, language).open("/")).is_visible()


def test_in_an_old_browser_a_person_logs_in_finds_an_invoice_and_pauses_it(old, seeded):
    page = old(state=None).open("/account/login/")
    assert warning(page).is_visible()
    page.get_by_label("E-mailadres").fill("olga@inbaar.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.get_by_role("link", name="Facturen", exact=True).click()
    row = page.locator("main tbody tr").first
    number = row.locator("a").first.inner_text()
    page.get_by_role("searchbox").first.fill(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/invoices/*/")
    assert number in page.locator("h1").inner_text()
    page.locator("summary", has_text="Pauzeren").click()
    form = page.locator("form[action$='/pause/']")
    form.get_by_label("Reden").fill("Wacht op de voorman")
    form.locator("[name=until]").fill((seeded.today + dt.timedelta(days=9)).isoformat())
    form.get_by_role("button").click()
    page.wait_for_url("**/invoices/*/")
    assert "Wacht op de voorman" in page.locator("main").inner_text()


def test_what_a_debtor_sees_is_told_and_readable(old, seeded):
    from inbaar.banking.pay_links import pay_token

    page = old(state=None).open(f"/pay/{pay_token(seeded.client_id, seeded.references[0])}/")
    assert warning(page).is_visible()
    assert "€" in page.locator("main").inner_text()
