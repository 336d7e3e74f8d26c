"""Proof of delivery: attached to an invoice, kept once by its content, and asked for with a day by which it is due.

Attaching proof fulfils every open request on that invoice for its kind. What happened stands on the timeline.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable
from inbaar.receivables.evidence_rules import ENDINGS, MOST_BYTES, MOST_PER_INVOICE, media_type_of
from inbaar.receivables.timeline import NewEvent, write_events

_FILE = {"client_id": "bigint", "sha256": "text", "size": "bigint", "media_type": "text", "content": "bytea"}
_EVIDENCE = {
    "client_id": "bigint", "invoice_id": "bigint", "file_id": "bigint", "kind": "text", "name": "text",
    "added_by": "text", "added_on": "date",
}  # fmt: skip
_REQUEST = {
    "client_id": "bigint", "invoice_id": "bigint", "kind": "text", "step": "text", "reason": "text", "asked_by": "text",
    "asked_on": "date", "due_on": "date", "key": "text",
}  # fmt: skip
# A request (alias q) that still waits for its proof.
ASKED = "q.evidence_id IS NULL AND q.withdrawn_on IS NULL"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it was chosen."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Proof that is asked for: of which kind (or `any`), for which step, why, and by when. `key` keeps it single."""

    invoice_id: int
    kind: str
    step: str
    reason: str
    due_on: dt.date
    key: str


def attach_evidence(
    client_id: int, invoice_id: int, kind: str, files: Sequence[NewFile], by: str, on: dt.date, recorded_at: dt.datetime
) -> int:  # fmt: skip
    """Attach files to an invoice; gives how many were new to it. Needs the client's scope.

    All or none: a file that is no proof, or too large, refuses them all and leaves nothing behind.
    """
    types = _types_of(files)
    debtor_id = _locked_debtor(client_id, invoice_id)
    _require_room(client_id, invoice_id, len(files))
    ids = _keep(client_id, files, types)
    rows = insert_rows(
        "receivables_evidence",
        _EVIDENCE,
        (
            (client_id, invoice_id, ids[sha256], kind, _named(file, types[sha256]), by, on)
            for sha256, file in _by_content(files).items()
        ),
        on_conflict="DO NOTHING",
        returning="id, name",
    )
    fulfilled = _fulfil(client_id, invoice_id, kind, rows[0][0]) if rows else 0
    write_events(
        client_id,
        (
            NewEvent("evidence_attached", on, invoice_id, debtor_id,
                     {"kind": kind, "name": name, "by": by, "fulfilled": fulfilled}, number)
            for number, name in rows
        ),
        recorded_at,
    )  # fmt: skip
    return len(rows)


def keep_files(client_id: int, files: Sequence[NewFile]) -> list[int]:
    """Keep files that prove something else than a delivery, each once by its content; gives their rows, in order.

    All or none, as with proof of delivery. Needs the client's scope.
    """
    ids = _keep(client_id, files, _types_of(files))
    return [ids[hashlib.sha256(file.content).hexdigest()] for file in files]


