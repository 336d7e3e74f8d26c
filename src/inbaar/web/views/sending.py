"""Sending an invoice to its debtor: shown first as it will leave, then sent once; or kept that the client sent it himself."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbaar.issuing.actions import send_invoice
from inbaar.issuing.composing import Message, message_of
from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.letters.text import UNBROKEN, letter_text
from inbaar.letters.wording import subject_of
from inbaar.receivables.actions import say_sent
from inbaar.web.downloads import download
from inbaar.web.formats import day
from inbaar.web.forms import SentForm
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.invoice import answer, page_or_404
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.sending import warning_words


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def send(request: PageRequest, invoice_id: int) -> HttpResponse:
    """What would leave, to whom and when; by POST it is sent as it was shown."""
    page_or_404(request, invoice_id)
    if request.method == "POST":
        return _send(request, invoice_id)
    try:
        message = message_of(request.place.client_id, invoice_id, today())
    except Refused as refused:
        return _back(request, invoice_id, refused)
    return _shown(request, invoice_id, message)


def _send(request: PageRequest, invoice_id: int) -> HttpResponse:
    if not request.place.may_change:
        raise PermissionDenied("viewer")
    client_id, seal = request.place.client_id, request.POST.get("seal", "") or "none"
    try:
        message = send_invoice(
            client_id, invoice_id, _by(request), today(), now(), seal=seal, on_letters=queue_delivery
        )
    except Refused as refused:
        if refused.code != "sent-changed":
            return _back(request, invoice_id, refused)
        changed = message_of(client_id, invoice_id, today())
        return _shown(request, invoice_id, changed, refused_words(refused), 409)
    if message.address:
        told = _("On its way to %(address)s. It counts as sent once the mail server has taken it.")
        messages.success(request, told % {"address": message.address})
    else:
        messages.success(request, _("Written. Print it with the invoice, post it, and say when."))
    return redirect("invoice", invoice_id)


def _shown(
    request: PageRequest,
    invoice_id: int,
    message: Message,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "web/sending.html",
        {
            "invoice_id": invoice_id,
            "number": message.content.items[0].invoice_number,
            "message": message,
            "subject": subject_of(message.content),
            "text": letter_text(message.content, UNBROKEN),
            "letter_language": str(message.content.language),
            "files": list(enumerate(message.files, 1)),
            "warnings": [warning_words(code, message.content.pay_by) for code in message.warnings],
            "problems": problems or [],
        },
        status=status,
    )


def _back(request: PageRequest, invoice_id: int, refused: Refused) -> HttpResponse:
    for words in refused_words(refused):
        messages.error(request, words)
    return redirect("invoice", invoice_id)


def _by(request: PageRequest) -> str:
    return str(request.user)[:100]


@client_page
def send_file(request: PageRequest, invoice_id: int, number: int) -> HttpResponse:
    """A file that would go along, counted from 1."""
    page_or_404(request, invoice_id)
    try:
        files = message_of(request.place.client_id, invoice_id, today()).files
    except Refused as refused:
        return _back(request, invoice_id, refused)
    if not 1 <= number <= len(files):
        raise Http404("no such file")
    file = files[number - 1]
    return download(file.content, file.name, file.media_type)


@client_act
def sent(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Keep that the client sent it himself, on a day."""
    page = page_or_404(request, invoice_id)
    form = SentForm(request.POST, auto_id="sent-%s")
    if form.is_valid():
        on: dt.date = form.cleaned_data["on"]
        try:
            with transaction.atomic():
                say_sent(request.place.client_id, invoice_id, on, _by(request), today(), now())
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
        else:
            messages.success(request, _("Kept as sent on %(day)s.") % {"day": day(on)})
            return redirect("invoice", invoice_id)
    return answer(request, page, {"sent": form}, 400)
