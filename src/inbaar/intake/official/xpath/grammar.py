"""An XPath expression as text to a tree of its parts. Used when a rule set is loaded."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')
    |(?P<variable>\$[A-Za-z_][\w.-]*)
    |(?P<name>[A-Za-z_][\w.-]*(?::(?!:)[A-Za-z_][\w.-]*)?)
    |(?P<mark>::|//|\.\.|!=|<=|>=|[()\[\]@,|/.*+=<>-])
    )""",
    re.VERBOSE,
)
#: Operators from loose to tight; each level binds to the left.
_LEVELS = (
    ("or",),
    ("and",),
    ("=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge"),
    ("+", "-"),
    ("*", "div"),
    ("|", "union"),
)
_AXES = frozenset({"ancestor", "child", "preceding", "self"})


class NotUnderstood(Exception):
    """The expression is outside the part of XPath that is read here, or is none."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number."""

    value: str | int | Decimal


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what is between them."""

    operator: str
    left: Any
    right: Any


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus sign before an operand."""

    operand: Any


@dataclass(frozen=True, slots=True)
class Sequence:
    """Several expressions, one after the other."""

    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """`every`, `some` or `for`: variables with what they run through, and what is asked of each."""

    kind: str
    bindings: tuple[tuple[str, Any], ...]
    body: Any


