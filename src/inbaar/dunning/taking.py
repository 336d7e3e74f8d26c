"""Writing down that steps were taken, and when the next one of each invoice's policy falls. Set-based, in the run's transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from inbaar.dunning.policy_book import PolicyBook
from inbaar.dunning.policy_steps import Action, PolicyStep, dates_of, moment_of
from inbaar.dunning.rules import HANDED_OVER, Standing, next_step, stage_after
from inbaar.dunning.standing import DueInvoice
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run

_STEP = {
    "client_id": "bigint", "invoice_id": "bigint", "kind": "text", "key": "text", "after": "text", "on": "date",
    "pay_by": "date", "version_id": "bigint",
}  # fmt: skip
_REMINDERS = """
    SELECT DISTINCT ON (invoice_id) invoice_id, key FROM dunning_step
    WHERE client_id = %s AND invoice_id = ANY(%s) AND kind = 'reminder' ORDER BY invoice_id, id DESC
"""
_MOVES = """
    UPDATE dunning_schedule s SET stage = n.stage, last = n.last, planned = n.planned, waits_for = n.waits_for, due_on = n.due_on
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[])
        AS n(id, stage, last, planned, waits_for, due_on)
    WHERE s.client_id = %s AND s.id = n.id
"""
# The latest day that a letter of theirs gives, and the day of the last step.
_TAKEN = """
    SELECT invoice_id, max("on"), max(pay_by) FROM dunning_step
    WHERE client_id = %s AND invoice_id = ANY(%s) GROUP BY invoice_id
"""


def take_steps(
    client_id: int,
    step: PolicyStep,
    invoices: Sequence[DueInvoice],
    on: dt.date,
    book: PolicyBook,
    pay_by: Mapping[int, dt.date | None],
) -> None:
    """Write that a step was taken for these invoices, and plan the next one of each.

    `pay_by` is what the letters say where they were written; without one the step's own dates count.
    """
    if not invoices:
        return
    own = dates_of(step, on)
    days = [pay_by.get(item.invoice_id, own.pay_by) for item in invoices]
    after = _rests_on(client_id, step, invoices)
    insert_rows(
        "dunning_step",
        _STEP,
        (
            (client_id, item.invoice_id, str(step.action), step.key, after.get(item.invoice_id), on, day,
             book.policies[item.standing.policy].version)
            for item, day in zip(invoices, days, strict=True)
        ),
    )  # fmt: skip
    since = _terms_running(client_id, step, invoices)
    plans: dict[int, tuple[Standing, PolicyStep | None]] = {}
    moves = []
    for item, day in zip(invoices, days, strict=True):
        standing = item.standing
        if id(standing) not in plans:
            plans[id(standing)] = _planned(standing, step, book)
        then, following = plans[id(standing)]
        free = max(
            own.next_from,
            day + dt.timedelta(days=1) if day else own.next_from,
            since.get(item.invoice_id, on),
        )
        due_on = _falls_on(following, item.due_date, on, free)
        moves.append(_move(item, then.stage, step.key, following, due_on))
    _write(client_id, moves)


def _planned(standing: Standing, step: PolicyStep, book: PolicyBook) -> tuple[Standing, PolicyStep | None]:
    """How a claim stands once a step was taken, and the step that follows then."""
    stage = (
        standing.stage if step.action in (Action.CALL, Action.COURTESY_NOTICE) else stage_after(step.action)
    )
    then = replace(standing, stage=stage, last=step.key)
    return then, next_step(then, book.lane(standing.policy, standing.capacity))


def _falls_on(step: PolicyStep | None, due: dt.date, previous: dt.date, free: dt.date) -> dt.date | None:
    """The day of a step: its own moment, and for all but a call not before the terms of earlier letters are over."""
    if step is None:
        return None
    moment = moment_of(step, due, previous)
    return max(moment, previous + dt.timedelta(days=1)) if step.action is Action.CALL else max(moment, free)


def _rests_on(client_id: int, step: PolicyStep, invoices: Sequence[DueInvoice]) -> dict[int, str]:
    """For a notice: the key of each invoice's last reminder."""
    if not step.action.is_notice:
        return {}
    known = {i.invoice_id: i.standing.last for i in invoices if i.standing.last.startswith("reminder")}
    others = [item.invoice_id for item in invoices if item.invoice_id not in known]
    return known | (dict(fetch(_REMINDERS, [client_id, array_parameter(others)])) if others else {})


