"""The lists of promises and of payment plans, and what the rules may decide about them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.arrangements.models import Promise
from inbaar.arrangements.policy import policy_of, set_policy
from inbaar.arrangements.promises import withdraw_promise
from inbaar.arrangements.queries import (
    PromiseRow,
    plan_counts,
    plan_rows,
    promise_counts,
    promise_rows,
    record_of,
)
from inbaar.arrangements.states import OPEN, PLAN_STATES, PROMISE_STATES
from inbaar.kit.clock import now, today
from inbaar.web.arrangement_forms import PolicyForm
from inbaar.web.mandate_asking import by_name
from inbaar.web.paging import asked_page
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording import arrangements as words


@client_page
def promises(request: PageRequest) -> HttpResponse:
    """Promises: those that run, late or at risk first, and how the others ended."""
    client_id, on = request.place.client_id, today()
    counts = promise_counts(client_id)
    running = promise_rows(client_id, on, OPEN)
    late = [row for row in running if row.late(on)]
    risky = [row for row in running if row.risks(on)]
    which = request.GET.get("state", "")
    which = which if which in ("late", "risk", *PROMISE_STATES) else OPEN
    shown = {OPEN: running, "late": late, "risk": risky}.get(which)
    page = asked_page(request.GET.get("page"), counts.get(which, 0) if shown is None else len(shown))
    if shown is None:
        rows = promise_rows(client_id, on, which, limit=page.rows, offset=page.offset)
    else:
        rows = shown[page.offset : page.offset + page.rows]
    tabs = [
        (OPEN, _("running"), len(running)), ("late", _("late"), len(late)), ("risk", _("at risk"), len(risky)),
        *((state, words.state_of(words.PROMISE_STATES, state)[0], counts[state]) for state in PROMISE_STATES[1:] if counts.get(state)),
    ]  # fmt: skip
    record = words.record_words(record_of(client_id, on))
    context = {"rows": told_promises(rows), "tabs": tabs, "which": which, "page": page, "record": record}
    return render(request, "web/promises.html", context)


def told_promises(rows: list[PromiseRow]) -> list[dict[str, object]]:
    """Promises with what is said of each."""
    on = today()
    told = []
    for row in rows:
        state, meaning, drawing = words.state_of(words.PROMISE_STATES, row.state)
        if row.late(on):
            state, meaning, drawing = _("late: not judged yet"), "late", "late"
        told.append({
            "row": row, "state": state, "meaning": meaning, "icon": drawing,
            "numbers": ", ".join(row.numbers[:4]) + (" …" if len(row.numbers) > 4 else ""),
            "risks": [_(words.RISKS[code]) for code in row.risks(on)],
            "source": _(words.SOURCES[row.source]),
        })  # fmt: skip
    return told


@client_act
def promise_withdraw(request: PageRequest, promise_id: int) -> HttpResponse:
    """Take a promise back: its hold ends and the reminders go on."""
    if not Promise.objects.filter(client_id=request.place.client_id, id=promise_id).exists():
        raise Http404("no such promise")
    if withdraw_promise(request.place.client_id, promise_id, by_name(request), today(), now()):
        messages.success(request, _("Taken back: the next run looks at its invoices again."))
    else:
        messages.error(request, _("This promise had ended already; nothing was changed."))
    return redirect("promises")


@client_page
def plans(request: PageRequest) -> HttpResponse:
    """Payment plans: those that wait for an answer first."""
    return plans_page(request, None)


def plans_page(request: PageRequest, form: PolicyForm | None, status: int = 200) -> HttpResponse:
    """The list, and the policy, as it is or as it came back."""
    client_id = request.place.client_id
    counts = plan_counts(client_id)
    which = request.GET.get("state", "")
    which = which if which in PLAN_STATES else ""
    page = asked_page(request.GET.get("page"), counts.get(which, 0) if which else sum(counts.values()))
    rows = [
        (row, words.plan_summary(row.standing), *words.state_of(words.PLAN_STATES, row.standing.state))
        for row in plan_rows(client_id, which, limit=page.rows, offset=page.offset)
    ]
    waiting, running = counts.get("asked", 0), counts.get("running", 0)
    summary = ngettext("%(count)s plan runs.", "%(count)s plans run.", running) % {"count": running}
    if waiting:
        more = ngettext("%(count)s waits for your answer.", "%(count)s wait for your answer.", waiting)
        summary += " " + more % {"count": waiting}
    return render(
        request,
        "web/plans.html",
        {
            "rows": rows, "page": page, "which": which, "summary": summary,
            "tabs": [("", _("all"), sum(counts.values()))]
            + [(state, words.state_of(words.PLAN_STATES, state)[0], counts[state]) for state in PLAN_STATES if counts.get(state)],
            "form": form or PolicyForm(policy_of(client_id)), "may_set": request.place.role == "owner",
        },
        status=status,
    )  # fmt: skip


@client_act
def policy(request: PageRequest) -> HttpResponse:
    """Say what the rules decide from now on."""
    if request.place.role != "owner":
        raise PermissionDenied("owner")
    form = PolicyForm(policy_of(request.place.client_id), request.POST)
    if not form.is_valid():
        return plans_page(request, form, 400)
    set_policy(request.place.client_id, form.policy(), by_name(request), today())
    messages.success(request, _("Kept. What was agreed before stays as it was told."))
    return redirect("plans")
