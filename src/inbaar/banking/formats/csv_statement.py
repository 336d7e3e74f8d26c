"""Reads a bank's CSV export line by line. Called by `formats.stream_statements`.

The lines of one account that stand together are one statement. Some banks write the newest line first, so the opening
and closing balances are known when the last line went by: whichever of the two orders adds up.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from inbaar.banking.formats.csv_layouts import CsvLine
from inbaar.banking.formats.csv_table import rows, table_start
from inbaar.banking.formats.tally import ASK_BANK, Tally, known_currency
from inbaar.banking.statements import EntryRead, StatementEnd, StatementRefused, StatementStart

HEAD_BYTES = 65_536


def stream_csv(stream: BinaryIO) -> Iterator[StatementStart | EntryRead | StatementEnd]:
    """The statements in a CSV file, line by line; refuses what is no known bank's and what holds no line."""
    start = table_start(stream.read(HEAD_BYTES))
    stream.seek(0)
    if start is None:
        raise StatementRefused(
            "format", "The file is no bank's table. Export the statement as camt.053 (XML)."
        )
    statement: _Statement | None = None
    for number, cells, raw in rows(stream, start):
        line = start.layout.read(cells, raw)
        if not line.account:
            raise StatementRefused(
                "account",
                f"Line {number} names no account, so it cannot be known whose money it is. "
                "Export the statement from the bank again.",
            )
        if (
            statement is None
            or line.account != statement.account
            or line.entry.currency != statement.currency
        ):
            if statement is not None:
                yield statement.end()
            statement = _Statement(start.layout.name, line)
            yield statement.start()
        statement.add(line, number)
        yield line.entry
    if statement is None:
        raise StatementRefused(
            "empty",
            f"The file is a {start.layout.name} export without lines. Export a period with movements.",
        )
    yield statement.end()


class _Statement:
    """The lines of one account while they go by."""

    def __init__(self, name: str, line: CsvLine) -> None:
        self.format, self.account = name, line.account
        self.currency = known_currency(line.entry.currency or None)
        if self.currency is None:
            raise StatementRefused(
                "currency",
                f"A line of {line.account} has no currency. Export the statement from the bank again.",
            )
        self.first = self.last = line
        self.from_date = self.to_date = line.entry.date
        self.tally = Tally()
        self.undated = 0
        self.broken: list[int] = []

    def start(self) -> StatementStart:
        return StatementStart(self.format, self.account, self.currency)

    def add(self, line: CsvLine, number: int) -> None:
        """Count a line; one whose own balances differ by another amount than its own is remembered."""
        self.last = line
        self.tally.add(line.entry, self.currency)
        day = line.entry.date
        if day is None:
            self.undated += 1
        else:
            self.from_date = min(day, self.from_date or day)
            self.to_date = max(day, self.to_date or day)
        if (
            line.before is not None
            and line.after is not None
            and line.before + line.entry.amount != line.after
        ):
            self.broken.append(number)

    def _balances(self) -> tuple[Decimal | None, Decimal | None]:
        """Opening and closing: of the order, oldest or newest line first, in which they add up."""
        oldest_first = (self.first.before, self.last.after)
        newest_first = (self.last.before, self.first.after)
        if newest_first[0] is not None and newest_first[1] is not None:
            if newest_first[0] + self.tally.booked == newest_first[1]:
                return newest_first
            if self._first_day() > self._last_day():
                return newest_first
        return oldest_first

    def _first_day(self) -> dt.date:
        return self.first.entry.date or dt.date.min

    def _last_day(self) -> dt.date:
        return self.last.entry.date or dt.date.min

    def end(self) -> StatementEnd:
        opening, closing = self._balances()
        label = f"The lines of {self.account}"
        self.tally.check_balances(label, opening, closing)
        if self.undated:
            self.tally.warn(
                "entry-date",
                f"{label}: {self.undated} of {self.tally.count} have no date. "
                "Look up in your online banking when they were booked.",
            )
        if self.broken:
            self.tally.warn(
                "balance-line",
                f"{label}: on line {self.broken[0]} the balance before and after it differ by another amount than its own"
                + (f", and so on {len(self.broken) - 1} more. " if self.broken[1:] else ". ")
                + ASK_BANK,
            )
        return StatementEnd(
            account=self.account,
            currency=self.currency,
            statement_id=None,
            sequence=None,
            opening=opening,
            closing=closing,
            from_date=self.from_date,
            to_date=self.to_date,
            entry_count=self.tally.count,
            booked_total=self.tally.booked,
            problems=tuple(self.tally.problems),
        )
