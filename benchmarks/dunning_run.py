"""The daily run in dunning steps per CPU-second, of Python and PostgreSQL together, with letters and without.

A tenth of the open invoices is due (see `benchmarks.books`). The yardstick is what a database alone needs to write
the same steps: one INSERT ... SELECT over what is due and one UPDATE of the schedule, deciding nothing.
"""

from functools import partial

from benchmarks.books import DAY, NOW, dunning_books
from benchmarks.measuring import Measure, measured

BARE_STEPS = """
    INSERT INTO dunning_step (client_id, invoice_id, kind, key, after, "on", pay_by)
    SELECT client_id, invoice_id, planned, planned, nullif(last, ''), %(on)s, %(on)s + 7
    FROM dunning_schedule s WHERE client_id = %(client)s AND due_on <= %(on)s
"""
BARE_SCHEDULE = """
    UPDATE dunning_schedule SET due_on = due_on + 14, stage = CASE stage WHEN 'waiting' THEN 'reminded'
        WHEN 'reminded' THEN 'noticed' ELSE 'handed_over' END
    WHERE client_id = %(client)s AND due_on <= %(on)s
"""


def run(small: bool) -> list[Measure]:
    """Without letters, with letters, with letters set, and what a day costs on which little or nothing is due."""
    one, ten, hundred = (200, 500, 1_000) if small else (10_000, 100_000, 1_000_000)
    bare = {"yardstick": bare_steps, "yardstick_name": "bare SQL", "again": True}
    few = partial(dunning_books, due=ten // 10)
    return [
        measured("steps without letters", "steps", one, steps, prepare=dunning_books, tenth=False, aim="15,000", **bare),
        measured("steps without letters", "steps", ten, steps, prepare=dunning_books, aim="15,000", **bare),
        measured(f"{ten // 10:,} due, whatever the ledger", "steps", hundred, steps, prepare=few, again=True,
                 aim="15,000, x1"),
        measured("steps with letters written", "steps", one, letters, prepare=dunning_books, tenth=False, **bare),
        measured("steps with letters written", "steps", ten, letters, prepare=dunning_books, **bare),
        measured("letters of a run set as PDF", "letters", one, letters_set, prepare=written_letters, again=True, runs=1,
                 aim="150"),
        measured("a run with nothing due", "runs", ten, nothing_due, prepare=all_done, times=20, aim="wall 0.050"),
    ]  # fmt: skip


def steps(client: int) -> int:
    """The run without its letters."""
    return _run(client, letters=False)


def letters(client: int) -> int:
    """The run with its letters composed, frozen and queued."""
    return _run(client, letters=True)


def bare_steps(client: int) -> int:
    """The same rows by SQL alone."""
    from inbaar.kit.bulk import run
    from inbaar.kit.scope import client_scope

    with client_scope(client):
        written = run(BARE_STEPS, {"client": client, "on": DAY})
        run(BARE_SCHEDULE, {"client": client, "on": DAY})
    return written


def written_letters(size: int) -> int:
    """Books on which the run has been done."""
    client = dunning_books(size)
    letters(client)
    return client


def letters_set(client: int) -> int:
    """Every letter of the run as PDF, kept, in the batches they are sent in."""
    from inbaar.kit.bulk import fetch
    from inbaar.kit.scope import client_scope
    from inbaar.letters.content import from_json
    from inbaar.letters.delivery import BATCH, letter_files

    with client_scope(client):
        contents = {
            row[0]: from_json(row[1])
            for row in fetch("SELECT id, content::text FROM letters_letter WHERE content <> '{}' ORDER BY id")
        }
        numbers = list(contents)
        for start in range(0, len(numbers), BATCH):
            letter_files(client, {number: contents[number] for number in numbers[start : start + BATCH]})
    return len(contents)


def all_done(size: int) -> int:
    """Books on which nothing is left to do on the day."""
    client = dunning_books(size)
    steps(client)
    return client


def nothing_due(client: int) -> int:
    """One run that finds nothing."""
    from inbaar.dunning.run import run_dunning

    if run_dunning(client, DAY, NOW).looked_at:
        raise RuntimeError("something was due after all")
    return 1


def _run(client: int, *, letters: bool) -> int:
    from inbaar.dunning.run import run_dunning

    tally = run_dunning(client, DAY, NOW, letters=letters)
    if tally.waits or tally.closed:
        raise RuntimeError(f"every due invoice was to take a step, but: {tally}")
    return sum(tally.steps.values())
