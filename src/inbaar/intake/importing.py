"""Lists of invoices: opened, looked through, taken in as one whole, and taken back as one whole.

Looking through writes nothing. What is taken in goes the way of every other invoice (`accept_invoices`).
"""

import datetime as dt
import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from inbaar.intake.bulk.auditfile import as_list, is_auditfile, read_auditfile
from inbaar.intake.bulk.columns import Choices, Outline, outline_of, with_forms
from inbaar.intake.bulk.lines import Fault, Line, lines_of
from inbaar.intake.bulk.tables import NotAList, open_table
from inbaar.intake.bulk.verdicts import VERDICTS, Judged, judge
from inbaar.intake.import_books import books_for
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable
from inbaar.receivables.actions import Accepted, accept_invoices, withdraw_invoices

#: Lines of one list: they are judged together, and taken in or back as one transaction.
MOST_LINES = 50_000
#: Bytes of one list. An auditfile may be of any size: only what is open in it is held.
MOST_BYTES = 50_000_000
_DOCUMENT = {
    "client_id": "bigint", "name": "text", "sha256": "text", "size": "bigint", "content": "bytea", "channel": "text",
    "received_at": "timestamptz",
}  # fmt: skip
_IMPORT = {
    "client_id": "bigint", "document_id": "bigint", "format": "text", "head_key": "text", "choices": "jsonb",
    "chosen": "boolean", "state": "text", "counts": "jsonb", "by": "text", "opened_at": "timestamptz",
}  # fmt: skip
_LINE = {
    "client_id": "bigint", "imported_id": "bigint", "line": "integer", "verdict": "text", "number": "text",
    "told": "jsonb", "invoice_id": "bigint",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListFile:
    """An import as it stands, with its file."""

    id: int
    name: str
    content: bytes
    format: str
    choices: Choices
    chosen: bool
    state: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A list looked through: its outline, how it was read, and the verdict on each line."""

    outline: Outline
    choices: Choices
    lines: tuple[Judged, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines have each verdict, in the order of the verdicts."""
        found = Counter(judged.verdict for judged in self.lines)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}


def open_list(
    client_id: int, name: str, stream: BinaryIO, recorded_at: dt.datetime, channel: str, by: str = "",
    *, unsent: bool = False,
) -> int:  # fmt: skip
    """Keep a list and give the number of its import; while that waits the same file gives the same import.

    `NotAList` where it cannot be read. Choices made before for a list of the same head are taken over. Of an auditfile
    only the open items are kept. `unsent` says of the whole list that the debtors have not got these invoices yet; it is
    said of each list anew.
    """
    audited = is_auditfile(stream.read(4096))
    stream.seek(0)
    content = as_list(read_auditfile(stream)) if audited else _content(stream)
    table = open_table(io.BytesIO(content))
    outline = outline_of(table)
    _require_few(outline)
    document = _keep(client_id, name, content, recorded_at, channel)
    known = fetch(
        "SELECT id FROM intake_import WHERE client_id = %s AND document_id = %s AND state = 'open'",
        [client_id, document],
    )
    if known:
        return int(known[0][0])
    remembered = _remembered(client_id, outline)
    choices = replace(remembered or outline.choices, unsent=unsent)
    rows = insert_rows(
        "intake_import",
        _IMPORT,
        [
            (
                client_id, document, "xaf" if audited else table.format, outline.head_key, json.dumps(choices.as_json()), remembered is not None,
                "open", "{}", by[:100], recorded_at,
            )
        ],
        returning="id",
    )  # fmt: skip
    return int(rows[0][0])


def list_file(client_id: int, import_id: int, *, lock: bool = False) -> ListFile | None:
    """An import with its file, or None."""
    rows = fetch(
        f"""
        SELECT i.id, d.name, d.content, i.format, i.choices::text, i.chosen, i.state FROM intake_import i
        JOIN intake_document d ON d.client_id = i.client_id AND d.id = i.document_id
        WHERE i.client_id = %s AND i.id = %s{" FOR UPDATE OF i" if lock else ""}
        """,  # noqa: S608 - our own text
        [client_id, import_id],
    )
    if not rows:
        return None
    number, name, content, form, choices, chosen, state = rows[0]
    return ListFile(number, name, bytes(content), form, Choices.from_json(json.loads(choices)), chosen, state)


