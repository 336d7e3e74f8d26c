"""What fits an amount, and which numbers are alike: small sums and comparisons for the matching rules. Pure."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT, HUNDRED = Decimal("0.01"), Decimal(100)
MOST_TO_COMBINE = 12  # 4,096 sums at most; of more items too many make up any amount
SHORTEST_ALIKE = 5


def discount_of(amount: Decimal, percent: Decimal) -> Decimal:
    """A percentage of an amount, rounded half up to the cent.

    >>> discount_of(Decimal("1210.25"), Decimal(2))
    Decimal('24.21')
    """
    return (amount * percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)


def the_one_sum(amounts: Sequence[Decimal], total: Decimal, *, at_least: int = 1) -> tuple[int, ...] | None:
    """The places of the amounts that make up the total, where exactly one choice does; None otherwise.

    Equal amounts make two choices, so they never decide. More than twelve amounts are not tried.

    >>> the_one_sum([Decimal(100), Decimal(40), Decimal(7)], Decimal(107))
    (0, 2)
    >>> the_one_sum([Decimal(100), Decimal(100)], Decimal(100)) is None
    True
    """
    if not amounts or len(amounts) > MOST_TO_COMBINE:
        return None
    found = _choices(amounts, total, at_least)
    if len(found) != 1:
        return None
    return tuple(place for place in range(len(amounts)) if found[0] >> place & 1)


def sums_to(amounts: Sequence[Decimal], total: Decimal) -> bool:
    """Whether two or more of the amounts make up the total, or may: more than twelve that fit are not tried.

    >>> sums_to([Decimal(100), Decimal(60), Decimal(40)], Decimal(100)), sums_to([Decimal(100), Decimal(7)], Decimal(100))
    (True, False)
    """
    small = [amount for amount in amounts if amount < total]
    return len(small) > MOST_TO_COMBINE or bool(_choices(small, total, 2))


def _choices(amounts: Sequence[Decimal], total: Decimal, at_least: int) -> list[int]:
    """The choices that make up the total, numbered in binary: the first amount is the lowest bit."""
    sums = [0]
    for amount in amounts:
        value = int(amount * 100)
        sums += [value + earlier for earlier in sums]
    wanted = int(total * 100)
    return [
        choice for choice, made in enumerate(sums) if made == wanted and int.bit_count(choice) >= at_least
    ]


def alike(typed: str, key: str) -> bool:
    """Whether a key is one slip away from another: a sign too many, too few or wrong, or two neighbours swapped.

    >>> alike("20260024", "20260042"), alike("2026004", "20260042"), alike("20260099", "20260042")
    (True, True, False)
    """
    if typed == key or min(len(typed), len(key)) < SHORTEST_ALIKE or abs(len(typed) - len(key)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(typed, key, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = typed[start:], key[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b or a == b[1:]


def last_figures(number: str) -> str | None:
    """The last group of figures of a number without its zeros: `27` of `2026-0027`."""
    figures = re.findall(r"\d+", number)
    return figures[-1].lstrip("0") or None if figures else None


def figures_in(text: str) -> set[str]:
    """The groups of figures of a text, without leading zeros."""
    return {figures.lstrip("0") for figures in re.findall(r"\d+", text)}
