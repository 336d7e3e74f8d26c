"""A plan's way through its states: agreed on, refused, withdrawn, ended or replaced, each with what it does to its invoices.

While a plan runs each of its invoices is held by it; when it ends the hold goes, and the reminders go on by themselves.
Letters follow from the states: see `telling`.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction

from inbaar.arrangements.facts import lock_debtor, standing_claims
from inbaar.arrangements.policy import policy_of
from inbaar.arrangements.promises import withdraw_promises_of
from inbaar.arrangements.rules import Policy
from inbaar.arrangements.states import ASKED, RUNNING, plan_after
from inbaar.arrangements.telling import tell_plans
from inbaar.dunning.schedule import leave_until, look_again
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.actions import NewHold, open_holds, release_keys
from inbaar.receivables.timeline import NewEvent, write_events

KEY = "plan:"
BY = "daily run"
_HOLD_WORDS = {"nl": "Betalingsregeling in {terms} termijnen", "en": "Payment plan in {terms} instalments"}
_START = """
    UPDATE arrangements_plan SET state = %s, decided_by = %s, decided_on = %s, reason = %s
    WHERE client_id = %s AND id = %s AND state = %s RETURNING debtor_id, stops_interest, asked_on, replaces_id, total, currency
"""
_INVOICES = """
    SELECT x.plan_id, x.invoice_id, p.debtor_id FROM arrangements_planinvoice x
    JOIN arrangements_plan p ON p.client_id = x.client_id AND p.id = x.plan_id
    WHERE x.client_id = %s AND x.plan_id = ANY(%s::bigint[]) ORDER BY x.plan_id, x.place
"""
# Of the plan that is replaced: interest stands still from its first day on.
_SINCE = """
    SELECT min(since) FROM receivables_hold
    WHERE client_id = %s AND released_on IS NULL AND stops_interest AND invoice_id = ANY(%s::bigint[])
"""
_ENDED = """
    UPDATE arrangements_plan SET state = %s, ended_by = %s, ended_on = %s, end_reason = %s,
        decided_by = CASE WHEN state = 'asked' THEN %s ELSE decided_by END, decided_on = coalesce(decided_on, %s)
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND state = %s RETURNING id, debtor_id
"""


def start_plan(
    client_id: int, plan_id: int, by: str, reason: str, on: dt.date, at: dt.datetime,
    on_letters: Callable[[int], object] | None = None,
) -> None:  # fmt: skip
    """Have a plan that was asked for run: its invoices are held by it, promises on them end, and the debtor gets his letter.

    The debtor's row is locked by the caller.
    """
    ((debtor, stops, since, replaces, total, currency),) = fetch(
        _START, [plan_after(ASKED, "agree"), by, on, reason, client_id, plan_id, ASKED]
    )
    invoices = [row[1] for row in fetch(_INVOICES, [client_id, [plan_id]])]
    if replaces is not None:
        since = fetch(_SINCE, [client_id, invoices])[0][0] or since
        _end(client_id, [replaces], RUNNING, "replace", by, "", on, at)
    run(
        "UPDATE arrangements_planinvoice SET runs = true WHERE client_id = %s AND plan_id = %s",
        [client_id, plan_id],
    )
    withdraw_promises_of(client_id, invoices, by, on, at)
    release_keys(client_id, [f"plan-asked:{plan_id}:{invoice}" for invoice in invoices], on, by, at)
    _hold(client_id, plan_id, debtor, invoices, by, since if stops else on, bool(stops), at)
    facts = {"total": str(total), "currency": currency, "by": by, "reason": reason}
    write_events(client_id, [NewEvent("plan_agreed", on, None, debtor, facts, plan_id)], at)
    tell_plans(client_id, [plan_id], on, at, on_letters)


def _hold(
    client_id: int, plan_id: int, debtor: int, invoices: Sequence[int], by: str, since: dt.date, stops: bool, at: dt.datetime
) -> None:  # fmt: skip
    """Hold the invoices until the last term has been judged; the run moves that day on where it cannot be."""
    ((terms, last, language),) = fetch(
        """
        SELECT count(*), max(t.due_on), min(c.language) FROM arrangements_planterm t JOIN parties_client c ON c.id = t.client_id
        WHERE t.client_id = %s AND t.plan_id = %s
        """,
        [client_id, plan_id],
    )
    until = last_day_held(last, policy_of(client_id))
    reason = _HOLD_WORDS[language].format(terms=terms)
    holds = [
        NewHold(
            debtor,
            "plan",
            reason,
            by,
            since,
            f"{KEY}{plan_id}:{invoice}",
            invoice,
            until=until,
            stops_interest=stops,
        )
        for invoice in invoices
    ]
    open_holds(client_id, holds, at)


def last_day_held(last_term: dt.date, policy: Policy) -> dt.date:
    """Until when a plan holds its invoices at least: its last term with its grace, and a notice's days."""
    return last_term + dt.timedelta(days=policy.grace_days + policy.cure_days + 1)


