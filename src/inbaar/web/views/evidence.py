"""Proof of delivery on an invoice: attached, taken off, asked for, and downloaded by who may see the invoice."""

from csp.decorators import csp_exempt
from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.receivables.actions import NewFile, NewRequest, attach_evidence, request_evidence
from inbaar.receivables.evidence import remove_evidence, withdraw_request
from inbaar.web.evidence_forms import EvidenceForm, RequestForm
from inbaar.web.formats import day
from inbaar.web.queries.evidence import evidence_content
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.invoice import answer, page_or_404
from inbaar.web.wording.refusals import refused_words


@client_act
def attach(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Attach files to an invoice."""
    page = page_or_404(request, invoice_id)
    form = EvidenceForm(request.POST, request.FILES)
    chosen = request.FILES.getlist("files")
    if form.is_valid() and not chosen:
        form.add_error("files", _("No file was chosen. Choose one or more files first."))
    if form.is_valid():
        files = [NewFile(file.name or "", file.read()) for file in chosen]
        try:
            with transaction.atomic():
                count = attach_evidence(
                    request.place.client_id, invoice_id, form.cleaned_data["kind"], files, _by(request), today(), now()
                )  # fmt: skip
            told = ngettext("%(count)s file attached.", "%(count)s files attached.", count) % {"count": count}
            messages.success(
                request, told if count else _("These files were attached before; nothing was changed.")
            )
            return _back(invoice_id)
        except Refused as refused:
            _refuse(form, refused)
    return answer(request, page, {"evidence": form}, 400)


@client_act
def ask(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Ask for proof by a day."""
    page = page_or_404(request, invoice_id)
    form = RequestForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        new = NewRequest(
            invoice_id, data["kind"], "person", data["reason"], data["due_on"], f"person:{invoice_id}:{data['token']}"
        )  # fmt: skip
        try:
            with transaction.atomic():
                request_evidence(request.place.client_id, [new], _by(request), today(), now())
            told = _("Asked for by %(day)s; it stands under the deadlines until then.")
            messages.success(request, told % {"day": day(data["due_on"])})
            return _back(invoice_id)
        except Refused as refused:
            _refuse(form, refused)
    return answer(request, page, {"request": form}, 400)


@client_act
def remove(request: PageRequest, invoice_id: int, evidence_id: int) -> HttpResponse:
    """Take a file off an invoice."""
    page_or_404(request, invoice_id)
    if not remove_evidence(request.place.client_id, invoice_id, evidence_id, _by(request), today(), now()):
        raise Http404("no such evidence")
    messages.success(request, _("Taken off. What it proved is asked for again."))
    return _back(invoice_id)


@client_act
def withdraw(request: PageRequest, invoice_id: int, request_id: int) -> HttpResponse:
    """Ask for it no longer."""
    page_or_404(request, invoice_id)
    if not withdraw_request(request.place.client_id, invoice_id, request_id, _by(request), today(), now()):
        raise Http404("no such request")
    messages.success(request, _("It is not asked for any more."))
    return _back(invoice_id)


@csp_exempt()
@client_page
def file(request: PageRequest, invoice_id: int, evidence_id: int) -> HttpResponse:
    """The file as it was attached: always a download, as what its contents are, and powerless if a browser opens it."""
    known = evidence_content(request.place.client_id, invoice_id, evidence_id)
    if known is None:
        raise Http404("no such evidence")
    name, media_type, content = known
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _by(request: PageRequest) -> str:
    return str(request.user)[:100]


def _back(invoice_id: int) -> HttpResponse:
    return redirect(f"{reverse('invoice', args=[invoice_id])}#evidence-title")


def _refuse(form: Form, refused: Refused) -> None:
    for words in refused_words(refused):
        form.add_error(None, words)
