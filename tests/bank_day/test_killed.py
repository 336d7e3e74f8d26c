"""A whole bank day killed at random moments, on one and on three workers, until it is done: the books are as if nothing happened.

`INBAAR_KILL_POINTS` says how often each is killed (docs/running.md); a few times with every run of the tests.
"""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.bank_day.bank import payments_in
from tests.bank_day.day import BankDay
from tests.killing import KILLED, Ended, together

POINTS = int(os.environ.get("INBAAR_KILL_POINTS", "6"))
SEED = int(os.environ.get("INBAAR_KILL_SEED", "28"))


@dataclass(frozen=True)
class Point:
    """When to kill: a part of the undisturbed day, of its moments or of its time."""

    part: float
    by_time: bool

    def of(self, day: Ended) -> dict[str, Any]:
        if self.by_time:
            return {"after": self.part * day.seconds}
        return {"at": 1 + int(self.part * day.moments)}


def points(chance: random.Random, lives: int) -> Iterator[tuple[Point, Point]]:
    """Per life a first point, spread evenly over the day, and a second within what is then left of it. Every third by time."""
    for number in range(10 * lives):
        first = (number % lives + chance.random()) / lives
        second = chance.random() * (1 - first)
        yield Point(first, number % 3 == 2), Point(second, number % 3 == 1)


def once_more(day: BankDay, workers: int, **when: Any) -> Ended:
    """Everybody at work until done or killed; who is not killed does all of it, whatever he meets."""
    ended = together([day.work(worker) for worker in range(workers)], **when)
    assert set(ended.codes) <= ({0, KILLED} if when else {0}), (ended, when)
    return ended


@pytest.mark.parametrize("workers", [1, 3])
def test_killed_until_done_nothing_is_lost_doubled_or_paid_twice(own_database, tmp_path, workers):
    undisturbed = BankDay(0, tmp_path)
    whole = once_more(undisturbed, workers)
    expected = undisturbed.outcome()
    assert_all_of_it_happened(undisturbed, expected)
    tally: Counter[str] = Counter()
    for number, lives in enumerate(points(random.Random(SEED + workers), (POINTS + 1) // 2), start=1):
        day = BankDay(number, tmp_path)
        for point in lives:
            struck = KILLED in once_more(day, workers, **point.of(whole)).codes
            tally["by time" if point.by_time else "at a moment"] += struck
            tally["done before"] += not struck
            day.proven()
        once_more(day, workers)
        assert day.outcome() == expected, lives
        assert payments_of(day) == payments_of(undisturbed), lives
        tally["lives"] += 1
        if tally["by time"] + tally["at a moment"] >= POINTS:
            break
    print(f"{workers} at once: {dict(tally)}, {whole.moments} moments and {whole.seconds:.1f} s a day")
    assert tally["by time"] + tally["at a moment"] >= POINTS
    subprocess.run([sys.executable, "-m", "inbaar.cli", "check"], check=True)


def assert_all_of_it_happened(day: BankDay, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """The day has everything in it that is to come through: each way to be matched, to wait, to be paid and to fail."""
    states = Counter((row[3], row[4]) for row in rows["entries"])
    assert states["matched", "number"] == 21, states
    assert states["unmatched", "paid-already"] == 2
    assert states["matched", "transfer-paid"] == 8
    assert states["matched", "transfer-returned"] == 1
    assert Counter(row[1] for row in rows["invoices"]) == {Decimal(0): 12, Decimal("60.50"): 1}
    assert Counter(row[6] for row in rows["transfers"]) == {"paid": 7, "returned": 1, "rejected": 1}
    assert {row[-1] for row in rows["transfers"]} == {1}
    assert len(payments_of(day)) == len(rows["transfers"]) == 9


def payments_of(day: BankDay) -> list[tuple[Decimal, str, str]]:
    """What all the files in the books pay: amount, account and words, told by their bytes alone; and the bank has each file."""
    files = day.files()
    assert {content for contents in day.bank.handed_in().values() for content in contents} == set(files)
    return sorted(payment[1:] for content in files for payment in payments_in(content))
