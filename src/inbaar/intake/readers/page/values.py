"""Printed texts to exact values: amounts with two decimals in either notation, days in words and in figures. Pure.

What can be read in two ways gives both: who asks decides by the rest of the page, or leaves the field empty.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.intake.readers.page.layout import CELL_GAP, Word

_SIGNS = {"€": "EUR", "£": "GBP", "$": "$", "EUR": "EUR", "EURO": "EUR", "USD": "USD", "GBP": "GBP", "CHF": "CHF", "SEK": "SEK",
          "DKK": "DKK", "NOK": "NOK", "PLN": "PLN", "CAD": "CAD", "AUD": "AUD", "CZK": "CZK", "JPY": "JPY", "HUF": "HUF", "RON": "RON"}  # fmt: skip
_MARK = r"(?:€|£|\$|EUR|USD|GBP|CHF|SEK|DKK|NOK|PLN|CAD|AUD|CZK|HUF|RON)"
_BARE = r"\d{1,3}(?:[.,'’]\d{3})+[.,]\d{2}|\d{1,9}[.,]\d{2}|\d{1,3}(?:[.,]\d{3})+,[-–—]|\d{1,9},[-–—=]{1,2}"
_AMOUNT = re.compile(
    rf"(?P<a>[-–−(+]?)(?P<m>{_MARK})?(?P<b>[-–−]?)(?P<n>{_BARE})(?P<c>[-–−)]?)(?P<k>{_MARK})?[*,;.]?"
)
#: What may stand before a group of three figures: the first group, with its sign and currency, or another group.
_GROUP = re.compile(rf"[-–−(]?{_MARK}?[-–−]?[1-9]\d{{0,2}}|\d{{3}}")
_WHOLE = re.compile(rf"(?P<m>{_MARK})(?P<n>\d{{1,3}}(?:[.,]\d{{3}})+|\d{{1,9}})")
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "januari january jan januar janvier", "februari february feb februar février fév", "maart march mrt mar märz mars mär",
            "april apr avril avr", "mei may mai", "juni june jun juin", "juli july jul juillet juil", "augustus august aug août",
            "september sept sep septembre", "oktober october okt oct octobre", "november nov novembre", "december dec dezember dez décembre déc",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_NUMERIC_DAY = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|e|er)?[-. ]*(?:of )?([^\W\d]{3,10})\.?,?[-. ]*(\d{4}|\d{2})"
)
_MONTH_FIRST = re.compile(r"([^\W\d]{3,10})\.? ?(\d{1,2})(?:st|nd|rd|th)? ?,? ?(\d{4})")
_YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as printed: its value, its currency where a sign or code stands by it, and its words."""

    value: Decimal
    currency: str | None
    words: tuple[Word, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day as printed; `other` is the other reading where day and month can be exchanged, `mark` what parts them."""

    value: dt.date
    other: dt.date | None
    mark: str
    words: tuple[Word, ...]
    start: int


def currency_of(text: str) -> str | None:
    """The currency a sign or code stands for; a dollar alone stays `$`, as many countries have one."""
    return _SIGNS.get(text.strip("().,:").upper())


def amounts(words: Sequence[Word]) -> list[Amount]:
    """The amounts among words, in order."""
    found: list[Amount] = []
    for place, word in enumerate(words):
        match = _AMOUNT.fullmatch(word.text)
        whole = None if _goes_on(words, place) else _whole(words, place)
        if match is None and whole is None:
            continue
        if place + 1 < len(words) and words[place + 1].text.startswith("%"):
            continue
        first, value = (place, _value(match)) if match else (place, whole)
        start = _thousands(words, place) if match else place
        if start is None:
            continue
        if start < place:
            grouped = _AMOUNT.fullmatch("".join(other.text for other in words[start : place + 1]))
            if grouped is not None:
                first, value = start, _value(grouped)
        assert value is not None
        mark = _SIGNS.get((match["m"] or match["k"] or "").upper()) if match else currency_of(word.text[0])
        before, after = words[max(0, first - 1) : first], words[place + 1 : place + 2]
        if mark is None and before and (mark := currency_of(before[0].text)):
            first -= 1
        if match and first and words[first - 1].text in ("-", "–", "−"):
            first, value = first - 1, -abs(value)
        last = place + 1
        if mark is None and after and (mark := currency_of(after[0].text)):
            last = place + 2
        found.append(Amount(value, mark, tuple(words[first:last]), first))
    return found


def _goes_on(words: Sequence[Word], place: int) -> bool:
    """Whether figures may only be the thousands of an amount that goes on behind a space."""
    if place + 1 == len(words) or not re.match(r"\d{3}(?!\d)", words[place + 1].text):
        return False
    return words[place + 1].left - words[place].right < CELL_GAP * words[place].size


def _thousands(words: Sequence[Word], place: int) -> int | None:
    """Where an amount begins whose thousands are set apart by spaces: `1 234,56`.

    None where figures stand before it at a distance that may be a space or not: its value is not known then.
    """
    start = place
    while start and re.match(r"\d{3}(?!\d)", words[start].text) and _GROUP.fullmatch(words[start - 1].text):
        gap = words[start].left - words[start - 1].right
        if gap < _space(words[start - 1], words[place]):
            start -= 1
        elif gap < CELL_GAP * words[place].size:
            return None
        else:
            break
    return start


def _space(before: Word, word: Word) -> float:
    """How wide a space between two words can be: as wide as a figure where all letters are of one width."""
    widths = [(one.right - one.left) / len(one.text) for one in (before, word)]
    monospaced = abs(widths[0] - widths[1]) < 0.03 * widths[1]
    return max(0.45 * word.size, 1.2 * widths[1]) if monospaced else 0.45 * word.size


def _value(match: re.Match[str]) -> Decimal:
    number = match["n"]
    whole, cents = (
        (re.split(r",[-–—=]", number)[0], "00") if number[-1] in "-–—=" else (number[:-3], number[-2:])
    )
    value = Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{cents}")
    negative = match["a"] in ("-", "–", "−", "(") or match["b"] or match["c"] in ("-", "–", "−")
    return -value if negative else value


def _whole(words: Sequence[Word], place: int) -> Decimal | None:
    """An amount without cents, which only a currency right before it makes one: `€ 250`."""
    text = words[place].text
    match = _WHOLE.fullmatch(text)
    if match is None and place and currency_of(words[place - 1].text) and re.fullmatch(r"\d{1,9}", text):
        return Decimal(f"{text}.00")
    if match is None or re.search(r"[.,]", match["n"]):
        return None  # 1.250 may be a thousand or one and a quarter
    return Decimal(f"{match['n']}.00")


def days(words: Sequence[Word]) -> list[Day]:
    """The days among words, in order."""
    found: list[Day] = []
    place = 0
    while place < len(words):
        for length in (4, 3, 2, 1):
            taken = words[place : place + length]
            if len(taken) == length and (day := _day(" ".join(w.text for w in taken), tuple(taken), place)):
                found.append(day)
                place += length - 1
                break
        place += 1
    return found


def _day(text: str, words: tuple[Word, ...], start: int) -> Day | None:
    clean = text.strip("().,;:")
    if match := _NUMERIC_DAY.fullmatch(clean):
        year = int(match[4]) if len(match[4]) == 4 else 2000 + int(match[4])
        first, second = int(match[1]), int(match[3])
        one, two = _date(year, second, first), _date(year, first, second)
        if one and two and one != two:
            return Day(one, two, match[2], words, start)
        only = one or two
        return Day(only, None, match[2] + ("m" if only == two and one is None else "d" if two is None else ""), words, start) if only else None  # fmt: skip
    found = None
    if match := _ISO_DAY.fullmatch(clean):
        found = _date(int(match[1]), int(match[2]), int(match[3]))
    elif (match := _DAY_FIRST.fullmatch(clean)) and match[2].casefold() in _MONTHS:
        year = int(match[3]) if len(match[3]) == 4 else 2000 + int(match[3])
        found = _date(year, _MONTHS[match[2].casefold()], int(match[1]))
    elif (match := _MONTH_FIRST.fullmatch(clean)) and match[1].casefold() in _MONTHS:
        found = _date(int(match[3]), _MONTHS[match[1].casefold()], int(match[2]))
    return Day(found, None, "", words, start) if found else None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
