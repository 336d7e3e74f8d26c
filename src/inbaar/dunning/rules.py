"""The dunning policy as pure decisions: which step, or why none, for an invoice that is due for a look.

The default Dutch policy: a reminder at once after the due date, then the formal notice with a date five working days
on; for a consumer the 14-day letter instead. Nothing is sent for what is paid, held or disputed.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from inbaar.kit.errors import Refusal
from inbaar.law.calendar import add_working_days, is_working_day
from inbaar.law.letter14 import letter14_dates
from inbaar.parties.rules import Capacity

WAITING, REMINDED, NOTICED, HANDED_OVER, CLOSED = "waiting", "reminded", "noticed", "handed_over", "closed"
REMINDER, FORMAL_NOTICE, FOURTEEN_DAY, HAND_OVER = (
    "reminder",
    "formal_notice",
    "fourteen_day_letter",
    "hand_over",
)
MAX_NOTICE_WORKING_DAYS = 5
SENDING_HOURS = (8, 18)
DUTCH_TIME = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Policy:
    """A client's dunning policy. Days after due are calendar days; terms run from the letter's date.

    `notice_working_days` is at most five (DUN-04). Proof of delivery is asked for when a claim is ready to be handed over.
    """

    reminder_after_due_days: int = 1
    business_reminder_term_days: int = 7
    consumer_reminder_term_days: int = 14
    notice_after_due_days: int = 14
    notice_working_days: int = 5
    proof_within_days: int = 14

    def __post_init__(self) -> None:
        if not 1 <= self.notice_working_days <= MAX_NOTICE_WORKING_DAYS:
            raise ValueError(
                f"a formal notice gives 1 to {MAX_NOTICE_WORKING_DAYS} working days, not {self.notice_working_days}"
            )
        if self.reminder_after_due_days < 1:
            raise ValueError("a reminder goes out after the due date: 1 day or more")


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides about one invoice on one day, without the invoice itself, so that equal cases are decided once.

    `pressable` tells whether anything is open that is not disputed; `hold` is the kind of a hold on the whole claim
    and `hold_until` its last day; `explained` tells that an unmatched payment could be its payment. `undelivered` tells
    that the letter of the stage has not left yet, `delivered_on` the day it did. `unsent` tells that the debtor has not
    got the invoice itself, `term_until` the last day to pay of one that was sent too late for its own date.
    """

    stage: str
    capacity: Capacity
    open: bool
    pressable: bool
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
    """What to do: `send` or `hand_over` a step, `wait` for something and look again, or `close`."""

    act: str
    step: str = ""
    waits_for: str = ""
    look_again_on: dt.date | None = None


def decide(standing: Standing, on: dt.date) -> Decision:
    """The act for one invoice on a working day. A refusal to send is a `wait` that names its reason."""
    if not standing.open:
        return Decision("close")
    tomorrow = on + dt.timedelta(days=1)
    reason = _reason_to_wait(standing, on)
    if reason:
        until = last_day_of(reason, standing)
        again = until + dt.timedelta(days=1) if until else tomorrow
        return Decision("wait", waits_for=reason, look_again_on=max(again, tomorrow))
    if standing.stage == WAITING:
        return Decision("send", REMINDER)
    runs_out = _term_after_delivery(standing)
    if runs_out is not None and runs_out > on:
        return Decision("wait", waits_for="term_runs", look_again_on=runs_out)
    if standing.stage == REMINDED:
        return Decision("send", FOURTEEN_DAY if standing.capacity is Capacity.CONSUMER else FORMAL_NOTICE)
    if standing.stage == NOTICED:
        return Decision("hand_over", HAND_OVER)
    return Decision("close")


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


def _term_after_delivery(standing: Standing) -> dt.date | None:
    """The first day after the term of the stage's letter, counted from the day it really left.

    Only the 14-day letter's term runs from delivery; the others print a date.
    """
    if (
        standing.delivered_on is None
        or standing.stage != NOTICED
        or standing.capacity is not Capacity.CONSUMER
    ):
        return None
    return dates_of(FOURTEEN_DAY, standing.delivered_on, standing.capacity).next_from


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


@dataclass(frozen=True, slots=True)
class StepDates:
    """The last day a step gives, and the first day on which the next look is due, before the policy's own offset."""

    pay_by: dt.date | None
    next_from: dt.date


@lru_cache(maxsize=256)
def dates_of(step: str, on: dt.date, capacity: Capacity, policy: Policy = DEFAULT_POLICY) -> StepDates:
    """By when a letter of this step asks for payment, and when its term has certainly run out.

    The 14-day letter names no date: its term runs from the day after delivery, so the next step waits for the cautious
    end of the postal presumption (6:96 lid 6 BW; ECLI:NL:HR:2016:2704).

    >>> dates_of("formal_notice", dt.date(2026, 4, 29), Capacity.BUSINESS).pay_by
    datetime.date(2026, 5, 7)
    """
    one_day = dt.timedelta(days=1)
    if step == REMINDER:
        consumer = capacity is Capacity.CONSUMER
        days = policy.consumer_reminder_term_days if consumer else policy.business_reminder_term_days
        pay_by = on + dt.timedelta(days=days)
        return StepDates(pay_by, pay_by + one_day)
    if step == FORMAL_NOTICE:
        pay_by = add_working_days(on, policy.notice_working_days)
        return StepDates(pay_by, pay_by + one_day)
    return StepDates(None, letter14_dates(on).costs_due_from)


def stage_after(step: str) -> str:
    """Where an invoice stands once a step was taken."""
    return {REMINDER: REMINDED, FORMAL_NOTICE: NOTICED, FOURTEEN_DAY: NOTICED, HAND_OVER: HANDED_OVER}[step]
