"""An Excel workbook (.xlsx) as rows: the first sheet that holds anything, as values, without running or fetching anything.

A workbook is a ZIP of XML: what it would grow to is asked before it is opened, and a part with a DOCTYPE is refused.
"""

import datetime as dt
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import load_workbook

from inbaar.intake.archive import directory_is_small
from inbaar.intake.bulk.cells import Cell
from inbaar.intake.bulk.tables import NotAList, Table

_MEGABYTE = 1_000_000
#: What a workbook may grow to; its texts and styles, beside the sheets, are held in memory.
MOST_UNPACKED = 200 * _MEGABYTE
MOST_BESIDE_SHEETS = 40 * _MEGABYTE
MOST_COLUMNS = 200
MOST_SHEETS = 20
#: A sheet in which as many rows are empty has nothing below them, whatever numbers its rows bear.
MOST_EMPTY_ROWS = 10_000
_DAMAGED = (
    "The Excel file is damaged, locked with a password, or of another kind: save it again as .xlsx or CSV."
)


def open_workbook(stream: BinaryIO) -> Table:
    """The table in a workbook, or `NotAList`."""
    _require_harmless(stream)

    def rows() -> Iterator[tuple[int, list[Cell]]]:
        stream.seek(0)
        try:
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets[:MOST_SHEETS]:
                found = False
                for found_row in _sheet_rows(sheet):
                    found = True
                    yield found_row
                if found:
                    return
        except Exception:  # whatever a damaged file makes the library say
            raise NotAList("broken-excel", _DAMAGED) from None

    return Table("xlsx", rows)


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()  # what a program wrote there is often wrong
    empty = 0
    for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        cells = [_cell(value) for value in row]
        if any(cell is not None and cell != "" for cell in cells):
            empty = 0
            yield line, cells
        else:
            empty += 1
            if empty > MOST_EMPTY_ROWS:
                return


def _cell(value: Any) -> Cell:
    """A value as the list reads it; fifteen figures are all that a spreadsheet keeps of a number."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return Decimal(f"{value:.15g}") if value == value and abs(value) < 10**15 else str(value)


def _require_harmless(stream: BinaryIO) -> None:
    try:
        if not directory_is_small(stream):
            raise NotAList("broken-excel", _DAMAGED)
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise NotAList("not-excel", _DAMAGED)
            beside = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
            if sum(part.file_size for part in parts) > MOST_UNPACKED or beside > MOST_BESIDE_SHEETS:
                raise NotAList(
                    "too-large",
                    "The Excel file unpacks to more than can be read: save the list as CSV instead.",
                )
            for part in parts:
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(2048):
                        raise NotAList("doctype", _DAMAGED)
    except NotAList:
        raise
    except Exception:  # damage shows itself in as many ways here
        raise NotAList("broken-excel", _DAMAGED) from None
    stream.seek(0)
