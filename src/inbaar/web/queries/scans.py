"""Scans that are being read: how many of their pages are done, and the document once there is one."""

import datetime as dt
from dataclasses import dataclass

from inbaar.kit.bulk import fetch

_SCAN = """
    s.id, d.name, d.size, s.on, s.pages, s.page_count,
    (SELECT count(*) FROM intake_scanpage p WHERE p.client_id = s.client_id AND p.scan_id = s.id),
    (SELECT r.id FROM intake_reading r WHERE r.client_id = s.client_id AND r.document_id = s.document_id)
    FROM intake_scan s JOIN intake_document d ON d.client_id = s.client_id AND d.id = s.document_id
"""


@dataclass(frozen=True, slots=True)
class ScanLine:
    """A scan: of `page_count` pages the first `pages` are read, `done` of them so far; `reading_id` once all is judged."""

    id: int
    name: str
    size: int
    on: dt.date
    pages: int
    page_count: int
    done: int
    reading_id: int | None


def one_scan(client_id: int, scan_id: int) -> ScanLine | None:
    """A scan in scope, or None."""
    rows = fetch(f"SELECT {_SCAN} WHERE s.client_id = %s AND s.id = %s", [client_id, scan_id])
    return ScanLine(*rows[0]) if rows else None


def scans_in_hand(client_id: int, limit: int = 50) -> list[ScanLine]:
    """The scans that are being read, the oldest first."""
    rows = fetch(
        f"SELECT {_SCAN} WHERE s.client_id = %s AND s.finished_at IS NULL ORDER BY s.id LIMIT %s",
        [client_id, limit],
    )
    return [ScanLine(*row) for row in rows]
