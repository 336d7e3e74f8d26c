"""Payments out: what is to be paid, one payment, and what a person decides about it."""

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.banking.batches.rules import earliest_execution
from inbaar.banking.transfers.actions import (
    Acting,
    confirm_account,
    pay_again,
    request_transfer,
    withdraw_transfer,
)
from inbaar.banking.write_offs.actions import Person
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.formats import amount
from inbaar.web.paging import asked_page
from inbaar.web.payment_form import PaymentForm
from inbaar.web.queries.payments import (
    PaymentRow,
    attempts_of,
    batch_count,
    batches,
    entries_of,
    one_payment,
    paying_accounts,
    payments_in,
)
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.payments import (
    BATCH_STATES,
    PAYMENT_STATES,
    SOURCES,
    bank_words,
    role_words,
    state_words,
)
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.returns import return_words

ROWS = 25


def user_id(request: PageRequest) -> int:
    """The number of who works on the page; nobody gets here without a log-in."""
    assert request.user.pk is not None
    return request.user.pk


def acting(request: PageRequest) -> Acting:
    """Who works on the page, today."""
    return Acting(user_id(request), today(), now(), by_name(request))


def person(request: PageRequest) -> Person:
    """The same, with the name that is kept beside what he did."""
    return Person(user_id(request), by_name(request), today(), now())


def by_name(request: PageRequest) -> str:
    """Who works on the page, as it is kept beside what he did."""
    return str(request.user)[:100]


@client_page
def payments(request: PageRequest) -> HttpResponse:
    """What waits to be paid, what is to be looked at first, what failed, and the batches."""
    return payments_page(request, PaymentForm(auto_id="payment-%s", initial={"wanted_on": today()}))


def payments_page(
    request: PageRequest, form: PaymentForm, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a form that came back refused and what was wrong with an act."""
    client_id = request.place.client_id
    waiting = payments_in(client_id, "requested")
    count, undecided = batch_count(client_id)
    page = asked_page(request.GET.get("page"), count, ROWS)
    chosen = request.POST.getlist("payment")
    accounts = paying_accounts(client_id)
    return render(
        request,
        "web/payments.html",
        {
            "form": form, "problems": problems or [], "summary": _summary(waiting, undecided),
            "waiting": [(row, not problems or str(row.id) in chosen) for row in waiting],
            "total": sum((row.amount for row in waiting), Decimal(0)),
            "to_check": payments_in(client_id, "to_check"),
            "failed": [(row, *state_words(row.state, PAYMENT_STATES)) for row in payments_in(client_id, "rejected", "returned")],
            "batches": [(row, *state_words(row.shown, BATCH_STATES)) for row in batches(client_id, page.rows, page.offset)],
            "page": page, "accounts": accounts, "earliest": max((earliest_execution(now(), account[-1]) for account in accounts), default=earliest_execution(now())),
            "account": request.POST.get("account", ""), "execute_on": request.POST.get("execute_on", ""),
        },
        status=status,
    )  # fmt: skip


def _summary(waiting: list[PaymentRow], undecided: int) -> str:
    total = amount(sum((row.amount for row in waiting), Decimal(0)))
    told = ngettext(
        "%(count)s payment of %(total)s waits to be paid.",
        "%(count)s payments of %(total)s together wait to be paid.",
        len(waiting),
    ) % {"count": len(waiting), "total": total}
    if not waiting:
        told = _("Nothing waits to be paid.")
    if undecided:
        more = ngettext(
            "%(count)s batch waits for a second person.",
            "%(count)s batches wait for a second person.",
            undecided,
        )
        told = f"{told} {more % {'count': undecided}}"
    return told


@client_act
def payment_new(request: PageRequest) -> HttpResponse:
    """Ask for a payment by hand; what is wrong with it comes back with what was typed."""
    form = PaymentForm(request.POST, auto_id="payment-%s")
    if not form.is_valid():
        return payments_page(request, form, status=400)
    try:
        answer = request_transfer(request.place.client_id, form.wanted(), by_name(request), today(), now())
    except Refused as refused:
        for words in refused_words(refused):
            form.add_error(None, words)
        return payments_page(request, form, status=400)
    if answer.known_iban:
        messages.warning(
            request, _("Asked. This payee was paid on another account before: somebody else checks it first.")
        )
    else:
        messages.success(request, _("Asked. It waits to be put into a batch."))
    return redirect("payments")


@client_page
def payment(request: PageRequest, transfer_id: int) -> HttpResponse:
    """One payment: what was asked, where it is, what the bank said, and what can be done."""
    return _payment_page(request, _payment_or_404(request, transfer_id))


def _payment_or_404(request: PageRequest, transfer_id: int) -> PaymentRow:
    row = one_payment(request.place.client_id, transfer_id)
    if row is None:
        raise Http404("no such payment")
    return row


def _payment_page(
    request: PageRequest, row: PaymentRow, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    client_id = request.place.client_id
    words, meaning = state_words(row.state, PAYMENT_STATES)
    may = request.place.may_change and not row.replaced
    return render(
        request,
        "web/payment.html",
        {
            "row": row, "words": words, "meaning": meaning, "problems": problems or [], "source": _(SOURCES[row.source]),
            "bank_words": bank_words(row.bank_status), "bank_reason": return_words(row.bank_reason),
            "entries": [(entry, role_words(role), on, money) for entry, role, money, on in entries_of(client_id, row.id)],
            "attempts": [(number, attempt, state_words(state, PAYMENT_STATES)[0]) for number, attempt, state in attempts_of(client_id, row)],
            "may_check": may and row.state == "to_check",
            "may_again": may and row.state in ("rejected", "returned"),
            "may_withdraw": may and row.state in ("to_check", "requested", "rejected", "returned"),
        },
        status=status,
    )  # fmt: skip


def _done(request: PageRequest, transfer_id: int, act: Callable[[], object], told: str) -> HttpResponse:
    """Do an act on a payment and say so, or show the page with why it cannot be done."""
    row = _payment_or_404(request, transfer_id)
    try:
        act()
    except Refused as refused:
        return _payment_page(request, row, refused_words(refused), 400)
    messages.success(request, told)
    return redirect("payments")


@client_act
def payment_check(request: PageRequest, transfer_id: int) -> HttpResponse:
    """Say that a changed account was checked, and how."""
    note = request.POST.get("note", "").replace("\0", "")
    return _done(
        request, transfer_id,
        lambda: confirm_account(request.place.client_id, transfer_id, user_id(request), by_name(request), note, today(), now()),
        _("Confirmed. It waits to be put into a batch."),
    )  # fmt: skip


@client_act
def payment_withdraw(request: PageRequest, transfer_id: int) -> HttpResponse:
    """Take a payment back that was not made."""
    return _done(
        request, transfer_id, lambda: withdraw_transfer(request.place.client_id, transfer_id, today(), now()),
        _("Withdrawn. Its money is where it was taken from again."),
    )  # fmt: skip


@client_act
def payment_again(request: PageRequest, transfer_id: int) -> HttpResponse:
    """Ask anew for a payment that failed, on the same account or another."""
    account = request.POST.get("iban", "").replace("\0", "")
    return _done(
        request, transfer_id,
        lambda: pay_again(request.place.client_id, transfer_id, by_name(request), today(), now(), account),
        _("Asked anew. The failed payment stays as it was."),
    )  # fmt: skip
