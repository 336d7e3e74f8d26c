"""Taking in invoice files: kept, read, and accepted where nothing is in doubt; the rest waits with its reason."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbaar.intake.doubting import BookDoubt, book_doubts
from inbaar.intake.drafting import OwnIdentity, doubts, draft_of, lacks
from inbaar.intake.readers import ScanFound, read_invoice, read_scan, refused
from inbaar.intake.readers.page.learned import Learned
from inbaar.intake.readers.pdf import refusal
from inbaar.intake.readers.source import Unreadable
from inbaar.intake.reading import InvoiceRead, Problem, as_kept
from inbaar.intake.reviewing import learned_of
from inbaar.intake.scans import finish, keep_scans, locked_scan, pages_read
from inbaar.intake.settling import Hand, Settled, accept_in_doubt
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.garbage import uncollected
from inbaar.parties.models import Client
from inbaar.receivables.acceptance import known_invoices
from inbaar.receivables.actions import Accepted, Draft, accept_invoices

_DOCUMENT = {
    "client_id": "bigint", "name": "text", "sha256": "text", "size": "bigint", "content": "bytea", "channel": "text",
    "received_at": "timestamptz",
}  # fmt: skip
_READING = {
    "client_id": "bigint", "document_id": "bigint", "outcome": "text", "format": "text", "number": "text",
    "read": "jsonb", "problems": "jsonb", "invoice_id": "bigint", "resembles_id": "bigint", "on": "date", "unsent": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """A file as it arrived."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of one file: `accepted`, `review`, `refused`, `known`, or `reading` for a scan, with every problem.

    `resembles_id` is the invoice it looks like, or whose number it has, where that is why it was not accepted.
    """

    name: str
    outcome: str
    format: str
    number: str
    problems: tuple[Problem, ...]
    invoice_id: int | None
    resembles_id: int | None = None
    scan_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A file that was read, with the draft to accept or the reason why not. One in review has a draft too where it is complete.

    Of the reading only the text that will be kept: a batch of them whole fills the memory and busies its collector.
    """

    file: InvoiceFile
    sha256: str
    format: str
    number: str
    kept: str
    problems: tuple[Problem, ...]
    outcome: str
    draft: Draft | None
    pages: int = 0  # of a scan, which is read later


@uncollected()
def take_in_invoices(
    client_id: int, files: Sequence[InvoiceFile], on: dt.date, recorded_at: dt.datetime, channel: str,
    payees: frozenset[str] | None = None, *, unsent: bool = False,
) -> list[TakenIn]:  # fmt: skip
    """Take in files; one answer per file, in order. Needs the client's scope. For `payees` see `doubting`.

    `unsent` says of all of them that their debtors have not got them yet.

    The number of statements does not depend on the number of files. A file with contents that came before changes
    nothing and answers with what became of it then.
    """
    own = own_identity(client_id)
    learned = learned_of(client_id)
    judged = [_judge(file, own, on, learned, unsent) for file in files]
    before = _known_documents([item.sha256 for item in judged])
    fresh: dict[str, _Judged] = {}
    for item in judged:
        if item.sha256 not in before:
            fresh.setdefault(item.sha256, item)
    documents = _keep(client_id, [fresh[sha256] for sha256 in sorted(fresh)], recorded_at, channel)
    scans = _keep_scans(client_id, fresh, documents, on, unsent)
    results = scans | _settle(
        client_id, fresh, documents, on, recorded_at, payees, frozenset(scans), unsent=unsent
    )
    return [_told(item, item is fresh.get(item.sha256), before, results) for item in judged]


def take_in_scan(
    client_id: int,
    scan_id: int,
    why: Unreadable | None,
    recorded_at: dt.datetime,
    payees: frozenset[str] | None = None,
) -> TakenIn | None:
    """Judge a scan of which every page was read, or none can be for the reason `why`; None where that was done before.

    Needs the client's scope. What is read of a picture always waits for a person.
    """
    scan = locked_scan(client_id, scan_id)
    if scan is None:
        return None
    pages = pages_read(client_id, scan.document_id)
    if why is not None or pages is None:
        read = refused(why or refusal("unsafe"), scan.name, scan.sha256)
    else:
        read = read_scan(pages, scan.name, scan.sha256, learned_of(client_id))
    item = _judged(
        InvoiceFile(scan.name, b""), read, scan.sha256, own_identity(client_id), scan.on, scan.unsent
    )
    fresh, documents = {scan.sha256: item}, {scan.sha256: scan.document_id}
    results = _settle(client_id, fresh, documents, scan.on, recorded_at, payees, unsent=scan.unsent)
    finish(client_id, scan_id, recorded_at)
    return results[scan.sha256]


