"""Scans: documents that are pictures, read by OCR one page after another by a job, while their page tells how far it is.

A page is kept as soon as it is read, so a job that was killed goes on with the next one, and one that runs twice reads nothing
twice. Used by the doors; what is read in the end is judged and kept by `actions`, as every other file.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.intake.readers.pdf import Pages, refusal, scanned_page
from inbaar.intake.readers.source import Limits, Unreadable
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.scope import client_scope

#: Of a longer scan its first pages are read; the rest is told.
MOST_PAGES = 50
#: So many pages are read in one turn: then other jobs have theirs, such as letters that are to leave.
PAGES_A_TURN = 4
#: A page that ended the program so often is given up.
MOST_ATTEMPTS = 5
_SCAN = {
    "client_id": "bigint",
    "document_id": "bigint",
    "pages": "int2",
    "page_count": "int4",
    "on": "date",
    "unsent": "boolean",
}
_PAGE = {"client_id": "bigint", "scan_id": "bigint", "page": "int2", "engine": "text", "read": "jsonb"}


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A scan that is not done yet: its document, and how many pages the file has."""

    id: int
    document_id: int
    name: str
    sha256: str
    page_count: int
    channel: str
    on: dt.date
    unsent: bool


def keep_scans(client_id: int, found: Sequence[tuple[int, int]], on: dt.date, unsent: bool) -> dict[int, int]:
    """Rows for documents (with their number of pages) that are to be read later; the scan of each document."""
    rows = [(client_id, document, min(count, MOST_PAGES), count, on, unsent) for document, count in found]
    return dict(insert_rows("intake_scan", _SCAN, rows, returning="document_id, id")) if rows else {}


def scans_being_read(client_id: int) -> list[int]:
    """The scans of a client that are not done, the oldest first. Needs the client's scope."""
    rows = fetch(
        "SELECT id FROM intake_scan WHERE client_id = %s AND finished_at IS NULL ORDER BY id", [client_id]
    )
    return [number for (number,) in rows]


def read_pages(client_id: int, scan_id: int, most: int = MOST_PAGES) -> Unreadable | None:
    """Read what is left of a scan, `most` pages now, each in a transaction of its own; why not, where a page cannot be read."""
    content = _content(client_id, scan_id)
    if content is None:
        return None
    try:
        for _ in range(most):
            page = _begin(client_id, scan_id)
            if page is None:
                break
            found = scanned_page(content, Limits(), page)
            with client_scope(client_id):
                insert_rows(
                    "intake_scanpage",
                    _PAGE,
                    [(client_id, scan_id, page, found.engine[:100], json.dumps(found.pages))],
                    on_conflict="DO NOTHING",
                )
    except Unreadable as why:
        return why
    return None


def _content(client_id: int, scan_id: int) -> bytes | None:
    """The file of a scan that is not done."""
    with client_scope(client_id):
        rows = fetch(
            """
            SELECT d.content FROM intake_scan s
            JOIN intake_document d ON d.client_id = s.client_id AND d.id = s.document_id
            WHERE s.client_id = %s AND s.id = %s AND s.finished_at IS NULL
            """,
            [client_id, scan_id],
        )
    return bytes(rows[0][0]) if rows else None


def _begin(client_id: int, scan_id: int) -> int | None:
    """The next page to read, from 1, with the attempt counted before it is made; None where all are read, or done meanwhile."""
    with client_scope(client_id):
        rows = fetch(
            """
            SELECT (SELECT min(n) FROM generate_series(1, s.pages) n WHERE NOT EXISTS (
                        SELECT 1 FROM intake_scanpage p WHERE p.client_id = s.client_id AND p.scan_id = s.id AND p.page = n)),
                   s.page_begun, s.times_begun
            FROM intake_scan s WHERE s.client_id = %s AND s.id = %s AND s.finished_at IS NULL FOR UPDATE
            """,
            [client_id, scan_id],
        )
        if not rows or rows[0][0] is None:
            return None
        page, begun, times = rows[0]
        times = times + 1 if begun == page else 1
        if times > MOST_ATTEMPTS:
            raise refusal("unsafe")
        run(
            "UPDATE intake_scan SET page_begun = %s, times_begun = %s WHERE client_id = %s AND id = %s",
            [page, times, client_id, scan_id],
        )
        return int(page)


def locked_scan(client_id: int, scan_id: int) -> ScanRow | None:
    """A scan that is not done, held until the transaction ends; None where it is done. Needs the client's scope."""
    rows = fetch(
        """
        SELECT s.id, d.id, d.name, d.sha256, s.page_count, d.channel, s."on", s.unsent FROM intake_scan s
        JOIN intake_document d ON d.client_id = s.client_id AND d.id = s.document_id
        WHERE s.client_id = %s AND s.id = %s AND s.finished_at IS NULL FOR UPDATE OF s
        """,
        [client_id, scan_id],
    )
    return ScanRow(*rows[0]) if rows else None


def pages_left(client_id: int, scan_id: int) -> int:
    """How many pages of a scan are still to be read. Needs the client's scope."""
    rows = fetch(
        """
        SELECT s.pages - (SELECT count(*) FROM intake_scanpage p WHERE p.client_id = s.client_id AND p.scan_id = s.id)
        FROM intake_scan s WHERE s.client_id = %s AND s.id = %s
        """,
        [client_id, scan_id],
    )
    return int(rows[0][0])


def pages_read(client_id: int, document_id: int) -> Pages | None:
    """What an OCR read of a document, page by page; None where it is no scan. Needs the client's scope."""
    rows = fetch(
        """
        SELECT p.read::text, p.engine, s.page_count FROM intake_scan s
        JOIN intake_scanpage p ON p.client_id = s.client_id AND p.scan_id = s.id
        WHERE s.client_id = %s AND s.document_id = %s ORDER BY p.page
        """,
        [client_id, document_id],
    )
    if not rows:
        return None
    return Pages([page for text, _, _ in rows for page in json.loads(text)], rows[0][2], rows[0][1])


def finish(client_id: int, scan_id: int, at: dt.datetime) -> None:
    """Mark a scan as done, in the transaction that keeps what was read in it."""
    run("UPDATE intake_scan SET finished_at = %s WHERE client_id = %s AND id = %s", [at, client_id, scan_id])
