"""Short signed codes for addresses: a few numbers and a signature of sixty bits, fit to be typed from paper.

Nothing is kept of a code: who writes a hundred thousand letters makes their codes by reckoning alone.
"""

from collections.abc import Sequence

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

#: Figures and letters that nobody takes for one another, and those that are taken for them (Crockford's base 32).
_MARKS = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("oil", "011", "- ")
_VALUE = {mark: value for value, mark in enumerate(_MARKS)}
_SIGNATURE_MARKS, _BITS, _GROUP, _LONGEST = 12, 5, 4, 64


class CodeUnknown(Exception):
    """The code was never made here, or was changed on its way."""


def code_of(salt: str, numbers: Sequence[int]) -> str:
    """The code of some numbers from nought up, in groups of four; `salt` says what it is for and opens nothing else."""
    return _grouped(_code(salt, numbers, settings.SECRET_KEY))


def read_code(salt: str, token: str, count: int) -> tuple[int, ...]:
    """The `count` numbers of a code, however it was typed: `CodeUnknown` where the signature is not ours."""
    if len(token) > _LONGEST:
        raise CodeUnknown
    code = token.lower().translate(_MISREAD)
    if len(code) <= _SIGNATURE_MARKS + 2 * count - 2 or not set(code) <= set(_MARKS):
        raise CodeUnknown
    lengths, told = code[: count - 1], code[count - 1 : -_SIGNATURE_MARKS]
    numbers = []
    for length in (_VALUE[mark] for mark in lengths):
        numbers.append(_number(told[:length]))
        told = told[length:]
    numbers.append(_number(told))
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(constant_time_compare(code, _code(salt, numbers, key)) for key in keys):
        raise CodeUnknown
    return tuple(numbers)


def code_place() -> str:
    """What stands for the code of a letter that is only looked at: the same place, and no code."""
    return "-".join(["x" * _GROUP] * 4)


def _code(salt: str, numbers: Sequence[int], key: str | bytes) -> str:
    """How long each number but the last is, the numbers, and the signature over them."""
    text = ":".join(map(str, numbers))
    signed = salted_hmac(salt, text, secret=key, algorithm="sha256").digest()
    signature = int.from_bytes(signed[:8]) >> 64 - _SIGNATURE_MARKS * _BITS
    told = [_marks(number) for number in numbers]
    lengths = "".join(_MARKS[len(marks)] for marks in told[:-1])
    return f"{lengths}{''.join(told)}{_marks(signature).rjust(_SIGNATURE_MARKS, '0')}"


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
