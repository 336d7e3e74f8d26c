"""Texts to exact values: amounts, days, and the due date that payment terms state beyond doubt. Pure.

The short texts that can be an amount or a day are remembered: in a batch most of them come several times.
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_CACHED = 8192

_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,13}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})", re.ASCII)
_DAY = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T[0-9:.]{5,20})?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
#: The longest texts that the two patterns know: sign, 13 digits, point, 12 digits; day, T, 20 signs, zone.
_LONGEST_AMOUNT, _LONGEST_DAY = 27, 37
#: The years an invoice can be of: 9999-12-31 stands for "no date" in many a program, and no law reaches that far.
_YEARS = range(1900, 2200)
_DAY_102 = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")

#: Terms that leave no doubt: a number of days, counted from the invoice date by name.
_TERMS = re.compile(
    r"(?:(?:te betalen|betaling|te voldoen|payment|payable|zahlbar|paiement)[ :]+)?"
    r"(?:binnen |within |innerhalb von |innerhalb |sous )?"
    r"(?P<days>[0-9]{1,3}) (?:dagen|days|tagen|tage|jours)(?: netto| net)?"
    r" (?:na|from|after|ab|nach|après) (?:de )?(?:the )?"
    r"(?:factuurdatum|datum factuur|invoice date|date of invoice|rechnungsdatum|date de facture)\.?",
    re.IGNORECASE,
)


def exact_amount(text: str) -> Decimal | None:
    """The number an amount says, or None if it says none. No thousands marks, no comma, no exponent.

    >>> exact_amount("200")
    Decimal('200')
    >>> exact_amount("1.234,56") is None
    True
    """
    return _exact_amount(text) if len(text) <= _LONGEST_AMOUNT else None


@lru_cache(_CACHED)
def _exact_amount(text: str) -> Decimal | None:
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def to_cents(amount: Decimal) -> Decimal:
    """The amount with two decimals, half a cent away from zero; minus zero is zero.

    >>> to_cents(Decimal("200.005"))
    Decimal('200.01')
    """
    return amount.quantize(_CENT, ROUND_HALF_UP) + _ZERO


def day(text: str) -> dt.date | None:
    """The day of an XML date (its time zone left out) or of eight digits; None if no invoice can have that day.

    >>> day("2024-02-29+01:00")
    datetime.date(2024, 2, 29)
    >>> day("20230229") is None, day("9999-12-31") is None
    (True, True)
    """
    return _day(text) if len(text) <= _LONGEST_DAY else None


@lru_cache(_CACHED)
def _day(text: str) -> dt.date | None:
    found = _DAY.fullmatch(text) or _DAY_102.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS:
        return None
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def due_by_terms(terms: str, issued: dt.date) -> dt.date | None:
    """The due date when the whole text is one plain term from the invoice date; anything else is left to a person.

    >>> due_by_terms("Binnen 30 dagen na factuurdatum", dt.date(2026, 1, 15))
    datetime.date(2026, 2, 14)
    >>> due_by_terms("30 dagen", dt.date(2026, 1, 15)) is None
    True
    """
    found = _TERMS.fullmatch(terms)
    if found is None or issued > dt.date(9998, 1, 1):
        return None
    return issued + dt.timedelta(days=int(found["days"]))
