"""Taking in a list of invoices that was looked through: part by part, each a transaction, so that it goes on where it stopped.

What is taken in goes the way of every other invoice (`accept_invoices`). Every line is judged again against the books as
they are: what a person saw as new and is so no longer stays out, and what he did not see as new is not taken in.
"""

import datetime as dt
import json
from collections.abc import Sequence

from inbaar.intake.bulk.lines import Fault
from inbaar.intake.bulk.verdicts import Judged
from inbaar.intake.debtor_list import WANTED as DEBTORS_WANTED
from inbaar.intake.deciding import decisions_of
from inbaar.intake.importing import ListFile, list_file, move, note_done
from inbaar.intake.looking import AT_ONCE, check_list, counts_of, found_line
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import Accepted, accept_invoices
from inbaar.receivables.timeline import NewEvent, write_events

#: The lines of a list that are to be taken in: what a person saw as new and did not leave out, and what he decided to take.
WANTED = (
    "client_id = %s AND imported_id = %s AND decision <> 'leave' AND (verdict = 'new' OR decision = 'take')"
)
_DEBTOR_IBAN = {"client_id": "bigint", "debtor_id": "bigint", "iban": "text", "known_since": "date"}


def start_taking(client_id: int, import_id: int, on: dt.date, by: str, at: dt.datetime) -> int:
    """Have a list taken in; gives how many of its lines. Needs the client's scope.

    Refuses a list that was not looked through or was taken in before, and one with nothing to take in.
    """
    kept = move(client_id, import_id, "take", at, taken_in_on=on, by=by[:100])
    wanted = wanted_lines(client_id, kept.id, kept.kind)
    if not wanted:
        raise Refused(
            Refusal("import-nothing-new", "only new lines are taken in", f"import {import_id} has none", "one new line",
                    next_step="decide about lines in doubt, or send a corrected file")
        )  # fmt: skip
    return wanted


def wanted_lines(client_id: int, import_id: int, kind: str) -> int:
    """How many lines would be taken in as it was decided. One statement."""
    which = DEBTORS_WANTED if kind == "debtors" else WANTED
    ((count,),) = fetch(f"SELECT count(*) FROM intake_importline WHERE {which}", [client_id, import_id])  # noqa: S608
    return int(count)


def take_invoices(client_id: int, import_id: int, at: dt.datetime, own_ibans: frozenset[str]) -> bool:
    """Take in what a list that is being taken in still has; False where there is no such list, or somebody else ended it.

    The number of statements of a part does not depend on the number of its lines.
    """
    with client_scope(client_id):
        kept = list_file(client_id, import_id)
        if kept is None or kept.state != "taking" or kept.taken_in_on is None:
            return False
        decisions = decisions_of(client_id, import_id)
        judged = check_list(client_id, kept, kept.taken_in_on, own_ibans, decisions)
    for start in range(0, len(judged), AT_ONCE):
        with client_scope(client_id):
            if not _take_part(client_id, kept, judged[start : start + AT_ONCE], start, at):
                return False
    return True


def end_taking(client_id: int, import_id: int, at: dt.datetime) -> None:
    """Say that a list is in the books, with what became of its lines. Needs the client's scope."""
    move(client_id, import_id, "taken", at, counts=json.dumps(counts_of(client_id, import_id)))


def made_by(client_id: int, import_id: int) -> list[int]:
    """The invoices that a list made, taken back or not. One statement."""
    rows = fetch(
        "SELECT invoice_id FROM intake_importline WHERE client_id = %s AND imported_id = %s AND ended AND verdict = 'new' "
        "AND invoice_id IS NOT NULL ORDER BY line",
        [client_id, import_id],
    )
    return [invoice_id for (invoice_id,) in rows]


def _take_part(client_id: int, kept: ListFile, part: Sequence[Judged], start: int, at: dt.datetime) -> bool:
    """One part, under a lock of the list, so that two programs never take in the same lines."""
    now = list_file(client_id, kept.id, lock=True)
    if now is None or now.state != "taking":
        return False
    wanted = {
        line: (decision, json.loads(told))
        for line, decision, told in fetch(
            f"SELECT line, decision, told::text FROM intake_importline WHERE {WANTED} AND NOT ended AND line BETWEEN %s AND %s",  # noqa: S608
            [client_id, kept.id, part[0].line.line, part[-1].line.line],
        )
    }
    todo = [each for each in part if each.line.line in wanted]
    new = [each for each in todo if each.draft]
    answers = accept_invoices(client_id, [each.draft for each in new if each.draft], at)
    ended = {each.line.line: _ended(each, answer) for each, answer in zip(new, answers, strict=True)}
    ends = [ended.get(each.line.line, each) for each in todo]
    _note_ends(client_id, kept.id, ends, {line: told for line, (_, told) in wanted.items()})
    made = [each for each in ends if each.verdict == "new" and each.invoice_id]
    _know_debtors(client_id, made, kept.taken_in_on or at.date())
    _tell_decisions(client_id, kept, [(each, wanted[each.line.line]) for each in made], at)
    note_done(client_id, kept.id, start + len(part), at)
    return True


