"""How a letter holds its amounts: exact, two decimals, never a float. Called when a part is made."""

from decimal import Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class ContentError(ValueError):
    """A letter that contradicts itself; the message says which two facts do not agree."""


def demand(holds: bool, otherwise: str) -> None:
    """Refuses to make the content unless this holds."""
    if not holds:
        raise ContentError(otherwise)


def money(value: object) -> Decimal:
    """The amount with exactly two decimals; refuses what is not a Decimal or finer than a cent."""
    if not isinstance(value, Decimal):
        raise ContentError(f"an amount must be a Decimal, not {type(value).__name__} {value!r}")
    if value.same_quantum(CENT):  # as nearly all are; a negative nothing is nothing
        return value or ZERO
    try:
        cents = value.quantize(CENT)
    except InvalidOperation:
        raise ContentError(f"{value} is not an amount of money") from None
    if cents != value:  # not by `demand`: its words would be made for each amount of each letter
        raise ContentError(f"{value} is finer than a cent: round it before it goes into a letter")
    return abs(cents) if cents == ZERO else cents


def settle_amounts(part: object, *names: str) -> None:
    """Gives the named fields of a part that is being made their two decimals."""
    for name in names:
        object.__setattr__(part, name, money(getattr(part, name)))
