"""Whatever comes in by any door: files sorted by what is in them, taken into the books, scheduled and matched.

Called by the upload page, the demo and every later channel, so that all of them do the same.
"""

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.banking.accounts import own_ibans
from inbaar.banking.actions import import_statement_file, match_new_entries, retry_unmatched
from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.reports import Telling, take_in_report
from inbaar.banking.debits.reported import tell_debits
from inbaar.banking.formats.detection import HEAD_BYTES, TAGS
from inbaar.banking.formats.pain002 import is_report
from inbaar.banking.jobs import follow_own_payments
from inbaar.banking.transfers.reported import tell_transfers
from inbaar.dunning.schedule import close_invoices, reopen_returned, schedule_invoices
from inbaar.intake.actions import InvoiceFile, take_in_invoices
from inbaar.intake.archive import BadArchive, is_archive, unpacked
from inbaar.intake.bulk.tables import NotAList, is_list
from inbaar.intake.importing import open_list, take_in_list, undo_list
from inbaar.kit.scope import client_scope
from inbaar.kit.text import printable

# Anybody can send by these, so an invoice from them that asks payment to an unknown account waits for a person.
OPEN_CHANNELS = frozenset({"mail"})
_STATEMENT_XML = re.compile(rb"camt\.05[234]|BkToCstmr|B\x00k\x00T\x00o\x00C\x00s\x00t\x00m\x00r")
# Who hears what the bank reports on a file of ours, by what is in it.
TELLING: dict[Batch.Kind, Telling] = {Batch.Kind.TRANSFER: tell_transfers, Batch.Kind.DEBIT: tell_debits}
_OTHER_TEXT = (b"<", b"\xff\xfe", b"\xfe\xff", b"%PDF")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a file: how bad, by which rule, in words that say what to do."""

    level: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `outcome` is accepted, review, refused or known; a list waits in `import_id`."""

    name: str
    kind: str
    outcome: str
    format: str = ""
    number: str = ""
    problems: tuple[Finding, ...] = ()
    invoice_id: int | None = None
    resembles_id: int | None = None
    entries: int = 0
    import_id: int | None = None


def is_statement(content: bytes) -> bool:
    """Whether a file is a bank statement, by its contents; anything else is read as an invoice."""
    head = content[:HEAD_BYTES]
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OTHER_TEXT):
        return bool(_STATEMENT_XML.search(head))
    return bool(TAGS.search(head))


def is_from_bank(content: bytes) -> bool:
    """Whether a file is a bank's word about our money: a statement, or a report on payments of ours."""
    return is_statement(content) or is_report(content)


def take_in_files(
    client_id: int,
    files: Sequence[tuple[str, bytes]],
    on: dt.date,
    recorded_at: dt.datetime,
    channel: str = "upload",
    *,
    add_accounts: bool = False,
    unsent: bool = False,
) -> list[FileResult]:
    """Take in any mix of invoices, lists of them and statements; one result per file, in order. A ZIP is its files.

    `unsent` says of all invoices in them that their debtors have not got them yet.

    Invoices go first, so that a statement in the same drop finds them. Each statement is a transaction of its own; a
    file that is refused leaves nothing behind but its reason. A list is opened and waits for a person.
    """
    files, results = _without_archives(files)
    with client_scope(client_id):
        for place, (name, content) in enumerate(files):
            if place not in results and not is_statement(content) and is_list(content):
                results[place] = _open_list(client_id, name, content, recorded_at, channel, unsent)
            elif place not in results and is_report(content):
                results[place] = _take_in_report(client_id, name, content, on, recorded_at)
        invoices = [
            (place, file)
            for place, file in enumerate(files)
            if place not in results and not is_statement(file[1])
        ]
        payees = own_ibans(client_id) if channel in OPEN_CHANNELS else None
        taken = take_in_invoices(
            client_id,
            [InvoiceFile(*file) for _, file in invoices],
            on,
            recorded_at,
            channel,
            payees,
            unsent=unsent,
        )
        accepted = [item.invoice_id for item in taken if item.outcome == "accepted" and item.invoice_id]
        schedule_invoices(client_id, accepted)
    for (place, _), item in zip(invoices, taken, strict=True):
        problems = tuple(Finding(p.level, p.rule, p.text) for p in item.problems)
        results[place] = FileResult(
            item.name,
            "invoice",
            item.outcome,
            item.format,
            item.number,
            problems,
            item.invoice_id,
            item.resembles_id,
        )
    for place, (name, content) in enumerate(files):
        if place not in results:
            results[place] = _take_in_statement(client_id, name, content, recorded_at, add_accounts)
    _match(client_id, accepted, on, recorded_at)
    return [results[place] for place in range(len(files))]


