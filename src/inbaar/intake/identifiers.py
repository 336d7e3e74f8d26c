"""Which identifiers on an invoice fail their own check, and why: IBAN, VAT id, KvK number, RSIN, payment references.

The two that a Dutch creditor makes himself, his SEPA creditor identifier and a betalingskenmerk, are made here too.
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
from stdnum.nl import bsn

_CACHED = 8192
_LONGEST_CACHED = 40
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u2010-\u2015]+")
_IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", re.ASCII)
_DUTCH_CREDITOR_SHAPE = re.compile(r"NL[0-9]{2}[A-Z0-9]{3}[0-9]{12}", re.ASCII)
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
    return _compact(text) if len(text) <= _LONGEST_CACHED else _SEPARATORS.sub("", text).upper()


@lru_cache(_CACHED)
def _compact(text: str) -> str:
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
def rsin_fault(value: str) -> str | None:
    """The number of a Dutch legal person or partnership: nine digits, leading zeros kept, that pass the 11-test.

    >>> rsin_fault("123456789")
    'its check digit is wrong (11-test)'
    """
    if not re.fullmatch(r"[0-9]{9}", value, re.ASCII):
        return "it is not nine digits"
    return None if bsn.checksum(value) == 0 and int(value) else "its check digit is wrong (11-test)"


@lru_cache(_CACHED)
def reference_fault(value: str) -> str | None:
    """A payment reference that looks like an RF reference (ISO 11649) or a betalingskenmerk of 16 digits.

    >>> reference_fault("RF472026000123")
    'as an RF reference its check digits are wrong (mod 97)'
    >>> reference_fault("invoice 12") is None
    True
    """
    if has_rf_shape(value):
        return None if _rf_holds(value) else "as an RF reference its check digits are wrong (mod 97)"
    if re.fullmatch(r"[0-9]{16}", value, re.ASCII):
        return None if _kenmerk_holds(value) else "as a betalingskenmerk its check digit is wrong (11-test)"
    return None


@lru_cache(_CACHED)
def creditor_fault(value: str) -> str | None:
    """The SEPA creditor identifier of a direct debit (mod 97 without the business code); a Dutch one has 19 places.

    >>> creditor_fault("NL60ZZZ123456780000")
    'its check digits are wrong (mod 97)'
    """
    if value.startswith("NL") and not _DUTCH_CREDITOR_SHAPE.fullmatch(value):
        return "its form is wrong"
    return _stdnum_fault(at_02.validate, value, "its check digits are wrong (mod 97)")


def creditor_identifier(kvk: str, suffix: str = "0000") -> str:
    """The SEPA creditor identifier of a Dutch business: its KvK number and four digits of the bank, check digits first.

    The business code ZZZ stands for none; the check digits leave it out. Refuses a number of another length.

    >>> creditor_identifier("12345678"), creditor_identifier("59581883")
    ('NL69ZZZ123456780000', 'NL60ZZZ595818830000')
    """
    if kvk_fault(kvk) or not re.fullmatch(r"[0-9]{4}", suffix, re.ASCII):
        raise ValueError(
            f"{kvk!r} with {suffix!r}: a creditor identifier takes a KvK number of 8 digits and 4 more"
        )
    national = f"ZZZ{kvk}{suffix}"
    return f"NL{at_02.calc_check_digits(f'NL00{national}')}{national}"


def betalingskenmerk(number: str) -> str:
    """The payment reference of 16 digits for a number of at most 15: zeros before it, the check digit first.

    >>> betalingskenmerk("2026000123")
    '5000002026000123'
    """
    if not re.fullmatch(r"[0-9]{1,15}", number, re.ASCII):
        raise ValueError(f"{number!r} is no number of 1 to 15 digits: a betalingskenmerk holds digits only")
    digits = number.zfill(15)
    return f"{_kenmerk_check(digits)}{digits}"


def _rf_holds(value: str) -> bool:
    """ISO 11649, as the library checks it; in figures alone, which is what programs write, as one number."""
    if value[4:].isdigit():
        return int(f"{value[4:]}2715{value[2:4]}") % 97 == 1  # RF is 27 15
    return bool(iso11649.is_valid(value))


def _kenmerk_holds(value: str) -> bool:
    return int(value[0]) == _kenmerk_check(value[1:])


def _kenmerk_check(digits: str) -> int:
    """The check digit: 11 - (weighted sum mod 11), where 10 is written 1 and 11 is written 0."""
    total = sum(int(digit) * _KENMERK_WEIGHTS[place % 10] for place, digit in enumerate(reversed(digits)))
    check = 11 - total % 11
    return {10: 1, 11: 0}.get(check, check)


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
