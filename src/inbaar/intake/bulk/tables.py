"""A file as rows of cells, whatever it is: CSV in any common form, or the first filled sheet of an Excel workbook.

What it is, is seen from its first bytes. Rows come as a stream and can be gone through again: the first pass looks at
whole columns, the second reads the lines.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from inbaar.intake.bulk.cells import Cell

ZIP_SIGN = b"PK\x03\x04"
OLD_EXCEL_SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class NotAList(Exception):
    """The file cannot be read as a list: which rule of ours, and what, why, what next in one sentence."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule
        self.text = text


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be gone through row by row. `format` is csv or xlsx; `told` is how it was read (separator, encoding)."""

    format: str
    rows: Callable[[], Iterator[tuple[int, list[Cell]]]]
    separator: str = ""
    encoding: str = ""


def is_list(content: bytes) -> bool:
    """Whether a file is to be looked through as a list: an auditfile, an Excel workbook, or text in columns."""
    from inbaar.intake.bulk.auditfile import is_auditfile
    from inbaar.intake.bulk.columns import looks_like_a_list

    start = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(OLD_EXCEL_SIGN) or (start.startswith(ZIP_SIGN) and b"xl/" in content):
        return True
    if start.startswith(b"<") and is_auditfile(start):
        return True
    if not start or start.startswith((b"<", b"%PDF", ZIP_SIGN)) or b"%PDF-" in content[:1024]:
        return False
    return looks_like_a_list(content)


def open_table(stream: BinaryIO) -> Table:
    """The table in a file; `NotAList` says why where there is none. The stream must allow going back to its start.

    Each row comes with its number in the file, counted from 1; empty rows are left out.
    """
    from inbaar.intake.bulk.text_table import open_text
    from inbaar.intake.bulk.workbook import open_workbook

    start = stream.read(8)
    stream.seek(0)
    if not start:
        raise NotAList("empty", "The file is empty (0 bytes): export the list again.")
    if start.startswith(ZIP_SIGN):
        return open_workbook(stream)
    if start.startswith(OLD_EXCEL_SIGN):
        raise NotAList(
            "old-excel", "This is an Excel file of before 2007 (.xls): save it as .xlsx or as CSV."
        )
    return open_text(stream)
