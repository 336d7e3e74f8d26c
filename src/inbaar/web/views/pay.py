"""The page behind a payment link: what is left to pay today, to whom, and the QR. No log-in; the link says who may look."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inbaar.banking.online.accounts import offers_online
from inbaar.banking.online.queries import LatestPayment, latest_payment
from inbaar.banking.pay_links import LinkUnknown, Payable, read_token
from inbaar.debtor_statements.paying import PayPage, make_pay_link, pay_page
from inbaar.kit.clock import today
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.drawing import qr_picture
from inbaar.web.requests import PageRequest, client_act, without_client
from inbaar.web.views.errors import too_often
from inbaar.web.views.invoice import page_or_404
from inbaar.web.visits import limited
from inbaar.web.wording.refusals import refused_words

#: How often one address may open payment links in a minute; an office behind one address has room.
MOST_A_MINUTE = 120


@dataclass(frozen=True, slots=True)
class Visit:
    """What a link leads to: its page, if it is known and good; `gone` says why it is good no more, expired or withdrawn.

    `online`: this can be paid online now. `latest` is the payment that was begun last.
    """

    payable: Payable | None
    page: PayPage | None
    gone: str
    language: str
    online: bool = False
    latest: LatestPayment | None = None


@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_safe
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """The page, in the language of the debtor unless the visitor chose one."""
    visit = visit_of(request, token)
    return pay_answer(request, visit, status=200 if visit.page else 410 if visit.gone else 404)


def pay_answer(request: HttpRequest, visit: Visit, problem: str = "", *, status: int) -> HttpResponse:
    """The page as it is answered; `problem` says why what was asked could not be done."""
    page = visit.page
    with translation.override(visit.language):
        facts = {
            "page": page,
            "gone": visit.gone,
            "online": visit.online,
            "latest": visit.latest,
            "received": _is_received(visit.latest),
            "token": request.resolver_match.kwargs["token"] if request.resolver_match else "",
            "problem": problem,
            "LANGUAGE_CODE": visit.language,
            # Strokes of our own drawing: no word of anybody is in it.
            "qr": mark_safe(qr_picture(page.payload)) if page and page.payload else "",  # noqa: S308
        }
        answer = render(request, "web/pay.html", facts, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Content-Language"] = visit.language
    return answer


def visit_of(request: HttpRequest, token: str) -> Visit:
    """What a link leads to. What is unknown looks the same, whyever it is."""
    chosen = request.COOKIES.get("inbaar_language", "")
    chosen = chosen if chosen in ("nl", "en") else ""
    usual = chosen or str(translation.get_language())
    try:
        payable = read_token(token)
    except LinkUnknown:
        return Visit(None, None, "", usual)
    client_id, reference = payable
    with client_scope(client_id):
        page = pay_page(client_id, reference, today())
        if page is None:
            return Visit(payable, None, "", usual)
        if page.why_not in ("expired", "withdrawn"):
            return Visit(payable, None, page.why_not, chosen or page.language)
        # iDEAL knows euros only, and the provider pays the client: never who bought the claim.
        payable_online = bool(page.total) and page.own and page.currency == "EUR"
        online = payable_online and offers_online(client_id)
        return Visit(payable, page, "", chosen or page.language, online, latest_payment(client_id, reference))


def _is_received(latest: LatestPayment | None) -> bool:
    return latest is not None and latest.state == "paid" and not latest.test and latest.back < latest.amount


@client_act
def pay_link_new(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Make the payment link of one invoice, or find the one that asks the same; its page shows it."""
    page_or_404(request, invoice_id)
    client_id = request.place.client_id
    try:
        make_pay_link(client_id, invoice_id, today())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    else:
        messages.success(request, _("The payment link is made: copy it to where your debtor reads it."))
    return redirect("invoice", invoice_id)
