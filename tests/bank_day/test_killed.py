"""A whole bank day killed at random moments, on one and on three workers, until it is done: the books are as if nothing happened.

`INBAAR_KILL_POINTS` says how often each is killed (docs/running.md); a few times with every run of the tests.
"""

import random
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from tests.bank_day.bank import payments_in
from tests.bank_day.day import BankDay
from tests.killing import KILL_POINTS, KILL_SEED, KILLED, once_more, points


@pytest.mark.parametrize("workers", [1, 3])
def test_killed_until_done_nothing_is_lost_doubled_or_paid_twice(own_database, tmp_path, workers):
    undisturbed = BankDay(0, tmp_path)
    whole = once_more(undisturbed, workers)
    expected = undisturbed.outcome()
    assert_all_of_it_happened(undisturbed, expected)
    tally: Counter[str] = Counter()
    for number, lives in enumerate(
        points(random.Random(KILL_SEED + workers), (KILL_POINTS + 1) // 2), start=1
    ):
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
        if tally["by time"] + tally["at a moment"] >= KILL_POINTS:
            break
    print(f"{workers} at once: {dict(tally)}, {whole.moments} moments and {whole.seconds:.1f} s a day")
    assert tally["by time"] + tally["at a moment"] >= KILL_POINTS
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
