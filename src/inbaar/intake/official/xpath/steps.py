"""Paths: from a node, step by step, to other nodes or values. Used by `compiling`.

A path from the top of the document finds the same every time, so each document remembers it, up to every predicate.
What a path finds that depends on the shape of the document alone is remembered for all documents of that shape. Lists found by name are the document's own and are never changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from inbaar.intake.official.xpath.grammar import Binary, Literal, NotUnderstood, Path, Step
from inbaar.intake.official.xpath.lasting import lasting_part, remembered
from inbaar.intake.official.xpath.tree import Document, Node
from inbaar.intake.official.xpath.values import Untyped, Wrong

if TYPE_CHECKING:
    from inbaar.intake.official.xpath.compiling import Compiler

#: Lists longer than this are counted as work.
LONG = 50
_NOTHING: tuple[Any, ...] = ()
HERE = Path(False, (Step("self"),))
Walk = Callable[[Sequence[Any], Document], Sequence[Any]]


def path(compiler: "Compiler", tree: Path) -> Callable[[Node, Document], Any]:
    """The function of a path."""
    if tree.absolute:
        return _absolute(compiler, tree)
    names = _plain_names(tree)
    if names is not None and len(names) > 1:
        return _plain(*names)
    first, rest = tree.steps[0], tree.steps[1:]
    lasting = lasting_part(compiler, tree)
    if lasting == len(tree.steps):
        return remembered(compiler, tree, _relative(compiler, first, rest))
    if lasting:
        before = path(compiler, Path(False, tree.steps[:lasting]))
        return _walked(before, [_step(compiler, step) for step in tree.steps[lasting:]])
    return _relative(compiler, first, rest)


def _relative(compiler: "Compiler", first: Step, rest: tuple[Step, ...]) -> Callable[[Node, Document], Any]:
    walks = [_step(compiler, step) for step in rest]
    start: Callable[[Node, Document], Any]
    if first.axis == "child" and first.name is not None and not first.predicates:
        name = first.name
        if not walks:
            return lambda node, document: node.named.get(name, _NOTHING)

        def start(node: Node, document: Document) -> Any:
            return node.named.get(name, _NOTHING)
    else:
        begin = _step(compiler, first)

        def start(node: Node, document: Document) -> Any:
            return begin((node,), document)

    return _walked(start, walks)


def _walked(start: Callable[[Node, Document], Any], walks: list[Walk]) -> Callable[[Node, Document], Any]:
    """From where a path starts along the steps that are left of it."""

    def run(node: Node, document: Document) -> Any:
        found = start(node, document)
        for walk in walks:
            if not found:
                return _NOTHING
            found = walk(found, document)
            if len(found) > LONG:
                document.spend(len(found))
        return found

    return run


def _plain_names(tree: Path) -> list[str] | None:
    """The names of a path that is nothing but names from where one stands, else None."""
    names = [
        step.name for step in tree.steps if step.axis == "child" and not step.predicates and not step.deep
    ]
    plain = [name for name in names if name is not None]
    return plain if plain and len(plain) == len(tree.steps) and not tree.absolute else None


def leads_to_elements(tree: Path) -> bool:
    """Whether a path can find nothing but elements."""
    return not tree.steps or tree.steps[-1].axis not in ("attribute", "expression", "text")


def is_there(tree: Path) -> Callable[[Node, Document], Any] | None:
    """Whether the element of a single name, or any child at all, is there; None for other paths."""
    names = _plain_names(tree)
    if names is not None and len(names) == 1:
        name = names[0]
        return lambda node, document: name in node.named
    if tree == Path(False, (Step("child"),)):
        return lambda node, document: node.children
    return None


def only_text(run: Callable[[Node, Document], Any]) -> Callable[[Node, Document], Any]:
    """The text of the one element a path finds; empty for none."""

    def text(node: Node, document: Document) -> str:
        found = run(node, document)
        if not found:
            return ""
        if len(found) > 1:
            raise Wrong
        first = found[0]
        return first.string() if first.children else first.text

    return text


def text_here(node: Node, document: Document) -> str:
    """The text of where one stands."""
    return node.string() if node.children else node.text


def _plain(first: Any, *rest: Any) -> Callable[[Node, Document], Any]:
    """A path of names and nothing else: mostly there is one of each, and often none of the first."""

    def run(node: Node, document: Document) -> Any:
        found: Sequence[Node] | None = node.named.get(first)
        for name in rest:
            if not found:
                return _NOTHING
            found = found[0].named.get(name) if len(found) == 1 else _children(found, name)
        return found or _NOTHING

    return run


def _absolute(compiler: "Compiler", tree: Path) -> Callable[[Node, Document], Any]:
    """A path from the top, which a document remembers unless a variable stands in it."""
    if not tree.steps:
        return lambda node, document: (document.top,)
    last = tree.steps[-1]
    if last.predicates and not any(map(_is_position, last.predicates)):
        find = _chosen(compiler, tree, last)
    elif last.deep and len(tree.steps) == 1 and last.axis == "child" and last.name and not last.predicates:
        name = last.name
        return lambda node, document: document.by_tag.get(name, _NOTHING)
    else:
        start, walk = path(compiler, Path(True, tree.steps[:-1])), _step(compiler, last)

        def find(node: Node, document: Document) -> Any:
            found = start(node, document)
            return walk(found, document) if found else _NOTHING

    lasts = compiler.fixed.nodes(tree, compiler.at)
    if compiler.traits(tree).variables:
        return remembered(compiler, tree, find) if lasts else find
    number = compiler.number_of(tree)

    def run(node: Node, document: Document) -> Any:
        known = document.lasting if lasts else document.found
        found = known.get(number)
        if found is None:
            found = known[number] = find(node, document)
        if len(found) > LONG:  # whoever asked goes through it, and may be one of as many
            document.spend(len(found))
        return found

    return run


def _chosen(compiler: "Compiler", tree: Path, last: Step) -> Callable[[Node, Document], Any]:
    """What is left of a path from the top after the last of its predicates.

    Rules ask one list for one code after the other (`[cbc:ID = 'S']`, `[cbc:ID = 'AE']`), so it is sorted by code once.
    """
    before = Path(True, (*tree.steps[:-1], replace(last, predicates=last.predicates[:-1])))
    base = path(compiler, before)
    match last.predicates[-1]:
        case Binary(operator="=", left=left, right=Literal(value=str() as word)) if not (
            compiler.traits(before).variables | compiler.traits(left).variables
        ):
            kind, code = compiler.compiled(left)
            if kind == "text":
                sorted_by_code = _sorted(compiler.number_of((before, left)), base, code)
                return lambda node, document: sorted_by_code(node, document).get(word, _NOTHING)
    keep = _filter(compiler, last.predicates[-1])
    return lambda node, document: keep(base(node, document), document)


def _sorted(
    number: int, base: Callable[[Node, Document], Any], code: Callable[[Node, Document], Any]
) -> Callable[[Node, Document], Any]:
    """The nodes of a path by what an expression says of each, remembered by the document."""

    def run(node: Node, document: Document) -> Any:
        found = document.found.get(number)
        if found is None:
            found = {}
            for item in base(node, document):
                found.setdefault(code(item, document), []).append(item)
            document.found[number] = found
        return found

    return run


def _step(compiler: "Compiler", step: Step) -> Walk:
    """From a list of nodes to the next."""
    if step.deep and any(map(_is_position, step.predicates)):
        raise NotUnderstood(
            f"a place after // in {step}"[:200]
        )  # it counts per parent, which nothing here asks for
    along = _deep(step) if step.deep else _along(compiler, step)
    if not step.predicates:
        return along
    if step.axis == "child" and any(map(_is_position, step.predicates)):
        return _by_parent(along, _predicates(compiler, step.predicates))
    keep = _predicates(compiler, step.predicates)
    assert keep is not None
    return lambda nodes, document: keep(along(nodes, document), document)


def _by_parent(along: Walk, keep: Walk | None) -> Walk:
    """A place such as `[1]` counts among the children of each parent."""
    assert keep is not None
    return lambda nodes, document: [
        item for node in nodes for item in keep(along((node,), document), document)
    ]


def _along(compiler: "Compiler", step: Step) -> Walk:
    name = step.name
    match step.axis:
        case "child" if name is not None:
            return lambda nodes, document: _children(nodes, name)
        case "child":
            return lambda nodes, document: [child for node in nodes for child in node.children]
        case "attribute" if name is not None:
            return lambda nodes, document: [
                Untyped(value) for node in nodes if (value := node.attributes.get(name)) is not None
            ]
        case "self":
            return lambda nodes, document: (
                nodes if name is None else [node for node in nodes if node.tag == name]
            )
        case "parent":
            return lambda nodes, document: _once(node.parent for node in nodes if node.parent is not None)
        case "ancestor":
            return lambda nodes, document: _once(found for node in nodes for found in _above(node, name))
        case "preceding" if name is not None:
            return lambda nodes, document: _preceding(nodes, name, document)
        case "text":
            return lambda nodes, document: [Untyped(node.text) for node in nodes if node.text]
        case "expression":
            run = compiler.items(step.expression)
            return lambda nodes, document: [item for node in nodes for item in run(node, document)]
    raise NotUnderstood(f"the step {step}"[:200])


def _children(nodes: Sequence[Node], name: str) -> Sequence[Node]:
    if len(nodes) == 1:
        return nodes[0].named.get(name, _NOTHING)
    return [child for node in nodes for child in node.named.get(name, _NOTHING)]


def _deep(step: Step) -> Walk:
    """`//name` below a list of nodes; `//(a|b)` has an expression of names."""
    name = step.name
    if step.axis == "child":

        def below(nodes: Sequence[Node], document: Document) -> Sequence[Node]:
            candidates = document.nodes if name is None else document.by_tag.get(name, _NOTHING)
            if document.top in nodes:
                return candidates
            document.spend(len(candidates))
            wanted = set(map(id, nodes))
            return [node for node in candidates if any(id(above) in wanted for above in _above(node, None))]

        return below
    if step.axis == "attribute" and name is not None:
        return lambda nodes, document: [
            Untyped(value)
            for value in (document.by_attribute.get(name, _NOTHING) if document.top in nodes else ())
        ]
    if step.axis == "text":
        return lambda nodes, document: [Untyped(text) for node in nodes for text in node.texts() if text]
    names = names_in(step.expression) if step.axis == "expression" else None
    if names is None:
        raise NotUnderstood(f"the step {step}"[:200])
    walks = [_deep(Step("child", name, deep=True)) for name in names]
    return lambda nodes, document: _once(node for walk in walks for node in walk(nodes, document))


def names_in(tree: Any) -> list[str] | None:
    """The names in `a | b`, or None for any other expression."""
    match tree:
        case Path(absolute=False, steps=(Step(axis="child", name=str() as name, predicates=(), deep=False),)):
            return [name]
        case Binary(operator="|", left=left, right=right):
            names, others = names_in(left), names_in(right)
            return None if names is None or others is None else names + others
    return None


def _above(node: Node, name: str | None) -> list[Node]:
    found, parent = [], node.parent
    while parent is not None:
        if name is None or parent.tag == name:
            found.append(parent)
        parent = parent.parent
    return found


def _preceding(nodes: Sequence[Node], name: str, document: Document) -> Sequence[Node]:
    """What ended before each node began: elements with an earlier place that the node is not inside of."""
    found = []
    for node in nodes:
        above = set(map(id, _above(node, None)))
        candidates = document.by_tag.get(name, _NOTHING)
        document.spend(len(candidates))
        found += [other for other in candidates if other.place < node.place and id(other) not in above]
    return _once(found)


def _once(nodes: Any) -> list[Any]:
    return list({id(node): node for node in nodes}.values())


def union(parts: list[Callable[[Node, Document], Any]]) -> Callable[[Node, Document], Any]:
    """The nodes of several paths, each once."""
    return lambda node, document: _once(item for part in parts for item in part(node, document))


def _is_position(tree: Any) -> bool:
    return isinstance(tree, Literal) and not isinstance(tree.value, (str, Decimal))


def _predicates(compiler: "Compiler", trees: tuple[Any, ...]) -> Walk | None:
    """What is left of a list after its predicates, or None where there are none."""
    kept: Walk | None = None
    for tree in trees:
        kept = _then(kept, _place(tree.value) if _is_position(tree) else _filter(compiler, tree))
    return kept


def _then(first: Walk | None, second: Walk) -> Walk:
    if first is None:
        return second
    before = first
    return lambda nodes, document: second(before(nodes, document), document)


def _place(number: Any) -> Walk:
    return lambda nodes, document: nodes[number - 1 : number]


def _filter(compiler: "Compiler", tree: Any) -> Walk:
    if compiler.compiled(tree).kind == "one":
        raise NotUnderstood(f"the predicate {tree}"[:200])
    test = compiler.truth(tree)

    def keep(nodes: Sequence[Any], document: Document) -> Sequence[Any]:
        if len(nodes) > LONG:
            document.spend(len(nodes))
        return [node for node in nodes if test(node, document)]

    return keep
