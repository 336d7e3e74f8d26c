"""Rules of e-invoices as the standards write them: where each looks, and what must hold there. Judges one document.

A rule set is made of patterns; in one pattern the first place that fits an element decides which rules look at it, as
in Schematron, in which the standards publish theirs.

Most tests are decided by the shape of a document (`xpath.fixed`). Where a document keeps all of those, what is left to
ask of others of its shape is noted with it: its plan. See `alike`.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from inbaar.intake.official.matching import Place, places
from inbaar.intake.official.xpath.compiling import Compiler, Run
from inbaar.intake.official.xpath.grammar import Call, Known, Path, Step, parse
from inbaar.intake.official.xpath.narrowing import Decided, Narrowing
from inbaar.intake.official.xpath.steps import names_in
from inbaar.intake.official.xpath.tree import Document, Node, TooMuch
from inbaar.intake.official.xpath.values import Wrong


@dataclass(frozen=True, slots=True)
class Rule:
    """One official rule: its id, whether breaking it makes the invoice invalid, what it says, and its test."""

    id: str
    fatal: bool
    text: str
    test: str


#: Which document of a shape shows that it comes back often enough to narrow the rules to it: that costs as much as ten verdicts.
_OFTEN = 8
_ALWAYS = Known("truth", True)
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

    def broken(self, node: Node, document: Document, found: Found) -> None:
        for name, children in node.named.items():
            if (at := self.below.get(name)) is not None:
                for child in children:
                    at._meet(child, document, found)

    def _meet(self, node: Node, document: Document, found: Found) -> None:
        for rule in self.rules:
            document.broke_fixed = True
            found.setdefault(rule.id, (rule, node))
        if self.below:
            self.broken(node, document, found)


class _Test(NamedTuple):
    """One compiled rule, and whether the shape of the document decides it; if not, also as it was written."""

    rule: Rule
    run: Run
    fixed: bool
    tree: Any


@dataclass(frozen=True, slots=True)
class _Template:
    """The compiled rules of one context.

    `left` are those that it does not decide, None where there are none.
    """

    variables: tuple[tuple[str, Run], ...]
    tests: tuple[_Test, ...]
    absent: _Absent | None
    left: "_Template | None"

    def judge(self, node: Node, document: Document, found: Found) -> None:
        for name, value in self.variables:
            document.variables[name] = value(node, document)
        for rule, test, fixed, _ in self.tests:
            try:
                holds = test(node, document)
            except Wrong:
                holds = False
            if not holds:
                document.broke_fixed |= fixed
                if rule.id not in found:
                    found[rule.id] = (rule, node)
        if self.absent is not None:
            self.absent.broken(node, document, found)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What may look at an element, in order of precedence; `fixed` when the shape decides which of them does."""

    choices: tuple[tuple[Run | None, _Template], ...]
    fixed: bool

    def judge(self, node: Node, document: Document, found: Found) -> "_Pattern | None":
        """Judge one element, and give what is left to ask of it in other documents of the shape."""
        for condition, template in self.choices:
            if condition is None or _holds(condition, node, document):
                template.judge(node, document, found)
                if self.fixed:
                    left = template.left
                    return None if left is None else _Pattern(((None, left),), True)
                break
        return None if self.fixed else self


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """What a plan asks, narrowed to the elements of its shape, each question once; `left` is what could not be narrowed."""

    tests: tuple[Run, ...]
    left: tuple[tuple[Node, _Pattern], ...]

    def all_hold(self, document: Document) -> bool:
        """Whether every rule is kept; which is not, and where, is for the plan itself to say."""
        try:
            for test in self.tests:
                if not test(document.top, document):
                    return False
        except Wrong:
            return False
        found: Found = {}
        for node, pattern in self.left:
            pattern.judge(node, document, found)
        return not found


@dataclass(slots=True)
class _Plan:
    """What is left to ask of the documents of one shape, and what their paths come to whatever their values.

    `used` counts those documents; of a shape that comes back, `narrowed` asks the same more quickly.
    """

    asked: tuple[tuple[Node, _Pattern], ...]
    lasting: dict[Any, Any]
    used: int = 0
    narrowed: _Narrowed | None = None


