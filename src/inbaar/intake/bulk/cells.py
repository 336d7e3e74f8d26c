"""What one cell says: amounts, days and numbers as people and spreadsheets write them. Nothing is guessed. Pure.

Where one text can be read two ways (`1.234`, `01-02-2026`) the form of its whole column decides; without one it is
`Unclear`. Where a spreadsheet destroyed the value it is `Unusable`, with the rule that says how.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Cell = str | Decimal | dt.date | None
#: Which sign stands before the cents; empty where the column does not show it.
DecimalSign = Literal["comma", "point", ""]
#: The order of day, month and year; empty where the column does not show it.
DateOrder = Literal["dmy", "mdy", "ymd", ""]

_SIGNS: dict[str, DecimalSign] = {",": "comma", ".": "point"}
_CURRENCY = re.compile(r"EUR|€|\u00a0|\u202f| |['’]", re.IGNORECASE)
_FIGURE = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{3})*(?:[.,][0-9]{1,12})?", re.ASCII)
_EXPONENT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+", re.ASCII | re.IGNORECASE)
_DAY = re.compile(
    r"([0-9]{1,4})([-/. ])([0-9]{1,2}|[a-z]{3,9}\.?)\2([0-9]{4}|[0-9]{2})", re.ASCII | re.IGNORECASE
)
_TIME = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?$", re.ASCII)
_DIGITS_DAY = re.compile(r"((?:19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_MONTH_LIKE = re.compile(
    r"(?:[0-9]{1,4}-)?(?:jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)\.?(?:-[0-9]{1,4})?",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan januari january", "feb februari february", "mrt maart mar march", "apr april", "mei may",
         "jun juni june", "jul juli july", "aug augustus august", "sep sept september",
         "okt oktober oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_YEARS = range(1900, 2200)
_RUNS = tuple("=+-@＝＋－＠")
_MOST = Decimal(10) ** 13
#: A spreadsheet keeps fifteen figures; what is longer has zeros for the rest.
_FIGURES_KEPT = 15
#: The amounts and days of a list come back many times.
_CACHED = 8192


@dataclass(frozen=True, slots=True)
class Unclear:
    """A text that can be read in more than one way, or in none that is sure."""

    rule: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """A text that is not what its column holds, or what a program left of it."""

    rule: str


def text_of(cell: Cell) -> str:
    """The cell as text, spaces tidied; the mark by which a text is kept from running as a formula is no part of it.

    >>> text_of("'-12"), text_of(Decimal("20260042")), text_of(" Jansen  & zn ")
    ('-12', '20260042', 'Jansen & zn')
    """
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}".rstrip("0").rstrip(".") if cell != cell.to_integral() else f"{cell:.0f}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    tidy = " ".join(cell.split())
    if (
        not tidy.isprintable()
    ):  # signs without width come along with copying, and no two numbers differ by one
        tidy = "".join(letter for letter in tidy if letter.isprintable())
    if tidy[:1] != "'":
        return tidy
    return tidy[1:] if tidy[1:].lstrip().startswith(_RUNS) else tidy


@lru_cache(_CACHED)
def amount_of(cell: Cell, sign: DecimalSign) -> Decimal | Unclear | Unusable | None:
    """The amount, two decimals; None for an empty cell.

    >>> amount_of("€ 1.234,56", "comma"), amount_of("(1,234.56)", "point"), amount_of("1234,5", "")
    (Decimal('1234.56'), Decimal('-1234.56'), Decimal('1234.50'))
    >>> amount_of("1.234", ""), amount_of("1,23E+04", "comma")
    (Unclear(rule='amount-two-ways'), Unusable(rule='amount-exponent'))
    """
    if isinstance(cell, dt.date):
        return Unusable("amount-is-date")
    if isinstance(cell, Decimal):
        return _in_cents(cell)
    text = text_of(cell)
    if not text:
        return None
    if _EXPONENT.fullmatch(text):
        return Unusable("amount-exponent")
    bare, negative = _bare(text)
    if not _FIGURE.fullmatch(bare):
        return Unusable("amount-unreadable")
    shown = decimal_sign(cell)
    if shown is None:
        return Unusable("amount-unreadable")
    if sign and shown and shown != sign:
        return Unclear("amount-other-form")
    if not (sign or shown) and re.search(r"[.,]", bare):
        return Unclear("amount-two-ways")
    value = _in_cents(Decimal(_with_point(bare, sign or shown)))
    return -value if negative and isinstance(value, Decimal) else value


@lru_cache(_CACHED)
def decimal_sign(cell: Cell) -> DecimalSign | None:
    """What a text shows of the decimal sign: a sign, "" where it fits both, None where it fits neither.

    >>> [decimal_sign(text) for text in ("1.234,56", "12.5", "1.234", "100", "1.23.4")]
    ['comma', 'point', '', '', None]
    """
    if not isinstance(cell, str):
        return ""
    bare, _ = _bare(text_of(cell))
    marks = re.findall(r"[.,]", bare)
    if not marks or not _FIGURE.fullmatch(bare):
        return "" if bare.isdigit() or not bare else None
    last = marks[-1]
    whole, _, cents = bare.rpartition(last)
    if len(set(marks)) == 2:
        other = "." if last == "," else ","
        return _SIGNS[last] if marks.count(last) == 1 and _is_grouped(whole, other) else None
    if len(marks) > 1:  # several of one kind can only keep thousands apart
        return _SIGNS["." if last == "," else ","] if _is_grouped(bare, last) else None
    return "" if len(cents) == 3 and _is_grouped(bare, last) else _SIGNS[last]


@lru_cache(_CACHED)
def day_of(cell: Cell, order: DateOrder) -> dt.date | Unclear | Unusable | None:
    """The day; None for an empty cell. A year of two figures is of this century.

    >>> day_of("1-2-2026", "dmy"), day_of("01-02-2026", ""), day_of("2026-02-01", "dmy"), day_of("46054", "dmy")
    (datetime.date(2026, 2, 1), Unclear(rule='date-two-ways'), datetime.date(2026, 2, 1), Unusable(rule='date-is-number'))
    """
    if isinstance(cell, dt.date):
        return cell if cell.year in _YEARS else Unusable("date-unreadable")
    text = _TIME.sub("", text_of(cell))
    if not text:
        return None
    if found := _DIGITS_DAY.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if re.fullmatch(r"[0-9]{4,6}(?:[.,][0-9]+)?", text, re.ASCII):
        return Unusable("date-is-number")
    found = _DAY.fullmatch(text)
    if found is None:
        return Unusable("date-unreadable")
    first, month, last = found[1], found[3], found[4]
    if len(first) == 4:
        return _day(first, month, last) if len(last) == 2 else Unusable("date-unreadable")
    if not month.isdigit():
        return _day(last, month, first)
    shown = date_order(text)
    if shown and order in ("dmy", "mdy") and shown != order:
        return Unclear("date-other-form")
    chosen = shown or order
    if chosen not in ("dmy", "mdy"):
        return _day(last, month, first) if first.zfill(2) == month.zfill(2) else Unclear("date-two-ways")
    return _day(last, month, first) if chosen == "dmy" else _day(last, first, month)


@lru_cache(_CACHED)
def date_order(cell: Cell) -> DateOrder:
    """What a text shows of the order of day and month; "" where it shows nothing.

    >>> [date_order(text) for text in ("31-01-2026", "1/31/26", "01-02-2026", "2026-01-31")]
    ['dmy', 'mdy', '', 'ymd']
    """
    found = _DAY.fullmatch(_TIME.sub("", text_of(cell))) if isinstance(cell, str) else None
    if found is None or not found[3].isdigit():
        return ""
    if len(found[1]) == 4:
        return "ymd"
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else ""


def number_of(cell: Cell) -> str | Unusable | None:
    """An invoice number, as it was written; None for an empty cell. What a spreadsheet made of one is refused.

    >>> number_of("F-2026/0042"), number_of("2,02601E+09"), number_of("jan-26"), number_of("---")
    ('F-2026/0042', Unusable(rule='number-exponent'), Unusable(rule='number-is-month'), Unusable(rule='number-unreadable'))
    """
    text = text_of(cell)
    if not text:
        return None
    if isinstance(cell, dt.date):
        return Unusable("number-is-date")
    if _EXPONENT.fullmatch(text):
        return Unusable("number-exponent")
    if isinstance(cell, Decimal) and (cell != cell.to_integral() or len(text) > _FIGURES_KEPT):
        return Unusable("number-cut")
    if _MONTH_LIKE.fullmatch(text):
        return Unusable("number-is-month")
    if len(text) > 100 or not any(letter.isalnum() for letter in text):
        return Unusable("number-unreadable")
    return text


def _bare(text: str) -> tuple[str, bool]:
    """The figures of an amount, and whether it is below zero by a minus before or behind it, or by brackets."""
    bare = _CURRENCY.sub("", text)
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1] if negative else bare
    if bare[:1] in ("-", "−", "+"):
        negative, bare = negative or bare[0] != "+", bare[1:]
    elif bare[-1:] in ("-", "−") and bare[-2:-1].isdigit():
        negative, bare = True, bare[:-1]
    return re.sub(r"[.,]-{1,2}$", "", bare), negative


def _is_grouped(figures: str, mark: str) -> bool:
    """Whether a mark keeps thousands apart: one to three figures before it, three between and behind."""
    parts = figures.split(mark)
    return 1 <= len(parts[0]) <= 3 and all(len(part) == 3 and part.isdigit() for part in parts[1:])


def _with_point(bare: str, sign: DecimalSign) -> str:
    thousands, decimal = (".", ",") if sign == "comma" else (",", ".")
    return bare.replace(thousands, "").replace(decimal, ".")


def _in_cents(value: Decimal) -> Decimal | Unusable:
    if not value.is_finite() or abs(value) >= _MOST:
        return Unusable("amount-unreadable")
    cents = value.quantize(Decimal("0.01"))
    return cents + 0 if cents == value else Unusable("amount-parts-of-cents")


def _day(year: str, month: str, day: str) -> dt.date | Unusable:
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower().rstrip("."), 0)
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if full not in _YEARS:
        return Unusable("date-unreadable")
    try:
        return dt.date(full, number, int(day))
    except ValueError:
        return Unusable("date-unreadable")
