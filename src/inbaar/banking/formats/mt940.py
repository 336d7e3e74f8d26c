"""Reads MT940 day statements (and MT942 reports) line by line, in the dialects of the Dutch banks and some German.

Called by `formats.stream_statements`. Memory does not grow with the file: an entry is given as soon as the next tag
shows that it is complete. A line that means nothing to us stays in the `raw` of its entry or statement.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import BinaryIO

from inbaar.banking.formats.mt940_entry import entry_day, read_entry, short_date
from inbaar.banking.formats.tally import ASK_BANK, Tally, known_currency
from inbaar.banking.statements import EntryRead, StatementEnd, StatementRefused, StatementStart

TAG = re.compile(r":(20|21|25P?|28C?|34F|13D?|60[FM]|61|62[FM]|64|65|86|90[CD]|NS|940|942):").match
WRAPPED_TIME = re.compile(r":(?:13|20|21|25|28):\d\d(?!\d)").match
BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})?(-?\d{1,18}(?:[.,]\d{0,5})?|,\d{1,5})\s*$").match
ENVELOPE = frozenset("{-\x1a\x00\x01\x03\ufeff")  # what a line begins with that is not a field or text
CONTROL = "\x00\x01\x03\x1a\ufeff"
LINE_END = "\r\n\x00\x03\x1a"
LINE_BYTES = 65_536
CUT_LINE = 60
MOST_TEXT = 1_000_000  # characters between two entries: a bank writes some hundreds


def decoded_lines(stream: BinaryIO) -> Iterator[str]:
    """The lines as text: UTF-8 where a line is that, else the Windows or Latin alphabet the banks used before."""
    for line in iter(partial(stream.readline, LINE_BYTES), b""):
        try:
            text = line.decode()
        except UnicodeDecodeError:
            try:
                text = line.decode("cp1252")
            except UnicodeDecodeError:
                text = line.decode("latin-1")
        yield text.rstrip(LINE_END)


class _Statement:
    """One statement (or one page of one) while it is read."""

    __slots__ = (
        "account",
        "closing",
        "closing_day",
        "continued",
        "currency",
        "interim",
        "kept",
        "narrative",
        "number",
        "opening",
        "opening_day",
        "pending",
        "raw",
        "reference",
        "started",
        "tally",
    )

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.account: str | None = None
        self.number: str | None = None
        self.currency: str | None = None
        self.opening: Decimal | None = None
        self.closing: Decimal | None = None
        self.opening_day: dt.date | None = None
        self.closing_day: dt.date | None = None
        self.continued = False
        self.interim = False
        self.started = False
        self.tally = Tally()
        self.pending: list[str] | None = None
        self.narrative: list[str] = []
        self.raw: list[str] = []
        self.kept = 0

    @property
    def label(self) -> str:
        return f"Statement {self.number or self.reference} of {self.account}"

    def count_text(self, line: str) -> None:
        """Refuses a field that never ends, so that no file can fill the memory."""
        self.kept += len(line)
        if self.kept > MOST_TEXT:
            raise StatementRefused(
                "text-too-long",
                f"{self.label} has a field of more than {MOST_TEXT:,} characters, which no bank writes: the file is "
                "damaged. Download the statement from the bank again.",
            )

    def start(self) -> StatementStart:
        """The head; refuses a statement that does not say of which account it is."""
        self.started = True
        if not self.account:
            raise StatementRefused(
                "account",
                f"Statement {self.reference or 'without a reference'} names no account (:25:), so it cannot be "
                "known whose money it is. Export the statement from the bank again.",
            )
        return StatementStart(
            format="MT942" if self.interim else "MT940",
            account=self.account,
            currency=self.currency,
            statement_id=self.reference,
            sequence=self.number,
            opening=self.opening,
            from_date=self.opening_day,
            notice=self.interim,
        )

    def entry(self) -> EntryRead | None:
        """The entry that is now complete; one that cannot be read stays in `raw` and is said."""
        lines, self.pending = self.pending or [], None
        narrative, self.narrative = self.narrative, []
        self.kept = 0
        while narrative and not narrative[-1].strip(" -"):
            narrative.pop()
        if self.currency is None:
            raise StatementRefused("currency", self._why_no_currency())
        entry = read_entry(lines, narrative, self.currency, self.account or "")
        if entry is None:
            self.raw.extend((*lines, *narrative))
            self.tally.warn(
                "entry-unreadable",
                f"{self.label}: the entry {lines[0][:40]!r} cannot be read and is not counted; its text is kept. "
                "Look it up in your online banking.",
            )
            return None
        if entry.date is entry.value_date or not short_date(lines[0][:6])[1]:
            self._check_days(lines[0], entry.value_date)
        self.tally.add(entry, self.currency)
        return entry

    def _check_days(self, line: str, value_on: dt.date | None) -> None:
        """Says of a day that does not exist what it became."""
        if not short_date(line[:6])[1]:
            self.tally.warn(
                "date",
                f"{self.label}: the value date {line[:6]} (year, month, day) does not exist. "
                f"It was read as {value_on or 'no date'}.",
            )
        if value_on is not None and line[6:10].isdecimal() and entry_day(line[6:10], value_on) is None:
            self.tally.warn(
                "date",
                f"{self.label}: the booking date {line[6:10]} (month, day) does not exist. "
                f"It was read as the value date, {value_on}.",
            )

    def _why_no_currency(self) -> str:
        unread = next((kept for kept in self.raw if kept.startswith(":60")), None)
        why = (
            "it has no opening balance (:60F:)"
            if unread is None
            else f"its opening balance {unread[:40]!r} cannot be read"
        )
        return f"{self.label} has entries but no currency: {why}. Export the statement from the bank again."

    def set_balance(self, tag: str, text: str) -> None:
        """An opening (:60:) or closing (:62:) balance; the first opening and the last closing count."""
        found = BALANCE(text)
        if found is None:
            self.raw.append(f":{tag}:{text}")
            self.tally.warn(
                "balance-unreadable",
                f"{self.label}: the balance {text!r} (:{tag}:) cannot be read. Export the statement again.",
            )
            return
        amount = Decimal(found[4].replace(",", "."))
        amount = -amount if found[1] == "D" else amount
        if found[3] and found[3] != self.currency:
            self._use_currency(known_currency(found[3]), text)
        day = short_date(found[2])[0]
        if tag[:2] == "60":
            if self.opening is None:
                self.opening, self.opening_day, self.continued = amount, day, tag == "60M"
        else:
            self.closing, self.closing_day = amount, day

    def _use_currency(self, currency: str | None, text: str) -> None:
        """The first currency named is the account's; a balance in another one is said."""
        if self.currency is None:
            self.currency = currency
            return
        self.tally.warn(
            "balance-currency",
            f"{self.label}: the balance {text!r} is in {currency} while the account is in {self.currency}. {ASK_BANK}",
        )

    def end(self, closed_before: Decimal | None) -> StatementEnd:
        """The end; says what does not add up, a page that does not go on where the one before stopped included."""
        if not self.tally.count and self.opening is None and self.closing is None:
            self.tally.warn(
                "balance-missing",
                f"{self.label} holds no balances and no entries. Export the statement from the bank again.",
            )
        elif self.opening is not None or self.closing is not None:
            self.tally.check_balances(self.label, self.opening, self.closing)
        self.tally.check_entries(self.label, self.currency)
        if self.continued and closed_before is not None and closed_before != self.opening:
            self.tally.warn(
                "page",
                f"{self.label}: the page before closed with {closed_before:.2f}, this one opens with "
                f"{self.opening:.2f}: a page is missing. Export the whole statement again.",
            )
        return StatementEnd(
            account=self.account,
            currency=self.currency,
            statement_id=self.reference,
            sequence=self.number,
            opening=self.opening,
            closing=self.closing,
            from_date=self.opening_day,
            to_date=self.closing_day,
            entry_count=self.tally.count,
            booked_total=self.tally.booked,
            problems=tuple(self.tally.problems),
            raw="\n".join(self.raw),
        )


