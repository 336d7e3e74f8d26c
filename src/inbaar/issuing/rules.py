"""Whether an invoice may be sent to its debtor now, and what whoever sends it should know. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.errors import Refusal
from inbaar.receivables.rules import term_when_sent
from inbaar.receivables.verdicts import Verdict

#: Less than this many days to pay is little for who must first approve an invoice: it is said before it is sent.
SHORT_TERM_DAYS = 14


@dataclass(frozen=True, slots=True)
class Sendable:
    """How one invoice stands: whether it is yet to be sent, is on its way, and what holds it up.

    `hold` is the kind of a hold on all of the claim, `explained` that an unmatched payment could be its payment.
    """

    number: str
    due_date: dt.date
    open_amount: Decimal
    yet_to_be_sent: bool
    on_its_way: bool
    withdrawn: bool
    hold: str
    explained: bool


def may_send(facts: Sendable) -> Verdict:
    """Sent once, while something is open, and never while a hold stands; every rule that refuses is named."""
    if not facts.yet_to_be_sent or facts.withdrawn:
        return _no("sent-before", "an invoice is sent once", f"{facts.number} is not yet to be sent", "one that is",
                   "nothing needs to be done")  # fmt: skip
    if facts.on_its_way:
        return _no("sent-on-its-way", "an invoice is sent once", "a message with it is on its way", "no message",
                   "hold that message back first")  # fmt: skip
    if not facts.open_amount:
        return _no("sent-settled", "the letter with an invoice asks what is open", "nothing is open",
                   "more than 0.00 open", "send it yourself, and say when")  # fmt: skip
    refusals = []
    if facts.hold:
        refusals.append(Refusal("sent-held", "nothing leaves while a hold stands", facts.hold, "no hold",
                                next_step="release the hold"))  # fmt: skip
    if facts.explained:
        refusals.append(
            Refusal("sent-explained", "nothing is asked that may be paid", "an unmatched payment could be this invoice's",
                    "no such payment", next_step="match or dismiss the payment")
        )  # fmt: skip
    return Verdict(tuple(refusals))


def pay_by(due_date: dt.date, on: dt.date) -> dt.date:
    """By when a letter of a day with this invoice asks payment: on its own date, if that is still to come."""
    return term_when_sent(due_date, on) or due_date


def warnings_of(due_date: dt.date, on: dt.date) -> tuple[str, ...]:
    """What to know of the term before an invoice is sent: `due-come` or `due-soon`, or nothing.

    >>> day = dt.date(2026, 6, 30)
    >>> warnings_of(day, day), warnings_of(day, day - dt.timedelta(13)), warnings_of(day, day - dt.timedelta(14))
    (('due-come',), ('due-soon',), ())
    """
    if on >= due_date:
        return ("due-come",)
    return ("due-soon",) if (due_date - on).days < SHORT_TERM_DAYS else ()


def _no(code: str, rule: str, fact: str, limit: str, next_step: str) -> Verdict:
    return Verdict((Refusal(code, rule, fact, limit, next_step=next_step),))
