"""What the overview tells beside the ageing: days of sales, what is planned, and what waits for a person."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.receivables.ageing import Ageing
from inbaar.receivables.rules import days_sales_outstanding
from inbaar.web.queries.calls import WAITING
from inbaar.web.queries.debits import FAILED
from inbaar.web.queries.invoice_filters import HELD_BY, NEEDS
from inbaar.web.queries.mandates import MANDATES_WAITING, facts_on
from inbaar.web.wording.steps import run_day

LEAST_PERIOD_DAYS = 30
_PLANNED = f"""
    SELECT s.due_on, s.planned,
           CASE WHEN x.id IS NOT NULL AND x.sent_on IS NULL THEN 'not_sent'
                WHEN x.term_until >= greatest(s.due_on, %(on)s) THEN 'sent_late'
                ELSE coalesce(nullif(s.waits_for, ''), {HELD_BY.format(row="s", invoice="s.invoice_id")}) END,
           count(*)
    FROM dunning_schedule s
    LEFT JOIN receivables_dispatch x ON x.client_id = s.client_id AND x.invoice_id = s.invoice_id
    WHERE s.client_id = %(client)s AND s.due_on <= %(until)s GROUP BY 1, 2, 3
"""  # noqa: S608 - our own text
_SOLD = """
    SELECT coalesce(sum(CASE kind WHEN 'invoice' THEN payable ELSE -payable END), 0), %(on)s - min(issue_date)
    FROM receivables_invoice
    WHERE client_id = %(client)s AND currency = %(currency)s AND issue_date > %(on)s - 365 AND issue_date <= %(on)s
      AND withdrawn_on IS NULL
"""
_TO_DO = f"""
    SELECT (SELECT count(DISTINCT debtor_id) FROM receivables_invoice
            WHERE client_id = %(client)s AND open_amount > 0 AND kind = 'invoice'),
           (SELECT count(*) FROM banking_entry
            WHERE client_id = %(client)s AND (state = 'unmatched' OR (state = 'matched' AND unapplied > 0))),
           (SELECT count(*) FROM intake_reading WHERE client_id = %(client)s AND outcome = 'review'),
           (SELECT count(*) FROM intake_reading WHERE client_id = %(client)s AND outcome = 'refused'),
           (SELECT count(*) FROM banking_statementfile WHERE client_id = %(client)s AND status = 'refused'),
           (SELECT count(*) FROM letters_delivery d WHERE d.client_id = %(client)s AND d.state = 'refused' AND NOT EXISTS (
               SELECT 1 FROM letters_delivery p WHERE p.client_id = d.client_id AND p.letter_id = d.letter_id AND p.id > d.id)),
           (SELECT count(*) FROM letters_delivery WHERE client_id = %(client)s AND state = 'by_post'),
           (SELECT count(*) FROM receivables_invoice WHERE client_id = %(client)s),
           (SELECT count(*) FROM mailbox_message WHERE client_id = %(client)s AND state = 'held'),
           EXISTS (SELECT 1 FROM mailbox_mailbox WHERE client_id = %(client)s AND active AND error <> ''),
           (SELECT count(*) FROM batches_batch WHERE client_id = %(client)s AND kind = 'transfer' AND state = 'made'),
           (SELECT count(*) FROM transfers_credittransfer
            WHERE client_id = %(client)s AND state = 'to_check' AND NOT replaced),
           (SELECT count(*) FROM transfers_credittransfer
            WHERE client_id = %(client)s AND state IN ('rejected', 'returned') AND NOT replaced),
           (SELECT count(DISTINCT c.debtor_id) FROM letters_badaddress b
            JOIN parties_contact c ON c.client_id = b.client_id AND lower(c.email) = b.address
            WHERE b.client_id = %(client)s AND b.cleared_on IS NULL),
           (SELECT count(*) FROM batches_batch WHERE client_id = %(client)s AND kind = 'debit' AND state = 'made'),
           (SELECT count(*) FROM debits_directdebit dd
            JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
            WHERE dd.client_id = %(client)s AND {FAILED}),
           (SELECT count(*) FROM write_offs_writeoffrequest WHERE client_id = %(client)s AND state = 'asked'),
           (SELECT count(*) FROM arrangements_plan WHERE client_id = %(client)s AND state = 'asked'),
           (SELECT count(*) FROM dunning_call c WHERE c.client_id = %(client)s AND {WAITING}),
           (SELECT count(*) FROM letters_delivery WHERE client_id = %(client)s AND state = 'to_look_at'),
           {MANDATES_WAITING},
           (SELECT count(*) FROM debtor_page_reply WHERE client_id = %(client)s AND verdict = ''),
           (SELECT count(*) FROM debtor_page_reply WHERE client_id = %(client)s AND verdict = '' AND answer_by < %(on)s)
