"""Putting invoices on the schedule the daily run lives on."""

import datetime as dt
from collections.abc import Sequence

from inbaar.dunning.rules import (
    CLOSED,
    DEFAULT_POLICY,
    HANDED_OVER,
    NOTICED,
    REMINDED,
    WAITING,
    Policy,
)
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.timeline import NewEvent, write_events

_NEW = """
    INSERT INTO dunning_schedule (client_id, invoice_id, debtor_id, stage, due_on, waits_for)
    SELECT i.client_id, i.id, i.debtor_id, %(stage)s,
           CASE WHEN c.dunning_starts_on IS NULL OR i.due_date >= c.dunning_starts_on
                THEN i.due_date + %(days)s END,
           CASE WHEN c.dunning_starts_on IS NULL OR i.due_date >= c.dunning_starts_on THEN '' ELSE 'before_start' END
    FROM receivables_invoice i JOIN parties_client c ON c.id = i.client_id
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s) AND i.kind = 'invoice' AND i.open_amount > 0
    ON CONFLICT DO NOTHING
"""


def schedule_invoices(client_id: int, invoice_ids: Sequence[int], policy: Policy = DEFAULT_POLICY) -> int:
    """Schedule the first look at new invoices; gives how many were new. One statement; twice changes nothing.

    What was due before the client's dunning began is kept off the run and waits for a person (ASK-06).
    """
    return run(
        _NEW,
        {
            "client": client_id,
            "ids": list(invoice_ids),
            "stage": WAITING,
            "days": policy.reminder_after_due_days,
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


# Back to the stage its letters brought it to, and looked at again when the next step would be due.
_REOPENED = """
    UPDATE dunning_schedule s SET waits_for = '', stage = again.stage, due_on = greatest(
        %(on)s::date,
        i.due_date + CASE again.stage WHEN %(waiting)s THEN %(reminder_days)s ELSE %(notice_days)s END,
        again.pay_by + 1
    )
    FROM receivables_invoice i CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_or(t.kind IN ('formal_notice', 'fourteen_day_letter')) THEN %(noticed)s
                    WHEN bool_or(t.kind = 'reminder') THEN %(reminded)s ELSE %(waiting)s END AS stage,
               max(t.pay_by) AS pay_by
        FROM dunning_step t WHERE t.client_id = i.client_id AND t.invoice_id = i.id
    ) again
    WHERE s.client_id = %(client)s AND s.invoice_id = ANY(%(ids)s::bigint[]) AND s.stage = %(closed)s
      AND i.client_id = s.client_id AND i.id = s.invoice_id AND i.open_amount > 0
"""


def reopen_invoices(
    client_id: int, invoice_ids: Sequence[int], on: dt.date, policy: Policy = DEFAULT_POLICY
) -> int:
    """Put invoices that are open again back on the schedule, with the step that follows their letters. One statement.

    What was never taken off stays as it is, and what was handed over stays handed over.
    """
    if not invoice_ids:
        return 0
    return run(
        _REOPENED,
        {
            "client": client_id,
            "ids": list(invoice_ids),
            "on": on,
            "waiting": WAITING,
            "reminded": REMINDED,
            "noticed": NOTICED,
            "closed": CLOSED,
            "reminder_days": policy.reminder_after_due_days,
            "notice_days": policy.notice_after_due_days,
        },
    )


# The same days as without the hold: what is not due yet, or has a letter whose day has not passed, keeps its own.
_AGAIN = """
    UPDATE dunning_schedule s SET waits_for = '', due_on = greatest(
        %(on)s::date,
        i.due_date + CASE s.stage WHEN %(waiting)s THEN %(reminder_days)s WHEN %(reminded)s THEN %(notice_days)s END,
        (SELECT max(t.pay_by) + 1 FROM dunning_step t WHERE t.client_id = s.client_id AND t.invoice_id = s.invoice_id)
    )
    FROM receivables_invoice i
    WHERE s.client_id = %(client)s AND s.invoice_id = ANY(%(ids)s) AND s.stage <> ALL(%(ended)s) AND s.due_on > %(on)s
      AND i.client_id = s.client_id AND i.id = s.invoice_id
"""


def look_again(
    client_id: int, invoice_ids: Sequence[int], on: dt.date, policy: Policy = DEFAULT_POLICY
) -> int:
    """Have the run look at these invoices once a hold was released: on that day, and never before their step is due.

    What was handed over stays so, and what waits for a person (it is on no day's list) goes on waiting.
    """
    return run(
        _AGAIN,
        {
            "client": client_id,
            "ids": list(invoice_ids),
            "on": on,
            "waiting": WAITING,
            "reminded": REMINDED,
            "ended": [HANDED_OVER, CLOSED],
            "reminder_days": policy.reminder_after_due_days,
            "notice_days": policy.notice_after_due_days,
        },
    )


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
