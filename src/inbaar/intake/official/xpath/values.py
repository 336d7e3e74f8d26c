"""How XPath 2.0 compares, counts and rounds. Text from a document has no type of its own: beside a number it is one.

All numbers are `Decimal`. Where the standard counts in binary, for text beside a number, this is exact: what is equal
on paper is equal here.
"""

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

from inbaar.intake.official.xpath.tree import Node

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII).fullmatch
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII).fullmatch
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII).fullmatch
_SPACES = re.compile(r"[ \t\r\n]+")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
#: A number longer than this is no amount of money; to count with it would cost time.
_LONGEST_NUMBER = 60
_HALF = Decimal("0.5")
#: Types that compare and count as they are.
NUMBERS = frozenset({Decimal, int})
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


class Wrong(Exception):
    """The values of the document cannot be what the rule asks of them: no number, no date, or two where one belongs."""


class Untyped(str):
    """The text of an attribute."""

    __slots__ = ()


def text_of(item: Any) -> str:
    """The text of an item."""
    if type(item) is Node:
        return item.string()
    if isinstance(item, str):
        return item
    return str(item).lower() if isinstance(item, bool) else str(item)


def normalised(text: str) -> str:
    """Without space around it and with one space inside, as `normalize-space`."""
    return text if text.isalnum() else _SPACES.sub(" ", text.strip(" \t\r\n"))


def decimal(item: Any) -> Decimal | int:
    """`xs:decimal`."""
    if type(item) is Node:
        return decimal_of(item.string() if item.children else item.text)
    if isinstance(item, (Decimal, int)) and not isinstance(item, bool):
        return item
    return decimal_of(text_of(item))


@lru_cache(maxsize=4096)
def decimal_of(text: str) -> Decimal:
    """`xs:decimal` of a text. Several rules ask for the number of one amount, and rates and bases come back in other documents."""
    text = text.strip(" \t\r\n")
    if len(text) > _LONGEST_NUMBER or _DECIMAL(text) is None:
        raise Wrong
    return Decimal(text)


def number(item: Any) -> Decimal | int:
    """The number in a text that stands beside a number."""
    return number_of(text_of(item))


@lru_cache(maxsize=4096)
def number_of(text: str) -> Decimal:
    """The same of a text."""
    text = text.strip(" \t\r\n")
    if len(text) > _LONGEST_NUMBER or _NUMBER(text) is None:
        raise Wrong
    return Decimal(text)


def day(item: Any) -> dt.date:
    """`xs:date`; a time zone does not matter to the rules."""
    found = _DATE(text_of(item).strip(" \t\r\n"))
    try:
        return dt.date.fromisoformat(found[1]) if found else dt.date.fromisoformat("")
    except ValueError:
        raise Wrong from None


def boolean(item: Any) -> bool:
    """`xs:boolean`."""
    found = item if isinstance(item, bool) else _BOOLEANS.get(text_of(item).strip(" \t\r\n"))
    if found is None:
        raise Wrong
    return found


def is_untyped(item: Any) -> bool:
    """Whether the item is text of the document, which takes the type of what it is held against."""
    kind = type(item)
    return kind is Node or kind is Untyped


def pair(left: Any, right: Any) -> tuple[Any, Any]:
    """Two items as values that can be compared."""
    left_untyped, right_untyped = is_untyped(left), is_untyped(right)
    if left_untyped and right_untyped:
        return text_of(left), text_of(right)
    if left_untyped:
        return _like(left, right), right
    if right_untyped:
        return left, _like(right, left)
    if isinstance(left, str) != isinstance(right, str):
        raise Wrong
    return left, right


def _like(item: Any, other: Any) -> Any:
    if isinstance(other, bool):
        return boolean(item)
    if isinstance(other, (Decimal, int)):
        return number(item)
    return day(item) if isinstance(other, dt.date) else text_of(item)


def any_pair(compare: Callable[[Any, Any], bool], left: Iterable[Any], right: Iterable[Any]) -> bool:
    """Whether the comparison holds for one of the left and one of the right."""
    seconds = list(right)
    for first in left:
        for second in seconds:
            one, other = pair(first, second)
            if compare(one, other):
                return True
    return False


def calculated(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """A sum, difference, product or quotient (see `OPERATIONS`); nothing where an operand is missing."""
    if left is None or right is None:
        return None
    if type(left) not in NUMBERS and is_untyped(left):
        left = number(left)
    if type(right) not in NUMBERS and is_untyped(right):
        right = number(right)
    return operation(left, right)


def _quotient(left: Any, right: Any) -> Decimal:
    if right == 0:
        raise Wrong
    return Decimal(left) / Decimal(right)


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "div": _quotient,
}  # fmt: skip


def rounded(found: Any) -> Any:
    """To a whole number, halves upwards."""
    if found is None or type(found) is int:
        return found
    value = number(found) if is_untyped(found) else found
    return (value + _HALF).to_integral_value(ROUND_FLOOR)


def total(items: Iterable[Any]) -> Any:
    """The sum of the items; 0 where there are none."""
    found: Any = 0
    for item in items:
        found = found + item if type(item) in NUMBERS else calculated(operator.add, found, item)
    return found
