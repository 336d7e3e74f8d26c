"""Collecting by direct debit: what may be collected and what not, what is asked for, what failed, and the batches."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.rules import APPROVERS, CUT_OFF
from inbaar.banking.debits.actions import make_debit_batch, request_debits, switch_automatic
from inbaar.banking.debits.collectable import Standing, standing_debits
from inbaar.banking.debits.queries import candidate_sums, candidates, ready_debits
from inbaar.banking.debits.r_codes import next_step
from inbaar.banking.debits.rules import file_refusals
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.formats import amount
from inbaar.web.paging import Page, asked_page
from inbaar.web.queries.debits import (
    MOST_SHOWN,
    DebitCounts,
    DebitRow,
    all_debits,
    creditor_of_client,
    debit_counts,
    debits_in,
    failed_debits,
    notices_of,
    numbers_of,
)
from inbaar.web.queries.payments import batch_count, batches, paying_accounts
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.payments import acting, by_name
from inbaar.web.wording.debits import DEBIT_LISTS, debit_state, group_words, why_not
from inbaar.web.wording.kinds import DELIVERY_STATES
from inbaar.web.wording.payments import BATCH_STATES, state_words
from inbaar.web.wording.refusals import refusal_words, refused_words
from inbaar.web.wording.returns import return_words

ROWS = 50
#: How many refusals of one act are told; the rest is counted.
TOLD = 10
#: What the daily run sees to by itself.
LEFT_TO_THE_RUN = ("debit-unannounced", "debit-above-open")
NO_LETTER = noop("with the next run")


@client_page
def debits(request: PageRequest) -> HttpResponse:
    """The list that is asked for; what may be collected now where none is."""
    return debits_page(request, request.GET.get("show", ""))


def debits_page(
    request: PageRequest, show: str, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """The page with one of its lists, and what was wrong with an act."""
    client_id, show = request.place.client_id, show if show in DEBIT_LISTS else "ask"
    sums, counts = candidate_sums(client_id, today()), debit_counts(client_id)
    batched, undecided = batch_count(client_id, Batch.Kind.DEBIT)
    numbers = {"ask": sums[0], "cannot": sums[2], "ready": counts.unannounced + counts.ready, "failed": counts.failed,
               "all": counts.all, "batches": batched}  # fmt: skip
    page = asked_page(request.GET.get("page"), numbers[show], ROWS)
    creditor = creditor_of_client(client_id)
    return render(
        request,
        "web/debits.html",
        {
            "show": show, "lists": [(key, _(words), numbers[key]) for key, words in DEBIT_LISTS.items()],
            "problems": problems or [], "summary": _summary(sums, counts, undecided), "page": page,
            "creditor": creditor, "may_switch": request.place.role in APPROVERS, **_list(request, show, page),
        },
        status=status,
    )  # fmt: skip


def _list(request: PageRequest, show: str, page: Page) -> dict[str, Any]:
    """What the list that is shown needs."""
    client_id = request.place.client_id
    if show in ("ask", "cannot"):
        found = candidates(client_id, show == "ask", today(), page.rows, page.offset)
        return {"candidates": [(row, why_not(row)) for row in found]}
    if show == "ready":
        accounts = paying_accounts(client_id)
        return {
            "waiting": _unannounced(client_id),
            "groups": list(_groups(client_id, request.POST.getlist("debit"), _latest(accounts))), "accounts": [account[:4] for account in accounts],
            "account": request.POST.get("account", ""),
        }  # fmt: skip
    if show == "failed":
        language = request.LANGUAGE_CODE[:2]
        return {
            "failed": [(row, *debit_state(row), return_words(row.bank_reason), next_step(row.bank_reason, language)) for row in failed_debits(client_id)]
        }  # fmt: skip
    if show == "batches":
        found_batches = batches(client_id, page.rows, page.offset, Batch.Kind.DEBIT)
        return {"batches": [(row, *state_words(row.shown, BATCH_STATES)) for row in found_batches]}
    return {"debits": [(row, *debit_state(row)) for row in all_debits(client_id, page.rows, page.offset)]}


def _unannounced(client_id: int) -> list[tuple[DebitRow, int | None, str, str, list[str]]]:
    """The debits that are not announced yet: each with its last letter and how that stands, and what holds it up."""
    rows = [row for row in debits_in(client_id, "requested") if row.announced_on is None]
    ids = [row.id for row in rows]
    letters = notices_of(client_id, ids)
    why = {
        debit.id: [refusal_words(one) for one in debit.refusals() if one.code not in LEFT_TO_THE_RUN]
        for debit in standing_debits(client_id, ids, today())
    }
    found = []
    for row in rows:
        letter, state = letters.get(row.id, (None, ""))
        words, meaning = DELIVERY_STATES.get(state, (NO_LETTER, "attention"))
        found.append((row, letter, _(words), meaning, why.get(row.id, [])))
    return found


def _latest(accounts: list[tuple[int, str, str, str, dt.time]]) -> dt.time:
    """Until when a file is taken by the bank that takes it longest; each account's own hour decides when a batch is made."""
    return max((account[-1] for account in accounts), default=CUT_OFF)


