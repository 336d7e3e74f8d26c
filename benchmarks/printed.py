"""Whether a page prints a value at all, in any usual written form: what it does not print can't be read from it.

Used by `fields_scored`. The text is searched by patterns of its own, not by what the reader makes of it, so that what the reader
cannot parse is not passed over as absent.
"""

import re
from datetime import date
from decimal import Decimal

AMOUNTS = frozenset({"net", "vat", "total", "payable"})
_MONTHS = (
    "jan", "feb|fév", "mar|maa|mrt|mär", "apr|avr", "mei|may|mai", "jun|juin", "jul|juil", "aug|aoû", "sep", "o[kc]t", "nov", "de[cz]|déc",
)  # fmt: skip
_GROUPS = r"[.,'’\s]?"


def letters(text: str) -> str:
    """A text without spaces, capitals and punctuation, as names and numbers are compared."""
    return re.sub(r"[\W_]", "", text.casefold())


class Printed:
    """The text of pages, row by row, to ask whether a value stands in it."""

    def __init__(self, text: str) -> None:
        self.text = text.casefold()
        self.letters = letters(text)

    def has(self, part: str, value: str) -> bool:
        """Whether a value of this field stands on the page."""
        if part in AMOUNTS:
            return self._amount(Decimal(value))
        if part.endswith("_date"):
            return re.search(_day(date.fromisoformat(value)), self.text) is not None
        if part == "rates":
            return all(self._amount(Decimal(rate.split("=")[1])) for rate in value.split())
        return part == "currency" or letters(value) in self.letters

    def _amount(self, value: Decimal) -> bool:
        return re.search(_amount(abs(value)), self.text) is not None


def _amount(value: Decimal) -> str:
    """`1.234,50`, `1,234.50`, `1 234,50`, `1234.50`; whole ones also as `€ 1234` and `1234,-`."""
    whole, cents = f"{value:.2f}".split(".")
    grouped = _GROUPS.join(re.findall(r"\d{1,3}(?=(?:\d{3})*$)", whole))
    forms = [rf"(?<![\d.,]){grouped}[.,]{cents}(?!\d)"]
    if cents == "00":
        forms += [rf"(?<![\d.,]){grouped},[-–—=]", rf"(?:€|£|\$|eur|usd)\s?{grouped}(?![\d.,]\d)"]
    return "|".join(forms)


def _day(value: date) -> str:
    """In figures in any order and with any mark, or with the month in words."""
    day, month, year = f"0?{value.day}", f"0?{value.month}", f"(?:{value.year}|{value.year % 100:02})"
    named = rf"(?:{_MONTHS[value.month - 1]})[^\W\d]*\.?"
    return "|".join(
        (
            rf"(?<!\d){day}[-./]{month}[-./]{year}(?!\d)",
            rf"(?<!\d){month}[-./]{day}[-./]{year}(?!\d)",
            rf"{value.year}[-./]{month}[-./]{day}(?!\d)",
            f"{value:%Y%m%d}",
            rf"(?<!\d){day}(?:st|nd|rd|th|er|e)?[-.\s]*(?:of |de )?{named},?[-\s]*{year}",
            rf"{named}\s?{day}(?:st|nd|rd|th)?\s?,?\s?{value.year}",
        )
    )
