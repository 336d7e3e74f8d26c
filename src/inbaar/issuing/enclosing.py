"""What goes along with the letter that brings an invoice: the invoice as it came, and the e-invoice of it. Pure.

A claim that was sold meanwhile is never sent with a paper that names the old account: then both are written anew.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from inbaar.einvoice.facts import InvoiceFacts
from inbaar.einvoice.facturx import facturx_pdf
from inbaar.einvoice.files import cii_document, file_of, ubl_document
from inbaar.intake.readers.source import is_pdf
from inbaar.kit.errors import Refusal, Refused
from inbaar.letters.mail import EnclosedFile

PDF, XML = "application/pdf", "application/xml"
_WITH_E_INVOICE, _E_INVOICES = frozenset({"facturx", "zugferd"}), frozenset({"ubl", "cii"})
_SPLIT = Refusal(
    "sent-split", "the letter with an invoice asks payment to one account", "the invoice splits its payment over a g-account",
    "one account", next_step="send it yourself, and say when",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """A file in which the invoice came, and what was read in it by what format."""

    format: str
    content: bytes


def enclosures(facts: InvoiceFacts, papers: Sequence[Paper]) -> tuple[EnclosedFile, ...]:
    """The invoice to read, first, and where there is one the e-invoice beside it.

    Raises `Refused` with every reason where nothing that can be read is there, nor can be written.
    """
    if facts.original is not None and facts.original.texts.get("g_account"):
        raise Refused(_SPLIT)
    kept = () if facts.new_holder is not None else tuple(papers)
    page = next((paper for paper in kept if is_pdf(paper.content)), None)
    data = next((paper for paper in kept if paper.format in _E_INVOICES), None)
    pdf = _written_page(facts) if page is None else page.content
    files = [EnclosedFile(f"{facts.number}.pdf", PDF, pdf)]
    if data is not None:
        files.append(EnclosedFile(f"{facts.number}.xml", XML, data.content))
    elif page is None or page.format not in _WITH_E_INVOICE:
        with suppress(Refused):  # a paper alone is an invoice too
            files.append(EnclosedFile(f"{facts.number}.xml", XML, file_of(ubl_document(facts))))
    return tuple(files)


def _written_page(facts: InvoiceFacts) -> bytes:
    try:
        root = cii_document(facts)
    except Refused as refused:
        nothing = Refusal(
            "no-invoice-to-send", "the invoice itself goes along", "it came without a PDF, and none can be written of it",
            "a PDF, or an e-invoice", next_step="upload its PDF, or send it yourself and say when",
        )  # fmt: skip
        raise Refused(nothing, *refused.refusals) from None
    return facturx_pdf(root, file_of(root), facts.language)
