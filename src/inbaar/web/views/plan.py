"""One payment plan: its terms and how they stand, what was told, and what a person does to it."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.arrangements.agreeing import agree_plan, end_plan, refuse_plan, withdraw_plan
from inbaar.arrangements.models import Plan
from inbaar.arrangements.policy import policy_of
from inbaar.arrangements.progress import PlanStanding, plan_standings
from inbaar.arrangements.queries import plan_invoices
from inbaar.arrangements.telling import judged_on
from inbaar.arrangements.terms import Standing
from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.arrangement_forms import EndForm
from inbaar.web.forms import ReasonForm
from inbaar.web.mandate_asking import by_name
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording import arrangements as words
from inbaar.web.wording.kinds import delivery_words
from inbaar.web.wording.refusals import refusal_words


@client_page
def plan(request: PageRequest, plan_id: int) -> HttpResponse:
    """The page."""
    return plan_page(request, plan_id, {})


def plan_page(
    request: PageRequest, plan_id: int, refused: dict[str, Form], status: int = 200
) -> HttpResponse:
    """The page as an answer; `refused` are forms that came back. 404 for a plan of another client."""
    client_id, on = request.place.client_id, today()
    row = Plan.objects.filter(client_id=client_id, id=plan_id).select_related("debtor").first()
    if row is None:
        raise Http404("no such plan")
    (standing,) = plan_standings(client_id, [plan_id])
    state, meaning, drawing = words.state_of(words.PLAN_STATES, row.state)
    return render(
        request,
        "web/plan.html",
        {
            "plan": row, "standing": standing, "summary": words.plan_summary(standing), "state": state, "meaning": meaning,
            "icon": drawing, "terms": _terms(client_id, standing), "invoices": plan_invoices(client_id, plan_id),
            "findings": [
                (words.finding_words(one["code"], one["fact"], one["limit"]), words.loss_words(one["code"]), None)
                for one in row.findings
            ],
            "letters": [(one, _(words.LETTERS[one.kind]), *delivery_words(one.state)) for one in standing.letters],
            "asked_by": words.who_words(row.asked_by), "decided_by": words.who_words(row.decided_by),
            "ended_by": words.who_words(row.ended_by), "source": _(words.SOURCES[row.source]),
            "agree": refused.get("agree") or ReasonForm(auto_id="agree-%s"),
            "refuse": refused.get("refuse") or ReasonForm(auto_id="refuse-%s"),
            "end": refused.get("end") or EndForm(auto_id="end-%s"), "on": on,
        },
        status=status,
    )  # fmt: skip


def _terms(client_id: int, standing: PlanStanding) -> list[tuple[Standing, str, str, str, str]]:
    """Each term with its reference, its state in words, the meaning and the icon of that."""
    policy, on = policy_of(client_id), today()
    told = []
    for term, reference in zip(standing.terms, standing.references, strict=True):
        if term.open <= 0:
            late = term.paid_on is not None and term.paid_on > judged_on(term.due_on, policy)
            state = (_("paid late"), "done", "done") if late else (_("paid"), "done", "done")
        elif term.due_on < on and standing.state == "running":
            state = (_("late"), "late", "late")
        elif term.paid > 0:
            state = (_("paid in part"), "attention", "attention")
        else:
            state = (_("to come"), "plain", "wait")
        told.append((term, reference, *state))
    return told


def _do(
    request: PageRequest, plan_id: int, name: str, form: Form, act: Callable[[], object], told: str
) -> HttpResponse:
    """Do it where the form is valid and no rule forbids it; else the page comes back with the reasons."""
    if form.is_valid():
        try:
            with transaction.atomic():
                act()
        except Refused as refused:
            for refusal in refused.refusals:
                messages.error(request, refusal_words(refusal))
        else:
            messages.success(request, told)
            return redirect("plan", plan_id)
    return plan_page(request, plan_id, {name: form}, 400)


@client_act
def plan_agree(request: PageRequest, plan_id: int) -> HttpResponse:
    """Agree on a plan that waits."""
    form = ReasonForm(request.POST, auto_id="agree-%s")
    return _do(
        request, plan_id, "agree", form,
        lambda: agree_plan(
            request.place.client_id, plan_id, by_name(request), form.cleaned_data["reason"], today(), now(), queue_delivery
        ),
        _("Agreed: the plan runs, and the debtor gets its confirmation."),
    )  # fmt: skip


@client_act
def plan_refuse(request: PageRequest, plan_id: int) -> HttpResponse:
    """Say no to a plan that waits."""
    form = ReasonForm(request.POST, auto_id="refuse-%s")
    return _do(
        request, plan_id, "refuse", form,
        lambda: refuse_plan(
            request.place.client_id, plan_id, by_name(request), form.cleaned_data["reason"], today(), now(), queue_delivery
        ),
        _("Refused: the debtor is told, and the reminders go on after it."),
    )  # fmt: skip


@client_act
def plan_withdraw(request: PageRequest, plan_id: int) -> HttpResponse:
    """Take back a plan that waits, for the debtor does not want it any more."""
    if not Plan.objects.filter(client_id=request.place.client_id, id=plan_id).exists():
        raise Http404("no such plan")
    try:
        with transaction.atomic():
            withdraw_plan(request.place.client_id, plan_id, by_name(request), today(), now())
    except Refused:
        messages.error(request, _("This plan was decided on already; nothing was changed."))
    else:
        messages.success(request, _("Taken back: the next run looks at its invoices again."))
    return redirect("plan", plan_id)


@client_act
def plan_end(request: PageRequest, plan_id: int) -> HttpResponse:
    """End a plan that runs."""
    form = EndForm(request.POST, auto_id="end-%s")

    def act() -> None:
        by_debtor = form.cleaned_data["who"] == "debtor"
        end_plan(
            request.place.client_id, plan_id, by_name(request), by_debtor, form.cleaned_data["reason"], today(), now(),
            queue_delivery,
        )  # fmt: skip

    return _do(
        request, plan_id, "end", form, act, _("Ended: the debtor is told, and the reminders go on after it.")
    )
