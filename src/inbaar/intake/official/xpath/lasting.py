"""What an expression comes to in every document of a shape (see `fixed`), remembered with the document. Used by `steps`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbaar.intake.official.xpath.grammar import Path
from inbaar.intake.official.xpath.tree import Document, Node

if TYPE_CHECKING:
    from inbaar.intake.official.xpath.compiling import Compiler


def lasting_part(compiler: "Compiler", tree: Path) -> int:
    """How many of the steps of a path are decided by the shape of the document, where remembering them is worth it."""
    for end in range(len(tree.steps), 0, -1):
        traits = [compiler.traits(step) for step in tree.steps[:end]]
        if not any(found.costly for found in traits):
            return 0
        variables = frozenset().union(*[found.variables for found in traits])
        if len(variables) < 2 and compiler.fixed.nodes(Path(False, tree.steps[:end]), compiler.at):
            return end
    return 0


def remembered(
    compiler: "Compiler", tree: Any, find: Callable[[Node, Document], Any]
) -> Callable[[Node, Document], Any]:
    """What a fixed expression comes to at a node, kept for all documents of the shape; never None.

    With two variables in it, or of a large document (which is not kept), nothing is remembered.
    """
    variables = sorted(compiler.traits(tree).variables)
    if len(variables) > 1:
        return find
    number, variable = compiler.number_of(tree), variables[0] if variables else None
    absolute = isinstance(tree, Path) and tree.absolute

    def run(node: Node, document: Document) -> Any:
        if not document.small:
            return find(node, document)
        place = 0 if absolute else node.place
        # A loop gives its variable one item at a time: a node of the document or a value.
        key = (number, place) if variable is None else (number, place, document.variables[variable][0])
        found = document.lasting.get(key)
        if found is None:
            found = document.lasting[key] = find(node, document)
        return found

    return run
