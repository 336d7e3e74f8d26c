"""The register's part of the daily run: what is due for a look is decided anew and entered, ended, or left with its reasons.

Runs any number of times, on any number of workers, and killed at any moment, with the same result: a chunk is one
transaction, a report has one row, and an entry is tied to its report.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from inbaar.dunning.standing import bank_is_stale
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.register.ending import end_reports, pass_fourteen_days
from inbaar.register.entries import Arrears, enter, entered, forget
from inbaar.register.facts import ArrearFacts, ReportFacts, arrears_of, reports_of
from inbaar.register.reporting import write_letters_anew
from inbaar.register.rules import STALE_BANK, UNAPPROVED, ends_by, may_enter, may_report

CHUNK_REPORTS = 500
_DUE = """
    SELECT id FROM register_report WHERE client_id = %s AND look_on <= %s ORDER BY look_on, id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""
# Proof that was asked for a report that ended is asked for no longer.
_UNASK = """
    UPDATE receivables_evidencerequest q SET withdrawn_on = %s
    WHERE q.client_id = %s AND q.step = 'register' AND q.evidence_id IS NULL AND q.withdrawn_on IS NULL
      AND NOT EXISTS (SELECT 1 FROM register_report r WHERE r.client_id = q.client_id AND r.invoice_id = q.invoice_id)
"""


@dataclass(slots=True)
class RegisterTally:
    """What one run did: reports that ended, arrears entered, letters written anew, and why others wait, by rule."""

    ended: int = 0
    entered: int = 0
    letters: int = 0
    waits: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: "RegisterTally") -> "RegisterTally":
        self.ended += other.ended
        self.entered += other.entered
        self.letters += other.letters
        self.waits += other.waits
        return self


def run_register(
    client_id: int,
    on: dt.date,
    recorded_at: dt.datetime,
    *,
    on_letters: Callable[[int], object] | None = None,
) -> RegisterTally:
    """Do what is due for one client's reports on a day."""
    tally = RegisterTally()
    while True:
        with client_scope(client_id):
            due = [row[0] for row in fetch(_DUE, [client_id, on, CHUNK_REPORTS])]
            if not due:
                break
            before = tally.letters
            _do_chunk(client_id, due, on, recorded_at, tally)
            if on_letters is not None and tally.letters > before:
                on_letters(client_id)
    with client_scope(client_id):
        run(_UNASK, [on, client_id])
    return tally


def _do_chunk(
    client_id: int, due: Sequence[int], on: dt.date, recorded_at: dt.datetime, tally: RegisterTally
) -> None:
    reports = reports_of(client_id, due, on, bank_stale=bank_is_stale(client_id, on))
    arrears = arrears_of(client_id, [report.invoice_id for report in reports], on)
    live = _without_ended(client_id, reports, arrears, tally)
    live = _without_suspended(client_id, live, arrears, on)
    _tell_anew(client_id, live, arrears, on, recorded_at, tally)
    over = [report for report in live if report.notice.told_on and report.notice.entry_from <= on]
    pass_fourteen_days(client_id, [report.report_id for report in over])
    _enter(client_id, live, arrears, on, tally)
    _look_again(client_id, live, on)


def _without_ended(
    client_id: int, reports: Sequence[ReportFacts], arrears: dict[int, ArrearFacts], tally: RegisterTally
) -> list[ReportFacts]:
    """The reports that still run; those that are paid or in a plan by now end."""
    ends = {report.report_id: ends_by(arrears[report.invoice_id].arrear) for report in reports}
    for why in sorted(set(ends.values()) - {""}):
        tally.ended += end_reports(client_id, [number for number, end in ends.items() if end == why], why)
    return [report for report in reports if not ends[report.report_id]]


def _without_suspended(
    client_id: int, reports: Sequence[ReportFacts], arrears: dict[int, ArrearFacts], on: dt.date
) -> list[ReportFacts]:
    """Keep since when each contested claim rests, and let the days it rested not count once it is settled."""
    rests = {report.report_id for report in reports if arrears[report.invoice_id].arrear.disputed}
    begun = [report.report_id for report in reports if report.report_id in rests and not report.suspended_on]
    over = [report for report in reports if report.suspended_on and report.report_id not in rests]
    run(
        "UPDATE register_report SET suspended_on = %s WHERE client_id = %s AND id = ANY(%s::bigint[])",
        [on, client_id, array_parameter(begun)],
    )
    run(
        """
        UPDATE register_report SET days_suspended = days_suspended + greatest(%s - suspended_on, 0), suspended_on = NULL
        WHERE client_id = %s AND id = ANY(%s::bigint[])
        """,
        [on, client_id, array_parameter([report.report_id for report in over])],
    )
    return list(reports)


def _tell_anew(
    client_id: int,
    reports: Sequence[ReportFacts],
    arrears: dict[int, ArrearFacts],
    on: dt.date,
    recorded_at: dt.datetime,
    tally: RegisterTally,
) -> None:
    """Write the letter of reports whose first never left, where it may leave now."""
    lost = {
        report.invoice_id: report.report_id
        for report in reports
        if report.letter_lost and not _refused_but_for_proof(arrears[report.invoice_id], on)
    }
    if lost:
        tally.letters += len(write_letters_anew(client_id, lost, on, recorded_at).letters)


def _refused_but_for_proof(facts: ArrearFacts, on: dt.date) -> bool:
    return any(refusal.code != "register-proof" for refusal in may_report(facts.arrear, on).refusals)


def _enter(
    client_id: int,
    reports: Sequence[ReportFacts],
    arrears: dict[int, ArrearFacts],
    on: dt.date,
    tally: RegisterTally,
) -> None:
    """Enter what all the rules allow, look at what is entered by the same rules, and say why others wait."""
    there = entered(client_id, [report.report_id for report in reports])
    verdicts = {
        report.report_id: may_enter(arrears[report.invoice_id].arrear, report.notice, on)
        for report in reports
    }
    # Old news of the bank keeps an arrear out, and so does that nobody approved it; neither says anything against one that
    # is entered.
    wrong = {
        number
        for number in there
        if any(refusal.code not in (STALE_BANK, UNAPPROVED) for refusal in verdicts[number].refusals)
    }
    forget(client_id, sorted(wrong))
    fresh = [
        (report.report_id, _arrears(arrears[report.invoice_id], on))
        for report in reports
        if verdicts[report.report_id].allowed and report.report_id not in there
    ]
    tally.entered += enter(client_id, fresh)
    for report in reports:
        if report.report_id not in there - wrong:
            tally.waits.update(refusal.code for refusal in verdicts[report.report_id].refusals)


def _arrears(facts: ArrearFacts, on: dt.date) -> Arrears:
    arrear = facts.arrear
    return Arrears(arrear.kvk_number, facts.debtor, facts.creditor, arrear.open_amount, arrear.due_date, on)


def _look_again(client_id: int, reports: Sequence[ReportFacts], on: dt.date) -> None:
    """On the day the fourteen days are over, and every day before the letter left and after they are over."""
    tomorrow = on + dt.timedelta(days=1)
    days = [
        max(report.notice.entry_from, tomorrow)
        if report.notice.told_on and not report.suspended_on
        else tomorrow
        for report in reports
    ]
    run(
        """
        UPDATE register_report r SET look_on = greatest(n.look_on, r.look_on)
        FROM unnest(%s::bigint[], %s::date[]) AS n(id, look_on) WHERE r.client_id = %s AND r.id = n.id
        """,
        [array_parameter([report.report_id for report in reports]), array_parameter(days), client_id],
    )
