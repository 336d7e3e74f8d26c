"""One report: both clocks, the five conditions, what it waits for, calls, an objection, and its end."""

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.actions import NewFile
from inbaar.register.acts import CallMade, approve_entry, end_report, record_call, take_objection
from inbaar.register.facts import arrears_of
from inbaar.register.queries import RunningReport, calls_of, running_report
from inbaar.register.reporting import report_arrears
from inbaar.register.rules import approval_refusals, last_day_to_pay
from inbaar.web.formats import amount, day
from inbaar.web.register_forms import CallForm, ObjectionForm
from inbaar.web.register_part import told_refusals
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.register import by, reported_words
from inbaar.web.wording.refusals import refusal_words, refused_words
from inbaar.web.wording.register import condition_name, outcome_words, state_words


@client_page
def report(request: PageRequest, report_id: int) -> HttpResponse:
    """The page."""
    return _page(request, _or_404(request, report_id), {})


@client_act
def report_invoice(request: PageRequest, invoice_id: int) -> HttpResponse:
    """Report the arrear of an invoice: one click on its page."""
    client_id = request.place.client_id
    if invoice_id not in arrears_of(client_id, [invoice_id], today()):
        raise Http404("no such invoice")
    try:
        with transaction.atomic():
            (answer,) = report_arrears(
                client_id,
                [invoice_id],
                by(request),
                today(),
                now(),
                reporter=request.user.pk,
                on_letters=queue_delivery,
            )
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
        return redirect("invoice", invoice_id)
    if answer.report_id is None:
        for refusal in answer.refusals:
            messages.error(request, refusal_words(refusal))
        return redirect("invoice", invoice_id)
    messages.success(request, reported_words(answer))
    return redirect("register_report", answer.report_id)


@client_act
def call(request: PageRequest, report_id: int) -> HttpResponse:
    """Keep what came of a call."""
    page = _or_404(request, report_id)
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, page, {"call": form}, 400)
    made = CallMade(form.cleaned_data["outcome"], form.cleaned_data["note"])
    if record_call(request.place.client_id, report_id, made, by(request), today()):
        messages.success(request, _("Kept what came of the call."))
    else:
        messages.error(request, _("No call waits any more; nothing was changed."))
    return redirect("register_report", report_id)


@client_act
def approve(request: PageRequest, report_id: int) -> HttpResponse:
    """Agree, as a second person, that it is entered on its day."""
    _or_404(request, report_id)
    try:
        approve_entry(request.place.client_id, report_id, request.user.pk or 0, today(), now())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    else:
        messages.success(request, _("Approved. It is entered on its day, if all the rules allow it then."))
    return redirect("register_report", report_id)


@client_act
def objection(request: PageRequest, report_id: int) -> HttpResponse:
    """Take what the debtor brings against the claim."""
    page = _or_404(request, report_id)
    form = ObjectionForm(request.POST, request.FILES)
    if form.is_valid():
        files = [NewFile(file.name or "", file.read()) for file in request.FILES.getlist("files")]
        reason = form.cleaned_data["reason"]
        try:
            with transaction.atomic():
                take_objection(request.place.client_id, report_id, reason, files, by(request), today(), now())
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
        else:
            messages.success(
                request, _("Taken. The claim is disputed: it rests, and nobody else can see it.")
            )
            return redirect("register_report", report_id)
    return _page(request, page, {"objection": form}, 400)


@client_act
def end(request: PageRequest, report_id: int, why: str) -> HttpResponse:
    """Withdraw it, or end it because the parties came to terms."""
    page = _or_404(request, report_id)
    end_report(request.place.client_id, report_id, why)
    told = _("Withdrawn. Nothing of it is left in the register.")
    if why == "agreed":
        told = _("Ended, because you came to terms. Nothing of it is left in the register.")
    messages.success(request, told)
    return redirect("invoice", page.invoice_id)


def _or_404(request: PageRequest, report_id: int) -> RunningReport:
    found = running_report(request.place.client_id, report_id, today())
    if found is None:
        raise Http404("no such report")
    return found


def _page(
    request: PageRequest, page: RunningReport, bound: dict[str, Form], status: int = 200
) -> HttpResponse:
    calls = calls_of(request.place.client_id, page.report_id)
    waits = [call for call in calls if call.made_on is None]
    return render(
        request,
        "web/register_report.html",
        {
            "page": page,
            "state": state_words(page.state),
            "summary": _summary(page),
            "why_not": [refusal_words(one) for one in _may_approve(request, page)],
            "conditions": [(condition_name(code), met) for code, met in page.conditions],
            "refusals": told_refusals(page.verdict.refusals),
            "last_day": last_day_to_pay(page.told_on) if page.told_on else None,
            "calls": [(one, outcome_words(one.outcome)) for one in calls if one.made_on is not None],
            "waits": waits[0] if waits else None,
            "call": bound.get("call") or CallForm(),
            "objection": bound.get("objection") or ObjectionForm(),
        },
        status=status,
    )


def _may_approve(request: PageRequest, page: RunningReport) -> list[Refusal]:
    is_reporter = page.approval.reporter == request.user.pk
    return approval_refusals(request.place.role, is_reporter)


def _summary(page: RunningReport) -> str:
    if page.state == "entered":
        return _("%(amount)s is entered: who looks the debtor up, sees it.") % {"amount": amount(page.amount)}
    if page.state == "suspended":
        return _("%(amount)s is disputed: it rests, and nobody else can see it.") % {
            "amount": amount(page.amount)
        }
    told = _("%(amount)s is reported and nobody else can see it. It can be entered from %(day)s.")
    return told % {"amount": amount(page.amount), "day": day(page.entry_from)}
