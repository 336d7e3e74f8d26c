"""A dunning policy: its steps, the rules they keep, and the policy that works after install. Pure.

What breaks a rule cannot be made, whoever writes it: a notice without a reminder, more than five working days, the notice for
businesses to a consumer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inbaar.dunning.policy_steps import (
    EVERYBODY,
    Action,
    Channel,
    ContactRole,
    Lane,
    Moment,
    PolicyStep,
    Term,
    Tone,
    lane_of,
)
from inbaar.kit.errors import Refusal, Refused
from inbaar.parties.rules import Capacity

MAX_NOTICE_WORKING_DAYS = 5
MOST_STEPS = 20
FURTHEST_DAY = 365
EARLIEST_DAY = -60
MOST_TERM_DAYS = 60
LEAST_CONSUMER_TERM_DAYS = 7


@dataclass(frozen=True, slots=True)
class Policy:
    """A client's dunning policy. Raises `Refused` with every rule its steps break."""

    steps: tuple[PolicyStep, ...]

    def __post_init__(self) -> None:
        if refusals := problems(self.steps):
            raise Refused(*refusals)

    def lane(self, capacity: Capacity) -> Lane:
        """The steps a debtor of this capacity goes through."""
        return lane_of(self.steps, capacity)


def problems(steps: Sequence[PolicyStep]) -> tuple[Refusal, ...]:
    """Every rule these steps break; empty if they make a policy."""
    found: list[Refusal] = []
    if not 1 <= len(steps) <= MOST_STEPS:
        found.append(
            _no(
                "policy-steps",
                "a policy has steps, and not too many to oversee",
                f"{len(steps)} steps",
                f"1 to {MOST_STEPS}",
            )
        )
    for place, step in enumerate(steps, 1):
        found += _step_problems(place, step)
    for capacity in Capacity:
        lane = [(place, step) for place, step in enumerate(steps, 1) if capacity in step.capacities]
        found += _lane_problems(capacity, lane)
    return tuple(dict.fromkeys(found))


def _no(code: str, rule: str, fact: str, limit: str, next_step: str = "") -> Refusal:
    return Refusal(code, rule, fact, limit, "never", next_step)


def _step_problems(place: int, step: PolicyStep) -> Iterator[Refusal]:
    told = f"step {place} ({step.action})"
    if not step.capacities:
        yield _no(
            "policy-nobody", "a step is meant for somebody", told, "a consumer, a business or a government"
        )
    if not EARLIEST_DAY <= step.days <= FURTHEST_DAY:
        yield _no(
            "policy-days",
            "a step falls within a year of the due date or of the step before it",
            f"{told}: {step.days} days",
            f"{EARLIEST_DAY} to {FURTHEST_DAY}",
        )
    yield from _moment_problems(told, step)
    yield from _term_problems(told, step)
    yield from _channel_problems(told, step)
    low, high = step.least_open, step.most_open
    if (
        (low is not None and low < 0)
        or (high is not None and high <= 0)
        or (low is not None and high is not None and low > high)
    ):
        yield _no(
            "policy-amounts",
            "the amounts of a condition run from low to high, above zero",
            f"{told}: {low} to {high}",
            "a lowest amount of 0.00 or more, and a highest at least as high",
        )


def _moment_problems(told: str, step: PolicyStep) -> Iterator[Refusal]:
    if step.action is Action.COURTESY_NOTICE:
        if step.after is not Moment.DUE or step.days >= 0:
            yield _no(
                "policy-courtesy-late",
                "a notice that an invoice falls due comes before it does",
                f"{told}: {step.days} days from {step.after}",
                "1 to 60 days before the due date",
            )
    elif step.after is Moment.DUE and step.days < 1:
        yield _no(
            "policy-early",
            "DUN-01: nothing is asked before the term has expired",
            f"{told}: {step.days} days after due",
            "1 day after the due date, or more",
        )
    elif step.after is Moment.PREVIOUS and step.days < 0:
        yield _no(
            "policy-backwards",
            "a step follows the one before it",
            f"{told}: {step.days} days after it",
            "0 days or more",
        )


def _term_problems(told: str, step: PolicyStep) -> Iterator[Refusal]:
    given = f"{told}: {step.term_days} {step.term}"
    if step.action is Action.FORMAL_NOTICE:
        if step.term is not Term.WORKING_DAYS or not 1 <= step.term_days <= MAX_NOTICE_WORKING_DAYS:
            yield _no(
                "policy-notice-term",
                "DUN-04: the date in a formal notice is at most five working days away",
                given,
                f"1 to {MAX_NOTICE_WORKING_DAYS} working days",
            )
    elif step.action is Action.FOURTEEN_DAY:
        if step.term is not Term.STATUTORY:
            yield _no(
                "policy-fourteen-days",
                "artikel 6:96 lid 6 BW: the term of the 14-day letter is the law's",
                given,
                "fourteen days from the day after delivery",
            )
    elif step.action is Action.REMINDER:
        dated = step.term in (Term.CALENDAR_DAYS, Term.WORKING_DAYS)
        if not dated or not 1 <= step.term_days <= MOST_TERM_DAYS:
            yield _no(
                "policy-term", "DUN-01: a letter says by when to pay", given, f"1 to {MOST_TERM_DAYS} days"
            )
        elif Capacity.CONSUMER in step.capacities and step.term_days < LEAST_CONSUMER_TERM_DAYS:
            yield _no(
                "policy-consumer-term",
                "artikel 6:82 BW: the reminder puts a consumer in default, after a reasonable term",
                given,
                f"{LEAST_CONSUMER_TERM_DAYS} days or more; 14 is usual",
            )
    elif step.term is not Term.NONE:
        yield _no("policy-no-term", "only a letter that asks to pay gives a term", given, "no term")


