"""Which column of a list is what: by the words of its head, Dutch or English, and by how its values are written. Pure.

A choice for a whole file is a `Choices`: which column is which field, and in what form amounts and days are. It is
kept per client by the words of the head, so that the next file of that head needs no asking.
"""

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from inbaar.intake.bulk.cells import Cell, DateOrder, DecimalSign, date_order, decimal_sign, text_of
from inbaar.intake.bulk.fields import AMOUNTS, DAYS, NEEDED, OWN_DEBTOR_HEADS, OWN_HEADS, WORDS, Kind
from inbaar.intake.bulk.tables import NotAList, Table, open_table

_FIELD_OF = {
    kind: {word: (name, place) for name, words in fields.items() for place, word in enumerate(words)}
    for kind, fields in WORDS.items()
}
_LOOKED_FOR_HEAD = 20
_MOST_COLUMNS = 200
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is read: the column of each field, and the form of amounts and days ("" where not known).

    `term_days`: where the invoice date or the due date is not told, they lie this many days apart. `negative_is_credit`:
    an amount below zero is a credit note. `restore_zeros`: a KvK number of seven figures lost its first zero. `unsent`: no
    debtor in it has got his invoice yet.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    decimal: DecimalSign = ""
    dates: DateOrder = ""
    term_days: int | None = None
    negative_is_credit: bool = False
    restore_zeros: bool = False
    unsent: bool = False
    kind: Kind = "invoices"

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still needed, by the first field that would do."""
        lacks = [
            one_of[0] for one_of in NEEDED[self.kind] if not any(name in self.columns for name in one_of)
        ]
        if self.kind == "debtors":
            return tuple(lacks)
        days = [name for name in ("due_date", "issue_date") if name not in self.columns]
        lacks += days if self.term_days is None or len(days) == 2 else []
        if "net" in self.columns and not {"total", "open", "vat"} & set(self.columns):
            lacks.append("vat")
        return tuple(lacks)

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept."""
        return {
            "columns": dict(self.columns), "decimal": self.decimal, "dates": self.dates, "term_days": self.term_days,
            "negative_is_credit": self.negative_is_credit, "restore_zeros": self.restore_zeros,
            "unsent": self.unsent,
            "kind": self.kind,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choices":
        """What was kept."""
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class Outline:
    """What the first pass over a table found: its head, samples of each column, its lines, and choices that fit."""

    head_line: int
    head: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    lines: int
    choices: Choices

    def as_json(self) -> dict[str, Any]:
        """All but the choices as plain values, to be kept."""
        return {"head_line": self.head_line, "head": self.head, "samples": self.samples, "lines": self.lines}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Outline":
        """What was kept."""
        samples = tuple(map(tuple, kept["samples"]))
        return cls(kept["head_line"], tuple(kept["head"]), samples, kept["lines"], Choices())

    @property
    def head_key(self) -> str:
        """The same for every file with these words at the head, in this order."""
        return hashlib.sha256("\x1f".join(map(bare_word, self.head)).encode()).hexdigest()


def bare_word(text: str) -> str:
    """A head as it is compared.

    >>> bare_word("Bedrag (incl. BTW)"), bare_word("E-mailadres")
    ('bedraginclbtw', 'emailadres')
    """
    plain = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^a-z0-9]", "", plain)


def outline_of(table: Table, kind: Kind | None = None) -> Outline:
    """Look through a whole table once, row by row. `NotAList` where it has no head or no lines.

    `kind` is what the list is about, where that is known; else its head tells.
    """
    rows = table.rows()
    first = list(islice(rows, _LOOKED_FOR_HEAD))
    place = _head_place([row for _, row in first])
    head_line, head = first[place]
    names = _heads(head)
    kind = kind or kind_of(names)
    columns = detected(names, kind)
    own = is_own_export(names)
    forms = _Forms(columns)
    samples: list[list[str]] = [[] for _ in names]
    lines = 0
    for _, row in _chained(first[place + 1 :], rows):
        lines += 1
        forms.look(row)
        for column, cell in zip(samples, row, strict=False):
            if len(column) < _SAMPLES and (text := text_of(cell)[:40]) and text not in column:
                column.append(text)
    if not lines:
        raise NotAList(
            "no-lines", "The list has a head and no lines: export it again with the invoices in it."
        )
    choices = replace(forms.choices(), kind=kind)
    choices = replace(choices, decimal="comma", dates="dmy") if own else choices
    used = max((place for place, name in enumerate(names, 1) if name or samples[place - 1]), default=0)
    return Outline(head_line, names[:used], tuple(map(tuple, samples[:used])), lines, choices)


