"""A bank's CSV export as rows: which layout it is in, with which sign between its cells. Called by `detection` and `csv_statement`."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from inbaar.banking.formats.csv_layouts import LAYOUTS, Layout, head_of, layout_of
from inbaar.banking.formats.mt940 import decoded_lines
from inbaar.banking.statements import StatementRefused

SEPARATORS = ";,\t"
#: How many lines may stand above the head (Knab writes one).
BEFORE_HEAD = 3
MOST_CELLS = 60
MOST_FIELD = 20_000
TAKEN = ", ".join(layout.name for layout in LAYOUTS)


class TableStart(NamedTuple):
    """Where a known table begins: its layout, the sign between cells, the names of its columns, and the lines above."""

    layout: Layout
    separator: str
    names: tuple[str, ...]
    skipped: int


def _text(content: bytes) -> list[str]:
    piece = content[:65_536].removeprefix(b"\xef\xbb\xbf")
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        text = piece.decode("latin-1")
    return text.splitlines()


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def is_blank(line: str) -> bool:
    """An empty line or a remark, as some tools write above and between the lines."""
    return not line.strip() or line.startswith("#")


def table_start(content: bytes) -> TableStart | None:
    """The known table that begins in these first bytes of a file; None if there is none."""
    seen = 0
    for number, line in enumerate(_text(content)):
        if is_blank(line):
            continue
        for separator in SEPARATORS:
            cells = _cells(line, separator)
            layout = layout_of(cells) if len(cells) > 1 else None
            if layout is not None:
                headless = layout.shape is not None
                names = tuple(str(place) for place in range(len(cells))) if headless else head_of(cells)
                return TableStart(layout, separator, names, number if headless else number + 1)
        seen += 1
        if seen >= BEFORE_HEAD:
            return None
    return None


def looks_like_a_table(content: bytes) -> bool:
    """Whether the first lines are cells with one sign between them, of whatever bank or program."""
    lines = [line for line in _text(content) if not is_blank(line)][:2]
    return bool(lines) and any(
        all(len(_cells(line, separator)) > 2 for line in lines) for separator in SEPARATORS
    )


def rows(stream: BinaryIO, start: TableStart) -> Iterator[tuple[int, dict[str, str], str]]:
    """Each line under the head: its number in the file, its cells by the names of the columns, and as it stands there.

    Refuses a line with other cells than the head has, and a cell that does not end.
    """
    lines = _Lines(stream)
    for _ in range(start.skipped):
        next(lines.source, None)
        lines.number += 1
    reader = csv.reader(lines, delimiter=start.separator)
    width = len(start.names)
    # A head that ends with its sign has a last column without a name.
    least = width - (start.names[-1] == "")
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = ["?"] * (MOST_CELLS + 1)
        if cells is None:
            return
        if any(cell.strip() for cell in cells[width:]) or len(cells) < least:
            raise StatementRefused(
                "line",
                f"Line {lines.number} has {min(len(cells), MOST_CELLS)} cells where the head has {width}: the file is cut "
                "off or was changed. Export the statement from the bank again.",
            )
        yield lines.number, dict(zip(start.names, [*cells, ""], strict=False)), lines.taken()


class _Lines:
    """The lines for the reader of cells, remembered until its row is complete; a cell may go on over some lines."""

    def __init__(self, stream: BinaryIO) -> None:
        self.source = decoded_lines(stream)
        self.number = 0
        self.kept: list[str] = []
        self.size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self.source)
        self.number += 1
        while is_blank(line) and not self.kept:
            line = next(self.source)
            self.number += 1
        self.size += len(line)
        if self.size > MOST_FIELD * 10:
            raise csv.Error
        self.kept.append(line)
        return line + "\n"

    def taken(self) -> str:
        """The lines of the row that was just read."""
        raw = "\n".join(self.kept)
        self.kept.clear()
        self.size = 0
        return raw
