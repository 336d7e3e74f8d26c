"""May this invoice be dunned today, and if not, why not and when: the verdict of the dunning route (BEY-08)."""

import datetime as dt

from inbaar.dunning.models import Schedule
from inbaar.dunning.policy_book import policy_book
from inbaar.dunning.rules import (
    CLOSED,
    HANDED_OVER,
    Decision,
    Standing,
    decide,
    last_day_of,
    refusal_of,
    runs_on,
)
from inbaar.dunning.standing import bank_is_stale, standing_invoices
from inbaar.kit.errors import Refusal
from inbaar.receivables.verdicts import Verdict

_NEVER = {
    "": ("an invoice is dunned only when it is on the schedule", "it is not scheduled", "a scheduled invoice"),
    CLOSED: ("what is paid is never chased", "nothing is open", "more than 0.00 open"),
    HANDED_OVER: (
        "after the last letter a person decides", "reminder and notice had no effect", "a step that was not taken yet",
    ),
}  # fmt: skip


def may_dun(client_id: int, invoice_id: int, on: dt.date) -> Verdict:
    """The verdict on the next dunning step of an invoice on a day. Needs the client's scope.

    Every rule that refuses is named, with the fact, the limit, and the day on which it passes where a day will do it.
    """
    schedule = Schedule.objects.filter(invoice_id=invoice_id).first()
    stage = schedule.stage if schedule else ""
    if schedule is None or stage in _NEVER:
        rule, fact, limit = _NEVER[stage]
        return Verdict((Refusal(f"dunning-{stage or 'unscheduled'}", rule, fact, limit, "never"),))
    refusals = []
    if schedule.due_on is None:
        refusals.append(refusal_of(schedule.waits_for or "before_start", on))
    elif schedule.due_on > on and not schedule.waits_for:
        refusals.append(_too_early(schedule.due_on))
    if not runs_on(on):
        refusals.append(_no_working_day(on))
    book = policy_book(client_id)
    (item,) = standing_invoices(client_id, on, [invoice_id], book, bank_stale=bank_is_stale(client_id, on))
    decision = decide(item.standing, on, book.lane(item.standing.policy, item.standing.capacity))
    if decision.act == "wait":
        refusals.append(refusal_of(decision.waits_for, on, _last_day(decision, item.standing)))
    elif decision.act == "close":
        rule, fact, limit = _NEVER[CLOSED]
        refusals.append(Refusal("dunning-closed", rule, fact, limit, "never"))
    return Verdict(tuple(refusals))


def _last_day(decision: Decision, standing: Standing) -> dt.date | None:
    """The last day of a reason that ends by itself; None for one that needs an act."""
    if decision.waits_for == "term_runs" and decision.look_again_on is not None:
        return decision.look_again_on - dt.timedelta(days=1)
    return last_day_of(decision.waits_for, standing)


def _too_early(due_on: dt.date) -> Refusal:
    return Refusal(
        code="dunning-too_early",
        rule="each step waits until the one before it has run out (DUN-09)",
        fact=f"the next step is due on {due_on}",
        limit="the day that the debtor's policy gives it, and not before the term of the last letter is over",
        passes_on=next_working_day(due_on),
    )


def _no_working_day(on: dt.date) -> Refusal:
    return Refusal(
        code="dunning-no_working_day",
        rule="letters leave on working days",
        fact=f"{on} is no working day",
        limit="a working day of the Dutch legal calendar",
        passes_on=next_working_day(on),
    )


def next_working_day(day: dt.date) -> dt.date:
    """The day itself if letters may leave then, else the next one on which they may."""
    while not runs_on(day):
        day += dt.timedelta(days=1)
    return day
