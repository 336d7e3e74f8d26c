"""Links to the page on which something is paid: a bundle, or what a letter asks. Signed, and short enough to be typed.

A link names the client and the number under which it is paid, and nothing is kept of it: whoever writes a letter makes its
link by reckoning alone. Whoever has the link sees what is left to pay and how, and nothing else of the debtor.
"""

import os
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from inbaar.banking.bundles import number_of, reference_of

SALT = "inbaar.pay"
GOOD_FOR_DAYS = 90
#: Figures and letters that nobody takes for one another, and those that are taken for them (Crockford's base 32).
_MARKS = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("oil", "011", "- ")
_VALUE = {mark: value for value, mark in enumerate(_MARKS)}
_SIGNATURE_MARKS, _BITS, _GROUP, _LONGEST = 12, 5, 4, 64


class Payable(NamedTuple):
    """What a link is about."""

    client_id: int
    reference: str


class LinkUnknown(Exception):
    """The link was never made here, or was changed on its way."""


def pay_token(client_id: int, reference: str) -> str:
    """The part of a link that says what it is about, with its signature of sixty bits, in groups of four.

    `reference` is a bundle's; that of a letter is made of the letter's own number.
    """
    return _grouped(_code(client_id, number_of(reference), settings.SECRET_KEY))


def read_token(token: str) -> Payable:
    """What a link is about, however it was typed: `LinkUnknown` where the signature is not ours."""
    if len(token) > _LONGEST:
        raise LinkUnknown
    code = token.lower().translate(_MISREAD)
    if len(code) <= _SIGNATURE_MARKS + 2 or not set(code) <= set(_MARKS):
        raise LinkUnknown
    told, length = code[1:-_SIGNATURE_MARKS], _VALUE[code[0]]
    client_id, number = _number(told[:length]), _number(told[length:])
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(constant_time_compare(code, _code(client_id, number, key)) for key in keys):
        raise LinkUnknown
    return Payable(client_id, reference_of(number))


def site_address() -> str:
    """The address this installation is reached at from outside (INBAAR_ORIGINS), or nothing where it has none."""
    return os.environ.get("INBAAR_ORIGINS", "").split(",")[0].strip().rstrip("/")


def pay_link(client_id: int, reference: str) -> str:
    """The whole link, or nothing where this installation has no address of its own."""
    address = site_address()
    return f"{address}/pay/{pay_token(client_id, reference)}/" if address else ""


def letter_link(client_id: int, letter_id: int) -> str:
    """The link under which what a letter asks is paid, or nothing where this installation has no address of its own.

    The letter need not be written yet; until it is, its link is not known.
    """
    return pay_link(client_id, reference_of(letter_id)) if site_address() else ""


def link_place() -> str:
    """What stands for the link of a letter that is only looked at: the same place, and no link."""
    address = site_address()
    return f"{address}/pay/{'-'.join([_PLACE * _GROUP] * 4)}/" if address else ""


_PLACE = "x"


def _code(client_id: int, number: int, key: str | bytes) -> str:
    """How long the client's number is, the two numbers, and the signature over them."""
    signed = salted_hmac(SALT, f"{client_id}:{number}", secret=key, algorithm="sha256").digest()
    signature = int.from_bytes(signed[:8]) >> 64 - _SIGNATURE_MARKS * _BITS
    client = _marks(client_id)
    return f"{_MARKS[len(client)]}{client}{_marks(number)}{_marks(signature).rjust(_SIGNATURE_MARKS, '0')}"


def _marks(number: int) -> str:
    """A number from nought up in base 32."""
    told = ""
    while number or not told:
        number, last = divmod(number, len(_MARKS))
        told = _MARKS[last] + told
    return told


def _number(marks: str) -> int:
    number = 0
    for mark in marks:
        number = number * len(_MARKS) + _VALUE[mark]
    return number


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
