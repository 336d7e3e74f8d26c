"""What is done about the announcing of one debit on a day: pure, called by `notices`."""

import datetime as dt
from dataclasses import dataclass

from inbaar.banking.debits.rules import collection_day

#: How often one debit is announced anew, where a notice did not leave in time, before it waits for a person.
MOST_NOTICES = 3
#: How many days a letter is given to be printed and posted.
POSTING_DAYS = 3
ON_ITS_WAY = frozenset({"queued", "sending", "by_post"})


@dataclass(frozen=True, slots=True)
class Unannounced:
    """A debit that waits to be announced: its day, the agreed notice, and how its last notice stands.

    `delivery` is the state of that notice's last delivery, empty where there is none; `sent_on` the day it left.
    """

    due_on: dt.date
    payable_on: dt.date
    announced_days: int
    blocked: bool
    by_post: bool
    notices: int
    delivery: str
    sent_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Told:
    """It left in time, on this day."""

    on: dt.date


@dataclass(frozen=True, slots=True)
class Write:
    """A notice is written now, for a collection on `due_on`; one that is still on its way must not leave any more."""

    due_on: dt.date
    take_back: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No notice left in time, as often as it was tried: a person looks."""

    take_back: bool


Decision = Told | Write | GiveUp | None


def decide(facts: Unannounced, on: dt.date) -> Decision:
    """What is to be done on a day; None where the debit waits.

    >>> day = dt.date(2026, 3, 3)
    >>> decide(Unannounced(dt.date(2026, 3, 17), day, 14, False, False, 0, "", None), day)
    Write(due_on=datetime.date(2026, 3, 17), take_back=False)
    >>> decide(Unannounced(dt.date(2026, 3, 17), day, 14, False, False, 1, "sent", day), day)
    Told(on=datetime.date(2026, 3, 3))
    >>> decide(Unannounced(dt.date(2026, 3, 17), day, 14, False, False, 1, "queued", None), dt.date(2026, 3, 4))
    Write(due_on=datetime.date(2026, 3, 18), take_back=True)
    """
    notice = dt.timedelta(days=facts.announced_days)
    if facts.delivery == "sent" and facts.sent_on is not None and facts.sent_on + notice <= facts.due_on:
        return Told(facts.sent_on)
    under_way = facts.delivery in ON_ITS_WAY
    if under_way and on + notice <= facts.due_on:
        return None
    if facts.blocked:
        return None
    if facts.notices >= MOST_NOTICES:
        return GiveUp(under_way)
    lead = dt.timedelta(days=POSTING_DAYS if facts.by_post else 0)
    if on + lead + notice <= facts.due_on:
        return Write(facts.due_on, under_way)
    return Write(collection_day(facts.payable_on, on + lead, facts.announced_days), under_way)
