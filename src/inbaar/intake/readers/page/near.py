"""Labels on the page and what stands by each: behind it in its cell, in the cells to its right, or under it. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from inbaar.intake.readers.page.labels import ALONE, LONGEST, WEAK, kinds, plain
from inbaar.intake.readers.page.layout import Cell, Layout, Word, box_of
from inbaar.intake.readers.page.learned import NOTHING_LEARNED, Learned
from inbaar.intake.readers.page.values import Amount, Day, amounts, days

#: How many words that are no value may stand between a label and its value: `Totaal te betalen in EUR: 12,00`.
_BETWEEN = 4
_ROWS_BELOW = 8
_DOMAIN = re.compile(
    r"(?:@|www\.|https?://(?:www\.)?)([a-z0-9][a-z0-9\-]{1,60})(?:\.[a-z0-9\-]{1,60}){0,4}\.[a-z]{2,}"
)
_MAIL_HOSTS = frozenset(
    {
        "gmail",
        "hotmail",
        "outlook",
        "live",
        "icloud",
        "ziggo",
        "kpnmail",
        "planet",
        "xs4all",
        "yahoo",
        "home",
        "kpn",
    }
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label found in a cell: the fields it may name, its words from `start` to `end`, its value's room up to `stop`."""

    kinds: tuple[str, ...]
    cell: Cell
    start: int
    end: int
    stop: int
    learned: bool = False

    @property
    def words(self) -> tuple[Word, ...]:
        return self.cell.words[self.start : self.end]

    @property
    def rest(self) -> tuple[Word, ...]:
        return self.cell.words[self.end : self.stop]

    @property
    def leads(self) -> bool:
        """Whether it opens its cell."""
        return self.start == 0


class Sheet:
    """A layout with its labels: what the resolvers ask."""

    def __init__(self, layout: Layout, learned: Learned = NOTHING_LEARNED) -> None:
        self.layout = layout
        known = kinds() | {label: (kind,) for label, kind in learned.labels.items()}
        self.labels: dict[Cell, list[Label]] = {
            cell: _labels(cell, known, learned.labels) for cell in layout.cells
        }

    @cached_property
    def text(self) -> str:
        """All text in small letters, row by row."""
        return "\n".join("  ".join(cell.text for cell in row) for row in self.layout.rows).casefold()

    @cached_property
    def sites(self) -> frozenset[str]:
        """The names in mail addresses and sites on the pages, as names are compared."""
        return frozenset(plain(found) for found in _DOMAIN.findall(self.text)) - _MAIL_HOSTS

    def named(self, *wanted: str) -> Iterator[Label]:
        """The labels that may name one of these fields, in reading order; those that were learned go before all others."""
        found = [
            label
            for labels in self.labels.values()
            for label in labels
            if any(k in wanted for k in label.kinds)
        ]
        yield from [label for label in found if label.learned] or found

    def right(self, label: Label) -> tuple[Word, ...]:
        """What stands in the row after a label, up to the next label; nothing if its cell goes on with another label."""
        if label.stop != len(label.cell.words):
            return label.rest
        found = list(label.rest)
        for cell in self.layout.after(label.cell):
            if self.labels[cell] and self.labels[cell][0].leads:
                break
            found.extend(cell.words)
        return tuple(found)

    def under(self, label: Label, rows: int = 1) -> list[Cell]:
        """The cells under a label, up to one that is itself labelled."""
        here = Cell(label.cell.page, label.words)
        found = []
        for cell in self.layout.below_box(here, self.layout.row_of[label.cell], rows):
            if self.labels[cell] and self.labels[cell][0].leads:
                break
            found.append(cell)
        return found

    def words_under(self, label: Label, rows: int = 1) -> list[tuple[Word, ...]]:
        """The words under a label in each row, without those under another label beside it."""
        row = self.layout.rows[self.layout.row_of[label.cell]]
        return [_within(label, row, cell) for cell in self.under(label, rows)]

    def day(self, label: Label) -> Day | None:
        """The day a label names."""
        for words in (label.rest, self.right(label), *self.words_under(label)):
            found = days(words)
            if found and found[0].start <= _BETWEEN and not _longer(label, words[: found[0].start]):
                return found[0]
        return None

    def amounts(self, label: Label) -> list[Amount]:
        """The amounts in the row after a label."""
        return amounts(self.right(label))

    def amounts_under(self, label: Label) -> list[Amount]:
        """The amounts in the column under a label."""
        found = []
        for words in self.words_under(label, _ROWS_BELOW):
            found.extend(amounts(words))
        return found


def _longer(label: Label, between: tuple[Word, ...]) -> bool:
    """Whether a bare `Date` goes on to a colon: `Date début :` and `Datum oplevering:` name another day."""
    lettered = any(sign.isalpha() for word in between for sign in word.text)
    return "date" in label.kinds and lettered and any(word.text.endswith(":") for word in between)


def _within(label: Label, row: tuple[Cell, ...], cell: Cell) -> tuple[Word, ...]:
    """The words of a cell that stand under the label: all, unless the cell runs on under what stands beside the label."""
    left, _, right, _ = box_of(label.words)
    beside = [word for other in row for word in other.words if word not in label.words]
    shared = any(min(word.right, cell.right) - max(word.left, cell.left) > 2 for word in beside)
    if not shared:
        return cell.words
    return tuple(word for word in cell.words if _mostly_under(word, left, right))


def _mostly_under(word: Word, left: float, right: float) -> bool:
    common = min(word.right, right) - max(word.left, left)
    return common > 0.5 * min(word.right - word.left, right - left)


def _labels(cell: Cell, known: Mapping[str, tuple[str, ...]], learned: Mapping[str, str]) -> list[Label]:
    found: list[tuple[tuple[str, ...], int, int]] = []
    compared = [plain(word.text) for word in cell.words]
    place = 0
    while place < len(compared):
        length = _longest(compared, place, known)
        named = "".join(compared[place : place + length])
        if length and (named in learned or _counts(compared, place, length, cell.words)):
            found.append((known[named], place, place + length))
            place += length
        else:
            place += 1
    stops = [*(start for _, start, _ in found[1:]), len(compared)][: len(found)]
    return [
        Label(named, cell, start, end, stop, "".join(compared[start:end]) in learned)
        for (named, start, end), stop in zip(found, stops, strict=True)
    ]


def _longest(compared: list[str], place: int, known: Mapping[str, tuple[str, ...]]) -> int:
    if not compared[place]:
        return 0
    for length in range(min(LONGEST, len(compared) - place), 0, -1):
        if "".join(compared[place : place + length]) in known:
            return length
    return 0


def _counts(compared: list[str], place: int, length: int, words: tuple[Word, ...]) -> bool:
    """A short word is a label at the start of a cell, behind a percentage, or where a colon says so."""
    label = "".join(compared[place : place + length])
    if label in ALONE:
        return length == len(words) or words[place + length - 1].text.endswith(":")
    if label not in WEAK:
        return True
    before = words[:place]
    if words[place + length - 1].text.endswith(":"):
        return True
    return all(not any(sign.isalpha() for sign in word.text) for word in before)
