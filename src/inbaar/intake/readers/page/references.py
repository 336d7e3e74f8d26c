"""The numbers by which an invoice is known and paid: its own, the invoice it credits, the payment reference. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inbaar.intake.identifiers import compact, has_rf_shape, iban_fault, reference_fault
from inbaar.intake.readers.page.findings import CHECKED, LABELLED, PLACED, Finding, only
from inbaar.intake.readers.page.labels import plain
from inbaar.intake.readers.page.layout import Cell, Word
from inbaar.intake.readers.page.near import Label, Sheet
from inbaar.intake.readers.page.sections import sectioned
from inbaar.intake.readers.page.values import amounts, currency_of, days

_LONGEST = 35
_LEAD = frozenset({"", "#", "no", "nr", "n°", "number", "nummer", "№", "ref"})
_MARKS = _LEAD - {"", "ref"}
_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/.+%#&]*")
_YEAR_ALONE = re.compile(r"(?:19|20)\d{2}")
_DATES = frozenset({"issue_date", "due_date", "date"})
#: A note that asks for the number it stands by: `(s.v.p. bij betaling vermelden)`.
_NOTE = re.compile(
    r"\((?:[^()]{0,40}\b)?(?:bij|bei|with|on|for|lors)\b[^()]{0,30}(?:betaling|overboeking|zahlung|payment|paiement)[^()]{0,30}(?:vermeld|angeben|quote|state|mention|rappel)[^()]{0,12}\)"
    r"|\((?:[^()]{0,20})(?:vermeld|quote|state|mention|rappel)[^()]{0,20}(?:betaling|overboeking|payment|paiement)[^()]{0,12}\)"
)


@dataclass(frozen=True, slots=True)
class References:
    """What was found; `number_competes` where the page offers several numbers."""

    number: Finding | None
    credits: Finding | None
    payment: Finding | None
    payment_fails: str | None


def references_of(sheet: Sheet, credit_note: bool) -> References:
    """The references of the invoice."""
    credits = [f for label in sheet.named("credits") if (f := _value(sheet, label, LABELLED))]
    credited = {finding.value for finding in credits}
    number = _number(sheet, credited if credit_note else set())
    payment, fails = _payment(sheet)
    return References(number, only(credits) if credit_note else None, payment, fails)


def _noted(sheet: Sheet) -> Iterator[Finding]:
    """`VSNR: 01.234.567` with `(bei Zahlung bitte angeben)` behind or under it: that number is the reference."""
    for cell in sheet.layout.cells:
        note = _NOTE.search(cell.text.casefold())
        if note is None:
            continue
        before = tuple(_words_before(cell.words, note.start()))
        above = [other.words for other in _above(sheet, cell)] if not before else []
        for words in (before, *above):
            numbers = [word for word in words if _is_number(word.text.strip("#:;,.()"))]
            if numbers and not days(words):
                yield Finding(numbers[-1].text.strip("#:;,.()"), (numbers[-1],), cell.page, LABELLED)


def _words_before(words: tuple[Word, ...], letters: int) -> Iterator[Word]:
    place = 0
    for word in words:
        if place + len(word.text) <= letters:
            yield word
        place += len(word.text) + 1


def _above(sheet: Sheet, cell: Cell) -> list[Cell]:
    """The cell right above one, starting where it starts."""
    row = sheet.layout.row_of[cell]
    rows = sheet.layout.rows[row - 1 : row] if row else ()
    return [
        other for cells in rows for other in cells
        if other.page == cell.page and abs(other.left - cell.left) < 6 and other.bottom - cell.top < 1.2 * cell.size
    ]  # fmt: skip


def _number(sheet: Sheet, credited: set[str]) -> Finding | None:
    """The number beside its label; one behind the title where no label names it. Both together confirm each other."""
    labelled = [f for label in sheet.named("number") if (f := _value(sheet, label, LABELLED))]
    titled = [
        f
        for label in sheet.named("title_number")
        if label.leads and label.cell.page == 1 and (f := _value(sheet, label, PLACED, strict=True))
    ]
    labelled = [f for f in labelled if f.value not in credited] or ([] if titled else labelled)
    titled = [f for f in titled if f.value not in credited]
    found = only(labelled)
    if found is not None and any(f.value == found.value for f in titled):
        return Finding(found.value, found.words, found.page, CHECKED)
    return found if labelled else only(titled or list(_bare(sheet)))


def _bare(sheet: Sheet) -> Iterator[Finding]:
    """`Nummer: 2026-12` among the dates of the document; nearer to one where a party's heading may make it his."""
    theirs = sectioned(sheet)
    for label in sheet.named("bare_number"):
        reach = 1 if label.cell in theirs else 2
        here = label.leads and label.cell.page == 1 and _is_dated(sheet, label, reach)
        if here and (f := _value(sheet, label, PLACED)):
            yield f


def _is_dated(sheet: Sheet, label: Label, reach: int) -> bool:
    """Whether a date of the document is named beside a label, or within so many lines over or under it."""
    row = sheet.layout.row_of[label.cell]
    first = max(0, row - reach)
    near = [
        other
        for at, cells in enumerate(sheet.layout.rows[first : row + reach + 1], first)
        for other in cells
        if at == row or abs(other.left - label.cell.left) < 6
    ]
    return any(_DATES & set(named.kinds) for cell in near for named in sheet.labels[cell])


