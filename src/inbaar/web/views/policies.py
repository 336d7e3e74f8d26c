"""Dunning policies: which there are and for whom, a policy as a line through time with its steps to change, and the test of
it on the client's own year."""

import datetime as dt
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_http_methods

from inbaar.dunning.jobs import queue_replan
from inbaar.dunning.policies import (
    Editor,
    choose_policy,
    make_policy,
    put_in_segment,
    replan,
    retire_policy,
    save_policy,
)
from inbaar.dunning.policy_book import BUILT_IN
from inbaar.dunning.replay import Prices, Replay, replay
from inbaar.dunning.replay_facts import MOST, pasts
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.charts import bar_lengths
from inbaar.web.policy_axis import lines_of
from inbaar.web.policy_form import PolicyForm, form_of, read_form
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.queries.policies import Shown, changes, choices, one_policy, policies, segments, sent_in
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.debtors import page_or_404 as debtor_or_404
from inbaar.web.wording import policies as words
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.steps import step_name

YEAR = 365
PRICES = (
    ("email", noop("An e-mail"), "0,05"),
    ("post", noop("A letter on paper"), "2,00"),
    ("call", noop("A call"), "6,00"),
)


def editor(request: PageRequest, reason: str = "") -> Editor:
    """Who changes a policy now."""
    return Editor(str(request.user)[:100], reason, today(), now())