@dataclass(frozen=True, slots=True)
class Condition:
    """`if (test) then yes else no`."""

    test: Any
    yes: Any
    no: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: along an axis to a name (None for any), or an expression on each node; then its predicates.

    `deep` when `//` stands before it.
    """

    axis: str
    name: str | None = None
    expression: Any = None
    predicates: tuple[Any, ...] = ()
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the top of the document, or from where one stands."""

    absolute: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What an expression comes to, put in its place (see `narrowing`): `value` is as `kind` of a compiled expression says."""

    kind: str
    value: Any


def parse(text: str, namespaces: dict[str, str]) -> Any:
    """The tree of an expression; names with a prefix become `{address}name`."""
    return _Parser(text, namespaces).whole()


class _Parser:
    """Reads tokens from left to right; a word is an operator only where an operand has just ended."""

    def __init__(self, text: str, namespaces: dict[str, str]) -> None:
        self.text = text
        self.namespaces = namespaces
        self.tokens = self._split()
        self.at = 0

    def _split(self) -> list[tuple[str, str]]:
        found, at = [], 0
        while at < len(self.text.rstrip()):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise NotUnderstood(f"{self.text[at : at + 20]!r} in {self.text[:200]!r}")
            found.append((str(match.lastgroup), match[str(match.lastgroup)]))
            at = match.end()
        return [*found, ("end", ""), ("end", ""), ("end", "")]

    def whole(self) -> Any:
        found = self.expression()
        if self.tokens[self.at][0] != "end":
            raise NotUnderstood(f"{self.peek()!r} in {self.text[:200]!r}")
        return found

    def peek(self, ahead: int = 0) -> str:
        kind, text = self.tokens[self.at + ahead]
        return "" if kind == "text" else text

    def take(self, expected: str | None = None) -> str:
        text = self.tokens[self.at][1]
        if expected is not None and self.peek() != expected:
            raise NotUnderstood(f"{text!r} where {expected!r} was expected in {self.text[:200]!r}")
        self.at += 1
        return text

    def expression(self) -> Any:
        items = [self.single()]
        while self.peek() == ",":
            self.take()
            items.append(self.single())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def single(self) -> Any:
        word, following = self.peek(), self.peek(1)
        if word in ("every", "some", "for") and following.startswith("$"):
            return self.loop()
        if word == "if" and following == "(":
            return self.condition()
        return self.level(0)

    def loop(self) -> Loop:
        kind, bindings = self.take(), []
        while True:
            name = self.take()[1:]
            self.take("in")
            bindings.append((name, self.single()))
            if self.peek() != ",":
                break
            self.take()
        self.take("return" if kind == "for" else "satisfies")
        return Loop(kind, tuple(bindings), self.single())

    def condition(self) -> Condition:
        self.take("if")
        self.take("(")
        test = self.expression()
        self.take(")")
        self.take("then")
        yes = self.single()
        self.take("else")
        return Condition(test, yes, self.single())

    def level(self, depth: int) -> Any:
        if depth == len(_LEVELS):
            return self.cast()
        left = self.level(depth + 1)
        while self.peek() in _LEVELS[depth]:
            operator = self.take()
            left = Binary(operator, left, self.level(depth + 1))
        return left

    def cast(self) -> Any:
        operand = self.signed()
        if self.peek() == "cast" and self.peek(1) == "as":
            self.take()
            self.take()
            return Call(self.take(), (operand,))
        return operand

    def signed(self) -> Any:
        if self.peek() == "-":
            self.take()
            return Negative(self.signed())
        return self.path()

    def path(self) -> Any:
        absolute = deep = False
        if self.peek() in ("/", "//"):
            absolute, deep = True, self.take() == "//"
            if not deep and not self._starts_a_step():
                return Path(True, ())
        steps = [self.step(deep)]
        while self.peek() in ("/", "//"):
            steps.append(self.step(self.take() == "//"))
        first = steps[0]
        if not absolute and len(steps) == 1 and first.axis == "expression" and not first.predicates:
            return first.expression
        return Path(absolute, tuple(steps))

    def _starts_a_step(self) -> bool:
        kind, text = self.tokens[self.at]
        return kind == "name" or text in ("*", "@", "(", ".", "..")

    def step(self, deep: bool) -> Step:
        axis, name, expression = self.node_test()
        predicates = []
        while self.peek() == "[":
            self.take()
            predicates.append(self.expression())
            self.take("]")
        return Step(axis, name, expression, tuple(predicates), deep)

    def node_test(self) -> tuple[str, str | None, Any]:
        kind, text = self.tokens[self.at]
        if kind in ("number", "text", "variable"):
            return "expression", None, self.primary(kind)
        if text == "(":
            self.take()
            inner = Sequence(()) if self.peek() == ")" else self.expression()
            self.take(")")
            return "expression", None, inner
        if text in (".", ".."):
            self.take()
            return ("self" if text == "." else "parent"), None, None
        if text == "@":
            self.take()
            return "attribute", self.name(self.take(), attribute=True), None
        axis = "child"
        if kind == "name" and self.peek(1) == "::":
            axis = self.take()
            self.take("::")
            if axis not in _AXES:
                raise NotUnderstood(f"the axis {axis} in {self.text[:200]!r}")
        elif kind == "name" and self.peek(1) == "(":
            return self.call()
        taken = self.take()
        if taken != "*" and self.tokens[self.at - 1][0] != "name":
            raise NotUnderstood(f"{taken!r} in {self.text[:200]!r}")
        return axis, None if taken == "*" else self.name(taken), None

    def call(self) -> tuple[str, str | None, Any]:
        name = self.take()
        self.take("(")
        arguments = []
        while self.peek() != ")":
            arguments.append(self.single())
            if self.peek() == ",":
                self.take()
        self.take(")")
        return ("text", None, None) if name == "text" else ("expression", None, Call(name, tuple(arguments)))

    def primary(self, kind: str) -> Any:
        text = self.take()
        if kind == "variable":
            return Variable(text[1:])
        if kind == "number":
            return Literal(Decimal(text) if "." in text else int(text))
        return Literal(text[1:-1].replace(text[0] * 2, text[0]))

    def name(self, text: str, attribute: bool = False) -> str | None:
        prefix, colon, local = text.rpartition(":")
        if text == "*":
            return None
        if not colon:
            return local
        if prefix not in self.namespaces:
            raise NotUnderstood(f"the prefix {prefix} in {self.text[:200]!r}")
        return f"{{{self.namespaces[prefix]}}}{local}"
