"""An XML document as the rules see it: elements by name, in order, each with its parent. Made from the parsed file.

Looking a child up by name costs one dictionary look-up here, which is what makes a thousand rules affordable.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from inbaar.intake.official.xpath.fixed import UNIT

#: How many nodes in long lists the rules may look at in one document before it is given up: some three seconds of work,
#: and three times what an invoice of 10,000 lines asks.
BUDGET = 720_000
#: How many elements a document may have to be judged: twice as many as that invoice has.
MOST_ELEMENTS = 260_000
#: How many elements a document may have to be remembered as an example of its shape.
MOST_ALIKE = 2_000
#: What elements without children or attributes share; nothing is ever added to it.
_NO_CHILDREN: list["Node"] = []
_NO_NAMES: dict[str, list["Node"]] = {}
_NO_ATTRIBUTES: dict[str, str] = {}


class TooMuch(Exception):
    """The document asks for more work than any invoice needs."""


class Node:
    """An element, or the document itself (without a tag). `place` is its place in the document, from 1.

    `elements` are those of the parsed file in order, one list for all nodes of a document.
    """

    __slots__ = ("attributes", "children", "elements", "named", "parent", "place", "tag", "text")

    def __init__(self, tag: str, elements: list[Any], parent: "Node | None", place: int) -> None:
        self.tag = tag
        self.elements = elements
        self.parent = parent
        self.place = place
        self.children = _NO_CHILDREN
        self.named = _NO_NAMES
        self.text: str = ""
        self.attributes = _NO_ATTRIBUTES

    @property
    def name(self) -> str:
        """The name without its namespace."""
        return self.tag.rpartition("}")[2]

    def string(self) -> str:
        """All text in the element, as XPath's string value."""
        return "".join(self.texts()) if self.children else self.text

    def texts(self) -> Iterator[str]:
        """Each text in the element."""
        return self.elements[max(self.place, 1) - 1].itertext()


class Document:
    """One document and what was found out about it while it is judged."""

    __slots__ = (
        "broke_fixed", "by_attribute", "by_tag", "elements", "found", "lasting", "left", "measured", "nodes", "plans", "rule_sets",
        "small", "top", "variables", "was_kept",
    )  # fmt: skip

    def __init__(self, root: etree._Element) -> None:
        self.elements: list[Any] = []
        self.top = Node("", self.elements, None, 0)
        self.by_tag: dict[str, list[Node]] = {}
        self.by_attribute: dict[str, list[str]] = {}
        self.nodes: list[Node] = []
        #: What an expression that looks at the document alone came to, by the number of the expression.
        self.found: dict[int, Any] = {}
        #: The same for what every document of its shape comes to, some by the number and the node it was asked of.
        self.lasting: dict[Any, Any] = {}
        self.variables: dict[str, Any] = {}
        self.left = BUDGET
        #: The rule sets that apply, as far as known.
        self.rule_sets: tuple[Any, ...] = ()
        #: By rule set, what is left to ask of documents of its shape; and whether a rule that the shape decides is broken.
        self.plans: dict[Any, Any] = {}
        self.broke_fixed = False
        self.was_kept = False
        #: Elements with a unit, which is no part of their document's shape.
        self.measured: list[Node] = []
        self._grow(root)
        self.small = len(self.nodes) <= MOST_ALIKE

    def _grow(self, root: etree._Element) -> None:
        waiting = [(root, self.top)]
        self.top.children, self.top.named = [], {}
        nodes, by_tag, by_attribute, elements = self.nodes, self.by_tag, self.by_attribute, self.elements
        while waiting:
            element, parent = waiting.pop()
            tag = element.tag
            if type(tag) is not str:
                continue  # a comment
            node = Node(tag, elements, parent, len(nodes) + 1)
            elements.append(element)
            if node.place > MOST_ELEMENTS:
                self.close()
                raise TooMuch
            nodes.append(node)
            by_tag.setdefault(tag, []).append(node)
            parent.children.append(node)
            parent.named.setdefault(tag, []).append(node)
            text = element.text
            if text is not None:
                node.text = text
            attributes = element.items()
            if attributes:
                node.attributes = dict(attributes)
                for name, value in attributes:
                    by_attribute.setdefault(name, []).append(value)
                if UNIT in node.attributes:
                    self.measured.append(node)
            if len(element):
                node.children, node.named = [], {}
                waiting.extend([(child, node) for child in reversed(element)])

    def fill(self, elements: list[Any], texts: Sequence[str | None]) -> None:
        """Make it the document of these elements, in order: of the same shape, with texts of their own."""
        self.elements[:] = elements
        for node, text in zip(self.nodes, texts, strict=True):
            node.text = text or ""
        if self.measured:
            for node in self.measured:
                node.attributes[UNIT] = elements[node.place - 1].get(UNIT)
            self.by_attribute[UNIT] = [node.attributes[UNIT] for node in self.measured]
        self.left = BUDGET

    def close(self) -> None:
        """Let go of the nodes: they point at each other, and nothing else would free them in a large batch."""
        for node in self.nodes:
            node.parent = None

    def spend(self, looked_at: int) -> None:
        """Count work on a long list."""
        self.left -= looked_at
        if self.left < 0:
            raise TooMuch
