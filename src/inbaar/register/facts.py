"""How invoices and reports stand on a day, read in bulk: what the register's rules decide on. A fixed number of statements."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from inbaar.banking.online.underway import underway
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.receivables.queries import STANDING
from inbaar.register.rules import Arrear, Notice, entry_day

_HELD = f"""h.client_id = i.client_id AND {STANDING}
    AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id))"""
_ARREARS = f"""
    SELECT i.id, i.debtor_id, i.number, d.name, coalesce(t.owner_name, ''),
           d.kvk_number, d.capacity = 'consumer', i.payable, i.open_amount, i.currency,
           greatest(i.due_date, x.term_until),
           EXISTS (SELECT 1 FROM receivables_evidence e
                   WHERE e.client_id = i.client_id AND e.invoice_id = i.id AND e.removed_on IS NULL),
           EXISTS (SELECT 1 FROM receivables_hold h WHERE {_HELD} AND h.kind = 'dispute'),
           t.id IS NOT NULL, x.id IS NULL OR x.sent_on IS NOT NULL,
           EXISTS (SELECT 1 FROM banking_suspect s JOIN banking_entry e ON e.client_id = s.client_id AND e.id = s.entry_id
                   WHERE s.client_id = i.client_id AND s.invoice_id = i.id AND e.state = 'unmatched')
               OR EXISTS (SELECT 1 FROM banking_announcedfor f
                   JOIN banking_announcedpayment p ON p.client_id = f.client_id AND p.id = f.payment_id AND p.entry_id IS NULL
                   JOIN banking_bankaccount b ON b.client_id = p.client_id AND b.id = p.account_id
                       AND (b.read_up_to IS NULL OR b.read_up_to <= p.until)
                   WHERE f.client_id = i.client_id AND f.invoice_id = i.id)
               OR {underway("i.client_id", "i.id")},
           coalesce(o.kind, ''), o.until
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    LEFT JOIN receivables_title t ON t.client_id = i.client_id AND t.invoice_id = i.id AND t.period @> %(on)s::date
    LEFT JOIN LATERAL (
        SELECT h.kind, h.until FROM receivables_hold h WHERE {_HELD} AND h.kind <> 'dispute'
        ORDER BY h.kind = 'plan' DESC, h.until DESC NULLS FIRST LIMIT 1
    ) o ON true
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s::bigint[]) AND i.kind = 'invoice'
"""  # noqa: S608 - our own text
#: Whether a second person is asked on the day `on`.
SECOND_PERSON = """coalesce(
        (SELECT u.second_person FROM register_entryrule u WHERE u.since <= %(on)s::date ORDER BY u.since DESC LIMIT 1), true)"""
_REPORTS = f"""
    SELECT r.id, r.invoice_id, r.amount, r.reported_on, r.letter, r.look_on, r.suspended_on, r.days_suspended, r.overdue,
           v.state, (v.changed_at AT TIME ZONE 'Europe/Amsterdam')::date, l.pay_by,
           EXISTS (SELECT 1 FROM register_call c
                   WHERE c.client_id = r.client_id AND c.report_id = r.id AND c.made_on IS NOT NULL),
           coalesce(r.approved_amount = i.open_amount, false) OR NOT {SECOND_PERSON}
    FROM register_report r
    JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.invoice_id
    LEFT JOIN letters_letter l ON l.client_id = r.client_id AND l.id = r.letter
    LEFT JOIN LATERAL (
        SELECT x.state, x.changed_at FROM letters_delivery x WHERE x.client_id = r.client_id AND x.letter_id = r.letter
        ORDER BY x.id DESC LIMIT 1
    ) v ON true
    WHERE r.client_id = %(client)s AND {{which}} ORDER BY r.id
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class ArrearFacts:
    """An invoice as the rules see it, and by which names it is known."""

    invoice_id: int
    debtor_id: int
    number: str
    debtor: str
    creditor: str
    arrear: Arrear


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report that runs. `letter_lost`: its letter was never written, held back before it left, or came back."""

    report_id: int
    invoice_id: int
    amount: Decimal
    reported_on: dt.date
    letter: int | None
    look_on: dt.date
    suspended_on: dt.date | None
    days_suspended: int
    overdue: bool
    letter_lost: bool
    notice: Notice


def arrears_of(
    client_id: int, invoices: Sequence[int], on: dt.date, *, declared: bool = False
) -> dict[int, ArrearFacts]:
    """How these invoices stand. With `declared` the creditor says that he can prove the delivery. One statement."""
    rows = fetch(_ARREARS, {"client": client_id, "on": on, "ids": array_parameter(list(invoices))})
    found = {
        number: ArrearFacts(number, debtor_id, name, debtor, creditor, Arrear(*facts))
        for number, debtor_id, name, debtor, creditor, *facts in rows
    }
    if not declared:
        return found
    return {
        number: replace(facts, arrear=replace(facts.arrear, supported=True))
        for number, facts in found.items()
    }


def reports_of(client_id: int, reports: Sequence[int], on: dt.date, *, bank_stale: bool) -> list[ReportFacts]:
    """How these reports stand on a day, those that still run. One statement."""
    rows = fetch(
        _REPORTS.format(which="r.id = ANY(%(ids)s::bigint[])"),
        {"client": client_id, "on": on, "ids": array_parameter(list(reports))},
    )
    return [_report(row, on, bank_stale) for row in rows]


def report_of_invoice(
    client_id: int, invoice_id: int, on: dt.date, *, bank_stale: bool
) -> ReportFacts | None:
    """The report that runs for an invoice, if there is one."""
    rows = fetch(
        _REPORTS.format(which="r.invoice_id = %(invoice)s"),
        {"client": client_id, "on": on, "invoice": invoice_id},
    )
    return _report(rows[0], on, bank_stale) if rows else None


def _report(row: tuple[Any, ...], on: dt.date, bank_stale: bool) -> ReportFacts:
    (
        report_id,
        invoice,
        amount,
        reported_on,
        letter,
        look_on,
        suspended_on,
        days,
        overdue,
        state,
        changed,
        pay_by,
        called,
        approved,
    ) = row
    told_on = changed if state == "sent" else None
    suspended = days + ((on - suspended_on).days if suspended_on else 0)
    first = entry_day(told_on or on, suspended)
    if pay_by is not None:
        # Whatever day the letter left, nobody is entered before the day it named.
        first = max(first, pay_by + dt.timedelta(days=1 + suspended))
    return ReportFacts(
        report_id, invoice, amount, reported_on, letter, look_on, suspended_on, days, overdue,
        state in (None, "withdrawn", "bounced"), Notice(told_on, first, called, bank_stale, approved),
    )  # fmt: skip
