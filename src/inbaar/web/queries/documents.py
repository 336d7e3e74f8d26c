"""Documents that came in: those that wait for a person, and one of them with all that was read."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from inbaar.kit.bulk import fetch

_READING = """
    r.id, r.outcome, r.format, r.number, r.problems, r.invoice_id, r.on, d.id, d.name, d.size, r.resembles_id, r.unsent
    FROM intake_reading r JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id
"""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A document with what became of it and why."""

    id: int
    outcome: str
    format: str
    number: str
    problems: list[dict[str, str]]
    invoice_id: int | None
    on: dt.date
    document_id: int
    name: str
    size: int
    resembles_id: int | None
    unsent: bool


def _row(row: tuple[Any, ...]) -> ReadingRow:
    facts = list(row)
    facts[4] = json.loads(row[4]) if isinstance(row[4], str) else row[4] or []
    return ReadingRow(*facts)


def waiting_readings(client_id: int, limit: int = 50) -> list[ReadingRow]:
    """Documents in doubt or refused, the newest first, those in doubt before the others."""
    rows = fetch(
        f"""SELECT {_READING} WHERE r.client_id = %s AND r.outcome IN ('review', 'refused')
            ORDER BY r.outcome = 'review' DESC, r.id DESC LIMIT %s""",
        [client_id, limit],
    )
    return [_row(row) for row in rows]


def one_reading(client_id: int, reading_id: int) -> tuple[ReadingRow, dict[str, Any]] | None:
    """A document in scope with what was read in it, or None."""
    rows = fetch(
        f"SELECT r.read, {_READING} WHERE r.client_id = %s AND r.id = %s",
        [client_id, reading_id],
    )
    if not rows:
        return None
    read = json.loads(rows[0][0]) if isinstance(rows[0][0], str) else rows[0][0]
    return _row(rows[0][1:]), read or {}


def document_content(client_id: int, reading_id: int) -> tuple[str, bytes] | None:
    """The name and bytes of a reading's document, or None."""
    rows = fetch(
        """
        SELECT d.name, d.content FROM intake_reading r
        JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id
        WHERE r.client_id = %s AND r.id = %s
        """,
        [client_id, reading_id],
    )
    return (rows[0][0], bytes(rows[0][1])) if rows else None


def next_in_review(client_id: int, after: int) -> int | None:
    """The next document in review that was read from its pages, the oldest again after the last; None if there is no other."""
    rows = fetch(
        """
        SELECT id FROM intake_reading WHERE client_id = %s AND outcome = 'review' AND format = 'pdf' AND id <> %s
        ORDER BY id <= %s, id LIMIT 1
        """,
        [client_id, after, after],
    )
    return int(rows[0][0]) if rows else None


def reviews_waiting(client_id: int) -> int:
    """How many documents that were read from their pages wait."""
    rows = fetch(
        "SELECT count(*) FROM intake_reading WHERE client_id = %s AND outcome = 'review' AND format = 'pdf'",
        [client_id],
    )
    return int(rows[0][0])
