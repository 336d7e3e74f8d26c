"""Bytes to an XML tree that can do no harm. Used for files and for the XML inside a PDF.

A DOCTYPE is refused before the parser sees it, so there are no entities to expand, and no network is ever used. The
number of tags is bounded before parsing; libxml2 bounds depth and text.
"""

import re

from lxml import etree

from inbaar.intake.readers.source import Limits, Unreadable, statement

_SPACE = re.compile(rb"\s*")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([^"'>]{1,60})["']""")
_MT940 = re.compile(rb"^:(?:60[FM]|61):", re.MULTILINE)
_PLAIN = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_TRANSLATED = {
    name: codec
    for codec, names in {
        "iso8859-1": ("iso-8859-1", "latin1", "latin-1", "iso8859-1", "iso_8859-1"),
        "iso8859-15": ("iso-8859-15", "latin9", "latin-9", "iso8859-15"),
        "cp1252": ("windows-1252", "cp1252"),
    }.items()
    for name in names
}
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
#: Above this size libxml2 must be told to accept long texts (an attachment inside the invoice).
_LONG_TEXT = 9_000_000


def parsed(content: bytes, limits: Limits) -> etree._Element:
    """The root element, or `Unreadable` with the reason."""
    return tree_of(as_utf8(content), limits)


def tree_of(text: bytes, limits: Limits) -> etree._Element:
    """The same of what `as_utf8` gave."""
    if not text.lstrip().startswith(b"<"):
        if not text.strip():
            raise Unreadable(
                "empty", "The file holds nothing but spaces: ask the sender to send the invoice again."
            )
        if _MT940.search(text[:4096]):
            raise statement("MT940")
        zipped = " (it is a ZIP archive: unpack it first)" if text.startswith(b"PK\x03\x04") else ""
        raise Unreadable(
            "unknown-format",
            f"This is neither XML nor PDF{zipped}: ask the sender for the invoice in UBL, CII or Factur-X.",
        )
    if _has_doctype(text):
        raise Unreadable(
            "doctype",
            "The XML has a DOCTYPE, which no e-invoice needs and which can hide entities or reach for other files: "
            "it was not read; ask the sender for the invoice without it.",
        )
    if text.count(b"<") + text.count(b"=") > limits.elements:
        raise Unreadable(
            "too-many-elements",
            f"The XML has more than {limits.elements} tags and attributes, more than an invoice needs: "
            "it was not read; ask the sender to split it.",
        )
    return _root(text)


def _has_doctype(text: bytes) -> bool:
    """Whether a DOCTYPE stands before the root element, behind any declarations, comments and instructions.

    Walked by hand: a pattern that no input makes slow is matched wrongly by Python before 3.11.5.
    """
    at, closing = 0, {b"<?": b"?>", b"<!--": b"-->"}
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too
        opened = next((mark for mark in closing if text.startswith(mark, at)), None)
        if opened is None:
            return text.startswith(b"<!DOCTYPE", at)
        end = text.find(closing[opened], at + len(opened))
        if end < 0:
            return False
        at = end + len(closing[opened])


def _root(text: bytes) -> etree._Element:
    # A parser for each document: parsers are not safe to share between threads, and making one costs little.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=len(text) > _LONG_TEXT,
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        reason = " ".join(str(error.msg or "no root element").split())[:140]
        if "XML_PARSE_HUGE" in reason:  # libxml2's own limits, with advice that is not for the reader
            raise Unreadable(
                "too-deep",
                "The XML is nested too deeply, or holds a name or text too long, for an invoice: it was not read; "
                "ask the sender for a plain e-invoice.",
            ) from None
        raise Unreadable(
            "not-well-formed",
            f"The XML is not well-formed ({reason}): the file is damaged or cut off; ask the sender to send it again.",
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:  # what `_has_doctype` must have caught
        raise Unreadable(
            "doctype", "The XML has a DOCTYPE: it was not read; ask the sender for the invoice without it."
        )
    return root


def as_utf8(content: bytes) -> bytes:
    """The document in UTF-8 without byte order mark, whatever it was written in."""
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:]
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], codec)
    for start, codec in _UNMARKED:
        if content.startswith(start):
            return _decoded(content, codec)
    declared = _DECLARED.match(content.lstrip()[:200])
    name = declared[1].decode("ascii", "replace").lower() if declared else "utf-8"
    if name in _PLAIN:
        return content.lstrip()
    if name in _TRANSLATED:
        return _decoded(content.lstrip(), _TRANSLATED[name])
    raise Unreadable(
        "encoding",
        f"The XML says it is written in {name!r}, which is not an encoding e-invoices use: "
        "ask the sender for the invoice in UTF-8.",
    )


def _decoded(content: bytes, codec: str) -> bytes:
    try:
        return content.decode(codec).encode()
    except UnicodeError:
        raise Unreadable(
            "encoding",
            f"The XML is not valid {codec}: the file is damaged or cut off; ask the sender to send it again.",
        ) from None
