"""What a policy would have done in a period past: each invoice walked through its lane with what is known of it now. Pure.

The walk takes the invoices' own payments, credits and holds as they were, on the days they were known. What another letter
would have done to a debtor is unknowable, so nothing is paid earlier or later for it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from inbaar.dunning.policy import Policy
from inbaar.dunning.policy_steps import Action, Channel, Lane, PolicyStep, dates_of, moment_of
from inbaar.dunning.rules import WAITING, Standing, next_step, runs_on, stage_after
from inbaar.parties.rules import Capacity

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reduction:
    """What lowered an open amount: the day the money was there, the day it was booked, and how much."""

    received_on: dt.date
    known_on: dt.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Past:
    """An invoice with what happened to it. `holds` are days from and to, both included; the end may be open."""

    debtor_id: int
    capacity: Capacity
    abroad: bool
    email: bool
    due_date: dt.date
    payable: Decimal
    reductions: tuple[Reduction, ...] = ()
    holds: tuple[tuple[dt.date, dt.date | None], ...] = ()

    def open_on(self, day: dt.date) -> Decimal:
        """What was open on a day, as it was known then."""
        return self.payable - sum((r.amount for r in self.reductions if r.known_on <= day), Decimal(0))

    def was_paid_on(self, day: dt.date) -> bool:
        """Whether all of it had been received by a day, known or not."""
        return self.payable <= sum((r.amount for r in self.reductions if r.received_on <= day), Decimal(0))


@dataclass(frozen=True, slots=True)
class Would:
    """A step that would have been taken: when, and whether the invoice had been paid by then without anybody knowing."""

    on: dt.date
    step: PolicyStep
    paid: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """What a message costs the client, in euro: an e-mail, a letter on paper, a call."""

    email: Decimal
    post: Decimal
    call: Decimal


@dataclass(slots=True)
class Tally:
    """One step of a policy over all invoices: how often, to how many, in how many messages, at what cost."""

    invoices: int = 0
    paid: int = 0
    debtors: set[int] = field(default_factory=set)
    messages: int = 0
    cost: Decimal = Decimal(0)


@dataclass(slots=True)
class Replay:
    """What a policy would have done: per kind of step, per month, and what it would have left alone."""

    since: dt.date
    until: dt.date
    invoices: int = 0
    untouched: int = 0
    steps: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    months: Counter[tuple[dt.date, str]] = field(default_factory=Counter)

    @property
    def cost(self) -> Decimal:
        """What the messages would have cost together."""
        return sum((tally.cost for tally in self.steps.values()), Decimal(0))

    @property
    def messages(self) -> int:
        """How many messages and calls."""
        return sum(tally.messages for tally in self.steps.values())

    @property
    def paid(self) -> int:
        """How often a step would have been taken for an invoice that had been paid."""
        return sum(tally.paid for tally in self.steps.values())


def walk(past: Past, lane: Lane, since: dt.date, until: dt.date) -> list[Would]:
    """The steps an invoice would have had from one day to another, both included."""
    taken: list[Would] = []
    standing = Standing(WAITING, past.capacity, open=True, pressable=True, abroad=past.abroad)
    day, free, previous = since, since, None
    while True:
        step = next_step(_at(standing, past, lane, day), lane)
        if step is None:
            return taken
        moment = moment_of(step, past.due_date, previous)
        on = _possible(past, max(moment, day) if step.action is Action.CALL else max(moment, day, free))
        if on is None or on > until or past.open_on(on) <= 0:
            return taken
        if next_step(_at(standing, past, lane, on), lane) != step:
            # By then another step is the next one: a condition changed on the way, or it is too late for this one.
            day = on
            continue
        taken.append(Would(on, step, past.was_paid_on(on)))
        moved = step.action not in (Action.CALL, Action.COURTESY_NOTICE)
        stage = stage_after(step.action) if moved else standing.stage
        standing = replace(standing, stage=stage, last=step.key)
        if step.action.is_letter:
            free = max(free, dates_of(step, on).next_from)
        day, previous = on + _DAY, on


def _at(standing: Standing, past: Past, lane: Lane, day: dt.date) -> Standing:
    amount_class = lane.amount_class(past.open_on(day)) if lane.amounts else 0
    before_due = past.due_date > day
    if (standing.amount_class, standing.before_due) == (amount_class, before_due):
        return standing
    return replace(standing, amount_class=amount_class, before_due=before_due)


def _possible(past: Past, day: dt.date) -> dt.date | None:
    """The first day from this one on which letters leave and nothing held the claim; None where it is held for good."""
    while True:
        held = [until for since, until in past.holds if since <= day and (until is None or until >= day)]
        if None in held:
            return None
        after = max([until + _DAY for until in held if until], default=day)
        while not runs_on(after):
            after += _DAY
        if after == day:
            return day
        day = after


def replay(pasts: Iterable[Past], policy: Policy, prices: Prices, since: dt.date, until: dt.date) -> Replay:
    """What a policy would have done for these invoices; a debtor's letters of one day are one, as in the run."""
    found = Replay(since, until)
    bundles: set[tuple[int, dt.date, bool, Channel]] = set()
    for past in pasts:
        found.invoices += 1
        steps = walk(past, policy.lane(past.capacity), since, until)
        found.untouched += not steps
        for would in steps:
            _count(found, bundles, past, would, prices)
    return found


def _count(
    found: Replay,
    bundles: set[tuple[int, dt.date, bool, Channel]],
    past: Past,
    would: Would,
    prices: Prices,
) -> None:
    step, action = would.step, would.step.action
    tally = found.steps[step.key]
    tally.invoices += 1
    tally.paid += would.paid
    tally.debtors.add(past.debtor_id)
    if action is Action.HAND_OVER:
        return
    bundle = (
        past.debtor_id,
        would.on,
        action is Action.COURTESY_NOTICE,
        Channel.PHONE if action is Action.CALL else Channel.NONE,
    )
    if bundle in bundles:
        return
    bundles.add(bundle)
    tally.messages += 1
    by_mail = past.email and step.channel is Channel.EMAIL_OR_POST
    tally.cost += prices.call if action is Action.CALL else prices.email if by_mail else prices.post
    found.months[would.on.replace(day=1), action.value] += 1
