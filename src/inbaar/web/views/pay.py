"""The page behind a payment link: what is left to pay today, to whom, and the QR. No log-in; the link says who may look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inbaar.banking.pay_links import LinkExpired, LinkUnknown, pay_token, read_token
from inbaar.debtor_statements.paying import PayPage, make_pay_link, pay_page
from inbaar.kit.clock import today
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.drawing import qr_picture
from inbaar.web.requests import PageRequest, client_act, without_client
from inbaar.web.views.invoice import page_or_404
from inbaar.web.wording.refusals import refused_words


@without_client
@login_not_required
@never_cache
@require_safe
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """The page, in the language of the debtor unless the visitor chose one."""
    page, gone = _read(token)
    chosen = request.COOKIES.get("inbaar_language", "")
    language = chosen if chosen in ("nl", "en") else (page.language if page else translation.get_language())
    with translation.override(language):
        facts = {
            "page": page,
            "gone": gone,
            "LANGUAGE_CODE": language,
            # Strokes of our own drawing: no word of anybody is in it.
            "qr": mark_safe(qr_picture(page.payload)) if page and page.payload else "",  # noqa: S308
        }
        answer = render(request, "web/pay.html", facts, status=200 if page else 410 if gone else 404)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Content-Language"] = str(language)
    return answer


@client_act
def pay_link_new(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Make the payment link of one invoice, and show what its debtor sees there: the address is the link."""
    page_or_404(request, invoice_id)
    client_id = request.place.client_id
    try:
        reference = make_pay_link(client_id, invoice_id, today())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
        return redirect("invoice", invoice_id)
    return redirect("pay", pay_token(client_id, reference))


def _read(token: str) -> tuple[PayPage | None, bool]:
    """The page, or nothing and whether the link was good once. What is unknown looks the same, whyever it is."""
    try:
        payable = read_token(token)
    except LinkExpired:
        return None, True
    except LinkUnknown:
        return None, False
    with client_scope(payable.client_id):
        return pay_page(payable.client_id, payable.reference, today()), False
