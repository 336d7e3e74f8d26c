"""Lists as files that Dutch Excel opens right: semicolons, decimal commas, and a mark that says UTF-8.

A text that a spreadsheet would run as a formula is kept a text.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse

BOM = "\ufeff"
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | Decimal | dt.date | None


def cell(value: Cell) -> str:
    """One value as Dutch Excel reads it: 1234,56 and 22-11-2026."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, dt.date):
        return f"{value.day:02d}-{value.month:02d}-{value.year}"
    text = str(value)
    # Spaces before the sign do not stop a spreadsheet, nor does the full-width form of it.
    first = text.lstrip(" \u00a0")[:1]
    return (
        f"'{text}" if isinstance(value, str) and (first in _RUNS or first in "＝＋－＠") and first else text
    )


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The whole file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return BOM + out.getvalue()


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The file as a download."""
    answer = HttpResponse(csv_text(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
