"""An expression as it is asked of one element, in all documents of a shape: what the shape decides is worked out beforehand.

What is left are the texts of a few elements that are known by now, so that nothing needs finding. Used by `rules` for
shapes that come back. What cannot be narrowed is asked in full, from where it stands.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from inbaar.intake.official.xpath.fixed import ANYWHERE, At
from inbaar.intake.official.xpath.grammar import (
    Binary,
    Call,
    Condition,
    Known,
    Literal,
    Loop,
    Negative,
    Path,
    Sequence,
    Step,
)
from inbaar.intake.official.xpath.steps import leads_to_elements, names_in
from inbaar.intake.official.xpath.tree import Document, Node
from inbaar.intake.official.xpath.values import Wrong

if TYPE_CHECKING:
    from inbaar.intake.official.xpath.compiling import Compiler

_HERE = Path(False, (Step("self"),))
#: Answers that are remembered; whoever makes up names of elements does not fill the memory with them.
_MOST_ANSWERS = 20_000
Run = Callable[[Node, Document], Any]


class Decided:
    """Which expressions of a rule set the shape decides, by where they stand, with their functions; asked once of each.

    The expressions are kept, so that the id of one stays its own.
    """

    def __init__(self, compiler: "Compiler") -> None:
        self.compiler = compiler
        self._known: dict[tuple[str, int, At], tuple[Any, Any]] = {}

    def truth(self, tree: Any, at: At) -> Run | None:
        """The expression as a condition, where it is decided."""
        return self._asked("truth", tree, at)

    def value(self, tree: Any, at: At) -> Run | None:
        """The expression as a list, where it is decided."""
        return self._asked("value", tree, at)

    def start(self, tree: Path, at: At) -> tuple[int, Run]:
        """How many steps of a path lead to nodes that are decided, and to which."""
        found: tuple[int, Run] = self._asked("start", tree, at)
        return found

    def _asked(self, what: str, tree: Any, at: At) -> Any:
        known = self._known.get((what, id(tree), at))
        if known is None:
            if len(self._known) > _MOST_ANSWERS:
                self._known.clear()
            known = self._known[what, id(tree), at] = (tree, self._answer(what, tree, at))
        return known[1]

    def _answer(self, what: str, tree: Any, at: At) -> Any:
        compiler = self.compiler
        compiler.at = At(variables=at.variables)
        try:
            if what == "truth":
                return compiler.truth(tree) if compiler.fixed.truth(tree, at) else None
            if what == "value":
                return compiler.items(tree) if compiler.fixed.value(tree, at) else None
            starts = (Path(tree.absolute, tree.steps[:end]) for end in range(len(tree.steps), -1, -1))
            start = next(path for path in starts if _leads_to_nodes(path) and compiler.fixed.nodes(path, at))
            if not start.steps and not start.absolute:
                return 0, lambda node, document: (node,)
            return len(start.steps), compiler.items(start)
        finally:
            compiler.at = ANYWHERE


class Narrowing:
    """Narrows expressions that stand at one element of one document; variables that loops set are known by then."""

    def __init__(
        self, decided: Decided, node: Node, document: Document, variables: dict[str, list[Any]] | None = None
    ) -> None:
        self._decided, self._node, self._document = decided, node, document
        self._variables = variables or {}
        above = node.parent.tag if node.parent is not None else None
        self._at = At(node.tag, above, frozenset(self._variables))

    def truth(self, tree: Any) -> Any:
        """The expression as a condition."""
        run = self._decided.truth(tree, self._at)
        if run is not None:
            return self._worked_out(tree, lambda node, document: Known("truth", bool(run(node, document))))
        match tree:
            case Binary(operator="and" | "or" as operator, left=left, right=right):
                return _joined(operator, self.truth(left), lambda: self.truth(right))
            case Loop(kind="every" | "some"):
                return self._unrolled(tree, 0)
        return self.value(tree)

    def value(self, tree: Any) -> Any:
        """The expression as what it comes to."""
        if isinstance(tree, Literal):
            return tree
        run = self._decided.value(tree, self._at)
        if run is not None:
            return self._worked_out(tree, lambda node, document: Known("items", tuple(run(node, document))))
        match tree:
            case Path():
                return self._path(tree)
            case Call(name="not", arguments=(argument,)):
                test = self.truth(argument)
                return self._whole(Call("not", (test,)), test)
            case Call(name=name, arguments=arguments):
                given = tuple(map(self.value, arguments or (_HERE,)))
                return self._whole(Call(name, given), *given)
            case Binary(operator="and" | "or") | Loop(kind="every" | "some"):
                return self.truth(tree)
            case Binary(operator=operator, left=left, right=right):
                first, second = self.value(left), self.value(right)
                return self._whole(Binary(operator, first, second), first, second)
            case Negative(operand=operand):
                value = self.value(operand)
                return self._whole(Negative(value), value)
            case Sequence(items=items):
                return _one_after_the_other(tuple(map(self.value, items)))
            case Condition(test=test, yes=yes, no=no):
                asked = self.truth(test)
                if isinstance(asked, Known) and asked.kind == "truth":
                    return self.value(yes if asked.value else no)
                return Condition(asked, self.value(yes), self.value(no))
        return self._from_here(tree)

    def _worked_out(self, tree: Any, run: Run) -> Any:
        """What the shape decides; where the values cannot be what is asked of them, it stays a question."""
        self._document.variables.update(self._variables)
        try:
            return run(self._node, self._document)
        except Wrong:
            return self._from_here(tree)

    def _whole(self, tree: Any, *operands: Any) -> Any:
        """An expression of nothing but constants is one."""
        if not all(map(_is_whole, operands)):
            return tree
        kind, run = self._decided.compiler.compiled(tree)
        try:
            found = run(self._node, self._document)
        except Wrong:
            return tree
        return Known(kind, tuple(found) if kind in ("items", "elements") else found)

    def _unrolled(self, tree: Loop, depth: int) -> Any:
        """A loop through what the shape decides: the question once for each item."""
        if depth == len(tree.bindings):
            return self.truth(tree.body)
        name, through = tree.bindings[depth]
        items = self.value(through)
        if not _is_whole(items) or not isinstance(items.value, tuple):
            return self._from_here(Loop(tree.kind, tree.bindings[depth:], tree.body))
        operator = "and" if tree.kind == "every" else "or"
        joined: Any = Known("truth", operator == "and")
        for item in items.value:
            inner = Narrowing(self._decided, self._node, self._document, {**self._variables, name: [item]})
            joined = _joined(operator, joined, partial(inner._unrolled, tree, depth + 1))
        return joined

    def _path(self, tree: Path) -> Any:
        """The nodes a path leads to as far as the shape decides it; what is left of the path starts there."""
        steps, run = self._decided.start(tree, self._at)
        self._document.variables.update(self._variables)
        try:
            nodes = tuple(run(self._node, self._document))
        except Wrong:
            return self._from_here(tree)
        rest = tree.steps[steps:]
        if not rest:
            return Known("elements", nodes)
        match rest[0]:
            case Step(axis="expression", expression=expression, predicates=(), deep=False):
                asked = _one_after_the_other(tuple(self._at_other(node).value(expression) for node in nodes))
                return _from(asked, *rest[1:]) if rest[1:] else asked
        return self._with_variables(_from(Known("elements", nodes), *rest))

    def _at_other(self, node: Node) -> "Narrowing":
        return Narrowing(self._decided, node, self._document, self._variables)

    def _from_here(self, tree: Any) -> Any:
        """The expression in full, asked of where it stands."""
        here = _from(Known("elements", (self._node,)), Step("expression", expression=tree))
        return self._with_variables(here)

    def _with_variables(self, tree: Any) -> Any:
        for name, items in self._variables.items():
            tree = Loop("for", ((name, Known("items", tuple(items))),), tree)
        return tree


def _from(nodes: Any, *steps: Step) -> Path:
    return Path(False, (Step("expression", expression=nodes), *steps))


def _leads_to_nodes(path: Path) -> bool:
    last = path.steps[-1] if path.steps else None
    names = last is not None and last.axis == "expression" and names_in(last.expression) is not None
    return names or leads_to_elements(path)


def _joined(operator: str, left: Any, narrowed_right: Callable[[], Any]) -> Any:
    """`and`, `or`; the right is looked at only where the left leaves it open, as always."""
    open_by = Known("truth", operator == "and")
    if isinstance(left, Known) and left.kind == "truth" and left != open_by:
        return left
    right = narrowed_right()
    if left == open_by:
        return right
    return left if right == open_by else Binary(operator, left, right)


def _one_after_the_other(parts: tuple[Any, ...]) -> Any:
    if len(parts) == 1:
        return parts[0]
    return Sequence(parts) if parts else Known("items", ())


def _is_whole(tree: Any) -> bool:
    """Whether it is a constant of which nothing is left open: no text of an element, which other documents write otherwise."""
    if isinstance(tree, Known):
        return tree.kind != "elements" or not tree.value
    return isinstance(tree, Literal)