def choose(client_id: int, import_id: int, choices: Choices) -> None:
    """Keep how an open list is to be read, for this list and the next of its head."""
    run(
        "UPDATE intake_import SET choices = %s::jsonb, chosen = true WHERE client_id = %s AND id = %s AND state = 'open'",
        [json.dumps(choices.as_json()), client_id, import_id],
    )


def read_outline(kept: ListFile) -> tuple[Outline, Choices]:
    """What a list looks like, and how it is read: as was chosen, else as its columns show."""
    table = open_table(io.BytesIO(kept.content))
    outline = outline_of(table)
    return outline, with_forms(table, outline.head_line, kept.choices)


def check_list(client_id: int, kept: ListFile, on: dt.date) -> Checked:
    """Look through a list and judge each line against the books; writes nothing. Two queries for any number of lines."""
    outline, choices = read_outline(kept)
    if choices.missing:
        return Checked(outline, choices, ())
    table = open_table(io.BytesIO(kept.content))
    lines = list(islice(lines_of(table, outline.head_line, choices), MOST_LINES))
    judged = judge(lines, books_for(client_id, lines), on, open_told="open" in choices.columns)
    return Checked(outline, choices, tuple(judged))


def take_in_list(client_id: int, import_id: int, on: dt.date, by: str, recorded_at: dt.datetime) -> list[int]:
    """Take in every new line of an open list; gives the invoices made. Needs the client's scope: it is one transaction.

    The number of statements does not depend on the number of lines. Refuses a list that is not open, and one that
    cannot be read as it was mapped.
    """
    kept = list_file(client_id, import_id, lock=True)
    if kept is None or kept.state != "open":
        raise Refused(
            Refusal("import-not-open", "a list is taken in once", f"import {import_id}", "an open list",
                    next_step="look at its page")
        )  # fmt: skip
    checked = check_list(client_id, kept, on)
    if checked.choices.missing:
        raise Refused(
            Refusal("import-unmapped", "a list needs a column for each fact", ", ".join(checked.choices.missing),
                    "all of them", next_step="choose the columns")
        )  # fmt: skip
    new = [judged for judged in checked.lines if judged.draft]
    answers = accept_invoices(client_id, [judged.draft for judged in new if judged.draft], recorded_at)
    ended = _ended(checked.lines, dict(zip([judged.line.line for judged in new], answers, strict=True)))
    _number_debtors(
        client_id,
        [j.line for j in ended if j.verdict == "new"],
        [j.invoice_id for j in ended if j.verdict == "new"],
    )
    insert_rows("intake_importline", _LINE, (_line_row(client_id, import_id, judged) for judged in ended))
    counts = Checked(checked.outline, checked.choices, tuple(ended)).counts
    run(
        "UPDATE intake_import SET state = 'taken_in', taken_in_on = %s, counts = %s::jsonb, by = %s, choices = %s::jsonb "
        "WHERE client_id = %s AND id = %s",
        [on, json.dumps(counts), by[:100], json.dumps(checked.choices.as_json()), client_id, import_id],
    )
    return [judged.invoice_id for judged in ended if judged.verdict == "new" and judged.invoice_id]


