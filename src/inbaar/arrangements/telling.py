"""What a debtor is told of his plan, as letters: that it runs, that a term comes, that one was missed, that it ended, or a no.

Which letter is due follows from how the plan stands, so asking twice writes once, and one that did not leave is followed by
another. Needs the client's scope.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inbaar.arrangements.composing import PlanLetterDue, compose_letters
from inbaar.arrangements.facts import bank_news
from inbaar.arrangements.policy import policy_of
from inbaar.arrangements.progress import PlanStanding, plan_standings
from inbaar.arrangements.rules import Policy
from inbaar.arrangements.states import BROKEN, ENDED, REFUSED, RUNNING
from inbaar.dunning.rules import leaves_from
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.law.calendar import moved_to_working_day
from inbaar.letters.actions import write_letters
from inbaar.letters.parts import LetterKind
from inbaar.receivables.timeline import NewEvent, write_events

#: What was not told within these days after a plan ended is not told any more.
TOLD_WITHIN_DAYS = 14
_LETTER = {
    "client_id": "bigint", "plan_id": "bigint", "letter_id": "bigint", "kind": "text", "term": "smallint", "pay_by": "date",
}  # fmt: skip
_TROUBLE = """
    UPDATE arrangements_plan p SET trouble = n.trouble FROM unnest(%s::bigint[], %s::text[]) AS n(id, trouble)
    WHERE p.client_id = %s AND p.id = n.id AND p.trouble <> n.trouble
"""
_WAITING = """
    SELECT y.plan_id, y.kind, y.term, y.pay_by, d.id, d.letter_id FROM arrangements_planletter y
    JOIN letters_delivery d ON d.client_id = y.client_id AND d.letter_id = y.letter_id AND d.state IN ('queued', 'by_post')
    WHERE y.client_id = %s FOR UPDATE OF d SKIP LOCKED