def _ended(judged: Judged, answer: Accepted) -> Judged:
    """The verdict as it became: what the books refused after all is refused, with their reason."""
    if answer.outcome == "accepted":
        return Judged(judged.line, "new", (), None, answer.invoice_id)
    fault = Fault("number", answer.rule, answer.problem, refuses=True)
    return Judged(judged.line, answer.outcome, (fault,), None, answer.invoice_id)


def _note_ends(
    client_id: int, import_id: int, ends: Sequence[Judged], told: dict[int, dict[str, object]]
) -> None:
    """Keep what became of lines; why one was in doubt stays with it."""
    rows = [
        (each.line.line, each.verdict, json.dumps(told[each.line.line] if each.verdict == "new" else found_line(each).told), each.invoice_id)
        for each in ends
    ]  # fmt: skip
    if not rows:
        return
    columns = [array_parameter(list(column)) for column in zip(*rows, strict=True)]
    run(
        """
        UPDATE intake_importline l SET verdict = n.verdict, told = n.told::jsonb, invoice_id = n.invoice_id, ended = true
        FROM unnest(%s::int[], %s::text[], %s::text[], %s::bigint[]) AS n(line, verdict, told, invoice_id)
        WHERE l.client_id = %s AND l.imported_id = %s AND l.line = n.line
        """,
        [*columns, client_id, import_id],
    )


def _know_debtors(client_id: int, made: Sequence[Judged], on: dt.date) -> None:
    """Keep what the lines say of their debtors: the client's own number, where there is none yet, and their accounts."""
    numbered = {each.invoice_id: each.line.debtor_number for each in made if each.line.debtor_number}
    if numbered:
        run(
            """
            UPDATE parties_debtor d SET number = t.number
            FROM (
                SELECT i.client_id, i.debtor_id, min(n.number) AS number
                FROM unnest(%s::bigint[], %s::text[]) AS n(invoice_id, number)
                JOIN receivables_invoice i ON i.client_id = %s AND i.id = n.invoice_id GROUP BY 1, 2
            ) t
            WHERE d.client_id = t.client_id AND d.id = t.debtor_id AND d.number = ''
            """,
            [array_parameter(list(numbered)), array_parameter(list(numbered.values())), client_id],
        )
    accounts = {each.invoice_id: each.line.iban for each in made if each.line.iban}
    if not accounts:
        return
    debtors = fetch(
        "SELECT id, debtor_id FROM receivables_invoice WHERE client_id = %s AND id = ANY(%s::bigint[])",
        [client_id, array_parameter(list(accounts))],
    )
    rows = sorted({(client_id, debtor_id, accounts[invoice_id], on) for invoice_id, debtor_id in debtors})
    insert_rows("parties_debtoriban", _DEBTOR_IBAN, rows, on_conflict="DO NOTHING")


def _tell_decisions(
    client_id: int, kept: ListFile, made: Sequence[tuple[Judged, tuple[str, dict[str, object]]]], at: dt.datetime
) -> None:  # fmt: skip
    """Say on the timeline of each invoice that a person decided about, who he was and what was in doubt."""
    decided = {each.invoice_id: (each, told) for each, (decision, told) in made if decision == "take"}
    if not decided:
        return
    rows = fetch(
        """
        SELECT i.id, i.debtor_id, l.decided_by FROM intake_importline l
        JOIN receivables_invoice i ON i.client_id = l.client_id AND i.id = l.invoice_id
        WHERE l.client_id = %s AND l.imported_id = %s AND i.id = ANY(%s::bigint[])
        """,
        [client_id, kept.id, array_parameter(list(decided))],
    )
    events = []
    for invoice_id, debtor_id, by in rows:
        judged, told = decided[invoice_id]
        facts = {
            "how": "list",
            "by": by,
            "document": kept.name,
            "line": judged.line.line,
            "doubts": told["faults"],
        }
        events.append(NewEvent("looked_at", kept.taken_in_on or at.date(), invoice_id, debtor_id, facts))
    write_events(client_id, events, at)