def _groups(client_id: int, chosen: list[str], cut_off: dt.time) -> Iterable[dict[str, Any]]:
    """The debits that wait for a batch, each file's together: what keeps one from it stands beside it."""
    ready = sorted(ready_debits(client_id, today(), MOST_SHOWN), key=lambda debit: (debit.group, debit.id))
    names = numbers_of(client_id, [debit.id for debit in ready])
    for group, some in groupby(ready, key=lambda debit: debit.group):
        debits = list(some)
        rows = [_ready(debit, names[debit.id], chosen) for debit in debits]
        yield {
            "title": group_words(debits[0]), "rows": rows, "late": [refusal_words(one) for one in file_refusals(group[0], now(), cut_off)],
            "total": sum((debit.amount for debit, *_ in rows), Decimal(0)), "creditor": group[3:],
        }  # fmt: skip


def _ready(
    debit: Standing, names: tuple[str, str], chosen: list[str]
) -> tuple[Standing, str, str, list[str], bool]:
    """One debit that waits, with why it may not leave; what is merely paid in part leaves for what is left."""
    why = [one for one in debit.refusals() if one.code != "debit-above-open"]
    ticked = not why and (not chosen or str(debit.id) in chosen)
    return debit, *names, [refusal_words(one) for one in why], ticked


def _summary(sums: tuple[int, Decimal, int, Decimal], counts: DebitCounts, undecided: int) -> str:
    told = [
        ngettext("%(count)s invoice of %(total)s may be collected.", "%(count)s invoices of %(total)s together may be collected.", sums[0])
        % {"count": sums[0], "total": amount(sums[1])}
        if sums[0]
        else _("Nothing is to be asked for now.")
    ]  # fmt: skip
    if counts.ready:
        told.append(
            ngettext("%(count)s debit is announced and waits for a batch.", "%(count)s debits are announced and wait for a batch.", counts.ready)
            % {"count": counts.ready}
        )  # fmt: skip
    if undecided:
        told.append(
            ngettext("%(count)s batch waits for a second person.", "%(count)s batches wait for a second person.", undecided)
            % {"count": undecided}
        )  # fmt: skip
    return " ".join(told)


@client_act
def debit_ask(request: PageRequest) -> HttpResponse:
    """Ask for the debits of the ticked invoices; what is refused is told, the others are asked for."""
    chosen = _numbers(request.POST.getlist("invoice"))
    if not chosen:
        return debits_page(request, "ask", [_("Tick at least one invoice.")], 400)
    made, refused = request_debits(request.place.client_id, chosen, by_name(request), today(), now())
    if refused:
        told = [f"{number}: {refusal_words(why[0])}" for number, why in list(refused.items())[:TOLD]]
        if len(refused) > TOLD:
            told.append(_("And %(count)s more.") % {"count": len(refused) - TOLD})
        return debits_page(request, "ask", told, 400 if not made else 200)
    messages.success(
        request,
        ngettext(
            "%(count)s debit is asked for. It is announced to the debtor before it is collected.",
            "%(count)s debits are asked for. They are announced to the debtors before they are collected.",
            len(made),
        )
        % {"count": len(made)},
    )
    return redirect("debits")


@client_act
def debit_batch_new(request: PageRequest) -> HttpResponse:
    """Put the ticked debits into a batch."""
    account = request.POST.get("account", "")
    if not account.isdecimal() or len(account) > 18:
        return debits_page(request, "ready", [_("Choose the account the money comes to.")], 400)
    chosen = _numbers(request.POST.getlist("debit"))
    try:
        batch_id = make_debit_batch(request.place.client_id, int(account), chosen, acting(request))
    except Refused as refused:
        return debits_page(request, "ready", refused_words(refused), 400)
    messages.success(request, _("Made. Somebody else approves it before anything leaves."))
    return redirect("payment_batch", batch_id)


@client_act
def debit_automatic(request: PageRequest) -> HttpResponse:
    """Have the daily run ask for what is due by itself, or no longer; for an owner or a treasurer to say."""
    if request.place.role not in APPROVERS:
        raise PermissionDenied("approver")
    on = request.POST.get("on") == "1"
    if not creditor_of_client(request.place.client_id):
        messages.error(request, _("Fill in first who collects: the creditor identifier of your bank."))
    elif switch_automatic(request.place.client_id, on, by_name(request)):
        told = (
            _("What is due is asked for by itself from now on.")
            if on
            else _("Debits are asked for by hand from now on.")
        )
        messages.success(request, told)
    return redirect("debits")


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]
