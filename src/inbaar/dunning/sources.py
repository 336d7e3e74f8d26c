"""Where a letter's amounts come from, in the debtor's language: the article, and the row of law that holds. Pure."""

import datetime as dt
import re
from functools import lru_cache

from inbaar.law.tables import table
from inbaar.letters.content import LawRow

_ROW = re.compile(r"(interest_\w+?) (\d{4}-\d{2}-\d{2})")
_NAMES = {
    "interest_trade": {"nl": "Wettelijke handelsrente", "en": "Statutory commercial interest"},
    "interest_nontrade": {"nl": "Wettelijke rente", "en": "Statutory interest"},
}
_RATE_OF = {"nl": "tarief vanaf", "en": "rate from"}
SCALE = {"nl": "Besluit vergoeding voor buitengerechtelijke incassokosten, artikel 2 (Stb. 2012, 141)",
         "en": "Extrajudicial Collection Costs Decree, article 2 (Stb. 2012, 141)"}  # fmt: skip


@lru_cache(maxsize=256)
def article(text: str, language: str) -> str:
    """An article of law as the letter names it.

    >>> article("6:119a and 6:120 lid 2 BW", "nl")
    'artikel 6:119a en 6:120 lid 2 BW'
    """
    return f"artikel {text.replace(' and ', ' en ')}" if language == "nl" else f"article {text}"


@lru_cache(maxsize=256)
def rate_source(source: str, language: str) -> str:
    """The rate's own row: which interest, from which day. A source that names no row is told as it is.

    >>> rate_source("interest_trade 2026-07-01 (seen there)", "en")
    'Statutory commercial interest, rate from 2026-07-01'
    """
    found = _ROW.search(source)
    if found is None or found[1] not in _NAMES:
        return source
    return f"{_NAMES[found[1]][language]}, {_RATE_OF[language]} {found[2]}"


@lru_cache(maxsize=256)
def law_row(source: str, law_article: str, rate_percent: object, confirmed: bool, language: str) -> LawRow:
    """The row of law under an interest line, with the day it was last checked (BEY-01)."""
    found = _ROW.search(source)
    if found is None or found[1] not in _NAMES:
        return LawRow(
            name=article(law_article, language), source=source, value=f"{rate_percent}%", confirmed=confirmed
        )
    return LawRow(
        name=_NAMES[found[1]][language],
        source=article(law_article, language),
        rate_percent=rate_percent,  # type: ignore[arg-type]
        applies_from=dt.date.fromisoformat(found[2]),
        checked_on=table(found[1]).checked_on,
        confirmed=confirmed,
    )