def stream_mt940(stream: BinaryIO) -> Iterator[StatementStart | EntryRead | StatementEnd]:
    """The statements in an MT940 file, entry by entry."""
    statement: _Statement | None = None
    closings: dict[tuple[str | None, str], Decimal] = {}
    tag = ""
    for line in decoded_lines(stream):
        first = line[:1]
        found = TAG(line) if first == ":" else None
        if found is None:
            if first in ENVELOPE or "{4:" in line:
                line, found = _behind_envelope(line)
        elif tag in ("86", "61") and statement and _is_wrapped_time(line, statement):
            found = None
        if found is None:
            _continue(statement, tag, line)
            tag = "" if line[:1] == "{" else tag
            continue
        value = line[found.end() :]
        tag = found[1]
        if tag == "86" or tag == "NS":
            if statement is None:
                statement = _Statement("")
            statement.count_text(value)
            (statement.raw if statement.pending is None else statement.narrative).append(value)
            continue
        if (
            statement is not None
            and statement.pending is not None
            and (entry := statement.entry()) is not None
        ):
            yield entry
        if tag == "20":
            if statement is not None:
                yield from _finish(statement, closings)
            statement = _Statement(_word(value))
        elif tag in ("940", "942"):
            continue
        elif statement is None:
            statement = _Statement("")
            _head_field(statement, tag, value)
        elif tag == "61":
            if not statement.started:
                yield statement.start()
            statement.pending = [value]
        else:
            _head_field(statement, tag, value)
    if statement is None:
        raise StatementRefused("format", "The file has no statement (:20:). Export the statement as MT940.")
    if statement.pending is not None and (entry := statement.entry()) is not None:
        yield entry
    yield from _finish(statement, closings)


