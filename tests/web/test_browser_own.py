"""A debtor's own page in a real browser, by keyboard on a phone and at a desk: he disputes, the desk decides, he reads the answer."""

import os
import re

import pytest

from inbaar.debtor_page.links import link_of
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Client
from inbaar.parties.page_links import page_token
from inbaar.receivables.actions import Customer
from inbaar.receivables.models import Invoice
from tests.dunning.scenario import Administration
from tests.web import test_browser
from tests.web.test_browser import chromium, session_state, site, window

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = [*test_browser.pytestmark, pytest.mark.requirement("UI-16", "BEY-22")]
PICTURES = os.environ.get("INBAAR_PICTURES", "")


def look(here, name):
    here.check()
    if PICTURES:
        here.page.screenshot(path=f"{PICTURES}/{name}-{here.width}.png", full_page=True)


def pressed(page, name):
    """Press a button or link by keyboard, as who uses no mouse does."""
    target = (
        page.get_by_role("button", name=re.compile(name))
        .or_(page.get_by_role("link", name=re.compile(name)))
        .first
    )
    target.focus()
    page.keyboard.press("Enter")


def owing(books, number):
    """A debtor of his own, whom no other test knows, with an invoice that is late: the address of his page."""
    client = Client.objects.get(id=books.client_id)
    customer = Customer(
        name=f"Slagerij Worst {number} B.V.", kvk=f"9100{number}", email="worst@slager.example", city="Ede"
    )
    invoice = Administration(client).invoice(f"P-{number}", "2026-07-01", customer=customer)
    with client_scope(client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        return f"/my/{page_token(link_of(client.id, debtor, books.today))}/", debtor


@pytest.mark.parametrize(("width", "language", "number"), [(360, "nl", "0360"), (1280, "en", "1280")])
def test_he_disputes_a_part_and_reads_what_was_decided(window, books, width, language, number):
    path, debtor = owing(books, number)
    his = window(width, language, state=None)
    page = his.open(path)
    page.locator("details.act summary").first.press("Enter")
    page.locator("table.sheet").first.wait_for()
    look(his, "own")
    pressed(page, r"^(Betwisten|Dispute)\s*: P-")
    page.wait_for_url("**/say/dispute/**")
    page.locator("#id_amount").fill("310,00")
    page.locator("#id_words").fill("Twee dozen ontbraken.")
    page.locator("#id_files").set_input_files(
        [{"name": "virus.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00"}]
    )
    page.evaluate("document.querySelectorAll('[required]').forEach(each => each.removeAttribute('required'))")
    pressed(page, "^(Betwisten|Dispute)$")
    page.locator(".field.wrong").first.wait_for()
    assert page.locator("#id_words").input_value() == "Twee dozen ontbraken."
    his.wrong[:] = [line for line in his.wrong if "400" not in line]
    look(his, "own-dispute-wrong")
    page.locator("#id_reason").select_option("not_delivered")
    pressed(page, "^(Betwisten|Dispute)$")
    page.wait_for_url("**/receipts/**")
    look(his, "own-receipt")
    receipt = page.url.removeprefix(his.site)
    pressed(page, "^(Uw eigen pagina|Your own page)$")
    page.get_by_text(re.compile("900")).first.wait_for()
    pressed(page, "^(Kies wat u betaalt|Choose what you pay)")
    page.wait_for_url("**/pay/")
    page.get_by_label(re.compile("hoogstens|at most")).fill("100")
    look(his, "own-pay")
    pressed(page, "^(Verder naar betalen|On to paying)$")
    page.wait_for_url(re.compile(r"/pay/[0-9a-z-]+/$"))
    page.locator(".qr svg").wait_for()
    his.check()
    for kind in ("paid", "address", "data"):
        his.open(f"{path}say/{kind}/")
        look(his, f"own-{kind}")
    desk(window, debtor, width, language)
    page = his.open(receipt)
    page.get_by_text("De pakbon is getekend.").wait_for()
    look(his, "own-answer")


def desk(window, debtor, width, language):
    """The desk finds it wrong, in words, by keyboard; and looks at the list of reasons and the debtor's card."""
    staff = window(width, language)
    page = staff.open("/")
    pressed(page, r"^\d+ (bericht|message)")
    page.wait_for_url("**/replies/")
    look(staff, "replies")
    page.locator("tr", has_text=re.compile("P-")).filter(has_text="310").locator("th a").first.press("Enter")
    page.locator("#id_verdict").wait_for()
    look(staff, "reply")
    page.locator("#id_verdict").select_option("wrong")
    page.locator("#id_words").fill("De pakbon is getekend.")
    pressed(page, "^(Beslissen|Decide)$")
    page.locator(".notices").wait_for()
    look(staff, "reply-decided")
    page = staff.open("/replies/reasons/")
    page.locator("main details.act summary").last.press("Enter")
    look(staff, "reasons")
    staff.open(f"/debtors/{debtor}/")
    look(staff, "debtor-own")


def test_a_link_that_is_over_offers_a_fresh_one(window, books):
    path, debtor = owing(books, "0999")
    with client_scope(books.client_id):
        link = link_of(books.client_id, debtor, books.today)
        old = f"/my/{page_token(link._replace(good_until=books.today.replace(year=2025)))}/"
    here = window(360, state=None)
    page = here.page
    page.goto(here.site + old)
    here.wrong[:] = [line for line in here.wrong if "410" not in line]
    page.get_by_role("heading", name="Deze link is verlopen").wait_for()
    look(here, "own-expired")
    pressed(page, "^Mail mij een nieuwe link$")
    page.get_by_role("status").wait_for()
    look(here, "own-asked")
    assert path != old