def remove_evidence(
    client_id: int, invoice_id: int, evidence_id: int, by: str, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Take proof off an invoice; what it fulfilled is asked for again. False if it was not on it."""
    rows = fetch(
        """
        UPDATE receivables_evidence SET removed_on = %s
        WHERE client_id = %s AND invoice_id = %s AND id = %s AND removed_on IS NULL RETURNING kind, name
        """,
        [on, client_id, invoice_id, evidence_id],
    )
    if not rows:
        return False
    run(
        "UPDATE receivables_evidencerequest SET evidence_id = NULL WHERE client_id = %s AND evidence_id = %s",
        [client_id, evidence_id],
    )
    facts = {"kind": rows[0][0], "name": rows[0][1], "by": by}
    debtor_id = _locked_debtor(client_id, invoice_id)
    write_events(client_id, [NewEvent("evidence_removed", on, invoice_id, debtor_id, facts)], recorded_at)
    return True


def request_evidence(
    client_id: int, requests: Iterable[NewRequest], by: str, on: dt.date, recorded_at: dt.datetime
) -> int:
    """Ask for proof; gives how many requests were new. Refuses a day that is past. Needs the client's scope.

    A step that asks gives no reason and no name: it is known by itself.
    """
    asked = list(requests)
    for request in asked:
        if request.due_on < on:
            raise Refused(
                Refusal("evidence-due", "proof is asked for by today or a later day", str(request.due_on),
                        on.isoformat(), next_step="name a later day")
            )  # fmt: skip
    if not asked:
        return 0
    rows = insert_rows(
        "receivables_evidencerequest",
        _REQUEST,
        (
            (client_id, r.invoice_id, r.kind, r.step, r.reason, by, on, r.due_on, r.key)
            for r in asked
        ),
        on_conflict="DO NOTHING",
        returning="key, id",
    )  # fmt: skip
    new = dict(rows)
    debtors = dict(
        fetch(
            "SELECT id, debtor_id FROM receivables_invoice WHERE client_id = %s AND id = ANY(%s)",
            [client_id, [r.invoice_id for r in asked]],
        )
    )
    write_events(
        client_id,
        (
            NewEvent("evidence_requested", on, r.invoice_id, debtors[r.invoice_id],
                     {"kind": r.kind, "step": r.step, "reason": r.reason, "due_on": r.due_on.isoformat(), "by": by},
                     new[r.key])
            for r in asked if r.key in new
        ),
        recorded_at,
    )  # fmt: skip
    return len(new)


def withdraw_request(
    client_id: int, invoice_id: int, request_id: int, by: str, on: dt.date, recorded_at: dt.datetime
) -> bool:
    """Ask no longer; False if it was not asked any more."""
    rows = fetch(
        f"""
        UPDATE receivables_evidencerequest q SET withdrawn_on = %s
        WHERE q.client_id = %s AND q.invoice_id = %s AND q.id = %s AND {ASKED} RETURNING q.kind
        """,  # noqa: S608 - our own text
        [on, client_id, invoice_id, request_id],
    )
    if rows:
        facts = {"kind": rows[0][0], "by": by}
        debtor_id = _locked_debtor(client_id, invoice_id)
        write_events(
            client_id, [NewEvent("evidence_request_withdrawn", on, invoice_id, debtor_id, facts)], recorded_at
        )
    return bool(rows)


def proven_kinds(client_id: int, invoice_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Of which kinds there is proof on each invoice, for the steps that need it. One statement for any number."""
    if not invoice_ids:
        return {}
    rows = fetch(
        """
        SELECT invoice_id, array_agg(DISTINCT kind) FROM receivables_evidence
        WHERE client_id = %s AND invoice_id = ANY(%s) AND removed_on IS NULL GROUP BY 1
        """,
        [client_id, list(invoice_ids)],
    )
    return {invoice_id: frozenset(kinds) for invoice_id, kinds in rows}


def _types_of(files: Sequence[NewFile]) -> dict[str, str]:
    """The type of each file by its content's hash; refuses what is not taken, with every reason."""
    types: dict[str, str] = {}
    refusals = []
    for file in files:
        found = media_type_of(file.content) if 0 < len(file.content) <= MOST_BYTES else None
        if found is None:
            refusals.append(_refusal_of(file))
        else:
            types[hashlib.sha256(file.content).hexdigest()] = found
    if refusals:
        raise Refused(*refusals)
    return types


def _refusal_of(file: NewFile) -> Refusal:
    name = printable(file.name)[:100]
    if not file.content:
        return Refusal(
            "evidence-empty",
            "proof has contents",
            name,
            "more than 0 bytes",
            next_step="choose the file again",
        )
    if len(file.content) > MOST_BYTES:
        return Refusal("evidence-too-large", "a file of proof is not too large", name, f"{MOST_BYTES // 1_000_000} MB",
                       next_step="attach it in parts, or as a smaller scan")  # fmt: skip
    return Refusal("evidence-type", "proof is a PDF, a picture (PNG, JPEG, HEIC), an e-mail or plain text, by its contents",
                   name, "one of these", next_step="save or scan it as one of these")  # fmt: skip


def _locked_debtor(client_id: int, invoice_id: int) -> int:
    """The debtor of an invoice of this client, which stays locked: two who attach at once count each other's files."""
    rows = fetch(
        "SELECT debtor_id FROM receivables_invoice WHERE client_id = %s AND id = %s FOR NO KEY UPDATE",
        [client_id, invoice_id],
    )
    if not rows:
        raise Refused(
            Refusal("invoice-unknown", "proof belongs to an invoice", "there is no such invoice", "an invoice",
                    next_step="look the invoice up")
        )  # fmt: skip
    return int(rows[0][0])


def _require_room(client_id: int, invoice_id: int, more: int) -> None:
    ((there,),) = fetch(
        "SELECT count(*) FROM receivables_evidence WHERE client_id = %s AND invoice_id = %s AND removed_on IS NULL",
        [client_id, invoice_id],
    )
    if there + more > MOST_PER_INVOICE:
        raise Refused(
            Refusal("evidence-too-many", "an invoice has a limited number of files of proof", str(there + more),
                    str(MOST_PER_INVOICE), next_step="put pages together into one PDF")
        )  # fmt: skip


def _keep(client_id: int, files: Sequence[NewFile], types: dict[str, str]) -> dict[str, int]:
    """Keep each content once for the client; gives the rows by their hash."""
    insert_rows(
        "receivables_evidencefile",
        _FILE,
        (
            (client_id, sha256, len(file.content), types[sha256], file.content)
            for sha256, file in sorted(_by_content(files).items())
        ),
        on_conflict="DO NOTHING",
    )
    return dict(
        fetch(
            "SELECT sha256, id FROM receivables_evidencefile WHERE client_id = %s AND sha256 = ANY(%s)",
            [client_id, list(types)],
        )
    )


def _by_content(files: Sequence[NewFile]) -> dict[str, NewFile]:
    found: dict[str, NewFile] = {}
    for file in files:
        found.setdefault(hashlib.sha256(file.content).hexdigest(), file)
    return found


def _named(file: NewFile, media_type: str) -> str:
    """The file's name, with the ending of what it is: another one would open it as something else."""
    name = printable(file.name.replace("\\", "/").rsplit("/", 1)[-1]).strip() or "bewijs"
    ending = ENDINGS[media_type]
    same = {".jpg": (".jpg", ".jpeg"), ".heic": (".heic", ".heif")}.get(ending, (ending,))
    return name[-255:] if name.lower().endswith(same) else name[:240] + ending


def _fulfil(client_id: int, invoice_id: int, kind: str, evidence_id: int) -> int:
    rows = fetch(
        f"""
        UPDATE receivables_evidencerequest q SET evidence_id = %s
        WHERE q.client_id = %s AND q.invoice_id = %s AND q.kind IN ('any', %s) AND {ASKED} RETURNING q.id
        """,  # noqa: S608 - our own text
        [evidence_id, client_id, invoice_id, kind],
    )
    return len(rows)
