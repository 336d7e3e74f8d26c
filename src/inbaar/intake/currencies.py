"""Which currency codes exist: ISO 4217 as Babel carries it, withdrawn ones included, so that an old invoice reads.

The codes for "no currency" and "testing" are not currencies of an invoice.
"""

from functools import cache

from babel.core import get_global

_NOT_MONEY = frozenset({"XXX", "XTS"})


def is_currency(code: str) -> bool:
    """Whether money can be owed in it.

    >>> is_currency("EUR"), is_currency("EURO")
    (True, False)
    """
    return code in _codes()


@cache
def _codes() -> frozenset[str]:
    return frozenset(get_global("all_currencies")) - _NOT_MONEY
