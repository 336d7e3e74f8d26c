"""Online payments as the client sees them, and the switch: the key of its provider, which is never shown."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.banking.online.accounts import offers_online, save_key, switch
from inbaar.banking.online.models import ProviderAccount
from inbaar.banking.online.queries import payments_of
from inbaar.banking.online.states import REFUND_LIVE
from inbaar.kit.clock import DUTCH_TIME, now
from inbaar.kit.errors import Refused
from inbaar.web.formats import day
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.online_refunds import refund_lines
from inbaar.web.wording.online import payment_notes, payment_words
from inbaar.web.wording.refusals import refused_words


@client_page
def online(request: PageRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@client_act
def online_key(request: PageRequest) -> HttpResponse:
    """Keep a key, once the provider took it."""
    _require_owner(request)
    try:
        with transaction.atomic():
            key = request.POST.get("key", "").strip()
            save_key(request.place.client_id, key, str(request.user)[:100], now())
    except Refused as refused:
        return _page(request, " ".join(refused_words(refused)), 400)
    messages.success(
        request, _("Mollie took the key: your payment links have a button for iDEAL from now on.")
    )
    return redirect("online")


@client_act
def online_switch(request: PageRequest) -> HttpResponse:
    """Switch online payment on or off."""
    _require_owner(request)
    on = request.POST.get("on") == "1"
    if not switch(request.place.client_id, on=on):
        messages.error(request, _("There is no key yet: set one first."))
    elif on:
        messages.success(request, _("Online payment is on."))
    else:
        messages.success(request, _("Online payment is off. What was begun already is still followed."))
    return redirect("online")


def _page(request: PageRequest, problem: str = "", status: int = 200) -> HttpResponse:
    client_id = request.place.client_id
    account = ProviderAccount.objects.filter(client_id=client_id).first()
    rows, refunds = payments_of(client_id), refund_lines(request)
    begun = {line["row"].payment_id for line in refunds if line["row"].state in REFUND_LIVE}  # type: ignore[attr-defined]
    facts = {
        "account": account,
        "set_on": day(account.set_at.astimezone(DUTCH_TIME).date()) if account else "",
        "summary": _("Your payment links have a button for iDEAL.")
        if offers_online(client_id)
        else _("Online payment is off: your debtors pay by bank transfer."),
        "rows": [(row, _moment(row.started_at), *payment_words(row), payment_notes(row)) for row in rows],
        "twice": [row for row in rows if row.twice and row.id not in begun],
        "refunds": refunds,
        "may_set": request.place.role == "owner",
        "problem": problem,
    }
    return render(request, "web/online.html", facts, status=status)


def _moment(moment: object) -> str:
    local = moment.astimezone(DUTCH_TIME)  # type: ignore[attr-defined]
    return f"{day(local.date())} {local:%H:%M}"


def _require_owner(request: PageRequest) -> None:
    """Where a debtor's money goes is for an owner to say."""
    if request.place.role != "owner":
        raise PermissionDenied("owner")
