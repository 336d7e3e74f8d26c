"""The forms on which staff take a promise down and make a payment plan, from a debtor's or an invoice's page."""

from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbaar.arrangements.facts import standing_claims
from inbaar.arrangements.policy import policy_of
from inbaar.arrangements.progress import PlanStanding, plan_standings
from inbaar.arrangements.promises import NewPromise, make_promise
from inbaar.arrangements.proposing import Looked, NewPlan, ask_plan, look_at_plan
from inbaar.arrangements.queries import open_invoices, record_of
from inbaar.arrangements.terms import Every, Term, equal_terms
from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.law.amounts import ZERO
from inbaar.law.errors import LawError
from inbaar.web.arrangement_forms import PlanForm, PromiseForm, read_terms
from inbaar.web.formats import amount, day
from inbaar.web.mandate_asking import by_name, refuse
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.arrangements import record_words, told_findings


def _name_or_404(client_id: int, debtor_id: int) -> str:
    rows = fetch("SELECT name FROM parties_debtor WHERE client_id = %s AND id = %s", [client_id, debtor_id])
    if not rows:
        raise Http404("no such debtor")
    return str(rows[0][0])


def _choices(client_id: int, debtor_id: int) -> list[tuple[int, str]]:
    return [
        (
            number,
            _("%(number)s, %(open)s open, due %(day)s")
            % {"number": name, "open": amount(left, currency), "day": day(due)},
        )
        for number, name, due, left, currency in open_invoices(client_id, debtor_id)
    ]


