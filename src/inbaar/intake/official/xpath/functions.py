"""The functions the published rules use. Used by `compiling`."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from inbaar.intake.official.xpath.grammar import Call, Known, Literal, NotUnderstood, Path, Step
from inbaar.intake.official.xpath.steps import HERE
from inbaar.intake.official.xpath.tree import Document, Node
from inbaar.intake.official.xpath.values import (
    Wrong,
    boolean,
    day,
    decimal,
    decimal_of,
    is_untyped,
    normalised,
    number,
    rounded,
    text_of,
    total,
)

if TYPE_CHECKING:
    from inbaar.intake.official.xpath.compiling import Compiled, Compiler

Run = Callable[[Node, Document], Any]


def call(compiler: "Compiler", tree: Call) -> "Compiled":
    """The function of a call."""
    from inbaar.intake.official.xpath.compiling import Compiled

    name, arguments = tree.name, tree.arguments
    if name == "contains" and (codes := _code_list(arguments)) is not None:
        value = compiler.text(codes[1])
        listed = codes[0]
        return Compiled("truth", lambda node, document: value(node, document) in listed)
    if name in _CONSTANTS and not arguments:
        constant = _CONSTANTS[name]
        return Compiled("truth", lambda node, document: constant)
    if name == "exists" and compiler.compiled(arguments[0]).kind == "elements":
        return Compiled("truth", compiler.truth(arguments[0]))
    if name in _OF_LISTS and len(arguments) == 1:
        kind, function = _OF_LISTS[name]
        return Compiled(kind, _of_one(function, compiler.items(arguments[0])))
    if name == "not":
        test = compiler.truth(arguments[0])
        return Compiled("truth", lambda node, document: not test(node, document))
    if name == "xs:decimal" and (leaf := known_leaf(arguments[0])) is not None:
        return Compiled("one", lambda node, document: decimal_of(leaf.text))
    if name == "substring-after" and (known := known_leaf(arguments[0])) is not None:
        match arguments[1]:
            case Literal(value=str() as mark) if mark:
                return Compiled("text", lambda node, document: known.text.partition(mark)[2])
    if name in _OF_ONE and len(arguments) <= 1:
        kind, function = _OF_ONE[name]
        return Compiled(kind, _of_one(function, compiler.one(arguments[0] if arguments else HERE)))
    if name in _OF_TEXTS:
        kind, fewest, function = _OF_TEXTS[name]
        given = arguments or ((HERE,) if fewest == 1 else ())
        if len(given) >= fewest:
            return Compiled(kind, _of_texts(function, [compiler.text(argument) for argument in given]))
    if name == "substring":
        text, places = compiler.text(arguments[0]), [compiler.one(argument) for argument in arguments[1:]]
        match arguments[1:]:
            case (Literal(value=int() as start), Literal(value=int() as length)):
                part = slice(max(start - 1, 0), max(start - 1 + length, 0))
                return Compiled("text", lambda node, document: text(node, document)[part])
        return Compiled("text", lambda node, document: _substring(
            text(node, document), *(place(node, document) for place in places)
        ))  # fmt: skip
    if name == "string-join":
        items, between = compiler.items(arguments[0]), compiler.text(arguments[1])
        return Compiled("text", lambda node, document: between(node, document).join(
            map(text_of, items(node, document))
        ))  # fmt: skip
    if name == "in-code-list":
        return Compiled("truth", _in_list(compiler, arguments))
    raise NotUnderstood(f"the function {name} with {len(arguments)} arguments")


def known_leaf(tree: Any) -> Node | None:
    """The one element without children that an expression is known to lead to."""
    match tree:
        case Known(kind="elements" | "items", value=(Node(children=[]) as leaf,)):
            return leaf
    return None


def known_attribute(tree: Any) -> tuple[Node, str] | None:
    """The element, and the attribute of it, that an expression is known to lead to."""
    match tree:
        case Path(
            absolute=False,
            steps=(
                Step(
                    axis="expression",
                    expression=Known(kind="elements", value=(Node() as element,)),
                    predicates=(),
                ),
                Step(axis="attribute", name=str() as name, predicates=(), deep=False),
            ),
        ):
            return element, name
    return None


def _code_list(arguments: tuple[Any, ...]) -> tuple[frozenset[str], Any] | None:
    """`contains(' 10 20 30 ', concat(' ', code, ' '))` is how the rules ask whether a code is in a list.

    The codes, and what is looked up; a code with a space in it is never one of them, as the rules themselves say.
    """
    match arguments:
        case (
            Literal(value=str() as codes),
            Call(name="concat", arguments=(Literal(value=" "), code, Literal(value=" "))),
        ):
            return _codes_in(codes), code
    return None


@cache
def _codes_in(text: str) -> frozenset[str]:
    return frozenset(text.split(" ")) - {""}


def says_no_more(left: Any, right: Any) -> bool:
    """Whether the left of `not(contains(code, ' ')) and contains(' 10 20 ', ...)` follows from the right."""
    match left, right:
        case (
            Call(name="not", arguments=(Call(name="contains", arguments=(code, Literal(value=" "))),)),
            Call(name="contains"),
        ):
            listed = _code_list(right.arguments)
            return listed is not None and listed[1] == code
    return False


def _in_list(compiler: "Compiler", arguments: tuple[Any, ...]) -> Run:
    codes = compiler.lists[arguments[0].value]
    value = compiler.text(arguments[1])
    return lambda node, document: value(node, document) in codes


def _of_one(function: Callable[[Any], Any], argument: Run) -> Run:
    return lambda node, document: function(argument(node, document))


def _of_texts(function: Callable[..., Any], arguments: list[Run]) -> Run:
    if len(arguments) == 1:
        return _of_one(function, arguments[0])
    if len(arguments) == 2:
        first, second = arguments
        return lambda node, document: function(first(node, document), second(node, document))
    return lambda node, document: function(*(argument(node, document) for argument in arguments))


def _or_nothing(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A cast of nothing is nothing."""
    return lambda item: None if item is None else function(item)


