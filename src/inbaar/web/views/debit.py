"""One debit: its life from being asked for to its money, what the bank said, until when it may go back, and what can be done."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.banking.debits.actions import announce_debits, request_debit, withdraw_debits
from inbaar.banking.debits.r_codes import next_step
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.queries.debits import (
    DebitRow,
    attempts_of_invoice,
    entries_of_debit,
    one_debit,
)
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.payments import by_name
from inbaar.web.wording.debits import (
    debit_state,
    rights,
    role_words,
    scheme_words,
    sequence_words,
)
from inbaar.web.wording.payments import bank_words
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.returns import return_words

AT_BANK = ("in_file", "accepted", "collected", "returned")
ENDED = ("rejected", "returned", "withdrawn", "refused")


@client_page
def debit(request: PageRequest, debit_id: int) -> HttpResponse:
    """The page."""
    return _debit_page(request, _debit_or_404(request, debit_id))


def _debit_or_404(request: PageRequest, debit_id: int) -> DebitRow:
    row = one_debit(request.place.client_id, debit_id)
    if row is None:
        raise Http404("no such debit")
    return row


def _debit_page(
    request: PageRequest, row: DebitRow, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    client_id, may = request.place.client_id, request.place.may_change
    words, meaning = debit_state(row)
    others = attempts_of_invoice(client_id, row)
    latest = all(other.attempt < row.attempt for other in others)
    failed = row.state in ("rejected", "returned")
    return render(
        request,
        "web/debit.html",
        {
            "row": row, "words": words, "meaning": meaning, "problems": problems or [],
            "scheme": scheme_words(row.scheme), "sequence": sequence_words(row.kind, row.last),
            "bank_words": bank_words(row.bank_status), "bank_reason": return_words(row.bank_reason),
            "next_step": next_step(row.bank_reason, request.LANGUAGE_CODE[:2]) if failed else "",
            "rights": rights(row) if row.state in AT_BANK else [],
            "entries": [(entry, role_words(role), on, money) for entry, role, money, on in entries_of_debit(client_id, row.id)],
            "attempts": [(other, debit_state(other)[0]) for other in others],
            "may_withdraw": may and row.state == "requested",
            "may_announce": may and row.state == "requested" and row.announced_on is None,
            "may_again": may and latest and row.state in ENDED and not row.replaced and row.open_amount > 0,
            "failed": failed, "because": request.POST.get("because", ""), "how": request.POST.get("how", ""),
        },
        status=status,
    )  # fmt: skip


def _done(request: PageRequest, debit_id: int, act: Callable[[DebitRow], int], told: str) -> HttpResponse:
    """Do an act on a debit and say so, or show the page with why it cannot be done."""
    row = _debit_or_404(request, debit_id)
    try:
        number = act(row)
    except Refused as refused:
        return _debit_page(request, row, refused_words(refused), 400)
    messages.success(request, told)
    return redirect("debit", number)


@client_act
def debit_withdraw(request: PageRequest, debit_id: int) -> HttpResponse:
    """Take a debit back that waits."""
    row = _debit_or_404(request, debit_id)
    if not withdraw_debits(request.place.client_id, [row.id], by_name(request), today(), now()):
        return _debit_page(request, row, [_("This debit does not wait any more; nothing was changed.")], 400)
    messages.success(request, _("Withdrawn. Reminders of this invoice go on."))
    return redirect("debit", row.id)


@client_act
def debit_announce(request: PageRequest, debit_id: int) -> HttpResponse:
    """Keep that a debit was announced in another way than by our mail."""
    how = request.POST.get("how", "").replace("\0", "")

    def announce(row: DebitRow) -> int:
        announce_debits(request.place.client_id, [row.id], how, by_name(request), today(), now())
        return row.id

    return _done(request, debit_id, announce, _("Kept. It may be put into a batch."))


@client_act
def debit_again(request: PageRequest, debit_id: int) -> HttpResponse:
    """Ask anew for a debit that failed or was withdrawn: announced anew, on a day of its own."""
    because = request.POST.get("because", "").replace("\0", "")[:300]
    last = request.POST.get("last") == "1"

    def again(row: DebitRow) -> int:
        return request_debit(
            request.place.client_id, row.invoice_id, row.mandate_id, by_name(request), today(), now(), last=last,
            because=because,
        )  # fmt: skip

    return _done(
        request, debit_id, again, _("Asked anew. It is announced to the debtor before it is collected.")
    )
