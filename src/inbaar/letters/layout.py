"""How wide the columns of a letter's tables are and how high their rows. Called by `drawing`.

The typesetter could measure that itself, at twice the time per cell; the estimate is generous, and a row that might
not fit on one line is left to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from inbaar.letters.composed import Table

TEXT_WIDTH_MM = 165.0
GAP_MM = 3.0
MM_PER_POINT = 25.4 / 72
SIZES_PT = (8.5, 8.0, 7.5, 7.0)
ROW_PADDING_MM = 2.8
HEADER_SMALLER_PT = 0.7
WIDE, NARROW, CAPITAL, OTHER = 1.05, 0.36, 0.74, 0.62


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Font size in points, column widths and row heights in millimetres; None is a row the typesetter measures."""

    size: float
    widths: tuple[float, ...]
    heights: tuple[float | None, ...]


def table_layout(table: Table) -> TableLayout:
    """The largest size at which the first column keeps its longest word, better still its longest cell, on one line."""
    rows = [*table.rows, table.total] if table.total else list(table.rows)
    headed = [] if not table.rows else [tuple(_longest_word(column.title) for column in table.columns)]
    needs = [max(_ems(row[n]) for row in (*rows, *headed)) for n in range(len(table.columns))]
    for size in SIZES_PT:
        others = [_millimetres(need, size) for need in needs[1:]]
        first = TEXT_WIDTH_MM - sum(others) - GAP_MM * len(others)
        if first >= _millimetres(needs[0], size):
            break
    first = max(first, 16.0)
    widths = (first, *others)
    heights: list[float | None] = []
    if table.rows:
        heights.append(_height([column.title for column in table.columns], widths, size - HEADER_SMALLER_PT))
    heights += [_height(row[:1], widths, size) for row in rows]
    return TableLayout(size, tuple(round(width, 2) for width in widths), tuple(heights))


def _height(cells: Sequence[str], widths: Sequence[float], size: float) -> float | None:
    """Of a row whose cells each stay on one line; unknown if one of them may not."""
    if any(_millimetres(_ems(cell), size) > width for cell, width in zip(cells, widths, strict=False)):
        return None
    return round(0.72 * size * MM_PER_POINT + ROW_PADDING_MM, 2)


def _longest_word(title: str) -> str:
    return max(title.split(), key=len, default="")


def _millimetres(ems: float, size: float) -> float:
    return ems * size * MM_PER_POINT


@lru_cache(maxsize=8192)
def _ems(text: str) -> float:
    """A generous estimate of a text's width in ems, semibold."""
    width = 0.0
    for mark in text:
        if mark in " .,:;|'ilj\N{NO-BREAK SPACE}":
            width += NARROW
        elif mark.isupper() and mark.isascii():
            width += CAPITAL
        elif mark.isascii() or mark in "€–":
            width += OTHER
        else:
            width += WIDE
    return width
