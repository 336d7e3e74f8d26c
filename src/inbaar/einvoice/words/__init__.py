"""The words of e-invoices in each language, beside the dates and amounts of the letters. Pure."""

import tomllib
from functools import cache
from importlib import resources

from inbaar.letters.parts import Language
from inbaar.letters.words import Words, words_in


@cache
def words_of(language: Language) -> Words:
    """The words of one language."""
    text = resources.files("inbaar.einvoice.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, words_in(language).sections | tomllib.loads(text))
