"""What a debtor may say on his page, what that stops and until when, and by when somebody answers. Pure; days are arguments."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from inbaar.law.calendar import add_working_days, months_after

DISPUTE, PAID, ADDRESS, PERSON, COMPLAINT, DATA = "dispute", "paid", "address", "person", "complaint", "data"
KINDS = (DISPUTE, PAID, ADDRESS, PERSON, COMPLAINT, DATA)
#: What is about one invoice.
OF_AN_INVOICE = frozenset({DISPUTE, PAID})
#: After these nothing is sent to the addresses that are known, until a person has looked.
ABOUT_THE_ADDRESS = frozenset({ADDRESS, PERSON})
RIGHT, PARTLY, WRONG, SETTLED = "right", "partly", "wrong", "settled"
#: What can be decided on each kind.
VERDICTS: dict[str, tuple[str, ...]] = {
    DISPUTE: (RIGHT, PARTLY, WRONG),
    PAID: (RIGHT, WRONG),
    ADDRESS: (SETTLED, WRONG),
    PERSON: (RIGHT, WRONG),
    COMPLAINT: (SETTLED,),
    DATA: (SETTLED, WRONG),
}
#: Decisions after which what was held stays held: a credit note, a payment or a correction is still to come.
STAYS_HELD = frozenset({(DISPUTE, RIGHT), (PAID, RIGHT), (PERSON, RIGHT)})
#: What saying it stopped: its invoice or debtor is held; was held for it already; or was not held once more.
HELD, KNOWN, AGAIN = "held", "known", "again"
EFFECTS = (HELD, KNOWN, AGAIN)
#: How long a statement is given to show what a debtor says he paid, in working days.
PAID_SHOWS_WITHIN = 5
#: How many days must lie between two times that one invoice rests because its debtor says it is paid.
PAID_AGAIN_AFTER = 30
LOOK_WITHIN, ANSWER_WITHIN, MOST_SOLVE_DAYS = 2, 10, 60
LONGEST_WORDS, LONGEST_NAME = 4_000, 100
MOST_FILES, MOST_FILE_BYTES = 5, 10_000_000
#: What one debtor may send in a day, so that nobody fills the store: messages, and bytes of files.
MOST_A_DAY, MOST_BYTES_A_DAY = 20, 60_000_000
#: How often the page may make something to be paid in a day, for one debtor.
MOST_PAYABLES_A_DAY = 60


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to dispute: its words in both languages, who looks into it (nobody in particular where empty), and how many
    working days that may take.
    """

    code: str
    nl: str
    en: str
    owner: str = ""
    solve_days: int = ANSWER_WITHIN
    active: bool = True

    def words(self, language: str) -> str:
        """The reason in a language."""
        return self.en if language == "en" else self.nl


#: What a client starts with; he changes it as he likes.
REASONS = (
    Reason("not_ordered", "Ik heb dit niet besteld", "I did not order this"),
    Reason("not_delivered", "Niet of niet alles geleverd", "Not delivered, or not all of it"),
    Reason("not_good", "Het geleverde is niet goed", "What was delivered is not right"),
    Reason("price", "De prijs of het aantal klopt niet", "The price or the quantity is wrong"),
    Reason("agreed", "Er is iets anders afgesproken", "Something else was agreed"),
    Reason("credited", "Hier hoort een creditnota bij", "A credit note belongs to this"),
    Reason("other", "Iets anders", "Something else"),
)


def answer_by(kind: str, on: dt.date, solve_days: int = ANSWER_WITHIN) -> dt.date:
    """The last day on which somebody answers. One's own data come within a month (art. 12 lid 3 AVG).

    >>> answer_by("dispute", dt.date(2026, 11, 2)), answer_by("data", dt.date(2026, 1, 31))
    (datetime.date(2026, 11, 16), datetime.date(2026, 2, 28))
    """
    if kind == DATA:
        return months_after(on, 1)
    if kind == PAID:
        return add_working_days(on, PAID_SHOWS_WITHIN)
    return add_working_days(on, LOOK_WITHIN if kind in ABOUT_THE_ADDRESS else solve_days)


def rests_until(told_on: dt.date, paid_on: dt.date) -> dt.date:
    """The last day on which an invoice rests because its debtor says that he paid it: five working days after he said so.

    A payment is on a statement by then, whenever it was made; what he says of a day to come is a promise, and refused.

    >>> rests_until(dt.date(2026, 11, 6), dt.date(2026, 11, 5))
    datetime.date(2026, 11, 13)
    """
    if paid_on > told_on:
        raise ValueError(f"paid on {paid_on}, told on {told_on}")
    return add_working_days(told_on, PAID_SHOWS_WITHIN)


def rests_again(last_told_on: dt.date | None, on: dt.date) -> bool:
    """Whether saying once more that it is paid lets an invoice rest once more: not for ever, and not by repeating it.

    >>> rests_again(None, dt.date(2026, 11, 2)), rests_again(dt.date(2026, 11, 2), dt.date(2026, 12, 1))
    (True, False)
    """
    return last_told_on is None or on > last_told_on + dt.timedelta(days=PAID_AGAIN_AFTER - 1)


def stops_again(reason: str, rejected: Collection[str]) -> bool:
    """Whether a dispute stops the reminders by itself: not where a person found this very reason wrong before.

    It is looked at again all the same.
    """
    return reason not in rejected


@dataclass(frozen=True, slots=True)
class DisputedNow:
    """What is open of an invoice and what of it is disputed already; `whole` where all of it is."""

    open: Decimal
    parts: Decimal
    whole: bool

    @property
    def left(self) -> Decimal:
        """What can still be disputed."""
        return Decimal("0.00") if self.whole else max(self.open - self.parts, Decimal("0.00"))


def part_disputed(now: DisputedNow, wanted: Decimal | None) -> Decimal | None:
    """The part that a dispute holds, or None where it is about all that is left; `ValueError` for more than that.

    >>> D = Decimal
    >>> part_disputed(DisputedNow(D(100), D(0), False), D(40)), part_disputed(DisputedNow(D(100), D(0), False), D(100))
    (Decimal('40'), None)
    """
    if wanted is None:
        return None
    if not 0 < wanted <= now.left:
        raise ValueError(f"{wanted} of {now.left}")
    return None if wanted == now.open else wanted