def agree_plan(
    client_id: int, plan_id: int, by: str, reason: str, on: dt.date, at: dt.datetime,
    on_letters: Callable[[int], object] | None = None,
) -> None:  # fmt: skip
    """Agree on a plan that waits for a person. Raises `Refused` without a reason, if it waits no longer, and where something was
    paid, claimed or disputed since it was asked: then its terms are no longer what is owed."""
    with transaction.atomic():
        asked_on, replaces = _waiting(client_id, plan_id)
        if not reason.strip():
            raise Refused(
                Refusal("plan-reason", "who goes on against a rule says why", "no reason was given", "a few words",
                        next_step="write why, or refuse it")
            )  # fmt: skip
        _require_unchanged(client_id, plan_id, asked_on, replaces, on)
        start_plan(client_id, plan_id, by, reason.strip(), on, at, on_letters)


def _waiting(client_id: int, plan_id: int) -> tuple[dt.date, int | None]:
    """The day of a plan that waits and the plan it would replace, held with its debtor; refuses any other."""
    rows = fetch(
        "SELECT debtor_id FROM arrangements_plan WHERE client_id = %s AND id = %s", [client_id, plan_id]
    )
    if rows:
        lock_debtor(client_id, rows[0][0])
    rows = fetch(
        "SELECT asked_on, replaces_id FROM arrangements_plan WHERE client_id = %s AND id = %s AND state = 'asked' FOR UPDATE",
        [client_id, plan_id],
    )
    if not rows:
        raise Refused(
            Refusal("plan-decided", "only a plan that waits is decided on", "it does not wait any more", "one that waits", "never",
                    "look at it again")
        )  # fmt: skip
    return rows[0][0], rows[0][1]


def _require_unchanged(
    client_id: int, plan_id: int, asked_on: dt.date, replaces: int | None, on: dt.date
) -> None:
    rows = fetch(
        """
        SELECT x.invoice_id, x.principal + x.interest + x.costs, x.paid_before, first.due_on FROM arrangements_planinvoice x
        CROSS JOIN LATERAL (SELECT min(t.due_on) AS due_on FROM arrangements_planterm t
                            WHERE t.client_id = x.client_id AND t.plan_id = x.plan_id) first
        WHERE x.client_id = %s AND x.plan_id = %s
        """,
        [client_id, plan_id],
    )
    ids = [row[0] for row in rows]
    claims = {one.standing.invoice_id: one for one in standing_claims(client_id, ids, asked_on)}
    now = {
        one.standing.invoice_id: one.standing for one in standing_claims(client_id, ids, on, beside=replaces)
    }
    for invoice, asked, paid_before, first in rows:
        one = claims.get(invoice)
        standing = now.get(invoice)
        blocked = (
            standing is None
            or standing.disputed
            or standing.insolvent
            or standing.in_plan
            or standing.debited
        )
        if one is None or blocked or one.owed.total != asked or one.paid != paid_before or first < on:
            raise Refused(
                Refusal("plan-changed", "a plan is about what is owed", "something changed since it was asked, or its first day has passed",
                        "as it was asked", "never", "refuse it, and make a new plan with him")
            )  # fmt: skip


