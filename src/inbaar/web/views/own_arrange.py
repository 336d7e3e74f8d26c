"""What a debtor agrees on from his own page: a promise to pay, or a plan in terms, each shown as it stands afterwards."""

import datetime as dt
import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from inbaar.arrangements.queries import plan_rows, promise_rows
from inbaar.arrangements.terms import Every, Term
from inbaar.arrangements.wishes import (
    PlanWish,
    Possible,
    PromiseWish,
    plan_terms,
    plan_wish,
    possible,
    promise_wish,
)
from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.web.formats import day
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.requests import without_client
from inbaar.web.views.errors import too_often
from inbaar.web.views.own import MOST_A_MINUTE, MOST_SENT_A_MINUTE, Visit, answer, closed, visit_of
from inbaar.web.visits import limited

#: What a debtor is told of a no; whatever else speaks against it is between the client and its insurer, the tax office or itself.
_TOLD = {
    "promise-past": noop("Choose today or a later day."),
    "promise-far": noop("Choose a day up to and including %(limit)s."),
    "promise-amount": noop("Fill in an amount above zero, and at most what is open."),
    "promise-running": noop("You promised to pay this already."),
    "promise-often": noop("You promised this before. Ask for payment in terms, or call us."),
    "plan-terms": noop("Choose at most %(limit)s terms."),
    "plan-order": noop("Choose today or a later day for the first term."),
}


@csrf_exempt
@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_promise(request: HttpRequest, token: str) -> HttpResponse:
    """Promising to pay by a day; by POST the promise is kept and its page shown. Who has the link may promise by it."""
    visit = visit_of(request, token)
    if not visit.is_open or visit.door is None:
        return closed(request, visit)
    with translation.override(visit.language):
        return _promise(request, visit) if request.method == "POST" else _form(request, visit, "promise")


@limited(MOST_SENT_A_MINUTE, too_often)
def _promise(request: HttpRequest, visit: Visit) -> HttpResponse:
    door = visit.door
    assert door is not None
    due_on, typed = _day(request, "due_on"), request.POST.get("amount", "").strip()
    amount = read_amount(typed) if typed else None
    if due_on is None or (typed and amount is None):
        problem = _("Choose a day.") if due_on is None else _("“%(value)s” is not an amount; write 1234,56.")
        return _form(request, visit, "promise", [problem % {"value": typed[:40]}], status=400)
    wish = PromiseWish(due_on, _key(request, "due_on", "amount", "words"), amount, words=_words(request))
    try:
        with client_scope(door.client_id):
            made = promise_wish(door.client_id, door.debtor_id, wish, today(), now())
    except Refused as refused:
        return _form(request, visit, "promise", _told(refused), status=400)
    return redirect("own_arranged", visit.token, "promise", made)


@csrf_exempt
@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_plan(request: HttpRequest, token: str) -> HttpResponse:
    """Asking to pay in terms: first the terms are shown, then it is asked; the rules agree at once, or a person looks."""
    visit = visit_of(request, token)
    if not visit.is_open or visit.door is None:
        return closed(request, visit)
    with translation.override(visit.language):
        return _plan(request, visit) if request.method == "POST" else _form(request, visit, "plan")


@limited(MOST_SENT_A_MINUTE, too_often)
def _plan(request: HttpRequest, visit: Visit) -> HttpResponse:
    door = visit.door
    assert door is not None
    first, count = _day(request, "first_on"), request.POST.get("count", "")
    if first is None or not (count.isascii() and count.isdigit() and len(count) <= 3):
        return _form(
            request, visit, "plan", [_("Choose a number of terms, and the day of the first.")], status=400
        )
    every = Every.WEEK if request.POST.get("every") == "week" else Every.MONTH
    sure = request.POST.get("acknowledged") == "1"
    key = _key(request, "count", "every", "first_on", "acknowledged", "words")
    wish = PlanWish(int(count), every, first, key, sure, words=_words(request))
    try:
        with client_scope(door.client_id):
            if request.POST.get("ask") != "1":
                terms = plan_terms(door.client_id, door.debtor_id, wish, today())
                return _form(request, visit, "plan", terms=terms)
            asked = plan_wish(door.client_id, door.debtor_id, wish, today(), now(), queue_delivery)
    except Refused as refused:
        return _form(request, visit, "plan", _told(refused), status=400)
    return redirect("own_arranged", visit.token, "plan", asked.plan_id)


def _form(
    request: HttpRequest,
    visit: Visit,
    kind: str,
    errors: list[str] | None = None,
    terms: tuple[Term, ...] = (),
    status: int = 200,
) -> HttpResponse:
    door = visit.door
    assert door is not None
    with client_scope(door.client_id):
        can = possible(door.client_id, door.debtor_id, today())
    facts = {
        "kind": kind,
        "wish": _offer(can) if can else None,
        "wish_errors": errors or [],
        "wish_typed": {name: request.POST.get(name, "")[:300] for name in _TYPED},
        "wish_terms": terms,
    }
    return answer(request, visit, "web/own_arrange.html", facts, status)


_TYPED = ("due_on", "amount", "words", "count", "every", "first_on", "acknowledged")


def _offer(can: Possible) -> dict[str, Any]:
    return {
        "until": can.promise_until, "total": can.total, "currency": can.currency, "counts": can.counts,
        "most": can.policy.plan_terms, "first_until": can.first_until,
        "numbers": ", ".join(one.standing.number for one in can.claims),
    }  # fmt: skip


@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_safe
def own_arranged(request: HttpRequest, token: str, kind: str, number: int) -> HttpResponse:
    """A promise or plan of this debtor as it stands: what was said, by when, and what happens now."""
    visit = visit_of(request, token)
    if not visit.is_open or visit.door is None:
        return closed(request, visit)
    client_id, debtor_id = visit.door.client_id, visit.door.debtor_id
    with client_scope(client_id), translation.override(visit.language):
        found: Any = None
        if kind == "promise":
            rows = promise_rows(client_id, today(), debtor=debtor_id)
            found = next((row for row in rows if row.id == number), None)
        elif kind == "plan":
            plans = plan_rows(client_id, debtor=debtor_id)
            found = next((row.standing for row in plans if row.standing.plan_id == number), None)
        if found is None:
            raise Http404("nothing of that number")
        return answer(request, visit, "web/own_arranged.html", {"kind": kind, "found": found})


def _told(refused: Refused) -> list[str]:
    """Why not, in words for who asked; what is between the client and others is not told him."""
    told = [
        _(_TOLD[refusal.code]) % {"limit": _as_read(refusal.limit)}
        for refusal in refused.refusals
        if refusal.code in _TOLD
    ]
    together = _("This cannot be agreed on here. Write to us or call us: we look at it together.")
    return list(dict.fromkeys(told)) or [together]


def _as_read(limit: str) -> str:
    try:
        return day(dt.date.fromisoformat(limit))
    except ValueError:
        return limit


def _day(request: HttpRequest, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        return None


def _words(request: HttpRequest) -> str:
    return " ".join(request.POST.get("words", "").replace("\0", "").split())


def _key(request: HttpRequest, *names: str) -> str:
    """The same wish on one day is one wish, by whatever window or button it was sent."""
    said = "\x1f".join([today().isoformat(), *(request.POST.get(name, "") for name in names)])
    return hashlib.sha256(said.encode()).hexdigest()[:24]
