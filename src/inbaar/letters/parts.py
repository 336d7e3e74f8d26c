"""The small parts of a letter: who writes, to whom, who is paid, and the words for steps and languages.

Used by `content`, which gives them all under one name.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from inbaar.letters.amounts import demand


class LetterKind(StrEnum):
    """What a letter is for, mildest first: the letter with an invoice itself, the notice of a direct debit, the one that says
    of an arrear that it was reported to the register, those about a payment plan, then the steps, from the notice before the due
    date on; an item's own step uses the same words.
    """

    INVOICE = "invoice"
    DEBIT_NOTICE = "debit_notice"
    REGISTER_NOTICE = "register_notice"
    PLAN = "plan"
    PLAN_TERM = "plan_term"
    PLAN_MISSED = "plan_missed"
    PLAN_ENDED = "plan_ended"
    PLAN_REFUSED = "plan_refused"
    COURTESY_NOTICE = "courtesy_notice"
    REMINDER = "reminder"
    FORMAL_NOTICE = "formal_notice"
    FOURTEEN_DAY_LETTER = "fourteen_day_letter"

    @property
    def strictness(self) -> int:
        """A letter is as strict as the strictest invoice in it."""
        return _STRICTNESS[self]


_STRICTNESS = {kind: place for place, kind in enumerate(LetterKind)}
#: The letters about a payment plan: to confirm it, before a term, of a term that was missed, of its end, and of a no.
PLAN_KINDS = frozenset(kind for kind in LetterKind if kind.startswith("plan"))
#: What a letter can be about that is no step of the dunning.
NO_STEPS = PLAN_KINDS | {LetterKind.INVOICE, LetterKind.DEBIT_NOTICE, LetterKind.REGISTER_NOTICE}


def in_sql(kinds: frozenset[LetterKind]) -> str:
    """Kinds as a list for a statement.

    >>> in_sql(frozenset({LetterKind.REMINDER, LetterKind.INVOICE}))
    "('invoice', 'reminder')"
    """
    return "(" + ", ".join(f"'{kind}'" for kind in sorted(kinds)) + ")"


class Language(StrEnum):
    """The languages letters are written in."""

    NL = "nl"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Sender:
    """The creditor who writes: its name, where and how to reach it, and its identifiers."""

    name: str
    address: tuple[str, ...]
    kvk: str = ""
    vat: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""

    def __post_init__(self) -> None:
        demand(bool(self.name.strip()), "the sender has no name")
        demand(
            bool(self.phone or self.email),
            "the sender gives neither phone nor e-mail: a debtor must be able to answer",
        )


@dataclass(frozen=True, slots=True)
class Recipient:
    """The debtor who is written to. `consumer` decides which letters are lawful (6:96 lid 6 BW)."""

    name: str
    address: tuple[str, ...]
    consumer: bool
    attention: str = ""
    email: str = ""
    country: str = "NL"

    def __post_init__(self) -> None:
        demand(bool(self.name.strip()), "the recipient has no name")


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose account the money goes to: it follows the title, so it may differ from the sender.

    `account` is for one without IBAN. `entitled_since` is the day the claim passed to this payee, if it did.
    """

    account_holder: str
    iban: str = ""
    bic: str = ""
    account: str = ""
    entitled_since: date | None = None

    def __post_init__(self) -> None:
        demand(bool(self.account_holder.strip()), "the payee's account has no holder")
        demand(
            bool(self.iban) != bool(self.account),
            "the payee needs an IBAN or another account number, one of the two",
        )


@dataclass(frozen=True, slots=True)
class DebitTerms:
    """What a notice tells of a direct debit: when, from which account, by whose mandate and by whom, and under which scheme.

    `announce_by` is the last day on which the notice may leave; `refund_weeks` how long the debtor may have it refunded without
    a reason, 0 where he may not.
    """

    collected_on: date
    announce_by: date
    mandate: str
    creditor_id: str
    account: str
    refund_weeks: int

    def __post_init__(self) -> None:
        demand(self.announce_by < self.collected_on, "a debit is announced before it is collected")
        demand(bool(self.mandate and self.creditor_id), "a notice names the mandate and who collects")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One term of a plan as it is told: its last day to pay, its amount, and the reference under which it is paid."""

    due_on: date
    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a letter tells of a payment plan: its terms, and what becomes of interest meanwhile (`stops`, `runs` or nothing).

    `term` is the term the letter is about, from 1. `why` is why it ended: `broken`, `by_us` or `by_debtor`.
    """

    rows: tuple[PlanRow, ...]
    interest: str = ""
    acknowledged: bool = False
    term: int | None = None
    why: str = ""

    def __post_init__(self) -> None:
        days = [row.due_on for row in self.rows]
        demand(bool(days), "a plan has terms")
        demand(days == sorted(set(days)), "the terms of a plan follow one another")
        demand(self.interest in ("", "stops", "runs"), f"interest that {self.interest} is not known")
        demand(self.why in ("", "broken", "by_us", "by_debtor"), f"a plan that ended {self.why} is not known")
        demand(self.term is None or 1 <= self.term <= len(days), f"there is no term {self.term}")


@dataclass(frozen=True, slots=True)
class LawRow:
    """A dated row of law that an amount in this letter rests on; not `confirmed` is printed as such.

    `name` is what the row is called in the letter's language, `rate_percent` or `value` what it says.
    """

    name: str
    source: str
    rate_percent: Decimal | None = None
    value: str = ""
    applies_from: date | None = None
    checked_on: date | None = None
    confirmed: bool = True
