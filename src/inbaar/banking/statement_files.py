"""The row of a statement file: what it was read as, what became of it and why, and its content while it waits for a person."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from inbaar.banking.formats import Source
from inbaar.banking.statements import Problem
from inbaar.kit.bulk import fetch, insert_rows, run

_FILE = {
    "client_id": "bigint", "name": "text", "sha256": "text", "format": "text", "status": "text", "problems": "jsonb",
    "imported_at": "timestamptz",
}  # fmt: skip
_OVER_REFUSAL = (
    "(client_id, sha256) DO UPDATE SET name = EXCLUDED.name, format = EXCLUDED.format, status = EXCLUDED.status, "
    "problems = EXCLUDED.problems, imported_at = EXCLUDED.imported_at "
    "WHERE banking_statementfile.status IN ('refused', 'waiting')"
)
_KNOWN = """
    SELECT f.id, f.imported_at, f.status, f.problems,
           (SELECT count(*) FROM banking_entry e JOIN banking_statement s ON s.client_id = e.client_id AND s.id = e.statement_id
            WHERE s.client_id = f.client_id AND s.file_id = f.id AND e.state <> 'split'),
           (SELECT count(*) FROM banking_statement s WHERE s.client_id = f.client_id AND s.file_id = f.id)
    FROM banking_statementfile f WHERE f.client_id = %s AND f.sha256 = %s AND f.status <> 'refused'
"""
MOST_KEPT = 50_000_000


class ImportStatus(StrEnum):
    """How a file was received. `known` changed nothing because it was here before; `waiting` booked nothing because it is
    not certain that its movements are not here already; `set_aside` is what a person said of such a file.
    """

    ACCEPTED = "accepted"
    REVIEW = "review"
    KNOWN = "known"
    WAITING = "waiting"
    SET_ASIDE = "set_aside"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a file brought: how many entries are new, how many were here already, and what was wrong with it.

    `announced` are payments that a file tells before the statement that books them.
    """

    status: ImportStatus
    new_entries: int = 0
    known_entries: int = 0
    statements: int = 0
    problems: tuple[Problem, ...] = ()
    file_id: int | None = None
    new_accounts: tuple[str, ...] = ()
    announced: int = 0


def known_file(client_id: int, sha256: str) -> ImportResult | None:
    """The answer to a file that was taken in before, or that waits; None for a new one and for one that was refused."""
    for file_id, imported_at, status, problems, entries, statements in fetch(_KNOWN, [client_id, sha256]):
        if status == ImportStatus.WAITING:
            return ImportResult(ImportStatus.WAITING, problems=read_problems(problems), file_id=file_id)
        done = "set aside" if status == ImportStatus.SET_ASIDE else "imported"
        text = (
            f"This file was {done} on {imported_at:%Y-%m-%d}; nothing was changed. Nothing needs to be done."
        )
        told = (Problem("notice", "known", text),)
        return ImportResult(ImportStatus.KNOWN, 0, entries, statements, told, file_id)
    return None


def write_file(
    client_id: int,
    name: str,
    sha256: str,
    file_format: str,
    status: ImportStatus,
    problems: Iterable[Problem],
    at: dt.datetime,
) -> int | None:
    """Write the file's row, over that of an earlier refusal; None where another program imported it just now."""
    row = (client_id, name[-255:], sha256, file_format[:40], status.value, problems_text(problems), at)
    written = insert_rows("banking_statementfile", _FILE, [row], on_conflict=_OVER_REFUSAL, returning="id")
    return int(written[0][0]) if written else None


def finish_file(
    client_id: int, file_id: int, file_format: str, status: ImportStatus, problems: Iterable[Problem]
) -> None:
    """Write what became of the file."""
    run(
        "UPDATE banking_statementfile SET format = %s, status = %s, problems = %s WHERE client_id = %s AND id = %s",
        [file_format[:40], status.value, problems_text(problems), client_id, file_id],
    )


def keep_content(client_id: int, file_id: int, doubts: Sequence[Mapping[str, str]], content: bytes) -> None:
    """Keep a file until a person says what becomes of it, with the movements that are not certain."""
    insert_rows(
        "banking_waitingfile",
        {"client_id": "bigint", "file_id": "bigint", "doubts": "jsonb", "content": "bytea"},
        [(client_id, file_id, json.dumps(doubts), content)],
        on_conflict="DO NOTHING",
    )


def drop_content(client_id: int, file_id: int) -> None:
    """A person has said it: the file is not needed any more."""
    run("DELETE FROM banking_waitingfile WHERE client_id = %s AND file_id = %s", [client_id, file_id])


def content_of(source: Source) -> bytes | None:
    """The whole file; None where it is more than is kept."""
    if isinstance(source, bytes):
        return source if len(source) <= MOST_KEPT else None
    if isinstance(source, str | Path):
        with open(source, "rb") as stream:
            content = stream.read(MOST_KEPT + 1)
    else:
        source.seek(0)
        content = source.read(MOST_KEPT + 1)
    return content if len(content) <= MOST_KEPT else None


def problems_text(problems: Iterable[Problem]) -> str:
    """Problems as they are kept."""
    return json.dumps([asdict(problem) for problem in problems])


def read_problems(kept: Any) -> tuple[Problem, ...]:
    """Problems as they were kept."""
    told = json.loads(kept) if isinstance(kept, str) else kept
    return tuple(Problem(**problem) for problem in told or ())
