"""Rules of e-invoices as the standards write them: where each looks, and what must hold there. Judges one document.

A rule set is made of patterns; in one pattern the first place that fits an element decides which rules look at it, as
in Schematron, in which the standards publish theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from inbaar.intake.official.matching import Place, places
from inbaar.intake.official.xpath.compiling import Compiler, Run
from inbaar.intake.official.xpath.grammar import Call, Path, Step, parse
from inbaar.intake.official.xpath.steps import names_in
from inbaar.intake.official.xpath.tree import Document, Node
from inbaar.intake.official.xpath.values import Wrong


@dataclass(frozen=True, slots=True)
class Rule:
    """One official rule: its id, whether breaking it makes the invoice invalid, what it says, and its test."""

    id: str
    fatal: bool
    text: str
    test: str


#: Paths an attacker makes up are not remembered for ever.
_MOST_SPOTS = 5000
#: Rules that are broken, by id, each with the element at which that was seen first.
Found = dict[str, tuple[Rule, Node]]


@dataclass(frozen=True, slots=True)
class Written:
    """Rules as they are written: the elements they look at, named values, and the rules in order."""

    context: str
    rules: tuple[Rule, ...]
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Absent:
    """Elements that must not be there, by their path from where one stands: looked up, not searched for."""

    rules: list[Rule] = field(default_factory=list)
    below: dict[str, "_Absent"] = field(default_factory=dict)

    def add(self, names: Iterable[str], rule: Rule) -> None:
        at = self
        for name in names:
            at = at.below.setdefault(name, _Absent())
        at.rules.append(rule)

    def broken(self, node: Node, found: Found) -> None:
        for name, children in node.named.items():
            if (at := self.below.get(name)) is not None:
                for child in children:
                    at._meet(child, found)

    def _meet(self, node: Node, found: Found) -> None:
        for rule in self.rules:
            found.setdefault(rule.id, (rule, node))
        if self.below:
            self.broken(node, found)


@dataclass(frozen=True, slots=True)
class _Template:
    """The compiled rules of one context."""

    variables: tuple[tuple[str, Run], ...]
    tests: tuple[tuple[Rule, Run], ...]
    absent: _Absent | None

    def judge(self, node: Node, document: Document, found: Found) -> None:
        for name, value in self.variables:
            document.variables[name] = value(node, document)
        for rule, test in self.tests:
            try:
                holds = test(node, document)
            except Wrong:
                holds = False
            if not holds and rule.id not in found:
                found[rule.id] = (rule, node)
        if self.absent is not None:
            self.absent.broken(node, found)


@dataclass(slots=True)
class _Spot:
    """One path of names from the top of a document: per pattern, what may look at the elements there."""

    patterns: list[list[tuple[Run | None, _Template]]]
    below: dict[str, "_Spot"] = field(default_factory=dict)


def _holds(condition: Run, node: Node, document: Document) -> bool:
    try:
        return bool(condition(node, document))
    except Wrong:
        return False


class RuleSet:
    """Compiled rules, and how many they are; `patterns` are lists of contexts in order of precedence."""

    def __init__(
        self,
        patterns: Iterable[Sequence[Written]],
        namespaces: dict[str, str],
        lists: dict[str, frozenset[str]] | None = None,
    ) -> None:
        self.rules = 0
        self._namespaces = namespaces
        self._compiler = Compiler(lists)
        self._patterns = [
            [(place, template) for written in pattern for place, template in self._compiled(written)]
            for pattern in patterns
        ]
        self._top = _Spot([])
        self._spots = 0

    def judge(self, document: Document) -> Found:
        """The rules the document breaks, by id, each with where it was broken first."""
        found: Found = {}
        document.found = {}  # it numbers the expressions of one rule set
        spots = [self._top]
        for node in document.nodes:
            parent = node.parent
            above = spots[parent.place if parent is not None else 0]
            spot = above.below.get(node.tag) or self._spot(above, node, document)
            spots.append(spot)
            for pattern in spot.patterns:
                for condition, template in pattern:
                    if condition is None or _holds(condition, node, document):
                        template.judge(node, document, found)
                        break
        return found

    def _spot(self, above: "_Spot", node: Node, document: Document) -> "_Spot":
        """What may look at elements at the path of this one; kept for the next document."""
        by_pattern = (
            [(place.condition(), template) for place, template in pattern if place.may_fit(node, document)]
            for pattern in self._patterns
        )
        spot = _Spot([pattern for pattern in by_pattern if pattern])
        if self._spots < _MOST_SPOTS:
            self._spots += 1
            above.below[node.tag] = spot
        return spot

    def _compiled(self, written: Written) -> Iterable[tuple[Place, _Template]]:
        compiler = self._compiler
        tests, absent = [], _Absent()
        self.rules += len(written.rules)
        for rule in written.rules:
            tree = parse(rule.test, self._namespaces)
            paths = _absent_paths(tree)
            if paths is None:
                tests.append((rule, compiler.truth(tree)))
            else:
                for path in paths:
                    absent.add(path, rule)
        variables = tuple(
            (name, compiler.items(parse(value, self._namespaces))) for name, value in written.variables
        )
        template = _Template(variables, tuple(tests), absent if absent.below else None)
        for place in places(compiler, parse(written.context, self._namespaces)):
            yield place, template


def _absent_paths(tree: Any) -> list[list[str]] | None:
    """The paths in `not(a/b/c)` or `not((a|b)/c)`, where the rule says no more than that."""
    match tree:
        case Call(name="not", arguments=(Path(absolute=False, steps=steps),)):
            paths: list[list[str]] = [[]]
            for step in steps:
                names = _plain_names(step)
                if names is None:
                    return None
                paths = [[*path, name] for path in paths for name in names]
            return paths
    return None


def _plain_names(step: Step) -> list[str] | None:
    """The names a step leads to, where it asks for nothing else."""
    if step.predicates or step.deep:
        return None
    if step.axis == "child" and step.name is not None:
        return [step.name]
    return names_in(step.expression) if step.axis == "expression" else None
