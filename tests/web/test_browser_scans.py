"""The page of a scan in a real browser: it fits, has nothing serious for axe, and gives way to the document by itself."""

import datetime as dt
from importlib.util import find_spec

import pytest

from inbaar.doors import read_scan
from inbaar.intake.models import Scan
from inbaar.kit.scope import client_scope
from inbaar.market.printing import printed_invoices
from inbaar.market.scanning import scanned
from tests.intake.test_scans import pages
from tests.web import test_browser
from tests.web.test_browser import WIDTHS
from tests.web.test_browser_imports import chromium, session_state, site, window
from tests.web.test_scans import WORDS, read

__all__ = ["chromium", "session_state", "site", "window"]
pytestmark = [
    *test_browser.pytestmark,
    pytest.mark.skipif(
        find_spec("rapidocr") is None, reason="no OCR is installed: pip install 'inbaar[ocr]'"
    ),
]


def test_it_tells_how_far_it_is_and_then_shows_the_document(window, books):
    content = pages(scanned(printed_invoices(6, 1)[0].content, 1), 3)
    page = window().open("/upload/")
    page.locator("form.drop input[type=file]").set_input_files(
        [{"name": "scan.pdf", "mimeType": "application/pdf", "buffer": content}]
    )
    page.locator("form.drop button").click()
    link = page.locator("[data-results] > li", has_text="scan.pdf").locator("a.button")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/scans/*/")
    path = "/" + page.url.split("/", 3)[3]
    for width in WIDTHS:
        for language in ("nl", "en"):
            here = window(width, language)
            here.open(path)
            here.check(axe=language == "nl")
    client = type("Client", (), {"id": books.other_client_id})
    with client_scope(books.other_client_id):
        scan = Scan.objects.get(finished_at=None).id
    read(client, scan, 1, WORDS)
    page.get_by_text("1 van 3 pagina's gelezen").wait_for()
    for number in (2, 3):
        read(client, scan, number, [dict(WORDS[0], page=number)])
    read_scan(books.other_client_id, scan, dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC))
    page.wait_for_url("**/documents/*/")
    assert "scan.pdf" in page.locator("main").inner_text()
