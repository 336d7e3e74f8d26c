"""A batch of payments or of debits: made from what waits, approved or refused by a second person, and its file for the bank."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.banking.batches.files import file_bytes, kept_file
from inbaar.banking.batches.rules import approval_refusals, execution_refusals
from inbaar.banking.debits.actions import approve_debit_batch, refuse_debit_batch
from inbaar.banking.transfers.actions import approve_batch, make_batch, refuse_batch
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.paging import Page, asked_page
from inbaar.web.payment_form import PaymentForm
from inbaar.web.queries.payments import (
    DEBIT,
    BatchRow,
    batch_payments,
    batch_states,
    one_batch,
    reports_of,
)
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.debit_batches import agreed_rest, debit_batch_facts, void_act, void_facts
from inbaar.web.views.payments import acting, by_name, payments_page
from inbaar.web.wording.payments import BATCH_STATES, PAYMENT_STATES, bank_words, state_words
from inbaar.web.wording.refusals import refusal_words, refused_words

ROWS = 50


@client_act
def batch_new(request: PageRequest) -> HttpResponse:
    """Put the ticked payments into a batch of one account and one day."""
    account, text = request.POST.get("account", ""), request.POST.get("execute_on", "").strip()
    chosen = [
        int(number) for number in request.POST.getlist("payment") if number.isdecimal() and len(number) < 19
    ]
    try:
        execute_on = dt.date.fromisoformat(text)
    except ValueError:
        return _not_made(request, [_("“%(value)s” is not a date; write 2026-11-22.") % {"value": text}])
    if not account.isdecimal() or len(account) > 18:
        return _not_made(request, [_("Choose the account that pays.")])
    try:
        batch_id = make_batch(request.place.client_id, int(account), chosen, execute_on, acting(request))
    except Refused as refused:
        return _not_made(request, refused_words(refused))
    messages.success(request, _("Made. Somebody else approves it before anything leaves."))
    return redirect("payment_batch", batch_id)


def _not_made(request: PageRequest, problems: list[str]) -> HttpResponse:
    form = PaymentForm(auto_id="payment-%s", initial={"wanted_on": today()})
    return payments_page(request, form, problems, 400)


@client_page
def batch(request: PageRequest, batch_id: int) -> HttpResponse:
    """One batch: what will leave, to whom, when, by whose word; and its file once it was approved."""
    return _batch_page(request, _batch_or_404(request, batch_id))


def _batch_or_404(request: PageRequest, batch_id: int) -> BatchRow:
    row = one_batch(request.place.client_id, batch_id)
    if row is None:
        raise Http404("no such batch")
    return row


def _batch_page(
    request: PageRequest, row: BatchRow, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    client_id = request.place.client_id
    page = asked_page(request.GET.get("page"), row.count, ROWS)
    words, meaning = state_words(row.shown, BATCH_STATES)
    is_maker = row.made_by_id == request.user.pk
    undecided = row.state == "made" and request.place.may_change
    of_kind = (
        debit_batch_facts(client_id, row, page) if row.kind == DEBIT else _transfers(client_id, row, page)
    )
    cannot = [*approval_refusals(request.place.role, is_maker), *of_kind.pop("cannot")]
    return render(
        request,
        "web/payment_batch.html",
        {
            "row": row, "words": words, "meaning": meaning, "problems": problems or [], "page": page, **of_kind,
            "file": kept_file(client_id, row.id), "reports": [(item, bank_words(item.status)) for item in reports_of(client_id, row.id)],
            "may_decide": undecided, "cannot": [refusal_words(refusal) for refusal in cannot],
            "may_refuse": undecided and (is_maker or not approval_refusals(request.place.role, is_maker=False)),
            "is_maker": is_maker, "note": request.POST.get("note", ""), **void_facts(request, row),
        },
        status=status,
    )  # fmt: skip


def _transfers(client_id: int, row: BatchRow, page: Page) -> dict[str, Any]:
    """What a batch of payments out shows: each with where it is, and what keeps its day from being met."""
    return {
        "payments": [(item, *state_words(item.state, PAYMENT_STATES)) for item in batch_payments(client_id, row.id, page.rows, page.offset)],
        "sums": [(state_words(state, PAYMENT_STATES), count, total) for state, count, total in batch_states(client_id, row.id)],
        "cannot": execution_refusals(row.execute_on, now(), row.cut_off),
    }  # fmt: skip


@client_act
def batch_approve(request: PageRequest, batch_id: int) -> HttpResponse:
    """Let the money go, or be collected: the file is made, and only a second person can."""
    row = _batch_or_404(request, batch_id)
    try:
        if row.kind == DEBIT:
            batch_id = approve_debit_batch(
                request.place.client_id, batch_id, acting(request), agreed_rest(request.POST)
            )
        else:
            approve_batch(request.place.client_id, batch_id, acting(request))
    except Refused as refused:
        return _batch_page(request, row, refused_words(refused), 400)
    messages.success(request, _("Approved. The file is ready to be handed to the bank."))
    return redirect("payment_batch", batch_id)


@client_act
def batch_refuse(request: PageRequest, batch_id: int) -> HttpResponse:
    """Refuse a batch, or take one's own back: its payments wait anew."""
    row = _batch_or_404(request, batch_id)
    note = request.POST.get("note", "").replace("\0", "")
    refuse = refuse_debit_batch if row.kind == DEBIT else refuse_batch
    try:
        refuse(request.place.client_id, batch_id, note, acting(request), by_name(request))
    except Refused as refused:
        return _batch_page(request, row, refused_words(refused), 400)
    if row.kind == DEBIT:
        messages.success(request, _("Refused. Its debits wait for another batch."))
        return redirect("debits")
    messages.success(request, _("Refused. Its payments wait to be paid again."))
    return redirect("payments")


@client_act
def batch_void(request: PageRequest, batch_id: int, verb: str) -> HttpResponse:
    """Say that the file was never handed in, confirm it as a second person, or take it back."""
    row = _batch_or_404(request, batch_id)
    try:
        told = void_act(request, batch_id, verb)
    except Refused as refused:
        return _batch_page(request, row, refused_words(refused), 400)
    messages.success(request, told)
    return redirect("payment_batch", batch_id)


@client_page
def batch_file(request: PageRequest, batch_id: int) -> HttpResponseBase:
    """The file as it was made, byte for byte, however often it is asked for. Not for a viewer: whoever has it can pay."""
    if not request.place.may_change:
        raise PermissionDenied("viewer")
    row = _batch_or_404(request, batch_id)
    if row.void:
        return _batch_page(request, row, [_("This file was declared void, so it is not given out.")], 410)
    kept = kept_file(request.place.client_id, batch_id)
    if kept is None:
        raise Http404("no file yet")
    answer = StreamingHttpResponse(
        file_bytes(request.place.client_id, kept.id), content_type="application/xml"
    )
    answer["Content-Disposition"] = f'attachment; filename="{kept.name}"'
    answer["Content-Length"] = str(kept.size)
    return answer