def _finish(
    statement: _Statement, closings: dict[tuple[str | None, str], Decimal]
) -> Iterator[StatementStart | StatementEnd]:
    if not statement.started:
        yield statement.start()
    page_of = (statement.account, (statement.number or "").partition("/")[0])
    yield statement.end(closings.get(page_of))
    if statement.closing is not None:
        closings[page_of] = statement.closing


def _word(value: str) -> str:
    """A field of one word as it can be kept: no database has room for a NUL."""
    return value.replace("\0", "").strip()


def _head_field(statement: _Statement, tag: str, value: str) -> None:
    """A field of the statement itself; what has no place is kept in `raw`."""
    if tag in ("25", "25P") and statement.account is None:
        statement.account = _word(value)
    elif tag in ("28", "28C") and statement.number is None:
        statement.number = _word(value)
    elif tag[:2] in ("60", "62"):
        statement.set_balance(tag, value)
    elif tag in ("34F", "13", "13D"):
        statement.interim = True
        if tag == "34F":
            statement.currency = statement.currency or known_currency(value[:3])
        statement.raw.append(f":{tag}:{value}")
    else:
        statement.raw.append(f":{tag}:{value}")


def _continue(statement: _Statement | None, tag: str, line: str) -> None:
    """A line without a tag belongs to the field before it."""
    if statement is None or (not line and tag != "86"):
        return
    statement.count_text(line)
    if statement.pending is not None:
        if tag == "61":
            statement.pending.append(line)
        elif not line.startswith("-}") and (line != "-" or statement.closing is None):
            statement.narrative.append(line)
    elif tag in ("28", "28C") and line.strip().isdigit():
        statement.number = (statement.number or "") + line.strip()
    elif line.strip() and not line.startswith(("-", "{")):
        statement.raw.append(line)


def _behind_envelope(line: str) -> tuple[str, re.Match[str] | None]:
    """What stands on a line behind control characters or a SWIFT block head."""
    line = line.lstrip(CONTROL)
    if "{4:" in line and line.partition("{4:")[2]:
        line = line.partition("{4:")[2]
    return line, TAG(line)


def _is_wrapped_time(line: str, statement: _Statement) -> bool:
    """A moment cut in two (`...13` and `:21:05`) looks like a tag; it is text if the line before was full."""
    if not WRAPPED_TIME(line) or not statement.narrative:
        return False
    return len(statement.narrative[-1]) >= CUT_LINE and not (
        line.startswith(":20:") and statement.closing is not None
    )
