"""What to do with an invoice that is due for a look, as pure decisions: which step of its policy, or why none.

Nothing is sent for what is paid, held or disputed, before its day, or before the step it rests on.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from inbaar.dunning.policy_steps import Action, Lane, Moment, PolicyStep, Term, dates_of
from inbaar.kit.errors import Refusal
from inbaar.law.calendar import is_working_day
from inbaar.parties.rules import Capacity

WAITING, REMINDED, NOTICED, HANDED_OVER, CLOSED = "waiting", "reminded", "noticed", "handed_over", "closed"
REMINDER, FORMAL_NOTICE, FOURTEEN_DAY, HAND_OVER = (
    Action.REMINDER.value,
    Action.FORMAL_NOTICE.value,
    Action.FOURTEEN_DAY.value,
    Action.HAND_OVER.value,
)
SENDING_HOURS = (8, 18)
DUTCH_TIME = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides about one invoice on one day, without the invoice itself, so that equal cases are decided once.

    `policy` is the id of the policy that holds for its debtor, `last` the key of the last step taken and `planned` of the
    one this is the day of. `pressable` tells whether anything is open that is not disputed, `amount_class` between which of
    the lane's amounts it lies; `hold` is the kind of a hold on the whole claim and `hold_until` its last day; `explained`
    tells that an unmatched payment could be its payment. `undelivered` tells that the last letter has not left yet,
    `delivered_on` the day it did. `unsent` tells that the debtor has not got the invoice itself, `term_until` the last day to
    pay of one that was sent too late for its own date.
    """

    stage: str
    capacity: Capacity
    open: bool
    pressable: bool
    policy: int = 0
    last: str = ""
    planned: str = ""
    amount_class: int = 0
    abroad: bool = False
    before_due: bool = False
    hold: str = ""
    hold_until: dt.date | None = None
    explained: bool = False
    skipped: bool = False
    bank_stale: bool = False
    undelivered: bool = False
    delivered_on: dt.date | None = None
    unsent: bool = False
    term_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do: `send` a letter, `call` or `hand_over`, `wait` for something and look again, `plan` another step than the
    one this was the day of, or `close`.
    """

    act: str
    step: PolicyStep | None = None
    waits_for: str = ""
    look_again_on: dt.date | None = None

    @property
    def kind(self) -> str:
        """What the step is, empty without one."""
        return self.step.action.value if self.step else ""


def decide(standing: Standing, on: dt.date, lane: Lane) -> Decision:
    """The act for one invoice on a working day. A refusal to send is a `wait` that names its reason."""
    if not standing.open:
        return Decision("close")
    tomorrow = on + dt.timedelta(days=1)
    reason = _reason_to_wait(standing, on)
    if reason:
        until = last_day_of(reason, standing)
        again = until + dt.timedelta(days=1) if until else tomorrow
        return Decision("wait", waits_for=reason, look_again_on=max(again, tomorrow))
    if standing.stage in (HANDED_OVER, CLOSED):
        return Decision("close")
    step = next_step(standing, lane)
    if step is None:
        return Decision("wait", waits_for="policy_ends")
    if step.key != standing.planned:
        return Decision("plan", step)
    runs_out = _runs_out(standing, lane, step)
    if runs_out is not None and runs_out > on:
        return Decision("wait", waits_for="term_runs", look_again_on=runs_out)
    if step.action.is_letter:
        return Decision("send", step)
    return Decision("call" if step.action is Action.CALL else "hand_over", step)


def next_step(standing: Standing, lane: Lane) -> PolicyStep | None:
    """The step that follows the last one for a claim as it stands; None at the policy's end."""
    steps = lane.steps[lane.place_after(standing.last) :]
    return next((step for step in steps if _applies(standing, lane, step)), None)


def _applies(standing: Standing, lane: Lane, step: PolicyStep) -> bool:
    """Whether a step is for this claim: its conditions hold, what it rests on was done, and its time has not passed."""
    if step.action is Action.COURTESY_NOTICE and not standing.before_due:
        return False
    if step.action.is_notice and standing.stage != REMINDED:
        return False
    if step.action is Action.HAND_OVER and standing.stage != NOTICED:
        return False
    if step.abroad is not None and step.abroad != standing.abroad:
        return False
    return lane.meets_amount(step, standing.amount_class)


def last_day_of(reason: str, standing: Standing) -> dt.date | None:
    """The last day of a reason to wait that ends by itself on a known day."""
    if reason == "sent_late":
        return standing.term_until
    return standing.hold_until if reason == standing.hold else None


