"""Amounts, days and texts as Dutch banks write them in their CSV exports. Called by `csv_layouts`.

An amount or a day that can be read in two ways is refused: the one guessed would be booked.
"""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache

from inbaar.banking.statements import StatementRefused

#: Dots between thousands and a comma before the cents, or a point before the cents and nothing between thousands.
_COMMA = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{3}){1,5}|\d{1,15}),(\d{1,2})").fullmatch
_POINT = re.compile(r"([+-]?)(\d{1,15})\.(\d{1,2})").fullmatch
_WHOLE = re.compile(r"[+-]?\d{1,15}").fullmatch
_DAY_FIRST = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})").fullmatch
_YEAR_FIRST = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})").fullmatch
#: What ING writes in one field; each word begins a value that ends where the next word begins.
_ING_WORD = re.compile(
    r"(?:^|\s)(Naam|Omschrijving|IBAN|Kenmerk|Machtiging ID|Incassant ID|Valutadatum|Datum/Tijd|Pasvolgnr|Transactie"
    r"|Term|Name|Description|Reference|Mandate ID|Creditor ID|Value date|Date/time|Card sequence no\.|Transaction)"
    r": ?"
)
SHOWN = 40


def csv_amount(text: str, what: str) -> Decimal:
    """An amount with its sign, exactly as written.

    >>> csv_amount("-1.234,50", "a line"), csv_amount("+442,98", "a line"), csv_amount("-12.34", "a line")
    (Decimal('-1234.50'), Decimal('442.98'), Decimal('-12.34'))
    """
    written = text.strip()
    if found := _COMMA(written) or _POINT(written):
        sign, whole, cents = found.groups()
        return Decimal(f"{sign}{whole.replace('.', '')}.{cents}")
    if _WHOLE(written):
        return Decimal(written)
    raise StatementRefused(
        "amount",
        f"The amount {written[:SHOWN]!r} of {what} is not one amount for certain. Export the statement from the bank again.",
    )


@lru_cache(maxsize=4096)
def csv_day(text: str, what: str) -> dt.date | None:
    """A day as 20260302, 2026-03-02 or 02-03-2026; None where nothing is written, refused where it is no day."""
    written = text.strip()
    if not written:
        return None
    if found := _YEAR_FIRST(written):
        year, month, day = found.groups()
    elif found := _DAY_FIRST(written):
        day, month, year = found.groups()
    else:
        raise _no_day(written, what)
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise _no_day(written, what) from None


def _no_day(written: str, what: str) -> StatementRefused:
    return StatementRefused(
        "date",
        f"The date {written[:SHOWN]!r} of {what} does not exist. Export the statement from the bank again.",
    )


def ing_words(text: str) -> dict[str, str]:
    """The values in what ING writes behind `Mededelingen`, by their word in Dutch or English.

    >>> ing_words("Naam: P. de Vries Omschrijving: factuur 2026-0042 IBAN: NL20INGB0001234567")
    {'Naam': 'P. de Vries', 'Omschrijving': 'factuur 2026-0042', 'IBAN': 'NL20INGB0001234567'}
    """
    pieces = _ING_WORD.split(text)
    return {word: value.strip() for word, value in zip(pieces[1::2], pieces[2::2], strict=True)}
