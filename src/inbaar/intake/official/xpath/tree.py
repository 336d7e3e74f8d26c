"""An XML document as the rules see it: elements by name, in order, each with its parent. Made from the parsed file.

Looking a child up by name costs one dictionary look-up here, which is what makes a thousand rules affordable.
"""

from typing import Any

from lxml import etree

#: How many nodes in long lists the rules may look at in one document before it is given up: some three seconds of work,
#: and three times what an invoice of 10,000 lines asks.
BUDGET = 600_000
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
    """An element, or the document itself (without a tag). `place` is its place in the document."""

    __slots__ = ("attributes", "children", "named", "parent", "place", "source", "tag", "text")

    def __init__(self, tag: str, source: Any, parent: "Node | None", place: int) -> None:
        self.tag = tag
        self.source = source
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
        return "".join(self.source.itertext()) if self.children else self.text


class Document:
    """One document and what was found out about it while it is judged."""

    __slots__ = (
        "broke_fixed", "by_attribute", "by_tag", "found", "lasting", "left", "nodes", "plans", "small", "top", "variables",
    )  # fmt: skip

    def __init__(self, root: etree._Element) -> None:
        self.top = Node("", root, None, 0)
        self.by_tag: dict[str, list[Node]] = {}
        self.by_attribute: dict[str, list[str]] = {}
        self.nodes: list[Node] = []
        #: What an expression that looks at the document alone came to, by the number of the expression.
        self.found: dict[int, Any] = {}
        #: The same for what every document of its shape comes to, some by the number and the node it was asked of.
        self.lasting: dict[Any, Any] = {}
        self.variables: dict[str, Any] = {}
        self.left = BUDGET
        #: By rule set, what is left to ask of documents of its shape; and whether a rule that the shape decides is broken.
        self.plans: dict[Any, Any] = {}
        self.broke_fixed = False
        self._grow(root)
        self.small = len(self.nodes) <= MOST_ALIKE

    def _grow(self, root: etree._Element) -> None:
        waiting = [(root, self.top)]
        self.top.children, self.top.named = [], {}
        nodes, by_tag, by_attribute = self.nodes, self.by_tag, self.by_attribute
        while waiting:
            element, parent = waiting.pop()
            tag = element.tag
            if type(tag) is not str:
                continue  # a comment
            node = Node(tag, element, parent, len(nodes) + 1)
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
            if len(element):
                node.children, node.named = [], {}
                waiting.extend([(child, node) for child in reversed(element)])

    def fill(self, elements: list[Any], texts: list[str | None]) -> None:
        """Make it the document of these elements, in order: of the same shape, with texts of their own."""
        for node, element, text in zip(self.nodes, elements, texts, strict=True):
            node.source = element
            node.text = text or ""
        self.top.source = elements[0]
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