def _chosen(request: PageRequest, choices: list[tuple[int, str]]) -> list[int]:
    """The invoice one came from, or all that are open."""
    asked = request.GET.get("invoice", "")
    known = [number for number, _words in choices]
    return [int(asked)] if asked.isdigit() and int(asked) in known else known


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def promise_new(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Take a promise down."""
    name, choices = (
        _name_or_404(request.place.client_id, debtor_id),
        _choices(request.place.client_id, debtor_id),
    )
    if request.method == "POST":
        return _promise(request, debtor_id, name, choices)
    form = PromiseForm(choices, initial={"invoices": _chosen(request, choices)})
    return _promise_page(request, debtor_id, name, form)


def _promise_page(
    request: PageRequest, debtor_id: int, name: str, form: PromiseForm, status: int = 200
) -> HttpResponse:
    client_id, on = request.place.client_id, today()
    return render(
        request,
        "web/promise_new.html",
        {
            "debtor_id": debtor_id, "name": name, "form": form, "policy": policy_of(client_id),
            "record": record_words(record_of(client_id, on, debtor_id)),
        },
        status=status,
    )  # fmt: skip


@client_act
def _promise(request: PageRequest, debtor_id: int, name: str, choices: list[tuple[int, str]]) -> HttpResponse:
    form = PromiseForm(choices, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        new = NewPromise(
            debtor_id, tuple(data["invoices"]), data["due_on"], data["source"], f"staff:{debtor_id}:{data['token']}",
            data["amount"], data["words"],
        )  # fmt: skip
        try:
            make_promise(request.place.client_id, new, by_name(request), today(), now())
        except Refused as refused:
            refuse(form, refused)
        else:
            told = _("Taken down: nothing goes out for these invoices up to and including %(day)s.")
            messages.success(request, told % {"day": day(data["due_on"])})
            return redirect("debtor", debtor_id)
    return _promise_page(request, debtor_id, name, form, 400)


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def plan_new(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Make a plan: see its terms and what speaks against it first, and agree then."""
    client_id = request.place.client_id
    name, choices = _name_or_404(client_id, debtor_id), _choices(client_id, debtor_id)
    replaced = _replaced(request, client_id, debtor_id)
    if request.method == "POST":
        return _plan(request, debtor_id, name, choices, replaced)
    chosen = list(replaced.invoices) if replaced else _chosen(request, choices)
    form = PlanForm(
        choices, changes=replaced is not None, stops_interest=policy_of(client_id).stops_interest,
        initial={"invoices": chosen},
    )  # fmt: skip
    return _plan_page(request, debtor_id, name, form, replaced)


def _replaced(request: PageRequest, client_id: int, debtor_id: int) -> PlanStanding | None:
    """The plan that is changed, where one is: it runs, and is this debtor's."""
    asked = (request.POST if request.method == "POST" else request.GET).get("replaces", "")
    if not asked:
        return None
    found = plan_standings(client_id, [int(asked)]) if asked.isdigit() and len(asked) < 19 else []
    if not found or found[0].debtor_id != debtor_id or found[0].state != "running":
        raise Http404("no such plan")
    return found[0]


def _plan_page(
    request: PageRequest, debtor_id: int, name: str, form: PlanForm, replaced: PlanStanding | None,
    looked: tuple[Looked, tuple[Term, ...]] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {"debtor_id": debtor_id, "name": name, "form": form, "replaces": replaced}
    if looked is not None:
        found, terms = looked
        context |= {
            "terms": list(enumerate(terms, start=1)), "total": found.total, "currency": found.claims[0].standing.currency,
            "findings": told_findings(list(found.findings)), "barred": bool(found.barred), "claims": found.claims,
            "reason": request.POST.get("reason", ""), "total_told": f"{found.total:.2f}", "stops_interest": found.stops_interest,
        }  # fmt: skip
    return render(request, "web/plan_new.html", context, status=status)


@client_act
def _plan(
    request: PageRequest,
    debtor_id: int,
    name: str,
    choices: list[tuple[int, str]],
    replaced: PlanStanding | None,
) -> HttpResponse:
    client_id, on = request.place.client_id, today()
    form = PlanForm(choices, request.POST, changes=replaced is not None)
    if not form.is_valid():
        return _plan_page(request, debtor_id, name, form, replaced, status=400)
    looked = None
    try:
        new = _new_plan(client_id, debtor_id, form, replaced)
        found = look_at_plan(client_id, new, on)
        looked = (found, new.terms) if found.claims else None
        # What one agreed to see is what is agreed: another total meanwhile is shown first.
        if "agree" in request.POST and request.POST.get("total") == f"{found.total:.2f}":
            with transaction.atomic():
                asked = ask_plan(
                    client_id, new, by_name(request), on, now(), decides=True, reason=request.POST.get("reason", "")[:300],
                    on_letters=queue_delivery,
                )  # fmt: skip
            messages.success(request, _("Agreed: the plan runs, and the debtor gets its confirmation."))
            return redirect("plan", asked.plan_id)
    except Refused as refused:
        refuse(form, refused)
        return _plan_page(request, debtor_id, name, form, replaced, looked, 400)
    except LawError as error:
        form.add_error(None, str(error))
        return _plan_page(request, debtor_id, name, form, replaced, looked, 400)
    return _plan_page(request, debtor_id, name, form, replaced, looked)


def _new_plan(client_id: int, debtor_id: int, form: PlanForm, replaced: PlanStanding | None) -> NewPlan:
    data = form.cleaned_data
    invoices = tuple(data["invoices"])
    terms = read_terms(data["own"])
    every = Every.OWN if terms else Every(data["every"])
    if not terms:
        claims = standing_claims(client_id, invoices, today(), beside=replaced.plan_id if replaced else None)
        total = sum((one.owed.total for one in claims), ZERO)
        terms = equal_terms(max(total, Decimal("0.01")), data["count"], data["first_on"], every)
    return NewPlan(
        debtor_id, invoices, terms, data["source"], f"staff:{debtor_id}:{data['token']}", every,
        stops_interest=data["interest"] == "stops" if "interest" in data else None,
        acknowledged=data["acknowledged"], words=data["words"], replaces=replaced.plan_id if replaced else None,
    )  # fmt: skip
