"""Putting invoices on the schedule the daily run lives on, and back on it, by the policy of each debtor."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from inbaar.dunning.policy_book import CHOICES, CHOSEN, PolicyBook, policy_book
from inbaar.dunning.policy_steps import moment_of
from inbaar.dunning.rules import CLOSED, WAITING, Standing, next_step
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.parties.rules import Capacity
from inbaar.receivables.timeline import NewEvent, write_events

# One row for each policy and capacity: its first step, and how many days from the due date that is.
_NEW = f"""
    INSERT INTO dunning_schedule (client_id, invoice_id, debtor_id, stage, last, planned, due_on, waits_for)
    SELECT i.client_id, i.id, i.debtor_id, %(stage)s, '', coalesce(f.step, ''),
           CASE WHEN c.dunning_starts_on IS NULL OR i.due_date >= c.dunning_starts_on THEN i.due_date + f.days END,
           CASE WHEN c.dunning_starts_on IS NOT NULL AND i.due_date < c.dunning_starts_on THEN 'before_start'
                WHEN f.step IS NULL THEN 'policy_ends' ELSE '' END
    FROM receivables_invoice i
    JOIN parties_client c ON c.id = i.client_id
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    {CHOICES}
    LEFT JOIN unnest(%(policies)s::bigint[], %(capacities)s::text[], %(steps)s::text[], %(days)s::int[])
        AS f(policy, capacity, step, days) ON f.policy = {CHOSEN} AND f.capacity = d.capacity
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s) AND i.kind = 'invoice' AND i.open_amount > 0
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own text


def schedule_invoices(client_id: int, invoice_ids: Sequence[int], book: PolicyBook | None = None) -> int:
    """Schedule the first look at new invoices; gives how many were new. One statement; twice changes nothing.

    What was due before the client's dunning began is kept off the run and waits for a person (ASK-06). `book` saves reading
    the policies again.
    """
    book = book or policy_book(client_id)
    firsts = [
        (policy, str(capacity), lane.steps[0].key, lane.steps[0].days)
        for policy in book.policies
        for capacity in Capacity
        if (lane := book.lane(policy, capacity)).steps
    ]
    policies, capacities, steps, days = (list(column) for column in zip(*firsts, strict=True))
    return run(
        _NEW,
        {
            "client": client_id,
            "ids": list(invoice_ids),
            "stage": WAITING,
            "policy": book.of_all,
            "policies": policies,
            "capacities": capacities,
            "steps": steps,
            "days": days,
        },
    )


def close_invoices(client_id: int, invoice_ids: Sequence[int]) -> int:
    """Take invoices of which nothing is open off the schedule at once; the run would do so on their day. One statement."""
    return run(
        """
        UPDATE dunning_schedule s SET stage = %s, due_on = NULL, waits_for = '' FROM receivables_invoice i
        WHERE s.client_id = %s AND s.invoice_id = ANY(%s) AND i.client_id = s.client_id AND i.id = s.invoice_id
          AND i.open_amount = 0
        """,
        [CLOSED, client_id, list(invoice_ids)],
    )


# Where a claim stands by the steps it has, whatever its row says: its policy may have changed since, or it was closed.
_WHERE_IT_STANDS = f"""
    SELECT s.id, i.due_date, i.open_amount, d.capacity, {CHOSEN}, d.country <> 'NL', i.due_date > %(on)s,
           coalesce(t.stage, 'waiting'), coalesce(t.last, ''), t.last_on, t.pay_by
    FROM dunning_schedule s
    JOIN receivables_invoice i ON i.client_id = s.client_id AND i.id = s.invoice_id
    JOIN parties_debtor d ON d.client_id = s.client_id AND d.id = s.debtor_id
    {CHOICES}
    CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_or(x.kind IN ('formal_notice', 'fourteen_day_letter')) THEN 'noticed'
                    WHEN bool_or(x.kind = 'reminder') THEN 'reminded' END AS stage,
               (array_agg(x.key ORDER BY x.id DESC))[1] AS last, max(x.on) AS last_on, max(x.pay_by) AS pay_by
        FROM dunning_step x WHERE x.client_id = s.client_id AND x.invoice_id = s.invoice_id
    ) t
    WHERE s.client_id = %(client)s AND i.open_amount > 0 AND {{which}}
"""  # noqa: S608 - our own text
_PLANNED = """
    UPDATE dunning_schedule s SET stage = n.stage, last = n.last, planned = n.planned, due_on = n.due_on,
        waits_for = n.waits_for
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[])
        AS n(id, stage, last, planned, due_on, waits_for)
    WHERE s.client_id = %s AND s.id = n.id
"""
_REOPENED = "s.invoice_id = ANY(%(ids)s::bigint[]) AND s.stage = 'closed'"
_AGAIN = (
    "s.invoice_id = ANY(%(ids)s::bigint[]) AND s.stage NOT IN ('closed', 'handed_over') AND s.due_on > %(on)s"
)
# What waits for a person goes on doing so, except where it was the policy that had no more to say.
_REPLANNED = """
    s.stage NOT IN ('closed', 'handed_over') AND (s.due_on IS NOT NULL OR s.waits_for = 'policy_ends')
    AND s.debtor_id = ANY(%(ids)s::bigint[])
"""


