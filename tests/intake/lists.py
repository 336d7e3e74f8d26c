"""Lists of invoices for the tests: written as bookkeeping programs and Dutch Excel write them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from inbaar.intake.bulk.columns import Choices, outline_of
from inbaar.intake.bulk.lines import Line, lines_of
from inbaar.intake.bulk.tables import open_table

HEAD = (
    "Factuurnummer",
    "Debiteurnr",
    "Debiteur",
    "Factuurdatum",
    "Vervaldatum",
    "Bedrag",
    "Openstaand",
    "KvK",
    "Postcode",
)
ROWS = (
    ("2026-001", "D1", "Bakkerij De Korenaar B.V.", "15-01-2026", "14-02-2026", "1.210,00", "1.210,00", "90000002", "3511 AA"),
    ("2026-002", "D2", "J. Jansen", "01-02-2026", "03-03-2026", "60,50", "30,25", "", "1015 CJ"),
    ("2026-003", "D3", "Garage Snel V.O.F.", "02-02-2026", "04-03-2026", "-121,00", "-121,00", "01234567", "9712 HM"),
)  # fmt: skip


def written(
    rows: Iterable[Sequence[Any]] = ROWS,
    head: Sequence[str] = HEAD,
    separator: str = ";",
    encoding: str = "utf-8-sig",
) -> bytes:
    """A CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([head, *rows])
    return out.getvalue().encode(encoding)


def workbook(rows: Iterable[Sequence[Any]], head: Sequence[str] = HEAD) -> bytes:
    """The same as an Excel workbook."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Facturen")
    for row in (head, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes, **choices: Any) -> list[Line]:
    """The lines of a file, by what its own columns show and the choices given."""
    table = open_table(io.BytesIO(content))
    outline = outline_of(table)
    chosen = Choices(**(outline.choices.as_json() | choices))
    return list(lines_of(table, outline.head_line, chosen))


def rules(line: Line) -> list[tuple[str, str]]:
    """The faults of a line: field and rule."""
    return [(fault.field, fault.rule) for fault in line.faults]
