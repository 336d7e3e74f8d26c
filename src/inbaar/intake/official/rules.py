"""Rules of e-invoices as the standards write them: where each looks, and what must hold there. Judges one document.

A rule set is made of patterns; in one pattern the first place that fits an element decides which rules look at it, as
in Schematron, in which the standards publish theirs.

Most tests are decided by the shape of a document (`xpath.fixed`). Where a document keeps all of those, what is left to
ask of others of its shape is noted with it: its plan. See `alike`.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from inbaar.intake.official.matching import Place, places
from inbaar.intake.official.templates import (
    Absent,
    Found,
    Pattern,
    Rule,
    Template,
    Test,
    Written,
    absent_paths,
)
from inbaar.intake.official.xpath.compiling import Compiler, Run
from inbaar.intake.official.xpath.grammar import Known, NotUnderstood, parse
from inbaar.intake.official.xpath.narrowing import Decided, Narrowing
from inbaar.intake.official.xpath.tree import Document, Node, TooMuch
from inbaar.intake.official.xpath.values import Wrong

__all__ = ["Found", "Rule", "RuleSet", "Written"]

#: Which document of a shape shows that it comes back often enough to narrow the rules to it: that costs as
#: much as twenty verdicts.
_OFTEN = 8
_ALWAYS = Known("truth", True)
#: Paths an attacker makes up are not remembered for ever.
_MOST_SPOTS = 5000


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """What a plan asks, narrowed to the elements of its shape, each question once; `left` is what could not be narrowed."""

    tests: tuple[Run, ...]
    left: tuple[tuple[Node, Pattern], ...]

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

    asked: tuple[tuple[Node, Pattern], ...]
    lasting: dict[Any, Any]
    used: int = 0
    narrowed: _Narrowed | None = None


@dataclass(slots=True)
class _Spot:
    """One path of names from the top of a document: per pattern, what may look at the elements there."""

    patterns: list[Pattern]
    below: dict[str, "_Spot"] = field(default_factory=dict)


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
        unspent = document.left
        try:
            tests: dict[Any, Run] = {}
            left = [
                (node, pattern)
                for node, pattern in plan.asked
                if not self._narrowed(node, pattern, document, tests)
            ]
            if self._told(document):
                plan.narrowed = _Narrowed(tuple(tests.values()), tuple(left))
        except TooMuch:
            return
        finally:
            document.left = unspent  # narrowing is for the documents to come; this one is judged with all that it may cost
            self._compiler.done()
            self._narrowing.release()

    def _narrowed(self, node: Node, pattern: Pattern, document: Document, tests: dict[Any, Run]) -> bool:
        """Add what a pattern asks of an element to the narrowed tests; False where it is asked as it is."""
        template = pattern.choices[0][1]
        if not pattern.fixed or template.variables:
            return False
        try:
            for test in template.tests:
                tree = Narrowing(self._decided, node, document).truth(test.tree)
                if tree != _ALWAYS and tree not in tests:
                    tests[tree] = self._compiler.truth(tree)
        except NotUnderstood:  # one number compared with a text, where the rule compares whatever it finds
            return False
        return True

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
            Pattern(
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

    def _compiled(self, written: Written) -> Iterable[tuple[Place, Template]]:
        compiler, fixed = self._compiler, self._compiler.fixed
        looked_at = places(compiler, parse(written.context, self._namespaces))
        selects = [(name, parse(value, self._namespaces)) for name, value in written.variables]
        ats = {place.at for place in looked_at}
        named = frozenset(name for name, tree in selects if all(fixed.value(tree, at) for at in ats))
        ats = {replace(at, variables=named) for at in ats}
        tests, absent = [], Absent()
        self.rules += len(written.rules)
        for rule in written.rules:
            tree = parse(rule.test, self._namespaces)
            paths = absent_paths(tree)
            if paths is None:
                decided = all(fixed.truth(tree, at) for at in ats)
                tests.append(Test(rule, compiler.truth(tree), decided, None if decided else tree))
            else:
                for path in paths:
                    absent.add(path, rule)
        variables = tuple((name, compiler.items(tree)) for name, tree in selects)
        asked = tuple(test for test in tests if not test.fixed)
        left = Template(variables, asked, None, None) if asked else None
        template = Template(variables, tuple(tests), absent if absent.below else None, left)
        for place in looked_at:
            yield place, template
