"""Putting invoices on the schedule the daily run lives on."""

import datetime as dt
from collections.abc import Sequence

from inbaar.dunning.rules import CLOSED, DEFAULT_POLICY, HANDED_OVER, WAITING, Policy
from inbaar.kit.bulk import run

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


def look_again(client_id: int, invoice_ids: Sequence[int], on: dt.date) -> int:
    """Have the run look at these invoices on a day: after a hold was released, or when a person says so. What was handed over stays so."""
    return run(
        """
        UPDATE dunning_schedule SET due_on = %s, waits_for = ''
        WHERE client_id = %s AND invoice_id = ANY(%s) AND stage <> ALL(%s) AND (due_on IS NULL OR due_on > %s)
        """,
        [on, client_id, list(invoice_ids), [HANDED_OVER, CLOSED], on],
    )
