"""Whether the movements of a file are those that another format brought before. Pure; used by `comparing`.

Two formats tell one movement in different words, so it is known by day, amount and marks. What is not certain is said,
and then nothing of the file is booked: a payment booked twice costs more than a file that waits.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

SHORTEST_MARK = 8
NEAR = dt.timedelta(days=7)
ANYBODY = "*"
Period = tuple[dt.date, dt.date]
Key = tuple[Any, ...]


class Told(NamedTuple):
    """A movement as one format tells it. `number` is what the caller knows it by; an empty text is what is not told."""

    number: int
    date: dt.date
    value_date: dt.date
    amount: Decimal
    currency: str
    iban: str = ""
    end_to_end_id: str = ""
    reference: str = ""
    bank_reference: str = ""


@dataclass(slots=True)
class Recognised:
    """Which of ours are which of theirs, which are new, and which could be either, with the reason."""

    known: dict[int, int] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)
    doubts: dict[int, str] = field(default_factory=dict)


def recognise(
    ours: Sequence[Told], theirs: Sequence[Told], periods: Iterable[Period], *, adds_up: bool
) -> Recognised:
    """Compare the movements of one statement with those that other formats told of the same days.

    `periods` are first and last day of the statements that told them; `adds_up` says that ours has both balances and
    that they tie. Something of ours is new where all of theirs were found again and the days leave room for it.
    """
    found = Recognised()
    free = _Free(theirs)
    left = list(ours)
    for wanted in (_by_mark_and_day, _by_mark, _by_iban_and_day, _by_day):
        left = [movement for movement in left if not free.take(movement, wanted(movement), found)]
    missing = [movement for movement in theirs if movement.number not in free.taken]
    _judge_left(found, left, missing, theirs, tuple(periods), adds_up)
    return found


class _Free:
    """Movements that nothing was recognised as yet, by what they can be known by. Each is taken once.

    Every key carries the counterparty's account, so that looking never goes past many that are somebody else's.
    """

    def __init__(self, movements: Iterable[Told]) -> None:
        self.taken: set[int] = set()
        self._by_key: dict[Key, list[Told]] = defaultdict(list)
        for movement in reversed(list(movements)):
            for key in _keys(movement):
                self._by_key[(*key, movement.iban)].append(movement)
                self._by_key[(*key, ANYBODY)].append(movement)

    def take(self, ours: Told, keys: Iterable[Key], found: Recognised) -> bool:
        """Take the first free movement under one of these keys, if there is one."""
        for key in keys:
            stack = self._by_key.get(key)
            while stack and stack[-1].number in self.taken:
                stack.pop()
            if stack and abs(stack[-1].date - ours.date) <= NEAR:
                match = stack.pop()
                self.taken.add(match.number)
                found.known[ours.number] = match.number
                return True
        return False


def _money(movement: Told) -> Key:
    return (movement.amount, movement.currency)


def _days(movement: Told) -> tuple[dt.date, ...]:
    """The day of booking and that of the interest: some formats tell only the second."""
    days = (movement.date, movement.value_date)
    return days if days[0] != days[1] else days[:1]


def _marks(movement: Told) -> list[str]:
    """The marks of the payer or the bank that both may tell; a short bank reference is a place in the statement."""
    marks = [f"e {movement.end_to_end_id}"] if movement.end_to_end_id else []
    if movement.reference:
        marks.append(f"r {movement.reference}")
    if len(movement.bank_reference) >= SHORTEST_MARK:
        marks.append(f"b {movement.bank_reference}")
    return marks


def _keys(movement: Told) -> Iterator[Key]:
    money = _money(movement)
    for mark in _marks(movement):
        yield (*money, mark)
        for day in _days(movement):
            yield (*money, day, mark)
    for day in _days(movement):
        yield (*money, day)


def _of_whom(key: Key, iban: str) -> tuple[Key, ...]:
    """The key with every account that does not contradict this one."""
    return ((*key, iban), (*key, "")) if iban else ((*key, ANYBODY),)


def _by_mark_and_day(ours: Told) -> list[Key]:
    keys = [(*_money(ours), day, mark) for mark in _marks(ours) for day in _days(ours)]
    return [whom for key in keys for whom in _of_whom(key, ours.iban)]


def _by_mark(ours: Told) -> list[Key]:
    """The payer's own mark, a few days apart: one format tells the day of booking, the other that of the interest."""
    if not ours.end_to_end_id:
        return []
    return list(_of_whom((*_money(ours), f"e {ours.end_to_end_id}"), ours.iban))


def _by_iban_and_day(ours: Told) -> list[Key]:
    return [(*_money(ours), day, ours.iban) for day in _days(ours)] if ours.iban else []


def _by_day(ours: Told) -> list[Key]:
    return [whom for day in _days(ours) for whom in _of_whom((*_money(ours), day), ours.iban)]


def _judge_left(
    found: Recognised,
    left: list[Told],
    missing: list[Told],
    theirs: Sequence[Told],
    periods: tuple[Period, ...],
    adds_up: bool,
) -> None:
    days = {movement.date for movement in theirs} | {last for _, last in periods}
    for ours in left:
        if missing:
            found.doubts[ours.number] = "not-found-again"
        elif any(first < ours.date < last for first, last in periods):
            found.doubts[ours.number] = "day-was-told"
        elif not adds_up and ours.date in days:
            found.doubts[ours.number] = "no-balances"
        else:
            found.new.append(ours.number)
