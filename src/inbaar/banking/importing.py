"""A statement file into the books: read as a stream, written in batches, one transaction for the whole file.

Called through `actions.import_statement_file`. The same file twice, or the same movement in two exports, changes
nothing; a file that is refused leaves only the row that says why, and one of which it is not certain whether its movements
are here already waits for a person.
"""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db import transaction

from inbaar.banking.accounts import OwnAccount, account_of, locked_accounts
from inbaar.banking.announcing import write_announced
from inbaar.banking.booking import Movement, book_movements
from inbaar.banking.comparing import Comparison, told_by_another
from inbaar.banking.completing import complete_movements
from inbaar.banking.fingerprint import Numbering
from inbaar.banking.following import breaks_of_file
from inbaar.banking.formats import Source, digest, stream_statements
from inbaar.banking.statement_files import (
    ImportResult,
    ImportStatus,
    content_of,
    finish_file,
    keep_content,
    known_file,
    problems_text,
    write_file,
)
from inbaar.banking.statements import EntryRead, Problem, StatementEnd, StatementRefused, StatementStart
from inbaar.kit.bulk import insert_rows, run
from inbaar.kit.garbage import uncollected
from inbaar.kit.scope import client_scope

__all__ = ["ImportResult", "ImportStatus", "import_file"]

BATCH = 2_000
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 13  # what an amount's column no longer holds
_STATEMENT = {
    "client_id": "bigint", "account_id": "bigint", "file_id": "bigint", "statement_id": "text", "sequence": "text",
    "opening": "numeric", "from_date": "date", "adds_up": "boolean", "problems": "jsonb",
}  # fmt: skip


def import_file(
    client_id: int,
    source: Source,
    name: str,
    recorded_at: dt.datetime,
    *,
    add_accounts: bool = False,
    settled: bool = False,
) -> ImportResult:
    """See `actions.import_statement_file`. `settled` says that a person decided to book what is not known for certain."""
    sha256 = digest(source)
    with client_scope(client_id), uncollected():
        accounts = locked_accounts(client_id)
        earlier = known_file(client_id, sha256)
        if earlier and not (settled and earlier.status == ImportStatus.WAITING):
            return earlier
        job = _Import(client_id, name, sha256, recorded_at, accounts, add_accounts or not accounts, settled)
        try:
            with transaction.atomic():
                return job.run(source)
        except _JustImported:
            return known_file(client_id, sha256) or ImportResult(ImportStatus.KNOWN)
        except _Waits as waits:
            return job.wait(source, waits.problems)
        except StatementRefused as refused:
            return job.refuse(refused.problem)


class _JustImported(Exception):
    """Another program imported the same file while this one began."""


