"""A scan on the screens: it is being read, how far it is, and its document as soon as that is there; nobody else's."""

import datetime as dt
from importlib.util import find_spec

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inbaar.doors import read_scan
from inbaar.intake.models import Reading, Scan
from inbaar.kit.scope import client_scope
from inbaar.market.printing import printed_invoices
from inbaar.market.scanning import scanned
from tests.conftest import make_client
from tests.intake.test_scans import pages, read
from tests.web.test_pages import plain
from tests.web.test_review import browser_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        find_spec("rapidocr") is None, reason="no OCR is installed: pip install 'inbaar[ocr]'"
    ),
]
NOW = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
#: Words as an OCR gives them: what is no invoice is refused, and that is all these tests need of them.
WORDS = [
    {
        "page": 1,
        "width": 595.0,
        "height": 842.0,
        "words": [["Bericht", 50, 700, 90, 712, 0.99, [50, 700, 90, 712]]],
    }
]


@pytest.fixture
def eva(client_a, monkeypatch):
    monkeypatch.setenv("INBAAR_TODAY", "2026-07-01")
    return browser_of("eva", (client_a.id, "bookkeeper"))


@pytest.fixture(scope="module")
def two_pages():
    return pages(scanned(printed_invoices(5, 1)[0].content, 1), 2)


def uploaded(browser, client, content):
    """The answer to an upload, and the scan's page."""
    answer = browser.post("/upload/", {"files": [SimpleUploadedFile("bon.pdf", content)]})
    with client_scope(client.id):
        return answer, f"/scans/{Scan.objects.get().id}/"


def test_an_upload_answers_at_once_and_its_page_tells_how_far_it_is(client_a, eva, two_pages):
    answer, path = uploaded(eva, client_a, two_pages)
    assert "wordt gelezen" in plain(answer)
    assert f'href="{path}"' in answer.content.decode()
    assert "0 van 2 pagina's gelezen" in plain(eva.get("/upload/"))
    scan = int(path.split("/")[2])
    read(client_a, scan, 1, WORDS)
    page = eva.get(path)
    assert "1 van 2 pagina's gelezen" in plain(page)
    html = page.content.decode()
    assert '<progress max="2" value="1"' in html
    assert f'hx-get="{path}"' in html  # with script it asks again by itself,
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in html  # and without as well


def test_its_page_gives_way_to_the_document(client_a, eva, two_pages):
    _, path = uploaded(eva, client_a, two_pages)
    scan = int(path.split("/")[2])
    for number in (1, 2):
        read(client_a, scan, number, [dict(WORDS[0], page=number)])
    assert read_scan(client_a.id, scan, NOW).outcome == "refused"
    with client_scope(client_a.id):
        document = f"/documents/{Reading.objects.get().id}/"
    assert eva.get(path)["Location"] == document
    asked_by_script = eva.get(path, headers={"HX-Request": "true"})
    assert (asked_by_script.status_code, asked_by_script["HX-Redirect"]) == (200, document)
    assert "Wordt gelezen" not in plain(eva.get("/upload/"))


def test_another_client_s_scan_is_not_here(client_a, eva, two_pages):
    _, path = uploaded(eva, client_a, two_pages)
    other = make_client("Bouw B.V.", "24330087")
    stranger = browser_of("frits", (other.id, "owner"))
    assert stranger.get(path).status_code == 404
    assert eva.get(path).status_code == 200
