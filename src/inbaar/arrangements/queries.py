"""Promises and plans as pages show them: lists, what concerns one debtor or invoice, and how often a debtor kept his word."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.arrangements.progress import PlanStanding, plan_standings
from inbaar.arrangements.rules import Record, at_risk
from inbaar.arrangements.states import OPEN
from inbaar.kit.bulk import fetch

#: Over how many days it is counted how often a debtor kept his word.
RECORD_DAYS = 365
#: The most open promises that are looked through at once.
MOST_OPEN = 5_000
_PROMISES = """
    SELECT q.id, q.debtor_id, d.name, q.amount, q.currency, q.due_on, q.source, q.words, q.made_by, q.made_on, q.state,
           greatest(coalesce(q.paid, x.paid), 0), q.ended_on, x.numbers, r.kept, r.judged,
           EXISTS (SELECT 1 FROM arrangements_promiseinvoice a
                   JOIN arrangements_promiseinvoice b ON b.client_id = a.client_id AND b.invoice_id = a.invoice_id
                   JOIN arrangements_promise o ON o.client_id = b.client_id AND o.id = b.promise_id AND o.id < q.id
                       AND o.state IN ('partly', 'broken')
                   WHERE a.client_id = q.client_id AND a.promise_id = q.id)
    FROM arrangements_promise q
    JOIN parties_debtor d ON d.client_id = q.client_id AND d.id = q.debtor_id
    CROSS JOIN LATERAL (
        SELECT array_agg(i.number ORDER BY i.due_date, i.id) AS numbers, sum(got.amount - x.paid_before) AS paid
        FROM arrangements_promiseinvoice x
        JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(p.amount), 0) AS amount FROM receivables_payment p
            WHERE p.client_id = i.client_id AND p.invoice_id = i.id AND p.received_on <= q.due_on
        ) got
        WHERE x.client_id = q.client_id AND x.promise_id = q.id
    ) x
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE o.state = 'kept') AS kept, count(*) AS judged FROM arrangements_promise o
        WHERE o.client_id = q.client_id AND o.debtor_id = q.debtor_id AND o.state IN ('kept', 'partly', 'broken')
          AND o.ended_on > %(since)s AND o.ended_on <= %(on)s
    ) r
    WHERE q.client_id = %(client)s AND (%(state)s = '' OR q.state = %(state)s)
      AND (%(debtor)s::bigint IS NULL OR q.debtor_id = %(debtor)s)
      AND (%(invoice)s::bigint IS NULL OR EXISTS (
          SELECT 1 FROM arrangements_promiseinvoice y
          WHERE y.client_id = q.client_id AND y.promise_id = q.id AND y.invoice_id = %(invoice)s))
    ORDER BY q.state <> 'open', CASE WHEN q.state = 'open' THEN q.due_on END, q.ended_on DESC, q.id DESC
    LIMIT %(limit)s OFFSET %(offset)s
"""
_PLANS = """
    SELECT p.id, d.name FROM arrangements_plan p
    JOIN parties_debtor d ON d.client_id = p.client_id AND d.id = p.debtor_id
    WHERE p.client_id = %(client)s AND (%(state)s = '' OR p.state = %(state)s)
      AND (%(debtor)s::bigint IS NULL OR p.debtor_id = %(debtor)s)
      AND (%(invoice)s::bigint IS NULL OR EXISTS (
          SELECT 1 FROM arrangements_planinvoice y
          WHERE y.client_id = p.client_id AND y.plan_id = p.id AND y.invoice_id = %(invoice)s))
    ORDER BY p.state <> 'asked', p.state <> 'running', p.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_RECORD = """
    SELECT count(*) FILTER (WHERE state = 'kept'), count(*) FROM arrangements_promise
    WHERE client_id = %(client)s AND state IN ('kept', 'partly', 'broken') AND ended_on > %(since)s AND ended_on <= %(on)s
      AND (%(debtor)s::bigint IS NULL OR debtor_id = %(debtor)s)
"""


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise as a list shows it. `paid` is what came in by its day; `kept` of `judged` is the debtor's own record."""

    id: int
    debtor_id: int
    debtor: str
    amount: Decimal
    currency: str
    due_on: dt.date
    source: str
    words: str
    made_by: str
    made_on: dt.date
    state: str
    paid: Decimal
    ended_on: dt.date | None
    numbers: tuple[str, ...]
    kept: int
    judged: int
    first_failed: bool

    def late(self, on: dt.date) -> bool:
        """Its day is over and it is not kept; the bank has not told enough to judge it."""
        return self.state == OPEN and self.due_on < on

    def risks(self, on: dt.date) -> tuple[str, ...]:
        """Why it may fail; nothing once it ended."""
        if self.state != OPEN:
            return ()
        record = Record(self.kept, self.judged, on - dt.timedelta(days=RECORD_DAYS - 1), on)
        return at_risk(record, first_failed=self.first_failed, due_on=self.due_on, paid=self.paid, on=on)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan as a list shows it."""

    debtor: str
    standing: PlanStanding


def promise_rows(
    client_id: int, on: dt.date, state: str = "", *, debtor: int | None = None, invoice: int | None = None,
    limit: int = MOST_OPEN, offset: int = 0,
) -> list[PromiseRow]:  # fmt: skip
    """Promises, those that run first, the nearest day first. One statement. Needs the client's scope."""
    asked = {
        "client": client_id, "on": on, "since": on - dt.timedelta(days=RECORD_DAYS), "state": state, "debtor": debtor,
        "invoice": invoice, "limit": limit, "offset": offset,
    }  # fmt: skip
    return [_promise(row) for row in fetch(_PROMISES, asked)]


