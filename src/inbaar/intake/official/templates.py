"""What looks at an element of an e-invoice: rules as they are written, and compiled with what decides that they look there.

Used by `rules`, which gathers them into rule sets and judges documents by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inbaar.intake.official.xpath.compiling import Run
from inbaar.intake.official.xpath.grammar import Call, Path, Step
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


#: Rules that are broken, by id, each with the element at which that was seen first.
Found = dict[str, tuple[Rule, Node]]


@dataclass(frozen=True, slots=True)
class Written:
    """Rules as they are written: the elements they look at, named values, and the rules in order."""

    context: str
    rules: tuple[Rule, ...]
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Absent:
    """Elements that must not be there, by their path from where one stands: looked up, not searched for."""

    rules: list[Rule] = field(default_factory=list)
    below: dict[str, "Absent"] = field(default_factory=dict)

    def add(self, names: Iterable[str], rule: Rule) -> None:
        at = self
        for name in names:
            at = at.below.setdefault(name, Absent())
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


class Test(NamedTuple):
    """One compiled rule, and whether the shape of the document decides it; if not, also as it was written."""

    rule: Rule
    run: Run
    fixed: bool
    tree: Any


@dataclass(frozen=True, slots=True)
class Template:
    """The compiled rules of one context; `left` are those that the shape of a document does not decide, if there are any."""

    variables: tuple[tuple[str, Run], ...]
    tests: tuple[Test, ...]
    absent: Absent | None
    left: "Template | None"

    def judge(self, node: Node, document: Document, found: Found) -> None:
        for name, value in self.variables:
            document.variables[name] = value(node, document)
        for rule, test, fixed, _ in self.tests:
            try:
                kept = test(node, document)
            except Wrong:
                kept = False
            if not kept:
                document.broke_fixed |= fixed
                if rule.id not in found:
                    found[rule.id] = (rule, node)
        if self.absent is not None:
            self.absent.broken(node, document, found)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What may look at an element, in order of precedence; `fixed` when the shape decides which of them does."""

    choices: tuple[tuple[Run | None, Template], ...]
    fixed: bool

    def judge(self, node: Node, document: Document, found: Found) -> "Pattern | None":
        """Judge one element, and give what is left to ask of it in other documents of the shape."""
        for condition, template in self.choices:
            if condition is None or holds(condition, node, document):
                template.judge(node, document, found)
                if self.fixed:
                    left = template.left
                    return None if left is None else Pattern(((None, left),), True)
                break
        return None if self.fixed else self


def holds(condition: Run, node: Node, document: Document) -> bool:
    try:
        return bool(condition(node, document))
    except Wrong:
        return False


def absent_paths(tree: Any) -> list[list[str]] | None:
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
