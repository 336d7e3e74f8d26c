"""A statement file into the books: read as a stream, written in batches, one transaction for the whole file.

Called through `actions.import_statement_file`. The same file twice, or the same movement in two exports, changes
nothing; a file that is refused leaves only the row that says why.
"""

import datetime as dt
import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import transaction

from inbaar.banking.accounts import OwnAccount, account_of, locked_accounts
from inbaar.banking.booking import book_entries, entry_row, with_details
from inbaar.banking.fingerprint import Numbering
from inbaar.banking.formats import Source, digest, stream_statements
from inbaar.banking.statements import EntryRead, Problem, StatementEnd, StatementRefused, StatementStart
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.garbage import uncollected
from inbaar.kit.scope import client_scope

BATCH = 2_000
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 13  # what an amount's column no longer holds
_FILE = {
    "client_id": "bigint", "name": "text", "sha256": "text", "format": "text", "status": "text", "problems": "jsonb",
    "imported_at": "timestamptz",
}  # fmt: skip
_OVER_REFUSAL = (
    "(client_id, sha256) DO UPDATE SET name = EXCLUDED.name, format = EXCLUDED.format, status = EXCLUDED.status, "
    "problems = EXCLUDED.problems, imported_at = EXCLUDED.imported_at WHERE banking_statementfile.status = 'refused'"
)
# A report during the day and a notification tell of movements that the statement tells again in other words.
_NOT_STATEMENTS = ("camt.052", "camt.054", "MT942")


class ImportStatus(StrEnum):
    """How a file was received; `known` changed nothing because it was here before."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a file brought: how many entries are new, how many were here already, and what was wrong with it."""

    status: ImportStatus
    new_entries: int = 0
    known_entries: int = 0
    statements: int = 0
    problems: tuple[Problem, ...] = ()
    file_id: int | None = None
    new_accounts: tuple[str, ...] = ()


def import_file(
    client_id: int, source: Source, name: str, recorded_at: dt.datetime, *, add_accounts: bool = False
) -> ImportResult:
    """See `actions.import_statement_file`."""
    sha256 = digest(source)
    with client_scope(client_id), uncollected():
        accounts = locked_accounts(client_id)
        earlier = _imported(client_id, sha256)
        if earlier:
            return earlier
        job = _Import(client_id, name, sha256, recorded_at, accounts, add_accounts or not accounts)
        try:
            with transaction.atomic():
                return job.run(source)
        except _JustImported:
            return _imported(client_id, sha256) or ImportResult(ImportStatus.KNOWN)
        except StatementRefused as refused:
            job.problems = [refused.problem]
            file_id = job.write_file(ImportStatus.REFUSED)
            return ImportResult(ImportStatus.REFUSED, problems=(refused.problem,), file_id=file_id)


def _imported(client_id: int, sha256: str) -> ImportResult | None:
    """The answer to a file that is in the books already; None for a new one and for one that was refused."""
    rows = fetch(
        """
        SELECT f.id, f.imported_at, count(e.id), count(DISTINCT s.id) FROM banking_statementfile f
        LEFT JOIN banking_statement s ON s.client_id = f.client_id AND s.file_id = f.id
        LEFT JOIN banking_entry e ON e.client_id = s.client_id AND e.statement_id = s.id
        WHERE f.client_id = %s AND f.sha256 = %s AND f.status <> 'refused' GROUP BY 1, 2
        """,
        [client_id, sha256],
    )
    for file_id, imported_at, entries, statements in rows:
        text = f"This file was imported on {imported_at:%Y-%m-%d}; nothing was changed. Nothing needs to be done."
        told = (Problem("notice", "known", text),)
        return ImportResult(ImportStatus.KNOWN, 0, entries, statements, told, file_id)
    return None


class _JustImported(Exception):
    """Another program imported the same file while this one began."""


