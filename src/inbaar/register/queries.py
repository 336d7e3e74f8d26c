"""What the creditor sees of his own reports: both clocks, what each waits for, what they cost. A fixed number of statements."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.dunning.standing import bank_is_stale
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.receivables.rules import register_dates
from inbaar.receivables.verdicts import Verdict
from inbaar.register.entries import entered
from inbaar.register.facts import SECOND_PERSON, ReportFacts, arrears_of, reports_of
from inbaar.register.rules import Arrear, conditions, may_enter

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class RunningReport:
    """One report that runs. `state` is waiting, suspended or entered; `verdict` is that of the next entry.

    The two clocks: `reportable_from` is thirty days after the last day to pay, `entry_from` fourteen after the letter.
    """

    report_id: int
    invoice_id: int
    debtor_id: int
    number: str
    debtor: str
    amount: Decimal
    reported_on: dt.date
    reportable_from: dt.date
    told_on: dt.date | None
    letter: int | None
    entry_from: dt.date
    state: str
    verdict: Verdict
    conditions: tuple[tuple[str, bool], ...]
    approval: "Approval"


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether a second person is asked for an entry, who reported it (None for a program), and who approved it and when.

    `waits`: the fourteen days are over and nobody approved it yet.
    """

    asked: bool
    reporter: int | None
    approved_by: str
    approved_at: dt.datetime | None
    waits: bool


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call to make or made."""

    due_on: dt.date
    outcome: str
    note: str
    made_on: dt.date | None
    made_by: str


@dataclass(frozen=True, slots=True)
class FeeRow:
    """What was charged for one report."""

    number: str
    invoice_id: int
    amount: Decimal
    on: dt.date


def running(client_id: int, on: dt.date, most: int = MOST_SHOWN) -> list[RunningReport]:
    """The reports that run, the oldest first."""
    ids = [
        row[0]
        for row in fetch(
            "SELECT id FROM register_report WHERE client_id = %s ORDER BY reported_on, id LIMIT %s",
            [client_id, most],
        )
    ]
    return _told(client_id, ids, on)


def running_after(client_id: int, after: int, on: dt.date, most: int) -> list[RunningReport]:
    """The reports that run whose number comes after another's, by number: a page of all of them, which no end shifts."""
    ids = fetch(
        "SELECT id FROM register_report WHERE client_id = %s AND id > %s ORDER BY id LIMIT %s",
        [client_id, after, most],
    )
    return _told(client_id, [row[0] for row in ids], on)


def running_report(client_id: int, report_id: int, on: dt.date) -> RunningReport | None:
    """One report of this client, while it runs."""
    return next(iter(_told(client_id, [report_id], on)), None)


def calls_of(client_id: int, report_id: int) -> list[CallRow]:
    """The calls of a report, the one that waits first."""
    rows = fetch(
        """
        SELECT due_on, outcome, note, made_on, made_by FROM register_call WHERE client_id = %s AND report_id = %s
        ORDER BY made_on DESC NULLS FIRST, id DESC
        """,
        [client_id, report_id],
    )
    return [CallRow(*row) for row in rows]


def calls_to_make(client_id: int, on: dt.date) -> int:
    """How many calls are due by a day."""
    return int(
        fetch(
            "SELECT count(*) FROM register_call WHERE client_id = %s AND made_on IS NULL AND due_on <= %s",
            [client_id, on],
        )[0][0]
    )


def fees_of(client_id: int, since: dt.date, until: dt.date) -> list[FeeRow]:
    """What was charged for reports of a period, both days included."""
    rows = fetch(
        """
        SELECT i.number, f.invoice_id, f.amount, f.on FROM register_fee f
        JOIN receivables_invoice i ON i.client_id = f.client_id AND i.id = f.invoice_id
        WHERE f.client_id = %s AND f.on BETWEEN %s AND %s ORDER BY f.on DESC, f.id DESC
        """,
        [client_id, since, until],
    )
    return [FeeRow(*row) for row in rows]


def _told(client_id: int, ids: list[int], on: dt.date) -> list[RunningReport]:
    reports = reports_of(client_id, ids, on, bank_stale=bank_is_stale(client_id, on))
    facts = arrears_of(client_id, [report.invoice_id for report in reports], on)
    there = entered(client_id, [report.report_id for report in reports])
    approvals = _approvals(client_id, ids, on)
    told = []
    for report in reports:
        known = facts[report.invoice_id]
        told.append(
            RunningReport(
                report.report_id, report.invoice_id, known.debtor_id, known.number, known.debtor, report.amount,
                report.reported_on, register_dates(known.arrear.due_date).earliest_report, report.notice.told_on,
                report.letter, report.notice.entry_from, _state(report, known.arrear, there),
                may_enter(known.arrear, report.notice, on),
                tuple((code, refusal is None) for code, refusal in conditions(known.arrear, on).items()),
                approvals[report.report_id],
            )
        )  # fmt: skip
    return told


def _approvals(client_id: int, ids: list[int], on: dt.date) -> dict[int, Approval]:
    rows = fetch(
        f"""
        SELECT r.id, {SECOND_PERSON}, r.reporter_id, coalesce(nullif(u.name, ''), u.email, ''), r.approved_at,
               r.overdue AND r.approved_by_id IS NULL AND r.suspended_on IS NULL AND {SECOND_PERSON}
        FROM register_report r LEFT JOIN parties_user u ON u.id = r.approved_by_id
        WHERE r.client_id = %(client)s AND r.id = ANY(%(ids)s::bigint[])
        """,  # noqa: S608 - our own text
        {"client": client_id, "on": on, "ids": array_parameter(ids)},
    )
    return {number: Approval(*facts) for number, *facts in rows}


def _state(report: ReportFacts, arrear: Arrear, there: set[int]) -> str:
    if report.report_id in there:
        return "entered"
    return "suspended" if arrear.disputed else "waiting"
