"""Which open invoices a payment pays: decided from facts alone, with a score and a reason.

Called by the import of statements, per payment, with the candidates it looked up by `reference_tokens`. Only what
leaves no doubt is `certain` and gets booked. All else stays unmatched, with the invoices it might explain, so that
nobody is reminded of what may have been paid. The reasons in words are in `match_words`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from inbaar.banking.payment_tokens import (
    PaymentFacts,
    Tokens,
    is_called_invoice,
    is_generic,
    is_weak,
    name_key,
    number_key,
    payment_facts,
    reference_key,
    reference_tokens,
)

__all__ = [
    "Candidate",
    "How",
    "MatchDecision",
    "OpenItem",
    "PaymentFacts",
    "Tokens",
    "candidates_among",
    "decide",
    "number_key",
    "payment_facts",
    "reference_key",
    "reference_tokens",
]


class How(StrEnum):
    """By what an open item was found."""

    REFERENCE = "reference"
    NUMBER = "number"
    IBAN = "iban"
    NAME = "name"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice with something left to pay."""

    invoice_id: int
    debtor_id: int
    number: str
    number_key: str
    payment_reference: str | None
    open_amount: Decimal
    due_date: date | None
    currency: str
    debtor_ibans: frozenset[str] = frozenset()
    debtor_name: str | None = None


class Candidate(NamedTuple):
    """An open item that a look-up found, and by what."""

    item: OpenItem
    how: How


