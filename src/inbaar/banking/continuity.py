"""Whether the statements of an account follow on each other: what is missing between them, or told twice. Pure.

Used while a file is read, after an import for the account it is of, and by the bank page. Balances prove it where they are
there; else the statements' numbers and the days say what they can.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.statements import Problem, StatementEnd

_NUMBER = re.compile(r"\d{1,9}").match
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Period:
    """What one statement covers. `number` is what the caller knows it by."""

    account: str
    from_date: dt.date | None
    to_date: dt.date | None
    opening: Decimal | None
    closing: Decimal | None
    sequence: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Break:
    """Two statements that do not follow on each other, and in which way.

    `gap`: money moved in between (`difference`); `numbers`: statements in between by their numbers; `days`: days in between
    that no balance accounts for; `overlap`: days that both tell; `differs`: both end on one day with another balance.
    """

    kind: str
    before: Period
    after: Period

    @property
    def difference(self) -> Decimal:
        """By how much the account changed in between, by the balances."""
        if self.before.closing is None or self.after.opening is None:
            return Decimal(0)
        other = self.after.closing if self.kind == "differs" else self.after.opening
        return (other or Decimal(0)) - self.before.closing

    def problem(self, level: str) -> Problem:
        """The break as it is told with a file: what is wrong and what to do."""
        return Problem(level, f"statements-{self.kind}", _TEXTS[self.kind].format(**self._facts()))

    def _facts(self) -> dict[str, str]:
        before, after = self.before, self.after
        return {
            "account": before.account,
            "until": str(before.to_date),
            "since": str(after.from_date),
            "closing": _shown(before.closing),
            "opening": _shown(after.opening),
            "other": _shown(after.closing),
            "difference": _shown(self.difference),
            "last": before.sequence,
            "next": after.sequence,
        }


_TEXTS = {
    "gap": (
        "A statement of {account} is missing: the one up to {until} closes with {closing}, the next one from {since} "
        "opens with {opening}, a difference of {difference}. Download the days in between and offer them too."
    ),
    "numbers": (
        "Statements of {account} seem to be missing: number {next} follows on number {last}. Their balances tie, so "
        "nothing was left out of the sum. Download the numbers in between if the bank has them."
    ),
    "days": (
        "No statement of {account} tells of the days between {until} and {since}, and no balance proves that nothing "
        "happened. Download those days and offer them too."
    ),
    "overlap": (
        "Two statements of {account} tell of the same days: one up to {until}, the other from {since}. A movement in "
        "both is booked once; nothing needs to be done."
    ),
    "differs": (
        "Two statements of {account} up to {until} close with {closing} and {other}. Compare them with your online "
        "banking and ask the bank which is right."
    ),
}


def _shown(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount:.2f}"


def break_between(before: Period, after: Period) -> Break | None:
    """How the second does not follow on the first, which ends no later; None where it does or nothing can be said."""
    if before.closing is not None and after.opening == before.closing and not _same_days(before, after):
        return Break("numbers", before, after) if _numbers_missing(before, after) else None
    if before.to_date is None or after.to_date is None or after.from_date is None:
        return None
    if before.to_date == after.to_date and None not in (before.closing, after.closing):
        return None if before.closing == after.closing else Break("differs", before, after)
    if after.from_date < before.to_date:
        return Break("overlap", before, after)
    if before.closing is not None and after.opening is not None:
        return Break("gap", before, after)
    return Break("days", before, after) if _working_day_between(before.to_date, after.from_date) else None


def _same_days(before: Period, after: Period) -> bool:
    """The same statement again: it begins and ends where the other does, on the same days."""
    return (before.from_date, before.to_date, before.opening, before.closing) == (
        after.from_date, after.to_date, after.opening, after.closing,
    )  # fmt: skip


def _working_day_between(last: dt.date, first: dt.date) -> bool:
    """Whether a weekday lies between two days, neither included."""
    days = min((first - last).days, 8)
    return any((last + dt.timedelta(days=n)).weekday() < SATURDAY for n in range(1, days))


def _numbers_missing(before: Period, after: Period) -> bool:
    """Whether the numbers jump. Banks that number by the day jump over days without movements."""
    last, following = _sequence(before), _sequence(after)
    if last is None or following is None or following <= last + 1:
        return False
    return not (_numbered_by_day(before, last) and _numbered_by_day(after, following))


def _sequence(period: Period) -> int | None:
    found = _NUMBER(period.sequence)
    return int(found[0]) if found else None


def _numbered_by_day(period: Period, number: int) -> bool:
    """The day of the year, the year and that day, or a date: as ABN AMRO, ING and SNS number."""
    day = period.to_date
    if day is None:
        return False
    of_year = day.timetuple().tm_yday
    return number in {
        of_year, day.year % 100 * 1000 + of_year, day.year * 1000 + of_year,
        int(f"{day:%y%m%d}"), int(f"{day:%Y%m%d}"), int(f"{day:%m%d}"),
    }  # fmt: skip


def breaks(periods: Iterable[Period]) -> list[Break]:
    """Where the statements of one account do not follow on each other, oldest first.

    Statements that tell again what another told (another format, another export) are no break.
    """
    found: list[Break] = []
    last: Period | None = None
    waiting = sorted(
        (p for p in periods if p.to_date is not None), key=lambda p: (p.to_date, p.from_date or p.to_date, p.number)
    )  # fmt: skip
    while waiting:
        period = _next(waiting, last)
        waiting.remove(period)
        if last is not None:
            broken = break_between(last, period)
            if broken is not None:
                found.append(broken)
            if period.to_date == last.to_date and not _follows(last, period):
                continue
        last = period
    return found


def _next(waiting: list[Period], last: Period | None) -> Period:
    """Of those that end first the one that follows on the last, as a bank may give several of one day."""
    same = [period for period in waiting if period.to_date == waiting[0].to_date]
    return next((period for period in same if last is not None and _follows(last, period)), same[0])


def _follows(before: Period, after: Period) -> bool:
    return before.closing is not None and after.opening == before.closing and not _same_days(before, after)


class Chain:
    """The statements of some files as they are read, each held beside the one before it of its account."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str | None], tuple[Period, int]] = {}
        self._file = 0

    def next_file(self) -> None:
        """What comes now is of another file: what lies between the two need not be in either."""
        self._file += 1

    def problem(self, end: StatementEnd) -> Problem | None:
        """What is to be told with the statement that ends; a break within one file is a warning, else a notice."""
        period = Period(
            end.account or "", end.from_date, end.to_date, end.opening, end.closing, end.sequence or ""
        )
        key = (period.account, end.currency)
        earlier = self._last.get(key)
        self._last[key] = (period, self._file)
        if earlier is None or any(problem.rule == "page" for problem in end.problems):
            return None
        before, file = earlier
        # Some files have the newest statement first.
        turned = before.to_date and period.to_date and period.to_date < before.to_date
        broken = break_between(period, before) if turned else break_between(before, period)
        if broken is None:
            return None
        same_file = file == self._file and broken.kind in ("gap", "differs")
        return broken.problem("warning" if same_file else "notice")
