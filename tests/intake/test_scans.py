"""Scans: kept at once, read page by page by a job, and judged once, however often and by however many they are read."""

import datetime as dt
from importlib.util import find_spec

import pypdfium2
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from inbaar.doors import read_scan, take_in_files
from inbaar.intake.jobs import BEHIND
from inbaar.intake.models import Document, Reading, Scan, ScanPage
from inbaar.intake.readers.pdf import AT_ONCE, scanned_page, stop_child
from inbaar.intake.readers.source import Limits
from inbaar.intake.scans import (
    MOST_ATTEMPTS,
    MOST_PAGES,
    PAGES_A_TURN,
    pages_left,
    pages_read,
    read_pages,
    scans_being_read,
)
from inbaar.jobs import look_for_scans, read_one_scan
from inbaar.kit.bulk import insert_rows
from inbaar.kit.scope import client_scope
from inbaar.mailbox.taking import take_files
from inbaar.market.printing import printed_invoices
from inbaar.market.scanning import scanned
from tests.conftest import make_client

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        find_spec("rapidocr") is None, reason="no OCR is installed: pip install 'inbaar[ocr]'"
    ),
]
ON, NOW = dt.date(2026, 11, 23), dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def scan() -> bytes:
    """One page of an invoice, as a picture."""
    return scanned(printed_invoices(5, 1)[0].content, 1)


@pytest.fixture(scope="module")
def words(scan: bytes) -> list[dict]:
    """What an OCR reads on it."""
    return scanned_page(scan, Limits(), 1).pages


def pages(content: bytes, count: int) -> bytes:
    """The page so many times over in one file, without text."""
    import io

    document, source = pypdfium2.PdfDocument.new(), pypdfium2.PdfDocument(content)
    document.import_pages(source, [0] * count)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def upload(client, content: bytes, name: str = "scan.pdf", channel: str = "upload"):
    return take_in_files(client.id, [(name, content)], ON, NOW, channel)[0]


def queued() -> list[tuple[str, dict]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))


def read(client, scan_id: int, page: int, found: list[dict]) -> None:
    """A page as a worker kept it."""
    columns = {"client_id": "bigint", "scan_id": "bigint", "page": "int2", "engine": "text", "read": "jsonb"}
    import json

    with client_scope(client.id):
        insert_rows("intake_scanpage", columns, [(client.id, scan_id, page, "rapidocr 3", json.dumps(found))])


def test_a_scan_is_kept_and_queued_and_read_by_the_job(client_a, scan):
    result = upload(client_a, scan)
    assert (result.outcome, result.format, [p.rule for p in result.problems]) == (
        "reading",
        "pdf",
        ["being-read"],
    )
    assert queued() == [("inbaar.read_scan", {"client_id": client_a.id, "scan_id": result.scan_id})]
    with client_scope(client_a.id):
        assert (Document.objects.count(), Reading.objects.count(), scans_being_read(client_a.id)) == (
            1,
            0,
            [result.scan_id],
        )
    read_one_scan(client_a.id, result.scan_id)
    with client_scope(client_a.id):
        reading = Reading.objects.get()
        assert (reading.outcome, reading.on, scans_being_read(client_a.id)) == ("review", ON, [])
        assert "read-by-ocr" in [problem["rule"] for problem in reading.problems]
        assert reading.read["fields"]["read_by"].startswith("rapidocr ")
    read_one_scan(client_a.id, result.scan_id)  # twice is once
    with client_scope(client_a.id):
        assert (Reading.objects.count(), ScanPage.objects.count()) == (1, 1)


def test_it_goes_on_at_the_page_where_it_was_killed(client_a, scan, words):
    """Two of three pages were kept when the worker died: only the third is read, and all three are judged."""
    result = upload(client_a, pages(scan, 3))
    for page in (1, 3):
        read(client_a, result.scan_id, page, [dict(words[0], page=page)])
    assert read_pages(client_a.id, result.scan_id) is None
    with client_scope(client_a.id):
        row = Scan.objects.get()
        assert (row.page_begun, row.times_begun, row.finished_at) == (2, 1, None)
        assert [found["page"] for found in pages_read(client_a.id, row.document_id).pages] == [1, 2, 3]
    # It died once more, with every page read and nothing judged.
    assert read_scan(client_a.id, result.scan_id, NOW).outcome == "review"
    assert read_scan(client_a.id, result.scan_id, NOW) is None


def test_the_same_scan_again_is_here_already(client_a, scan, words):
    first, again = upload(client_a, scan), upload(client_a, scan, "nogmaals.pdf", "mail")
    assert (again.outcome, again.scan_id) == ("known", first.scan_id)
    assert len(queued()) == 1
    read(client_a, first.scan_id, 1, words)
    read_one_scan(client_a.id, first.scan_id)
    assert (upload(client_a, scan).outcome, upload(client_a, scan).scan_id) == ("known", None)


