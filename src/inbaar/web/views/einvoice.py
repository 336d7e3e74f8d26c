"""The e-invoice of an invoice, to download: as UBL, and as a PDF with the e-invoice in it. Names who must be paid today."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from inbaar.einvoice.facts import InvoiceFacts
from inbaar.einvoice.facturx import facturx_pdf
from inbaar.einvoice.files import cii_document, file_of, ubl_document
from inbaar.einvoice.queries import invoice_facts
from inbaar.kit.clock import today
from inbaar.kit.errors import Refused
from inbaar.web.downloads import download
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.wording.refusals import refused_words


@client_page
def einvoice_ubl(request: PageRequest, invoice_id: int) -> HttpResponse:
    """The invoice as UBL."""
    return _download(
        request, invoice_id, lambda facts: file_of(ubl_document(facts)), "application/xml", "xml"
    )


@client_page
def einvoice_pdf(request: PageRequest, invoice_id: int) -> HttpResponse:
    """The invoice as Factur-X, in the language of the debtor."""
    return _download(request, invoice_id, _pdf, "application/pdf", "pdf")


def _pdf(facts: InvoiceFacts) -> bytes:
    root = cii_document(facts)
    return facturx_pdf(root, file_of(root), facts.language)


def _download(
    request: PageRequest,
    invoice_id: int,
    written: Callable[[InvoiceFacts], bytes],
    content_type: str,
    ending: str,
) -> HttpResponse:
    """The file; where it cannot be written, the invoice's page with everything that is in the way."""
    facts = invoice_facts(request.place.client_id, [invoice_id], today()).get(invoice_id)
    if facts is None:
        raise Http404("no such invoice")
    try:
        content = written(facts)
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
        return redirect("invoice", invoice_id)
    return download(content, f"{facts.number}.{ending}", content_type)
