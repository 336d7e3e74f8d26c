"""From a document to what it says, by a table of entries, and what of it the table has no place for. Pure.

What no entry takes is lost, and it is told, so that a caller can refuse rather than lose it.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from inbaar.einvoice.binding import CURRENCY, Attr, Const, Element, Entry, Fixed, Form, Own, is_constant
from inbaar.intake.values import exact_amount

#: Attributes that only say which code list a code is from, and change nothing.
_IDLE = (
    "list",
    "schemeAgency",
    "schemeName",
    "schemeVersion",
    "schemeURI",
    "unitCodeList",
    "languageID",
    "name",
)


_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def read_terms(root: etree._Element, nodes: tuple[Entry, ...], made: type) -> tuple[Any, tuple[str, ...]]:
    """The thing a document says, and the paths of what the table has no place for."""
    reading = _Reading({}, [])
    reading.fill(root, nodes, reading.document, "")
    return made(**reading.document), tuple(dict.fromkeys(reading.lost))


@dataclass(slots=True)
class _Reading:
    document: dict[str, Any]
    lost: list[str]

    def fill(
        self, element: etree._Element, nodes: tuple[Entry, ...], values: dict[str, Any], path: str
    ) -> None:
        taken: set[etree._Element] = set()
        for node in nodes:
            if isinstance(node, Own):
                self._own(element, node, values, path)
            elif isinstance(node, Attr) and (found := element.get(node.name)):
                self._put(values, node.field, found, f"{path}/@{node.name}")
            elif isinstance(node, Const):
                taken.update(child for child in element.iterchildren(node.tag) if _says(child, node))
            elif isinstance(node, Element):
                for child in element.iterchildren(node.tag):
                    if child not in taken and self._is(child, node):
                        taken.add(child)
                        self._take(child, node, values, f"{path}/{_bare(node.tag)}")
                        if not node.many:
                            break
        self._note_lost(element, nodes, taken, path)

    def _take(self, child: etree._Element, node: Element, values: dict[str, Any], path: str) -> None:
        if node.made is None:
            self.fill(child, node.nodes, values, path)
            return
        inner: dict[str, Any] = {}
        self.fill(child, node.nodes, inner, path)
        thing = node.made(**inner)
        if thing == node.made():
            return
        if node.many:
            values[node.field] = (*values.get(node.field, ()), thing)
        else:
            self._put(values, node.field, thing, path)

    def _own(self, element: etree._Element, node: Own, values: dict[str, Any], path: str) -> None:
        text = (element.text or "").strip()
        if not text:
            return
        try:
            self._put(values, node.field, _value(text, node.form), path)
        except (ValueError, KeyError):
            self.lost.append(path)

    def _put(self, values: dict[str, Any], field: str, value: Any, path: str) -> None:
        """Keep a value; a second one that differs has no place."""
        place = self.document if field.startswith("^") else values
        if place.setdefault(field.lstrip("^"), value) != value:
            self.lost.append(path)

    def _is(self, element: etree._Element, node: Element) -> bool:
        """Whether an element is what the entry speaks of, by what is fixed in it."""
        told: dict[str, bool] = {}
        for part in node.nodes:
            if isinstance(part, Element) and _is_telling(part):
                found = [self._is(child, part) for child in element.iterchildren(part.tag)]
                told[part.tag] = told.get(part.tag, False) or not found or any(found)
            elif not self._has(element, part):
                return False
        return all(told.values())

    def _has(self, element: etree._Element, part: Entry) -> bool:
        if isinstance(part, Fixed):
            return element.get(part.name) == part.value
        if isinstance(part, Attr):
            return bool(element.get(part.name)) or not part.needed
        if isinstance(part, Own):
            named = element.get(CURRENCY)
            return not part.currency or named in (None, self.document.get(part.currency.lstrip("^")))
        if isinstance(part, Const):
            return any(_says(child, part) for child in element.iterchildren(part.tag))
        return not is_constant(part) or any(self._is(child, part) for child in element.iterchildren(part.tag))

    def _note_lost(
        self, element: etree._Element, nodes: tuple[Entry, ...], taken: set[etree._Element], path: str
    ) -> None:
        named = {node.name for node in nodes if isinstance(node, Attr | Fixed)}
        for name, value in element.attrib.items():
            idle = name.startswith("{") or name.startswith(_IDLE)
            if name == CURRENCY:
                idle = value == self.document.get("currency") or any(
                    isinstance(node, Own) and node.currency for node in nodes
                )
            if name not in named and not idle and value.strip():
                self.lost.append(f"{path}/@{name}")
        bare = nodes and not any(isinstance(node, Own) for node in nodes)
        if bare and not len(element) and (element.text or "").strip():
            self.lost.append(path)
        for child in element:
            if child not in taken and any((text or "").strip() for text in child.itertext()):
                self.lost.append(f"{path}/{etree.QName(child).localname}")


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _says(element: etree._Element, node: Const) -> bool:
    return (element.text or "").strip() in (node.value, *node.also)


def _is_telling(node: Element) -> bool:
    """Whether an attribute of the element says what its parent is."""
    return any((isinstance(part, Own) and part.currency) or isinstance(part, Fixed) for part in node.nodes)


def _value(text: str, form: Form) -> Any:
    """The value of a text; `ValueError` where it is none."""
    if form is Form.NUMBER:
        return _number(text)
    if form is Form.DAY:
        return dt.date.fromisoformat(text)
    if form is Form.DAY_102:
        return dt.datetime.strptime(text, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    return _FLAGS[text] if form is Form.FLAG else text


def _number(text: str) -> Decimal:
    value = exact_amount(text)
    if value is None:
        raise ValueError(text)
    return value
