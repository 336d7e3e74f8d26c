"""The facts a chunk of the run decides on: locked debtors, and how each of their due invoices stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inbaar.banking.online.underway import underway
from inbaar.dunning.policy_book import CHOICES, CHOSEN, PolicyBook
from inbaar.dunning.rules import Standing
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.letters.parts import NO_STEPS, in_sql
from inbaar.parties.rules import Capacity

# A chunk is whole debtors, so that one letter holds all that is due for one of them. Whoever holds a debtor's lock
# works on it; other workers take the next ones. The order is that of the index on what is due, so that the statement
# stops at its limit, however much more is due.
_DEBTORS = """
    SELECT d.id FROM dunning_schedule s
    JOIN parties_debtor d ON d.client_id = s.client_id AND d.id = s.debtor_id
    WHERE s.client_id = %(client)s AND s.due_on <= %(on)s
    ORDER BY s.due_on, s.debtor_id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
"""
# The list is of the column's own type: PostgreSQL looks in a hash of it then, and else at all of it for each row.
_OF_DEBTORS = "due_on <= %(on)s AND debtor_id = ANY(%(debtors)s::bigint[])"
_OF_INVOICES = "invoice_id = ANY(%(invoices)s)"
_STANDINGS = """
    WITH due AS MATERIALIZED (
        SELECT id, client_id, invoice_id, debtor_id, stage, last, planned, waits_for FROM dunning_schedule
        WHERE client_id = %(client)s AND {which}
    ), held AS MATERIALIZED (
        SELECT invoice_id, debtor_id, kind, amount, until FROM receivables_hold
        WHERE client_id = %(client)s AND released_on IS NULL AND since <= %(on)s
          AND (until IS NULL OR until >= %(on)s)
    ), by_invoice AS (
        SELECT invoice_id, max(kind) FILTER (WHERE amount IS NULL) AS kind,
               max(coalesce(until, 'infinity'::date)) FILTER (WHERE amount IS NULL) AS until,
               sum(amount) AS part
        FROM held WHERE invoice_id IS NOT NULL GROUP BY 1
    ), by_debtor AS (
        SELECT debtor_id, max(kind) AS kind, max(coalesce(until, 'infinity'::date)) AS until
        FROM held WHERE invoice_id IS NULL GROUP BY 1
    )
    SELECT due.id, due.invoice_id, due.debtor_id, due.waits_for, greatest(i.due_date, x.term_until), i.open_amount,
           due.stage, d.capacity, i.open_amount > 0, i.open_amount > coalesce(hi.part, 0),
           {chosen}, due.last, due.planned, d.country <> 'NL', greatest(i.due_date, x.term_until) > %(on)s,
           coalesce(hd.kind, hi.kind, ''),
           nullif(greatest(CASE WHEN hd.kind IS NOT NULL THEN hd.until END,
                           CASE WHEN hi.kind IS NOT NULL THEN hi.until END), 'infinity'::date),
           EXISTS (SELECT 1 FROM banking_suspect s JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
                   WHERE s.client_id = due.client_id AND s.invoice_id = due.invoice_id AND e.state = 'unmatched')
               OR EXISTS (SELECT 1 FROM banking_announcedfor f
                   JOIN banking_announcedpayment p ON p.client_id = f.client_id AND p.id = f.payment_id AND p.entry_id IS NULL
                   JOIN banking_bankaccount b ON b.client_id = p.client_id AND b.id = p.account_id
                       AND (b.read_up_to IS NULL OR b.read_up_to <= p.until)
                   WHERE f.client_id = due.client_id AND f.invoice_id = due.invoice_id)
               OR {underway},
           EXISTS (SELECT 1 FROM dunning_skip k
                   WHERE k.client_id = due.client_id AND k.invoice_id = due.invoice_id AND k.on = %(on)s),
           coalesce(sent.letters > 0 AND sent.on IS NULL, false), sent.on,
           x.id IS NOT NULL AND x.sent_on IS NULL, x.term_until
    FROM due
    JOIN receivables_invoice i ON i.client_id = due.client_id AND i.id = due.invoice_id
    JOIN parties_debtor d ON d.client_id = due.client_id AND d.id = due.debtor_id
    LEFT JOIN receivables_dispatch x ON x.client_id = due.client_id AND x.invoice_id = due.invoice_id
    {choices}
    LEFT JOIN by_invoice hi ON hi.invoice_id = due.invoice_id
    LEFT JOIN by_debtor hd ON hd.debtor_id = due.debtor_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS letters,
               max((l.changed_at AT TIME ZONE 'Europe/Amsterdam')::date) FILTER (WHERE l.state = 'sent') AS on
        FROM letters_letteritem li
        JOIN letters_delivery l ON l.client_id = li.client_id AND l.letter_id = li.letter_id AND l.state NOT IN ('withdrawn', 'bounced')
        WHERE due.last <> '' AND li.client_id = due.client_id AND li.invoice_id = due.invoice_id
          AND li.step NOT IN {no_steps}
        GROUP BY li.letter_id ORDER BY li.letter_id DESC LIMIT 1
    ) sent ON true
