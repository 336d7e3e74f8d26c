"""The rates of VAT that a page prints: what each is taken of, and the tax. Pure; used by `sums`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from inbaar.intake.readers.page.labels import kinds, plain
from inbaar.intake.readers.page.layout import Cell, Word
from inbaar.intake.readers.page.near import Sheet
from inbaar.intake.readers.page.values import Amount, amounts

HIGHEST_RATE = Decimal(27)  # Hungary's, the highest in the EU
_CENT = Decimal("0.01")
_PERCENT = re.compile(r"\(?(\d{1,2}(?:[.,]\d{1,2})?)(%?)\)?:?")


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of VAT as printed: percentage, what it is taken of (None where not printed) and the tax.

    `marked` where the percentage has its sign: a bare figure may be the number of a line.
    """

    percent: Decimal
    base: Decimal | None
    tax: Decimal
    page: int
    amounts: tuple[Amount, ...]
    marked: bool = True


def rates_of(sheet: Sheet) -> list[Rate]:
    """Rows with a percentage whose base times rate is the tax, or that name VAT, a percentage and the tax alone."""
    found: dict[tuple[Decimal, Decimal | None, Decimal], Rate] = {}
    for row in sheet.layout.rows:
        words = tuple(word for cell in row for word in cell.words)
        printed = amounts(words)
        if not printed or len(printed) > 5:
            continue
        for percent, marked in _percentages(words):
            rate = _with_base(percent, printed, row[0].page, marked)
            if rate is None and marked and len(printed) == 1 and _names_vat(sheet, row):
                rate = Rate(percent, None, printed[0].value, row[0].page, tuple(printed))
            if rate is not None:
                found.setdefault((rate.percent, rate.base, rate.tax), rate)
                break
    return list(found.values())


def _names_vat(sheet: Sheet, row: Sequence[Cell]) -> bool:
    """Whether a row is about VAT, also where its word stands behind another: `zzgl. 21% MwSt.`"""
    named = any("vat" in label.kinds for cell in row for label in sheet.labels[cell])
    return named or any("vat" in kinds().get(plain(word.text), ()) for cell in row for word in cell.words)


def _percentages(words: Sequence[Word]) -> Iterator[tuple[Decimal, bool]]:
    texts = [word.text for word in words]
    for place, text in enumerate(texts):
        match = _PERCENT.fullmatch(text)
        if match is None:
            continue
        marked = bool(match[2]) or (place + 1 < len(texts) and texts[place + 1].startswith("%"))
        percent = Decimal(match[1].replace(",", "."))
        if percent <= HIGHEST_RATE and (percent or marked):
            yield percent.normalize() + 0, marked


def _with_base(percent: Decimal, printed: list[Amount], page: int, marked: bool) -> Rate | None:
    for place, base in enumerate(printed):
        for tax in printed[place + 1 :] + printed[:place]:
            due = (base.value * percent / 100).quantize(_CENT, ROUND_HALF_UP)
            if (
                base.value
                and abs(due - tax.value) <= Decimal("0.02")
                and (due or tax.value == 0)
                and abs(due) >= (Decimal("0.05") if percent else 0)
            ):
                return Rate(percent, base.value, tax.value, page, (base, tax), marked)
    return None
