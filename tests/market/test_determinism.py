"""Same seed, same bytes: in another process, with other hash seeds, and in whatever order one asks."""

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from inbaar.market.market import Market
from tests.market.playing import START, Run, play

ROOT = Path(__file__).resolve().parents[2]
PRINT_DIGEST = "from tests.market.test_determinism import digest, play; print(digest(play(seed=5, days=70)))"


def digest(run: Run) -> str:
    """Everything the market said, in one number."""
    seen = hashlib.sha256()
    for file in [*run.invoices, *run.statements]:
        seen.update(file.name.encode() + file.content)
    seen.update(repr((run.messages, run.letters, run.market.truth.payments)).encode())
    return seen.hexdigest()


def in_a_process(hash_seed: str) -> str:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "-c", PRINT_DIGEST]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_two_processes_with_other_hash_seeds_see_the_same_bytes() -> None:
    assert in_a_process("0") == in_a_process("4242") == digest(play(seed=5, days=70))


def test_another_seed_is_another_market() -> None:
    assert digest(play(seed=5, days=30)) != digest(play(seed=6, days=30))


def test_the_order_of_asking_does_not_matter() -> None:
    forward, backward = Market(3, START, 60), Market(3, START, 60)
    days = [START + timedelta(days=n) for n in range(60)]
    seen = {d: (forward.invoices_on(d), forward.statements_on(d), forward.messages_on(d)) for d in days}
    for day in reversed(days):
        said, statements, files = (
            backward.messages_on(day),
            backward.statements_on(day),
            backward.invoices_on(day),
        )
        assert (files, statements, said) == seen[day]


def test_letters_of_one_day_may_come_in_any_order() -> None:
    results = []
    for turn in (1, -1):
        market = Market(3, START, 90)
        day = START + timedelta(days=50)
        market.statement_on(day)
        late = [i for i in market.truth.invoices.values() if i.due_on < day and not i.paid_in_full]
        for invoice in late[::turn]:
            email = market.debtor_facts[invoice.debtor_number - 1].email
            market.receive_letter(day, email, "reminder", [invoice.number], invoice.open_amount)
        market.statement_on(START + timedelta(days=89))
        results.append(market.truth)
    assert results[0] == results[1]


def test_more_debtors_leave_the_first_ones_as_they_are() -> None:
    assert Market(1, START, 10, debtors=200).debtor_facts[:40] == Market(1, START, 10).debtor_facts