def _settle(
    client_id: int, fresh: Mapping[str, _Judged], documents: Mapping[str, int], on: dt.date, recorded_at: dt.datetime,
    payees: frozenset[str] | None, later: frozenset[str] = frozenset(), *, unsent: bool,
) -> dict[str, TakenIn]:  # fmt: skip
    """Accept what is certain, and keep what was read of all but what is read `later`."""
    items = [item for item in fresh.values() if item.sha256 not in later]
    read_well = [item for item in items if item.outcome == "accepted" and item.sha256 in documents]
    doubtful = book_doubts(client_id, [item.draft for item in read_well if item.draft], payees)
    ready = [item for at, item in enumerate(read_well) if at not in doubtful]
    answers = accept_invoices(client_id, [item.draft for item in ready if item.draft], recorded_at)
    results = {item.sha256: _result(item, answer) for item, answer in zip(ready, answers, strict=True)}
    results |= {item.sha256: _result(item, None) for item in items if item.sha256 not in results}
    made = {
        (item.draft.number, item.draft.kind): answer.invoice_id
        for item, answer in zip(ready, answers, strict=True)
        if item.draft
    }
    results |= {read_well[at].sha256: _in_doubt(read_well[at], doubt, made) for at, doubt in doubtful.items()}
    results |= _there_already([item for item in items if item.outcome == "review"])
    kept = {sha256: document for sha256, document in documents.items() if sha256 not in later}
    _write_readings(client_id, fresh, kept, results, on, unsent)
    return results


def _keep_scans(
    client_id: int, fresh: Mapping[str, _Judged], documents: Mapping[str, int], on: dt.date, unsent: bool
) -> dict[str, TakenIn]:
    """The scans among the files, each with its row."""
    found = [item for item in fresh.values() if item.pages]
    kept = keep_scans(
        client_id,
        [(documents[item.sha256], item.pages) for item in found if item.sha256 in documents],
        on,
        unsent,
    )
    return {
        item.sha256: TakenIn(
            item.file.name,
            "reading",
            "pdf",
            "",
            item.problems,
            None,
            scan_id=kept.get(documents.get(item.sha256, 0)),
        )
        for item in found
    }


def own_identity(client_id: int) -> OwnIdentity:
    """How the client's own invoices name him."""
    client = Client.objects.select_related("organisation").get(pk=client_id)
    return OwnIdentity(client.name, client.organisation.kvk_number, client.organisation.vat_id)


def _judge(file: InvoiceFile, own: OwnIdentity, on: dt.date, learned: Learned, unsent: bool) -> _Judged:
    try:
        read = read_invoice(file.content, file.name, learned=learned, scans_later=True)
    except ScanFound as scan:
        note = Problem(
            "note",
            "being-read",
            f"This is a scan of {scan.count} pages: it is being read by OCR, and a person looks at it then.",
        )
        return _Judged(file, scan.sha256, "pdf", "", "{}", (note,), "reading", None, scan.count)
    return _judged(file, read, read.sha256 or hashlib.sha256(file.content).hexdigest(), own, on, unsent)


def _judged(
    file: InvoiceFile, read: InvoiceRead, sha256: str, own: OwnIdentity, on: dt.date, unsent: bool
) -> _Judged:
    problems = read.problems
    outcome: str = read.status
    own_doubts: tuple[Problem, ...] = ()
    if read.status != "refused":
        own_doubts = doubts(read, own, unsent=unsent)
        problems = (*own_doubts, *problems) if read.status == "accepted" else problems + own_doubts
        outcome = "review" if own_doubts else read.status
    complete = outcome == "accepted" or (outcome == "review" and not own_doubts and not lacks(read))
    draft = draft_of(read, on, unsent=unsent) if complete else None
    kept = json.dumps(as_kept(read))
    return _Judged(file, sha256, read.format or "", (read.number or "")[:100], kept, problems, outcome, draft)


def _known_documents(sha256s: list[str]) -> dict[str, TakenIn]:
    rows = fetch(
        """
        SELECT d.sha256, d.name, coalesce(r.outcome, 'reading'), coalesce(r.format, 'pdf'), coalesce(r.number, ''),
               coalesce(r.problems::text, '[]'), r.invoice_id, s.id
        FROM intake_document d
        LEFT JOIN intake_reading r ON r.client_id = d.client_id AND r.document_id = d.id
        LEFT JOIN intake_scan s ON s.client_id = d.client_id AND s.document_id = d.id AND s.finished_at IS NULL
        WHERE d.sha256 = ANY(%s) AND (r.id IS NOT NULL OR s.id IS NOT NULL)
        """,
        [sha256s],
    )
    return {
        sha256: TakenIn(name, outcome, form, number, _problems(text), invoice_id, scan_id=scan_id)
        for sha256, name, outcome, form, number, text, invoice_id, scan_id in rows
    }


def _problems(text: str) -> tuple[Problem, ...]:
    return tuple(Problem(item["level"], item["rule"], item["text"]) for item in json.loads(text))


def _keep(client_id: int, items: Sequence[_Judged], recorded_at: dt.datetime, channel: str) -> dict[str, int]:
    rows = insert_rows(
        "intake_document",
        _DOCUMENT,
        (
            (
                client_id, item.file.name[:255], item.sha256, len(item.file.content), item.file.content, channel,
                recorded_at,
            )
            for item in items
        ),
        on_conflict="DO NOTHING",
        returning="sha256, id",
    )  # fmt: skip
    return dict(rows)


