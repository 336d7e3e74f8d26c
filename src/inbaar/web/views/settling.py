"""Acts on a bank entry beside matching it line by line: the options in one go, undoing, and what is known of a debtor."""

from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inbaar.banking.actions import (
    Ground,
    forget_account,
    forget_habit,
    release_credit,
    set_tolerance,
    undo_match,
)
from inbaar.dunning.schedule import reopen_invoices
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.queries.bank import candidates
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.queries.settling import around
from inbaar.web.requests import PageRequest, client_act
from inbaar.web.settling import Settled
from inbaar.web.settling import settle as do_option
from inbaar.web.views.bank import entry_or_404, entry_page
from inbaar.web.views.debtors import page_or_404
from inbaar.web.views.payments import person
from inbaar.web.wording.refusals import refused_words


def _by(request: PageRequest) -> str:
    return str(request.user)[:100]


@client_act
def settle(request: PageRequest, entry_id: int) -> HttpResponse:
    """Do the option that was chosen, and go on to the next entry that waits."""
    row = entry_or_404(request, entry_id)
    client_id = request.place.client_id
    following = around(client_id, row)
    text = request.POST.get("find", "").replace("\0", "").strip()[:100]
    learn = "third_party" not in request.POST
    problems = []
    try:
        found = candidates(client_id, row, text)
        became = do_option(client_id, row, found, request.POST.get("choice", ""), person(request), learn)
        if became is Settled.NOT_POSSIBLE:
            problems = [_("Choose what to do; what you chose is not possible any more.")]
    except Refused as refused:
        problems = refused_words(refused)
    if problems:
        return entry_page(request, row, text, problems, 400)
    messages.success(
        request,
        _("Asked: a second person approves it before anything is booked.")
        if became is Settled.WAITS
        else _("Done and booked."),
    )
    after = following.next_id or following.before_id
    return redirect("entry", after) if after else redirect("bank")


@client_act
def undo(request: PageRequest, entry_id: int) -> HttpResponse:
    """Undo what an entry pays, with the reason; the run looks at its invoices again."""
    row = entry_or_404(request, entry_id)
    client_id = request.place.client_id
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
    try:
        with transaction.atomic():
            opened = undo_match(client_id, entry_id, reason, _by(request), today(), now())
            reopen_invoices(client_id, opened, today())
    except Refused as refused:
        return entry_page(request, row, "", refused_words(refused), 400)
    messages.success(request, _("Undone: the invoices are open again and this entry waits for you."))
    return redirect("entry", entry_id)


@client_act
def credit_release(request: PageRequest, credit_id: int) -> HttpResponse:
    """Give money that is kept for a debtor back to its entry."""
    try:
        entry_id = release_credit(request.place.client_id, credit_id, _by(request), today(), now())
    except Refused as refused:
        messages.error(request, " ".join(refused_words(refused)))
        return redirect("bank")
    messages.success(request, _("Released: match it to an invoice or pay it back."))
    return redirect("entry", entry_id)


@client_act
def habit_forget(request: PageRequest, debtor_id: int, habit_id: int) -> HttpResponse:
    """Forget what was learned of how a debtor pays."""
    page_or_404(request, debtor_id)
    forget_habit(request.place.client_id, habit_id, today())
    messages.success(request, _("Forgotten: payments are not matched by it any more."))
    return redirect("debtor", debtor_id)


@client_act
def account_forget(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Forget that a debtor pays from an account."""
    page_or_404(request, debtor_id)
    forget_account(request.place.client_id, debtor_id, request.POST.get("iban", "").replace("\0", "")[:34])
    messages.success(request, _("Forgotten: payments are not matched by it any more."))
    return redirect("debtor", debtor_id)


@client_act
def debtor_tolerance(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Up to which difference a payment of this debtor counts as in full."""
    page_or_404(request, debtor_id)
    _set_tolerance(request, debtor_id)
    return redirect("debtor", debtor_id)


@client_act
def tolerance(request: PageRequest) -> HttpResponse:
    """Up to which difference a payment counts as in full, for every debtor without one of his own."""
    _set_tolerance(request, None)
    return redirect("bank")


def _set_tolerance(request: PageRequest, debtor_id: int | None) -> None:
    typed, ground = request.POST.get("amount", ""), request.POST.get("ground", "")
    wanted: Decimal | None = read_amount(typed)
    if wanted is None or ground not in {str(g) for g in Ground}:
        messages.error(request, _("“%(value)s” is not an amount; write 1234,56.") % {"value": typed[:40]})
        return
    try:
        set_tolerance(request.place.client_id, debtor_id, wanted, Ground(ground), _by(request), today())
    except Refused as refused:
        messages.error(request, " ".join(refused_words(refused)))
        return
    messages.success(request, _("Kept: it holds from the next payment on."))
