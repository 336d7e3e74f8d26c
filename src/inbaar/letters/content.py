"""Everything a letter says, frozen once composed: the one source of its PDF, its plain text and its e-mail.

Made by the dunning room from the facts of one debtor and one payee, stored as JSON beside the letter, and
read by `wording`, `drawing`, `text` and `mail`. What does not add up to the cent cannot be made.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inbaar.letters.amounts import ZERO, ContentError, demand, settle_amounts
from inbaar.letters.frozen_json import decoded, fields_of, json_text
from inbaar.letters.parts import (
    PLAN_KINDS,
    DebitTerms,
    Language,
    LawRow,
    LetterKind,
    Payee,
    PlanRow,
    PlanTerms,
    Recipient,
    Sender,
)
from inbaar.letters.sheet import CostsLine, LetterCosts, LetterItem, SheetLine, SheetPayment

FORMAT = 1
_LINK = re.compile(r"https?://[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class LetterContent:
    """One letter to one debtor for one payee.

    `pay_by_limit` is the last day the dunning policy allows a formal notice to name. `enclosures` are the names of the files
    that go along, as the invoice itself does with the letter that brings it. `pay_link` is the address of the page on which
    exactly this is paid, or nothing, and `page_link` that of the debtor's own page. `debit` is what a notice of a direct debit
    tells, `plan` what a letter about a payment plan does: that which confirms it asks all its terms together. A `firm` reminder
    is shorter of word. `own_words` are a paragraph of the client's. `for_another` tells that a natural person is written to about
    a claim that is not the sender's, who then shows the mark of its registration as a collector.
    """

    kind: LetterKind
    language: Language
    letter_number: str
    letter_date: date
    sender: Sender
    recipient: Recipient
    payee: Payee
    payment_reference: str
    items: tuple[LetterItem, ...]
    total_due: Decimal
    pay_by: date | None = None
    pay_by_limit: date | None = None
    hand_over_warning: bool = False
    hand_over_to: str = ""
    costs_if_unpaid: LetterCosts | None = None
    costs_claimed: LetterCosts | None = None
    day_count: str = "ACT/365F"
    law_rows: tuple[LawRow, ...] = ()
    notes: tuple[str, ...] = ()
    currency: str = "EUR"
    enclosures: tuple[str, ...] = ()
    pay_link: str = ""
    page_link: str = ""
    debit: DebitTerms | None = None
    plan: PlanTerms | None = None
    firm: bool = False
    own_words: str = ""
    for_another: bool = False
    collector_mark: str = ""

    def __post_init__(self) -> None:
        settle_amounts(self, "total_due")
        self._check_items()
        self._check_costs()
        demand(bool(self.letter_number.strip()), "the letter has no number")
        demand(bool(self.payment_reference.strip()), "the letter has no payment reference")
        for link in filter(None, (self.pay_link, self.page_link)):
            demand(_LINK.fullmatch(link) is not None, f"{link} is not the address of a page")
        demand(
            self.pay_by is None or self.pay_by > self.letter_date,
            f"to be paid by {self.pay_by}, not after the letter's date {self.letter_date}",
        )
        demand(
            (self.kind is LetterKind.DEBIT_NOTICE) == (self.debit is not None),
            "the notice of a debit says when it is collected, and no other letter does",
        )
        if self.debit is not None:
            demand(
                self.letter_date <= self.debit.announce_by,
                f"a notice of {self.letter_date} comes after {self.debit.announce_by}, the last day for it",
            )
        self._check_plan()
        if self.kind is LetterKind.FORMAL_NOTICE:
            demand(self.pay_by is not None, "a formal notice names the date to pay by, and this one has none")
        if self.kind is LetterKind.FOURTEEN_DAY_LETTER:
            demand(
                self.costs_if_unpaid is not None,
                "a 14-day letter names the exact collection costs, and this one has none",
            )
            demand(
                self.costs_claimed is None,
                "a 14-day letter names one amount of costs; it cannot also charge costs",
            )

    def _check_plan(self) -> None:
        demand(
            (self.kind in PLAN_KINDS) == (self.plan is not None),
            "a letter about a plan tells its terms, and no other letter does",
        )
        if self.plan is not None and self.kind is LetterKind.PLAN:
            terms = sum((row.amount for row in self.plan.rows), ZERO)
            demand(
                terms == self.total_due, f"the terms add up to {terms} but what is owed is {self.total_due}"
            )

    def _check_items(self) -> None:
        demand(bool(self.items), "the letter has no invoice")
        numbers = [item.invoice_number for item in self.items]
        demand(
            len(set(numbers)) == len(numbers),
            f"an invoice is in the letter twice: {', '.join(sorted(numbers))}",
        )
        strictest = max((item.step for item in self.items), key=lambda step: step.strictness)
        demand(
            self.kind is strictest, f"the letter is a {self.kind} but its strictest invoice is at {strictest}"
        )
        reckoned = sum((item.total for item in self.items), ZERO)
        demand(
            self.total_due == reckoned,
            f"the total is told as {self.total_due} but the invoices add up to {reckoned}",
        )
        for item in self.items:
            last = max((line.to_date for line in item.lines), default=self.letter_date)
            demand(
                last <= self.letter_date,
                f"invoice {item.invoice_number}: interest up to {last} in a letter of {self.letter_date}",
            )

    def _check_costs(self) -> None:
        charged = sum((item.costs_charged for item in self.items), ZERO)
        explained = self.costs_claimed.total if self.costs_claimed else ZERO
        demand(
            charged == explained, f"the invoices carry {charged} of costs but the letter explains {explained}"
        )

    def items_at(self, step: LetterKind) -> tuple[LetterItem, ...]:
        """The invoices at one step."""
        return tuple(item for item in self.items if item.step is step)

    @property
    def steps(self) -> tuple[LetterKind, ...]:
        """The different steps in this letter, strictest first."""
        return tuple(sorted({item.step for item in self.items}, key=lambda step: -step.strictness))

    @property
    def principal_due(self) -> Decimal:
        """What is open of the principals together."""
        return sum((item.open_principal for item in self.items), ZERO)

    @property
    def interest_due(self) -> Decimal:
        """What is open of the interest together."""
        return sum((item.interest for item in self.items), ZERO)

    @property
    def costs_due(self) -> Decimal:
        """What is open of the costs together."""
        return sum((item.costs for item in self.items), ZERO)

    def pay_by_of(self, item: LetterItem) -> date | None:
        """The date this invoice is to be paid by."""
        return item.pay_by or self.pay_by


def total_of(items: Iterable[LetterItem]) -> Decimal:
    """The `total_due` of a letter with these invoices."""
    return sum((item.total for item in items), ZERO)


def to_json(content: LetterContent) -> str:
    """The content as JSON: amounts as strings, dates ISO, fields in their own order."""
    return json_text(format=FORMAT, **fields_of(content))


def from_json(text: str) -> LetterContent:
    """The content again; it is checked as when it was made, so a text that was tampered with is refused."""
    tree = json.loads(text)
    demand(isinstance(tree, dict), "this is not a letter: it is not a JSON object")
    demand(tree.pop("format", None) == FORMAT, f"this letter was not written in format {FORMAT}")
    content: LetterContent = decoded(LetterContent, tree)
    return content


__all__ = [
    "ContentError",
    "CostsLine",
    "DebitTerms",
    "Language",
    "LawRow",
    "LetterContent",
    "LetterCosts",
    "LetterItem",
    "LetterKind",
    "Payee",
    "PlanRow",
    "PlanTerms",
    "Recipient",
    "Sender",
    "SheetLine",
    "SheetPayment",
    "from_json",
    "to_json",
    "total_of",
]