@dataclass(slots=True)
class _Spot:
    """One path of names from the top of a document: per pattern, what may look at the elements there."""

    patterns: list[_Pattern]
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
        self._compiler.done()
        self._narrowing = threading.Lock()
        self._decided = Decided(self._compiler)
        self._top = _Spot([])
        self._spots = 0

    def judge(self, document: Document) -> Found:
        """The rules the document breaks, by id, each with where it was broken first."""
        found: Found = {}
        plan: _Plan | None = document.plans.get(self)
        document.found = {}  # it numbers the expressions of one rule set
        document.lasting = {} if plan is None else plan.lasting
        if plan is None:
            self._judge_all(document, found)
        else:
            plan.used += 1
            if plan.used == _OFTEN:
                self._narrow(plan, document)
            if plan.narrowed is None or not plan.narrowed.all_hold(document):
                for node, pattern in plan.asked:
                    pattern.judge(node, document, found)
        return found

    def _narrow(self, plan: _Plan, document: Document) -> None:
        """Narrow what a plan asks to the elements of its shape; not while another thread does so."""
        if not self._narrowing.acquire(blocking=False):
            return
        try:
            narrowed, left = {}, []
            for node, pattern in plan.asked:
                template = pattern.choices[0][1]
                if not pattern.fixed or template.variables:
                    left.append((node, pattern))
                    continue
                for test in template.tests:
                    tree = Narrowing(self._decided, node, document).truth(test.tree)
                    if tree != _ALWAYS and tree not in narrowed:
                        narrowed[tree] = self._compiler.truth(tree)
            if self._told(document):
                plan.narrowed = _Narrowed(tuple(narrowed.values()), tuple(left))
        except TooMuch:
            return
        finally:
            self._compiler.done()
            self._narrowing.release()

    def _told(self, document: Document) -> bool:
        """Whether the shape holds all codes: the text of an element with children is that of all of them, which it does not."""
        leaves = self._compiler.fixed.leaves
        return not any(node.children and node.tag in leaves for node in document.nodes)

    def _judge_all(self, document: Document, found: Found) -> None:
        """Judge a document of a new shape, and note with it what others of its shape will be asked."""
        spots, asked = [self._top], []
        document.broke_fixed = False
        for node in document.nodes:
            parent = node.parent
            above = spots[parent.place if parent is not None else 0]
            spot = above.below.get(node.tag) or self._spot(above, node, document)
            spots.append(spot)
            for pattern in spot.patterns:
                left = pattern.judge(node, document, found)
                if left is not None:
                    asked.append((node, left))
        if document.small and not document.broke_fixed and self._told(document):
            document.plans[self] = _Plan(tuple(asked), document.lasting)

    def _spot(self, above: "_Spot", node: Node, document: Document) -> "_Spot":
        """What may look at elements at the path of this one; kept for the next document."""
        by_pattern = (
            [(place, template) for place, template in pattern if place.may_fit(node, document)]
            for pattern in self._patterns
        )
        spot = _Spot([
            _Pattern(
                tuple((place.condition(), template) for place, template in pattern),
                all(place.fixed for place, _ in pattern),
            )
            for pattern in by_pattern
            if pattern
        ])  # fmt: skip
        if self._spots < _MOST_SPOTS:
            self._spots += 1
            above.below[node.tag] = spot
        return spot

    def _compiled(self, written: Written) -> Iterable[tuple[Place, _Template]]:
        compiler, fixed = self._compiler, self._compiler.fixed
        looked_at = places(compiler, parse(written.context, self._namespaces))
        selects = [(name, parse(value, self._namespaces)) for name, value in written.variables]
        ats = {place.at for place in looked_at}
        named = frozenset(name for name, tree in selects if all(fixed.value(tree, at) for at in ats))
        ats = {replace(at, variables=named) for at in ats}
        tests, absent = [], _Absent()
        self.rules += len(written.rules)
        for rule in written.rules:
            tree = parse(rule.test, self._namespaces)
            paths = _absent_paths(tree)
            if paths is None:
                decided = all(fixed.truth(tree, at) for at in ats)
                tests.append(_Test(rule, compiler.truth(tree), decided, None if decided else tree))
            else:
                for path in paths:
                    absent.add(path, rule)
        variables = tuple((name, compiler.items(tree)) for name, tree in selects)
        asked = tuple(test for test in tests if not test.fixed)
        left = _Template(variables, asked, None, None) if asked else None
        template = _Template(variables, tuple(tests), absent if absent.below else None, left)
        for place in looked_at:
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
