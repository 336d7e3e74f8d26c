"""Whether an element is one that rules look at: patterns such as `//a/b[c = 1] | /d`. Used by `rules`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inbaar.intake.official.xpath.compiling import Compiler
from inbaar.intake.official.xpath.fixed import At
from inbaar.intake.official.xpath.grammar import Binary, Call, Literal, NotUnderstood, Path, Step
from inbaar.intake.official.xpath.tree import Document, Node

_Test = Callable[[Node, Document], bool]
#: Functions that ask for nothing but the name of an element.
_OF_NAMES = frozenset({"name", "local-name", "ends-with", "starts-with", "not"})


@dataclass(frozen=True, slots=True)
class _Level:
    """One name of a pattern, with its conditions. `next_above`: the name before it belongs to the parent itself."""

    name: str | None
    tests: tuple[_Test, ...]
    next_above: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One alternative of a pattern: its names from the element upwards, and whether it starts at the top.

    `fixed` when its conditions are decided by the shape of the document.
    """

    levels: tuple[_Level, ...]
    from_top: bool
    name_tests: tuple[_Test, ...]
    fixed: bool

    @property
    def at(self) -> At:
        """The element it fits and the one around it, as far as its names tell."""
        around = self.levels[1].name if len(self.levels) > 1 and self.levels[0].next_above else None
        return At(self.levels[0].name, around)

    def may_fit(self, node: Node, document: Document) -> bool:
        """Whether the names of the element and of those above it allow it: the same for every element at its path."""
        return self._fits(node, document, 0, False) and all(test(node, document) for test in self.name_tests)

    def condition(self) -> _Test | None:
        """What is left to ask of an element whose names fit: None for nothing."""
        asked = [(above, test) for above, level in enumerate(self.levels) for test in level.tests]
        if not asked:
            return None
        if not all(level.next_above for level in self.levels[:-1]):
            return lambda node, document: self._fits(node, document, 0, True)
        if len(asked) == 1 and asked[0][0] == 0:
            return asked[0][1]

        def condition(node: Node, document: Document) -> bool:
            for above, test in asked:  # noqa: SIM110 - `all` would make a generator for each element
                if not test(_above(node, above) if above else node, document):
                    return False
            return True

        return condition

    def _fits(self, node: Node, document: Document, depth: int, tested: bool) -> bool:
        level = self.levels[depth]
        if (level.name is not None and level.name != node.tag) or node.parent is None:
            return False
        if tested and not all(test(node, document) for test in level.tests):
            return False
        if depth + 1 == len(self.levels):
            return not self.from_top or node.parent is document.top
        if level.next_above:
            return self._fits(node.parent, document, depth + 1, tested)
        above: Node | None = node.parent
        while above is not None:
            if self._fits(above, document, depth + 1, tested):
                return True
            above = above.parent
        return False


def _above(node: Node, levels: int) -> Node:
    for _ in range(levels):
        assert node.parent is not None  # `may_fit` saw that many names above it
        node = node.parent
    return node


def places(compiler: Compiler, tree: Any) -> list[Place]:
    """The alternatives of a pattern."""
    if isinstance(tree, Binary) and tree.operator == "|":
        return places(compiler, tree.left) + places(compiler, tree.right)
    if not isinstance(tree, Path) or not tree.steps:
        raise NotUnderstood(f"the pattern {tree}"[:200])
    steps = list(reversed(tree.steps))
    conditions = [condition for predicate in steps[0].predicates for condition in _conjuncts(predicate)]
    own = [condition for condition in conditions if not _is_of_name(condition)]
    levels = [_level(compiler, steps[0], own)]
    levels += [_level(compiler, step, list(step.predicates)) for step in steps[1:]]
    names = tuple(compiler.truth(condition) for condition in conditions if _is_of_name(condition))
    fixed = all(
        compiler.fixed.truth(condition, At(step.name)) for step in steps for condition in step.predicates
    )
    return [Place(tuple(levels), tree.absolute and not tree.steps[0].deep, names, fixed)]


def _level(compiler: Compiler, step: Step, conditions: list[Any]) -> _Level:
    if step.axis != "child":
        raise NotUnderstood(f"the pattern step {step}"[:200])
    return _Level(step.name, tuple(compiler.truth(condition) for condition in conditions), not step.deep)


def _conjuncts(tree: Any) -> list[Any]:
    """The conditions that must all hold."""
    if isinstance(tree, Binary) and tree.operator == "and":
        return _conjuncts(tree.left) + _conjuncts(tree.right)
    return [tree]


def _is_of_name(tree: Any) -> bool:
    """Whether a condition looks at the name of the element and at nothing else."""
    if isinstance(tree, Literal):
        return True
    return isinstance(tree, Call) and tree.name in _OF_NAMES and all(map(_is_of_name, tree.arguments))
