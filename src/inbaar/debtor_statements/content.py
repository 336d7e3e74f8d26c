"""Everything a statement of account says, frozen once written: the one source of its PDF, its workbook and its mail. Pure.

What does not add up to the cent cannot be made: movements lead from the opening to the closing balance, the items make
up the closing balance, and each part asks what its items ask.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inbaar.letters.amounts import ZERO, demand, settle_amounts
from inbaar.letters.frozen_json import decoded, fields_of, json_text
from inbaar.letters.parts import Language, Payee, Recipient, Sender

FORMAT = 1
#: Why an item is not asked, or not wholly: part or all of it is disputed, money that may be its payment waits to be
#: matched, the law's tables do not say what is owed on it, or it is collected by direct debit.
MARKS = ("", "disputed", "suspected", "law", "debited")
#: Why nothing is asked at all: the statement is of a day that has passed, or the debtor is insolvent.
REASONS = ("", "past", "insolvency")


@dataclass(frozen=True, slots=True)
class Item:
    """An open invoice, a credit note not yet used, or money received ahead of its invoice (`early`); amounts positive.

    `open` is principal, `extras` interest and costs that were claimed, `asked` what is to be paid of both now.
    `debited_on` and `account_end` say when it is collected, and the last marks of the account, where the mark is `debited`.
    """

    kind: str
    number: str
    issued: date
    due: date
    amount: Decimal
    open: Decimal
    extras: Decimal = ZERO
    disputed: Decimal = ZERO
    asked: Decimal = ZERO
    mark: str = ""
    debited_on: date | None = None
    account_end: str = ""

    def __post_init__(self) -> None:
        settle_amounts(self, "amount", "open", "extras", "disputed", "asked")
        demand(self.kind in ("invoice", "credit_note", "early"), f"{self.kind} is no kind of item")
        demand(self.mark in MARKS, f"{self.mark} is no mark")
        demand(
            (self.mark == "debited") == (self.debited_on is not None) == bool(self.account_end),
            f"{self.number}: what is collected has its day and account, and nothing else has",
        )
        demand(self.mark != "debited" or not self.asked, f"{self.number}: it is collected, and asked too")
        demand(self.kind == "invoice" or not self.asked, f"{self.number}: only an invoice is asked")
        demand(
            self.asked <= self.open + self.extras,
            f"{self.number}: {self.asked} is asked of {self.open + self.extras}",
        )

    @property
    def balance(self) -> Decimal:
        """What it adds to the balance."""
        return self.open if self.kind == "invoice" else -self.open


@dataclass(frozen=True, slots=True)
class Part:
    """Items that are paid to one account. `owner` is whose claim they are where that is not the sender.

    `link` is the address of the page on which they are paid, where there is one.
    """

    payee: Payee
    owner: str
    items: tuple[Item, ...]
    asked: Decimal
    reference: str = ""
    link: str = ""

    def __post_init__(self) -> None:
        settle_amounts(self, "asked")
        total = sum((item.asked for item in self.items), ZERO)
        demand(self.asked == total, f"{self.asked} is asked of {self.owner}'s items that ask {total}")
        demand(
            bool(self.reference) == bool(self.asked), "what is asked has a reference, and nothing has none"
        )
        demand(not self.link or bool(self.reference), "what is not asked has no payment link")


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of the balance: positive where more is owed. `kind`: see the words of movements."""

    on: date
    kind: str
    number: str
    amount: Decimal

    def __post_init__(self) -> None:
        settle_amounts(self, "amount")


@dataclass(frozen=True, slots=True)
class AccountContent:
    """One statement to one debtor in one currency at the end of a day; `since` is the first day of its movements.

    `unapplied` was received and is not matched to an invoice yet: it is not taken off the balance. `page_link` is the
    address of the debtor's own page, where there is one.
    """

    number: str
    language: Language
    on: date
    sender: Sender
    recipient: Recipient
    currency: str
    opening: Decimal
    closing: Decimal
    parts: tuple[Part, ...]
    others: tuple[Item, ...] = ()
    since: date | None = None
    movements: tuple[Movement, ...] = ()
    unapplied: Decimal = ZERO
    why_not: str = ""
    page_link: str = ""

    def __post_init__(self) -> None:
        settle_amounts(self, "opening", "closing", "unapplied")
        demand(bool(self.number.strip()), "the statement has no number")
        demand(self.why_not in REASONS, f"{self.why_not} is no reason")
        demand(not self.why_not or not self.asked, "nothing may be asked with this statement")
        told = sum((item.balance for item in self.items), ZERO)
        demand(self.closing == told, f"the balance is told as {self.closing} but the items make {told}")
        if self.since is not None:
            demand(self.since <= self.on, f"the movements run from {self.since} to {self.on}")
            moved = self.opening + sum((movement.amount for movement in self.movements), ZERO)
            demand(self.closing == moved, f"the movements lead to {moved}, not to {self.closing}")

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, those of a payee first."""
        return (*(item for part in self.parts for item in part.items), *self.others)

    @property
    def asked(self) -> Decimal:
        """What can be paid with this statement, over all payees."""
        return sum((part.asked for part in self.parts), ZERO)


def asked_of(items: Iterable[Item]) -> Decimal:
    """What items ask together."""
    return sum((item.asked for item in items), ZERO)


def to_json(content: AccountContent) -> str:
    """The content as JSON: amounts as strings, dates ISO."""
    return json_text(format=FORMAT, **fields_of(content))


def from_json(text: str) -> AccountContent:
    """The content again, checked as when it was made."""
    tree = json.loads(text)
    demand(isinstance(tree, dict), "this is not a statement: it is not a JSON object")
    demand(tree.pop("format", None) == FORMAT, f"this statement was not written in format {FORMAT}")
    content: AccountContent = decoded(AccountContent, tree)
    return content