def _payment(sheet: Sheet) -> tuple[Finding | None, str | None]:
    """The payment reference; one that fails its own check digits is told, not kept."""
    found = []
    for label in sheet.named("reference"):
        words = sheet.right(label) or _next_line(sheet, label)
        whole = _checked(words)
        if whole is not None:
            found.append(Finding(whole[0], whole[1], label.cell.page, CHECKED))
        elif sheet.right(label) and (finding := _value(sheet, label, LABELLED)):
            found.append(finding)
    found = found or list(_noted(sheet))
    fails = next((f.value for f in found if reference_fault(compact(f.value))), None)
    return (None, fails) if fails else (only(found), None)


def _next_line(sheet: Sheet, label: Label) -> tuple[Word, ...]:
    """Where a sentence breaks behind its label, the line it goes on with; else what stands under the label."""
    here = Cell(label.cell.page, label.cell.words[:1])
    following = (
        sheet.layout.below_box(here, sheet.layout.row_of[label.cell], reach=1.8)
        if len(label.cell.words) > 4
        else []
    )
    return next(iter([*(cell.words for cell in following), *sheet.words_under(label)]), ())


def _checked(words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...]] | None:
    """An RF reference or a betalingskenmerk written in groups, whose check digits hold."""
    for start in range(min(len(words), 4)):
        joined = ""
        for end in range(start, min(len(words), start + 8)):
            joined += compact(words[end].text)
            shaped = has_rf_shape(joined) or re.fullmatch(r"\d{16}", joined)
            if shaped and reference_fault(joined) is None:
                longer = end + 1 < len(words) and has_rf_shape(joined + compact(words[end + 1].text))
                if not longer:
                    return joined, words[start : end + 1]
    return None


def _value(sheet: Sheet, label: Label, level: float, strict: bool = False) -> Finding | None:
    """The number a label names: behind it, to its right, or under it. `strict` takes what directly follows only."""
    if strict:
        headed = (
            sum(1 for cell in sheet.layout.rows[sheet.layout.row_of[label.cell]] if sheet.labels[cell]) > 1
        )
        spots: list[tuple[Word, ...]] = [_after_mark(label.rest)]
        if not label.rest:
            spots.extend(
                words for words in sheet.words_under(label) if headed or words[0].text.startswith("#")
            )
    else:
        spots = [
            label.rest,
            *([] if label.rest else [sheet.right(label), *sheet.words_under(label)]),
        ]
    for words in spots:
        taken = _taken(words)
        if taken:
            text = " ".join(word.text for word in taken).strip("#:;,. ")
            return Finding(text, taken, label.cell.page, level)
    return None


def _after_mark(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """What follows `Nr.` within a few words of a title: `Rechnung des Versicherers (575) Nr. 01.234`."""
    marked = next((place for place, word in enumerate(words[:5]) if plain(word.text) in _MARKS), None)
    return words if marked is None else words[marked + 1 :]


def _taken(words: tuple[Word, ...]) -> tuple[Word, ...]:
    start = 0
    while start < len(words) and plain(words[start].text) in _LEAD:
        start += 1
    words = words[start:]
    if not words or _is_account(words):
        return ()
    if ((found := days(words[:4])) and found[0].start == 0) or (
        (sums := amounts(words[:2])) and sums[0].start == 0
    ):
        return ()
    first = words[0].text.strip("#:;,.()")
    second = words[1].text.strip(":;,.()") if len(words) > 1 else ""
    if re.fullmatch(r"[A-Z]{1,6}[.:]?", first) and _is_number(second) and not currency_of(first):
        return words[:2]
    return words[:1] if _is_number(first) and _continues(words) else ()


def _is_account(words: tuple[Word, ...]) -> bool:
    """Whether an IBAN stands here, in one word or in groups; a reference that begins with RF is none."""
    joined = ""
    for word in words[:9]:
        joined += compact(word.text.strip(":;,.()"))
        if iban_fault(joined) is None:
            return True
    return re.match(r"(?!RF)[A-Z]{2}\d{2}[A-Z]{4}\d{6}", joined) is not None


def _is_number(text: str) -> bool:
    """Whether a word can be the number of something: it has a figure, and is no bare year."""
    percentage = text.endswith("%") and len(text) <= 6
    return (
        len(text) <= _LONGEST
        and not percentage
        and _ALLOWED.fullmatch(text) is not None
        and any(sign.isdigit() for sign in text)
        and not _YEAR_ALONE.fullmatch(text)
    )


def _continues(words: tuple[Word, ...]) -> bool:
    """False where figures go on after a space: the number may be longer than its first word, so it is not known."""
    if len(words) == 1:
        return True
    following = words[1].text.strip(":;,.()")
    close = words[1].left - words[0].right < 0.5 * words[0].size
    if following in ("/", "-", "–") and len(words) > 2 and any(sign.isdigit() for sign in words[2].text):
        return False
    return not (close and re.fullmatch(r"\d[\d\-/]*", following) and not days(words[1:5]))
