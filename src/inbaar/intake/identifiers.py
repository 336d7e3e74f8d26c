"""Which identifiers on an invoice fail their own check, and why: IBAN, VAT id, KvK number, payment references.

Each `*_fault` gives None when the value passes or cannot be checked, else half a sentence that says what is wrong.
Pure and cached: the same supplier comes back thousands of times. python-stdnum is used rather than schwifty because
`inbaar read` must start fast (schwifty loads its bank registry first) and it knows all the separators people write.
"""

import re
from functools import lru_cache

from stdnum import iban as stdnum_iban
from stdnum import iso11649
from stdnum.eu import at_02
from stdnum.eu import vat as stdnum_vat
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

_CACHED = 8192
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u2010-\u2015]+")
_IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", re.ASCII)
_RF_SHAPE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)
_EU_PREFIXES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "EL",
        "ES",
        "FI",
        "FR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "XI",
    ]
)
#: Weights of the betalingskenmerk's 11-test, from the right, repeating.
_KENMERK_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)


def compact(text: str) -> str:
    """The value without spaces, dots and dashes, in capitals, as identifiers are compared.

    >>> compact("nl91 abna 0417.1643.00")
    'NL91ABNA0417164300'
    """
    return _SEPARATORS.sub("", text).upper()


def has_iban_shape(value: str) -> bool:
    """Whether a compact account number is meant to be an IBAN (a bare Swedish or German account number is not)."""
    return _IBAN_SHAPE.fullmatch(value) is not None


def has_rf_shape(value: str) -> bool:
    """Whether a compact payment reference is meant to be an RF reference (ISO 11649)."""
    return _RF_SHAPE.fullmatch(value) is not None


@lru_cache(_CACHED)
def iban_fault(value: str) -> str | None:
    """ISO 13616: length and shape per country, mod 97.

    >>> iban_fault("NL91ABNA0417164301")
    'its check digits are wrong (mod 97)'
    """
    return _stdnum_fault(stdnum_iban.validate, value, "its check digits are wrong (mod 97)")


@lru_cache(_CACHED)
def vat_fault(value: str) -> str | None:
    """VAT ids of the EU; a Dutch one passes by the 11-test or by mod 97. Other countries cannot be checked here.

    >>> vat_fault("NL123456789B01")
    'its check digits are wrong'
    >>> vat_fault("GB123") is None
    True
    """
    if value[:2] not in _EU_PREFIXES:
        return None
    return _stdnum_fault(stdnum_vat.validate, value, "its check digits are wrong")


@lru_cache(_CACHED)
def kvk_fault(value: str) -> str | None:
    """Eight digits; there is no check digit, so a wrong number of eight digits cannot be seen here.

    >>> kvk_fault("5958188")
    'it is not eight digits'
    """
    return None if len(value) == 8 and value.isascii() and value.isdigit() else "it is not eight digits"


@lru_cache(_CACHED)
def reference_fault(value: str) -> str | None:
    """A payment reference that looks like an RF reference (ISO 11649) or a betalingskenmerk of 16 digits.

    >>> reference_fault("RF472026000123")
    'as an RF reference its check digits are wrong (mod 97)'
    >>> reference_fault("invoice 12") is None
    True
    """
    if has_rf_shape(value):
        return None if iso11649.is_valid(value) else "as an RF reference its check digits are wrong (mod 97)"
    if re.fullmatch(r"[0-9]{16}", value, re.ASCII):
        return None if _kenmerk_holds(value) else "as a betalingskenmerk its check digit is wrong (11-test)"
    return None


@lru_cache(_CACHED)
def creditor_fault(value: str) -> str | None:
    """The SEPA creditor identifier of a direct debit (mod 97 without the business code).

    >>> creditor_fault("NL60ZZZ123456780000")
    'its check digits are wrong (mod 97)'
    """
    return _stdnum_fault(at_02.validate, value, "its check digits are wrong (mod 97)")


def _kenmerk_holds(value: str) -> bool:
    """First digit = 11 - (weighted sum of the others mod 11), where 10 is written 1 and 11 is written 0."""
    total = sum(int(digit) * _KENMERK_WEIGHTS[place % 10] for place, digit in enumerate(reversed(value[1:])))
    check = 11 - total % 11
    return int(value[0]) == {10: 1, 11: 0}.get(check, check)


def _stdnum_fault(validate, value: str, checksum: str) -> str | None:  # type: ignore[no-untyped-def]
    """What a stdnum validator finds, in words."""
    try:
        validate(value)
    except InvalidLength:
        return "its length is wrong"
    except InvalidFormat:
        return "its form is wrong"
    except InvalidChecksum:
        return checksum
    except ValidationError:
        return "a part of it is wrong"
    return None
