"""What the tables are made of that say how an e-invoice stands in XML: one for each syntax, in the order of its schema.

`reading` and `writing` go by the same table, so what is written is what is read. A field whose name starts with `^` is
one of the invoice itself, wherever it stands. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


class Form(Enum):
    """How a value is written."""

    TEXT = auto()
    NUMBER = auto()
    DAY = auto()
    DAY_102 = auto()
    FLAG = auto()


@dataclass(frozen=True, slots=True)
class Own:
    """The text of the element itself; an amount names its `currency` by the field that has it (`^currency`).

    Only a value that is `fit` for it is written here, and another elsewhere.
    """

    field: str
    form: Form = Form.TEXT
    currency: str = ""
    fit: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Attr:
    """An attribute; where it is `needed`, an element without it is another thing."""

    name: str
    field: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Fixed:
    """An attribute that always has this value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Const:
    """An element that always has this text; `also` are other texts that mean the same when they are read."""

    tag: str
    value: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """An element with what stands in it: more fields of the same thing, or (`made`) a thing of its own, or many.

    One that says nothing is left out, unless the schema demands it (`kept`). What says again what stands elsewhere is
    `heard` and not written.
    """

    tag: str
    nodes: tuple["Entry", ...]
    field: str = ""
    made: type | None = None
    many: bool = False
    kept: bool = False
    heard: bool = False


Entry: TypeAlias = Own | Attr | Fixed | Const | Element
#: Names the currency of an amount.
CURRENCY = "currencyID"


def inside(tag: str, *nodes: Entry) -> Element:
    """More fields of the same thing, one element deeper."""
    return Element(tag, nodes)


def always(tag: str, *nodes: Entry) -> Element:
    """The same, written even where it is empty."""
    return Element(tag, nodes, kept=True)


def heard(tag: str, *nodes: Entry) -> Element:
    """What older documents say as well: read, and not written."""
    return Element(tag, nodes, heard=True)


def leaf(tag: str, field: str, form: Form = Form.TEXT, *more: Entry, currency: str = "") -> Element:
    """One value in an element of its own."""
    return Element(tag, (Own(field, form, currency), *more))


def one(tag: str, field: str, made: type, *nodes: Entry) -> Element:
    """A thing of its own."""
    return Element(tag, nodes, field, made)


def many(tag: str, field: str, made: type, *nodes: Entry) -> Element:
    """Any number of things."""
    return Element(tag, nodes, field, made, many=True)


def is_constant(node: Element) -> bool:
    """Whether it says the same in every such thing."""
    return all(
        isinstance(part, Const | Fixed) or (isinstance(part, Element) and is_constant(part))
        for part in node.nodes
    )