def _result(item: _Judged, answer: Accepted | None) -> TakenIn:
    problems, outcome = item.problems, item.outcome
    if answer is not None:
        outcome = answer.outcome
        if answer.problem:
            level = "error" if outcome == "refused" else "warning"
            problems += (Problem(level, answer.rule, answer.problem),)  # type: ignore[arg-type]
    return TakenIn(
        name=item.file.name,
        outcome=outcome,
        format=item.format,
        number=item.number,
        problems=problems,
        invoice_id=answer.invoice_id if answer is not None and outcome != "refused" else None,
        resembles_id=answer.invoice_id if answer is not None and outcome == "refused" else None,
    )


def _in_doubt(item: _Judged, doubt: BookDoubt, made: Mapping[tuple[str, str], int | None]) -> TakenIn:
    """A file that reads well and waits: with what it looks like, also where that came in the same batch."""
    resembles = None
    if doubt.near is not None and item.draft is not None:
        resembles = doubt.near.invoice_id or made.get((doubt.near.number, item.draft.kind))
    problems = (*item.problems, doubt.problem)
    return TakenIn(item.file.name, "review", item.format, item.number, problems, None, resembles)


def _there_already(waiting: Sequence[_Judged]) -> dict[str, TakenIn]:
    """Of what waits for a person, that which is in the books to the letter: there is nothing to decide about it."""
    complete = [(item, item.draft) for item in waiting if item.draft is not None]
    answers = known_invoices([draft for _, draft in complete])
    return {
        item.sha256: _result(item, answer)
        for (item, _), answer in zip(complete, answers, strict=True)
        if answer is not None
    }


def _write_readings(
    client_id: int,
    fresh: Mapping[str, _Judged],
    documents: Mapping[str, int],
    results: Mapping[str, TakenIn],
    on: dt.date,
    unsent: bool,
) -> None:
    insert_rows(
        "intake_reading",
        _READING,
        (
            (
                client_id, document, results[sha256].outcome, results[sha256].format, results[sha256].number,
                fresh[sha256].kept, _as_json(results[sha256].problems),
                results[sha256].invoice_id, results[sha256].resembles_id, on, unsent,
            )
            for sha256, document in documents.items()
        ),
    )  # fmt: skip


def _as_json(problems: Sequence[Problem]) -> str:
    return (
        json.dumps([{"level": p.level, "rule": p.rule, "text": p.text} for p in problems])
        if problems
        else "[]"
    )


def _told(item: _Judged, is_first: bool, before: dict[str, TakenIn], results: dict[str, TakenIn]) -> TakenIn:
    """The answer for one file: as it was now, or that it is here already."""
    if is_first:
        return results[item.sha256]
    then = before.get(item.sha256) or results[item.sha256]
    known = Problem(
        "warning",
        "file-known",
        f"This file is here already, as {then.name} ({then.outcome}); nothing was changed.",
    )
    return TakenIn(
        item.file.name, "known", then.format, then.number, (known, *then.problems), then.invoice_id,
        scan_id=then.scan_id,
    )  # fmt: skip


def accept_reviewed(
    client_id: int, reading_id: int, on: dt.date, recorded_at: dt.datetime, by: str = "", settled: Settled | None = None,
    *, unsent: bool | None = None,
) -> Accepted:  # fmt: skip
    """Accept what waits in review, after a person looked at it. Refuses what is not in review or still lacks a fact.

    For what looks like an invoice that is there see `settling`; nothing is taken in where the outcome is `doubt`.
    `unsent` is what he says of whether the debtor has it; None for what the door said.
    """
    rows = fetch(
        """
        SELECT r.outcome, d.name, d.content, r.unsent FROM intake_reading r
        JOIN intake_document d ON d.client_id = r.client_id AND d.id = r.document_id
        WHERE r.client_id = %s AND r.id = %s FOR UPDATE OF r
        """,
        [client_id, reading_id],
    )
    if not rows or rows[0][0] != "review":
        raise Refused(
            Refusal("not-in-review", "only what waits in review can be accepted by hand",
                    "nothing of that number waits", "a document in review", next_step="look at its page")
        )  # fmt: skip
    _, name, content, said = rows[0]
    read = read_invoice(bytes(content), name)
    if missing := lacks(read):
        raise Refused(
            Refusal("fact-missing", "an invoice needs a number, a date, a currency, a customer and an amount that is not negative",
                    f"{name} lacks: {', '.join(missing)}", "all of them", next_step="correct the file and send it again")
        )  # fmt: skip
    hand = Hand(by, on, recorded_at)
    draft = draft_of(read, on, unsent=said if unsent is None else unsent)
    answer = accept_in_doubt(client_id, reading_id, draft, hand, settled)
    if answer.outcome in ("accepted", "known"):
        run(
            "UPDATE intake_reading SET outcome = %s, invoice_id = %s, looked_at_by = %s WHERE client_id = %s AND id = %s",
            [answer.outcome, answer.invoice_id, by[:100], client_id, reading_id],
        )
    return answer