def test_a_lost_job_is_made_up_for_and_one_that_is_there_stays_one(client_a, scan):
    result = upload(client_a, scan)
    look_for_scans(0)
    assert len(queued()) == 1
    ProcrastinateJob.objects.filter(task_name="inbaar.read_scan")._raw_delete("default")
    look_for_scans(0)
    assert queued() == [("inbaar.read_scan", {"client_id": client_a.id, "scan_id": result.scan_id})]


def test_a_long_scan_lets_other_jobs_have_their_turn(client_a, scan, words):
    """Of six pages the first is left, four are read in one turn at most; what is left is queued behind all else."""
    result = upload(client_a, pages(scan, PAGES_A_TURN + 2))
    for page in range(2, PAGES_A_TURN + 2):
        read(client_a, result.scan_id, page, [dict(words[0], page=page)])
    assert read_scan(client_a.id, result.scan_id, NOW, most=1) is None
    with client_scope(client_a.id):
        assert (pages_left(client_a.id, result.scan_id), Reading.objects.count()) == (1, 0)
    ProcrastinateJob.objects.all()._raw_delete("default")
    read_one_scan(client_a.id, result.scan_id)
    assert queued() == []  # the last page was read in this turn
    with client_scope(client_a.id):
        assert Reading.objects.get().outcome == "review"


def test_what_is_left_after_a_turn_is_queued_behind_all_else(client_a, scan, monkeypatch):
    result = upload(client_a, pages(scan, 2))
    ProcrastinateJob.objects.all()._raw_delete("default")
    monkeypatch.setattr("inbaar.jobs.PAGES_A_TURN", 1)
    read_one_scan(client_a.id, result.scan_id)
    assert list(ProcrastinateJob.objects.values_list("task_name", "priority")) == [
        ("inbaar.read_scan", BEHIND)
    ]


def test_a_page_that_ends_the_program_each_time_is_given_up(client_a, scan):
    result = upload(client_a, scan)
    with client_scope(client_a.id):
        Scan.objects.filter(id=result.scan_id).update(page_begun=1, times_begun=MOST_ATTEMPTS)
    done = read_scan(client_a.id, result.scan_id, NOW)
    assert (done.outcome, [problem.rule for problem in done.problems]) == ("refused", ["unsafe"])


def test_a_page_that_takes_too_long_is_refused_with_the_reason(client_a, scan, monkeypatch):
    result = upload(client_a, scan)
    stop_child()
    monkeypatch.setattr("inbaar.intake.scans.Limits", lambda: Limits(ocr_seconds=0.05))
    done = read_scan(client_a.id, result.scan_id, NOW)
    assert (done.outcome, [problem.rule for problem in done.problems]) == ("refused", ["too-slow"])
    with client_scope(client_a.id):
        assert (Reading.objects.get().outcome, scans_being_read(client_a.id)) == ("refused", [])


def test_pages_without_words_are_refused(client_a, scan, words):
    result = upload(client_a, scan)
    read(client_a, result.scan_id, 1, [dict(words[0], words=[])])
    assert [problem.rule for problem in read_scan(client_a.id, result.scan_id, NOW).problems] == ["no-xml"]


def test_many_pages_are_read_up_to_a_limit_and_the_rest_is_told(client_a, scan, words):
    result = upload(client_a, pages(scan, MOST_PAGES + 1))
    with client_scope(client_a.id):
        row = Scan.objects.get()
    assert (row.pages, row.page_count) == (MOST_PAGES, MOST_PAGES + 1)
    assert MOST_PAGES > AT_ONCE
    for page in range(1, MOST_PAGES + 1):
        read(
            client_a,
            result.scan_id,
            page,
            [dict(words[0], page=page, words=words[0]["words"] if page == 1 else [])],
        )
    done = read_scan(client_a.id, result.scan_id, NOW)
    assert done.outcome == "review"
    assert "pages-left-out" in [problem.rule for problem in done.problems]


def test_by_mail_it_waits_and_its_sender_is_told_so(client_a, scan):
    with client_scope(client_a.id):
        (told,) = take_files(client_a.id, [("scan.pdf", scan)], ON, NOW, unsent=False)
    assert (told.outcome, [rule for rule, _ in told.problems]) == ("review", ["being-read"])
    assert len(queued()) == 1


def test_it_can_be_read_before_the_door_answers(client_a, scan):
    (result,) = take_in_files(client_a.id, [("scan.pdf", scan)], ON, NOW, "demo", scans_now=True)
    assert (result.outcome, queued()) == ("review", [])


def test_another_client_does_not_read_it(client_a, scan):
    result = upload(client_a, scan)
    other = make_client("Bouw B.V.", "24330087")
    assert read_scan(other.id, result.scan_id, NOW) is None
    with client_scope(client_a.id):
        assert ScanPage.objects.count() == 0


def test_without_an_ocr_it_is_refused_at_once(client_a, scan, monkeypatch):
    monkeypatch.setattr("inbaar.intake.readers.has_ocr", lambda: False)
    result = upload(client_a, scan)
    assert (result.outcome, [problem.rule for problem in result.problems], queued()) == (
        "refused",
        ["no-ocr"],
        [],
    )