def take_in_import(
    client_id: int, import_id: int, on: dt.date, by: str, recorded_at: dt.datetime
) -> list[int]:
    """Take in every new line of an open list, schedule and match what it made; gives the invoices."""
    with client_scope(client_id):
        made = take_in_list(client_id, import_id, on, by, recorded_at)
        schedule_invoices(client_id, made)
    _match(client_id, made, on, recorded_at)
    return made


def undo_import(client_id: int, import_id: int, on: dt.date, by: str, recorded_at: dt.datetime) -> int:
    """Take back every invoice a list made, and take them off the schedule; gives how many."""
    with client_scope(client_id):
        withdrawn = undo_list(client_id, import_id, on, by, recorded_at)
        close_invoices(client_id, withdrawn)
        return len(withdrawn)


def _match(client_id: int, invoice_ids: Sequence[int], on: dt.date, recorded_at: dt.datetime) -> None:
    """Follow our own payments, try entries that wait again on new invoices, and match what is new."""
    if follow_own_payments(client_id, on, recorded_at):
        with client_scope(client_id):
            reopen_returned(client_id, on)
    if invoice_ids:
        retry_unmatched(client_id, invoice_ids, on, recorded_at)
    while match_new_entries(client_id, on, recorded_at).entries:
        pass


def _without_archives(
    files: Sequence[tuple[str, bytes]],
) -> tuple[list[tuple[str, bytes]], dict[int, FileResult]]:
    """The files with each archive replaced by what is in it; an archive that cannot be unpacked has its result."""
    flat: list[tuple[str, bytes]] = []
    refused: dict[int, FileResult] = {}
    for name, content in files:
        shown = printable(name)
        try:
            flat += unpacked(shown, content) if is_archive(content) else [(shown, content)]
        except BadArchive as fault:
            refused[len(flat)] = _refused(shown, "archive", fault.rule, fault.text)
            flat.append((shown, content))
    return flat, refused


def _open_list(
    client_id: int, name: str, content: bytes, recorded_at: dt.datetime, channel: str, unsent: bool
) -> FileResult:
    try:
        number = open_list(client_id, name, io.BytesIO(content), recorded_at, channel, unsent=unsent)
    except NotAList as fault:
        return _refused(name, "list", fault.rule, fault.text)
    return FileResult(name, "list", "review", import_id=number)


def _refused(name: str, kind: str, rule: str, text: str) -> FileResult:
    return FileResult(name, kind, "refused", problems=(Finding("error", rule, text),))


def _take_in_statement(
    client_id: int, name: str, content: bytes, recorded_at: dt.datetime, add_accounts: bool
) -> FileResult:
    read = import_statement_file(client_id, content, name, recorded_at, add_accounts=add_accounts)
    problems = tuple(Finding(p.level, p.rule, p.text) for p in read.problems)
    return FileResult(name, "statement", str(read.status), problems=problems, entries=read.new_entries)


def _take_in_report(
    client_id: int, name: str, content: bytes, on: dt.date, recorded_at: dt.datetime
) -> FileResult:
    read = take_in_report(client_id, content, name, on, recorded_at, TELLING)
    problems = tuple(Finding(p.level, p.rule, p.text) for p in read.problems)
    moved = sum((read.moved or {}).values())
    return FileResult(name, "report", str(read.status), read.format, problems=problems, entries=moved)
