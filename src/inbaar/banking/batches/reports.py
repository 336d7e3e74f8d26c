"""The bank's report on a file of ours into the books: kept as it came in, and told to the payments it is about.

Called by the door for files. The same report twice changes nothing; a report on a file we did not make waits for a
person. What each kind of payment makes of it is the kind's own (`told`).
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.rules import Word, own_ids, word_of
from inbaar.banking.batches.voiding import void_of
from inbaar.banking.formats.pain002 import ReportRead, Told, read_report
from inbaar.banking.importing import ImportStatus
from inbaar.banking.statements import Problem, StatementRefused
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.scope import client_scope

_COLUMNS = {
    "client_id": "bigint", "batch_id": "bigint", "sha256": "text", "name": "text", "format": "text",
    "message_id": "text", "original_message_id": "text", "group_status": "text", "told": "jsonb", "content": "bytea",
    "imported_at": "timestamptz",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaymentNews:
    """What a report says of the payment of one number in a batch."""

    number: int
    word: Word
    told: Told


#: Tells payments of one kind what a report says: client, batch, news, day; gives how many of them moved, by their new state.
Telling = Callable[[int, int, list[PaymentNews], dt.date], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What became of a report: which batch it is about, how many payments moved where, and what to say of it."""

    status: ImportStatus
    format: str = ""
    batch_id: int | None = None
    moved: Mapping[str, int] | None = None
    problems: tuple[Problem, ...] = ()


def take_in_report(
    client_id: int,
    content: bytes,
    name: str,
    on: dt.date,
    recorded_at: dt.datetime,
    telling: Mapping[Batch.Kind, Telling],
) -> ReportResult:
    """Read and keep a report and tell its payments; wholly or not at all, in one transaction."""
    try:
        read = read_report(content)
    except StatementRefused as refused:
        return ReportResult(ImportStatus.REFUSED, problems=(refused.problem,))
    with client_scope(client_id):
        batch = _batch_of(client_id, read.original_message_id)
        told = _news(read, *batch[:2]) if batch else []
        row = (
            client_id, batch[0] if batch else None, sha256(content).hexdigest(), name[-255:], read.format, read.message_id,
            read.original_message_id, read.group.status, json.dumps(_kept(read)), content, recorded_at,
        )  # fmt: skip
        if not insert_rows("batches_statusreport", _COLUMNS, [row], on_conflict="DO NOTHING", returning="id"):
            return _known(read, batch)
        if batch is None:
            return ReportResult(ImportStatus.REVIEW, read.format, problems=(_foreign(read),))
        moved = telling[Batch.Kind(batch[2])](client_id, batch[0], told, on)
        whole = whole_told(read)
        if whole.status:
            run(
                "UPDATE batches_batch SET bank_status = %s, bank_reason = %s WHERE client_id = %s AND id = %s",
                [whole.status, whole.reason, client_id, batch[0]],
            )
        void = void_of(client_id, batch[0])
        if void is not None and void.state == "confirmed":
            return ReportResult(ImportStatus.REVIEW, read.format, batch[0], moved, (_void(read),))
        return ReportResult(ImportStatus.ACCEPTED, read.format, batch[0], moved, _warnings(read, whole))


def whole_told(read: ReportRead) -> Told:
    """What is told of all payments together: of the one part a file of ours has, else of the file."""
    if len(read.batches) == 1 and read.batches[0].status:
        return read.batches[0]
    return read.group


def _batch_of(client_id: int, original: str) -> tuple[int, int, str] | None:
    """The batch a report is about, locked, so that two reports tell it one after the other; None for another's file."""
    rows = fetch(
        "SELECT id, count, kind FROM batches_batch WHERE client_id = %s AND message_id = %s AND state = 'approved' FOR UPDATE",
        [client_id, original],
    )
    return rows[0] if rows else None


def _news(read: ReportRead, batch_id: int, count: int) -> list[PaymentNews]:
    """What each payment hears: what is told of it by name, else what is told of all."""
    named: dict[int, Told] = {}
    for payment in read.payments:
        for _, batch, number in own_ids(payment.end_to_end_id):
            if batch == batch_id and number and payment.told.status:
                named[number] = payment.told
    whole = whole_told(read)
    rest = range(1, count + 1) if whole.status and whole.status != "PART" else ()
    told = dict.fromkeys(rest, whole) | named
    return [
        PaymentNews(number, word_of(said.status, said.reason), said)
        for number, said in sorted(told.items())
        if number <= count
    ]


def _kept(read: ReportRead) -> dict[str, object]:
    return {"group": list(read.group), "payments": len(read.payments)}


def _known(read: ReportRead, batch: tuple[int, int, str] | None) -> ReportResult:
    told = Problem(
        "notice", "known", "This report was taken in before; nothing was changed. Nothing needs to be done."
    )
    return ReportResult(ImportStatus.KNOWN, read.format, batch[0] if batch else None, problems=(told,))


def _foreign(read: ReportRead) -> Problem:
    return Problem(
        "warning", "unknown-file",
        f"The report is about the file {read.original_message_id}, which was not made here. If it was made in this "
        "administration, restore the database it was made in; else take the report to the program that made the file.",
    )  # fmt: skip


def _void(read: ReportRead) -> Problem:
    """That a file which two people declared void is at the bank after all: what was asked anew would be done twice."""
    return Problem(
        "warning", "file-void",
        f"The bank reports on {read.original_message_id}, which was declared void because it had never been handed in. Have the "
        "bank cancel it, or withdraw what was asked for in its place: else it is done twice.",
    )  # fmt: skip


def _warnings(read: ReportRead, whole: Told) -> tuple[Problem, ...]:
    """That the bank has the file twice: the first one stands, and nothing of it may be paid again."""
    if whole.status in ("RJCT", "CANC") and word_of(*whole[:2]) is Word.NOTE:
        text = (
            f"The bank refused a second copy of {read.original_message_id} ({whole.reason}: it has this file already). "
            "The first one stands and is paid. Do not pay it again."
        )
        return (Problem("warning", "file-twice", text),)
    return ()
