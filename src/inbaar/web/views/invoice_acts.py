"""What a person does to an invoice: hold, release, skip, waive, cancel. Each calls one action and comes back.

What is refused changes nothing: the page comes back with the reason at the form, and what was typed in it.
"""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inbaar.banking.write_offs.actions import Rest, write_off
from inbaar.dunning.models import Skip
from inbaar.dunning.schedule import look_again, start_by_hand
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.receivables.actions import cancel_extras, release_hold
from inbaar.receivables.grounds import Ground
from inbaar.web.acts import invoice_hold_form
from inbaar.web.formats import amount, day
from inbaar.web.forms import ReasonForm, WaiveForm
from inbaar.web.holding import arrangement_of, held_words, let_arrangement_go, new_hold, open_hold
from inbaar.web.queries.invoice import InvoicePage
from inbaar.web.requests import PageRequest, client_act
from inbaar.web.views.invoice import answer, page_or_404
from inbaar.web.views.payments import person
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.steps import run_day


def _do(
    request: PageRequest, page: InvoicePage, name: str, form: Form, act: Callable[[str], str]
) -> HttpResponse:
    """Run an act with the reason given and say what came of it; refused, the page comes back with every reason."""
    if form.is_valid():
        try:
            with transaction.atomic():
                messages.success(request, act(form.cleaned_data["reason"]))
            return redirect("invoice", page.head.id)
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
    return answer(request, page, {name: form}, 400)


def _reason_form(request: PageRequest, name: str) -> ReasonForm:
    return ReasonForm(request.POST, auto_id=f"{name}-%s")


def _by(request: PageRequest) -> str:
    return str(request.user)[:100]


@client_act
def hold(request: PageRequest, invoice_id: int, kind: str) -> HttpResponse:
    """Hold the invoice, or a part of it: contested, at rest, promised, or paid in a plan."""
    page = page_or_404(request, invoice_id)
    form = invoice_hold_form(kind, _by(request), page, request.POST)

    def act(_reason: str) -> str:
        new = new_hold(form, page.head.debtor_id, invoice_id, _by(request))
        open_hold(request.place.client_id, new)
        return held_words(new, page.head.currency)

    return _do(request, page, kind, form, act)


@client_act
def release(request: PageRequest, invoice_id: int, hold_id: int) -> HttpResponse:
    """Let a hold go and have the run look at the invoice again."""
    page = page_or_404(request, invoice_id)
    messages.success(request, let_go(request, page.head.debtor_id, hold_id))
    return redirect("invoice", invoice_id)


def let_go(request: PageRequest, debtor_id: int, hold_id: int) -> str:
    """Release a hold on this debtor or one of his invoices; gives what came of it. 404 for any other hold."""
    client_id = request.place.client_id
    known = fetch(
        "SELECT invoice_id, key FROM receivables_hold WHERE client_id = %s AND id = %s AND debtor_id = %s",
        [client_id, hold_id, debtor_id],
    )
    if not known:
        raise Http404("no such hold")
    kept_by = arrangement_of(known[0][1])
    if kept_by is not None:
        return let_arrangement_go(client_id, kept_by, _by(request))
    held = fetch(
        """
        SELECT id FROM receivables_invoice
        WHERE client_id = %s AND debtor_id = %s AND (%s::bigint IS NULL OR id = %s) AND open_amount > 0
        """,
        [client_id, debtor_id, known[0][0], known[0][0]],
    )
    with transaction.atomic():
        if not release_hold(client_id, hold_id, today(), _by(request), now()):
            return _("It was released before; nothing was changed.")
        look_again(client_id, [row[0] for row in held], today())
    return _("Released: the next run looks at it again.")


@client_act
def start(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Have the run take up an invoice that was due before dunning began."""
    page = page_or_404(request, invoice_id)

    def act(reason: str) -> str:
        start_by_hand(request.place.client_id, invoice_id, today(), reason, _by(request), now())
        return _("Started: the next run takes it up.")

    return _do(request, page, "start", _reason_form(request, "start"), act)


@client_act
def skip(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Leave the invoice out of the next run that would take it up; the others go on."""
    page = page_or_404(request, invoice_id)
    form = _reason_form(request, "skip")
    due_on = page.head.due_on
    if due_on is None:
        messages.error(
            request, _("Nothing is planned for this invoice, so there is no run to leave it out of.")
        )
        return redirect("invoice", invoice_id)
    on = run_day(due_on, today())

    def act(reason: str) -> str:
        Skip.objects.get_or_create(
            client_id=request.place.client_id, invoice_id=invoice_id, on=on,
            defaults={"reason": reason, "made_by": _by(request)},
        )  # fmt: skip
        return _("Left out of the run of %(day)s; the next one takes it up.") % {"day": day(on)}

    return _do(request, page, "skip", form, act)


@client_act
def waive(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Give up all that is left."""
    page = page_or_404(request, invoice_id)

    form = WaiveForm(request.POST, auto_id="waive-%s")

    def act(reason: str) -> str:
        rest = Rest(invoice_id, Ground(form.cleaned_data["ground"]), reason)
        if write_off(request.place.client_id, rest, person(request)):
            return _("Asked: a second person approves it before anything is booked.")
        return _("Waived; nothing is open any more.")

    return _do(request, page, "waive", form, act)


@client_act
def cancel(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Give up the interest and costs that were claimed; what was paid for them goes to the principal."""
    page = page_or_404(request, invoice_id)

    def act(reason: str) -> str:
        moved = cancel_extras(request.place.client_id, invoice_id, today(), reason, _by(request), now())
        told = _("Interest and costs cancelled; %(amount)s paid for them went to the principal.")
        return told % {"amount": amount(moved, page.head.currency)}

    return _do(request, page, "cancel", _reason_form(request, "cancel"), act)
