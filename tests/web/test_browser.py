"""The screens in a real browser: three widths, both languages, axe, the keyboard, and nothing on the console."""

import datetime as dt
import os
import re
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from inbaar.banking.pay_links import pay_token
from tests.intake.documents import ubl
from tests.web.conftest import environment
from tests.web.seeding import PASSWORD, Books

CHROMIUM = os.environ.get("INBAAR_CHROMIUM", "/usr/bin/chromium")
WIDTHS = (360, 768, 1280)
AXED = {(360, "nl"), (768, "nl"), (1280, "en")}
SERIOUS = {"serious", "critical"}
STARTS_WITHIN_SECONDS = 60

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not Path(CHROMIUM).exists(), reason=f"no chromium at {CHROMIUM}: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def site(seeded: Books) -> Iterator[str]:
    """The program itself, serving the seeded books; gives its address."""
    with serving(seeded) as address:
        yield address


@contextmanager
def serving(seeded: Books, **more: str) -> Iterator[str]:
    """The program itself, with more in its environment; `{address}` there is the address it is given."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "2", "inbaar.web.wsgi:application",
    ]  # fmt: skip
    surroundings = environment(seeded) | {name: text.format(address=address) for name, text in more.items()}
    server = subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        _await_start(server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _await_start(server: "subprocess.Popen[str]") -> None:
    assert server.stdout is not None
    told = []
    while select.select([server.stdout], [], [], STARTS_WITHIN_SECONDS)[0]:
        line = server.stdout.readline()
        told.append(line)
        if "Started worker" in line:
            return
        if not line:
            break
    raise RuntimeError(f"the site did not start: {''.join(told)}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all tests here. While it runs, Django takes this thread for an asynchronous one; it is not."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def session_state(chromium: Any, site: str) -> Any:
    """Olga's cookies, from a real log-in."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site}/account/login/")
    page.get_by_label("E-mailadres").fill("olga@inbaar.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url(f"{site}/")
    state = context.storage_state()
    context.close()
    return state


class Window:
    """A browser window that remembers what went wrong in it."""

    def __init__(self, chromium: Any, site: str, state: Any, width: int, language: str, **how: Any) -> None:
        self.site, self.width, self.wrong = site, width, []
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, storage_state=state, **how
        )
        self.context.add_cookies([{"name": "inbaar_language", "value": language, "url": site}])
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def open(self, path: str) -> Any:
        """Open a page and give it."""
        self.page.goto(self.site + path)
        return self.page

    def check(self, axe: bool = True) -> None:
        """Nothing on the console, nothing to scroll sideways, nothing serious for axe."""
        from axe_playwright_python.sync_playwright import Axe

        where = self.page.url
        assert self.wrong == [], where
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, where
        if not axe:
            return
        found = [item for item in Axe().run(self.page).response["violations"] if item["impact"] in SERIOUS]
        told = [(item["id"], [node["html"][:160] for node in item["nodes"][:3]]) for item in found]
        assert told == [], where


@pytest.fixture
def window(chromium: Any, site: str, session_state: Any) -> Iterator[Any]:
    """Opens windows, and closes them after the test."""
    opened: list[Window] = []

    def make(width: int = 1280, language: str = "nl", **how: Any) -> Window:
        opened.append(Window(chromium, site, how.pop("state", session_state), width, language, **how))
        return opened[-1]

    yield make
    for each in opened:
        each.context.close()


