"""The day's part: promises judged, plans completed or broken, their letters written. Called by the daily run, before dunning.

Run any number of times, late, or killed at any moment, the result is the same: what a chunk decides it writes in one transaction,
from what was paid and told by then.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence

from inbaar.arrangements.agreeing import KEY, end_plans
from inbaar.arrangements.progress import PlanStanding, plan_standings
from inbaar.arrangements.promises import judge_promises
from inbaar.arrangements.states import BROKEN, DONE, RUNNING
from inbaar.arrangements.telling import TOLD_WITHIN_DAYS, Day, day_of, take_back_letters, write_due
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.letters.parts import LetterKind

CHUNK = 200
# Plans that run, and those that ended so lately that their last letter may still have to be written.
_PLANS = """
    SELECT id FROM arrangements_plan
    WHERE client_id = %(client)s AND id > %(after)s AND (state = 'running' OR ended_on >= %(lately)s)
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_HOLD_ON = """
    UPDATE receivables_hold SET until = %s
    WHERE client_id = %s AND key = ANY(%s::text[]) AND released_on IS NULL AND until < %s
"""


def run_arrangements(
    client_id: int, on: dt.date, at: dt.datetime, on_letters: Callable[[int], object] | None = None
) -> Counter[str]:  # fmt: skip
    """Do what is due about a client's promises and plans on a day; gives how many of what. `on_letters` queues the sending."""
    tally = Counter(
        {f"promises_{state}": count for state, count in judge_promises(client_id, on, at).items()}
    )
    with client_scope(client_id):
        tally["letters_held"] = take_back_letters(client_id, on, at)
    after = 0
    while True:
        with client_scope(client_id):
            asked = {
                "client": client_id, "after": after, "limit": CHUNK, "lately": on - dt.timedelta(days=TOLD_WITHIN_DAYS),
            }  # fmt: skip
            plans = [row[0] for row in fetch(_PLANS, asked)]
            if not plans:
                return +tally
            tally += _work(client_id, plans, on, at, on_letters)
        after = plans[-1]


def _work(
    client_id: int,
    plans: Sequence[int],
    on: dt.date,
    at: dt.datetime,
    on_letters: Callable[[int], object] | None,
) -> Counter[str]:
    """Decide about a chunk and do it: what is over first, for its letter follows from that."""
    day = day_of(client_id, on)
    standing = plan_standings(client_id, plans)
    done = [plan.plan_id for plan in standing if is_done(plan)]
    broken = [plan.plan_id for plan in standing if is_broken(plan, day)]
    tally = Counter(
        {
            f"plans_{DONE}": end_plans(client_id, done, "complete", on, at),
            f"plans_{BROKEN}": end_plans(client_id, broken, "break", on, at),
        }
    )
    if done or broken:
        standing = plan_standings(client_id, plans)
    told = write_due(client_id, standing, day, at, on_letters)
    _hold_on(client_id, [plan for plan in standing if plan.state == RUNNING], on)
    return tally + Counter({f"letters_{kind}": count for kind, count in told.items()})


def is_done(plan: PlanStanding) -> bool:
    """Every term was paid, or nothing is open any more, whatever settled it."""
    return plan.state == RUNNING and (plan.settled or plan.paid >= plan.total)


def is_broken(plan: PlanStanding, day: Day) -> bool:
    """The last day that a notice gave has passed and what it asked was not paid; the notice had left by then, the bank told of
    that day, and no money waits that may be it."""
    notice = plan.told(LetterKind.PLAN_MISSED)
    if plan.state != RUNNING or is_done(plan) or notice is None or notice.pay_by is None or plan.explained:
        return False
    left_in_time = notice.sent_on is not None and notice.sent_on < notice.pay_by
    over = notice.pay_by < day.on and day.news is not None and notice.pay_by <= day.news
    return left_in_time and over and plan.owed_up_to(notice.term or 0) > 0


def _hold_on(client_id: int, plans: Sequence[PlanStanding], on: dt.date) -> None:
    """A plan that outlives its last day, because nobody could judge it yet, goes on holding its invoices."""
    keys = [f"{KEY}{plan.plan_id}:{invoice}" for plan in plans for invoice in plan.invoices]
    run(_HOLD_ON, [on, client_id, array_parameter(keys), on])
