"""A list as a file: CSV that Dutch Excel opens right, or a workbook whose days are days and whose amounts are numbers."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from inbaar.kit.text import printable
from inbaar.web.csv_export import Cell, csv_answer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AMOUNT, _DAY, _WIDTH = "#,##0.00", "dd-mm-yyyy", 18
#: All that a cell of a workbook can hold.
_LONGEST = 32_767


def list_answer(form: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The list as a download; `form` is csv or xlsx, and `name` has no ending."""
    if form == "csv":
        return csv_answer(f"{name}.csv", head, rows)
    answer = HttpResponse(workbook(head, rows), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def workbook(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The list as an Excel workbook; the head stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for column in range(len(head)):
        sheet.column_dimensions[chr(ord("A") + column)].width = _WIDTH
    sheet.append([_cell(sheet, title) for title in head])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: Cell) -> Any:
    """One value; a text is a text, whatever sign it begins with, so that none runs as a formula."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, printable(value)[:_LONGEST])
        cell.data_type = "s"
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, Decimal):
        cell.number_format = _AMOUNT
    elif isinstance(value, dt.date):
        cell.number_format = _DAY
    return cell
