"""Drawing a mandate up for a debtor, and getting it signed: by a link in a mail, or on its printed form."""

from csp.decorators import csp_exempt
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbaar.banking.debits.actions import (
    ShownLink,
    SignedForm,
    invite_to_sign,
    shown_link,
    sign_on_paper,
    sign_printed_form,
    withdraw_link,
)
from inbaar.banking.debits.inviting import link_refusals
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.mandates.actions import Message, form_pdf, request_of, send_request
from inbaar.mandates.jobs import queue_messages
from inbaar.web.formats import day
from inbaar.web.mandate_asking import by_name, done, file_of
from inbaar.web.mandate_forms import CameBackForm, DrawUpForm, SignedBeforeForm, TermsForm
from inbaar.web.queries.debtors import DebtorHead
from inbaar.web.queries.mandates import creditor_row, happened, known_account, made_of
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.debtors import page_or_404
from inbaar.web.views.mandates import told_messages
from inbaar.web.wording.happenings import happenings
from inbaar.web.wording.mandate_states import kind_words, scheme_words, title_words
from inbaar.web.wording.refusals import refusal_words, refused_words

KEY_LENGTH = 24


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def mandate_new(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Draw a mandate up; by POST it is, once."""
    if not request.place.may_change:
        raise PermissionDenied("viewer")
    head, client_id = _debtor(request, debtor_id), request.place.client_id
    if request.method != "POST":
        return _new_page(request, head, {})
    form = DrawUpForm(request.POST, consumer=head.capacity == "consumer", auto_id="draw-%s")
    if form.is_valid() and (made := made_of(client_id, debtor_id, form.reference(debtor_id))):
        return redirect(*made)  # the form came twice
    links: list[int] = []

    def act() -> None:
        wanted, until = form.wanted(debtor_id), form.cleaned_data["expires_on"]
        links.append(invite_to_sign(client_id, wanted, until, by_name(request), today(), now()))

    if not done(form, act):
        return _new_page(request, head, {"draw": form}, 400)
    messages.success(request, _("Drawn up. Have it signed now: by mail, or on paper."))
    return redirect("mandate_drawn_up", links[0])


@client_act
def mandate_signed_before(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Take in a mandate that was signed on paper already, by its own reference."""
    head = _debtor(request, debtor_id)
    form = SignedBeforeForm(
        request.POST, request.FILES, consumer=head.capacity == "consumer", auto_id="before-%s"
    )
    made: list[int] = []

    def act() -> None:
        data = form.cleaned_data
        wanted = form.wanted(debtor_id, data["reference"])
        scan = file_of(data["scan"])
        made.append(
            sign_on_paper(
                request.place.client_id, wanted, scan, data["signed_on"], by_name(request), today(), now()
            )
        )

    if not done(form, act):
        return _new_page(request, head, {"before": form}, 400)
    messages.success(request, _("Kept, with its scan as proof."))
    return redirect("mandate", made[0])


def _debtor(request: PageRequest, debtor_id: int) -> DebtorHead:
    return page_or_404(request, debtor_id).head


def _new_page(
    request: PageRequest, head: DebtorHead, bound: dict[str, TermsForm], status: int = 200
) -> HttpResponse:
    iban = known_account(request.place.client_id, head.id)
    known = {"consumer": head.capacity == "consumer", "name": head.name, "iban": iban}
    return render(
        request,
        "web/mandate_new.html",
        {
            "head": head,
            "creditor": creditor_row(request.place.client_id),
            "draw": bound.get("draw") or DrawUpForm(auto_id="draw-%s", **known),
            "before": bound.get("before") or SignedBeforeForm(auto_id="before-%s", **known),
        },
        status=status,
    )


@client_page
def mandate_drawn_up(request: PageRequest, link_id: int) -> HttpResponse:
    """What was drawn up, and how to get it signed."""
    shown = _shown(request, link_id)
    if shown.link.mandate_id is not None:
        return redirect("mandate", shown.link.mandate_id)
    return _drawn_up_page(request, shown, None)


def _shown(request: PageRequest, link_id: int) -> ShownLink:
    try:
        return shown_link(request.place.client_id, link_id, "", today())
    except Refused:
        raise Http404("nothing is drawn up under this number") from None


def _drawn_up_page(
    request: PageRequest, shown: ShownLink, form: Form | None, status: int = 200
) -> HttpResponse:
    link, client_id = shown.link, request.place.client_id
    terms = link.terms
    return render(
        request,
        "web/mandate_drawn_up.html",
        {
            "link": link, "terms": terms, "title": title_words(terms.scheme, terms.kind), "scheme": scheme_words(terms.scheme),
            "kind": kind_words(terms.kind), "debtor": page_or_404(request, link.debtor_id).head,
            "why_not": [refusal_words(refusal) for refusal in shown.refusals], "paragraphs": shown.paragraphs,
            "open": link.withdrawn_on is None and link.mandate_id is None, "online": not shown.refusals,
            "form": form or CameBackForm(name=terms.debtor_name, iban=terms.debtor_iban, auto_id="back-%s"),
            "messages_sent": told_messages(request, link.id),
            "past": list(reversed(happenings(happened(client_id, link.debtor_id, terms.reference), "EUR"))),
        },
        status=status,
    )  # fmt: skip


@csp_exempt()
@client_page
def mandate_form(request: PageRequest, link_id: int) -> HttpResponse:
    """The form to be signed on paper."""
    _shown(request, link_id)
    try:
        reference, pdf = form_pdf(request.place.client_id, link_id)
    except Refused as refused:
        return _back(request, link_id, refused)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{reference}.pdf"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def mandate_request(request: PageRequest, link_id: int) -> HttpResponse:
    """The mail that asks for a signature, as it would leave; by POST it is sent as it was shown."""
    if not request.place.may_change:
        raise PermissionDenied("viewer")
    _shown(request, link_id)
    try:
        if request.method == "POST":
            return _send(request, link_id)
        return _mail_page(request, link_id, request_of(request.place.client_id, link_id, today()))
    except Refused as refused:
        return _back(request, link_id, refused)


def _send(request: PageRequest, link_id: int) -> HttpResponse:
    client_id, seal = request.place.client_id, request.POST.get("seal", "")
    key = request.POST.get("key", "").replace("\0", "")[:KEY_LENGTH] or get_random_string(KEY_LENGTH)
    try:
        send_request(client_id, link_id, f"{link_id}-{key}", seal, by_name(request), today(), now())
    except Refused as refused:
        if refused.code != "sent-changed":
            raise
        message = request_of(client_id, link_id, today())
        return _mail_page(request, link_id, message, refused_words(refused), 409)
    queue_messages(client_id)
    messages.success(request, _("On its way. You see here when it was mailed, and when it was signed."))
    return redirect("mandate_drawn_up", link_id)


def _mail_page(
    request: PageRequest,
    link_id: int,
    message: Message,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    facts = {
        "link": _shown(request, link_id).link,
        "message": message,
        "problems": problems or [],
        "key": get_random_string(KEY_LENGTH),
        "mail_is_set": bool(settings.EMAIL_HOST),
    }
    return render(request, "web/mandate_request.html", facts, status=status)


def _back(request: PageRequest, link_id: int, refused: Refused) -> HttpResponse:
    for words in refused_words(refused):
        messages.error(request, words)
    return redirect("mandate_drawn_up", link_id)


@client_act
def mandate_came_back(request: PageRequest, link_id: int) -> HttpResponse:
    """The printed form came back signed."""
    shown = _shown(request, link_id)
    if why := link_refusals(shown.link, today(), online=False):
        return _back(request, link_id, Refused(*why))
    form = CameBackForm(request.POST, request.FILES, auto_id="back-%s")
    made: list[int] = []

    def act() -> None:
        data = form.cleaned_data
        signed = SignedForm(data["name"], data["iban"], data["signed_on"], file_of(data["scan"]))
        made.append(
            sign_printed_form(request.place.client_id, link_id, signed, by_name(request), today(), now())
        )

    if not done(form, act):
        return _drawn_up_page(request, shown, form, 400)
    messages.success(request, _("Kept, with its scan as proof."))
    return redirect("mandate", made[0])


@client_act
def mandate_take_back(request: PageRequest, link_id: int) -> HttpResponse:
    """Take back what was drawn up; who opens its link reads so."""
    shown = _shown(request, link_id)
    if withdraw_link(request.place.client_id, link_id, by_name(request), today(), now()):
        told = _("Taken back on %(day)s: it can no longer be signed.")
        messages.success(request, told % {"day": day(today())})
    else:
        messages.error(request, _("It was signed or taken back before; nothing was changed."))
    return redirect("debtor", shown.link.debtor_id)
