"""An invoice file in any of the structured formats to one `InvoiceRead`. Used by `inbaar read`, upload and the demo.

What the file is, is decided by its content: a PDF by its signature, XML by its root element. Bad input never raises:
it comes back refused, with the reason.
"""

import hashlib
import os
import re
from dataclasses import replace

from lxml import etree

from inbaar.intake.official.verdict import NotJudged, breaches
from inbaar.intake.readers import cii, ubl
from inbaar.intake.readers.draft import Draft
from inbaar.intake.readers.pdf import attached_xml
from inbaar.intake.readers.source import Limits, Unreadable, content_of, is_pdf, statement
from inbaar.intake.readers.understanding import understood
from inbaar.intake.readers.xml import parsed
from inbaar.intake.reading import InvoiceRead, Problem

__all__ = ["Limits", "read_invoice"]

_READERS = {
    ubl.INVOICE: ubl.read_ubl,
    ubl.CREDIT_NOTE: ubl.read_ubl,
    cii.INVOICE: cii.read_cii,
    cii.ZUGFERD_1: cii.read_cii,
}
_ENVELOPE = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"
_STATEMENT = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:(camt\.05[234][0-9.]{0,10})\}").match
_LIMITS = Limits()


def read_invoice(
    source: str | os.PathLike[str] | bytes, name: str | None = None, limits: Limits = _LIMITS
) -> InvoiceRead:
    """Read one file (a path, or its bytes); `name` is what the result calls it."""
    file = name if name is not None else "" if isinstance(source, bytes) else os.fspath(source)
    digest: str | None = None
    try:
        content = content_of(source, limits)
        digest = hashlib.sha256(content).hexdigest()
        draft = _from_pdf(content, limits) if is_pdf(content) else _draft(parsed(content, limits))
        return understood(draft, file, digest)
    except Unreadable as reason:
        problem = Problem("error", reason.rule, reason.text)
        return InvoiceRead(file=file, format=reason.format, problems=(problem,), sha256=digest)


def _from_pdf(content: bytes, limits: Limits) -> Draft:
    """The draft of the first XML in a PDF that is an invoice; `facturx` for CII, whatever the attachment is called."""
    whys = []
    for attached in attached_xml(content, limits):
        try:
            draft = _draft(parsed(attached, limits))
        except Unreadable as why:
            whys.append(why)
        else:
            return replace(draft, format="facturx") if draft.format == "cii" else draft
    raise Unreadable(whys[0].rule, whys[0].text, "pdf")


def _draft(root: etree._Element) -> Draft:
    document = _unwrapped(root) if root.tag == _ENVELOPE else root
    reader = _READERS.get(document.tag)
    if reader is None:
        if message := _STATEMENT(document.tag):
            raise statement(message[1])
        qualified = etree.QName(document)
        space = f" of {qualified.namespace!r}" if qualified.namespace else ""
        raise Unreadable(
            "unknown-root",
            f"The root element is {qualified.localname!r}{space[:120]}, which is no invoice in UBL 2, CII or ZUGFeRD: "
            "ask the supplier for one of these.",
        )
    draft = reader(document)
    try:
        draft.breaches = breaches(document)
    except NotJudged:
        draft.breaches = None
    return draft


def _unwrapped(envelope: etree._Element) -> etree._Element:
    """The one document in a Peppol envelope, beside its header."""
    documents = [
        child for child in envelope if etree.QName(child).localname != "StandardBusinessDocumentHeader"
    ]
    if len(documents) != 1:
        raise Unreadable(
            "envelope",
            f"The envelope holds {len(documents)} documents where one was expected: send each invoice as its own file.",
        )
    return documents[0]
