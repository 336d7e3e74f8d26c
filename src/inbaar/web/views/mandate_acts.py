"""What a person does to a mandate: amend its account, withdraw it, suspend it, let it stand again, keep its registration."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inbaar.banking.debits.actions import (
    amend_account,
    record_registration,
    resume_mandate,
    suspend_mandate,
    under_way,
    withdraw_mandate,
)
from inbaar.kit.clock import now, today
from inbaar.web.formats import day
from inbaar.web.forms import ReasonForm
from inbaar.web.mandate_asking import by_name, done, file_of
from inbaar.web.mandate_forms import AmendForm, RegistrationForm, WithdrawForm
from inbaar.web.requests import PageRequest, client_act
from inbaar.web.views.mandates import head_or_404, mandate_page


def _answer(
    request: PageRequest, mandate_id: int, name: str, form: Form, act: Callable[[], object], told: str
) -> HttpResponse:
    """Do it and say so, or show the page again with what was typed and why it cannot be done."""
    head = head_or_404(request, mandate_id)
    if not done(form, act):
        return mandate_page(request, head, {name: form}, 400)
    messages.success(request, told)
    return redirect("mandate", mandate_id)


@client_act
def mandate_amend(request: PageRequest, mandate_id: int) -> HttpResponse:
    """Another account or name, as the debtor told it."""
    form = AmendForm(request.POST, auto_id="amend-%s")

    def act() -> None:
        name, iban = form.cleaned_data["name"], form.cleaned_data["iban"]
        amend_account(request.place.client_id, mandate_id, name, iban, by_name(request), today(), now())

    told = _("Kept. The bank is told what it was with the next collection; the debtor need not sign again.")
    return _answer(request, mandate_id, "amend", form, act, told)


@client_act
def mandate_withdraw(request: PageRequest, mandate_id: int) -> HttpResponse:
    """Withdraw it for good; what is at the bank already is told, for only the bank stops that."""
    form, client_id = WithdrawForm(request.POST, auto_id="withdraw-%s"), request.place.client_id

    def act() -> None:
        data = form.cleaned_data
        withdraw_mandate(
            client_id, mandate_id, data["reason"], by_name(request), today(), now(), asked_by=data["asked_by"],
            since=data["since"],
        )  # fmt: skip
        told = _("A debit of %(day)s is at the bank already: ask the bank to stop it.")
        for _number, due_on in under_way(client_id, mandate_id):
            messages.warning(request, told % {"day": day(due_on)})

    told = _("Withdrawn. Nothing is collected by it any more.")
    return _answer(request, mandate_id, "withdraw", form, act, told)


@client_act
def mandate_suspend(request: PageRequest, mandate_id: int) -> HttpResponse:
    """Collect nothing until somebody looked."""
    form = ReasonForm(request.POST, auto_id="suspend-%s")

    def act() -> None:
        reason = form.cleaned_data["reason"]
        suspend_mandate(request.place.client_id, mandate_id, reason, by_name(request), today(), now())

    told = _("Suspended. Nothing is collected by it until you let it stand again.")
    return _answer(request, mandate_id, "suspend", form, act, told)


@client_act
def mandate_resume(request: PageRequest, mandate_id: int) -> HttpResponse:
    """Let it stand again."""
    form = ReasonForm(request.POST, auto_id="resume-%s")

    def act() -> None:
        reason = form.cleaned_data["reason"]
        resume_mandate(request.place.client_id, mandate_id, reason, by_name(request), today(), now())

    return _answer(request, mandate_id, "resume", form, act, _("It stands again."))


@client_act
def mandate_register(request: PageRequest, mandate_id: int) -> HttpResponse:
    """Keep that the debtor's bank registered it."""
    form = RegistrationForm(request.POST, request.FILES, auto_id="register-%s")

    def act() -> None:
        scan, on = file_of(form.cleaned_data["scan"]), form.cleaned_data["registered_on"]
        record_registration(request.place.client_id, mandate_id, scan, on, by_name(request), today(), now())

    return _answer(
        request,
        mandate_id,
        "register",
        form,
        act,
        _("Kept. From now on what falls due can be collected by it."),
    )
