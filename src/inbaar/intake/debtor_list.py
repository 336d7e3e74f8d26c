"""Lists of debtors: looked through, taken in and taken back, as lists of invoices are."""

import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from inbaar.intake.bulk.columns import with_forms
from inbaar.intake.bulk.debtor_lines import DebtorLine, debtor_lines_of
from inbaar.intake.bulk.debtor_verdicts import BookedFacts, JudgedDebtor, judge_debtors
from inbaar.intake.bulk.debtors import BookedDebtor
from inbaar.intake.bulk.decided import Decision
from inbaar.intake.bulk.tables import open_table
from inbaar.intake.deciding import decisions_of
from inbaar.intake.found_lines import FoundLine
from inbaar.intake.import_books import booked_debtors
from inbaar.intake.importing import MOST_LINES, ListFile, list_content, list_file, move, note_done
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.actions import know_debtors
from inbaar.parties.listing import (
    add_accounts,
    add_addresses,
    drop_ways,
    facts_of,
    remove_debtors,
    ways_known,
    what_hangs,
    write_facts,
)
from inbaar.receivables.timeline import NewEvent, write_events

#: The lines that are to be taken in, as for invoices, and those that change a debtor.
WANTED = "client_id = %s AND imported_id = %s AND decision <> 'leave' AND (verdict IN ('new', 'changed') OR decision = 'take')"
AT_ONCE = 5_000


def check_debtors(
    client_id: int, kept: ListFile, decisions: Mapping[int, Decision] | None = None
) -> list[JudgedDebtor]:
    """Judge each line of a list of debtors against the books; writes nothing. Four queries for any number of lines."""
    table = open_table(io.BytesIO(list_content(client_id, kept.id)))
    choices = with_forms(table, kept.outline.head_line, kept.choices)
    lines = list(islice(debtor_lines_of(table, kept.outline.head_line, choices), MOST_LINES))
    chosen = [decision.debtor for decision in (decisions or {}).values() if decision.debtor]
    return judge_debtors(lines, _booked(client_id, lines, chosen), decisions)


def _booked(client_id: int, lines: Sequence[DebtorLine], chosen: Iterable[BookedDebtor]) -> list[BookedFacts]:
    found = booked_debtors(client_id, [line.customer for line in lines])
    debtors = {debtor.id: debtor for debtor in (*found, *chosen)}
    facts = facts_of(client_id, list(debtors))
    ibans, emails = ways_known(client_id, list(debtors))
    return [
        BookedFacts(
            debtor,
            facts[number],
            frozenset(ibans.get(number, ())),
            frozenset(mail.lower() for mail in emails.get(number, ())),
        )
        for number, debtor in debtors.items()
    ]


def found_debtor(judged: JudgedDebtor) -> FoundLine:
    """A debtor's line as it is kept: what it says, and what it changes with how that was."""
    line = judged.line
    told = {
        "debtor": line.customer.name or line.customer.number,
        "debtor_number": line.customer.number,
        "kvk": line.customer.kvk or "",
        "facts": line.facts,
        "emails": list(judged.emails or line.emails),
        "ibans": list(judged.ibans or line.ibans),
        "changes": {name: list(pair) for name, pair in (judged.changes or {}).items()},
        "faults": [[fault.field, fault.rule, fault.value] for fault in judged.faults],
    }
    return FoundLine(line.line, judged.verdict, line.customer.number, told, None, judged.debtor_id)


def take_debtors(client_id: int, import_id: int, at: dt.datetime) -> list[int] | None:
    """Take in what a list that is being taken in still has; gives the debtors it changed, whose letters may say the old.

    None where there is no such list, or somebody else ended it. Part by part, each a transaction.
    """
    with client_scope(client_id):
        kept = list_file(client_id, import_id)
        if kept is None or kept.state != "taking":
            return None
        judged = check_debtors(client_id, kept, decisions_of(client_id, import_id))
    for start in range(0, len(judged), AT_ONCE):
        with client_scope(client_id):
            if not _take_part(client_id, kept, judged[start : start + AT_ONCE], start, at):
                return None
    with client_scope(client_id):
        rows = fetch(
            "SELECT debtor_id FROM intake_importline WHERE client_id = %s AND imported_id = %s AND ended AND verdict = 'changed'",
            [client_id, import_id],
        )
    return [debtor_id for (debtor_id,) in rows if debtor_id]


def _take_part(
    client_id: int, kept: ListFile, part: Sequence[JudgedDebtor], start: int, at: dt.datetime
) -> bool:
    now = list_file(client_id, kept.id, lock=True)
    if now is None or now.state != "taking":
        return False
    wanted = {
        line
        for (line,) in fetch(
            f"SELECT line FROM intake_importline WHERE {WANTED} AND NOT ended AND line BETWEEN %s AND %s",  # noqa: S608
            [client_id, kept.id, part[0].line.line, part[-1].line.line],
        )
    }
    todo = [each for each in part if each.line.line in wanted]
    on = kept.taken_in_on or at.date()
    made = _make(client_id, [each for each in todo if each.verdict == "new"], on)
    changed = [each for each in todo if each.verdict == "changed" and each.debtor_id]
    _change(client_id, kept, changed, on, at)
    _note_ends(client_id, kept.id, todo, made)
    note_done(client_id, kept.id, start + len(part), at)
    return True