class _Waits(Exception):
    """It is not certain that the movements are not here already. Carries why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


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
        settled: bool,
    ) -> None:
        self.client_id, self.name, self.sha256, self.recorded_at = client_id, name, sha256, recorded_at
        self.accounts, self.may_add, self.settled = accounts, may_add, settled
        self.problems: list[Problem] = []
        self.format = ""
        self.new = self.read = self.statements = self.announced = 0
        self.added: list[str] = []
        self.numbering: dict[int, Numbering] = defaultdict(Numbering)
        self.comparisons: dict[int, Comparison] = {}
        self.days: dict[int, tuple[dt.date, dt.date]] = {}
        self.batch: list[Movement] = []
        self.payments = 0

    def run(self, source: Source) -> ImportResult:
        # Checked statement by statement, so that what waits to be checked does not grow with the file.
        run("SET CONSTRAINTS ALL IMMEDIATE")
        self.file_id = self._write_file(ImportStatus.ACCEPTED)
        for event in stream_statements(source, self.name):
            if isinstance(event, EntryRead):
                self._entry(event)
            elif isinstance(event, StatementStart):
                self._start(event)
            else:
                self._end(event)
        doubts = [problem for c in self.comparisons.values() if c.doubts for problem in c.problems()]
        if doubts and not self.settled:
            raise _Waits(doubts)
        for account_id, days in self.days.items():
            complete_movements(self.client_id, account_id, *days)
        if self.statements:
            self.problems += breaks_of_file(self.client_id, self.file_id)
        status = (
            ImportStatus.REVIEW
            if any(problem.level != "notice" for problem in self.problems)
            else ImportStatus.ACCEPTED
        )
        finish_file(self.client_id, self.file_id, self.format, status, self.problems)
        run("SET CONSTRAINTS ALL DEFERRED")
        return self._result(status)

    def _result(self, status: ImportStatus) -> ImportResult:
        return ImportResult(
            status,
            self.new,
            self.read - self.new,
            self.statements,
            tuple(self.problems),
            self.file_id,
            tuple(self.added),
            self.announced,
        )

    def _write_file(self, status: ImportStatus) -> int:
        written = write_file(
            self.client_id, self.name, self.sha256, self.format, status, self.problems, self.recorded_at
        )
        if written is None:
            raise _JustImported
        return written

    def refuse(self, problem: Problem) -> ImportResult:
        """Nothing of the file was kept: its row says why."""
        self.problems = [problem]
        file_id = self._write_file(ImportStatus.REFUSED)
        return ImportResult(ImportStatus.REFUSED, problems=(problem,), file_id=file_id)

    def wait(self, source: Source, problems: list[Problem]) -> ImportResult:
        """Nothing of the file was booked: it is kept until a person says what becomes of it."""
        content = content_of(source)
        if content is None:
            text = "It is too large to keep until a person has decided. Offer a shorter period."
            return self.refuse(Problem("error", "same-movements", f"{problems[0].text} {text}"))
        self.problems = problems
        file_id = self._write_file(ImportStatus.WAITING)
        doubts = [doubt for comparison in self.comparisons.values() for doubt in comparison.doubtful()]
        keep_content(self.client_id, file_id, doubts, content)
        return ImportResult(ImportStatus.WAITING, problems=tuple(problems), file_id=file_id)

    def _start(self, start: StatementStart) -> None:
        self.format = start.format
        self.is_notice = start.notice
        self._check_size(start.opening)
        self.account, is_new = account_of(
            self.client_id, start, self.accounts, self.may_add and not self.is_notice
        )
        if is_new:
            self.accounts.append(self.account)
            self.added.append(self.account.iban)
        self.numbering[self.account.id].start_statement(start.opening)
        self.last_day = start.from_date
        self.earliest: dt.date | None = None
        self.latest: dt.date | None = None
        self.comparison = None
        if self.is_notice:
            return
        self.comparison = self._comparison(start)
        row = (
            self.client_id, self.account.id, self.file_id, (start.statement_id or "")[:80], (start.sequence or "")[:40],
            start.opening, start.from_date, True, "[]",
        )  # fmt: skip
        ((self.statement_id,),) = insert_rows("banking_statement", _STATEMENT, [row], returning="id")

    def _comparison(self, start: StatementStart) -> Comparison | None:
        """What to compare the statement with; None where no other format told of its days."""
        number = self.account.id
        if number in self.comparisons:
            return self.comparisons[number]
        if told_by_another(self.client_id, number, self.format, self.file_id, start.from_date):
            return self.comparisons.setdefault(
                number, Comparison(self.client_id, number, self.format, self.file_id)
            )
        return None

    def _entry(self, entry: EntryRead) -> None:
        if entry.pending and not self.is_notice:
            return  # not booked by the bank yet; the statement's problems say how many, and a later one brings them
        day = entry.date or entry.value_date or self.last_day
        if day is None:
            raise StatementRefused(
                "entry-date",
                f"An entry of {entry.amount:.2f} on {self.account.iban} has no date, so it cannot be booked. "
                "Download the statement from the bank again.",
            )
        self.last_day = day
        self.earliest = min(day, self.earliest or day)
        self.latest = max(day, self.latest or day)
        self._check_cents(entry)
        parts = entry.payments
        if parts is entry.details:
            for part in parts:
                self._check_cents(part)
        self.batch.append(Movement(self.numbering[self.account.id].key(entry, day), day, entry))
        self.payments += len(parts)
        # A statement whose days another format told is compared as a whole.
        if self.payments >= BATCH and self.comparison is None:
            self._flush(self.batch)

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

    def _flush(self, movements: list[Movement]) -> None:
        if self.is_notice:
            self.announced += write_announced(self.client_id, self.account, self.file_id, movements)
        else:
            self.read += self.payments
            self.new += book_movements(
                self.client_id, self.account, self.statement_id, movements, self.recorded_at
            )
        self.batch = []
        self.payments = 0

    def _end(self, end: StatementEnd) -> None:
        self._check_size(end.closing)
        if self.comparison is None:
            self._flush(self.batch)
        else:
            for part in _in_batches(self.comparison.to_book(self.batch, end)):
                self._flush(part)
        self._note_days()
        self.numbering[self.account.id].end_statement(end.closing)
        if self.is_notice:
            self._end_notice()
        else:
            self._end_statement(end)

    def _note_days(self) -> None:
        """Remember around which days of the account movements may be completed."""
        if self.earliest is not None and self.latest is not None:
            first, last = self.days.get(self.account.id, (self.earliest, self.latest))
            self.days[self.account.id] = min(first, self.earliest), max(last, self.latest)

    def _end_notice(self) -> None:
        """Told once for all notices of a file; what is not booked yet or does not add up is in their nature."""
        self.problems = [problem for problem in self.problems if problem.rule != "announced"]
        self.problems.append(
            Problem(
                "notice",
                "announced",
                f"This is a {self.format[:8]} message: its {self.announced} new payments are shown as announced and not "
                "booked. The day's statement (camt.053, MT940 or CSV) books them.",
            )
        )

    def _end_statement(self, end: StatementEnd) -> None:
        self.statements += 1
        self.problems.extend(end.problems)
        to_date = end.to_date or self.latest or end.from_date
        run(
            "UPDATE banking_statement SET closing = %s, from_date = %s, to_date = %s, adds_up = %s, problems = %s, "
            "opening = %s WHERE client_id = %s AND id = %s",
            [
                end.closing,
                end.from_date,
                to_date,
                not any(problem.rule.startswith("balance") for problem in end.problems),
                problems_text(end.problems),
                end.opening,
                self.client_id,
                self.statement_id,
            ],
        )
        run(
            "UPDATE banking_bankaccount SET read_up_to = greatest(read_up_to, %s) WHERE client_id = %s AND id = %s",
            [to_date, self.client_id, self.account.id],
        )


def _in_batches(movements: list[Movement]) -> list[list[Movement]]:
    """At least one, so that what was known is counted too."""
    return [movements[at : at + BATCH] for at in range(0, max(len(movements), 1), BATCH)]
