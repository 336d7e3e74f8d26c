"""Looking through a list: the verdict on each of its lines, found without writing, and kept for a person to decide about."""

import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from inbaar.intake.bulk.columns import Choices, with_forms
from inbaar.intake.bulk.debtor_verdicts import DEBTOR_VERDICTS
from inbaar.intake.bulk.decided import Decision
from inbaar.intake.bulk.lines import lines_of
from inbaar.intake.bulk.tables import NotAList, Table, open_table
from inbaar.intake.bulk.verdicts import VERDICTS, Judged, judge, with_lookalikes
from inbaar.intake.debtor_list import check_debtors, found_debtor
from inbaar.intake.doubting import book_doubts
from inbaar.intake.found_lines import FoundLine
from inbaar.intake.import_books import books_for
from inbaar.intake.importing import MOST_LINES, ListFile, list_content, list_file, move, note_done
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.scope import client_scope

#: Lines that are kept, or taken in, in one transaction.
AT_ONCE = 5_000
_LINE = {
    "client_id": "bigint", "imported_id": "bigint", "line": "integer", "verdict": "text", "number": "text",
    "told": "jsonb", "invoice_id": "bigint", "debtor_id": "bigint",
}  # fmt: skip
# A list that is looked through once more has the same lines, and what was decided about them was decided of other verdicts.
_AGAIN = """
    (client_id, imported_id, line) DO UPDATE SET verdict = EXCLUDED.verdict, number = EXCLUDED.number, told = EXCLUDED.told,
    invoice_id = EXCLUDED.invoice_id, debtor_id = EXCLUDED.debtor_id, decision = '', chosen_id = NULL, as_new = false,
    decided_by = ''
"""


def check_list(
    client_id: int, kept: ListFile, on: dt.date, own_ibans: frozenset[str] = frozenset(),
    decisions: Mapping[int, Decision] | None = None,
) -> list[Judged]:  # fmt: skip
    """Judge each line of a list of invoices against the books; writes nothing. Three queries for any number of lines.

    `own_ibans` are the client's own accounts, which are no debtor's; `decisions` what a person said, by line.
    """
    choices, table = _as_chosen(client_id, kept)
    lines = list(islice(lines_of(table, kept.outline.head_line, choices), MOST_LINES))
    books = books_for(client_id, lines, own_ibans)
    judged = judge(lines, books, on, open_told="open" in choices.columns, decisions=decisions)
    new = [each for each in judged if each.draft]
    doubts = book_doubts(client_id, [each.draft for each in new if each.draft], None)
    near = {
        new[at].line.line: (doubt.near.number, doubt.near.invoice_id)
        for at, doubt in doubts.items()
        if doubt.near
    }
    return with_lookalikes(judged, near, decisions or {})


def _as_chosen(client_id: int, kept: ListFile) -> tuple[Choices, Table]:
    """How a list is read: as was chosen, else as its columns show; and its rows."""
    table = open_table(io.BytesIO(list_content(client_id, kept.id)))
    return with_forms(table, kept.outline.head_line, kept.choices), table


def look_through(
    client_id: int, import_id: int, on: dt.date, at: dt.datetime, own_ibans: frozenset[str] = frozenset()
) -> bool:
    """Find the verdict on every line of a list that waits for that, and keep them; whether there was such a list.

    Each part is a transaction of its own: killed half-way, it begins again. A file that turns out to be damaged goes back
    to who sent it, with the reason.
    """
    with client_scope(client_id):
        kept = list_file(client_id, import_id)
        if kept is None or kept.state != "checking":
            return False
        try:
            found = _found(client_id, kept, on, own_ibans)
        except NotAList as fault:
            move(
                client_id,
                import_id,
                "failed",
                at,
                problems=json.dumps({"count": 1, "first": [[fault.rule, fault.text]]}),
            )
            return True
    for start in range(0, len(found), AT_ONCE):
        with client_scope(client_id):
            if _keep_lines(client_id, kept, found[start : start + AT_ONCE], start, at):
                return True
    with client_scope(client_id):
        if _still(client_id, kept):
            move(client_id, import_id, "looked", at, counts=json.dumps(counted(found)), problems="{}")
    return True


def _found(client_id: int, kept: ListFile, on: dt.date, own_ibans: frozenset[str]) -> list[FoundLine]:
    if kept.kind == "debtors":
        return [found_debtor(judged) for judged in check_debtors(client_id, kept)]
    return [found_line(judged) for judged in check_list(client_id, kept, on, own_ibans)]


def _keep_lines(
    client_id: int, kept: ListFile, found: Sequence[FoundLine], start: int, at: dt.datetime
) -> bool:
    """Keep some of the lines; True where somebody moved the list meanwhile, so that they are another's work."""
    if not _still(client_id, kept):
        return True
    insert_rows(
        "intake_importline", _LINE, (line_row(client_id, kept.id, each) for each in found), on_conflict=_AGAIN
    )
    note_done(client_id, kept.id, start + len(found), at)
    return False


def _still(client_id: int, kept: ListFile) -> bool:
    """Whether a list still waits to be looked through as it is, under a lock of it."""
    now = list_file(client_id, kept.id, lock=True)
    return now is not None and now.state == "checking" and now.choices == kept.choices


def counted(found: Iterable[FoundLine]) -> dict[str, int]:
    """How many lines have each verdict."""
    return dict(Counter(each.verdict for each in found))


def line_row(client_id: int, import_id: int, found: FoundLine) -> tuple[object, ...]:
    """A line as a row."""
    return (
        client_id, import_id, found.line, found.verdict, found.number, json.dumps(found.told), found.invoice_id,
        found.debtor_id,
    )  # fmt: skip


def found_line(judged: Judged) -> FoundLine:
    """An invoice's line as it is kept."""
    line = judged.line
    told = {
        "debtor": line.customer.name or line.debtor_number,
        "debtor_number": line.debtor_number,
        "kvk": line.customer.kvk or "",
        "kind": line.kind,
        "issued": line.issue_date.isoformat() if line.issue_date else "",
        "due": line.due_date.isoformat() if line.due_date else "",
        "currency": line.currency,
        "total": str(line.total) if line.total is not None else "",
        "open": str(line.open) if line.open is not None else "",
        "description": line.description,
        "faults": [[fault.field, fault.rule, fault.value] for fault in judged.faults],
    }
    return FoundLine(line.line, judged.verdict, line.number, told, judged.invoice_id)


def counts_of(client_id: int, import_id: int) -> dict[str, int]:
    """How many lines of a list have each verdict now, in the order of the verdicts. One statement."""
    rows = fetch(
        "SELECT verdict, count(*) FROM intake_importline WHERE client_id = %s AND imported_id = %s GROUP BY 1",
        [client_id, import_id],
    )
    found = dict(rows)
    return {verdict: found[verdict] for verdict in (*VERDICTS, *DEBTOR_VERDICTS) if verdict in found}
