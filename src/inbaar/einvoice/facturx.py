"""Factur-X: the page of an e-invoice as PDF/A-3 with the e-invoice in it, and the words in its metadata that say so. Pure.

The typesetter cannot write those words; they are added as an update at the end of the file, as PDF provides for.
"""

import datetime as dt
import json
import re
from functools import cache
from importlib import resources

from lxml import etree

from inbaar.einvoice.checking import profile_of
from inbaar.einvoice.cii import read_cii
from inbaar.einvoice.page import page_of
from inbaar.letters.parts import Language
from inbaar.letters.typesetting import set_sheet

NAME = "factur-x.xml"
_TEMPLATE = "invoice.typ"
#: What each profile is called in the metadata.
_LEVELS = {
    "minimum": "MINIMUM",
    "basicwl": "BASIC WL",
    "basic": "BASIC",
    "en16931": "EN 16931",
    "extended": "EXTENDED",
}
#: Of a profile that is no invoice by itself, the page is the invoice and the file only its data.
_DATA = frozenset({"minimum", "basicwl"})
_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": "The name of the embedded XML document",
    "DocumentType": "The type of the hybrid document in capital letters",
    "Version": "The version of the standard applying to the embedded XML document",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}
_METADATA = re.compile(
    rb"\n(\d+) 0 obj\n<</Length \d+/Type/Metadata/Subtype/XML>>\nstream\n(.*?)\nendstream", re.DOTALL
)
_TRAILER = re.compile(rb"\ntrailer\n<<(.*)>>\nstartxref\n(\d+)\n%%EOF\s*\Z", re.DOTALL)
_SCHEMAS = b"<pdfaExtension:schemas><rdf:Bag>"
_END = b"</rdf:RDF>"


def facturx_pdf(root: etree._Element, content: bytes, language: Language) -> bytes:
    """The PDF of a CII document, in the words of a language; `content` is the document as a file.

    The same document gives the same bytes: the PDF is dated on the day of the invoice.
    """
    invoice, _ = read_cii(root)
    issued = invoice.issued or dt.date(2000, 1, 1)
    profile = profile_of(root)
    page = page_of(invoice, language) | {
        "date": [issued.year, issued.month, issued.day],
        "relationship": "data" if profile in _DATA else "alternative",
    }
    told = {
        _TEMPLATE: _template(),
        NAME: content.decode(),
        "invoice.json": json.dumps(page, ensure_ascii=False),
    }
    created = dt.datetime(issued.year, issued.month, issued.day, 12, tzinfo=dt.UTC)
    return _declared(set_sheet(_TEMPLATE, told, ("invoice.json",), created), _LEVELS[profile])


@cache
def _template() -> str:
    return resources.files("inbaar.einvoice").joinpath("templates", _TEMPLATE).read_text(encoding="utf-8")


def _declared(pdf: bytes, level: str) -> bytes:
    """The PDF with metadata that says it is Factur-X of a level."""
    found, trailer = _METADATA.search(pdf), _TRAILER.search(pdf)
    if found is None or trailer is None:
        raise ValueError("the typesetter's PDF is not built as expected: its metadata cannot be found")
    metadata = _with_level(found[2], level)
    number = found[1]
    update = b"%b 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%b\nendstream\nendobj\n" % (
        number, len(metadata), metadata,
    )  # fmt: skip
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    return b"%b%bxref\n0 1\n0000000000 65535 f\r\n%b 1\n%010d 00000 n\r\ntrailer\n<<%b/Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (
        body, update, number, len(body), trailer[1], trailer[2], len(body) + len(update),
    )  # fmt: skip


def _with_level(metadata: bytes, level: str) -> bytes:
    """What Factur-X asks of the metadata: the properties, and the schema that PDF/A wants of properties it does not know."""
    if metadata.count(_SCHEMAS) != 1 or metadata.count(_END) != 1:
        raise ValueError("the typesetter's metadata is not built as expected: the schemas cannot be found")
    defined = "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{text}</pdfaProperty:description><pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, text in _PROPERTIES.items()
    )
    schema = (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{defined}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    values = dict(zip(_PROPERTIES, (NAME, "INVOICE", "1.0", level), strict=True))
    said = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in values.items())
    described = f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{said}</rdf:Description>'
    metadata = metadata.replace(_SCHEMAS, _SCHEMAS + schema.encode())
    return metadata.replace(_END, described.encode() + _END)
