"""Direct debits in a real browser: a batch made by one person, refused to him, and approved by a second one by keyboard."""

import datetime as dt
import re
from typing import Any

import pytest
from django.conf.global_settings import PASSWORD_HASHERS
from django.test import override_settings

from inbaar.banking.accounts import register_account
from inbaar.banking.debits.actions import (
    NewMandate,
    announce_debits,
    request_debits,
    set_creditor,
    sign_on_paper,
)
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import Customer, NewFile, NewHold, open_holds
from tests.banking.books import draft, invoiced
from tests.banking.camt import IBAN
from tests.conftest import make_client
from tests.web import test_browser
from tests.web.seeding import PASSWORD, user
from tests.web.test_browser import Window, chromium, serving

__all__ = ["chromium"]
pytestmark = test_browser.pytestmark


@pytest.fixture(scope="module")
def site(seeded):
    """The program on the morning of the seeded day: whether a file is in time for its day depends on the hour."""
    with serving(seeded, INBAAR_NOW=f"{seeded.today}T09:00:00+02:00") as address:
        yield address


@pytest.fixture
def collector(books):
    """A client of his own with debits in every state that a page shows: to be asked for, held up, announced, gone back."""
    client, on = make_client("Sportschool De Brug B.V.", "90000056"), books.today
    told_on = on - dt.timedelta(days=12)
    told_at, now = (dt.datetime.combine(day, dt.time(7), dt.UTC) for day in (told_on, on))
    facts: dict[str, Any] = {
        "customer": Customer(name="Incasso Groen B.V.", kvk="90000055"),
        "issue_date": told_on, "received_on": told_on, "due_date": on + dt.timedelta(days=1),
    }  # fmt: skip
    with override_settings(
        PASSWORD_HASHERS=PASSWORD_HASHERS
    ):  # as the program reads them, not as quick as tests make them
        user("kim", (client.id, "owner"))
        user("noor", (client.id, "owner"))
    with client_scope(client.id):
        register_account(client.id, IBAN, "Sportschool De Brug B.V.")
    set_creditor(client.id, "NL69ZZZ123456780000", "Sportschool De Brug B.V.", "Kim", on)
    with client_scope(client.id):
        invoices = [
            one.id
            for one in invoiced(client, *(draft(f"D-INC-{n}", f"{n}0.00", **facts) for n in range(1, 7)))
        ]
        debtor = int(fetch("SELECT debtor_id FROM receivables_invoice WHERE id = %s", [invoices[0]])[0][0])
    mandate = NewMandate(debtor, "recurring", "core", "Incasso Groen B.V.", "NL20INGB0001234567", "K-2026-1")
    form = NewFile("machtiging.pdf", b"%PDF-1.7")
    sign_on_paper(client.id, mandate, form, told_on, "Kim", told_on, told_at)
    asked, _ = request_debits(client.id, invoices[:3], "Kim", told_on, told_at)
    announce_debits(client.id, asked, "op de factuur", "Kim", told_on, told_at)
    with client_scope(client.id):
        wrong = NewHold(debtor, "dispute", "verkeerd aantal", "Kim", on, "seed-debit", invoices[3])
        open_holds(client.id, [wrong], told_at)
        run(
            "UPDATE debits_directdebit SET state = 'rejected', bank_status = 'RJCT', bank_reason = 'AM04' WHERE id = %s",
            [asked[2]],
        )
    request_debits(client.id, invoices[4:5], "Kim", on, now)
    return client


@pytest.fixture
def entered(chromium, site, collector):
    """Opens windows of somebody who logged in, and closes them after the test."""
    opened: list[Window] = []

    def make(name: str, width: int, language: str) -> Window:
        here = Window(chromium, site, None, width, language)
        opened.append(here)
        page = here.open("/account/login/")
        page.locator("input[name=login]").fill(f"{name}@inbaar.example")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("button.main").click()
        page.wait_for_url(f"{site}/")
        return here

    yield make
    for each in opened:
        each.context.close()


def test_a_batch_of_debits_is_made_by_one_person_and_approved_by_another_by_keyboard(entered):
    his = entered("noor", 360, "nl")
    hers = entered("kim", 1280, "en")
    for here in (his, hers):
        for show in ("ready", "ask", "cannot", "failed", "all", "batches"):
            here.open(f"/bank/debits/?show={show}")
            here.check()
    page = his.open("/bank/debits/?show=ready")
    his.check()
    page.get_by_role("button", name="Batch maken").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/bank/payments/batches/[0-9]+/$"))
    assert page.get_by_text("U kunt deze batch niet goedkeuren:").is_visible()
    his.check()
    page.get_by_role("link", name=re.compile("^D-INC-")).first.click()
    page.wait_for_url(re.compile("/bank/debits/[0-9]+/$"))
    his.check()
    page.go_back()
    page = hers.open(page.url.removeprefix(hers.site))
    assert page.get_by_text("SEPA direct debit (CORE)").is_visible()
    page.get_by_role("button", name=re.compile("^Approve")).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Approved. The file is ready to be handed to the bank.").wait_for()
    hers.check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").press("Enter")
    with open(download.value.path(), "rb") as file:
        assert b"pain.008.001.08" in file.read()
