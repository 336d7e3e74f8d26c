"""What a person may decide about a line in doubt, and what the line is then. Pure.

Taking in a line as it is accepts the doubts that the person was shown, and no other: what comes up later stays a doubt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from inbaar.intake.bulk.debtors import BookedDebtor
from inbaar.intake.bulk.lines import Fault, Line
from inbaar.parties.rules import plain

#: Taken in all the same: the line is what it says.
AS_IT_IS = frozenset({
    "sum", "open-missing", "below-zero", "kind-unknown", "twice-otherwise", "debtor-twice-otherwise", "near-number",
    "lookalike", "xaf-unallocated",
    "xaf-no-invoice", "xaf-matched-together", "xaf-document-number",
})  # fmt: skip
#: Taken in without the value that is wrong.
WITHOUT_IT = frozenset({
    "email-unreadable", "country-unknown", "kvk-unreadable", "lost-zero", "vat-id-fails", "iban-fails", "iban-own",
    "iban-of-several", "term-unreadable",
})  # fmt: skip
#: Taken in once a person has said whose it is.
WHOSE = frozenset({
    "debtor-several", "debtor-number-twice", "debtor-two-numbers", "debtor-other-name", "debtor-other-number",
    "debtor-other-identifier",
    "debtor-other-address",
})  # fmt: skip
DECIDABLE = AS_IT_IS | WITHOUT_IT | WHOSE
_OF_CUSTOMER = {"email": "email", "kvk": "kvk", "vat_id": "vat", "postcode": "postcode"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A line to be taken in: the doubts that were accepted, and whose it is: a debtor of the books, somebody new, or as found."""

    rules: frozenset[str] = frozenset()
    debtor: BookedDebtor | None = None
    as_new: bool = False


NOTHING = Decision()


def may_be_taken(rules: Sequence[str]) -> bool:
    """Whether a person can take in a line with these doubts, once he has said whose it is."""
    return bool(rules) and set(rules) <= DECIDABLE


def as_decided(line: Line, decision: Decision) -> Line:
    """The line without the doubts that were accepted, and without the values that are left out for it."""
    accepted = decision.rules & DECIDABLE
    without = {fault.field for fault in line.faults if fault.rule in accepted & WITHOUT_IT}
    told: dict[str, Any] = {attribute: None for field, attribute in _OF_CUSTOMER.items() if field in without}
    return replace(
        line,
        faults=tuple(fault for fault in line.faults if fault.rule not in accepted),
        customer=replace(line.customer, **told),
        iban="" if "iban" in without or accepted & {"iban-own", "iban-of-several"} else line.iban,
    )


def left(faults: Sequence[Fault], decision: Decision) -> tuple[Fault, ...]:
    """The faults that were not accepted."""
    accepted = decision.rules & DECIDABLE
    return tuple(fault for fault in faults if fault.rule not in accepted)


def known_as_new(line: Line, identity: str) -> str:
    """The key of somebody new whose own key belongs to another: told apart by the client's number for him, else by the line."""
    mark = plain(line.debtor_number) or f"line{line.line}{plain(line.number)}"
    return f"{identity[:39]}#{mark}"[:80]
