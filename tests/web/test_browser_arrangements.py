"""A promise and a payment plan in a real browser, by keyboard at two widths and in both languages; axe finds nothing serious."""

import datetime as dt
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from inbaar.kit.clock import now
from tests.arrangements.books import Desk
from tests.dunning.scenario import PERSON, Administration
from tests.web import test_browser
from tests.web.test_browser_imports import chromium, session_state, window
from tests.web.test_browser_mandates import look, pressed, site

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = test_browser.pytestmark


@pytest.fixture
def debtor(books):
    """A debtor of Bob's other books who is late, known to no other test, and the day on which the books stand."""
    number = f"A-{now():%f}"
    customer = replace(PERSON, name=f"Regelaar {number}", email=f"{number}@voorbeeld.example".lower())
    known = SimpleNamespace(id=books.other_client_id)
    invoice = Administration(known).invoice(number, "2026-07-10", payable="300.00", customer=customer)
    return Desk(known).debtor_of(invoice), books.today


@pytest.mark.requirement("UI-05", "UI-07")
@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
def test_a_promise_gives_way_to_a_plan_that_is_seen_first_and_ended_again(window, debtor, width, language):
    number, today = debtor
    here = window(width, language)
    page = here.open(f"/debtors/{number}/promise/")
    page.locator("#id_due_on").fill((today + dt.timedelta(days=7)).isoformat())
    look(here, "promise-new")
    pressed(page, "^(Belofte vastleggen|Keep the promise)")
    page.locator(".notices").wait_for()
    look(here, "promised")
    look_at_list(here, "/promises/")
    page = here.open(f"/debtors/{number}/plan/")
    page.locator("#id_first_on").fill((today + dt.timedelta(days=14)).isoformat())
    pressed(page, "^(Termijnen bekijken|Show the terms)")
    page.locator("#shown-title").wait_for()
    look(here, "plan-new")
    if page.locator("#plan-reason").count():
        page.locator("#plan-reason").fill("goede klant")
    pressed(page, "^(Regeling afspreken|Agree on the plan)")
    page.wait_for_url(re.compile(r"/plans/\d+/$"))
    look(here, "plan")
    look_at_list(here, "/plans/", back=page.url)
    page.locator("summary", has_text=re.compile("Regeling beëindigen|End the plan")).press("Enter")
    page.locator("#end-reason").fill("anders afgesproken")
    pressed(page, "^(Regeling beëindigen|End the plan)")
    page.locator(".notices").wait_for()
    look(here, "plan-ended")


def look_at_list(here, path, back=""):
    """A list, with whatever is folded on it open."""
    page = here.open(path)
    for folded in page.locator("main summary").all():
        folded.press("Enter")
    look(here, path.strip("/"))
    if back:
        here.open(back.removeprefix(here.site))
