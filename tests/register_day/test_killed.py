"""The register's days killed at random moments, on one and on three workers, until they are done: as if nothing happened.

`INBAAR_KILL_POINTS` says how often each is killed (docs/running.md); a few times with every run of the tests.
"""

import random
import subprocess
import sys
from collections import Counter

import pytest

from inbaar.kit.bulk import fetch
from inbaar.register.receipts import in_step
from tests.killing import KILL_POINTS, KILL_SEED, KILLED, once_more, points
from tests.register_day.day import BOOKED, ENTERED, TOLD, RegisterDay, keys_and_entries_agree

FIGURES = {"reported": BOOKED + TOLD, "overdue": BOOKED + TOLD}


@pytest.mark.requirement("REG-31")
@pytest.mark.parametrize("workers", [1, 3])
def test_killed_until_done_nobody_is_entered_twice_or_too_long(own_database, workers):
    undisturbed = RegisterDay(1)
    undisturbed.register.priced()
    whole = once_more(undisturbed, workers)
    expected = undisturbed.outcome()
    assert_all_of_it_happened(expected)
    tally: Counter[str] = Counter()
    lives_lived = 1
    for number, lives in enumerate(
        points(random.Random(KILL_SEED + workers), (KILL_POINTS + 1) // 2), start=2
    ):
        days = RegisterDay(number)
        for point in lives:
            struck = KILLED in once_more(days, workers, **point.of(whole)).codes
            tally["by time" if point.by_time else "at a moment"] += struck
            tally["done before"] += not struck
            days.proven()
        once_more(days, workers)
        assert days.outcome() == expected, lives
        lives_lived += 1
        assert keys_and_entries_agree()
        assert in_step()
        if tally["by time"] + tally["at a moment"] >= KILL_POINTS:
            break
    print(f"{workers} at once: {dict(tally)}, {whole.moments} moments and {whole.seconds:.1f} s a life")
    assert tally["by time"] + tally["at a moment"] >= KILL_POINTS
    # Nothing was counted twice or left out, over all lives.
    figures = dict(fetch("SELECT kind, sum(count)::int FROM register_figure GROUP BY 1"))
    assert figures == {kind: count * lives_lived for kind, count in FIGURES.items()}
    subprocess.run([sys.executable, "-m", "inbaar.cli", "check"], check=True)


def assert_all_of_it_happened(rows: dict[str, object]) -> None:
    """Each way to end is in it, and each way to go on."""
    assert rows["found"] == {number: [amount] for number, amount in ENTERED.items()}
    assert len(rows["fees"]) == len(rows["letters"]) == BOOKED + TOLD  # type: ignore[arg-type]
    assert [(row[0], row[4]) for row in rows["reports"] if row[4]] == [("2026-1002", True)]  # type: ignore[attr-defined]