class _Import:
    """One file while it is read. Its row is written first, so that every later row can point at it at once."""

    def __init__(
        self,
        client_id: int,
        name: str,
        sha256: str,
        recorded_at: dt.datetime,
        accounts: list[OwnAccount],
        may_add: bool,
    ) -> None:
        self.client_id, self.name, self.sha256, self.recorded_at = client_id, name, sha256, recorded_at
        self.accounts, self.may_add = accounts, may_add
        self.problems: list[Problem] = []
        self.format = ""
        self.new = self.read = self.statements = 0
        self.added: list[str] = []
        self.numbering: dict[int, Numbering] = defaultdict(Numbering)
        self.batch: list[tuple[Any, ...]] = []

    def run(self, source: Source) -> ImportResult:
        # Checked statement by statement, so that what waits to be checked does not grow with the file.
        run("SET CONSTRAINTS ALL IMMEDIATE")
        self.file_id = self.write_file(ImportStatus.ACCEPTED)
        for event in stream_statements(source, self.name):
            if isinstance(event, EntryRead):
                self._entry(event)
            elif isinstance(event, StatementStart):
                self._start(event)
            else:
                self._end(event)
        status = ImportStatus.REVIEW if self.problems else ImportStatus.ACCEPTED
        self._finish_file(status)
        run("SET CONSTRAINTS ALL DEFERRED")
        return ImportResult(
            status,
            self.new,
            self.read - self.new,
            self.statements,
            tuple(self.problems),
            self.file_id,
            tuple(self.added),
        )

    def write_file(self, status: ImportStatus) -> int:
        """Write the file's row, over that of an earlier refusal."""
        row = (
            self.client_id, self.name[-255:], self.sha256, self.format[:40], status.value, self._told(), self.recorded_at,
        )  # fmt: skip
        written = insert_rows(
            "banking_statementfile", _FILE, [row], on_conflict=_OVER_REFUSAL, returning="id"
        )
        if not written:
            raise _JustImported
        return int(written[0][0])

    def _finish_file(self, status: ImportStatus) -> None:
        run(
            "UPDATE banking_statementfile SET format = %s, status = %s, problems = %s WHERE client_id = %s AND id = %s",
            [self.format[:40], status.value, self._told(), self.client_id, self.file_id],
        )

    def _told(self) -> str:
        return json.dumps([asdict(problem) for problem in self.problems])

    def _start(self, start: StatementStart) -> None:
        self.format = start.format
        if start.format.startswith(_NOT_STATEMENTS):
            raise StatementRefused(
                "not-a-statement",
                f"This is a {start.format[:8]} message: it tells of movements that the day's statement tells again, "
                "so booking both would count money twice. Offer the camt.053 or MT940 of the same days.",
            )
        self._check_size(start.opening)
        self.account, is_new = account_of(self.client_id, start, self.accounts, self.may_add)
        if is_new:
            self.accounts.append(self.account)
            self.added.append(self.account.iban)
        self.numbering[self.account.id].start_statement(start.opening)
        self.last_day = start.from_date
        self.latest: dt.date | None = None
        columns = {
            "client_id": "bigint", "account_id": "bigint", "file_id": "bigint", "statement_id": "text",
            "opening": "numeric", "from_date": "date", "adds_up": "boolean", "problems": "jsonb",
        }  # fmt: skip
        row = (
            self.client_id, self.account.id, self.file_id, (start.statement_id or "")[:80], start.opening,
            start.from_date, True, "[]",
        )  # fmt: skip
        ((self.statement_id,),) = insert_rows("banking_statement", columns, [row], returning="id")

    def _entry(self, entry: EntryRead) -> None:
        if entry.pending:
            return  # not booked by the bank yet; the statement's problems say how many, and a later one brings them
        day = entry.date or entry.value_date or self.last_day
        if day is None:
            raise StatementRefused(
                "entry-date",
                f"An entry of {entry.amount:.2f} on {self.account.iban} has no date, so it cannot be booked. "
                "Download the statement from the bank again.",
            )
        self.last_day = day
        self.latest = max(day, self.latest or day)
        parts = entry.payments
        whole = parts is not entry.details
        raw = with_details(entry) if whole else entry.raw
        for part in parts:
            self._check_cents(part)
            key = self.numbering[self.account.id].key(part, day)
            kept = raw if whole else "\n".join(filter(None, (raw, part.raw)))
            self.batch.append(
                entry_row(self.client_id, self.account, self.statement_id, key, day, part, kept)
            )
            raw = ""  # what a batch booking says as a whole is kept once, with its first payment
            if len(self.batch) >= BATCH:
                self._flush()

    def _check_size(self, amount: Decimal | None) -> None:
        if amount is not None and abs(amount) >= _MOST:
            raise StatementRefused(
                "amount",
                f"An amount of {amount:.2f} is more than the books can hold ({_MOST:,} and up). "
                "Compare it with your online banking and ask the bank for the right statement.",
            )

    def _check_cents(self, entry: EntryRead) -> None:
        self._check_size(entry.amount)
        if entry.amount != entry.amount.quantize(_CENT):
            raise StatementRefused(
                "amount",
                f"An entry of {entry.amount} on {self.account.iban} has more than two decimals, which the books "
                "cannot keep exactly. Ask the bank for the statement in whole cents.",
            )

    def _flush(self) -> None:
        self.read += len(self.batch)
        self.new += book_entries(self.client_id, self.account, self.batch, self.recorded_at)
        self.batch.clear()

    def _end(self, end: StatementEnd) -> None:
        self._check_size(end.closing)
        self._flush()
        self.statements += 1
        self.problems.extend(end.problems)
        self.numbering[self.account.id].end_statement(end.closing)
        to_date = end.to_date or self.latest or end.from_date
        run(
            "UPDATE banking_statement SET closing = %s, from_date = %s, to_date = %s, adds_up = %s, problems = %s "
            "WHERE client_id = %s AND id = %s",
            [
                end.closing,
                end.from_date,
                to_date,
                not any(problem.rule.startswith("balance") for problem in end.problems),
                json.dumps([asdict(problem) for problem in end.problems]),
                self.client_id,
                self.statement_id,
            ],
        )
        run(
            "UPDATE banking_bankaccount SET read_up_to = greatest(read_up_to, %s) WHERE client_id = %s AND id = %s",
            [to_date, self.client_id, self.account.id],
        )
