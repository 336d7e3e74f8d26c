"""Row heights are told where the words surely stay on one line, and left to the typesetter where they may not."""

from inbaar.letters.composed import Column, Table
from inbaar.letters.layout import table_layout

AMOUNT = Column("Bedrag", figures=True)


def test_each_row_that_stays_on_one_line_has_its_height() -> None:
    layout = table_layout(
        Table("", (Column("Factuur"), AMOUNT), (("2026-0042", "€ 1.210,00"),), ("Totaal", "€ 1.210,00"))
    )
    header, row, total = layout.heights
    assert header is not None
    assert row is not None
    assert header < row == total


def test_a_header_of_two_lines_is_measured() -> None:
    rate = Column("Rente per jaar", figures=True)
    layout = table_layout(Table("", (Column("Periode"), rate), (("2 okt 2026", "10,40%"),)))
    assert layout.heights[0] is None
    assert layout.heights[1] is not None


def test_a_first_cell_that_may_wrap_is_measured() -> None:
    layout = table_layout(
        Table("", (Column("Omschrijving"), AMOUNT), (("lang woord " * 20, "€ 1,00"), ("kort", "€ 1,00")))
    )
    assert layout.heights[1] is None
    assert layout.heights[2] is not None


def test_a_table_without_rows_has_no_header() -> None:
    layout = table_layout(Table("", (Column("Omschrijving"), AMOUNT), (), ("Factuurbedrag", "€ 1.210,00")))
    assert len(layout.heights) == 1