def _channel_problems(told: str, step: PolicyStep) -> Iterator[Refusal]:
    may = {Action.CALL: (Channel.PHONE,), Action.HAND_OVER: (Channel.NONE,)}.get(
        step.action, (Channel.EMAIL_OR_POST, Channel.POST)
    )
    if step.channel not in may:
        yield _no(
            "policy-channel",
            "letters are mailed or posted, calls are made, and a hand-over goes to nobody yet",
            f"{told} by {step.channel}",
            ", ".join(may),
        )
    if step.tone is not Tone.FRIENDLY and step.action is not Action.REMINDER:
        yield _no(
            "policy-tone",
            "only reminders have more than one tone: what a notice must say is fixed",
            f"{told}: {step.tone}",
            Tone.FRIENDLY,
        )


@dataclass(slots=True)
class _SoFar:
    """What of a lane came before a step."""

    reminded: bool = False
    noticed: bool = False
    ended: bool = False
    last_due: int = EARLIEST_DAY
    before: PolicyStep | None = None

    def take(self, step: PolicyStep) -> None:
        """Count a step in."""
        self.reminded |= step.action is Action.REMINDER
        self.noticed |= step.action.is_notice
        self.ended |= step.action is Action.HAND_OVER
        if step.after is Moment.DUE:
            self.last_due = max(self.last_due, step.days)
        self.before = step


def _lane_problems(capacity: Capacity, lane: Sequence[tuple[int, PolicyStep]]) -> Iterator[Refusal]:
    """The order of the steps one capacity goes through."""
    so_far = _SoFar()
    for place, step in lane:
        told = f"step {place} ({step.action}) for a {capacity}"
        yield from _for_whom_problems(told, step, capacity)
        yield from _order_problems(told, step, so_far)
        so_far.take(step)


def _for_whom_problems(told: str, step: PolicyStep, capacity: Capacity) -> Iterator[Refusal]:
    consumer = capacity is Capacity.CONSUMER
    if step.action is Action.FORMAL_NOTICE and consumer:
        rule = "DUN-10, artikel 6:96 lid 6 BW: a consumer gets the 14-day letter"
        yield _no("policy-notice-to-consumer", rule, told, "the 14-day letter")
    if step.action is Action.FOURTEEN_DAY and not consumer:
        rule = "artikel 6:96 lid 6 BW: the 14-day letter is for consumers"
        yield _no("policy-fourteen-to-business", rule, told, "the formal notice")


def _order_problems(told: str, step: PolicyStep, so_far: _SoFar) -> Iterator[Refusal]:
    action, before = step.action, so_far.before
    wrong = (
        (so_far.ended, "policy-after-end", "nothing follows the hand-over", "the hand-over as the last step"),
        (action.is_notice and not so_far.reminded,
         "policy-notice-first", "DUN-09: no formal notice before a reminder", "a reminder before it"),
        (action.is_notice and so_far.noticed,
         "policy-two-notices", "one notice: its date and its costs stand", "one notice"),
        (action is Action.HAND_OVER and not so_far.noticed,
         "policy-hand-over-first", "DUN-06: what is handed over was warned of", "a formal notice before it"),
        (so_far.noticed and action in (Action.REMINDER, Action.COURTESY_NOTICE),
         "policy-milder", "nothing milder follows the notice", "reminders before the notice"),
        (so_far.reminded and action is Action.COURTESY_NOTICE,
         "policy-milder", "nothing milder follows a reminder", "before the reminders"),
        (step.after is Moment.PREVIOUS and (before is None or before.action is Action.COURTESY_NOTICE),
         "policy-no-previous", "a step that follows another needs one after the due date before it", "days from the due date"),
    )  # fmt: skip
    for breaks, code, rule, limit in wrong:
        if breaks:
            yield _no(code, rule, told, limit)
    if step.after is Moment.DUE and step.days < so_far.last_due:
        rule = "steps stand in the order of their days"
        yield _no("policy-order", rule, f"{told}: {step.days} days", f"{so_far.last_due} days or more")


_CONSUMER = frozenset({Capacity.CONSUMER})
_OTHERS = EVERYBODY - _CONSUMER
#: What works after install (UI-18): a reminder at once, then the formal notice with five working days, for a consumer the
#: 14-day letter; what that does not bring in is ready to be handed over.
DEFAULT_POLICY = Policy(
    (
        PolicyStep(
            Action.REMINDER, 1, term=Term.CALENDAR_DAYS, term_days=7, capacities=_OTHERS
        ),
        PolicyStep(Action.REMINDER, 1, term=Term.CALENDAR_DAYS, term_days=14, capacities=_CONSUMER),
        PolicyStep(
            Action.FORMAL_NOTICE, 14, term=Term.WORKING_DAYS, term_days=5, role=ContactRole.ESCALATION,
            capacities=_OTHERS,
        ),
        PolicyStep(
            Action.FOURTEEN_DAY, 14, term=Term.STATUTORY, role=ContactRole.ESCALATION, capacities=_CONSUMER,
        ),
        PolicyStep(Action.HAND_OVER, 0, Moment.PREVIOUS, Channel.NONE),
    )
)  # fmt: skip