"""  # noqa: S608 - our own text
_UNAPPLIED = """
    SELECT currency, sum(unapplied) FROM banking_entry
    WHERE client_id = %(client)s AND (state = 'unmatched' OR (state = 'matched' AND unapplied > 0))
    GROUP BY 1 ORDER BY currency <> 'EUR', 1
"""
_NEEDS = " UNION ALL ".join(
    f"SELECT '{need}', count(*) FROM receivables_invoice i WHERE i.client_id = %(client)s AND {condition}"  # noqa: S608
    for need, condition in NEEDS.items()
)


@dataclass(frozen=True, slots=True)
class SalesOutstanding:
    """How many days of sales are open, over how many days that is reckoned."""

    outstanding_days: Decimal
    period_days: int


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What the run does on a day: how many of each step, and how many wait for each reason."""

    on: dt.date
    steps: tuple[tuple[str, int], ...]
    waits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for a person, in numbers."""

    debtors: int
    unmatched: int
    in_review: int
    refused: int
    refused_statements: int
    letters_failed: int
    letters_by_post: int
    invoices: int
    messages_held: int
    mailbox_fails: bool
    batches: int
    accounts_changed: int
    payments_failed: int
    unreachable: int
    debit_batches: int
    debits_failed: int
    write_offs: int
    plans_asked: int
    calls: int
    letters_to_look_at: int
    mandates_suspended: int
    mandates_lapsing: int
    requests_failed: int
    replies: int
    replies_late: int


def sales_outstanding(client_id: int, on: dt.date, age: Ageing) -> SalesOutstanding | None:
    """Days sales outstanding over the last 365 days, or over as many as there are sales for, but 30 at least.

    None while the administration is younger than that, or sold nothing. One statement.
    """
    ((sold, period),) = fetch(_SOLD, {"client": client_id, "on": on, "currency": age.currency})
    if period is None or period + 1 < LEAST_PERIOD_DAYS:
        return None
    days = days_sales_outstanding(age.receivable, sold, period + 1)
    return None if days is None else SalesOutstanding(days, period + 1)


def planned_days(client_id: int, on: dt.date, days: int = 14) -> list[PlannedDay]:
    """What the run will look at in the coming days, on the working day it does. One statement."""
    rows = fetch(_PLANNED, {"client": client_id, "on": on, "until": on + dt.timedelta(days=days)})
    return _by_day(rows, on)


def _by_day(rows: Iterable[tuple[dt.date, str, str, int]], on: dt.date) -> list[PlannedDay]:
    steps: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    waits: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for due_on, planned, waits_for, count in rows:
        day = run_day(due_on, on)
        step = planned.split("-")[0]
        if waits_for:
            waits[day][waits_for] += count
        elif step:
            steps[day][step] += count
    return [
        PlannedDay(day, tuple(sorted(steps[day].items())), tuple(sorted(waits[day].items())))
        for day in sorted({*steps, *waits})
    ]


def unapplied(client_id: int) -> list[tuple[str, Decimal]]:
    """What was received and pays nothing yet, per currency. One statement."""
    return [(currency, amount) for currency, amount in fetch(_UNAPPLIED, {"client": client_id})]


def needs(client_id: int, on: dt.date) -> list[tuple[str, int]]:
    """How many open invoices wait for a person, per kind of need, without those of which there are none. One statement."""
    rows = dict(fetch(_NEEDS, {"client": client_id, "on": on}))
    return [(need, rows[need]) for need in NEEDS if rows.get(need)]


def to_do(client_id: int, on: dt.date) -> ToDo:
    """What waits for a person. One statement."""
    return ToDo(*fetch(_TO_DO, facts_on(client_id, on))[0])
