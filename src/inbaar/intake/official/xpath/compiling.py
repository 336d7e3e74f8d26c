"""A tree of an expression to a function of a node and its document. Used when a rule set is loaded.

Each function returns what its kind says: a list of items or of elements, what counts as true or false, a text, or one
item (None for none). What an expression is, is known when it is compiled, so nothing is wrapped and unwrapped while an
invoice is judged.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.intake.official.xpath import functions, steps
from inbaar.intake.official.xpath.fixed import ANYWHERE, At, Fixed
from inbaar.intake.official.xpath.grammar import (
    Binary,
    Call,
    Condition,
    Known,
    Literal,
    Loop,
    Negative,
    NotUnderstood,
    Path,
    Sequence,
    Variable,
)
from inbaar.intake.official.xpath.lasting import remembered
from inbaar.intake.official.xpath.traits import TraitsOf
from inbaar.intake.official.xpath.tree import Document, Node
from inbaar.intake.official.xpath.values import (
    COMPARISONS,
    NUMBERS,
    OPERATIONS,
    Wrong,
    any_pair,
    boolean,
    calculated,
    is_untyped,
    number_of,
    pair,
    text_of,
)

_LISTS = ("items", "elements")
Run = Callable[[Node, Document], Any]


class Compiled(NamedTuple):
    """What kind of thing the function gives (`items`, `elements`, `truth`, `text`, `one`), and the function."""

    kind: str
    run: Run


class Compiler:
    """Compiles the expressions of one rule set; `lists` are its code lists, by number."""

    def __init__(self, lists: dict[str, frozenset[str]] | None = None) -> None:
        self.lists = lists or {}
        #: The numbers under which a document keeps what its paths come to.
        self.numbers: dict[Any, int] = {}
        self.fixed = Fixed()
        self.traits = TraitsOf()
        #: What was compiled, by the id of the tree and where it stands; the tree is kept, so that the id stays its own.
        self._known: dict[tuple[int, At], tuple[Any, Compiled]] = {}
        #: Where the expression that is being compiled stands, as far as known: its fixed variables alone.
        self.at = ANYWHERE

    def number_of(self, path: Any) -> int:
        """The same number for the same path, wherever it stands."""
        return self.numbers.setdefault(path, len(self.numbers))

    def compiled(self, tree: Any) -> Compiled:
        """The function of any expression; asked again for the same one, it is not made again."""
        key = (id(tree), self.at)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (tree, self._compiled(tree))
        return known[1]

    def done(self) -> None:
        """All expressions are compiled: let go of what was only kept for that."""
        self._known.clear()
        self.traits.forget()

    def _compiled(self, tree: Any) -> Compiled:
        match tree:
            case Literal(value=str() as text):
                return Compiled("text", lambda node, document: text)
            case Literal(value=number):
                return Compiled("one", lambda node, document: number)
            case Known(kind=kind, value=value):
                return Compiled(kind, lambda node, document: value)
            case Variable(name=name):
                return Compiled("items", lambda node, document: document.variables[name])
            case Path():
                return Compiled(
                    "elements" if steps.leads_to_elements(tree) else "items", steps.path(self, tree)
                )
            case Call():
                return functions.call(self, tree)
            case Binary():
                return self._binary(tree)
            case Negative(operand=operand):
                value = self.one(operand)
                return Compiled(
                    "one", lambda node, document: calculated(OPERATIONS["-"], 0, value(node, document))
                )
            case Sequence(items=items):
                return self._sequence([self.items(item) for item in items])
            case Loop():
                return self._loop(tree)
            case Condition(test=test, yes=yes, no=no):
                return self._condition(self.truth(test), self.items(yes), self.items(no))
        raise NotUnderstood(str(tree)[:200])

    def items(self, tree: Any) -> Run:
        """The expression as a list."""
        kind, run = self.compiled(tree)
        if kind in _LISTS:
            return run
        if kind == "one":
            return lambda node, document: [] if (found := run(node, document)) is None else [found]
        if kind == "truth":
            return lambda node, document: [bool(run(node, document))]
        return lambda node, document: [run(node, document)]

    def truth(self, tree: Any) -> Run:
        """The expression as a condition."""
        kind, run = self.compiled(tree)
        if kind == "elements":
            return steps.is_there(tree) or run
        test = (lambda node, document: _is_true(run(node, document))) if kind == "items" else run
        if self.traits(tree).costly and self.fixed.truth(tree, self.at):
            return remembered(self, tree, lambda node, document: bool(test(node, document)))
        return test

    def text(self, tree: Any) -> Run:
        """The expression as one text, empty for nothing."""
        if (leaf := functions.known_leaf(tree)) is not None:
            return lambda node, document: leaf.text
        if (attribute := functions.known_attribute(tree)) is not None:
            element, name = attribute
            return lambda node, document: element.attributes.get(name, "")
        kind, run = self.compiled(tree)
        if kind == "text":
            return run
        if kind == "elements":
            return steps.text_here if tree == steps.HERE else steps.only_text(run)
        if kind != "items":
            return lambda node, document: "" if (found := run(node, document)) is None else text_of(found)
        return lambda node, document: "" if (found := _only(run(node, document))) is None else text_of(found)

    def one(self, tree: Any) -> Run:
        """The expression as one item, or None."""
        if isinstance(tree, Known) and tree.kind in _LISTS and len(tree.value) < 2:
            item = tree.value[0] if tree.value else None
            return lambda node, document: item
        kind, run = self.compiled(tree)
        if kind not in _LISTS:
            return run
        if self.traits(tree).costly and self.fixed.value(tree, self.at):
            found = remembered(self, (tree, "one"), lambda node, document: (_only(run(node, document)),))
            return lambda node, document: found(node, document)[0]
        return lambda node, document: _only(run(node, document))

    def _binary(self, tree: Binary) -> Compiled:
        operator = tree.operator
        if operator in ("and", "or"):
            if operator == "and" and functions.says_no_more(tree.left, tree.right):
                return Compiled("truth", self.truth(tree.right))
            left, right = self.truth(tree.left), self.truth(tree.right)
            if operator == "and":
                return Compiled(
                    "truth", lambda node, document: left(node, document) and right(node, document)
                )
            return Compiled("truth", lambda node, document: left(node, document) or right(node, document))
        if operator in ("|", "union"):
            return Compiled("items", steps.union([self.items(tree.left), self.items(tree.right)]))
        if operator in COMPARISONS:
            return Compiled("truth", self._comparison(tree))
        first = self._operand(tree.left)
        match tree.right:
            case Literal(value=int() | Decimal() as number) if number:
                return Compiled("one", _calculation_with(operator, first, number))
        return Compiled("one", _calculation(operator, first, self._operand(tree.right)))

    def _operand(self, tree: Any) -> Run:
        """The expression as one item to count with; of an element that is known, the number in it."""
        if (leaf := functions.known_leaf(tree)) is not None:
            return lambda node, document: number_of(leaf.text)
        return self.one(tree)

    def _comparison(self, tree: Binary) -> Run:
        compare = COMPARISONS[tree.operator]
        left, right = self.compiled(tree.left), self.compiled(tree.right)
        if tree.operator in ("eq", "ne", "lt", "le", "gt", "ge"):
            first, second = self.one(tree.left), self.one(tree.right)
            return lambda node, document: _value_compare(
                compare, first(node, document), second(node, document)
            )
        if _is_number(tree.right):
            if (leaf := functions.known_leaf(tree.left)) is not None:
                return _number_comparison(
                    compare, lambda node, document: number_of(leaf.text), tree.right.value
                )
            if left.kind == "one":
                return _number_comparison(compare, left.run, tree.right.value)
        if right.kind == "text":
            return _text_comparison(compare, left, right.run)
        if right.kind == "truth" and left.kind in _LISTS:
            return lambda node, document: _truth_compare(
                compare, left.run(node, document), right.run(node, document)
            )
        if left.kind == right.kind == "one":
            first, second = left.run, right.run
            return lambda node, document: _value_compare(
                compare, first(node, document), second(node, document)
            )
        ones, others = self.items(tree.left), self.items(tree.right)
        return lambda node, document: any_pair(compare, ones(node, document), others(node, document))

    @staticmethod
    def _sequence(parts: list[Run]) -> Compiled:
        return Compiled(
            "items", lambda node, document: [item for part in parts for item in part(node, document)]
        )

    @staticmethod
    def _condition(test: Run, yes: Run, no: Run) -> Compiled:
        return Compiled("items", lambda node, document: (yes if test(node, document) else no)(node, document))

    def _loop(self, tree: Loop) -> Compiled:
        (name, through), rest = tree.bindings[0], tree.bindings[1:]
        sequence = self.items(through)
        inner = Loop(tree.kind, rest, tree.body) if rest else tree.body
        outside = self.at
        known = outside.variables - {name}
        if self.fixed.value(through, outside):
            known |= {name}
        self.at = At(variables=known)
        run = self.items(inner) if tree.kind == "for" else self.truth(inner)
        self.at = outside
        if tree.kind == "for":
            return Compiled("items", lambda node, document: [
                item for found in _each(name, sequence(node, document), document) for item in run(node, document)
            ])  # fmt: skip
        together = all if tree.kind == "every" else any
        return Compiled("truth", lambda node, document: together(
            run(node, document) for found in _each(name, sequence(node, document), document)
        ))  # fmt: skip


def _is_number(tree: Any) -> bool:
    return isinstance(tree, Literal) and type(tree.value) in NUMBERS


def _each(name: str, sequence: Any, document: Document) -> Any:
    """Run through the sequence with the variable set to each item in turn."""
    if len(sequence) > steps.LONG:
        document.spend(len(sequence))
    for item in sequence:
        document.variables[name] = [item]
        yield item


def _is_true(found: Any) -> bool:
    """The effective truth of a list: of nodes, whether there is one; of a single value, what it is."""
    if not found:
        return False
    first = found[0]
    if is_untyped(first):
        return True
    if len(found) > 1:
        raise Wrong
    return bool(first)


def _only(found: Any) -> Any:
    if len(found) > 1:
        raise Wrong
    return found[0] if found else None


def _calculation(name: str, first: Run, second: Run) -> Run:
    operation = OPERATIONS[name]

    def run(node: Node, document: Document) -> Any:
        left, right = first(node, document), second(node, document)
        if type(left) in NUMBERS and type(right) in NUMBERS:
            return operation(left, right)
        return calculated(operation, left, right)

    return run


def _calculation_with(name: str, first: Run, number: int | Decimal) -> Run:
    """The same with a number of the rule: many take one off, or a hundred times and a hundredth."""
    operation = OPERATIONS[name]

    def run(node: Node, document: Document) -> Any:
        left = first(node, document)
        if type(left) in NUMBERS:
            return operation(left, number)
        return calculated(operation, left, number)

    return run


def _value_compare(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return compare(left, right)
    one, other = pair(left, right)
    return compare(one, other)


def _number_comparison(compare: Callable[[Any, Any], bool], run: Run, number: int | Decimal) -> Run:
    """With a number of the rule: is this more than nothing, are those at most two."""

    def test(node: Node, document: Document) -> bool:
        found = run(node, document)
        return compare(found, number) if type(found) in NUMBERS else _value_compare(compare, found, number)

    return test


def _truth_compare(compare: Callable[[Any, Any], bool], found: Any, other: bool) -> bool:
    return any(compare(boolean(item), other) for item in found)


def _text_comparison(compare: Callable[[Any, Any], bool], left: Compiled, right: Run) -> Run:
    """The commonest test of all: is the text of this that word."""
    run = left.run
    if left.kind == "text":
        return lambda node, document: compare(run(node, document), right(node, document))
    if left.kind not in _LISTS:
        raise NotUnderstood("a number compared with a text")

    def test(node: Node, document: Document) -> bool:
        word = right(node, document)
        return any(compare(text_of(item), word) for item in run(node, document))

    return test
