"""Programs that are killed: work done in processes of their own, ended with SIGKILL at a moment that was chosen.

A moment is just before a statement, just before a commit, or just after one, counted over all processes together, so that
the moments lie within transactions and around their ends as densely as the work itself. Or it is a time, which may lie
within a statement that the database is still at.
"""

import os
import random
import select
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from django.db import connection

Work = Callable[[], object]
KILL_POINTS = int(os.environ.get("INBAAR_KILL_POINTS", "6"))
KILL_SEED = int(os.environ.get("INBAAR_KILL_SEED", "28"))
FORK = get_context("fork")
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How processes that worked together ended: exit codes (negative for a signal), moments passed, seconds taken."""

    codes: list[int]
    moments: int
    seconds: float


def in_child(work: Work, kill_at: int | None = None) -> int:
    """Run in a process of its own, killed right before its `kill_at`-th statement; gives the process's number."""
    seen = 0

    def killing(execute: Any, *statement: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)

    def watched() -> None:
        with connection.execute_wrapper(killing):
            work()

    return _forked(watched)


def ended_with(child: int) -> int:
    """The exit code of a process, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def together(works: Sequence[Work], *, at: int | None = None, after: float | None = None) -> Ended:
    """Run in as many processes at once, as one process group that is killed at its `at`-th moment or `after` seconds.

    Where it is done before that, it ends by itself.
    """
    count = FORK.Value("q", 0)
    gate, go = os.pipe()
    ending, alive = os.pipe()

    def joined(work: Work, group: int) -> Callable[[], None]:
        def begin() -> None:
            os.setpgid(0, group)
            os.close(go)
            os.close(ending)
            os.read(gate, 1)  # opens when all are there
            _watched(work, count, at)

        return begin

    children: list[int] = []
    for work in works:
        children.append(_forked(joined(work, children[0] if children else 0)))
        os.setpgid(children[-1], children[0])
    for end in (gate, go, alive):
        os.close(end)
    began = time.perf_counter()
    # Readable once the last process has ended, for each holds the other end.
    if not select.select([ending], [], [], after)[0]:
        os.killpg(children[0], signal.SIGKILL)
    codes = [ended_with(child) for child in children]
    os.close(ending)
    # Read past its lock, which a process may have held when it was killed.
    return Ended(codes, count.get_obj().value, time.perf_counter() - began)


def _watched(work: Work, count: Any, at: int | None) -> None:
    def moment() -> None:
        with count.get_lock():
            count.value += 1
            if count.value == at:
                os.killpg(0, signal.SIGKILL)

    def before_statement(execute: Any, *statement: Any) -> Any:
        moment()
        return execute(*statement)

    commit = connection._commit

    def around_commit() -> None:
        moment()
        commit()
        moment()

    # No wrapper of Django's sees a commit; this process ends with the work, and so does the change.
    connection._commit = around_commit
    with connection.execute_wrapper(before_statement):
        work()


def _forked(work: Work) -> int:
    """Run in a process of its own with a connection of its own; exit code 1 where it raises."""
    connection.close()
    child = os.fork()
    if child:
        return child
    done = 1
    try:
        work()
        done = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(done)


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


def once_more(day: Any, workers: int, **when: Any) -> Ended:
    """Everybody at the `work` of a day until done or killed; who is not killed does all of it, whatever he meets."""
    ended = together([day.work(worker) for worker in range(workers)], **when)
    assert set(ended.codes) <= ({0, KILLED} if when else {0}), (ended, when)
    return ended