def _absolute(item: Any) -> Any:
    return None if item is None else abs(number(item) if is_untyped(item) else item)


def _number(item: Any) -> Any:
    """`number`: what is no number compares with nothing."""
    try:
        return None if item is None else number(item)
    except Wrong:
        return None


def _substring(text: str, start: Any, length: Any = None) -> str:
    first = int(rounded(start)) - 1
    end = len(text) if length is None else first + int(rounded(length))
    return text[max(first, 0) : max(end, 0)]


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2]


def _before(text: str, mark: str) -> str:
    before, found, _ = text.partition(mark)
    return before if found else ""


def _local_name(item: Any) -> str:
    return item.name if type(item) is Node else ""


_CONSTANTS = {"true": True, "false": False}
#: The kind of the answer, and the function of a whole list.
_OF_LISTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "exists": ("truth", bool),
    "count": ("one", len),
    "sum": ("one", total),
}
#: The kind of the answer, and the function of one item or None; without an argument, of where one stands.
_OF_ONE: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "xs:decimal": ("one", _or_nothing(decimal)),
    "xs:boolean": ("items", lambda item: [] if item is None else [boolean(item)]),
    "xs:date": ("one", _or_nothing(day)),
    "round": ("one", rounded),
    "abs": ("one", _absolute),
    "number": ("one", _number),
    "name": ("text", _local_name),
    "local-name": ("text", _local_name),
}
#: The kind of the answer, how many arguments at least, and the function of their texts.
_OF_TEXTS: dict[str, tuple[str, int, Callable[..., Any]]] = {
    "normalize-space": ("text", 1, normalised),
    "string": ("text", 1, str),
    "upper-case": ("text", 1, str.upper),
    "string-length": ("one", 1, len),
    "concat": ("text", 2, lambda *texts: "".join(texts)),
    "contains": ("truth", 2, lambda text, part: part in text),
    "starts-with": ("truth", 2, str.startswith),
    "ends-with": ("truth", 2, str.endswith),
    "substring-after": ("text", 2, _after),
    "substring-before": ("text", 2, _before),
    "matches": ("truth", 2, lambda text, pattern: _pattern(pattern).search(text) is not None),
    "tokenize": ("items", 2, lambda text, pattern: _pattern(pattern).split(text)),
}
