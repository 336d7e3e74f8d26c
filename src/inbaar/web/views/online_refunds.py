"""Giving back what was paid twice online: asked by one person, let go or refused by another."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inbaar.banking.batches.rules import approval_refusals
from inbaar.banking.online.jobs import queue_giving_back
from inbaar.banking.online.models import OnlinePayment, OnlineRefund
from inbaar.banking.online.queries import RefundRow, refunds_of
from inbaar.banking.online.refunding import approve_refund, ask_refund, refuse_refund
from inbaar.kit.clock import DUTCH_TIME, now
from inbaar.kit.errors import Refused
from inbaar.web.formats import day
from inbaar.web.requests import PageRequest, client_act
from inbaar.web.views.payments import user_id
from inbaar.web.wording.online import refund_notes, refund_words
from inbaar.web.wording.refusals import refusal_words, refused_words


def refund_lines(request: PageRequest) -> list[dict[str, object]]:
    """The refunds as they stand on the page, each with what whoever looks may do about it."""
    return [_line(request, row) for row in refunds_of(request.place.client_id)]


def _line(request: PageRequest, row: RefundRow) -> dict[str, object]:
    words, meaning = refund_words(row.state)
    waits = row.state == "asked" and request.place.may_change
    is_maker = row.asked_by_id == request.user.pk
    cannot = approval_refusals(request.place.role, is_maker) if waits else []
    return {
        "row": row,
        "asked_on": day(row.asked_at.astimezone(DUTCH_TIME).date()),
        "words": words,
        "meaning": meaning,
        "notes": refund_notes(row),
        "waits": waits,
        "cannot": [refusal_words(refusal) for refusal in cannot],
        "may_refuse": waits and (is_maker or not approval_refusals(request.place.role, is_maker=False)),
        "is_maker": is_maker,
    }


@client_act
def refund_new(request: PageRequest, payment_id: int) -> HttpResponse:
    """Ask that what was paid twice goes back, as much as the page showed."""
    client_id = request.place.client_id
    if not OnlinePayment.objects.filter(client_id=client_id, id=payment_id).exists():
        raise Http404("no such payment")
    try:
        amount = Decimal(request.POST.get("amount", ""))
    except InvalidOperation:
        amount = Decimal(0)
    try:
        ask_refund(client_id, payment_id, amount, _words(request, "reason"), user_id(request), now())
    except Refused as refused:
        _say(request, refused)
    else:
        messages.success(request, _("Asked. It goes back once somebody else has approved it."))
    return redirect("online")


@client_act
def refund_approve(request: PageRequest, refund_id: int) -> HttpResponse:
    """Let the money go back; only a second person can."""
    _refund_or_404(request, refund_id)
    try:
        approve_refund(request.place.client_id, refund_id, user_id(request), now(), queue_giving_back)
    except Refused as refused:
        _say(request, refused)
    else:
        messages.success(request, _("Approved. Mollie gives it back; how it stands is seen here."))
    return redirect("online")


@client_act
def refund_refuse(request: PageRequest, refund_id: int) -> HttpResponse:
    """Refuse it, or take one's own request back."""
    _refund_or_404(request, refund_id)
    try:
        refuse_refund(request.place.client_id, refund_id, _words(request, "note"), user_id(request), now())
    except Refused as refused:
        _say(request, refused)
    else:
        messages.success(request, _("Refused. It can be asked anew."))
    return redirect("online")


def _refund_or_404(request: PageRequest, refund_id: int) -> None:
    if not OnlineRefund.objects.filter(client_id=request.place.client_id, id=refund_id).exists():
        raise Http404("no such refund")


def _words(request: PageRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")


def _say(request: PageRequest, refused: Refused) -> None:
    for words in refused_words(refused):
        messages.error(request, words)
