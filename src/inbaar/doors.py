"""Whatever comes in by any door: files sorted by what is in them, taken into the books, scheduled and matched.

Called by the upload page, the demo and every later channel, so that all of them do the same.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.banking.accounts import own_ibans
from inbaar.banking.actions import import_statement_file, match_new_entries, retry_unmatched
from inbaar.banking.formats.detection import HEAD_BYTES, TAGS
from inbaar.dunning.schedule import schedule_invoices
from inbaar.intake.actions import InvoiceFile, take_in_invoices
from inbaar.kit.scope import client_scope
from inbaar.kit.text import printable

# Anybody can send by these, so an invoice from them that asks payment to an unknown account waits for a person.
OPEN_CHANNELS = frozenset({"mail"})
_STATEMENT_XML = re.compile(rb"camt\.05[234]|BkToCstmr|B\x00k\x00T\x00o\x00C\x00s\x00t\x00m\x00r")
_OTHER_TEXT = (b"<", b"\xff\xfe", b"\xfe\xff", b"%PDF")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a file: how bad, by which rule, in words that say what to do."""

    level: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `outcome` is accepted, review, refused or known."""

    name: str
    kind: str
    outcome: str
    format: str = ""
    number: str = ""
    problems: tuple[Finding, ...] = ()
    invoice_id: int | None = None
    resembles_id: int | None = None
    entries: int = 0


def is_statement(content: bytes) -> bool:
    """Whether a file is a bank statement, by its contents; anything else is read as an invoice."""
    head = content[:HEAD_BYTES]
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OTHER_TEXT):
        return bool(_STATEMENT_XML.search(head))
    return bool(TAGS.search(head))


def take_in_files(
    client_id: int,
    files: Sequence[tuple[str, bytes]],
    on: dt.date,
    recorded_at: dt.datetime,
    channel: str = "upload",
    *,
    add_accounts: bool = False,
) -> list[FileResult]:
    """Take in any mix of invoices and statements; one result per file, in order.

    Invoices go first, so that a statement in the same drop finds them. Each statement is a transaction of its own; a
    file that is refused leaves nothing behind but its reason.
    """
    results: dict[int, FileResult] = {}
    files = [(printable(name), content) for name, content in files]
    invoices = [(place, file) for place, file in enumerate(files) if not is_statement(file[1])]
    with client_scope(client_id):
        payees = own_ibans(client_id) if channel in OPEN_CHANNELS else None
        taken = take_in_invoices(
            client_id, [InvoiceFile(*file) for _, file in invoices], on, recorded_at, channel, payees
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
    if accepted:
        retry_unmatched(client_id, accepted, on, recorded_at)
    while match_new_entries(client_id, on, recorded_at).entries:
        pass
    return [results[place] for place in range(len(files))]


def _take_in_statement(
    client_id: int, name: str, content: bytes, recorded_at: dt.datetime, add_accounts: bool
) -> FileResult:
    read = import_statement_file(client_id, content, name, recorded_at, add_accounts=add_accounts)
    problems = tuple(Finding(p.level, p.rule, p.text) for p in read.problems)
    return FileResult(name, "statement", str(read.status), problems=problems, entries=read.new_entries)
