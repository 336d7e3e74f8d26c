"""Whatever comes in by any door: files sorted by what is in them, taken into the books, scheduled and matched.

Called by the upload page, the demo and every later channel, so that all of them do the same.
"""

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.banking.accounts import own_ibans
from inbaar.banking.actions import (
    import_statement_file,
    match_new_entries,
    pay_from_credit,
    point_announced,
    retry_unmatched,
)
from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.reports import Telling, take_in_report
from inbaar.banking.debits.reported import tell_debits
from inbaar.banking.formats.csv_table import table_start
from inbaar.banking.formats.detection import HEAD_BYTES, TAGS
from inbaar.banking.formats.pain002 import is_report
from inbaar.banking.transfers.reported import tell_transfers
from inbaar.daily import follow_our_payments
from inbaar.dunning.corrections import Editor, unsent_anew
from inbaar.dunning.schedule import close_invoices, schedule_invoices
from inbaar.intake.actions import InvoiceFile, TakenIn, take_in_invoices, take_in_scan
from inbaar.intake.archive import BadArchive, is_archive, unpacked
from inbaar.intake.bulk.tables import NotAList, is_list
from inbaar.intake.debtor_list import take_debtors, withdraw_debtors
from inbaar.intake.importing import list_file, open_list
from inbaar.intake.jobs import queue_scans
from inbaar.intake.looking import look_through
from inbaar.intake.scans import MOST_PAGES, locked_scan, pages_left, read_pages
from inbaar.intake.taking import end_taking, made_by, start_taking, take_invoices
from inbaar.intake.taking_back import keep_list, start_undo, withdraw_list
from inbaar.kit.errors import Refused
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
    """What became of one file. `outcome` is accepted, review, refused, known or, for a scan, reading; a list waits in `import_id`."""

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
    scan_id: int | None = None


