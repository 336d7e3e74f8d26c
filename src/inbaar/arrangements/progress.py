"""How plans stand: their terms, what was paid of each and when, and what the debtor was told. Read in bulk, nothing is kept.

What is paid of a plan is all that was paid on its invoices since it was asked: money, credit notes and write-offs alike. It
goes to the oldest term first.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.arrangements.facts import MAY_BE_PAID
from inbaar.arrangements.terms import Standing, Term, standings
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.letters.delivery import LAST_DELIVERY

_PLANS = """
    SELECT p.id, p.debtor_id, p.state, p.source, p.currency, p.total, p.stops_interest, p.acknowledged, p.asked_on, p.decided_on,
           p.ended_on, p.ended_by
    FROM arrangements_plan p WHERE p.client_id = %s AND p.id = ANY(%s::bigint[]) ORDER BY p.id
"""
_TERMS = """
    SELECT t.plan_id, t.number, t.due_on, t.amount, b.reference FROM arrangements_planterm t
    JOIN banking_paymentbundle b ON b.client_id = t.client_id AND b.id = t.bundle_id
    WHERE t.client_id = %s AND t.plan_id = ANY(%s::bigint[]) ORDER BY t.plan_id, t.number
"""
_INVOICES = f"""
    SELECT x.plan_id, x.invoice_id, x.paid_before, i.open_amount > 0, {MAY_BE_PAID} FROM arrangements_planinvoice x
    JOIN receivables_invoice i ON i.client_id = x.client_id AND i.id = x.invoice_id
    WHERE x.client_id = %s AND x.plan_id = ANY(%s::bigint[]) ORDER BY x.plan_id, x.place
"""  # noqa: S608 - our own text
_PAYMENTS = """
    SELECT x.plan_id, p.received_on, sum(p.amount) FROM arrangements_planinvoice x
    JOIN receivables_payment p ON p.client_id = x.client_id AND p.invoice_id = x.invoice_id
    WHERE x.client_id = %s AND x.plan_id = ANY(%s::bigint[]) GROUP BY 1, 2 ORDER BY 1, 2
"""
_LETTERS = f"""
    SELECT y.plan_id, y.kind, y.term, y.pay_by, y.letter_id, v.state,
           CASE WHEN v.state = 'sent' THEN (v.changed_at AT TIME ZONE 'Europe/Amsterdam')::date END, l.number
    FROM arrangements_planletter y
    JOIN letters_letter l ON l.client_id = y.client_id AND l.id = y.letter_id
    {LAST_DELIVERY}
    WHERE y.client_id = %s AND y.plan_id = ANY(%s::bigint[]) ORDER BY y.plan_id, y.id
"""  # noqa: S608 - our own text
#: A letter in one of these states told nobody anything: another is written.
LOST = ("withdrawn", "bounced")


@dataclass(frozen=True, slots=True)
class Told:
    """A letter about a plan: which, about which term, by when it asks, where it is, and the day it left."""

    kind: str
    term: int | None
    pay_by: dt.date | None
    letter_id: int
    state: str
    sent_on: dt.date | None
    number: str

    @property
    def lost(self) -> bool:
        """It told nobody anything."""
        return self.state in LOST


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A plan as it stands now. `explained`: money waits, or is on its way, that may be its payment."""

    plan_id: int
    debtor_id: int
    state: str
    source: str
    currency: str
    total: Decimal
    stops_interest: bool
    acknowledged: bool
    asked_on: dt.date
    decided_on: dt.date | None
    ended_on: dt.date | None
    ended_by: str
    terms: tuple[Standing, ...]
    references: tuple[str, ...]
    invoices: tuple[int, ...]
    letters: tuple[Told, ...]
    settled: bool
    explained: bool

    @property
    def paid(self) -> Decimal:
        """What was paid of it."""
        return sum((term.paid for term in self.terms), Decimal("0.00"))

    def owed_up_to(self, number: int) -> Decimal:
        """What is unpaid of its terms up to and including one."""
        return sum((term.open for term in self.terms[:number]), Decimal("0.00"))

    def told(self, kind: str, term: int | None = None) -> Told | None:
        """The last letter of a kind, about a term where one is named, that is not lost."""
        found = [
            one for one in self.letters if one.kind == kind and not one.lost and term in (None, one.term)
        ]
        return found[-1] if found else None


def plan_standings(client_id: int, plans: Sequence[int]) -> list[PlanStanding]:
    """How these plans stand. Five statements for any number. Needs the client's scope."""
    asked = [client_id, array_parameter(list(plans))]
    terms, invoices, payments, letters = (
        _by_plan(fetch(sql, asked)) for sql in (_TERMS, _INVOICES, _PAYMENTS, _LETTERS)
    )
    return [
        _standing(row, terms[row[0]], invoices[row[0]], payments[row[0]], letters[row[0]])
        for row in fetch(_PLANS, asked)
    ]


Rows = list[tuple[Any, ...]]


def _by_plan(rows: Sequence[tuple[Any, ...]]) -> Mapping[int, Rows]:
    found: dict[int, Rows] = defaultdict(list)
    for plan_id, *rest in rows:
        found[plan_id].append(tuple(rest))
    return found


def _standing(
    row: tuple[Any, ...], terms: Rows, invoices: Rows, payments: Rows, letters: Rows
) -> PlanStanding:
    # What had been paid before is taken off before the first of the payments, so that only what came since counts.
    before = sum((paid_before for _, paid_before, _, _ in invoices), Decimal("0.00"))
    moved = [(dt.date.min, -before), *((day, amount) for day, amount in payments)]
    (
        number,
        debtor,
        state,
        source,
        currency,
        total,
        stops,
        acknowledged,
        asked_on,
        decided_on,
        ended_on,
        ended_by,
    ) = row
    return PlanStanding(
        number, debtor, state, source, currency, total, stops, acknowledged, asked_on, decided_on, ended_on, ended_by,
        standings([Term(due_on, amount) for _, due_on, amount, _ in terms], moved),
        tuple(reference for *_, reference in terms),
        tuple(invoice for invoice, *_ in invoices),
        tuple(Told(*each) for each in letters),
        not any(is_open for _, _, is_open, _ in invoices),
        any(explained for *_, explained in invoices),
    )  # fmt: skip
