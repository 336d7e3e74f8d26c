"""An invoice file to one `InvoiceRead`: an e-invoice, or a PDF read from its pages. Used by `inbaar read`, upload and the demo.

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
from inbaar.intake.readers.forms import Form, Forms
from inbaar.intake.readers.page.learned import NOTHING_LEARNED, Learned
from inbaar.intake.readers.pdf import (
    Pages,
    attached_xml,
    has_ocr,
    no_text,
    refusal,
    scanned_pages,
    text_on_pages,
)
from inbaar.intake.readers.source import Limits, Unreadable, content_of, is_pdf, statement
from inbaar.intake.readers.understanding import understood
from inbaar.intake.readers.xml import as_utf8, tree_of
from inbaar.intake.reading import InvoiceRead, Problem

__all__ = ["Limits", "ScanFound", "read_invoice", "read_scan", "words_on_pages"]

_READERS = {
    ubl.INVOICE: ubl.read_ubl,
    ubl.CREDIT_NOTE: ubl.read_ubl,
    cii.INVOICE: cii.read_cii,
    cii.ZUGFERD_1: cii.read_cii,
}
_ENVELOPE = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"
_STATEMENT = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:(camt\.05[234][0-9.]{0,10})\}").match
_LIMITS = Limits()
_FORMS = Forms()
#: A scan may bear a stamp of the program that made it; an invoice has more words than this.
_FEW_WORDS = 8


class ScanFound(Exception):
    """A PDF is a scan of so many pages, and is to be read later: see `intake.scans`."""

    def __init__(self, sha256: str, count: int) -> None:
        super().__init__(f"a scan of {count} pages")
        self.sha256, self.count = sha256, count


def read_invoice(
    source: str | os.PathLike[str] | bytes,
    name: str | None = None,
    limits: Limits = _LIMITS,
    learned: Learned = NOTHING_LEARNED,
    scans_later: bool = False,
) -> InvoiceRead:
    """Read one file (a path, or its bytes); `name` is what the result calls it.

    `learned` is what corrections taught of the pages of the client it is read for. With `scans_later` a scan raises `ScanFound`
    instead of being read by OCR here and now.
    """
    file = name if name is not None else "" if isinstance(source, bytes) else os.fspath(source)
    digest: str | None = None
    try:
        content = content_of(source, limits)
        digest = hashlib.sha256(content).hexdigest()
        if is_pdf(content):
            return _from_pdf(content, limits, file, digest, learned, scans_later)
        return understood(_draft(content, limits), file, digest)
    except Unreadable as reason:
        return refused(reason, file, digest)


def read_scan(pages: Pages, file: str, sha256: str, learned: Learned = NOTHING_LEARNED) -> InvoiceRead:
    """The invoice on pages that an OCR read before."""
    from inbaar.intake.readers.page.invoice import invoice_on_pages

    try:
        if not pages.words:
            raise no_text()
        return invoice_on_pages(pages.pages, pages.count, pages.engine, file, sha256, learned)
    except Unreadable as reason:
        return refused(reason, file, sha256)


def refused(reason: Unreadable, file: str, sha256: str | None) -> InvoiceRead:
    """A file that is not read, with the reason."""
    problem = Problem("error", reason.rule, reason.text)
    return InvoiceRead(file=file, format=reason.format, problems=(problem,), sha256=sha256)


def _from_pdf(
    content: bytes, limits: Limits, file: str, digest: str, learned: Learned, scans_later: bool
) -> InvoiceRead:
    """The first XML in a PDF that is an invoice (`facturx` for CII, whatever the attachment is called); else its pages."""
    whys = []
    for attached in attached_xml(content, limits):
        try:
            draft = _draft(attached, limits)
        except Unreadable as why:
            whys.append(why)
        else:
            draft = replace(draft, format="facturx") if draft.format == "cii" else draft
            return understood(draft, file, digest)
    if whys:  # what its sender meant to be read cannot be: his page may say other things
        raise Unreadable(whys[0].rule, whys[0].text, "pdf")
    # Only who reads a page pays for its vocabulary: `inbaar read` of an e-invoice starts without.
    from inbaar.intake.readers.page.invoice import invoice_on_pages

    found = text_on_pages(content, limits)
    if _is_scan(found) and scans_later:
        if not has_ocr():
            raise refusal("no-ocr")
        raise ScanFound(digest, found.count)
    found = _written(content, found, limits)
    return invoice_on_pages(found.pages, found.count, found.engine, file, digest, learned)


def words_on_pages(content: bytes, limits: Limits = _LIMITS) -> Pages:
    """The words printed on the pages: by their text layer, or by OCR where they are pictures with next to none."""
    return _written(content, text_on_pages(content, limits), limits)


def _is_scan(found: Pages) -> bool:
    return found.words < _FEW_WORDS and found.drawn


def _written(content: bytes, found: Pages, limits: Limits) -> Pages:
    if _is_scan(found):
        found = scanned_pages(content, limits)
    if not found.words:
        raise no_text()
    return found


def _draft(content: bytes, limits: Limits) -> Draft:
    """What an XML says, from the form it has or else parsed."""
    text = as_utf8(content)
    form = _FORMS.take(text) if len(text) <= limits.elements else None
    if form is not None:
        try:
            return _read(form.root, form.elements, form)
        finally:
            _FORMS.keep(form)
    root = tree_of(text, limits)
    document = _unwrapped(root) if root.tag == _ENVELOPE else root
    # The elements are held, so that the reader and the rules need not each make them anew.
    draft = _read(document, list(document.iter()))
    if document is root:
        _FORMS.learn(text, root)
    return draft


def _read(document: etree._Element, elements: list[etree._Element], form: Form | None = None) -> Draft:
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
    draft = reader(document) if form is None else reader(document, form.walk)
    try:
        draft.breaches = breaches(document, elements, form)
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
