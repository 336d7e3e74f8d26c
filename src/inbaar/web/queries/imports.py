"""Lists of invoices that came in: the latest of them, one of them, and what became of its lines."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.intake.bulk.verdicts import Judged
from inbaar.intake.importing import told_of
from inbaar.kit.bulk import fetch

_IMPORT = """
    i.id, d.name, i.format, i.state, i.counts::text, i.by, i.opened_at, i.taken_in_on, i.undone_on
    FROM intake_import i JOIN intake_document d ON d.client_id = i.client_id AND d.id = i.document_id
"""
_LINES = """
    SELECT line, verdict, number, told::text, invoice_id FROM intake_importline
    WHERE client_id = %(client)s AND imported_id = %(import)s AND (%(verdict)s = '' OR verdict = %(verdict)s)
    ORDER BY line LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A list with what it gave."""

    id: int
    name: str
    format: str
    state: str
    counts: dict[str, int]
    by: str
    opened_at: dt.datetime
    taken_in_on: dt.date | None
    undone_on: dt.date | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as the page shows it; each fault is its field, its rule and the value it is about."""

    line: int
    verdict: str
    number: str
    debtor: str
    due: dt.date | None
    currency: str
    total: Decimal | None
    open: Decimal | None
    faults: tuple[tuple[str, str, str], ...]
    invoice_id: int | None


def latest_imports(client_id: int, limit: int = 10) -> list[ImportRow]:
    """The latest lists, those that wait first. One statement."""
    rows = fetch(
        f"SELECT {_IMPORT} WHERE i.client_id = %s ORDER BY i.state = 'open' DESC, i.id DESC LIMIT %s",
        [client_id, limit],
    )
    return [_import(row) for row in rows]


def one_import(client_id: int, import_id: int) -> ImportRow | None:
    """A list in scope, or None."""
    rows = fetch(f"SELECT {_IMPORT} WHERE i.client_id = %s AND i.id = %s", [client_id, import_id])
    return _import(rows[0]) if rows else None


def import_lines(client_id: int, import_id: int, verdict: str, limit: int, offset: int) -> list[LineRow]:
    """What became of a list's lines, those of one verdict or all. One statement."""
    facts = {"client": client_id, "import": import_id, "verdict": verdict, "limit": limit, "offset": offset}
    return [
        line_row(line, kind, number, json.loads(told), invoice)
        for line, kind, number, told, invoice in fetch(_LINES, facts)
    ]


def judged_row(judged: Judged) -> LineRow:
    """A line that was only looked at."""
    return line_row(judged.line.line, judged.verdict, judged.line.number, told_of(judged), judged.invoice_id)


def line_row(line: int, verdict: str, number: str, told: dict[str, Any], invoice_id: int | None) -> LineRow:
    """A line from what was kept of it."""
    return LineRow(
        line, verdict, number, told["debtor"], dt.date.fromisoformat(told["due"]) if told["due"] else None,
        told["currency"], _decimal(told["total"]), _decimal(told["open"]),
        tuple((field, rule, value) for field, rule, value in told["faults"]), invoice_id,
    )  # fmt: skip


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _import(row: tuple[Any, ...]) -> ImportRow:
    number, name, form, state, counts, *rest = row
    return ImportRow(number, name, form, state, json.loads(counts), *rest)
