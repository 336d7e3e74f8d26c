"""A policy drawn along the days from the due date, one line a capacity. The same steps stand below it as a list.

A step that counts from the one before it stands where it falls when every letter leaves on its day.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.dunning.policy import Policy
from inbaar.dunning.policy_steps import Action, Lane, PolicyStep, dates_of, moment_of
from inbaar.dunning.rules import runs_on
from inbaar.parties.rules import Capacity

# A due date with no holiday after it, to count from.
_DUE = dt.date(2026, 8, 31)
WIDTH, LEFT, RIGHT = 680, 30, 40
ROW = 26
LABEL = 160


@dataclass(frozen=True, slots=True)
class Mark:
    """A step on the line: its place in the policy, its day from the due date, and where it is drawn."""

    place: int
    step: PolicyStep
    day: int
    x: int
    row: int

    @property
    def y(self) -> int:
        """Where its label stands, in the drawing's units."""
        return 42 + self.row * ROW

    @property
    def anchor(self) -> str:
        """A label near the right edge ends at its mark."""
        return "end" if self.x > WIDTH - LABEL else "start"

    @property
    def text_x(self) -> int:
        """Where its label begins or ends."""
        return self.x - 8 if self.anchor == "end" else self.x + 8


@dataclass(frozen=True, slots=True)
class Line:
    """One capacity's line."""

    capacities: tuple[Capacity, ...]
    marks: tuple[Mark, ...]
    due_x: int

    @property
    def axis_y(self) -> int:
        """Where the line itself is, below its labels."""
        return 42 + (max((mark.row for mark in self.marks), default=0) + 1) * ROW

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return self.axis_y + 34


def lines_of(policy: Policy) -> list[Line]:
    """The lines of a policy on one scale; capacities that go the same way share theirs."""
    days = {capacity: falls_on(policy.lane(capacity)) for capacity in Capacity}
    every = [day for its in days.values() for day in its] or [0]
    first, last = min(*every, 0), max(*every, 7)
    scale = (WIDTH - LEFT - RIGHT) / (last - first)
    alike: dict[tuple[tuple[int, PolicyStep], ...], list[Capacity]] = {}
    for capacity in Capacity:
        steps = tuple((n, step) for n, step in enumerate(policy.steps, 1) if capacity in step.capacities)
        if steps:
            alike.setdefault(steps, []).append(capacity)

    def x(day: int) -> int:
        return LEFT + round((day - first) * scale)

    lines = []
    for steps, capacities in alike.items():
        its = days[capacities[0]]
        lines.append(Line(tuple(capacities), tuple(_marks(steps, its, [x(day) for day in its])), x(0)))
    return lines


def falls_on(lane: Lane) -> list[int]:
    """On which day from the due date each step of a lane falls, where nothing is paid and each letter leaves on its day."""
    days: list[int] = []
    previous: dt.date | None = None
    free = _DUE - dt.timedelta(days=365)
    for step in lane.steps:
        on = moment_of(step, _DUE, previous)
        least = previous + dt.timedelta(days=1) if previous else on
        on = max(on, least) if step.action is Action.CALL else max(on, least, free)
        # The line shows the policy's own days; only what waits for a term is seen on a working day.
        while on > _DUE and previous is not None and on == free and not runs_on(on):
            on += dt.timedelta(days=1)
        if step.action.is_letter:
            free = max(free, dates_of(step, on).next_from)
        days.append((on - _DUE).days)
        previous = on
    return days


def _marks(steps: Sequence[tuple[int, PolicyStep]], days: Sequence[int], places: Sequence[int]) -> list[Mark]:
    """The marks with their labels in rows, so that none stands over another."""
    ends: list[int] = []
    marks = []
    for (number, step), day, x in zip(steps, days, places, strict=True):
        start = x - LABEL if x > WIDTH - LABEL else x
        row = next((n for n, end in enumerate(ends) if end <= start), len(ends))
        ends[row : row + 1] = [start + LABEL]
        marks.append(Mark(number, step, day, x, row))
    return marks
