"""What the API does for the register: between its fields and the register's own actions, and nothing else."""

from collections.abc import Sequence
from itertools import zip_longest

from inbaar.api.schemas import (
    ArrearIn,
    CheckedOut,
    ChecksOut,
    ConditionOut,
    EndedOut,
    FoundOut,
    LookUpIn,
    LookUpOut,
    RefusalOut,
    ReportOut,
    VerdictOut,
)
from inbaar.api.tokens import Caller
from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refusal, Refused
from inbaar.register.acts import end_as_paid, end_report
from inbaar.register.checking import Checked, check_told
from inbaar.register.listing import Told, report_told
from inbaar.register.looking_up import Looker, look_up
from inbaar.register.prices import price_on
from inbaar.register.queries import RunningReport, running_after, running_report
from inbaar.register.reporting import Reported


def report(caller: Caller, arrears: Sequence[ArrearIn]) -> list[Reported]:
    """Report arrears; one answer each, in order."""
    told = [told_of(arrear) for arrear in arrears]
    return report_told(caller.client_id, told, caller.by, today(), now(), on_letters=queue_delivery)


def verdicts(arrears: Sequence[ArrearIn], answers: Sequence[Reported]) -> list[VerdictOut]:
    """What became of each, as it is told."""
    return [
        VerdictOut(
            number=arrear.number, state=answer.outcome, report_id=answer.report_id, refusals=_refusals(answer.refusals)
        )
        for arrear, answer in zip_longest(arrears, answers)
    ]  # fmt: skip


def check(caller: Caller, arrears: Sequence[ArrearIn]) -> ChecksOut:
    """What reporting each of them now would come to."""
    on, fee = today(), None
    priceless: Sequence[Refusal] = ()
    try:
        fee = price_on(on).amount
    except Refused as refused:
        priceless = refused.refusals
    checked = check_told(caller.client_id, [told_of(arrear) for arrear in arrears], on, now())
    return ChecksOut(checks=[_checked(one, priceless) for one in checked], fee=fee)


def reports_after(caller: Caller, after: int, most: int) -> list[ReportOut]:
    """Reports that run, a page of them."""
    return [_report(row) for row in running_after(caller.client_id, after, today(), most)]


def one_report(caller: Caller, report_id: int) -> ReportOut:
    """One report; refuses one that does not run: of what ended nothing is kept."""
    found = running_report(caller.client_id, report_id, today())
    if found is None:
        raise Refused(
            Refusal("unknown", "a report is of this client and runs", f"there is no report {report_id}", "one that runs", "never",
                    "it has ended, or never was: nothing of it is kept")
        )  # fmt: skip
    return _report(found)


def end(caller: Caller, report_id: int, why: str) -> EndedOut:
    """End a report; one that does not run is answered so, for twice the same is once."""
    if why == "paid":
        ended = end_as_paid(caller.client_id, report_id, caller.by, today(), now())
    else:
        ended = end_report(caller.client_id, report_id, why)
    return EndedOut(report_id=report_id, state="ended" if ended else "not_running")


def found(caller: Caller, asked: LookUpIn) -> LookUpOut:
    """Look a company up."""
    looker = Looker(caller.client_id, caller.client_name, caller.by)
    answer = look_up(looker, asked.company, asked.reason, now())
    arrears = [
        FoundOut(creditor=one.creditor, amount=one.amount, due_date=one.due_date) for one in answer.arrears
    ]
    return LookUpOut(
        kvk=answer.kvk_number, name=answer.name, count=len(arrears), total=answer.total, arrears=arrears
    )


def told_of(arrear: ArrearIn) -> Told:
    """An arrear as the register takes it."""
    debtor = arrear.debtor
    return Told(arrear.number, arrear.amount, arrear.due_date, debtor.kvk, debtor.name, debtor.email or "")


def _refusals(refusals: Sequence[Refusal]) -> list[RefusalOut]:
    return [RefusalOut.of(refusal) for refusal in refusals]


def _conditions(conditions: Sequence[tuple[str, bool]]) -> list[ConditionOut]:
    return [ConditionOut(code=code, met=met) for code, met in conditions]


def _checked(checked: Checked, priceless: Sequence[Refusal]) -> CheckedOut:
    refusals = (*checked.refusals, *priceless)
    return CheckedOut(
        number=checked.number, known=checked.known, report_id=checked.report_id, allowed=not refusals,
        conditions=_conditions(checked.conditions), reportable_from=checked.reportable_from,
        enterable_from=checked.enterable_from, refusals=_refusals(refusals),
    )  # fmt: skip


def _report(row: RunningReport) -> ReportOut:
    return ReportOut(
        report_id=row.report_id, number=row.number, debtor=row.debtor, amount=row.amount, reported_on=row.reported_on,
        reportable_from=row.reportable_from, letter_left_on=row.told_on, enterable_from=row.entry_from, state=row.state,
        conditions=_conditions(row.conditions), waits_for=_refusals(row.verdict.refusals),
    )  # fmt: skip
