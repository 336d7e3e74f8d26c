"""Amounts of money as the law rounds them: Decimal euros with two places. Used by every module of `law`."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
#: The most that is reckoned with: interest over it still fits the 28 digits of Decimal, so no cent is rounded away.
LARGEST = Decimal("9999999999999.99")
_QUOTED = 40
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")


def round_half_up(amount: Decimal) -> Decimal:
    """The amount in whole cents; half a cent goes up. No article prescribes it, practice does.

    >>> round_half_up(Decimal("0.125"))
    Decimal('0.13')
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """So many percent of an amount, in whole cents; half a cent goes up.

    >>> percent_of(Decimal("90.75"), Decimal(21))
    Decimal('19.06')
    """
    return round_half_up(amount * percent / 100)


def euros(text: str) -> Decimal:
    """An amount written with a point and at most two decimals; refuses a sign, a comma or anything else.

    >>> euros("1234.5")
    Decimal('1234.50')
    """
    if not _AMOUNT.fullmatch(text):
        if re.fullmatch(r"[0-9]{14,}(\.[0-9]{1,2})?", text):
            raise ValueError(
                f"{shortened(text)} is above {LARGEST}, the most that is reckoned with; divide the claim"
            )
        raise ValueError(f"{shortened(text)} is not an amount of 0 or more; write it as 1234.56")
    return Decimal(text).quantize(CENT)


def shortened(text: str) -> str:
    """What somebody wrote, quoted for a message of one line: at most its first forty characters.

    >>> shortened("1,00")
    "'1,00'"
    """
    return repr(text if len(text) <= _QUOTED else f"{text[:_QUOTED]}...")


def whole_cents(amount: Decimal, name: str) -> Decimal:
    """The amount with two places; refuses one below 0, above LARGEST or with a fraction of a cent, naming the field.

    >>> whole_cents(Decimal("5"), "principal")
    Decimal('5.00')
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise ValueError(f"{name} {amount!r} is not a Decimal; amounts of money are Decimal")
    if amount < 0:
        raise ValueError(f"{name} {amount} is negative; give an amount of 0 or more")
    if amount > LARGEST:
        raise ValueError(f"{name} {amount} is above {LARGEST}, the most that is reckoned with; divide it")
    exact = amount.quantize(CENT)
    if exact != amount:
        raise ValueError(f"{name} {amount} has a fraction of a cent; round it first")
    return exact


def shares(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """The amount divided in proportion to the weights, in cents that add up to it exactly.

    The cents that rounding leaves go to the largest remainders, the first of equals first.

    >>> shares(Decimal("1.00"), [Decimal(1), Decimal(1), Decimal(1)])
    [Decimal('0.34'), Decimal('0.33'), Decimal('0.33')]
    """
    total = sum(weights, Decimal(0))
    if total <= 0:
        raise ValueError("an amount cannot be divided over weights that add up to nothing")
    cents = int(amount / CENT)
    exact = [Decimal(cents) * weight / total for weight in weights]
    whole = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: cents - sum(whole)]:
        whole[i] += 1
    return [(Decimal(part) * CENT).quantize(CENT) for part in whole]
