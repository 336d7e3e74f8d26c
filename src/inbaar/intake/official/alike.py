"""Documents that were judged, kept as examples of their shape: the next of that shape is only asked what its values decide.

A supplier writes the same form over and over: the same elements, attributes and codes, with other names, dates and
amounts. What was found out of the first is true of the next, and its tree need not be made again. What a shape is, and
why that is enough, is told in `xpath.fixed`. Used by `verdict`.
"""

from collections.abc import Sequence
from itertools import chain, compress, count
from typing import Any, NamedTuple, Protocol

from lxml import etree

from inbaar.intake.official.xpath.fixed import UNIT, is_code
from inbaar.intake.official.xpath.tree import MOST_ALIKE, Document

#: Elements in the documents that are kept, some 50 MB with the narrowed rules; then all are let go and it starts anew.
_MOST_ELEMENTS = 50_000
#: Characters in the codes or in the attributes of one document that is kept.
_MOST_CODES = 20_000
Shape = tuple[Any, ...]


class _Skeleton(NamedTuple):
    """Of documents with the same elements: a number of their own, and the places of codes, leaves and quantities in them."""

    number: int
    codes: tuple[int, ...]
    leaves: tuple[int, ...]
    quantities: tuple[int, ...]


class _Markup(NamedTuple):
    """Elements and attributes of a document: all of its shape but the codes."""

    skeleton: _Skeleton
    counts: tuple[int, ...]
    held: tuple[str, ...]

    def shape(self, texts: Sequence[str | None]) -> Shape | None:
        """All that the documents of a shape have in common; None where a leaf is blank."""
        skeleton = self.skeleton
        leaves = [texts[place] for place in skeleton.leaves]
        if not all(leaves) or any(map(str.isspace, leaves)):  # type: ignore[arg-type]
            return None
        return (
            skeleton.number,
            self.counts,
            self.held,
            tuple([texts[place] or None for place in skeleton.codes]),
        )


class Form(Protocol):
    """Markup that documents share to the sign: what is found out of it is true of each of them. `texts` are of the one at hand."""

    markup: Any
    texts: Sequence[str]


class Examples:
    """The documents that are kept, by shape. One is taken out while it is used, so that threads never share one."""

    def __init__(self) -> None:
        self._kept: dict[Shape, Document] = {}
        self._skeletons: dict[Shape, _Skeleton] = {}
        self._numbers = count()
        self._elements = 0

    def document(
        self, root: etree._Element, elements: list[Any] | None = None, form: Form | None = None
    ) -> tuple[Document, Shape | None]:
        """The document, and its shape: None where it has none that could be remembered."""
        elements = list(root.iter()) if elements is None else elements
        if len(elements) > MOST_ALIKE:
            return Document(root), None
        texts: Sequence[str | None] = [element.text for element in elements] if form is None else form.texts
        markup: _Markup | None = None if form is None else form.markup
        if markup is None:
            skeleton = (tuple([element.tag for element in elements]), tuple(map(len, elements)))
            known = self._skeletons.get(skeleton)
            if known is None:
                document = Document(root)
                if len(document.nodes) != len(elements):
                    return document, None  # it has comments, which part the text of an element
                known = self._skeletons[skeleton] = _skeleton(next(self._numbers), document)
                self._elements += len(elements)
                return document, _markup(known, elements).shape(texts)
            markup = _markup(known, elements)
            if form is not None:
                form.markup = markup
        shape = markup.shape(texts)
        example = None if shape is None else self._kept.pop(shape, None)
        if example is None:
            return Document(root), shape
        self._elements -= len(example.nodes)
        example.fill(elements, texts)
        return example, shape

    def keep(self, document: Document, shape: Shape | None) -> None:
        """Done with a document: keep it where something was found out of its shape."""
        if shape is None or not document.plans or not (document.was_kept or _is_short(shape)):
            document.close()
            return
        document.was_kept = True
        if self._elements > _MOST_ELEMENTS:
            self._let_go()
        document.elements.clear()  # else the parsed file would be kept too
        # Another thread may have put one of the shape back meanwhile; it is counted, and merely forgotten.
        self._elements += len(document.nodes)
        self._kept[shape] = document

    def _let_go(self) -> None:
        self._skeletons.clear()
        self._elements = 0
        while self._kept:
            self._kept.popitem()[1].close()


def _skeleton(number: int, document: Document) -> _Skeleton:
    nodes = document.nodes
    codes = [node.parent is not None and is_code(node.tag, node.parent.tag) for node in nodes]
    leaves = [not node.children for node in nodes]
    quantities = [node.tag.endswith("Quantity") for node in nodes]
    places = range(len(nodes))
    return _Skeleton(number, *(tuple(compress(places, chosen)) for chosen in (codes, leaves, quantities)))


def _markup(skeleton: _Skeleton, elements: list[Any]) -> _Markup:
    attributes = [element.items() for element in elements]
    for place in skeleton.quantities:
        attributes[place] = [(name, "" if name == UNIT else value) for name, value in attributes[place]]
    held = tuple(chain.from_iterable(chain.from_iterable(attributes)))
    return _Markup(skeleton, tuple(map(len, attributes)), held)


def _is_short(shape: Shape) -> bool:
    return sum(len(text) for text in chain(shape[2], shape[3]) if text) <= _MOST_CODES