def paths(books: Books) -> list[str]:
    return [
        "/", "/invoices/?state=all", f"/invoices/{books.lettered[0]}/", "/debtors/", f"/debtors/{books.debtors[0]}/",
        "/mailbox/", "/bank/", "/bank/online/", "/bank/?show=entries", "/bank/?show=statements", f"/bank/entries/{books.unmatched[0]}/", "/upload/",
        "/bank/?show=announced", f"/bank/files/{books.waiting_file}/", f"/bank/entries/{books.batch}/",
        f"/documents/{books.readings[0]}/", f"/letters/{books.letters[0]}/", "/letters/", "/search/?q=2026",
        "/bank/payments/", f"/bank/payments/{books.transfers[0]}/", f"/bank/payments/{books.transfers[1]}/",
        f"/bank/payments/batches/{books.batches[0]}/", f"/bank/payments/batches/{books.batches[1]}/",
        f"/debtors/{books.debtors[0]}/edit/", "/search/?q=zzzz", "/nergens/", "/account/password/change/",
        "/account/mfa/", "/account/mfa/webauthn/", "/account/logout/", "/account/reauthenticate/",
        f"/ageing/?on={books.today - dt.timedelta(days=25)}", "/ageing/invoices/?age=1-30", "/ageing/invoices/?age=unapplied",
        "/statements/", "/statements/new/?kind=movements", f"/statements/new/?debtor={books.debtors[0]}",
        f"/statements/{books.statements[0]}/", f"/statements/runs/{books.runs[0]}/",
        f"/pay/{pay_token(books.client_id, books.references[0])}/",
        "/letters/waiting/", "/letters/words/", "/policies/", "/policies/0/?copy=1", "/calls/",
        "/mandates/", f"/debtors/{books.debtors[0]}/mandates/new/", "/sign/x/",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_screen_fits_and_has_nothing_serious(window, seeded, width, language):
    here = window(width, language)
    for path in paths(seeded):
        page = here.open(path)
        assert page.locator("h1").count() == 1, path
        here.wrong[:] = [
            line for line in here.wrong if path not in ("/nergens/", "/sign/x/") or "404" not in line
        ]
        # What axe looks at is the same in both languages; each width is looked at once.
        here.check(axe=(width, language) in AXED)


def _answered(html, route):
    route.fulfill(body=html, content_type="text/html")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_for_what_went_wrong_fit_too(window, seeded, width, language):
    from inbaar.web.views.errors import broken, forbidden

    here = window(width, language)
    with translation.override(language):
        refused = RequestFactory().get("/")
        refused.user = AnonymousUser()
        pages = {"/403/": forbidden(refused), "/500/": broken(refused)}
    for path, answer in pages.items():
        here.page.route(f"**{path}", partial(_answered, answer.content))
        page = here.open(path)
        assert page.locator("h1").count() == 1
        assert page.get_by_role("link", name=re.compile("overzicht|overview")).is_visible()
        here.check(axe=language == "nl")
    here.open(f"/invoices/{seeded.lettered[0]}/waive/")
    assert page.locator("h1").inner_text() in (
        "Dit adres neemt alleen een formulier aan",
        "This address only takes a form",
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_the_way_back_in_is_sound(window, width):
    here = window(width, state=None)
    here.open("/account/login/").get_by_role("link", name="Wachtwoord vergeten?").click()
    here.page.wait_for_url("**/account/password/reset/")
    here.check()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_name_as_long_as_the_window_breaks_and_nothing_is_cut_off(window, seeded, width):
    here = window(width)
    for path in paths(seeded)[:13]:
        page = here.open(path)
        page.evaluate(
            """for (const part of document.querySelectorAll("main h1, main dd, main td a, main th a, main li a, main strong"))
                 if (!part.children.length && !part.matches(".tabs a, .button, .state, .nowrap, .ageing *, .when *")) part.textContent = "W".repeat(90);"""
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        cut = page.evaluate(
            """[...document.querySelectorAll("main *")].filter((part) =>
                 part.getBoundingClientRect().right > innerWidth && !part.closest("svg, .unseen, .table-wrap")).length"""
        )
        assert cut == 0, path


def test_the_dark_has_enough_contrast_too(window, seeded):
    here = window(1280, "nl", color_scheme="dark")
    for path in paths(seeded)[:7]:
        here.open(path)
        here.check()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_log_in_page_is_sound(window, width):
    here = window(width, "nl", state=None)
    here.open("/account/login/")
    here.check()


def test_twice_the_size_still_fits(window, seeded):
    """200% zoom of a window of 1,280 is a window of 640 with everything twice as large."""
    here = window(640, "nl", device_scale_factor=2)
    for path in paths(seeded):
        here.open(path)
        here.wrong.clear()
        here.check(axe=False)


def test_the_keyboard_reaches_everything_in_order(window):
    here = window()
    page = here.open("/")
    focused = "document.activeElement.textContent.trim() || document.activeElement.name || document.activeElement.href"
    order = []
    for _ in range(12):
        page.keyboard.press("Tab")
        order.append(page.evaluate(focused))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", order[-1]
    assert order[0] == "Naar de inhoud"
    assert order[1] == "Inbaar"
    assert order[2] == "q"
    rooms = [name for name in order if name in ("Overzicht", "Facturen", "Debiteuren", "Bank", "Inlezen")]
    assert rooms == ["Overzicht", "Facturen", "Debiteuren", "Bank", "Inlezen"]


def test_the_skip_link_leads_past_the_rooms(window):
    page = window().open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_menu_opens_and_closes_by_keyboard(window):
    page = window().open("/")
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    assert page.get_by_role("button", name="Uitloggen").is_visible()
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_filters_stay_in_the_address_and_go_back(window):
    here = window()
    page = here.open("/invoices/")
    page.get_by_role("link", name="te laat", exact=True).click()
    page.wait_for_url("**/invoices/?state=overdue")
    page.get_by_role("link", name="Bedrag", exact=True).click()
    page.wait_for_url("**/invoices/?state=overdue&sort=amount")
    assert page.locator("th[aria-sort=ascending]").inner_text() == "Bedrag"
    amounts = page.locator("tbody td[data-label=Bedrag]").all_inner_texts()
    figures = [int("".join(sign for sign in text if sign.isdigit())) for text in amounts]
    assert figures == sorted(figures)
    page.go_back()
    page.wait_for_url("**/invoices/?state=overdue")
    page.get_by_label("Nummer, debiteur of kenmerk").fill("bestaat-niet")
    page.get_by_role("button", name="Filteren").click()
    page.get_by_text("Geen factuur past bij deze filters", exact=True).wait_for()
    assert here.wrong == []


def test_a_bar_leads_to_its_invoices(window):
    page = window().open("/")
    count = page.locator(".ageing tbody tr").nth(1).locator("td").nth(1).inner_text()
    page.locator(".ageing .bar-cell a").nth(1).click()
    page.wait_for_url("**/invoices/?age=1-30")
    assert page.locator(".lead strong").first.inner_text() == count


def own_invoice(number: str) -> bytes:
    return ubl(
        ("Zaagmolen B.V.", "Van Dijk Techniek B.V."), ("59581883", "90000001"), ("F-2026-001", number)
    ).encode()  # fmt: skip


def test_files_are_taken_in_one_by_one_with_their_results(window):
    here = window()
    page = here.open("/upload/")
    page.get_by_label("Zet hier bestanden neer, of kies ze").set_input_files(
        [
            {"name": "goed.xml", "mimeType": "text/xml", "buffer": own_invoice("BR-1")},
            {"name": "kapot.xml", "mimeType": "text/xml", "buffer": b"<Invoice"},
        ]
    )
    page.locator("form.drop button").click()
    results = page.locator("[data-results] > li")
    results.nth(1).wait_for()
    assert "kapot.xml" in results.nth(0).inner_text()
    assert "geweigerd" in results.nth(0).inner_text()
    assert "goed.xml" in results.nth(1).inner_text()
    assert page.url.endswith("/upload/")
    here.check()


@pytest.mark.parametrize(("language", "title"), [("nl", "E-factuur"), ("en", "E-invoice")])
def test_the_e_invoice_is_downloaded_in_both_forms(window, seeded, language, title):
    view = window(language=language)
    page = view.open(f"/invoices/{seeded.invoices[0]}/")
    facts = page.locator("dl.facts div", has=page.get_by_text(title, exact=True))
    for link, start in (("UBL", b"<?xml"), ("Factur-X (PDF)", b"%PDF")):
        with page.expect_download() as loading:
            facts.get_by_role("link", name=link).click()
        assert Path(loading.value.path()).read_bytes().startswith(start)
    view.check()


def test_who_was_logged_out_meanwhile_is_told_so_at_his_file(window):
    here = window()
    page = here.open("/upload/")
    page.get_by_label("Zet hier bestanden neer, of kies ze").set_input_files(
        [{"name": "goed.xml", "mimeType": "text/xml", "buffer": own_invoice("BR-9")}]
    )
    here.context.clear_cookies(name="sessionid")
    page.locator("form.drop button").click()
    page.get_by_text("U bent intussen uitgelogd; er is niets veranderd.").wait_for()


def test_taking_in_works_without_script(window):
    page = window(java_script_enabled=False).open("/upload/")
    page.get_by_label("Zet hier bestanden neer, of kies ze").set_input_files(
        [{"name": "kapot2.xml", "mimeType": "text/xml", "buffer": b"<Invoice>"}]
    )
    page.locator("form.drop button").click()
    assert "geweigerd" in page.locator(".results > li").first.inner_text()


def test_a_refused_form_is_stood_at_with_what_was_typed(window):
    page = window(360).open("/invoices/?state=open&sort=-due")
    page.locator("tbody th a").first.click()
    page.get_by_text("Betwisten", exact=True).click()
    page.get_by_label("Reden").first.fill("doos ontbreekt")
    page.get_by_label("Betwist deel").fill("99999999,00")
    page.get_by_role("button", name="Als betwist vastleggen").click()
    page.get_by_text("Een betwist deel kan niet meer zijn").wait_for()
    assert "betwist deel" in page.evaluate("document.activeElement.textContent")
    assert page.get_by_label("Reden").first.input_value() == "doos ontbreekt"


def test_a_dispute_is_put_and_released(window, seeded):
    here = window(360)
    page = here.open("/invoices/?state=open&sort=-due")
    page.locator("tbody th a").first.click()
    page.get_by_text("Betwisten", exact=True).click()
    page.get_by_label("Reden").first.fill("doos ontbreekt")
    page.get_by_role("button", name="Als betwist vastleggen").click()
    page.get_by_text("Betwist: voor deze factuur wordt niets gevraagd").wait_for()
    here.check()
    page.get_by_role("button", name="Vrijgeven").click()
    page.get_by_text("Vrijgegeven: de volgende ronde kijkt er weer naar.").wait_for()
    here.check()


def test_proof_is_attached_and_asked_for_by_keyboard(window, seeded):
    here = window(360)
    page = here.open(f"/invoices/{seeded.lettered[1]}/")
    section = page.locator("section[aria-labelledby=evidence-title]")
    section.get_by_text("Bewijs vragen", exact=True).focus()
    page.keyboard.press("Enter")
    section.get_by_role("button", name="Vragen", exact=True).focus()
    section.get_by_label("Waarom").fill("de debiteur kreeg niets")
    section.get_by_label("Uiterlijk op").fill("2026-12-24")
    section.get_by_role("button", name="Vragen", exact=True).press("Enter")
    page.get_by_text("Gevraagd voor 24 dec 2026").wait_for()
    section.get_by_text("Toevoegen", exact=True).first.focus()
    page.keyboard.press("Enter")
    section.get_by_label("Bestanden").set_input_files(
        [{"name": "tekening.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}]
    )
    section.get_by_role("button", name="Toevoegen").press("Enter")
    page.get_by_text("tekening.svg kan geen bewijs zijn").wait_for()
    assert "tekening.svg" in page.evaluate("document.activeElement.textContent")
    section.get_by_label("Bestanden").set_input_files(
        [{"name": "bon.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 bon"}]
    )
    section.get_by_role("button", name="Toevoegen").press("Enter")
    page.get_by_text("1 bestand toegevoegd.").wait_for()
    here.wrong.clear()  # the refused form was an answer 400, which a browser notes
    here.check()
    with page.expect_download() as found:
        section.get_by_role("link", name="bon.pdf").press("Enter")
    assert Path(found.value.path()).read_bytes() == b"%PDF-1.7 bon"
