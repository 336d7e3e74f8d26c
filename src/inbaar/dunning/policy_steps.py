"""The steps of a dunning policy as data, and what follows of them: lanes, keys and dates. Pure.

A policy is one list of steps. The steps that are meant for a capacity, in their order, are its lane: what one debtor goes
through. A step's key names it within its lane (`reminder`, `reminder-2`), so that steps taken keep their meaning when the
policy changes.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from inbaar.law.calendar import add_working_days
from inbaar.law.letter14 import letter14_dates
from inbaar.parties.rules import Capacity


class Action(StrEnum):
    """What a step does, mildest first. The letters have the names of `letters.parts.LetterKind`."""

    COURTESY_NOTICE = "courtesy_notice"
    REMINDER = "reminder"
    CALL = "call"
    FORMAL_NOTICE = "formal_notice"
    FOURTEEN_DAY = "fourteen_day_letter"
    HAND_OVER = "hand_over"

    @property
    def is_letter(self) -> bool:
        """Whether it writes to the debtor."""
        return self not in (Action.CALL, Action.HAND_OVER)

    @property
    def is_notice(self) -> bool:
        """Whether it is the last letter, of which costs can follow."""
        return self in (Action.FORMAL_NOTICE, Action.FOURTEEN_DAY)


class Moment(StrEnum):
    """From which day a step's days count: the due date, or the day the step before it was delivered."""

    DUE = "due"
    PREVIOUS = "previous"


class Term(StrEnum):
    """How a letter says by when to pay: days, working days, the fourteen days of the law from delivery, or not at all."""

    NONE = "none"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    STATUTORY = "statutory"


class Channel(StrEnum):
    """How a step reaches the debtor. `EMAIL_OR_POST` is e-mail wherever an address takes it."""

    EMAIL_OR_POST = "email_or_post"
    POST = "post"
    PHONE = "phone"
    NONE = "none"


class Tone(StrEnum):
    """How a reminder speaks."""

    FRIENDLY = "friendly"
    FIRM = "firm"


class ContactRole(StrEnum):
    """Which of the debtor's contacts is addressed first; without one, whoever gets reminders, then invoices."""

    INVOICE = "invoice"
    FOLLOW_UP = "follow_up"
    ESCALATION = "escalation"


EVERYBODY = frozenset(Capacity)


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """One step. `days` are calendar days from `after`, below zero before the due date; `term_days` is what its letter gives.

    It is meant for `capacities`, and taken only while the open amount is from `least_open` up to `most_open` (in the
    invoice's own currency, both included) and the debtor lives `abroad` or not, where these say so.
    """

    action: Action
    days: int
    after: Moment = Moment.DUE
    channel: Channel = Channel.EMAIL_OR_POST
    tone: Tone = Tone.FRIENDLY
    term: Term = Term.NONE
    term_days: int = 0
    role: ContactRole = ContactRole.FOLLOW_UP
    capacities: frozenset[Capacity] = EVERYBODY
    least_open: Decimal | None = None
    most_open: Decimal | None = None
    abroad: bool | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """The steps of one capacity in their order, each with its key, and the amounts at which a condition changes."""

    steps: tuple[PolicyStep, ...]
    amounts: tuple[Decimal, ...]

    def place_after(self, last: str) -> int:
        """Where a claim goes on whose last step was taken, also where that step is none of this policy.

        Then it goes on after the last step that is no stricter, so that nothing milder follows.
        """
        if not last:
            return 0
        places = [place for place, step in enumerate(self.steps) if step.key == last]
        if places:
            return places[0] + 1
        taken = Action(last.split("-")[0])
        milder = [p for p, step in enumerate(self.steps) if _STRICTNESS[step.action] <= _STRICTNESS[taken]]
        return milder[-1] + 1 if milder else 0

    def amount_class(self, amount: Decimal) -> int:
        """Between which of the conditions' amounts an open amount lies: all amounts of one class meet the same conditions."""
        return sum((amount > limit) + (amount >= limit) for limit in self.amounts)

    def meets_amount(self, step: PolicyStep, amount_class: int) -> bool:
        """Whether an amount of this class lies within the step's conditions."""
        low = 0 if step.least_open is None else 2 * self.amounts.index(step.least_open) + 1
        high = None if step.most_open is None else 2 * self.amounts.index(step.most_open) + 1
        return amount_class >= low and (high is None or amount_class <= high)


# A call is no stricter than the reminder around it, and its place in the list is its own.
_STRICTNESS = {
    Action.COURTESY_NOTICE: 0, Action.REMINDER: 1, Action.CALL: 1, Action.FORMAL_NOTICE: 2, Action.FOURTEEN_DAY: 2,
    Action.HAND_OVER: 3,
}  # fmt: skip


@lru_cache(maxsize=256)
def lane_of(steps: tuple[PolicyStep, ...], capacity: Capacity) -> Lane:
    """The steps a debtor of this capacity goes through."""
    mine = keyed([step for step in steps if capacity in step.capacities])
    limits = {amount for step in mine for amount in (step.least_open, step.most_open) if amount is not None}
    return Lane(tuple(mine), tuple(sorted(limits)))


def keyed(steps: Sequence[PolicyStep]) -> list[PolicyStep]:
    """The steps of a lane with their keys: the action, and from its second time on which time it is."""
    seen: Counter[Action] = Counter()
    named = []
    for step in steps:
        seen[step.action] += 1
        nth = seen[step.action]
        named.append(replace(step, key=step.action.value if nth == 1 else f"{step.action}-{nth}"))
    return named


@dataclass(frozen=True, slots=True)
class StepDates:
    """The last day a step gives, and the first day after its term."""

    pay_by: dt.date | None
    next_from: dt.date


@lru_cache(maxsize=1024)
def dates_of(step: PolicyStep, on: dt.date) -> StepDates:
    """By when a letter of this step, written on a day, asks for payment, and when its term has certainly run out.

    The 14-day letter names no date: its term runs from the day after delivery, so what follows waits for the cautious
    end of the postal presumption (6:96 lid 6 BW; ECLI:NL:HR:2016:2704).

    >>> dates_of(PolicyStep(Action.FORMAL_NOTICE, 14, term=Term.WORKING_DAYS, term_days=5), dt.date(2026, 4, 29)).pay_by
    datetime.date(2026, 5, 7)
    """
    one_day = dt.timedelta(days=1)
    if step.term is Term.STATUTORY:
        return StepDates(None, letter14_dates(on).costs_due_from)
    if step.term is Term.NONE:
        return StepDates(None, on + one_day)
    calendar = step.term is Term.CALENDAR_DAYS
    pay_by = on + step.term_days * one_day if calendar else add_working_days(on, step.term_days)
    return StepDates(pay_by, pay_by + one_day)


def moment_of(step: PolicyStep, due: dt.date, previous: dt.date | None) -> dt.date:
    """The day a step falls on for an invoice; `previous` is the day of the step before, where there is one."""
    base = previous if step.after is Moment.PREVIOUS and previous is not None else due
    return base + dt.timedelta(days=step.days)
