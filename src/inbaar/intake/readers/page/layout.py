"""A page as people see it: words, rows of words, and in each row the cells that a wide gap sets apart. Pure.

A cell is what belongs together sideways: a label, an amount, a line of an address. Boxes are left, bottom, right, top in
points from the left bottom of the page.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

Box = tuple[float, float, float, float]

#: A gap this many times the height of the letters sets cells apart; a space is a quarter.
CELL_GAP = 0.8
#: A full page of print has a thousand words, a wide table thirty columns: beyond this nobody means a page to be read.
_MOST_WORDS, _MOST_CELLS = 6_000, 100
#: A label glued to its value or its currency: `Factuurnummer:2026-12`, `Totaal€12,00`, `Totaal(EUR)`.
_GLUED = re.compile(r"([^\W\d][^:]*:|.*[^\W\d:]|.*%)((?<=:)[^:/\\].*|[€£$].*|\([A-Z]{3}\):?)")


@dataclass(frozen=True, slots=True)
class Word:
    """Letters without a space among them, where they stand, and how sure whoever read them is (1.0: a text layer).

    `seen` is where they are on a page that lies askew; `left` to `top` are those of the page set straight.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    sure: float = 1.0
    seen: Box | None = None

    @property
    def size(self) -> float:
        return self.top - self.bottom


@dataclass(eq=False, slots=True)
class Cell:
    """Words of one row with no wide gap between them."""

    page: int
    words: tuple[Word, ...]
    left: float = field(init=False)
    bottom: float = field(init=False)
    right: float = field(init=False)
    top: float = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.bottom, self.right, self.top = box_of(self.words)

    @property
    def size(self) -> float:
        return median(word.size for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of all pages that were read, from top to bottom; `complete` where no page was left out."""

    rows: tuple[tuple[Cell, ...], ...]
    row_of: Mapping[Cell, int]
    widths: Mapping[int, float]
    heights: Mapping[int, float]
    text_size: float
    complete: bool

    @property
    def cells(self) -> Iterator[Cell]:
        """Every cell, row by row."""
        for row in self.rows:
            yield from row

    def after(self, cell: Cell) -> tuple[Cell, ...]:
        """The cells to the right of one, in its row."""
        row = self.rows[self.row_of[cell]]
        return row[row.index(cell) + 1 :]

    def below_box(self, here: Cell, row: int, rows: int = 1, reach: float = 2.6) -> list[Cell]:
        """The cells under what stands in a row, one per row, while each is within `reach` letter heights of the one before."""
        found: list[Cell] = []
        last = here
        for below in self.rows[row + 1 :]:
            away = last.bottom - below[0].top > 2 * reach * max(last.size, below[0].size)
            if below[0].page != here.page or len(found) == rows or away:
                break
            under = [other for other in below if _overlap(here, other)]
            if not under:
                continue
            nearest = min(under, key=lambda other: abs(other.left - here.left))
            if last.bottom - nearest.top > (reach - 1) * max(here.size, nearest.size):
                break
            found.append(nearest)
            last = nearest
        return found


def box_of(words: Iterable[Word]) -> Box:
    """The box around words."""
    several = tuple(words)
    return (
        min(w.left for w in several), min(w.bottom for w in several),
        max(w.right for w in several), max(w.top for w in several),
    )  # fmt: skip


def seen_box(words: Iterable[Word]) -> Box:
    """The box around words, where they are on the page as it lies."""
    boxes = [word.seen or (word.left, word.bottom, word.right, word.top) for word in words]
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


def layout_of(pages: Sequence[Mapping[str, Any]], count: int) -> Layout:
    """The rows and cells of pages as the child process gives them."""
    rows: list[tuple[Cell, ...]] = []
    sizes: list[float] = []
    for page in pages:
        words = [word for entry in page["words"][:_MOST_WORDS] for word in _parted(_word(entry))]
        sizes.extend(word.size for word in words)
        rows.extend(_cells(row, page["page"]) for row in _rows(words))
    row_of = {cell: place for place, row in enumerate(rows) for cell in row}
    return Layout(
        rows=tuple(rows),
        row_of=row_of,
        widths={page["page"]: page["width"] for page in pages},
        heights={page["page"]: page["height"] for page in pages},
        text_size=median(sizes) if sizes else 0.0,
        complete=len(pages) == count,
    )


def _word(entry: Sequence[Any]) -> Word:
    text, left, bottom, right, top, sure, *seen = entry
    box = tuple(seen[0]) if seen else None
    return Word(_plain_figures(unicodedata.normalize("NFKC", text)), left, bottom, right, top, sure, box)


def _plain_figures(text: str) -> str:
    """Figures of any script as 0 to 9, so that a number is the same number whoever wrote it."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _parted(word: Word) -> Iterator[Word]:
    """A label glued to its value is two words."""
    glued = _GLUED.fullmatch(word.text)
    if glued is None:
        yield word
        return
    middle = word.left + (word.right - word.left) * len(glued[1]) / len(word.text)
    yield replace(word, text=glued[1], right=middle)
    yield replace(word, text=glued[2], left=middle)


def _rows(words: list[Word]) -> Iterator[list[Word]]:
    """Words that stand at the same height, from top to bottom, each row from left to right."""
    row: list[Word] = []
    for word in sorted(words, key=lambda w: (-(w.top + w.bottom), w.left)):
        if row and not _level(row[0], word):
            yield sorted(row, key=lambda w: w.left)
            row = []
        row.append(word)
    if row:
        yield sorted(row, key=lambda w: w.left)


def _level(first: Word, word: Word) -> bool:
    common = min(first.top, word.top) - max(first.bottom, word.bottom)
    return common > 0.55 * min(first.size, word.size)


def _cells(row: list[Word], page: int) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    words: list[Word] = []
    for word in row:
        if words and word.left - words[-1].right > CELL_GAP * min(word.size, words[-1].size):
            cells.append(Cell(page, tuple(words)))
            words = []
        words.append(word)
    cells.append(Cell(page, tuple(words)))
    return tuple(cells[:_MOST_CELLS])


def _overlap(above: Cell, other: Cell) -> bool:
    return min(above.right, other.right) - max(above.left, other.left) > 0 or abs(above.left - other.left) < 3