def undo_list(client_id: int, import_id: int, on: dt.date, by: str, recorded_at: dt.datetime) -> list[int]:
    """Take back every invoice a list made; gives them. Needs the client's scope.

    Refuses as a whole, naming the invoices and what happened to them, where anything did. The file can come in again.
    """
    rows = fetch(
        "SELECT state FROM intake_import WHERE client_id = %s AND id = %s FOR UPDATE", [client_id, import_id]
    )
    if not rows or rows[0][0] != "taken_in":
        raise Refused(
            Refusal("import-not-taken-in", "only a list that was taken in is taken back", f"import {import_id}",
                    "one that is in the books", next_step="look at its page")
        )  # fmt: skip
    made = fetch(
        "SELECT invoice_id FROM intake_importline WHERE client_id = %s AND imported_id = %s AND verdict = 'new'",
        [client_id, import_id],
    )
    invoice_ids = [row[0] for row in made]
    withdraw_invoices(client_id, invoice_ids, on, "import undone", by, recorded_at)
    run(
        "UPDATE intake_import SET state = 'undone', undone_on = %s WHERE client_id = %s AND id = %s",
        [on, client_id, import_id],
    )
    return invoice_ids


def _content(stream: BinaryIO) -> bytes:
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NotAList(
            "too-large", f"The list is larger than {MOST_BYTES // 1_000_000} MB: send it in parts."
        )
    return content


def _require_few(outline: Outline) -> None:
    if outline.lines > MOST_LINES:
        raise NotAList(
            "too-many-lines",
            f"The list has {outline.lines} lines, more than {MOST_LINES} at once: send it in parts.",
        )


def _keep(client_id: int, name: str, content: bytes, recorded_at: dt.datetime, channel: str) -> int:
    """The number of the document with these contents, kept now or before."""
    sha256 = hashlib.sha256(content).hexdigest()
    insert_rows(
        "intake_document",
        _DOCUMENT,
        [(client_id, printable(name)[:255], sha256, len(content), content, channel, recorded_at)],
        on_conflict="DO NOTHING",
    )
    rows = fetch("SELECT id FROM intake_document WHERE sha256 = %s AND client_id = %s", [sha256, client_id])
    return int(rows[0][0])


def _remembered(client_id: int, outline: Outline) -> Choices | None:
    """What a person chose for the last list of this head."""
    rows = fetch(
        "SELECT choices::text FROM intake_import WHERE client_id = %s AND head_key = %s AND chosen ORDER BY id DESC LIMIT 1",
        [client_id, outline.head_key],
    )
    return Choices.from_json(json.loads(rows[0][0])) if rows else None


def _ended(lines: Sequence[Judged], answers: dict[int, Accepted]) -> list[Judged]:
    """The verdicts as they became: what the books refused after all is refused, with their reason."""
    ended = []
    for judged in lines:
        answer = answers.get(judged.line.line)
        if answer is None:
            ended.append(judged)
        elif answer.outcome == "accepted":
            ended.append(Judged(judged.line, "new", (), None, answer.invoice_id))
        else:
            fault = Fault("number", answer.rule, answer.problem, refuses=True)
            ended.append(Judged(judged.line, answer.outcome, (fault,), None, answer.invoice_id))
    return ended


def _number_debtors(client_id: int, lines: Sequence[Line], invoice_ids: Sequence[int | None]) -> None:
    """Give debtors without a number of the client's own the one that the list names. What was there stays."""
    numbered = {
        invoice: line.debtor_number
        for line, invoice in zip(lines, invoice_ids, strict=True)
        if line.debtor_number and invoice
    }
    if not numbered:
        return
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


def _line_row(client_id: int, import_id: int, judged: Judged) -> tuple[object, ...]:
    return (
        client_id, import_id, judged.line.line, judged.verdict, judged.line.number, json.dumps(told_of(judged)),
        judged.invoice_id,
    )  # fmt: skip


def told_of(judged: Judged) -> dict[str, Any]:
    """What a line said, and what was found, as plain values."""
    line = judged.line
    return {
        "debtor": line.customer.name or line.debtor_number,
        "due": line.due_date.isoformat() if line.due_date else "",
        "currency": line.currency,
        "total": str(line.total) if line.total is not None else "",
        "open": str(line.open) if line.open is not None else "",
        "faults": [[fault.field, fault.rule, fault.value] for fault in judged.faults],
    }