def refuse_plan(
    client_id: int, plan_id: int, by: str, reason: str, on: dt.date, at: dt.datetime,
    on_letters: Callable[[int], object] | None = None,
) -> None:  # fmt: skip
    """Say no to a plan that waits, with a reason for the file; the debtor is told, and the reminders go on tomorrow."""
    with transaction.atomic():
        _waiting(client_id, plan_id)
        if not reason.strip():
            raise Refused(
                Refusal(
                    "plan-reason",
                    "a no has its reason",
                    "no reason was given",
                    "a few words",
                    next_step="write why",
                )
            )
        _end(client_id, [plan_id], ASKED, "refuse", by, reason.strip(), on, at)
        tell_plans(client_id, [plan_id], on, at, on_letters)


def withdraw_plan(client_id: int, plan_id: int, by: str, on: dt.date, at: dt.datetime) -> None:
    """Take back a plan that waits, because the debtor does not want it any more."""
    with transaction.atomic():
        _waiting(client_id, plan_id)
        _end(client_id, [plan_id], ASKED, "withdraw", by, "", on, at)


def end_plan(
    client_id: int, plan_id: int, by: str, by_debtor: bool, reason: str, on: dt.date, at: dt.datetime,
    on_letters: Callable[[int], object] | None = None,
) -> None:  # fmt: skip
    """End a plan that runs before its last term, on either side's word; the debtor is told, and the reminders go on tomorrow.

    Raises `Refused` without a reason, and for a plan that does not run.
    """
    with transaction.atomic():
        rows = fetch(
            "SELECT debtor_id FROM arrangements_plan WHERE client_id = %s AND id = %s", [client_id, plan_id]
        )
        if rows:
            lock_debtor(client_id, rows[0][0])
        if not reason.strip():
            raise Refused(
                Refusal(
                    "plan-reason",
                    "ending a plan has its reason",
                    "no reason was given",
                    "a few words",
                    next_step="write why",
                )
            )
        who = "debtor" if by_debtor else by
        if not _end(client_id, [plan_id], RUNNING, "end", who, reason.strip(), on, at):
            raise Refused(
                Refusal("plan-not-running", "only a plan that runs is ended", "it does not", "a plan that runs", "never",
                        "look at it again")
            )  # fmt: skip
        tell_plans(client_id, [plan_id], on, at, on_letters)


def end_plans(client_id: int, plans: Sequence[int], verb: str, on: dt.date, at: dt.datetime) -> int:
    """End plans by what was paid or not: `complete` or `break`. Seven statements for any number."""
    return _end(client_id, plans, RUNNING, verb, BY, "", on, at)


def _end(
    client_id: int,
    plans: Sequence[int],
    state: str,
    verb: str,
    by: str,
    reason: str,
    on: dt.date,
    at: dt.datetime,
) -> int:
    """Give plans of a state the next one and let go what they held. Where a letter tells the debtor of it, the reminders begin
    the day after, so that he reads that first."""
    after = plan_after(state, verb)
    given = [after, by, on, reason, by, on, client_id, array_parameter(list(plans)), state]
    ended = dict(fetch(_ENDED, given))
    invoices = fetch(_INVOICES, [client_id, array_parameter(list(ended))])
    run(
        "UPDATE arrangements_planinvoice SET runs = false WHERE client_id = %s AND plan_id = ANY(%s::bigint[]) AND runs",
        [client_id, array_parameter(list(ended))],
    )
    key = "plan-asked:" if state == ASKED else KEY
    release_keys(client_id, [f"{key}{plan}:{invoice}" for plan, invoice, _ in invoices], on, by, at)
    again = on if verb in ("complete", "withdraw") else on + dt.timedelta(days=1)
    held = [invoice for _, invoice, _ in invoices]
    look_again(client_id, held, again)
    leave_until(client_id, held, again)
    write_events(
        client_id,
        (
            NewEvent(f"plan_{after}", on, None, debtor, {"by": by, "reason": reason}, plan)
            for plan, debtor in ended.items()
        ),
        at,
    )
    return len(ended)
