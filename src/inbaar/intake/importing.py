"""Lists as they come in: opened and kept, which column is what, and how one moves from state to state.

What becomes of each line is found by `looking`, taken in by `taking` and taken back by `taking_back`.
"""

import datetime as dt
import hashlib
import io
import json
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from inbaar.intake.bulk.auditfile import as_list, is_auditfile, read_auditfile
from inbaar.intake.bulk.columns import Choices, Outline, outline_of, with_forms
from inbaar.intake.bulk.fields import Kind
from inbaar.intake.bulk.tables import NotAList, open_table
from inbaar.intake.import_states import WAITING, State, Verb, moved
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable

#: Lines of one list: they are judged together.
MOST_LINES = 100_000
#: Bytes of one list. An auditfile may be of any size: only what is open in it is held.
MOST_BYTES = 50_000_000
_DOCUMENT = {
    "client_id": "bigint", "name": "text", "sha256": "text", "size": "bigint", "content": "bytea", "channel": "text",
    "received_at": "timestamptz",
}  # fmt: skip
_IMPORT = {
    "client_id": "bigint", "document_id": "bigint", "format": "text", "kind": "text", "head_key": "text", "outline": "jsonb",
    "choices": "jsonb", "chosen": "boolean", "state": "text", "counts": "jsonb", "by": "text", "opened_at": "timestamptz",
    "changed_at": "timestamptz",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListFile:
    """An import as it stands. `done` is how many lines the work that goes on has dealt with; `taken_in_on` its day."""

    id: int
    name: str
    format: str
    kind: Kind
    outline: Outline
    choices: Choices
    chosen: bool
    state: State
    by: str
    done: int
    taken_in_on: dt.date | None
    changed_at: dt.datetime
    undone_by: str


def open_list(
    client_id: int, name: str, stream: BinaryIO, recorded_at: dt.datetime, channel: str, by: str = "", kind: Kind | None = None,
    *, unsent: bool = False,
) -> int:  # fmt: skip
    """Keep a list and give the number of its import; while that waits the same file gives the same import.

    `NotAList` where it cannot be read. `kind` is what it is about, where somebody said so. Choices made before for a list
    of the same head are taken over. Of an auditfile only the open items are kept. `unsent` says of the whole list that the
    debtors have not got these invoices yet; it is said of each list anew.
    """
    audited = is_auditfile(stream.read(4096))
    stream.seek(0)
    content = as_list(read_auditfile(stream)) if audited else _content(stream)
    table = open_table(io.BytesIO(content))
    outline = outline_of(table, "invoices" if audited else kind)
    _require_few(outline)
    document = _keep(client_id, name, content, recorded_at, channel)
    known = fetch(
        "SELECT id, kind FROM intake_import WHERE client_id = %s AND document_id = %s AND state = ANY(%s)",
        [client_id, document, list(WAITING)],
    )
    if known:
        if kind is not None and known[0][1] != kind:
            change_kind(client_id, known[0][0], kind, recorded_at)
        return int(known[0][0])
    remembered = _remembered(client_id, outline)
    choices = with_forms(table, outline.head_line, remembered) if remembered else outline.choices
    choices = replace(choices, unsent=unsent)
    rows = insert_rows(
        "intake_import",
        _IMPORT,
        [
            (
                client_id, document, "xaf" if audited else table.format, choices.kind, outline.head_key,
                json.dumps(outline.as_json()), json.dumps(choices.as_json()), remembered is not None, "open", "{}", by[:100],
                recorded_at, recorded_at,
            )
        ],
        returning="id",
    )  # fmt: skip
    return int(rows[0][0])


def list_file(client_id: int, import_id: int, *, lock: bool = False) -> ListFile | None:
    """An import in scope, or None; its file is read by `list_content`."""
    rows = fetch(
        f"""
        SELECT i.id, d.name, i.format, i.kind, i.outline::text, i.choices::text, i.chosen, i.state, i.by, i.done,
               i.taken_in_on, i.changed_at, i.undone_by
        FROM intake_import i JOIN intake_document d ON d.client_id = i.client_id AND d.id = i.document_id
        WHERE i.client_id = %s AND i.id = %s{" FOR UPDATE OF i" if lock else ""}
        """,  # noqa: S608 - our own text
        [client_id, import_id],
    )
    if not rows:
        return None
    number, name, form, kind, outline, choices, *rest = rows[0]
    return ListFile(
        number,
        name,
        form,
        kind,
        Outline.from_json(json.loads(outline)),
        Choices.from_json(json.loads(choices)),
        *rest,
    )


def list_content(client_id: int, import_id: int) -> bytes:
    """The file of an import in scope."""
    ((content,),) = fetch(
        """
        SELECT d.content FROM intake_import i
        JOIN intake_document d ON d.client_id = i.client_id AND d.id = i.document_id
        WHERE i.client_id = %s AND i.id = %s
        """,
        [client_id, import_id],
    )
    return bytes(content)


def choose(client_id: int, import_id: int, choices: Choices, at: dt.datetime) -> ListFile:
    """Keep how a list is to be read, for this one and the next of its head; it waits to be looked through then.

    Refuses a list that is in the books or on its way there, and choices that lack a column.
    """
    if choices.missing:
        raise Refused(
            Refusal("import-unmapped", "a list needs a column for each fact", ", ".join(choices.missing),
                    "all of them", next_step="choose the columns")
        )  # fmt: skip
    kept = move(client_id, import_id, "choose", at)
    _keep_choices(client_id, import_id, choices, chosen=True)
    return replace(kept, choices=choices, chosen=True)


def change_kind(client_id: int, import_id: int, kind: Kind, at: dt.datetime) -> None:
    """Say that a list that waits is about debtors, or about invoices: its columns are looked for anew."""
    kept = list_file(client_id, import_id, lock=True)
    if kept is None or kept.state not in ("open", "checked") or kept.format == "xaf":
        moved(None, "choose", import_id)
        return
    choices = outline_of(open_table(io.BytesIO(list_content(client_id, import_id))), kind).choices
    _keep_choices(client_id, import_id, choices, chosen=False)
    run(
        "UPDATE intake_import SET state = 'open', kind = %s, counts = '{}', changed_at = %s WHERE client_id = %s AND id = %s",
        [kind, at, client_id, import_id],
    )


def move(client_id: int, import_id: int, verb: Verb, at: dt.datetime, **told: Any) -> ListFile:
    """Move a list on, under a lock of it, and keep what is told of that; gives it as it is then. Refuses what cannot be."""
    kept = list_file(client_id, import_id, lock=True)
    state = moved(kept.state if kept else None, verb, import_id)
    assert kept is not None
    told = {"state": state, "done": 0, "changed_at": at, **told}
    columns = ", ".join(f'"{name}" = %s' for name in told)
    run(
        f"UPDATE intake_import SET {columns} WHERE client_id = %s AND id = %s",  # noqa: S608 - names of our own
        [*told.values(), client_id, import_id],
    )
    changed = list_file(client_id, import_id)
    assert changed is not None
    return changed


def note_done(client_id: int, import_id: int, done: int, at: dt.datetime) -> None:
    """Keep how far the work on a list has come."""
    run(
        "UPDATE intake_import SET done = %s, changed_at = %s WHERE client_id = %s AND id = %s",
        [done, at, client_id, import_id],
    )


def _keep_choices(client_id: int, import_id: int, choices: Choices, *, chosen: bool) -> None:
    run(
        "UPDATE intake_import SET choices = %s::jsonb, chosen = %s WHERE client_id = %s AND id = %s",
        [json.dumps(choices.as_json()), chosen, client_id, import_id],
    )


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
    """What a person chose for the last list of this head and kind."""
    rows = fetch(
        "SELECT choices::text FROM intake_import WHERE client_id = %s AND head_key = %s AND kind = %s AND chosen "
        "ORDER BY id DESC LIMIT 1",
        [client_id, outline.head_key, outline.choices.kind],
    )
    return Choices.from_json(json.loads(rows[0][0])) if rows else None
