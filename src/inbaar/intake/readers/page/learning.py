"""What corrections taught of a client's own invoices: by which label a field stands there, and what is always misread. Pure.

A person who puts a value right on the review screen shows where it stands: the words beside it become a label for that
field on the pages that come after, and go before the labels everybody uses. Where a value of the supplier's own is misread,
the right one takes its place the next time the same thing is read.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from inbaar.intake.readers.page.labels import LONGEST, plain
from inbaar.intake.readers.page.layout import Cell, Layout, Word
from inbaar.intake.readers.page.values import amounts, days

#: The fields that stand by a label, with the kind of label it is.
LABELLED_FIELDS = {
    "number": "number", "issue_date": "issue_date", "due_date": "due_date", "net": "net", "vat": "vat", "total": "total",
    "payable": "payable", "payment_reference": "reference", "credits_invoice": "credits", "customer.kvk": "customer_kvk",
    "customer.vat": "customer_vat_id",
}  # fmt: skip
#: The fields that are the same on all of a supplier's invoices.
CONSTANT_FIELDS = ("supplier.name", "supplier.kvk", "supplier.vat", "iban", "currency")
_AMOUNTS = frozenset({"net", "vat", "total", "payable"})
_DAYS = frozenset({"issue_date", "due_date"})
_MOST_LABELS, _LONGEST_LABEL = 3, 60


def labels_beside(layout: Layout, name: str, value: str) -> tuple[str, ...]:
    """The labels, as they are compared, by which this value of a field stands on the page; none where it does not stand there."""
    found: dict[str, None] = {}
    for cell in layout.cells:
        for start in _starts(cell, name, value):
            if label := _label(layout, cell, start):
                found[label] = None
    return tuple(found)[:_MOST_LABELS]


def _starts(cell: Cell, name: str, value: str) -> Iterator[int]:
    """Where in a cell the value begins."""
    if name in _AMOUNTS:
        wanted = Decimal(value)
        yield from (amount.start for amount in amounts(cell.words) if abs(amount.value) == wanted)
    elif name in _DAYS:
        day = dt.date.fromisoformat(value)
        yield from (found.start for found in days(cell.words) if day in (found.value, found.other))
    else:
        wanted_text = plain(value)
        for start in range(len(cell.words)):
            joined = ""
            for word in cell.words[start:]:
                joined += plain(word.text)
                if joined == wanted_text:
                    yield start
                if not wanted_text.startswith(joined):
                    break


def _label(layout: Layout, cell: Cell, start: int) -> str | None:
    """The words before the value in its cell, else those of the cell to its left, else those of the cell above."""
    row = layout.rows[layout.row_of[cell]]
    place = row.index(cell)
    before = cell.words[:start], row[place - 1].words if place else (), _above(layout, cell)
    for words in before:
        if label := _compared(words):
            return label
    return None


def _above(layout: Layout, cell: Cell) -> tuple[Word, ...]:
    for row in reversed(layout.rows[: layout.row_of[cell]]):
        if row[0].page != cell.page or row[0].bottom - cell.top > 3 * cell.size:
            return ()
        over = [other for other in row if min(other.right, cell.right) > max(other.left, cell.left)]
        if over:
            return over[0].words
    return ()


def _compared(words: tuple[Word, ...]) -> str | None:
    """The last words as a label: letters and no figures, so that no value is taken for one."""
    label = plain("".join(word.text for word in words[-LONGEST:]))
    wanted = 1 < len(label) <= _LONGEST_LABEL and not any(sign.isdigit() for sign in label)
    return label if wanted and any(sign.isalpha() for sign in label) else None