def _terms_running(client_id: int, step: PolicyStep, invoices: Sequence[DueInvoice]) -> dict[int, dt.date]:
    """After a call: the first day after the terms of the letters before it."""
    if step.action is not Action.CALL:
        return {}
    rows = fetch(_TAKEN, [client_id, array_parameter([item.invoice_id for item in invoices])])
    return {invoice: pay_by + dt.timedelta(days=1) for invoice, _, pay_by in rows if pay_by}


def plan_again(client_id: int, step: PolicyStep, invoices: Sequence[DueInvoice], on: dt.date) -> None:
    """Plan another step than the one this was the day of: its conditions, or the policy, changed since."""
    rows = fetch(_TAKEN, [client_id, array_parameter([item.invoice_id for item in invoices])])
    taken = {invoice: (last_on, pay_by) for invoice, last_on, pay_by in rows}
    moves = []
    for item in invoices:
        last_on, pay_by = taken.get(item.invoice_id, (None, None))
        free = pay_by + dt.timedelta(days=1) if pay_by else on
        due_on = max(_falls_on(step, item.due_date, last_on or item.due_date, free) or on, on)
        moves.append(_move(item, item.standing.stage, item.standing.last, step, due_on))
    _write(client_id, moves)


def write_hand_overs(
    client_id: int, step: PolicyStep, invoices: Sequence[DueInvoice], on: dt.date, book: PolicyBook
) -> None:
    """Write that invoices are ready to be handed over: nothing more happens to them by itself."""
    if not invoices:
        return
    versions = [book.policies[item.standing.policy].version for item in invoices]
    run(
        """
        INSERT INTO dunning_step (client_id, invoice_id, kind, key, after, "on", version_id)
        SELECT t.client_id, t.invoice_id, 'hand_over', 'hand_over', t.key, %s, n.version FROM dunning_step t
        JOIN unnest(%s::bigint[], %s::bigint[]) AS n(id, version) ON n.id = t.invoice_id
        WHERE t.client_id = %s AND t.kind IN ('formal_notice', 'fourteen_day_letter')
        """,
        [on, array_parameter([item.invoice_id for item in invoices]), array_parameter(versions), client_id],
    )
    _write(client_id, [_move(item, HANDED_OVER, step.key, None, None, "") for item in invoices])


def _move(
    item: DueInvoice,
    stage: str,
    last: str,
    following: PolicyStep | None,
    due_on: dt.date | None,
    waits_for: str = "policy_ends",
) -> tuple[Any, ...]:
    planned = following.key if following else ""
    return (item.schedule_id, stage, last, planned, "" if following else waits_for, due_on)


def _write(client_id: int, moves: Sequence[tuple[Any, ...]]) -> None:
    if moves:
        columns = [array_parameter(list(column)) for column in zip(*moves, strict=True)]
        run(_MOVES, [*columns, client_id])


def wait_until(
    client_id: int, day: dt.date | None, reason: str, invoices: Sequence[DueInvoice], stage: str = ""
) -> None:
    """Have invoices wait for a reason and be looked at again on a day; None waits for a person. `stage` closes them."""
    run(
        """
        UPDATE dunning_schedule SET due_on = %s, waits_for = %s, stage = coalesce(nullif(%s, ''), stage)
        WHERE client_id = %s AND id = ANY(%s)
        """,
        [day, reason, stage, client_id, array_parameter([item.schedule_id for item in invoices])],
    )
