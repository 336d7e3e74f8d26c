"""What a person does to a report that runs: withdraws it, says that the parties came to terms, calls, or takes an objection.

Each needs the client's scope and does twice what it does once.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable
from inbaar.receivables.actions import NewFile, NewHold, open_holds
from inbaar.receivables.evidence import keep_files
from inbaar.register.ending import end_reports
from inbaar.register.rules import approval_refusals

CALL_AGAIN_DAYS = 3
ENDS = ("withdrawn", "agreed", "paid")
#: Who says that he was paid is not asked for it again by another route, until the bank must have told of it too.
PAID_PAUSE_DAYS = 14
#: After this no other call is planned: whoever cannot be reached was asked by phone all the same.
NO_REPLY = frozenset({"no_answer"})
MOST_CALLS = 3


@dataclass(frozen=True, slots=True)
class CallMade:
    """What came of a call: an outcome of `register.models.Call`, and in a few words what was said."""

    outcome: str
    note: str = ""


def end_report(client_id: int, report_id: int, why: str) -> bool:
    """Withdraw a report, or end it because the parties came to terms; False if it did not run any more."""
    if why not in ENDS:
        raise ValueError(f"a report is ended by a person as one of {', '.join(ENDS)}, not {why}")
    with transaction.atomic():
        return bool(end_reports(client_id, [report_id], why))


def end_as_paid(client_id: int, report_id: int, by: str, on: dt.date, recorded_at: dt.datetime) -> bool:
    """End a report because the creditor says that he was paid; False if it did not run any more.

    The invoice stays open until the bank tells of the money. Until then, for some days at most, nothing is asked of it.
    """
    with transaction.atomic():
        rows = fetch(
            "SELECT invoice_id, debtor_id FROM register_report WHERE client_id = %s AND id = %s FOR UPDATE",
            [client_id, report_id],
        )
        if not end_report(client_id, report_id, "paid"):
            return False
        ((invoice_id, debtor_id),) = rows
        hold = NewHold(
            debtor_id, "pause", "paid, says the creditor", by, on, f"register-paid:{report_id}", invoice_id,
            until=on + dt.timedelta(days=PAID_PAUSE_DAYS),
        )  # fmt: skip
        open_holds(client_id, [hold], recorded_at)
        return True


def approve_entry(client_id: int, report_id: int, user_id: int, on: dt.date, at: dt.datetime) -> bool:
    """Agree, as a second person, that an arrear is entered once all the rules allow it; False if it does not run any more.

    It is for the amount that is open now: where that changes, or the claim is disputed, he is asked anew. Refuses who
    reported it himself, and who is neither owner nor register officer.
    """
    with transaction.atomic():
        rows = fetch(
            """
            SELECT r.reporter_id = %s, m.role FROM register_report r
            LEFT JOIN parties_membership m ON m.client_id = r.client_id AND m.user_id = %s
                AND EXISTS (SELECT 1 FROM parties_user u WHERE u.id = m.user_id AND u.is_active)
            WHERE r.client_id = %s AND r.id = %s FOR UPDATE OF r
            """,
            [user_id, user_id, client_id, report_id],
        )
        if not rows:
            return False
        ((is_reporter, role),) = rows
        if refusals := approval_refusals(role, bool(is_reporter)):
            raise Refused(*refusals)
        run(
            """
            UPDATE register_report r SET approved_by_id = %s, approved_at = %s, approved_amount = i.open_amount,
                look_on = CASE WHEN r.overdue THEN least(r.look_on, %s) ELSE r.look_on END
            FROM receivables_invoice i
            WHERE r.client_id = %s AND r.id = %s AND i.client_id = r.client_id AND i.id = r.invoice_id
            """,
            [user_id, at, on, client_id, report_id],
        )
    return True


def record_call(client_id: int, report_id: int, call: CallMade, by: str, on: dt.date) -> bool:
    """Keep what came of the call that waits; False if none does. Nobody reached: the next one is planned, three at most."""
    with transaction.atomic():
        made = run(
            """
            UPDATE register_call SET outcome = %s, note = %s, made_on = %s, made_by = %s
            WHERE client_id = %s AND report_id = %s AND made_on IS NULL
            """,
            [call.outcome, printable(call.note)[:300], on, by, client_id, report_id],
        )
        if made and call.outcome in NO_REPLY:
            run(
                """
                INSERT INTO register_call (client_id, report_id, due_on, outcome, note, made_by)
                SELECT %s, %s, %s, '', '', '' FROM register_call WHERE client_id = %s AND report_id = %s
                HAVING count(*) < %s
                """,
                [
                    client_id,
                    report_id,
                    on + dt.timedelta(days=CALL_AGAIN_DAYS),
                    client_id,
                    report_id,
                    MOST_CALLS,
                ],
            )
    return bool(made)


def take_objection(
    client_id: int,
    report_id: int,
    reason: str,
    files: Sequence[NewFile],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> bool:
    """Take what the debtor brings against a reported claim, with his evidence: the claim is in dispute from then on.

    False if the report does not run any more. An arrear in dispute is seen by nobody and rests on every route; the days it
    rests do not count among the fourteen. Refuses an objection without a reason, and files that are no evidence.
    """
    told = printable(reason).strip()[:300]
    if not told:
        raise Refused(
            Refusal("reason-missing", "an objection says what is wrong", "no reason", "a few words")
        )
    with transaction.atomic():
        rows = fetch(
            "SELECT invoice_id, debtor_id FROM register_report WHERE client_id = %s AND id = %s FOR UPDATE",
            [client_id, report_id],
        )
        if not rows:
            return False
        ((invoice_id, debtor_id),) = rows
        columns = {
            "client_id": "bigint", "invoice_id": "bigint", "reason": "text", "made_on": "date", "taken_by": "text",
        }  # fmt: skip
        ((number,),) = insert_rows(
            "register_objection", columns, [(client_id, invoice_id, told, on, by)], returning="id"
        )
        _keep_evidence(client_id, number, files)
        hold = NewHold(debtor_id, "dispute", told, by, on, f"objection:{number}", invoice_id)
        open_holds(client_id, [hold], recorded_at)
        run(
            "UPDATE register_report SET suspended_on = %s, look_on = %s WHERE client_id = %s AND id = %s AND suspended_on IS NULL",
            [on, on + dt.timedelta(days=1), client_id, report_id],
        )
    return True


def _keep_evidence(client_id: int, objection: int, files: Sequence[NewFile]) -> None:
    names = (
        dict(zip(keep_files(client_id, files), (printable(file.name)[:255] for file in files), strict=True))
        if files
        else {}
    )
    insert_rows(
        "register_objectionfile",
        {"client_id": "bigint", "objection_id": "bigint", "file_id": "bigint", "name": "text"},
        ((client_id, objection, file, name) for file, name in names.items()),
    )
