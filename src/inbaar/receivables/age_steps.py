"""How what is open per due date went up and down, day by day: what the totals of an ageing are added up from.

A step is what changed on one day over all invoices of one due date: how much more was open, and how many more invoices were.
It is written with the postings it tells of (`balances`), so the ageing of a million invoices adds up some thousands of steps.
Everything in it follows from the ledger, and `inbaar check` proves that it does.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting

RECEIVABLE = "ANY(ARRAY(SELECT id FROM ledger_account WHERE client_id = %(client)s AND code = 'receivable'))"
BOOKED = f"(t.debit_id = {RECEIVABLE} OR t.credit_id = {RECEIVABLE})"
# The class of what is `i`, an invoice or a step, by its number. A payment of an invoice that is dated later than the payment
# was money received in advance until then.
AGE = """
    CASE WHEN i.issue_date > %(on)s THEN -2 WHEN i.kind = 'credit_note' THEN -1
         ELSE width_bucket(%(on)s - i.due_date, %(firsts)s::int[]) END
"""
OF_DEBTORS = "AND i.debtor_id = ANY(%(debtors)s::bigint[])"
SUBJECTS_OF_DEBTORS = """
    AND t.subject = ANY(ARRAY(SELECT x.id FROM receivables_invoice x
                              WHERE x.client_id = %(client)s AND x.debtor_id = ANY(%(debtors)s::bigint[])))
"""
# What was booked on each `document` is in `moved`: `had` before, `added` now. What is booked on an earlier day than something
# else of the same one also changes how many are open on the days between, so its whole life is counted twice: as it
# was and as it is. `dated` is the first day on which a step tells of an invoice that exists; before it the money was early.
STEPS_OF_MOVED = """
    counted AS (
        SELECT subject, booked_on, added AS amount,
               (sum(had + added) OVER life <> 0)::int - (sum(had) OVER life <> 0)::int AS more
        FROM moved WINDOW life AS (PARTITION BY subject ORDER BY booked_on)
    ), changed AS (
        SELECT subject, booked_on, amount,
               more - lag(more, 1, 0) OVER (PARTITION BY subject ORDER BY booked_on) AS count
        FROM counted
    ), step AS (
        SELECT i.currency, i.kind, i.due_date, greatest(i.issue_date, c.booked_on) AS dated, c.booked_on, c.count, c.amount
        FROM changed c JOIN document i ON i.id = c.subject
        WHERE c.count <> 0 OR c.amount <> 0
    )
"""
SIGNED = f"CASE WHEN t.debit_id = {RECEIVABLE} THEN t.amount ELSE -t.amount END"
_WRITE = f"""
    WITH moved AS (
        SELECT n.subject, n.booked_on, 0::numeric AS had, n.amount AS added
        FROM unnest(%(subjects)s::bigint[], %(days)s::date[], %(amounts)s::numeric[]) AS n(subject, booked_on, amount)
        UNION ALL
        SELECT t.subject, t.booked_on, {SIGNED}, 0
        FROM ledger_transfer t WHERE t.client_id = %(client)s AND t.subject = ANY(%(subjects)s::bigint[])
          AND {BOOKED}
    ), document AS (
        SELECT * FROM receivables_invoice WHERE client_id = %(client)s AND id = ANY(%(subjects)s::bigint[])
    ), {STEPS_OF_MOVED}
    INSERT INTO receivables_agestep (client_id, currency, kind, due_date, dated, booked_on, count, amount, merged)
    SELECT %(client)s, currency, kind, due_date, dated, booked_on, sum(count), sum(amount), false
    FROM step GROUP BY 2, 3, 4, 5, 6
"""  # noqa: S608 - our own text
# Of a day that has new steps all are merged. What another program is merging is left to it.
_MERGE = """
    WITH chosen AS (
        SELECT id FROM receivables_agestep WHERE client_id = %(client)s AND booked_on IN (
            SELECT booked_on FROM receivables_agestep WHERE client_id = %(client)s AND NOT merged)
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM receivables_agestep s USING chosen c WHERE s.client_id = %(client)s AND s.id = c.id RETURNING s.*
    )
    INSERT INTO receivables_agestep (client_id, currency, kind, due_date, dated, booked_on, count, amount, merged)
    SELECT client_id, currency, kind, due_date, dated, booked_on, sum(count), sum(amount), true
    FROM gone GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) <> 0 OR sum(amount) <> 0
"""


class Move(NamedTuple):
    """What a posting puts on an invoice or credit note, or takes off: debit is positive."""

    invoice_id: int
    booked_on: dt.date
    amount: Decimal


def receivable_moves(postings: Iterable[Posting]) -> list[Move]:
    """What postings change of the receivable account, and of which invoice."""
    return [
        Move(p.subject, p.booked_on, p.amount if p.debit is Code.RECEIVABLE else -p.amount)
        for p in postings
        if Code.RECEIVABLE in (p.debit, p.credit)
    ]


def write_age_steps(client_id: int, moves: list[Move]) -> None:
    """Write the steps of what is about to be posted. The invoices are there and locked, or are new. One statement."""
    if not moves:
        return
    subjects, days, amounts = map(array_parameter, zip(*moves, strict=True))
    run(_WRITE, {"client": client_id, "subjects": subjects, "days": days, "amounts": amounts})


def merge_age_steps(client_id: int) -> None:
    """Add up the steps that tell of the same day and due date, so that there are never more than those. One statement."""
    with client_scope(client_id):
        run(_MERGE, {"client": client_id})