class MatchDecision(NamedTuple):
    """`certain` with the amounts to book per invoice, or `unmatched`; `parameters` fill the reason in words."""

    status: str
    lines: tuple[tuple[int, Decimal], ...]
    score: int
    reason: str
    parameters: tuple[tuple[str, str], ...] = ()
    suspects: tuple[int, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether it may be booked without a person."""
        return self.status == "certain"


def candidates_among(
    payment: PaymentFacts, tokens: Tokens, items: Iterable[OpenItem]
) -> tuple[Candidate, ...]:
    """The candidates in a list of items: what the look-up in the database does by joins, and its definition."""
    found = []
    for item in items:
        if item.payment_reference and reference_key(item.payment_reference) in tokens.references:
            found.append(Candidate(item, How.REFERENCE))
        if item.number_key in tokens.number_keys:
            found.append(Candidate(item, How.NUMBER))
        if tokens.iban and tokens.iban in item.debtor_ibans:
            found.append(Candidate(item, How.IBAN))
        if tokens.name_key and tokens.name_key == name_key(item.debtor_name):
            found.append(Candidate(item, How.NAME))
        if item.open_amount == payment.amount:
            found.append(Candidate(item, How.AMOUNT))
    return tuple(found)


class _Evidence:
    """The candidates of one payment, each item once, by what points at it."""

    def __init__(self, payment: PaymentFacts, candidates: Iterable[Candidate]) -> None:
        self.payment = payment
        self.items: dict[int, OpenItem] = {}
        self.hows: dict[int, set[How]] = {}
        payer = name_key(payment.name)
        for item, how in candidates:
            if item.invoice_id not in self.items:
                self.items[item.invoice_id] = item
                self.hows[item.invoice_id] = self._seen(item, payer)
            self.hows[item.invoice_id].add(how)

    def _seen(self, item: OpenItem, payer: str | None) -> set[How]:
        """What can be seen of an item whatever the look-up found it by."""
        seen = set()
        if self.payment.iban and self.payment.iban in item.debtor_ibans:
            seen.add(How.IBAN)
        if payer is not None and payer == name_key(item.debtor_name):
            seen.add(How.NAME)
        if item.open_amount == self.payment.amount:
            seen.add(How.AMOUNT)
        return seen

    def by(self, how: How) -> list[OpenItem]:
        """The items in the payment's currency that `how` points at, oldest first."""
        found = [
            item
            for number, item in self.items.items()
            if how in self.hows[number] and item.currency == self.payment.currency
        ]
        if len(found) > 1:
            found.sort(key=lambda item: (item.due_date or date.max, item.invoice_id))
        return found

    def has(self, item: OpenItem, *hows: How) -> bool:
        return not self.hows[item.invoice_id].isdisjoint(hows)

    def suspects(self) -> tuple[int, ...]:
        """Every invoice the payment might explain."""
        return tuple(sorted(self.items))


def decide(payment: PaymentFacts, candidates: Iterable[Candidate]) -> MatchDecision:
    """The one decision for a payment: by reference, else by number, else by IBAN and amount, else not at all."""
    evidence = _Evidence(payment, candidates)
    if payment.return_reason or payment.reversal:
        return _unmatched("returned", evidence, 0, code=payment.return_reason or "-")
    if payment.amount <= 0:
        return MatchDecision("unmatched", (), 0, "not-a-receipt")
    if payment.pending:
        return _unmatched("not-booked", evidence, 0)
    if evidence.items and all(item.currency != payment.currency for item in evidence.items.values()):
        return _unmatched("other-currency", evidence, 10, currency=payment.currency)
    for rule in (_by_reference, _by_number, _by_iban, _by_name):
        if (decision := rule(evidence)) is not None:
            return decision
    return _by_nothing_sure(evidence)


def _by_reference(evidence: _Evidence) -> MatchDecision | None:
    """The structured reference is the invoice's own: certain up to what is open."""
    named = evidence.by(How.REFERENCE)
    if not named:
        return None
    amount = evidence.payment.amount
    if len(named) > 1:
        if sum(item.open_amount for item in named) == amount and _one_debtor(named):
            return _certain("reference-sum", named, 96, count=str(len(named)))
        return _unmatched("reference-ambiguous", evidence, 50, numbers=_numbers(named))
    item = named[0]
    if amount > item.open_amount:
        return _too_much(evidence, named)
    full = amount == item.open_amount
    return _booked("reference" if full else "reference-part", [(item, amount)], 100 if full else 97)


def _by_number(evidence: _Evidence) -> MatchDecision | None:
    """Invoice numbers in the text; a number that could be something else needs a second fact beside it."""
    named = _without_contained(evidence.by(How.NUMBER))
    sure = [item for item in named if _number_is_enough(item, evidence)]
    if not sure:
        return None
    if not _one_debtor(sure):
        own = [item for item in sure if evidence.has(item, How.IBAN)]
        if not own or not _one_debtor(own) or len({item.number_key for item in sure}) > 1:
            return _unmatched("number-ambiguous", evidence, 50, numbers=_numbers(sure))
        sure = own
    if _of_another_debtor(evidence, sure[0]):
        return _unmatched("payer-of-another", evidence, 55, numbers=_numbers(sure))
    amount = evidence.payment.amount
    total = sum((item.open_amount for item in sure), Decimal(0))
    if amount == total:
        score = 95 if not any(is_weak(item.number_key) for item in sure) else 85
        return _certain("number" if len(sure) == 1 else "numbers", sure, score, count=str(len(sure)))
    if amount > total:
        all_open = _by_iban(evidence)
        return all_open if all_open is not None and all_open.certain else _too_much(evidence, sure)
    if len(sure) > 1:
        return _unmatched("numbers-not-sum", evidence, 60, numbers=_numbers(sure), open=f"{total:.2f}")
    if _contradicts(evidence, sure[0]):
        return _unmatched("part-by-stranger", evidence, 55, numbers=_numbers(sure), open=f"{total:.2f}")
    if _could_be_something_else(evidence, sure[0]):
        return _unmatched("short-number-part", evidence, 55, numbers=_numbers(sure), open=f"{total:.2f}")
    return _booked("number-part", [(sure[0], amount)], 90)


def _by_iban(evidence: _Evidence) -> MatchDecision | None:
    """The payer's account is known, and the amount fits exactly one open invoice, or all of them together."""
    known = evidence.by(How.IBAN)
    if not known:
        return None
    if not _one_debtor(known):
        return _unmatched("iban-ambiguous", evidence, 40, numbers=_numbers(known))
    amount = evidence.payment.amount
    fitting = [item for item in known if item.open_amount == amount]
    if len(fitting) == 1:
        return _certain("iban-amount", fitting, 88)
    if fitting:
        return _unmatched("amount-ambiguous", evidence, 45, numbers=_numbers(fitting))
    total = sum((item.open_amount for item in known), Decimal(0))
    if amount == total:
        return _certain("iban-all", known, 82, count=str(len(known)))
    if amount > total:
        return _too_much(evidence, known)
    return _unmatched("iban-amount-unknown", evidence, 40, numbers=_numbers(known))


def _by_name(evidence: _Evidence) -> MatchDecision | None:
    """The debtor's own name, the last figures of one of his invoices ("factuur 27" for 2026-0027) and its exact amount."""
    told = {figures.lstrip("0") for figures in re.findall(r"\d+", evidence.payment.text or "")}
    fitting = [
        item
        for item in evidence.by(How.NAME)
        if item.open_amount == evidence.payment.amount and _last_figures(item.number) in told
    ]
    return _certain("name-number-amount", fitting, 86) if len(fitting) == 1 else None


def _last_figures(number: str) -> str | None:
    figures = re.findall(r"\d+", number)
    return figures[-1].lstrip("0") or None if figures else None


def _by_nothing_sure(evidence: _Evidence) -> MatchDecision:
    if evidence.by(How.NUMBER):
        return _unmatched("number-generic", evidence, 35, numbers=_numbers(evidence.by(How.NUMBER)))
    if evidence.by(How.NAME):
        return _unmatched("name-only", evidence, 30, numbers=_numbers(evidence.by(How.NAME)))
    if evidence.by(How.AMOUNT):
        return _unmatched("amount-only", evidence, 20, numbers=_numbers(evidence.by(How.AMOUNT)))
    return _unmatched("nothing-found", evidence, 0)


def _number_is_enough(item: OpenItem, evidence: _Evidence) -> bool:
    if not is_weak(item.number_key):
        return True
    return not is_generic(item.number_key) and evidence.has(item, How.IBAN, How.NAME, How.AMOUNT)


def _could_be_something_else(evidence: _Evidence, item: OpenItem) -> bool:
    """A house number, postcode or date for all we know: the amount does not confirm it, nor is it called an invoice."""
    key = item.number_key
    return is_weak(key) and not is_called_invoice(key, evidence.payment.text)


def _without_contained(items: list[OpenItem]) -> list[OpenItem]:
    """Without an item whose number is only a piece of another's: `0042` within `2026-0042`."""
    if len(items) < 2:
        return items
    keys = {item.number_key for item in items}
    return [
        item for item in items if not any(item.number_key != key and item.number_key in key for key in keys)
    ]


def _of_another_debtor(evidence: _Evidence, item: OpenItem) -> bool:
    """The payer's account belongs to another debtor than the one whose number it names."""
    owners = {known.debtor_id for known in evidence.by(How.IBAN)}
    return bool(owners) and item.debtor_id not in owners


def _contradicts(evidence: _Evidence, item: OpenItem) -> bool:
    """A payer we can compare with the debtor, and who is somebody else."""
    if evidence.has(item, How.IBAN, How.NAME):
        return False
    payer, debtor = name_key(evidence.payment.name), name_key(item.debtor_name)
    return payer is not None and debtor is not None and payer not in debtor and debtor not in payer


def _one_debtor(items: list[OpenItem]) -> bool:
    return len({item.debtor_id for item in items}) == 1


def _numbers(items: list[OpenItem]) -> str:
    return ", ".join(item.number for item in items[:10])


def _certain(reason: str, items: list[OpenItem], score: int, **parameters: str) -> MatchDecision:
    return _booked(reason, [(item, item.open_amount) for item in items], score, **parameters)


def _booked(
    reason: str, lines: list[tuple[OpenItem, Decimal]], score: int, **parameters: str
) -> MatchDecision:
    told = {"numbers": _numbers([item for item, _ in lines]), **parameters}
    booked = tuple((item.invoice_id, amount) for item, amount in lines)
    return MatchDecision("certain", booked, score, reason, tuple(told.items()))


def _too_much(evidence: _Evidence, items: list[OpenItem]) -> MatchDecision:
    total = sum((item.open_amount for item in items), Decimal(0))
    return _unmatched(
        "more-than-open",
        evidence,
        60,
        numbers=_numbers(items),
        open=f"{total:.2f}",
        over=f"{evidence.payment.amount - total:.2f}",
    )


def _unmatched(reason: str, evidence: _Evidence, score: int, **parameters: str) -> MatchDecision:
    return MatchDecision("unmatched", (), score, reason, tuple(parameters.items()), evidence.suspects())
