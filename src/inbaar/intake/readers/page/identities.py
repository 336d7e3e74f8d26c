"""KvK numbers, VAT ids and IBANs on the pages: which hold, and whose they are. Pure.

Only what passes its check is taken. Whose it is says its own label (`uw btw-nummer`), or the block it stands in: what stands
in the customer's address is the customer's.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inbaar.intake.identifiers import compact, iban_fault, vat_fault
from inbaar.intake.readers.page.findings import CHECKED, LABELLED, Finding
from inbaar.intake.readers.page.layout import Cell, Word
from inbaar.intake.readers.page.near import Sheet

_IBAN_START = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]*")
#: The end of a line in which an account begins: two letters and two figures at least.
_BROKEN = re.compile(r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{1,4}){0,7}$")
_VAT_START = re.compile(
    r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|GB)[A-Z0-9.\-]*"
)
_VAT_SHAPE = re.compile(r"[A-Z]{2}(?=[A-Z0-9]*\d{5})[A-Z0-9]{8,12}")
#: Words beside an account that say it is the customer's, to be drawn on.
_DRAWN = re.compile(
    r"afgeschreven|incasso|van uw rekening|geïncasseerd|abgebucht|lastschrift|your account|ihrem konto|votre compte|uw rekening|direct debit|debited|uw iban|your iban|prélev"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier that holds, where it stands, and whether its label says whose it is (None: it does not)."""

    finding: Finding
    cell: Cell
    owner: str | None


@dataclass(frozen=True, slots=True)
class Identities:
    """What was found, in reading order; `failing` holds (kind, text) of labelled ones that fail their check."""

    ibans: tuple[Found, ...]
    vats: tuple[Found, ...]
    kvks: tuple[Found, ...]
    failing: tuple[tuple[str, str], ...]


def identities_of(sheet: Sheet) -> Identities:
    """All identifiers on the pages that pass their check."""
    failing: list[tuple[str, str]] = []
    ibans = [found for found in _scan(sheet, _ibans) if not _drawn(sheet, found.cell)]
    vats = list(_scan(sheet, _vats))
    kvks = list(_kvks(sheet))
    for label in sheet.named("iban"):
        text = compact("".join(w.text for w in sheet.right(label)[:8]))
        near = (label.cell, *sheet.layout.after(label.cell))
        holds = any(found.cell in near for found in ibans)
        if re.match(r"[A-Z]{2}\d{2}[A-Z0-9]{11,}", text) and not holds and not _drawn(sheet, label.cell):
            failing.append(("iban", text[:34]))
    for label in sheet.named("vat_id", "customer_vat_id"):
        text = compact("".join(w.text for w in sheet.right(label)[:4]))[:14]
        match = re.match(r"NL\d{9}B\d{2}", text)
        if match and vat_fault(match[0]):
            failing.append(("vat", match[0]))
    return Identities(tuple(ibans), tuple(vats), tuple(kvks), tuple(dict.fromkeys(failing)))


def _drawn(sheet: Sheet, cell: Cell) -> bool:
    row = sheet.layout.row_of[cell]
    near = sheet.layout.rows[max(0, row - 1) : row + 1]
    return any(_DRAWN.search(other.text.casefold()) for cells in near for other in cells)


def _scan(
    sheet: Sheet, find: Callable[[tuple[Word, ...]], Iterator[tuple[str, tuple[Word, ...]]]]
) -> Iterator[Found]:
    for cell in sheet.layout.cells:
        for value, words in find((*cell.words, *_continued(sheet, cell))):
            if words[0] in cell.words:
                yield Found(Finding(value, words, cell.page, CHECKED), cell, _owner(sheet, cell, words))


def _continued(sheet: Sheet, cell: Cell) -> tuple[Word, ...]:
    """The words of the next line, where a line ends in a label of an account or in the first groups of one."""
    if not _BROKEN.search(cell.text) or sheet.layout.after(cell):
        return ()
    row = sheet.layout.row_of[cell] + 1
    following = sheet.layout.rows[row][0] if row < len(sheet.layout.rows) else cell
    near = following.page == cell.page and cell.bottom - following.top < cell.size
    return following.words if near and following is not cell else ()


def _owner(sheet: Sheet, cell: Cell, words: tuple[Word, ...]) -> str | None:
    """Customer where the label right before it says so, in its cell or the one to its left."""
    before = [label for label in sheet.labels[cell] if label.end <= cell.words.index(words[0])]
    if before:
        label = before[-1]
        return "customer" if any(k.startswith("customer") for k in label.kinds) else None
    row = sheet.layout.rows[sheet.layout.row_of[cell]]
    place = row.index(cell)
    if place and (labels := sheet.labels[row[place - 1]]):
        return "customer" if any(k.startswith("customer_") for k in labels[-1].kinds) else None
    above = [c for c in sheet.named("customer_vat_id", "customer_kvk") if cell in sheet.under(c)]
    return "customer" if above else None


def _ibans(words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    yield from _grouped(words, _IBAN_START, 15, 34, lambda text: iban_fault(text) is None)


def _vats(words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    yield from _grouped(words, _VAT_START, 8, 14, _is_vat)


def _is_vat(text: str) -> bool:
    return _VAT_SHAPE.fullmatch(text) is not None and text[:2] != "GB" and vat_fault(text) is None


def _grouped(
    words: tuple[Word, ...], start: re.Pattern[str], least: int, most: int, holds: Callable[[str], bool]
) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """A number written in one word or in groups, the longest that holds."""
    place = 0
    while place < len(words):
        best = 0
        if start.fullmatch(compact(words[place].text.strip(":;,.()"))):
            joined = ""
            for end in range(place, min(len(words), place + 9)):
                joined += compact(words[end].text.strip(":;,.()|"))
                if len(joined) > most or not joined.isalnum():
                    break
                if len(joined) >= least and holds(joined):
                    best = end + 1
                    value = joined
        if best:
            yield value, words[place:best]
        place = best or place + 1


def _kvks(sheet: Sheet) -> Iterator[Found]:
    """Eight figures behind the label, which a place may stand between: `KvK Rotterdam 24330087`."""
    for label in sheet.named("kvk", "customer_kvk"):
        for words in (sheet.right(label), *sheet.words_under(label)):
            found = _eight_figures(words)
            if found is not None:
                value, taken = found
                owner = "customer" if "customer_kvk" in label.kinds else None
                cell = next(
                    (c for c in (label.cell, *sheet.layout.after(label.cell)) if taken[0] in c.words),
                    label.cell,
                )
                yield Found(Finding(value, taken, label.cell.page, LABELLED), cell, owner)
                break


def _eight_figures(words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...]] | None:
    for place, word in enumerate(words[:4]):
        text = compact(word.text.strip(":;,.()|"))
        if re.fullmatch(r"\d{8}", text):
            return text, (word,)
        joined = "".join(compact(w.text) for w in words[place : place + 4])
        if re.fullmatch(r"\d{8}", joined) and word.text.isdigit():
            return joined, tuple(words[place : place + 4])
    return None