def is_statement(content: bytes) -> bool:
    """Whether a file is a bank statement, by its contents; anything else is read as an invoice."""
    head = content[:HEAD_BYTES]
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OTHER_TEXT):
        return bool(_STATEMENT_XML.search(head))
    return bool(TAGS.search(head)) or table_start(head) is not None


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
    scans_now: bool = False,
) -> list[FileResult]:
    """Take in any mix of invoices, lists of them and statements; one result per file, in order. A ZIP is its files.

    `unsent` says of all invoices in them that their debtors have not got them yet.

    Invoices go first, so that a statement in the same drop finds them. Each statement is a transaction of its own; a
    file that is refused leaves nothing behind but its reason. A list is opened and waits for a person. A scan is read by a job that
    is queued here; with `scans_now` it is read before this answers.
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
        taken = take_in_invoices(
            client_id,
            [InvoiceFile(*file) for _, file in invoices],
            on,
            recorded_at,
            channel,
            _payees(client_id, channel),
            unsent=unsent,
        )
        scans = [item.scan_id for item in taken if item.scan_id is not None]
        if not scans_now:
            queue_scans(client_id, scans)
        accepted = [item.invoice_id for item in taken if item.outcome == "accepted" and item.invoice_id]
        schedule_invoices(client_id, accepted)
    for (place, _), item in zip(invoices, taken, strict=True):
        done = (
            read_scan(client_id, item.scan_id, recorded_at)
            if scans_now and item.scan_id is not None
            else None
        )
        results[place] = _as_result(done or item)
    for place, (name, content) in enumerate(files):
        if place not in results:
            results[place] = _take_in_statement(client_id, name, content, recorded_at, add_accounts)
    _match(client_id, accepted, on, recorded_at)
    return [results[place] for place in range(len(files))]


def read_scan(
    client_id: int, scan_id: int, recorded_at: dt.datetime, most: int = MOST_PAGES
) -> TakenIn | None:
    """Read what is left of a scan, `most` pages now, and keep what it says; None where pages are left, or that was done before.

    Killed at any page, it goes on there.
    """
    why = read_pages(client_id, scan_id, most)
    with client_scope(client_id):
        scan = locked_scan(client_id, scan_id)
        if scan is None or (why is None and pages_left(client_id, scan_id)):
            return None
        taken = take_in_scan(client_id, scan_id, why, recorded_at, _payees(client_id, scan.channel))
        made = [taken.invoice_id] if taken and taken.outcome == "accepted" and taken.invoice_id else []
        schedule_invoices(client_id, made)
    if made:
        _match(client_id, made, scan.on, recorded_at)
    return taken


def _payees(client_id: int, channel: str) -> frozenset[str] | None:
    return own_ibans(client_id) if channel in OPEN_CHANNELS else None


def _as_result(item: TakenIn) -> FileResult:
    problems = tuple(Finding(p.level, p.rule, p.text) for p in item.problems)
    return FileResult(
        item.name, "invoice", item.outcome, item.format, item.number, problems, item.invoice_id, item.resembles_id,
        scan_id=item.scan_id,
    )  # fmt: skip


def take_in_import(
    client_id: int, import_id: int, on: dt.date, by: str, recorded_at: dt.datetime
) -> list[int]:
    """Take in a list that was looked through, at once; gives the invoices it made."""
    with client_scope(client_id):
        start_taking(client_id, import_id, on, by, recorded_at)
    work_on_list(client_id, import_id, on, recorded_at)
    with client_scope(client_id):
        return made_by(client_id, import_id)


def undo_import(client_id: int, import_id: int, on: dt.date, by: str, recorded_at: dt.datetime) -> int:
    """Take back every invoice a list made, at once; gives how many. Raises `Refused` where something happened to any."""
    with client_scope(client_id):
        start_undo(client_id, import_id, by, recorded_at)
        return len(_withdraw(client_id, import_id, on, recorded_at))


def work_on_list(client_id: int, import_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
    """Do what a list waits for: look through it, take it in, or take it back. Nothing where it waits for nothing.

    Killed at any moment it goes on from where it was; two that work on one list do each part once.
    """
    with client_scope(client_id):
        kept = list_file(client_id, import_id)
        own = own_ibans(client_id)
    if kept is None:
        return
    if kept.state == "checking":
        look_through(client_id, import_id, on, recorded_at, own)
    elif kept.state == "taking" and kept.kind == "debtors":
        _know_listed(client_id, import_id, Editor(kept.by, kept.taken_in_on or on, recorded_at))
    elif kept.state == "taking" and take_invoices(client_id, import_id, recorded_at, own):
        _into_the_books(client_id, import_id, kept.taken_in_on or on, recorded_at)
    elif kept.state == "undoing":
        _take_back(client_id, import_id, on, recorded_at)


def _into_the_books(client_id: int, import_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
    """Match what a list made, and only then have it reminded of: a credit note or a payment for it may be on its last line."""
    with client_scope(client_id):
        made = made_by(client_id, import_id)
    _match(client_id, made, on, recorded_at)
    with client_scope(client_id):
        kept = list_file(client_id, import_id, lock=True)
        if kept is not None and kept.state == "taking":
            schedule_invoices(client_id, made)
            end_taking(client_id, import_id, recorded_at)


def _know_listed(client_id: int, import_id: int, editor: Editor) -> None:
    """Take in a list of debtors, and have letters written again that have not left and say what it changed."""
    changed = take_debtors(client_id, import_id, editor.at)
    if changed is None:
        return
    with client_scope(client_id):
        kept = list_file(client_id, import_id, lock=True)
        if kept is not None and kept.state == "taking":
            unsent_anew(client_id, changed, editor)
            end_taking(client_id, import_id, editor.at)


def _take_back(client_id: int, import_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
    try:
        with client_scope(client_id):
            _withdraw(client_id, import_id, on, recorded_at)
    except Refused as why:
        with client_scope(client_id):
            keep_list(client_id, import_id, why, recorded_at)


def _withdraw(client_id: int, import_id: int, on: dt.date, recorded_at: dt.datetime) -> list[int]:
    kept = list_file(client_id, import_id)
    if kept is not None and kept.kind == "debtors":
        withdraw_debtors(client_id, import_id, on, recorded_at)
        return []
    withdrawn = withdraw_list(client_id, import_id, on, recorded_at) or []
    close_invoices(client_id, withdrawn)
    return withdrawn


def match_new(client_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
    """Match what came in, after a file that a person decided on."""
    _match(client_id, [], on, recorded_at)


def _match(client_id: int, invoice_ids: Sequence[int], on: dt.date, recorded_at: dt.datetime) -> None:
    """Follow our own payments, pay new invoices from what was kept for them, try entries that wait on them, match the new."""
    follow_our_payments(client_id, on, recorded_at)
    if invoice_ids:
        pay_from_credit(client_id, invoice_ids, on, recorded_at)
        retry_unmatched(client_id, invoice_ids, on, recorded_at)
    while match_new_entries(client_id, on, recorded_at).entries:
        pass
    point_announced(client_id, on)


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