"""
_TAKE_BACK = "UPDATE letters_delivery SET state = 'withdrawn', changed_at = %s WHERE client_id = %s AND id = ANY(%s::bigint[])"


@dataclass(frozen=True, slots=True)
class Day:
    """What decides which letters are due: the day, the client's policy, and up to when the bank's news goes."""

    on: dt.date
    policy: Policy
    news: dt.date | None


def day_of(client_id: int, on: dt.date) -> Day:
    """The day for a client. Two statements."""
    return Day(on, policy_of(client_id), bank_news(client_id))


def judged_on(due_on: dt.date, policy: Policy) -> dt.date:
    """The last value date on which a term still counts as paid in time: its grace over, and a day on which banks book."""
    return moved_to_working_day(due_on + dt.timedelta(days=policy.grace_days))


def overdue_term(plan: PlanStanding, day: Day) -> int | None:
    """The number of the last term that was missed; None where none was, or nobody can know it yet."""
    if plan.explained or day.news is None:
        return None
    missed = [
        term.number for term in plan.terms
        if term.open > 0 and (last := judged_on(term.due_on, day.policy)) < day.on and last <= day.news
    ]  # fmt: skip
    return missed[-1] if missed else None


def letters_due(plan: PlanStanding, day: Day) -> list[PlanLetterDue]:
    """The letters that are due about a plan on a day, and were not written."""
    due = []
    if plan.state == RUNNING:
        if plan.told(LetterKind.PLAN) is None:
            due.append(PlanLetterDue(plan, LetterKind.PLAN))
        notice = plan.told(LetterKind.PLAN_MISSED)
        pending = notice is not None and plan.owed_up_to(notice.term or 0) > 0
        missed = overdue_term(plan, day)
        if missed is not None and not pending:
            due.append(PlanLetterDue(plan, LetterKind.PLAN_MISSED, missed))
        elif missed is None and not pending and (coming := _coming(plan, day)) is not None:
            due.append(PlanLetterDue(plan, LetterKind.PLAN_TERM, coming))
    elif plan.ended_on is not None and day.on <= plan.ended_on + dt.timedelta(days=TOLD_WITHIN_DAYS):
        if plan.state in (BROKEN, ENDED) and plan.told(LetterKind.PLAN_ENDED) is None and not plan.settled:
            due.append(PlanLetterDue(plan, LetterKind.PLAN_ENDED))
        if plan.state == REFUSED and plan.told(LetterKind.PLAN_REFUSED) is None and not plan.settled:
            due.append(PlanLetterDue(plan, LetterKind.PLAN_REFUSED))
    return due


def _coming(plan: PlanStanding, day: Day) -> int | None:
    """The term of which the debtor is reminded: near, unpaid, and not named in a confirmation of the last days."""
    near = dt.timedelta(days=day.policy.remind_days)
    for term in plan.terms:
        if term.open > 0 and day.on < term.due_on <= day.on + near:
            fresh = plan.decided_on is not None and term.due_on - near <= plan.decided_on
            told = plan.told(LetterKind.PLAN_TERM, term.number)
            return None if fresh or told or plan.explained else term.number
    return None


def tell_plans(
    client_id: int, plans: Sequence[int], on: dt.date, at: dt.datetime, on_letters: Callable[[int], object] | None = None
) -> Counter[str]:  # fmt: skip
    """Write the letters that are due about these plans; gives how many of each kind. A fixed number of statements."""
    day = day_of(client_id, on)
    return write_due(client_id, plan_standings(client_id, plans), day, at, on_letters)


def write_due(
    client_id: int, plans: Sequence[PlanStanding], day: Day, at: dt.datetime, on_letters: Callable[[int], object] | None
) -> Counter[str]:  # fmt: skip
    """The same for plans that were read, in the transaction that reads them. What could not be written is kept with its plan."""
    due = [letter for plan in plans for letter in letters_due(plan, day)]
    composed = compose_letters(client_id, due, day.on, at, day.policy)
    write_letters(client_id, [letter for _, letter in composed.letters], at, leaves_from(day.on, at))
    insert_rows(
        "arrangements_planletter",
        _LETTER,
        (
            (client_id, one.plan.plan_id, letter.id, str(one.kind), one.term, letter.content.pay_by)
            for one, letter in composed.letters
        ),
    )
    troubled = {one.plan.plan_id: "" for one in due} | composed.failures
    run(_TROUBLE, [array_parameter(list(troubled)), array_parameter(list(troubled.values())), client_id])
    write_events(
        client_id,
        (
            NewEvent(
                "plan_told", day.on, None, one.plan.debtor_id,
                {"letter": letter.content.letter_number, "kind": str(one.kind), "term": one.term,
                 "amount": str(letter.content.total_due), "currency": one.plan.currency},
                letter.id,
            )
            for one, letter in composed.letters
        ),
        at,
    )  # fmt: skip
    if composed.letters and on_letters is not None:
        on_letters(client_id)
    return Counter(str(one.kind) for one, _ in composed.letters)


def take_back_letters(client_id: int, on: dt.date, at: dt.datetime) -> int:
    """Hold back, before they leave, letters that no longer hold: a term that was paid, a day that has come, a plan that does not
    run any more. Gives how many. A fixed number of statements.
    """
    waiting = fetch(_WAITING, [client_id])
    plans = {plan.plan_id: plan for plan in plan_standings(client_id, sorted({row[0] for row in waiting}))}
    stale = [row for row in waiting if _stale(plans[row[0]], row[1], row[2], row[3], on)]
    run(_TAKE_BACK, [at, client_id, array_parameter([row[4] for row in stale])])
    write_events(
        client_id,
        (
            NewEvent(
                "plan_letter_held", on, None, plans[plan].debtor_id, {"kind": kind, "term": term}, letter
            )
            for plan, kind, term, _, _, letter in stale
        ),
        at,
    )
    return len(stale)


def _stale(plan: PlanStanding, kind: str, term: int | None, pay_by: dt.date | None, on: dt.date) -> bool:
    if kind in (LetterKind.PLAN_ENDED, LetterKind.PLAN_REFUSED):
        return plan.settled
    if plan.state != RUNNING:
        return True
    if kind == LetterKind.PLAN_TERM and term is not None:
        return plan.terms[term - 1].open <= 0 or plan.terms[term - 1].due_on <= on
    late = pay_by is not None and pay_by <= on
    return kind == LetterKind.PLAN_MISSED and (late or plan.owed_up_to(term or 0) <= 0)
