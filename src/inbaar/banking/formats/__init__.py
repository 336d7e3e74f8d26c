"""Reads bank statements: finds out by content which format a file is in and gives what it says.

`stream_statements` gives a file piece by piece in constant memory, for the import into the books;
`read_statement_file` gives it whole and never raises for bad input, for people and tests.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from inbaar.banking.continuity import Chain
from inbaar.banking.formats.detection import HEAD_BYTES, detect
from inbaar.banking.statements import (
    EntryRead,
    Problem,
    StatementEnd,
    StatementFileRead,
    StatementRead,
    StatementRefused,
    StatementStart,
    Status,
)

Event = StatementStart | EntryRead | StatementEnd
Source = str | Path | bytes | BinaryIO


@contextmanager
def _opened(source: Source) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, str | Path):
        path = Path(source)
        try:
            if path.exists() and not path.is_file() and not path.is_dir():
                raise StatementRefused(
                    "unreadable",
                    "This is not an ordinary file (a device or a pipe). Save the statement as a file first.",
                )
            # By its name in bytes: lxml asks an open file for its name and fails on one that is no UTF-8.
            stream = open(os.fsencode(path), "rb")  # noqa: SIM115
        except OSError as error:
            raise StatementRefused(
                "unreadable", f"The file cannot be opened: {error.strerror}. Check its name and its rights."
            ) from None
        with stream:
            yield stream
    else:
        yield source


def stream_statements(source: Source, name: str = "", chain: Chain | None = None) -> Iterator[Event]:
    """Per statement its start, its entries and its end; raises StatementRefused, also halfway a damaged file.

    So the caller writes everything of a file in one transaction, or nothing. A statement that does not follow on the one
    before it of its account says so; with a `chain` that goes on over several files.
    """
    chain = chain or Chain()
    chain.next_file()
    for event in _events(source):
        if isinstance(event, StatementEnd) and (problem := chain.problem(event)) is not None:
            yield replace(event, problems=(*event.problems, problem))
        else:
            yield event


def _events(source: Source) -> Iterator[Event]:
    with _opened(source) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        kind = detect(stream.read(HEAD_BYTES), size)
        stream.seek(0)
        if kind == "camt":
            from inbaar.banking.formats.camt053 import stream_camt

            yield from stream_camt(stream)
        elif kind == "csv":
            from inbaar.banking.formats.csv_statement import stream_csv

            yield from stream_csv(stream)
        else:
            from inbaar.banking.formats.mt940 import stream_mt940

            yield from stream_mt940(stream)


def digest(source: Source) -> str:
    """The SHA-256 of the file: the same file twice is known by it. Empty where the file cannot be opened."""
    try:
        with _opened(source) as stream:
            stream.seek(0)
            found = hashlib.sha256()
            while chunk := stream.read(HEAD_BYTES):
                found.update(chunk)
            stream.seek(0)
            return found.hexdigest()
    except (StatementRefused, OSError):
        return ""


def status_of(problems: Iterable[Problem]) -> Status:
    """Refused with an error, review with a warning, else accepted, a notice included."""
    levels = {problem.level for problem in problems}
    if "error" in levels:
        return Status.REFUSED
    return Status.REVIEW if levels - {"notice"} else Status.ACCEPTED


def read_statement_file(source: Source, name: str = "") -> StatementFileRead:
    """The whole file; what is wrong with it is in `status` and `problems`, and nothing of a refused file is kept."""
    shown = name or (str(source) if isinstance(source, str | Path) else "")
    statements: list[StatementRead] = []
    entries: list[EntryRead] = []
    file_format: str | None = None
    try:
        for event in stream_statements(source, name):
            if isinstance(event, EntryRead):
                entries.append(event)
            elif isinstance(event, StatementStart):
                file_format = event.format
            else:
                statements.append(_statement(event, tuple(entries)))
                entries = []
    except StatementRefused as refused:
        return StatementFileRead(shown, Status.REFUSED, file_format, (), (refused.problem,), digest(source))
    problems = tuple(problem for statement in statements for problem in statement.problems)
    return StatementFileRead(
        shown, status_of(problems), file_format, tuple(statements), problems, digest(source)
    )


def _statement(end: StatementEnd, entries: tuple[EntryRead, ...]) -> StatementRead:
    return StatementRead(
        end.account,
        end.currency,
        end.statement_id,
        end.sequence,
        end.opening,
        end.closing,
        end.from_date,
        end.to_date,
        entries,
        end.problems,
        end.raw,
    )
