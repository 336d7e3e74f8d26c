"""Lists that came in: the latest of them, one of them, and what becomes of its lines."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch

_IMPORT = """
    i.id, d.name, i.format, i.kind, i.state, i.counts::text, i.by, i.opened_at, i.taken_in_on, i.undone_on, i.done,
    i.changed_at, i.problems::text, coalesce((i.outline->>'lines')::int, 0)
    FROM intake_import i JOIN intake_document d ON d.client_id = i.client_id AND d.id = i.document_id
"""
_LINE = """
    l.line, l.verdict, l.number, l.told::text, l.invoice_id, l.debtor_id, l.decision, l.chosen_id, c.name, l.as_new, l.decided_by
    FROM intake_importline l LEFT JOIN parties_debtor c ON c.client_id = l.client_id AND c.id = l.chosen_id
    WHERE l.client_id = %(client)s AND l.imported_id = %(import)s
"""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A list with what it gives or gave. `done` is how many lines the work that goes on has dealt with."""

    id: int
    name: str
    format: str
    kind: str
    state: str
    counts: dict[str, int]
    by: str
    opened_at: dt.datetime
    taken_in_on: dt.date | None
    undone_on: dt.date | None
    done: int
    changed_at: dt.datetime
    problems: dict[str, Any]
    lines: int

    @property
    def counts_sum(self) -> int:
        """How many lines were looked through."""
        return sum(self.counts.values())

    @property
    def made(self) -> int:
        """How many lines were taken in."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as the page shows it; each fault is its field, its rule and the value it is about."""

    line: int
    verdict: str
    number: str
    told: dict[str, Any]
    invoice_id: int | None
    debtor_id: int | None
    decision: str
    chosen_id: int | None
    chosen: str | None
    as_new: bool
    decided_by: str

    @property
    def debtor(self) -> str:
        """Who owes, as the line says it."""
        return str(self.told.get("debtor", ""))

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return str(self.told.get("currency", ""))

    @property
    def issued(self) -> dt.date | None:
        """The invoice date."""
        return _day(self.told.get("issued"))

    @property
    def due(self) -> dt.date | None:
        """The due date."""
        return _day(self.told.get("due"))

    @property
    def total(self) -> Decimal | None:
        """The amount with VAT."""
        return _decimal(self.told.get("total"))

    @property
    def open(self) -> Decimal | None:
        """What is open of it."""
        return _decimal(self.told.get("open"))

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """What is wrong or doubtful."""
        return [(field, rule, value) for field, rule, value in self.told.get("faults", [])]


def latest_imports(client_id: int, limit: int = 10) -> list[ImportRow]:
    """The latest lists, those that wait first. One statement."""
    rows = fetch(
        f"SELECT {_IMPORT} WHERE i.client_id = %s ORDER BY i.state IN ('open', 'checking', 'checked', 'taking') DESC, i.id DESC LIMIT %s",
        [client_id, limit],
    )
    return [_import(row) for row in rows]


def one_import(client_id: int, import_id: int) -> ImportRow | None:
    """A list in scope, or None."""
    rows = fetch(f"SELECT {_IMPORT} WHERE i.client_id = %s AND i.id = %s", [client_id, import_id])
    return _import(rows[0]) if rows else None


def import_lines(client_id: int, import_id: int, verdict: str, limit: int, offset: int) -> list[LineRow]:
    """What becomes of a list's lines, those of one verdict or all. One statement."""
    facts = {"client": client_id, "import": import_id, "verdict": verdict, "limit": limit, "offset": offset}
    sql = f"SELECT {_LINE} AND (%(verdict)s = '' OR l.verdict = %(verdict)s) ORDER BY l.line LIMIT %(limit)s OFFSET %(offset)s"
    return [_line(row) for row in fetch(sql, facts)]


def one_line(client_id: int, import_id: int, line: int) -> LineRow | None:
    """A line of a list in scope, or None."""
    facts = {"client": client_id, "import": import_id, "line": min(line, 2**31 - 1)}
    rows = fetch(f"SELECT {_LINE} AND l.line = %(line)s", facts)
    return _line(rows[0]) if rows else None


def next_in_doubt(client_id: int, import_id: int, after: int) -> int | None:
    """The next line in doubt about which nothing was decided, the first again after the last; None if there is no other."""
    rows = fetch(
        """
        SELECT line FROM intake_importline
        WHERE client_id = %s AND imported_id = %s AND verdict = 'doubtful' AND decision = '' AND line <> %s
        ORDER BY line <= %s, line LIMIT 1
        """,
        [client_id, import_id, after, after],
    )
    return int(rows[0][0]) if rows else None


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _decimal(text: Any) -> Decimal | None:
    return Decimal(text) if text else None


def _line(row: tuple[Any, ...]) -> LineRow:
    line, verdict, number, told, *rest = row
    return LineRow(line, verdict, number, json.loads(told), *rest)


def _import(row: tuple[Any, ...]) -> ImportRow:
    facts = list(row)
    facts[5], facts[12] = json.loads(row[5]), json.loads(row[12])
    return ImportRow(*facts)