def _reason_to_wait(standing: Standing, on: dt.date) -> str:
    reasons = (
        (standing.unsent, "not_sent"),
        (bool(standing.hold), standing.hold),
        (standing.term_until is not None and standing.term_until >= on, "sent_late"),
        (not standing.pressable, "dispute"),
        (standing.explained, "unmatched_payment"),
        (standing.bank_stale, "stale_bank"),
        (standing.skipped, "skipped"),
        (standing.undelivered, "not_delivered"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def _runs_out(standing: Standing, lane: Lane, step: PolicyStep) -> dt.date | None:
    """The first day on which a step may follow a letter that really left on a day.

    The 14-day letter's term runs from delivery; the others print a date. What counts from the step before counts from that
    day as well. A call waits for no term.
    """
    if standing.delivered_on is None or step.action is Action.CALL:
        return None
    days = [standing.delivered_on + dt.timedelta(days=step.days)] if step.after is Moment.PREVIOUS else []
    if standing.stage == NOTICED:
        days += [
            dates_of(taken, standing.delivered_on).next_from
            for taken in lane.steps
            if taken.term is Term.STATUTORY
        ]
    return max(days, default=None)


def refusal_of(reason: str, on: dt.date, until: dt.date | None = None) -> Refusal:
    """A reason to wait as a refusal: rule, fact, limit and when it passes (BEY-08)."""
    rule, fact, next_step = _WAITING_WORDS.get(reason, ("the claim is on hold", reason, "release the hold"))
    return Refusal(
        code=f"dunning-{reason}",
        rule=rule,
        fact=fact,
        limit="no such reason stands",
        passes_on=until + dt.timedelta(days=1) if until else None,
        next_step=next_step,
    )


_WAITING_WORDS = {
    "not_sent": (
        "nobody is reminded of an invoice he has not got",
        "the invoice was not sent to the debtor yet",
        "send it, or say when it was sent",
    ),
    "sent_late": (
        "an invoice that comes after its own due date gives thirty days (6:119a lid 2 BW)",
        "the invoice was sent when its due date had come",
        "wait for the end of the term",
    ),
    "dispute": ("nothing is pressed for while it is disputed", "the claim is disputed", "settle the dispute"),
    "pause": ("a paused claim rests", "the claim is paused", "wait for its end or release it"),
    "promise": ("a promise is waited for", "the debtor promised to pay", "wait for the promised day"),
    "plan": ("a running plan is waited for", "a payment plan runs", "wait for the plan"),
    "insolvency": ("a bankrupt is not dunned", "the debtor is insolvent", "file the claim with the trustee"),
    "unmatched_payment": (
        "never chase what may be paid",
        "an unmatched payment could be this invoice's",
        "match or dismiss the payment",
    ),
    "stale_bank": ("never chase on old bank news", "the bank's news is too old", "read a newer statement"),
    "law_not_covered": (
        "no amount without the law's own figures",
        "the law's tables do not cover this claim",
        "ask a person to reckon it",
    ),
    "letter_refused": (
        "no letter that is unlawful or incomplete",
        "the letter cannot be written",
        "see the timeline and mend what lacks",
    ),
    "before_start": (
        "an old ledger is not dunned by itself",
        "it was due before dunning began here",
        "start it by hand",
    ),
    "not_delivered": (
        "no next step before the letter has left",
        "the last letter has not left yet",
        "send it: mend the address, post it, or start the mail server",
    ),
    "term_runs": (
        "no next step while the term runs",
        "the letter's term still runs",
        "nothing; the next run takes it up",
    ),
    "paid_as_asked": (
        "who pays what the last letter asked is pressed no further",
        "the last letter was paid; what is left is interest that ran on meanwhile",
        "waive the rest, or hand it over by hand",
    ),
    "policy_ends": (
        "nothing happens that the policy does not say",
        "the policy has no further step for this claim",
        "take the next step by hand, or change the policy",
    ),
    "skipped": (
        "a person left it out of this run",
        "left out for today",
        "nothing; the next run takes it up",
    ),
    "weekend": ("letters leave on working days", "this is no working day", "nothing; the next working day"),
}


def runs_on(day: dt.date) -> bool:
    """Letters leave on working days of the Dutch legal calendar only (ASK-17)."""
    return is_working_day(day)


def next_sending_moment(moment: dt.datetime) -> dt.datetime:
    """The moment itself if letters may leave then, else the next one: working days, 08:00 to 18:00 Dutch time (ASK-17).

    Refuses a moment without a time zone.

    >>> next_sending_moment(dt.datetime(2026, 11, 20, 18, 0, tzinfo=DUTCH_TIME)).isoformat()
    '2026-11-23T08:00:00+01:00'
    """
    if moment.tzinfo is None:
        raise ValueError("a sending moment needs its time zone")
    local = moment.astimezone(DUTCH_TIME)
    opens = local.replace(hour=SENDING_HOURS[0], minute=0, second=0, microsecond=0)
    if runs_on(local.date()) and SENDING_HOURS[0] <= local.hour < SENDING_HOURS[1]:
        return moment
    if not runs_on(local.date()) or local >= opens:
        opens += dt.timedelta(days=1)
    while not runs_on(opens.date()):
        opens += dt.timedelta(days=1)
    return opens


def leaves_from(on: dt.date, moment: dt.datetime) -> dt.datetime:
    """When a letter of a day may leave that is written at a moment: in the sending hours, and not before its own day."""
    opens = dt.datetime.combine(on, dt.time(SENDING_HOURS[0]), DUTCH_TIME)
    return next_sending_moment(max(moment, opens))


def stage_after(step: str) -> str:
    """Where an invoice stands once a step of this kind was taken, for the kinds that move it."""
    return {REMINDER: REMINDED, FORMAL_NOTICE: NOTICED, FOURTEEN_DAY: NOTICED, HAND_OVER: HANDED_OVER}[step]
