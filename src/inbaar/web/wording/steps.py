"""The names of dunning steps and letters, what follows a stage, and why an invoice waits."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from inbaar.dunning.rules import (
    FORMAL_NOTICE,
    FOURTEEN_DAY,
    HAND_OVER,
    REMINDER,
    refusal_of,
    runs_on,
)
from inbaar.web.wording.arrangements import LETTERS

STEP_NAMES = {
    "invoice": noop("letter with invoice"),
    "debit_notice": noop("notice of a direct debit"),
    "register_notice": noop("request to settle"),
    **LETTERS,
    "courtesy_notice": noop("notice in advance"),
    REMINDER: noop("reminder"),
    "call": noop("phone call"),
    FORMAL_NOTICE: noop("formal notice"),
    FOURTEEN_DAY: noop("14-day letter"),
    HAND_OVER: noop("ready to hand over"),
}
WAIT_WORDS = {
    "dispute": noop("disputed"),
    "pause": noop("paused"),
    "promise": noop("promised"),
    "plan": noop("payment plan"),
    "insolvency": noop("insolvent"),
    "not_sent": noop("not sent yet"),
    "sent_late": noop("sent after its due date"),
    "unmatched_payment": noop("perhaps paid"),
    "stale_bank": noop("bank news too old"),
    "skipped": noop("left out of a run"),
    "before_start": noop("older than the start"),
    "law_not_covered": noop("law gives no figure"),
    "letter_refused": noop("letter lacks something"),
    "not_delivered": noop("letter has not left"),
    "term_runs": noop("term still runs"),
    "paid_as_asked": noop("paid as asked"),
    "policy_ends": noop("policy has no next step"),
    "weekend": noop("no working day"),
}
# The sentences of `dunning.rules.refusal_of`, so that they are translated.
RULE_WORDS = (
    noop("nobody is reminded of an invoice he has not got"), noop("the invoice was not sent to the debtor yet"),
    noop("send it, or say when it was sent"),
    noop("an invoice that comes after its own due date gives thirty days (6:119a lid 2 BW)"),
    noop("the invoice was sent when its due date had come"), noop("wait for the end of the term"),
    noop("nothing is pressed for while it is disputed"), noop("the claim is disputed"), noop("settle the dispute"),
    noop("a paused claim rests"), noop("the claim is paused"), noop("wait for its end or release it"),
    noop("a promise is waited for"), noop("the debtor promised to pay"), noop("wait for the promised day"),
    noop("a running plan is waited for"), noop("a payment plan runs"), noop("wait for the plan"),
    noop("a bankrupt is not dunned"), noop("the debtor is insolvent"), noop("file the claim with the trustee"),
    noop("never chase what may be paid"), noop("an unmatched payment could be this invoice's"),
    noop("match or dismiss the payment"), noop("never chase on old bank news"), noop("the bank's news is too old"),
    noop("read a newer statement"), noop("a person left it out of this run"), noop("left out for today"),
    noop("nothing; the next run takes it up"), noop("letters leave on working days"), noop("this is no working day"),
    noop("nothing; the next working day"), noop("no amount without the law's own figures"),
    noop("the law's tables do not cover this claim"), noop("ask a person to reckon it"),
    noop("no letter that is unlawful or incomplete"), noop("the letter cannot be written"),
    noop("see the timeline and mend what lacks"), noop("an old ledger is not dunned by itself"),
    noop("it was due before dunning began here"), noop("start it by hand"),
    noop("no next step before the letter has left"), noop("the last letter has not left yet"),
    noop("send it: mend the address, post it, or start the mail server"),
    noop("no next step while the term runs"), noop("the letter's term still runs"), noop("the claim is on hold"), noop("release the hold"),
    noop("who pays what the last letter asked is pressed no further"),
    noop("the last letter was paid; what is left is interest that ran on meanwhile"),
    noop("waive the rest, or hand it over by hand"), noop("nothing happens that the policy does not say"),
    noop("the policy has no further step for this claim"), noop("take the next step by hand, or change the policy"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why nothing goes out: the rule, the fact, what would change it, and from when, if a day is known."""

    rule: str
    fact: str
    next_step: str
    passes_on: dt.date | None


def step_name(step: str) -> str:
    """A step's name in the language of the page, by its kind or its key: `reminder`, `reminder-2`."""
    kind, *again = step.split("-")
    name = _(STEP_NAMES[kind]) if kind in STEP_NAMES else step
    return _("%(step)s %(nth)s") % {"step": name, "nth": again[0]} if again else name


def step_count(step: str, count: int) -> str:
    """How many of a step: `5 reminders`."""
    forms = {
        "courtesy_notice": ngettext("%(count)s notice in advance", "%(count)s notices in advance", count),
        "call": ngettext("%(count)s phone call", "%(count)s phone calls", count),
        REMINDER: ngettext("%(count)s reminder", "%(count)s reminders", count),
        FORMAL_NOTICE: ngettext("%(count)s formal notice", "%(count)s formal notices", count),
        FOURTEEN_DAY: ngettext("%(count)s 14-day letter", "%(count)s 14-day letters", count),
        HAND_OVER: ngettext(
            "%(count)s invoice ready to hand over", "%(count)s invoices ready to hand over", count
        ),
    }
    return forms[step] % {"count": count}


#: How a call ended, as `dunning.calls.Outcome` names it.
OUTCOMES = {
    "spoken": noop("spoken"),
    "voicemail": noop("message left"),
    "no_answer": noop("no answer"),
    "wrong_number": noop("wrong number"),
    "lapsed": noop("not made before the next letter"),
}


def outcome_words(outcome: str) -> str:
    """How a call ended, in a word or two."""
    return _(OUTCOMES[outcome]) if outcome in OUTCOMES else outcome


def wait_word(reason: str) -> str:
    """A reason to wait in a word or two."""
    return _(WAIT_WORDS[reason]) if reason in WAIT_WORDS else reason


def waiting(reason: str, on: dt.date, until: dt.date | None = None) -> Waiting:
    """A reason to wait as its rule, fact and way out."""
    refusal = refusal_of(reason, on, until)
    passes = refusal.passes_on if isinstance(refusal.passes_on, dt.date) else None
    return Waiting(_(refusal.rule), _(refusal.fact), _(refusal.next_step), passes)


def run_day(due_on: dt.date, today: dt.date) -> dt.date:
    """The day on which the run takes up what is due: a working day, and not before today."""
    day = max(due_on, today)
    while not runs_on(day):
        day += dt.timedelta(days=1)
    return day
