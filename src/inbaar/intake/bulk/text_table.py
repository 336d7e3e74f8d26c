"""CSV as a stream: which encoding, which separator, and its rows. Used by `open_table`.

Encoding: what the file says of itself (a byte order mark), else UTF-8 if all of it is, else the Windows code page 1252.
Separator: the one that cuts most of the first lines into the same number of cells.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from inbaar.intake.bulk.cells import Cell
from inbaar.intake.bulk.tables import NotAList, Table

SEPARATORS = (";", "\t", ",", "|")
_PIECE = 1 << 20
_LOOKED_AT = 64 * 1024
#: No cell of a list of invoices is longer; a quote that is never closed would make one of the whole file.
_LONGEST_CELL = 100_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def open_text(stream: BinaryIO) -> Table:
    """The table in a text file, or `NotAList`."""
    encoding = _encoding(stream)
    stream.seek(0)
    head = io.TextIOWrapper(_Kept(stream), encoding, errors="replace", newline="").read(_LOOKED_AT)
    controls = sum(sign < " " and sign not in "\r\n\t" for sign in head)
    if "\0" in head or controls > len(head) // 50:
        raise NotAList("not-text", "This is neither text, Excel nor XML: export the list as CSV or Excel.")
    lines = [line for line in head.splitlines() if line.strip()]
    if not lines:
        raise NotAList("empty", "The file holds nothing but spaces: export the list again.")
    declared = lines[0].strip().lower()
    separator = declared[4:] if declared[:4] == "sep=" and len(declared) == 5 else _separator(head)

    def rows() -> Iterator[tuple[int, list[Cell]]]:
        stream.seek(0)
        text = io.TextIOWrapper(_Kept(stream), encoding, newline="")
        yield from _rows(text, separator)

    return Table("csv", rows, separator, "utf-8" if encoding == "utf-8-sig" else encoding)


class _Kept(io.BufferedReader):
    """A reader that leaves the file open when it goes: the file is gone through more than once."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(_Borrowed(stream), _PIECE)


class _Borrowed(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        piece = self._stream.read(len(view))
        view[: len(piece)] = piece
        return len(piece)


def _encoding(stream: BinaryIO) -> str:
    stream.seek(0)
    start = stream.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if start[1:2] == b"\0" and start[3:4] == b"\0":
        return "utf-16-le"
    if start[:1] == b"\0" and start[2:3] == b"\0":
        return "utf-16-be"
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _separator(head: str) -> str:
    """The separator that gives most rows the same number of cells, more than one; a list of one column has a comma."""
    best, most = ",", 0
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
        try:
            widths = Counter(len(row) for row in reader if row)
        except csv.Error:
            continue
        fitting = max((count * min(width, 8) for width, count in widths.items() if width > 1), default=0)
        if fitting > most:
            best, most = separator, fitting
    return best


def _rows(text: io.TextIOWrapper, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(text, delimiter=separator)
    line = 1
    try:
        for row in reader:
            if any(cell and not cell.isspace() for cell in row) and not (line == 1 and _is_declaration(row)):
                yield line, row  # type: ignore[misc]  # texts are cells
            line = reader.line_num + 1
    except csv.Error as fault:
        raise NotAList(
            "broken-csv",
            f"Line {reader.line_num} cannot be read ({fault}): look for a quotation mark that is not closed.",
        ) from None
    except UnicodeError:
        raise NotAList(
            "encoding", f"After line {reader.line_num} the text is damaged or cut off: export the list again."
        ) from None


def _is_declaration(row: list[str]) -> bool:
    """Excel's own first line that names the separator."""
    first = row[0].strip().lower() if row else ""
    return first == "sep=" or (first.startswith("sep=") and len(first) == 5)
