"""What is soon seen of an expression: the variables it takes from around it, and whether it is costly. Used by `steps`."""

from typing import Any, NamedTuple

from inbaar.intake.official.xpath.grammar import Known, Loop, Step, Variable


class Traits(NamedTuple):
    """`costly` when a predicate or a way up stands in it: what it comes to is worth remembering."""

    variables: frozenset[str]
    costly: bool


_NONE = Traits(frozenset(), False)


class TraitsOf:
    """Looks at each part of an expression once; the parts are kept with their traits, so that their ids stay theirs."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Traits]] = {}

    def __call__(self, tree: Any) -> Traits:
        if isinstance(tree, Known) or (type(tree) is not tuple and not hasattr(tree, "__slots__")):
            return _NONE
        known = self._known.get(id(tree))
        if known is None:
            known = self._known[id(tree)] = (tree, self._looked_at(tree))
        return known[1]

    def forget(self) -> None:
        """Let go of the expressions: all are compiled."""
        self._known.clear()

    def _looked_at(self, tree: Any) -> Traits:
        if isinstance(tree, Variable):
            return Traits(frozenset({tree.name}), False)
        parts = tree if isinstance(tree, tuple) else [getattr(tree, name) for name in tree.__slots__]
        found = [self(part) for part in parts]
        variables = frozenset().union(*[traits.variables for traits in found])
        costly = any(traits.costly for traits in found)
        if isinstance(tree, Loop):
            variables = self(tree.body).variables
            for name, through in reversed(tree.bindings):
                variables = (variables - {name}) | self(through).variables
        if isinstance(tree, Step):
            costly = costly or bool(tree.predicates) or tree.axis in ("parent", "preceding")
        return Traits(variables, costly)
