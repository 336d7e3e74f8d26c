"""The bank room's reasons on our screens: its sentences, with the amounts written as the page writes them."""

import re
from decimal import Decimal

from inbaar.banking.words import CHANGES, WORDS
from inbaar.web.formats import figure

# The reasons that name amounts; invoice numbers in the others are left as they are.
_AMOUNTS = ("{open}", "{over}", "{rest}", "{limit}", "{amount}")
_WITH_AMOUNTS = {
    code
    for code, (_, english) in (*WORDS.items(), *CHANGES.items())
    if any(amount in english for amount in _AMOUNTS)
}
_AMOUNT = re.compile(r"(?<![\w./-])\d+\.\d{2}(?![\w./-]*\w)")


def with_figures(code: str, reason: str) -> str:
    """A reason in words with its amounts in the language of the page."""
    if code not in _WITH_AMOUNTS:
        return reason
    return _AMOUNT.sub(lambda found: figure(Decimal(found[0])), reason)
