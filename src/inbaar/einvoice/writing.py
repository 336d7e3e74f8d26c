"""From what an e-invoice says to its document, by a table of entries. Pure.

What the table has no place for is not in it: compare what is read back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from lxml import etree

from inbaar.einvoice.binding import CURRENCY, Attr, Const, Element, Entry, Fixed, Form, Own


def write_terms(
    thing: Any, tag: str, nodes: tuple[Entry, ...], namespaces: Mapping[str, str]
) -> etree._Element:
    """The document of a thing, by its root's name."""
    root = etree.Element(tag, nsmap=dict(namespaces))
    _write(root, nodes, thing, thing)
    return root


def _write(element: etree._Element, nodes: tuple[Entry, ...], thing: Any, document: Any) -> bool:
    """Write what the table says of a thing; whether that said anything."""
    said = False
    for node in nodes:
        if isinstance(node, Own):
            said |= _write_own(element, node, thing, document)
        elif isinstance(node, Attr):
            if text := _of(node.field, thing, document):
                element.set(node.name, text)
                said = True
        elif isinstance(node, Fixed):
            element.set(node.name, node.value)
        elif isinstance(node, Const):
            etree.SubElement(element, node.tag).text = node.value
        else:
            for part in _parts(node, thing, document):
                child = etree.SubElement(element, node.tag)
                if _write(child, node.nodes, part, document):
                    said = True
                elif not node.kept and not _is_quiet(node):
                    element.remove(child)
    return said


def _parts(node: Element, thing: Any, document: Any) -> Iterator[Any]:
    """The things one entry writes: those it has a place for all of."""
    if node.heard:
        return
    if node.made is None:
        yield thing
        return
    value = _of(node.field, thing, document)
    for part in value if node.many else (value,):
        if part is not None and _fits(part, node):
            yield part


def _fits(part: Any, node: Element) -> bool:
    needed = [n.field for n in node.nodes if isinstance(n, Attr) and n.needed]
    if any(not getattr(part, name) for name in needed):
        return False
    covered = set(_fields(node.nodes))
    empty = type(part)()
    return all(
        item.name in covered or getattr(part, item.name) == getattr(empty, item.name) for item in fields(part)
    )


def _fields(nodes: tuple[Entry, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Own | Attr) or (isinstance(node, Element) and node.field):
            yield node.field
        elif isinstance(node, Element):
            yield from _fields(node.nodes)


def _of(field: str, thing: Any, document: Any) -> Any:
    return getattr(document if field.startswith("^") else thing, field.lstrip("^"))


def _write_own(element: etree._Element, node: Own, thing: Any, document: Any) -> bool:
    value = _of(node.field, thing, document)
    if value is None or value == "" or (node.fit is not None and not node.fit(value)):
        return False
    element.text = _text(value, node.form)
    if node.currency:
        element.set(CURRENCY, _of(node.currency, thing, document))
    return node.form is not Form.FLAG


def _text(value: Any, form: Form) -> str:
    if form is Form.NUMBER:
        return f"{value:f}"
    if form is Form.DAY:
        return str(value.isoformat())
    if form is Form.DAY_102:
        return f"{value:%Y%m%d}"
    return ("true" if value else "false") if form is Form.FLAG else str(value)


def _is_quiet(node: Element) -> bool:
    """Whether it stands in every such thing, and says by itself that there is one no more than a constant does."""
    return all(
        isinstance(part, Const | Fixed)
        or (isinstance(part, Own) and part.form is Form.FLAG)
        or (isinstance(part, Element) and _is_quiet(part))
        for part in node.nodes
    )