def _heads(row: Sequence[Cell]) -> tuple[str, ...]:
    """The words of a head; a workbook has empty cells behind it, which name nothing."""
    return tuple(text_of(cell)[:100] for cell in row[:_MOST_COLUMNS])


def is_own_export(head: Sequence[str]) -> bool:
    """Whether these are the heads of our own list of invoices, which is always written in the same form."""
    return _bare_words(head) in OWN_HEADS


def _bare_words(head: Sequence[str]) -> tuple[str, ...]:
    """The words of a head as they are compared, without empty cells behind the last."""
    words = [bare_word(text) for text in head]
    while words and not words[-1]:
        words.pop()
    return tuple(words)


def kind_of(head: Sequence[str]) -> Kind:
    """What a list is about, by its head: of debtors where it names two facts of them, and no number or amount of an invoice.

    >>> kind_of(["Klantnummer", "Naam", "E-mail"]), kind_of(["Factuurnummer", "Naam"]), kind_of(["Naam", "Openstaand"])
    ('debtors', 'invoices', 'invoices')
    """
    if _bare_words(head) in OWN_DEBTOR_HEADS:
        return "debtors"
    known = detected(head)
    of_invoice = {*AMOUNTS, *DAYS, "reference", "description"} & known.keys()
    if of_invoice or ("number" in known and bare_word(head[known["number"]]) not in ("nummer", "number")):
        return "invoices"
    return "debtors" if len(detected(head, "debtors")) >= 2 else "invoices"


def detected(head: Sequence[str], kind: Kind = "invoices") -> dict[str, int]:
    """The column of each field that the words of the head name; the surest word wins, then the first column."""
    found: dict[str, tuple[int, int]] = {}
    for column, text in enumerate(head):
        if known := _FIELD_OF[kind].get(bare_word(text)):
            name, place = known
            found[name] = min(found.get(name, (place, column)), (place, column))
    return {name: column for name, (_, column) in found.items()}


def looks_like_a_list(content: bytes) -> bool:
    """Whether text is in columns: a head of two known words, one in three columns, or none in four of equal rows."""
    try:
        first = [row for _, row in islice(open_table(io.BytesIO(content)).rows(), _LOOKED_FOR_HEAD)]
        head = first[_head_place(first)]
    except NotAList:
        return False
    texts = [text_of(cell) for cell in head]
    known = max(len(detected(texts)), len(detected(texts, "debtors")))
    even = len({len(row) for row in first}) == 1 and len(first) > 1
    return known >= 2 or (known == 1 and len(head) >= 3) or (even and len(head) >= 4)


def with_forms(table: Table, head_line: int, choices: Choices) -> Choices:
    """The choices with the form of amounts and days that these columns show, where a person left it open."""
    forms = _Forms(choices.columns)
    for line, row in table.rows():
        if line > head_line:
            forms.look(row)
    shown = forms.choices()
    return replace(choices, decimal=choices.decimal or shown.decimal, dates=choices.dates or shown.dates)


class _Forms:
    """What the values of whole columns show of the form of amounts and days."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._columns = dict(columns)
        self._amounts = [columns[name] for name in AMOUNTS if name in columns]
        self._days = [columns[name] for name in DAYS if name in columns]
        self._signs: set[str] = set()
        self._orders: set[str] = set()

    def look(self, row: Sequence[Cell]) -> None:
        for column in self._amounts:
            if column < len(row) and (sign := decimal_sign(row[column])):
                self._signs.add(sign)
        for column in self._days:
            if column < len(row) and (order := date_order(row[column])) in ("dmy", "mdy"):
                self._orders.add(order)

    def choices(self) -> Choices:
        """Where a column shows both forms neither is chosen: each value that is not plain by itself is in doubt."""
        sign = next(iter(self._signs)) if len(self._signs) == 1 else ""
        order = next(iter(self._orders)) if len(self._orders) == 1 else ""
        return Choices(self._columns, sign, order)  # type: ignore[arg-type]


def _head_place(rows: Sequence[Sequence[Cell]]) -> int:
    """Which of the first rows is the head: the one with most words that are known; two at least, else the first row."""
    if not rows:
        raise NotAList("no-lines", "The list is empty: export it again with the invoices in it.")
    heads = [[text_of(cell) for cell in row] for row in rows]
    known = [max(len(detected(head)), len(detected(head, "debtors"))) for head in heads]
    best = max(known)
    return known.index(best) if best >= 2 else 0


def _chained(
    first: Iterable[tuple[int, list[Cell]]], rest: Iterator[tuple[int, list[Cell]]]
) -> Iterator[tuple[int, list[Cell]]]:
    yield from first
    yield from rest