@client_page
def policy_list(request: PageRequest) -> HttpResponse:
    """The policies, for whom each holds, and the change log."""
    client_id = request.place.client_id
    holding = choices(client_id)
    chosen = {choice.segment: choice.policy_id for choice in holding if choice.debtor_id is None}
    every = policies(client_id)
    names = {row.id: row.name for row in every}
    return render(
        request,
        "web/policies.html",
        {
            "rows": [(row, [c for c in holding if c.policy_id == row.id]) for row in every],
            "of_all": chosen.get("", BUILT_IN),
            "of_all_name": names.get(chosen.get("", BUILT_IN), ""),
            "segments": [(name, count, chosen.get(name, BUILT_IN)) for name, count in segments(client_id)],
            "changes": [(change, words.change_words(change)) for change in changes(client_id)],
            "lines": _lines(one_policy(client_id, chosen.get("", BUILT_IN))),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def policy(request: PageRequest, policy_id: int) -> HttpResponse:
    """One policy: its line, its steps, and what it would have done last year. Policy 0 works after install and is only copied."""
    shown = one_policy(request.place.client_id, policy_id)
    if shown is None:
        raise Http404("no such policy")
    if request.method != "POST":
        copied = policy_id == BUILT_IN and request.GET.get("copy") == "1"
        form = form_of(shown.policy, _("Our policy") if copied else shown.name)
        return _page(request, shown, form)
    form = read_form(request.POST)
    button = request.POST.get("do", "")
    if button == "test":
        return _page(request, shown, form, tested=True)
    if button != "save":
        return _page(request, shown, form)
    if not request.place.may_change:
        raise PermissionDenied("viewer")
    return _save(request, shown, form)


def _save(request: PageRequest, shown: Shown, form: PolicyForm) -> HttpResponse:
    client_id, wanted = request.place.client_id, form.policy
    if wanted is None:
        return _page(request, shown, form, status=400)
    if not form.reason:
        return _page(request, shown, form, [_("Say why, so that others can follow it later.")], 400)
    seen = request.POST.get("seen", "")
    try:
        with transaction.atomic():
            if shown.id == BUILT_IN:
                made = make_policy(client_id, form.name, wanted, editor(request, form.reason))
                messages.success(request, _("Made. Choose now for whom it holds."))
                return redirect("policy", made)
            number = save_policy(
                client_id, shown.id, wanted, int(seen) if seen.isascii() and seen.isdigit() else -1,
                editor(request, form.reason),
            )  # fmt: skip
            if number is not None:
                queue_replan(client_id)
    except Refused as refused:
        return _page(request, shown, form, refused_words(refused), 400)
    if number is None:
        messages.info(request, _("Nothing was changed."))
    else:
        told = _("Saved as version %(number)s. It holds from the next run on, also for what runs already.")
        messages.success(request, told % {"number": number})
    return redirect("policy", shown.id)


def _page(
    request: PageRequest,
    shown: Shown,
    form: PolicyForm,
    problems: list[str] | None = None,
    status: int = 200,
    tested: bool = False,
) -> HttpResponse:
    wrong = list(dict.fromkeys(words.problem_words(refusal) for refusal in form.refusals))
    drawn = Shown(shown.id, shown.name, shown.number, form.policy) if form.policy else None
    edits = request.place.may_change and (
        shown.id != BUILT_IN or request.GET.get("copy") == "1" or request.method == "POST"
    )
    return render(
        request,
        "web/policy.html",
        {
            "shown": shown,
            "form": form,
            "edits": edits,
            "lines": _lines(drawn),
            "steps": [(step, step_name(step.action.value)) for step in form.fields],
            "problems": (problems or []) + wrong,
            "unreadable": not form.is_readable,
            "options": _options(),
            "test": _test(request, form) if tested else None,
            "prices": [
                (name, _(label), _typed_price(request.POST, name, usual)) for name, label, usual in PRICES
            ],
            "changes": [
                (change, words.change_words(change))
                for change in (changes(request.place.client_id, shown.id) if shown.id else [])
            ],
        },
        status=400 if status == 200 and request.POST.get("do") == "test" and not form.policy else status,
    )


def _lines(shown: Shown | None) -> list[tuple[object, str, list[tuple[object, str, str, str]]]]:
    """Each line with its words: for whom, and for each mark its title, day and details."""
    return [
        (
            line,
            words.capacities_words(line.capacities),
            [
                (
                    mark,
                    words.step_title(mark.step),
                    words.moment_words(mark.step),
                    words.details_words(mark.step),
                )
                for mark in line.marks
            ],
        )
        for line in (lines_of(shown.policy) if shown else [])
    ]


def _options() -> dict[str, list[tuple[str, str]]]:
    told = {
        "when": words.WHEN, "channel": {key: words.CHANNELS[key] for key in words.LETTER_CHANNELS},
        "tone": words.TONES, "term": words.TERMS, "role": words.ROLES, "whom": words.WHOM,
    }  # fmt: skip
    lists = {name: [(key, _(label)) for key, label in its.items()] for name, its in told.items()}
    lists["add"] = [(action, step_name(action)) for action in words.ACTIONS]
    return lists


def _typed_price(data: QueryDict, name: str, usual: str) -> str:
    return data.get(f"price-{name}", usual)[:12]


def _test(request: PageRequest, form: PolicyForm) -> dict[str, object] | None:
    """The policy walked over the client's last year."""
    wanted = form.policy
    if wanted is None:
        return None
    typed = {name: read_amount(_typed_price(request.POST, name, usual)) for name, _label, usual in PRICES}
    until = today() - dt.timedelta(days=1)
    since = until - dt.timedelta(days=YEAR - 1)
    prices = Prices(**{name: amount or Decimal(0) for name, amount in typed.items()})
    client_id = request.place.client_id
    found = replay(pasts(client_id, since, until), wanted, prices, since, until)
    return {
        "found": found,
        "rows": [(step_name(key), tally, len(tally.debtors)) for key, tally in found.steps.items()],
        "sent": [(step_name(kind), count) for kind, count in sent_in(client_id, since, until).items()],
        "months": _months(found),
        "most": MOST if found.invoices >= MOST else 0,
    }


def _months(found: Replay) -> list[tuple[str, int, int]]:
    """Messages per month: the month, how many, and how long its bar is."""
    counts: dict[dt.date, int] = {}
    for (month, _kind), count in found.months.items():
        counts[month] = counts.get(month, 0) + count
    ordered = sorted(counts.items())
    lengths = bar_lengths([Decimal(count) for _month, count in ordered])
    return [
        (words.month_words(month), count, length)
        for (month, count), length in zip(ordered, lengths, strict=True)
    ]


@client_act
def policy_choose(request: PageRequest) -> HttpResponse:
    """Have a policy hold for a segment, for one debtor, or for all others."""
    client_id = request.place.client_id
    policy_id, debtor = request.POST.get("policy", ""), request.POST.get("debtor", "")
    segment = request.POST.get("segment", "").replace("\0", "")[:40]
    if not (policy_id.isascii() and policy_id.isdigit()):
        raise Http404("no such policy")
    debtor_id = int(debtor) if debtor.isascii() and debtor.isdigit() else None
    if debtor_id is not None:
        debtor_or_404(request, debtor_id)
    back = reverse("debtor", args=[debtor_id]) if debtor_id is not None else reverse("policies")
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        with transaction.atomic():
            done = choose_policy(
                client_id, int(policy_id), editor(request, reason), debtor_id=debtor_id,
                segment="" if debtor_id is not None else segment,
            )  # fmt: skip
            if done:
                _plan_anew(client_id, debtor_id, segment)
    except Refused as refused:
        for told in refused_words(refused):
            messages.error(request, told)
    else:
        messages.success(request, _("It holds from the next run on.") if done else _("Nothing was changed."))
    return redirect(back)


def _plan_anew(client_id: int, debtor_id: int | None, segment: str) -> None:
    if debtor_id is None:
        queue_replan(client_id, segment or None)
    else:
        plan_one(client_id, debtor_id)


def plan_one(client_id: int, debtor_id: int) -> None:
    """Plan one debtor's claims anew, in the request's own transaction."""
    replan(client_id, today(), debtor_id=debtor_id)


@client_act
def debtor_segment(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Say in which segment a debtor is."""
    debtor_or_404(request, debtor_id)
    typed = request.POST.get("segment", "").replace("\0", "")
    if put_in_segment(request.place.client_id, debtor_id, typed, editor(request)):
        plan_one(request.place.client_id, debtor_id)
        messages.success(request, _("It holds from the next run on."))
    return redirect("debtor", debtor_id)


@client_act
def policy_retire(request: PageRequest, policy_id: int) -> HttpResponse:
    """Take a policy out of use that holds for nobody."""
    if policy_id == BUILT_IN or one_policy(request.place.client_id, policy_id) is None:
        raise Http404("no such policy")
    try:
        with transaction.atomic():
            retire_policy(request.place.client_id, policy_id, editor(request))
    except Refused as refused:
        for told in refused_words(refused):
            messages.error(request, told)
        return redirect("policy", policy_id)
    messages.success(request, _("Taken out of use. What left under it stays as it is."))
    return redirect("policies")