def _make(client_id: int, new: Sequence[JudgedDebtor], on: dt.date) -> dict[int, int]:
    """The debtor of each new line, by the line."""
    customers = [each.customer for each in new if each.customer]
    known = know_debtors(client_id, customers)
    made = {each.line.line: known[each.customer.identity.key].id for each in new if each.customer}
    terms = {
        made[each.line.line]: {"payment_term_days": str(each.line.term)}
        for each in new
        if each.line.term is not None
    }
    write_facts(client_id, terms)
    add_addresses(client_id, [(made[each.line.line], mail) for each in new for mail in each.emails])
    add_accounts(client_id, [(made[each.line.line], iban) for each in new for iban in each.ibans], on)
    return made


def _change(
    client_id: int, kept: ListFile, changed: Sequence[JudgedDebtor], on: dt.date, at: dt.datetime
) -> None:
    write_facts(
        client_id,
        {each.debtor_id: {name: after for name, (_, after) in (each.changes or {}).items()} for each in changed if each.debtor_id},
    )  # fmt: skip
    add_addresses(
        client_id, [(each.debtor_id, mail) for each in changed for mail in each.emails if each.debtor_id]
    )
    add_accounts(
        client_id, [(each.debtor_id, iban) for each in changed for iban in each.ibans if each.debtor_id], on
    )
    events = []
    for each in changed:
        changes: dict[str, Sequence[str]] = dict(each.changes or {})
        changes |= {"email": ("", ", ".join(each.emails))} if each.emails else {}
        changes |= {"iban": ("", ", ".join(each.ibans))} if each.ibans else {}
        facts = {"changes": changes, "by": kept.by, "document": kept.name, "line": each.line.line}
        events.append(NewEvent("debtor_corrected", on, None, each.debtor_id, facts))
    write_events(client_id, events, at)


def _note_ends(client_id: int, import_id: int, ends: Sequence[JudgedDebtor], made: Mapping[int, int]) -> None:
    rows = []
    for each in ends:
        found = found_debtor(each)
        rows.append(
            (found.line, found.verdict, json.dumps(found.told), made.get(found.line) or found.debtor_id)
        )
    if not rows:
        return
    columns = [array_parameter(list(column)) for column in zip(*rows, strict=True)]
    run(
        """
        UPDATE intake_importline l SET verdict = n.verdict, debtor_id = n.debtor_id, ended = true,
               told = n.told::jsonb || jsonb_build_object('faults', l.told->'faults' || (n.told::jsonb->'faults'))
        FROM unnest(%s::int[], %s::text[], %s::text[], %s::bigint[]) AS n(line, verdict, told, debtor_id)
        WHERE l.client_id = %s AND l.imported_id = %s AND l.line = n.line
        """,
        [*columns, client_id, import_id],
    )


def withdraw_debtors(client_id: int, import_id: int, on: dt.date, at: dt.datetime) -> int | None:
    """Undo what a list of debtors did, all of it; gives how many lines. None where no such list waits for that.

    Raises `Refused`, naming each debtor, where one that the list made has something by now, or one that it changed was
    changed again. Needs the client's scope: it is one transaction.
    """
    kept = list_file(client_id, import_id, lock=True)
    if kept is None or kept.state != "undoing":
        return None
    rows = fetch(
        "SELECT verdict, debtor_id, told::text FROM intake_importline WHERE client_id = %s AND imported_id = %s AND ended "
        "AND verdict IN ('new', 'changed') AND debtor_id IS NOT NULL ORDER BY line",
        [client_id, import_id],
    )
    made = [number for verdict, number, _ in rows if verdict == "new"]
    changed = [(number, json.loads(told)) for verdict, number, told in rows if verdict == "changed"]
    _require_untouched(client_id, made, changed)
    write_facts(
        client_id,
        {number: {name: before for name, (before, _) in told["changes"].items()} for number, told in changed},
    )
    drop_ways(
        client_id,
        [(number, mail) for number, told in changed for mail in told["emails"]],
        [(number, iban) for number, told in changed for iban in told["ibans"]],
    )
    run(
        "UPDATE intake_importline SET debtor_id = NULL WHERE client_id = %s AND imported_id = %s AND verdict = 'new'",
        [client_id, import_id],
    )
    remove_debtors(client_id, made)
    events = [
        NewEvent("debtor_corrected", on, None, number,
                 {"changes": {name: [after, before] for name, (before, after) in told["changes"].items()}, "by": kept.undone_by})
        for number, told in changed
    ]  # fmt: skip
    write_events(client_id, events, at)
    move(client_id, import_id, "withdrawn", at, undone_on=on)
    return len(rows)


def _require_untouched(
    client_id: int, made: Sequence[int], changed: Sequence[tuple[int, Mapping[str, Mapping[str, Sequence[str]]]]]
) -> None:  # fmt: skip
    now = facts_of(client_id, [*made, *(number for number, _ in changed)], lock=True)
    hangs = what_hangs(client_id, made)
    touched = [(number, ", ".join(sorted(hangs[number]))) for number in made if number in hangs]
    touched += [
        (number, "debtor_corrected")
        for number, told in changed
        if any(now[number][name] != after for name, (_, after) in told["changes"].items())
    ]
    if touched:
        raise Refused(
            *(
                Refusal("debtor-touched", "only what nothing happened to is taken back", f"{now[number]['name']}: {what}",
                        "nothing since it was taken in", "never", "correct the debtor on his page")
                for number, what in touched
            )
        )  # fmt: skip
