"""What an expression looks at: whether it says the same of every document of one shape, whatever that document's values are.

Documents are of one shape where they have the same elements in the same order, the same attributes with the same
values (save units, which differ from line to line), the same codes (`is_code`) and no leaf without text. Whoever sells much writes the same shape over and over, and
most rules ask for nothing else. What is not seen here to be fixed by the shape is taken to depend on values.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from inbaar.intake.official.xpath.grammar import (
    Binary,
    Call,
    Condition,
    Literal,
    Loop,
    Negative,
    Path,
    Sequence,
    Step,
    Variable,
)

#: Elements with few values, on which many rules depend. A name more or less changes no verdict, only how often shapes agree.
_CODES = frozenset({
    "CategoryCode", "ChargeIndicator", "CountryID", "CreditNoteTypeCode", "CustomizationID", "DocumentCurrencyCode",
    "DocumentTypeCode",     "IdentificationCode", "Indicator", "InvoiceCurrencyCode", "InvoiceTypeCode", "PaymentMeansCode", "Percent",
    "RateApplicablePercent", "TaxCurrencyCode", "TypeCode",
})  # fmt: skip
_CODES_BELOW = {
    "ID": frozenset({
        "ClassifiedTaxCategory", "GuidelineSpecifiedDocumentContextParameter", "TaxCategory", "TaxScheme",
    })
}  # fmt: skip
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge"})
#: The attribute whose value is no part of the shape, only that it is there.
UNIT = "unitCode"
#: Functions that look at which nodes there are and not at their text.
_OF_NODES = frozenset({"count", "exists", "local-name", "name"})
_HERE = Path(False, (Step("self"),))


@cache
def is_code(tag: str, above: str | None) -> bool:
    """Whether the text of an element belongs to the shape; `above` is the element it stands in, None if not known."""
    name = tag.rpartition("}")[2]
    return name in _CODES or (
        above is not None and above.rpartition("}")[2] in _CODES_BELOW.get(name, frozenset())
    )


@dataclass(frozen=True, slots=True)
class At:
    """Where an expression stands: the element, the one around it (None if not known), and variables that are fixed."""

    tag: str | None = None
    above: str | None = None
    variables: frozenset[str] = frozenset()


ANYWHERE = At()


class Fixed:
    """Looks through the expressions of one rule set. `leaves` gathers the elements that must have no children for it."""

    def __init__(self) -> None:
        self.leaves: set[str] = set()

    def truth(self, tree: Any, at: At) -> bool:
        """Whether it is fixed what the expression counts as, true or false."""
        match tree:
            case Path(steps=steps) if not steps or steps[-1].axis != "expression":
                return self.nodes(tree, at)
            case Binary(operator="|" | "union", left=left, right=right):
                return self.nodes(left, at) and self.nodes(right, at)
        return self._is_about_blank(tree, at) or self.value(tree, at)

    def nodes(self, tree: Any, at: At) -> bool:
        """Whether it is fixed which nodes the expression finds."""
        match tree:
            case Path():
                return self._end(tree, at) is not None
            case Binary(operator="|" | "union", left=left, right=right):
                return self.nodes(left, at) and self.nodes(right, at)
        return self.value(tree, at)

    def value(self, tree: Any, at: At) -> bool:
        """Whether it is fixed what the expression comes to, text and all."""
        match tree:
            case Literal():
                return True
            case Variable(name=name):
                return name in at.variables
            case Path(steps=steps):
                end = self._end(tree, at)
                if end is None or not steps:
                    return False
                if steps[-1].axis == "attribute":
                    return steps[-1].name not in (UNIT, None)
                if steps[-1].axis == "expression":
                    before = self._end(Path(tree.absolute, steps[:-1]), at)
                    return before is not None and self.value(steps[-1].expression, before)
                return self._is_code(end)
            case Call():
                return self._call(tree, at)
            case Binary():
                return self._binary(tree, at)
            case Negative(operand=operand):
                return self.value(operand, at)
            case Sequence(items=items):
                return all(self.value(item, at) for item in items)
            case Condition(test=test, yes=yes, no=no):
                return self.truth(test, at) and self.value(yes, at) and self.value(no, at)
            case Loop():
                return self._loop(tree, at)
        return False

    def _call(self, tree: Call, at: At) -> bool:
        if tree.name == "not":
            return self.truth(tree.arguments[0], at)
        if tree.name in _OF_NODES:
            return all(self.nodes(argument, at) for argument in tree.arguments)
        if not tree.arguments:
            return tree.name in ("true", "false") or self._is_code(at)
        return all(self.value(argument, at) for argument in tree.arguments)

    def _binary(self, tree: Binary, at: At) -> bool:
        left, right = tree.left, tree.right
        if tree.operator in ("and", "or"):
            return self.truth(left, at) and self.truth(right, at)
        if tree.operator in ("=", "!=") and right == Literal("") and self._is_about_blank(left, at):
            return True
        return self.value(left, at) and self.value(right, at)

    def _is_about_blank(self, tree: Any, at: At) -> bool:
        """Whether it is `normalize-space(element)`, of which no more is asked than whether it is empty.

        It never is where the element exists: each leaf has text, and each other element has a leaf in it.
        """
        match tree:
            case Call(name="normalize-space", arguments=arguments):
                target = arguments[0] if arguments else _HERE
                last = target.steps[-1].axis if isinstance(target, Path) and target.steps else ""
                return last in ("child", "self") and self.nodes(target, at)
        return False

    def _loop(self, tree: Loop, at: At) -> bool:
        for name, through in tree.bindings:
            if not self.value(through, at):
                return False
            at = replace(at, variables=at.variables | {name})
        return self.value(tree.body, at) if tree.kind == "for" else self.truth(tree.body, at)

    def _is_code(self, at: At) -> bool:
        if at.tag is None or not is_code(at.tag, at.above):
            return False
        self.leaves.add(at.tag)
        return True

    def _end(self, tree: Path, at: At) -> At | None:
        """Where a path leads, or None where it depends on values which nodes those are."""
        now = At(variables=at.variables) if tree.absolute else at
        for step in tree.steps:
            following = self._next(step, now)
            if following is None or not all(
                self.truth(predicate, following) for predicate in step.predicates
            ):
                return None
            now = following
        return now

    def _next(self, step: Step, at: At) -> At | None:
        variables = at.variables
        match step.axis:
            case "child":
                return At(step.name, None if step.deep else at.tag, variables)
            case "attribute":
                return At(None, None, variables)
            case "self" if not step.deep:
                return at if step.name in (None, at.tag) else At(step.name, None, variables)
            case "parent" if not step.deep:
                return At(at.above, None, variables)
            case "ancestor" | "preceding":
                return At(step.name, None, variables)
            case "expression" if self.nodes(step.expression, at):
                return At(None, None, variables)
        return None
