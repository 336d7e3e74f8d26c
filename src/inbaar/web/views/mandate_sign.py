"""The page on which a debtor reads a mandate and signs it. No log-in; the link says who may, for one mandate, until a day.

What cannot be signed gets a calm page that says why. What is signed is kept by the room of the debits, with what was shown.
"""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from inbaar.banking.debits.actions import Confirmed, ShownLink, may_try, read_token, shown_link
from inbaar.banking.debits.receipts import Receipt, receipt_of
from inbaar.dunning.addressing import client_row, creditor_of
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.amounts import ContentError
from inbaar.letters.parts import Sender
from inbaar.mandates.actions import sign_and_confirm
from inbaar.mandates.jobs import queue_messages
from inbaar.web.mandate_asking import refuse
from inbaar.web.mandate_forms import SignForm
from inbaar.web.requests import without_client
from inbaar.web.wording.mandate_states import title_words

LONGEST_FORM = 20_000
_STATUS = {"link-expired": 410, "link-withdrawn": 410, "creditor-missing": 503, "link-used": 200}


@dataclass(frozen=True, slots=True)
class Visit:
    """What a link leads to: `shown` is nothing where it is not known, `receipt` is there once it was signed."""

    language: str
    client_id: int = 0
    shown: ShownLink | None = None
    sender: Sender | None = None
    receipt: Receipt | None = None

    @property
    def why_not(self) -> str:
        """Why it cannot be signed, by code."""
        if self.shown is None:
            return "link-unknown"
        return self.shown.refusals[0].code if self.shown.refusals else ""


# Nobody is logged in, so there is nothing that a form on another site could borrow: who has the link may sign by it.
@csrf_exempt
@without_client
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mandate_sign(request: HttpRequest, token: str) -> HttpResponse:
    """The page, in the language of the debtor unless the visitor chose one; by POST the mandate is signed."""
    visit = _visit(request, token)
    with translation.override(visit.language):
        if visit.shown is None or visit.why_not:
            return _answer(request, visit, None, _STATUS.get(visit.why_not, 404))
        terms = visit.shown.link.terms
        if request.method != "POST":
            form = SignForm(name=terms.debtor_name, iban=terms.debtor_iban)
            return _answer(request, visit, form, 200)
        if int(request.headers.get("Content-Length") or 0) > LONGEST_FORM:
            return _answer(request, visit, SignForm(name=terms.debtor_name), 413)
        if not may_try(visit.client_id, visit.shown.link.id, now()):
            return _answer(request, visit, None, 429)
        return _sign(request, visit, token)


def _visit(request: HttpRequest, token: str) -> Visit:
    """What a link leads to. What is unknown looks the same, whyever it is."""
    chosen = request.COOKIES.get("inbaar_language", "")
    chosen = chosen if chosen in ("nl", "en") else ""
    try:
        client_id, link_id = read_token(token)
        shown = shown_link(client_id, link_id, chosen, today())
    except Refused:
        return Visit(chosen or str(translation.get_language()))
    with client_scope(client_id):
        try:
            sender = creditor_of(client_row(client_id)).sender
        except ContentError:
            sender = None
        mandate_id = shown.link.mandate_id
        receipt = receipt_of(client_id, mandate_id) if mandate_id else None
    return Visit(chosen or shown.link.language, client_id, shown, sender, receipt)


def _sign(request: HttpRequest, visit: Visit, token: str) -> HttpResponse:
    assert visit.shown is not None
    form = SignForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        given = Confirmed(
            True, data["name"], data["iban"], data["place"], data["shown"], visit.language, _address(request),
            request.headers.get("User-Agent", ""),
        )  # fmt: skip
        try:
            sign_and_confirm(token, given, today(), now())
        except Refused as refused:
            if refused.code.startswith("link-"):
                return redirect("mandate_sign", token)  # somebody was first: the page says how it stands
            refuse(form, refused)
        else:
            with client_scope(visit.client_id):
                queue_messages(visit.client_id)
            return redirect("mandate_sign", token)
    return _answer(request, visit, form, 400)


def _address(request: HttpRequest) -> str:
    """Where a visitor came from; through a proxy, also what that says of him."""
    told = request.headers.get("X-Forwarded-For", "")
    here = str(request.META.get("REMOTE_ADDR", ""))
    return f"{here} ({told})" if told else here


def _answer(request: HttpRequest, visit: Visit, form: SignForm | None, status: int) -> HttpResponse:
    shown = visit.shown
    terms = shown.link.terms if shown else None
    facts = {
        "shown": shown,
        "link": shown.link if shown else None,
        "title": title_words(terms.scheme, terms.kind) if terms else "",
        "why_not": "too-often" if status == 429 else visit.why_not,
        "too_big": status == 413,
        "sender": visit.sender,
        "receipt": visit.receipt,
        "form": form,
        "here": request.path,
        "LANGUAGE_CODE": visit.language,
    }
    answer = render(request, "web/mandate_sign.html", facts, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Content-Language"] = visit.language
    return answer
