"""What one person would write off above the limit, approved or refused by a second; and the limit itself."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.banking.batches.rules import APPROVERS
from inbaar.banking.write_offs.actions import approve, refuse, set_limit
from inbaar.banking.write_offs.queries import WriteOffRow, one_write_off
from inbaar.dunning.schedule import reopen_invoices
from inbaar.kit.clock import today
from inbaar.kit.errors import Refused
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.payments import person, user_id
from inbaar.web.wording.accounts import ground_words
from inbaar.web.wording.payments import BATCH_STATES, state_words
from inbaar.web.wording.refusals import refused_words


@client_page
def write_off(request: PageRequest, request_id: int) -> HttpResponse:
    """One write-off that was asked of a second person, with what became of it."""
    return _page(request, _row_or_404(request, request_id))


@client_act
def write_off_approve(request: PageRequest, request_id: int) -> HttpResponse:
    """Write it off: only by another person than who asked."""
    row = _row_or_404(request, request_id)
    try:
        approve(request.place.client_id, request_id, person(request))
    except Refused as refused:
        return _page(request, row, refused_words(refused), 400)
    messages.success(request, _("Approved and booked."))
    return redirect("write_off", request_id)


@client_act
def write_off_refuse(request: PageRequest, request_id: int) -> HttpResponse:
    """Refuse it, or take one's own back: the run looks at the invoice again."""
    row = _row_or_404(request, request_id)
    try:
        refuse(
            request.place.client_id,
            request_id,
            request.POST.get("note", "").replace("\0", ""),
            person(request),
        )
    except Refused as refused:
        return _page(request, row, refused_words(refused), 400)
    if row.entry_id is None:
        reopen_invoices(request.place.client_id, [row.invoice_id], today())
    messages.success(request, _("Refused. Nothing was booked."))
    return redirect("write_off", request_id)


@client_act
def write_off_limit(request: PageRequest) -> HttpResponse:
    """Up to which amount one person writes off alone."""
    typed = request.POST.get("limit", "")
    wanted = read_amount(typed)
    if wanted is None:
        messages.error(request, _("“%(value)s” is not an amount; write 1234,56.") % {"value": typed[:40]})
        return redirect("bank")
    try:
        set_limit(request.place.client_id, wanted, person(request))
    except Refused as refused:
        messages.error(request, " ".join(refused_words(refused)))
        return redirect("bank")
    messages.success(request, _("Kept: it holds from the next write-off on."))
    return redirect("bank")


def _row_or_404(request: PageRequest, request_id: int) -> WriteOffRow:
    row = one_write_off(request.place.client_id, request_id)
    if row is None:
        raise Http404("no such write-off")
    return row


def _page(
    request: PageRequest, row: WriteOffRow, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    is_asker = row.asked_by_id == user_id(request)
    waits = row.state == "asked" and request.place.may_change
    is_approver = request.place.role in APPROVERS
    words, meaning = (
        (_("waits for a second person"), "attention")
        if row.state == "asked"
        else state_words(row.state, BATCH_STATES)
    )
    return render(
        request,
        "web/write_off.html",
        {
            "row": row, "words": words, "meaning": meaning, "problems": problems or [], "is_asker": is_asker,
            "ground": ground_words(row.ground), "may_approve": waits and is_approver and not is_asker,
            "may_refuse": waits and (is_asker or is_approver), "waits": waits, "note": request.POST.get("note", ""),
        },
        status=status,
    )  # fmt: skip
