"""The numbered sources under a calculation sheet. Called by the parts of the sheet."""

import re

from inbaar.letters.words import fact

LONGEST_SOURCE = 240


class Sources:
    """Gives each source its number the first time an amount rests on it."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, article: str, source: str) -> str:
        """`[1]` for this article and source; nothing where neither is known."""
        told = [fact(part, LONGEST_SOURCE) for part in (article, source) if part.strip()]
        text = re.sub(r"[\u2068\u2069]", "", ": ".join(told))
        return f"[{self._numbers.setdefault(text, len(self._numbers) + 1)}]" if text else ""

    def rows(self) -> tuple[tuple[int, str], ...]:
        """The numbers with their texts, in order."""
        return tuple((number, text) for text, number in self._numbers.items())