def _promise(row: tuple[Any, ...]) -> PromiseRow:
    facts = list(row)
    facts[13] = tuple(facts[13])
    return PromiseRow(*facts)


def promise_counts(client_id: int) -> dict[str, int]:
    """How many promises there are of each state."""
    return dict(
        fetch("SELECT state, count(*) FROM arrangements_promise WHERE client_id = %s GROUP BY 1", [client_id])
    )


def record_of(client_id: int, on: dt.date, debtor: int | None = None) -> Record:
    """How often a debtor, or all of them, kept their word in the last year: how many of how many, and from when to when."""
    since = on - dt.timedelta(days=RECORD_DAYS)
    kept, judged = fetch(_RECORD, {"client": client_id, "on": on, "since": since, "debtor": debtor})[0]
    return Record(kept, judged, since + dt.timedelta(days=1), on)


def plan_rows(
    client_id: int, state: str = "", *, debtor: int | None = None, invoice: int | None = None, limit: int = 50, offset: int = 0
) -> list[PlanRow]:  # fmt: skip
    """Plans, those that wait for a person first, then those that run. Six statements. Needs the client's scope."""
    asked = {
        "client": client_id, "state": state, "debtor": debtor, "invoice": invoice, "limit": limit, "offset": offset,
    }  # fmt: skip
    names: dict[int, str] = dict(fetch(_PLANS, asked))
    standings = {plan.plan_id: plan for plan in plan_standings(client_id, list(names))}
    return [PlanRow(name, standings[number]) for number, name in names.items()]


def plan_counts(client_id: int) -> dict[str, int]:
    """How many plans there are of each state."""
    return dict(
        fetch("SELECT state, count(*) FROM arrangements_plan WHERE client_id = %s GROUP BY 1", [client_id])
    )


@dataclass(frozen=True, slots=True)
class PlanInvoiceRow:
    """An invoice in a plan: what was owed of it when it was asked, and what is open of it now."""

    id: int
    number: str
    due_date: dt.date
    principal: Decimal
    interest: Decimal
    costs: Decimal
    open_amount: Decimal

    @property
    def owed(self) -> Decimal:
        """What was owed of it."""
        return self.principal + self.interest + self.costs


def plan_invoices(client_id: int, plan_id: int) -> list[PlanInvoiceRow]:
    """The invoices of a plan, in the order in which they are paid."""
    rows = fetch(
        """
        SELECT i.id, i.number, i.due_date, x.principal, x.interest, x.costs, i.open_amount FROM arrangements_planinvoice x
        JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
        WHERE x.client_id = %s AND x.plan_id = %s ORDER BY x.place
        """,
        [client_id, plan_id],
    )
    return [PlanInvoiceRow(*row) for row in rows]


def open_invoices(client_id: int, debtor_id: int) -> Sequence[tuple[int, str, dt.date, Decimal, str]]:
    """What a debtor can promise or plan for: number, due date, what is open and in which currency, oldest first."""
    return fetch(
        """
        SELECT id, number, due_date, open_amount, currency FROM receivables_invoice
        WHERE client_id = %s AND debtor_id = %s AND kind = 'invoice' AND open_amount > 0 AND withdrawn_on IS NULL
        ORDER BY due_date, id
        """,
        [client_id, debtor_id],
    )
