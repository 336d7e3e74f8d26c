"""The page behind a payment link: what is left to pay today, to whom, and the QR. No log-in; the link says who may look."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inbaar.banking.pay_links import LinkExpired, LinkUnknown, read_token
from inbaar.debtor_statements.paying import PayPage, pay_page
from inbaar.kit.clock import today
from inbaar.kit.scope import client_scope
from inbaar.letters.drawing import qr_picture
from inbaar.web.requests import without_client


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
