"""The words of the letters in each language, and how amounts and dates are written in it. Called by the wording.

A fact that is filled in is never read as a template again, so a name with braces or stars is only a name.
"""

import datetime as dt
import tomllib
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from inbaar.letters.composed import Paragraph, Run
from inbaar.letters.parts import Language

NBSP = "\N{NO-BREAK SPACE}"
SIGNS = {"EUR": "€", "GBP": "£", "USD": "US$"}
LONGEST_FACT = 140
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class Words:
    """One language: its sentences by section and key, its amounts and its dates."""

    language: Language
    sections: dict[str, dict[str, Any]]

    def say(self, section: str, key: str, **facts: str) -> str:
        """The sentence with its facts, without bold."""
        template: str = self.sections[section][key]
        return template.replace("*", "").format_map(facts)

    def paragraph(self, section: str, key: str, **facts: str) -> Paragraph:
        """The sentence with its facts; what stands between stars in the template is bold."""
        pieces = self.sections[section][key].split("*")
        return Paragraph(
            tuple(Run(piece.format_map(facts), strong=bool(n % 2)) for n, piece in enumerate(pieces) if piece)
        )

    def amount(self, value: Decimal, currency: str = "EUR") -> str:
        """`€ 1.234,56` in Dutch, `€1,234.56` in English; the sign of the currency or its code."""
        sign = SIGNS.get(currency, currency)
        if self.language is Language.EN:
            gap = "" if currency in SIGNS else NBSP
            return f"{'-' if value < 0 else ''}{sign}{gap}{abs(value):,.2f}"
        return f"{sign}{NBSP}{'-' if value < 0 else ''}{abs(value):,.2f}".translate(_DUTCH_SEPARATORS)

    def percent(self, value: Decimal) -> str:
        """`10,40%` in Dutch, `10.40%` in English: at least two decimals unless the rate is whole."""
        plain = f"{value:f}"
        if "." in plain:
            plain = plain.rstrip("0")
            whole, _, part = plain.partition(".")
            plain = f"{whole}.{part.ljust(2, '0')}" if part else whole
        return f"{plain.replace('.', ',') if self.language is Language.NL else plain}%"

    def date(self, day: dt.date) -> str:
        """`22 november 2026`, kept on one line."""
        return f"{day.day}{NBSP}{self.sections['dates']['months'][day.month - 1]}{NBSP}{day.year}"

    def short_date(self, day: dt.date) -> str:
        """`22 nov 2026`, for tables."""
        return f"{day.day}{NBSP}{self.sections['dates']['months_short'][day.month - 1]}{NBSP}{day.year}"

    def weekday(self, day: dt.date) -> str:
        """`maandag 23 november 2026`, for the date by which to pay."""
        return f"{self.sections['dates']['weekdays'][day.weekday()]} {self.date(day)}"


_DUTCH_SEPARATORS = str.maketrans({",": ".", ".": ","})


@cache
def words_in(language: Language) -> Words:
    """The words of one language."""
    text = resources.files("inbaar.letters.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, tomllib.loads(text))


def fact(value: str, longest: int = LONGEST_FACT) -> str:
    """A name or number from outside, fit to stand in a sentence.

    One line, no control or direction marks, at most `longest` characters; right-to-left text is isolated so that it
    cannot turn the amounts beside it around.
    """
    if value.isascii() and value.isprintable() and len(value) <= longest and "  " not in value:
        return value.strip()
    kept = "".join(" " if unicodedata.category(mark) in _UNPRINTABLE else mark for mark in value)
    line = " ".join(unicodedata.normalize("NFC", kept).split())
    if len(line) > longest:
        line = f"{line[: longest - 1].rstrip()}…"
    if any(unicodedata.bidirectional(mark) in ("R", "AL", "AN") for mark in line):
        return f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}"
    return line


_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def grouped(account: str) -> str:
    """An IBAN in groups of four, as people read it."""
    plain = "".join(account.split()).upper()
    return NBSP.join(plain[start : start + 4] for start in range(0, len(plain), 4))
