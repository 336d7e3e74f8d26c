"""What a person does to an invoice: dispute, pause, release, skip, waive, cancel. Each calls one action and comes back."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inbaar.dunning.models import Skip
from inbaar.dunning.schedule import look_again
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.receivables.actions import NewHold, cancel_extras, open_holds, release_hold, waive_remainder
from inbaar.web.formats import amount, day
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.requests import PageRequest, client_act
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.steps import run_day


def _debtor_of(request: PageRequest, invoice_id: int) -> tuple[int, str]:
    """The debtor and currency of an invoice of this client; 404 for any other."""
    rows = fetch(
        "SELECT debtor_id, currency FROM receivables_invoice WHERE client_id = %s AND id = %s",
        [request.place.client_id, invoice_id],
    )
    if not rows:
        raise Http404("no such invoice")
    return int(rows[0][0]), str(rows[0][1])


def _do(request: PageRequest, invoice_id: int, act: Callable[[], str]) -> HttpResponse:
    """Run an act and say what came of it. A refusal changes nothing and says every reason."""
    try:
        with transaction.atomic():
            messages.success(request, act())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    except Unclear as unclear:
        messages.error(request, str(unclear))
    return redirect("invoice", invoice_id)


class Unclear(Exception):
    """A form value that cannot be used; the message says which and what would do."""


def _reason(request: PageRequest) -> str:
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
    if not reason:
        raise Unclear(_("Say why, in a few words."))
    return reason


def _part(request: PageRequest) -> Decimal | None:
    text = request.POST.get("amount", "").strip()
    if not text:
        return None
    part = read_amount(text)
    if part is None or part <= 0 or part != part.quantize(Decimal("0.01")):
        raise Unclear(_("“%(value)s” is not an amount; write 1234,56.") % {"value": text})
    return part


def _until(request: PageRequest) -> dt.date:
    text = request.POST.get("until", "").strip()
    try:
        until = dt.date.fromisoformat(text)
    except ValueError:
        raise Unclear(_("“%(value)s” is not a date; write 2026-11-22.") % {"value": text}) from None
    if until < today():
        raise Unclear(_("A pause ends today or later, not on %(day)s.") % {"day": day(until)})
    return until


def _by(request: PageRequest) -> str:
    return str(request.user)[:100]


@client_act
def dispute(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Hold the invoice, or a part of it, because the debtor contests it."""
    debtor_id, currency = _debtor_of(request, invoice_id)

    def act() -> str:
        part = _part(request)
        _hold(request, debtor_id, invoice_id, "dispute", part, None)
        if part:
            return _("Disputed for %(amount)s: nothing is asked for that part until it is released.") % {
                "amount": amount(part, currency)
            }
        return _("Disputed: nothing is asked for this invoice until it is released.")

    return _do(request, invoice_id, act)


@client_act
def pause(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Let the invoice rest until a day."""
    debtor_id, _currency = _debtor_of(request, invoice_id)

    def act() -> str:
        until = _until(request)
        _hold(request, debtor_id, invoice_id, "pause", None, until)
        return _("Paused until %(day)s: the reminders go on after it.") % {"day": day(until)}

    return _do(request, invoice_id, act)


def _hold(
    request: PageRequest,
    debtor_id: int,
    invoice_id: int,
    kind: str,
    part: Decimal | None,
    until: dt.date | None,
) -> None:
    token = request.POST.get("token", "")[:40]
    hold = NewHold(
        debtor_id=debtor_id, kind=kind, reason=_reason(request), owner=_by(request), since=today(),
        key=f"{kind}:{invoice_id}:{token}", invoice_id=invoice_id, amount=part, until=until,
    )  # fmt: skip
    open_holds(request.place.client_id, [hold], now())


@client_act
def release(request: PageRequest, invoice_id: int, hold_id: int) -> HttpResponse:
    """Let a hold go and have the run look at the invoice again."""
    debtor_id, _currency = _debtor_of(request, invoice_id)
    client_id = request.place.client_id
    held = fetch(
        """
        SELECT i.id FROM receivables_hold h JOIN receivables_invoice i
          ON i.client_id = h.client_id AND i.debtor_id = h.debtor_id AND (h.invoice_id IS NULL OR h.invoice_id = i.id)
        WHERE h.client_id = %s AND h.id = %s AND h.debtor_id = %s AND i.open_amount > 0
        """,
        [client_id, hold_id, debtor_id],
    )

    def act() -> str:
        if not release_hold(client_id, hold_id, today(), _by(request), now()):
            return _("It was released before; nothing was changed.")
        look_again(client_id, [row[0] for row in held], today())
        return _("Released: the next run looks at it again.")

    return _do(request, invoice_id, act)


@client_act
def skip(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Leave the invoice out of the next run that would take it up; the others go on."""
    _debtor_of(request, invoice_id)
    client_id = request.place.client_id

    def act() -> str:
        rows = fetch(
            "SELECT due_on FROM dunning_schedule WHERE client_id = %s AND invoice_id = %s AND due_on IS NOT NULL",
            [client_id, invoice_id],
        )
        if not rows:
            raise Unclear(_("Nothing is planned for this invoice, so there is no run to leave it out of."))
        on = run_day(rows[0][0], today())
        Skip.objects.get_or_create(
            client_id=client_id, invoice_id=invoice_id, on=on,
            defaults={"reason": _reason(request), "made_by": _by(request)},
        )  # fmt: skip
        return _("Left out of the run of %(day)s; the next one takes it up.") % {"day": day(on)}

    return _do(request, invoice_id, act)


@client_act
def waive(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Give up all that is left."""
    _debtor, currency = _debtor_of(request, invoice_id)

    def act() -> str:
        given_up = waive_remainder(
            request.place.client_id, invoice_id, today(), _reason(request), _by(request), now()
        )
        return _("Waived %(amount)s; nothing is open any more.") % {"amount": amount(given_up, currency)}

    return _do(request, invoice_id, act)


@client_act
def cancel(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Give up the interest and costs that were claimed; what was paid for them goes to the principal."""
    _debtor, currency = _debtor_of(request, invoice_id)

    def act() -> str:
        moved = cancel_extras(
            request.place.client_id, invoice_id, today(), _reason(request), _by(request), now()
        )
        return _("Interest and costs cancelled; %(amount)s paid for them went to the principal.") % {
            "amount": amount(moved, currency)
        }

    return _do(request, invoice_id, act)
