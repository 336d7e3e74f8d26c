"""A file of claims (columns kind, principal, due, on), assessed in columns: `inbaar owed --file`.

The file is read as a stream and only numbers are kept, so a million lines cost tens of megabytes. Nothing is written
before every line was read: a bad line refuses the file and names its number.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO

import numpy as np

from inbaar.law.amounts import shortened
from inbaar.law.asked import Refusal, day_of
from inbaar.law.bulk import KINDS, MAX_CENTS, ClaimNotCovered, collection_costs_columns, owed_columns
from inbaar.law.bulk_days import Column, number
from inbaar.law.daycount import DayCount
from inbaar.law.errors import LawNotCovered
from inbaar.law.rates import Kind
from inbaar.law.tables import table

COLUMNS = ("kind", "principal", "due", "on")
CHUNK = 1 << 16
#: Characters of a line at most: a file without line ends must not fill the memory.
LONGEST_LINE = 1 << 20
_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_CODES = {str(kind): code for kind, code in KINDS.items()}


@dataclass(frozen=True, slots=True)
class FileColumns:
    """Per line of the file, in order, in cents."""

    principal: Column
    interest: Column
    costs: Column
    total: Column


@dataclass(frozen=True, slots=True)
class _Layout:
    """How many columns the header names, and at which places the four that count stand."""

    width: int
    places: tuple[int, ...]


class _Days(dict[str, int]):
    """Numbers of days by their text, each worked out once."""

    def __missing__(self, text: str) -> int:
        self[text] = number(day_of(text))
        return self[text]


@dataclass(slots=True)
class _Read:
    """The claims of one chunk, and where each stood in the file."""

    lines: list[int]
    kind: Column
    principal: Column
    due: Column
    on: Column


def owed_of_file(path: str, *, with_costs: bool, day_count: DayCount) -> FileColumns:
    """What each claim of the file is worth on its day; Refusal or LawNotCovered names the line."""
    parts: list[tuple[Column, Column, Column]] = []
    try:
        with open(path, newline="", encoding="utf-8-sig") as stream:
            parts.extend(_assessed(path, read, with_costs, day_count) for read in _chunks(path, stream))
    except OSError as problem:
        raise Refusal(f"{path}: it cannot be read ({problem.strerror}); check the name") from None
    except UnicodeDecodeError:
        raise Refusal(f"{path}: it is not text in UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as problem:
        raise Refusal(f"{path}: it is not a CSV file ({problem}); save it as CSV in UTF-8") from None
    principal, interest, costs = (
        np.concatenate([part[place] for part in parts]) if parts else np.zeros(0, np.int64)
        for place in range(3)
    )
    return FileColumns(principal, interest, costs, principal + interest + costs)


def written(columns: FileColumns, *, as_json: bool) -> Iterator[str]:
    """The answer in pieces: a JSON array of {principal, interest, costs, total}, or the same as CSV."""
    size = len(columns.principal)
    row = (
        '{{"principal": "{}", "interest": "{}", "costs": "{}", "total": "{}"}}' if as_json else "{},{},{},{}"
    ).format
    yield "[" if as_json else "principal,interest,costs,total\n"
    for start in range(0, size, CHUNK):
        part = slice(start, start + CHUNK)
        amounts = (
            _texts(column[part])
            for column in (columns.principal, columns.interest, columns.costs, columns.total)
        )
        separator = ",\n " if as_json else "\n"
        yield (separator if start and as_json else "") + separator.join(map(row, *amounts))
        if not as_json:
            yield "\n"
    if as_json:
        yield "]\n"


def _texts(cents: Column) -> Iterator[str]:
    whole, rest = np.divmod(cents, 100)
    return map("{}.{:02d}".format, whole.tolist(), rest.tolist())


def _chunks(path: str, stream: IO[str]) -> Iterator[_Read]:
    lines = _lines(path, stream)
    header = next(lines, "")
    delimiter = ";" if ";" in header and "," not in header else ","
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    layout = _layout(path, names)
    reader = csv.reader(lines, delimiter=delimiter)
    days = _Days()
    # A spreadsheet ends its file with rows of empty cells.
    rows = (
        (reader.line_num + 1, row) for row in reader if row and (row[0].strip() or any(map(str.strip, row)))
    )
    while chunk := list(islice(rows, CHUNK)):
        yield _columns(path, chunk, layout, days)


def _lines(path: str, stream: IO[str]) -> Iterator[str]:
    """The lines of the file; refuses one that is too long to be a claim before it is read whole."""
    for line, text in enumerate(iter(partial(stream.readline, LONGEST_LINE), ""), 1):
        if len(text) == LONGEST_LINE:
            raise Refusal(
                f"{path} line {line}: it has more than {LONGEST_LINE} characters; save the claims as CSV, one on a line"
            )
        yield text


def _layout(path: str, names: list[str]) -> _Layout:
    """Where the columns stand; refuses a header in which one is missing or stands twice."""
    for name in COLUMNS:
        if name not in names:
            raise Refusal(f"{path} line 1: column {name} is missing; name the columns {', '.join(COLUMNS)}")
        if names.count(name) > 1:
            raise Refusal(f"{path} line 1: column {name} stands there twice; leave one of them out")
    return _Layout(len(names), tuple(names.index(name) for name in COLUMNS))


def _columns(path: str, chunk: list[tuple[int, list[str]]], layout: _Layout, days: _Days) -> _Read:
    kind, principal, due, on = layout.places
    try:
        if max(len(row) for _, row in chunk) > layout.width:
            _refuse_overlong(path, chunk, layout.width)
        return _Read(
            [line for line, _ in chunk],
            np.array([_CODES[row[kind]] for _, row in chunk], np.int64),
            np.array([_cents(row[principal]) for _, row in chunk], np.int64),
            np.array([days[row[due]] for _, row in chunk], np.int64),
            np.array([days[row[on]] for _, row in chunk], np.int64),
        )
    except (KeyError, ValueError, IndexError):
        for line, row in chunk:
            _require_good(path, line, row, layout.places, days)
        raise


def _refuse_overlong(path: str, chunk: list[tuple[int, list[str]]], width: int) -> None:
    """Refuses a line with more values than the header has columns: an amount such as 5,000.00 is two of them."""
    for line, row in chunk:
        if any(map(str.strip, row[width:])):
            raise Refusal(
                f"{path} line {line}: it has {len(row)} fields and line 1 names {width} columns; "
                "put a value with a separator in it between quotes"
            )


def _cents(text: str) -> int:
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise ValueError(f"principal {shortened(text)} is not an amount of 0 or more; write it as 1234.56")
    whole, rest = found.groups()
    cents = int(whole) * 100 + (int(rest.ljust(2, "0")) if rest else 0)
    if cents > MAX_CENTS:
        raise ValueError(
            f"principal {text} is above {MAX_CENTS // 100}.00; ask for it alone with --principal"
        )
    return cents


def _require_good(path: str, line: int, row: list[str], places: tuple[int, ...], days: _Days) -> None:
    """Refuses the line with what is wrong in it; a good line passes."""
    if len(row) <= max(places):
        raise Refusal(f"{path} line {line}: it has {len(row)} fields, too few; give {', '.join(COLUMNS)}")
    kind, principal, due, on = (row[place] for place in places)
    if kind not in _CODES:
        kinds = " and ".join(Kind)
        raise Refusal(f"{path} line {line}: kind {shortened(kind)} is unknown: there are {kinds}; choose one")
    try:
        _cents(principal)
        days[due], days[on]
    except ValueError as problem:
        raise Refusal(f"{path} line {line}: {problem}") from None


def _assessed(path: str, read: _Read, with_costs: bool, day_count: DayCount) -> tuple[Column, Column, Column]:
    first = (read.due + 1).astype("M8[D]")
    try:
        found = owed_columns(read.kind, read.principal, first, read.on.astype("M8[D]"), day_count=day_count)
    except ClaimNotCovered as refusal:
        what = refusal.what.removeprefix(f"claim {refusal.place}: ")
        where = f"{path} line {read.lines[refusal.place]}"
        raise LawNotCovered(f"{where}: {what}", refusal.why, refusal.next_step) from None
    costs = _costs(path, read) if with_costs else np.zeros(len(read.lines), np.int64)
    return read.principal, found.interest, costs


def _costs(path: str, read: _Read) -> Column:
    """The costs of the claims in default on their day, by the scale of the first day of default."""
    starts = sorted({row.from_date for row in table("collection_costs").rows})
    issue = np.searchsorted([number(day) for day in starts], read.due + 1, side="right") - 1
    overdue = read.on > read.due
    if (too_old := overdue & (issue < 0)).any():
        line = read.lines[int(np.argmax(too_old))]
        raise LawNotCovered(
            f"{path} line {line}: collection costs",
            f"the scale is not for default before {starts[0]} (art. 3 Besluit BIK)",
            "leave --costs out, or the line",
        )
    costs = np.zeros(len(read.lines), np.int64)
    for place, day in enumerate(starts):
        chosen = overdue & (issue == place)
        costs[chosen] = collection_costs_columns(read.principal[chosen], day)
    return costs