def reopen_invoices(client_id: int, invoice_ids: Sequence[int], on: dt.date) -> int:
    """Put invoices that are open again back on the schedule, with the step that follows their letters. Three queries.

    What was never taken off stays as it is, and what was handed over stays handed over.
    """
    return _plan(client_id, _REOPENED, invoice_ids, on)


def look_again(client_id: int, invoice_ids: Sequence[int], on: dt.date) -> int:
    """Have the run look at these invoices once a hold was released: on that day, and never before their step is due.

    What was handed over stays so, and what waits for a person (it is on no day's list) goes on waiting. Three queries.
    """
    return _plan(client_id, _AGAIN, invoice_ids, on)


def plan_debtors(client_id: int, debtor_ids: Sequence[int], on: dt.date) -> int:
    """Plan the claims on debtors anew, by the policy that holds for each now; gives how many. Three queries.

    What was done counts: a claim goes on after its last step, and nothing comes before the term of its letters is over.
    """
    return _plan(client_id, _REPLANNED, debtor_ids, on)


def _plan(client_id: int, which: str, ids: Sequence[int], on: dt.date) -> int:
    if not ids:
        return 0
    book = policy_book(client_id)
    facts = {"client": client_id, "ids": list(ids), "on": on, "policy": book.of_all}
    plans = [_planned(row, book, on) for row in fetch(_WHERE_IT_STANDS.format(which=which), facts)]
    if plans:
        columns = [array_parameter(list(column)) for column in zip(*plans, strict=True)]
        run(_PLANNED, [*columns, client_id])
    return len(plans)


def _planned(row: tuple[Any, ...], book: PolicyBook, on: dt.date) -> tuple[Any, ...]:
    """The next step of a claim and its day, as the columns of `_PLANNED`."""
    schedule_id, due, amount, capacity, policy, abroad, before_due, stage, last, last_on, pay_by = row
    lane = book.lane(policy, Capacity(capacity))
    standing = Standing(
        stage, Capacity(capacity), open=True, pressable=True, policy=policy, last=last,
        amount_class=lane.amount_class(amount), abroad=abroad, before_due=before_due,
    )  # fmt: skip
    step = next_step(standing, lane)
    if step is None:
        return (schedule_id, stage, last, "", None, "policy_ends")
    free = pay_by + dt.timedelta(days=1) if pay_by else on
    return (schedule_id, stage, last, step.key, max(moment_of(step, due, last_on), free, on), "")


def leave_until(client_id: int, invoice_ids: Sequence[int], day: dt.date) -> int:
    """Have the run leave these invoices alone before a day: their debtor is told something else first. One statement."""
    return run(
        """
        UPDATE dunning_schedule SET due_on = greatest(due_on, %s)
        WHERE client_id = %s AND invoice_id = ANY(%s::bigint[]) AND due_on < %s
        """,
        [day, client_id, list(invoice_ids), day],
    )


def start_by_hand(
    client_id: int, invoice_id: int, on: dt.date, reason: str, by: str, recorded_at: dt.datetime
) -> None:
    """Have the run take up, from a day on, an invoice that was due before dunning began here. Needs the client's scope.

    Refuses an invoice that does not wait for that.
    """
    rows = fetch(
        """
        UPDATE dunning_schedule SET due_on = %s, waits_for = ''
        WHERE client_id = %s AND invoice_id = %s AND due_on IS NULL AND waits_for = 'before_start' RETURNING debtor_id
        """,
        [on, client_id, invoice_id],
    )
    if not rows:
        raise Refused(
            Refusal("not-before-start", "only what waits for a person is started by hand", f"invoice {invoice_id}",
                    "one that was due before dunning began", next_step="nothing needs to be done")
        )  # fmt: skip
    write_events(
        client_id,
        [NewEvent("dunning_started", on, invoice_id, rows[0][0], {"reason": reason, "by": by})],
        recorded_at,
    )
