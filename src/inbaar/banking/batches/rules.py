"""When a batch may be executed and who may approve it, decided purely; and the names it goes by at the bank."""

import datetime as dt
import re
from enum import StrEnum

from inbaar.kit.errors import Refusal
from inbaar.law.calendar import AMSTERDAM, add_target_days, is_target_day

#: Until when on a bank day a file is still executed that day, where nothing else is known of the account's bank.
CUT_OFF = dt.time(15, 30)
#: A day further off is a slip of the pen; banks keep no order longer.
FURTHEST_DAYS = 364
MOST_PAYMENTS = 100_000
#: Who may let money go: the owner (administrator) and the treasurer of an administration.
APPROVERS = frozenset({"owner", "treasurer"})
#: Why an entry waits that names a payment of ours, until it is followed.
OWN_PAYMENT = "own-payment"
#: The same of money in: the collection of a debit of ours, unless whoever paid wrote that name himself.
OWN_COLLECTION = "own-collection"
_OWN_ID = re.compile(r"\bINB-(\d{8})-(\d{1,15})(?:-(\d{1,6}))?\b", re.ASCII)


def message_id(made_on: dt.date, batch_id: int) -> str:
    """The name of a batch at the bank, and of its one file. The day keeps it apart from any earlier installation's.

    >>> message_id(dt.date(2026, 11, 30), 7)
    'INB-20261130-7'
    """
    return f"INB-{made_on:%Y%m%d}-{batch_id}"


def end_to_end_id(message: str, number: int) -> str:
    """The name of the payment of this number in a batch; it comes back in reports and on statements.

    >>> end_to_end_id("INB-20261130-7", 12)
    'INB-20261130-7-12'
    """
    return f"{message}-{number}"


def own_ids(text: str) -> list[tuple[str, int, int | None]]:
    """What names of ours stand in a text: per name the message, the batch, and the payment's number if it has one.

    >>> own_ids("Btch INB-20261130-7 NBR 2"), own_ids("INB-20261130-7-12")
    ([('INB-20261130-7', 7, None)], [('INB-20261130-7', 7, 12)])
    """
    return [
        (f"INB-{day}-{batch}", int(batch), int(number) if number else None)
        for day, batch, number in _OWN_ID.findall(text)
    ]


class Word(StrEnum):
    """What a report does to a payment."""

    ACCEPT = "accept"
    REJECT = "reject"
    NOTE = "note"


#: What the bank will do, by the status it gives: checked and accepted, being settled, settled; or not.
_ACCEPTED = frozenset({"ACCP", "ACSP", "ACSC", "ACWC", "ACWP", "ACCC", "ACFC"})
_REJECTED = frozenset({"RJCT", "CANC"})
#: The bank has this file or payment already: what it has stands, so nothing of it may be paid again.
DUPLICATE = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05"})


def word_of(status: str, reason: str) -> Word:
    """What a status says. Received, pending and technically valid say nothing yet; a duplicate rejects nothing.

    >>> [word_of(*told).value for told in (("ACCP", ""), ("ACTC", ""), ("RJCT", "AC04"), ("RJCT", "DU01"))]
    ['accept', 'note', 'reject', 'note']
    """
    if status in _ACCEPTED:
        return Word.ACCEPT
    return Word.REJECT if status in _REJECTED and reason not in DUPLICATE else Word.NOTE


def earliest_execution(moment: dt.datetime, cut_off: dt.time = CUT_OFF) -> dt.date:
    """The first day on which a bank executes what is handed in at a moment: today until the cut-off, on bank days.

    >>> earliest_execution(dt.datetime(2026, 11, 27, 15, 31, tzinfo=AMSTERDAM))
    datetime.date(2026, 11, 30)
    """
    local = moment.astimezone(AMSTERDAM)
    if is_target_day(local.date()) and local.time() <= cut_off:
        return local.date()
    return add_target_days(local.date(), 1)


def execution_refusals(execute_on: dt.date, moment: dt.datetime, cut_off: dt.time = CUT_OFF) -> list[Refusal]:
    """What is wrong with a day of execution, seen from the moment the file is to leave."""
    first = earliest_execution(moment, cut_off)
    if execute_on < first:
        return [
            Refusal(
                "execution-passed", "a bank executes what it has in time",
                f"{execute_on} can no longer be met", f"{first}", first,
                "choose a later day",
            )
        ]  # fmt: skip
    if execute_on > first + dt.timedelta(days=FURTHEST_DAYS):
        return [
            Refusal(
                "execution-far", "a bank keeps an order for a year at most", f"{execute_on}",
                f"{first + dt.timedelta(days=FURTHEST_DAYS)}", "never", "choose an earlier day",
            )
        ]  # fmt: skip
    if not is_target_day(execute_on):
        return [
            Refusal(
                "not-a-bank-day", "banks settle on TARGET days", f"{execute_on} is none",
                "a TARGET day", add_target_days(execute_on, 1), "choose the next bank day",
            )
        ]  # fmt: skip
    return []


def approval_refusals(role: str | None, is_maker: bool) -> list[Refusal]:
    """Why somebody may not approve a batch: his part in the administration, or that he made it himself."""
    refusals = []
    if role not in APPROVERS:
        refusals.append(
            Refusal(
                "may-not-approve", "money leaves on the word of an owner or a treasurer",
                f"the part is {role or 'none'}", "owner or treasurer", None, "ask one of them",
            )
        )  # fmt: skip
    if is_maker:
        refusals.append(
            Refusal(
                "second-person", "who made a batch does not approve it", "it was made by the same person",
                "another person", "never", "ask somebody else who may approve",
            )
        )  # fmt: skip
    return refusals