"""
# Paid online, and not on a statement yet.
_UNDERWAY = underway("due.client_id", "due.invoice_id")
_STALE = """
    SELECT EXISTS (
        SELECT 1 FROM banking_bankaccount
        WHERE client_id = %(client)s AND (read_up_to IS NULL OR read_up_to + stale_after_days < %(on)s)
    )
"""


@dataclass(frozen=True, slots=True)
class DueInvoice:
    """One scheduled invoice of a chunk."""

    schedule_id: int
    invoice_id: int
    debtor_id: int
    standing: Standing
    waited_for: str
    due_date: dt.date


def bank_is_stale(client_id: int, on: dt.date) -> bool:
    """Whether any account's news is older than the client allows, so that nobody knows who paid (ASK-04, BEY-03)."""
    return bool(fetch(_STALE, {"client": client_id, "on": on})[0][0])


def lock_due_debtors(client_id: int, on: dt.date, limit: int) -> list[int]:
    """Lock debtors that no other worker has, with up to `limit` invoices due, and more for the last one."""
    rows = fetch(_DEBTORS, {"client": client_id, "on": on, "limit": limit})
    return sorted({row[0] for row in rows})


def due_invoices(
    client_id: int, on: dt.date, debtors: list[int], book: PolicyBook, *, bank_stale: bool
) -> list[DueInvoice]:
    """How each due invoice of these debtors stands. One query."""
    which = {"client": client_id, "on": on, "debtors": array_parameter(debtors), "policy": book.of_all}
    return _read(fetch(_query(_OF_DEBTORS), which), book, bank_stale)


def standing_invoices(
    client_id: int, on: dt.date, invoices: Sequence[int], book: PolicyBook, *, bank_stale: bool
) -> list[DueInvoice]:
    """How scheduled invoices stand on a day, due or not. One query."""
    which = {"client": client_id, "on": on, "invoices": list(invoices), "policy": book.of_all}
    return _read(fetch(_query(_OF_INVOICES), which), book, bank_stale)


def _query(which: str) -> str:
    return _STANDINGS.format(
        which=which, underway=_UNDERWAY, choices=CHOICES, chosen=CHOSEN, no_steps=in_sql(NO_STEPS)
    )


def _read(rows: Sequence[tuple[Any, ...]], book: PolicyBook, bank_stale: bool) -> list[DueInvoice]:
    shared: dict[tuple[object, ...], Standing] = {}
    amounts = any(
        step.least_open or step.most_open for its in book.policies.values() for step in its.policy.steps
    )
    found = []
    for schedule_id, invoice_id, debtor_id, waited_for, due_date, open_amount, *facts in rows:
        if amounts:
            lane = book.lane(facts[4], Capacity(facts[1]))
            facts.append(lane.amount_class(open_amount))
        key = tuple(facts)
        standing = shared.get(key)
        if standing is None:
            standing = shared[key] = _standing(key, bank_stale)
        found.append(DueInvoice(schedule_id, invoice_id, debtor_id, standing, waited_for, due_date))
    return found


def _standing(facts: tuple[Any, ...], bank_stale: bool) -> Standing:
    (
        stage, capacity, is_open, pressable, policy, last, planned, abroad, before_due, hold, until, explained, skipped,
        undelivered, delivered_on, unsent, term_until, *amount_class,
    ) = facts  # fmt: skip
    return Standing(
        stage=stage,
        capacity=Capacity(capacity),
        open=is_open,
        pressable=pressable,
        policy=policy,
        last=last,
        planned=planned,
        amount_class=amount_class[0] if amount_class else 0,
        abroad=abroad,
        before_due=before_due,
        hold=hold,
        hold_until=until,
        explained=explained,
        skipped=skipped,
        bank_stale=bank_stale,
        undelivered=undelivered,
        delivered_on=delivered_on,
        unsent=unsent,
        term_until=term_until,
    )
