"""Matching entries to open invoices: claim a batch, gather what it might pay, decide, write.

Called through `actions` and by the daily run. Several programs may do this at once: each claims its own entries, and
before it writes it locks the invoices it pays and looks whether they still stand as they were read.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from inbaar.banking.bundles import Bundle, divide_bundle
from inbaar.banking.candidates import (
    Asked,
    asked,
    credit_notes,
    items_alike,
    items_of_bundles,
    items_pointed_at,
)
from inbaar.banking.models import Entry
from inbaar.banking.outcomes import RULES, EntryFacts, Line, Outcome, write_outcomes
from inbaar.banking.payment_tokens import is_weak
from inbaar.banking.rules import Candidate, MatchDecision, OpenItem, decide
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.garbage import uncollected
from inbaar.kit.scope import client_scope
from inbaar.law.errors import LawError
from inbaar.receivables.claims import ClaimFacts, as_claimed_before, owed_on
from inbaar.receivables.payments import divide
from inbaar.receivables.queries import claim_facts

SURE_OF_PAYER = 95
MOST_ATTEMPTS = 5
ENTRY_COLUMNS = """
    id, "date", amount, unapplied, currency, counterparty_name, counterparty_iban, reference, end_to_end_id, text
"""
_CLAIM = f"""
    SELECT {ENTRY_COLUMNS} FROM banking_entry WHERE client_id = %s AND state = 'new' ORDER BY id LIMIT %s
    FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - our own text
_LOCK_INVOICES = """
    SELECT id, open_amount FROM receivables_invoice WHERE client_id = %s AND id = ANY(%s::bigint[])
    ORDER BY id FOR NO KEY UPDATE
"""
NOTHING = "nothing-found"
# Decisions that no number or reference in the payment itself led to.
WITHOUT_NUMBER = frozenset(
    (NOTHING, "iban-amount", "iban-all", "iban-ambiguous", "amount-ambiguous", "iban-amount-unknown")
)

BY_NUMBER = frozenset(("number", "numbers", "number-part"))
# Decisions that hold only if all that is open of a debtor was looked at.
OF_ALL_OPEN = frozenset(("iban-amount", "iban-all", "name-number-amount"))


@dataclass(frozen=True, slots=True)
class MatchTally:
    """How many entries were looked at, and what became of them."""

    matched: int = 0
    unmatched: int = 0

    @property
    def entries(self) -> int:
        """All entries looked at."""
        return self.matched + self.unmatched

    def __add__(self, other: "MatchTally") -> "MatchTally":
        return MatchTally(self.matched + other.matched, self.unmatched + other.unmatched)


class _Overtaken(Exception):
    """Another program changed an invoice between our reading and our locking it. Carries what we were to pay."""

    def __init__(self, invoices: set[int]) -> None:
        super().__init__()
        self.invoices = invoices


def match_batch(client_id: int, on: dt.date, recorded_at: dt.datetime, limit: int) -> MatchTally:
    """Claim up to `limit` new entries and match them in one transaction."""
    with client_scope(client_id), uncollected():
        rows = fetch(_CLAIM, [client_id, limit])
        return match_entries(client_id, [EntryFacts(*row) for row in rows], on, recorded_at)


def match_entries(
    client_id: int, entries: Sequence[EntryFacts], on: dt.date, recorded_at: dt.datetime
) -> MatchTally:
    """Match entries that the caller has locked. Overtaken by another program, it lets go and looks again."""
    if not entries:
        return MatchTally()
    payments = [asked(entry) for entry in sorted(entries, key=lambda entry: (entry.date, entry.id))]
    wanted: set[int] = set()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            with transaction.atomic():
                # From the second time on, what we are likely to pay is locked before it is read.
                _locked_amounts(client_id, wanted)
                outcomes = Round(client_id, payments, on).outcomes()
                write_outcomes(client_id, outcomes, RULES, on, recorded_at)
                break
        except _Overtaken as overtaken:
            wanted = overtaken.invoices
            if attempt == MOST_ATTEMPTS:
                raise
    matched = sum(outcome.state == Entry.State.MATCHED for outcome in outcomes)
    return MatchTally(matched, len(outcomes) - matched)


def may_be_for(client_id: int, payments: Sequence[EntryFacts], on: dt.date) -> dict[int, tuple[int, ...]]:
    """Per payment the open invoices it would pay or could be for. Nothing is locked and nothing is written."""
    looked = Round(client_id, [asked(entry) for entry in payments], on).outcomes(lock=False)
    return {o.entry.id: (*(line.invoice_id for line in o.lines), *o.suspects) for o in looked}


def owed_by_payer(claim: ClaimFacts, on: dt.date) -> Decimal:
    """What a payment of a day can pay: the principal, with the interest and costs its payer had been asked for.

    Beside a later payment that is booked already, it is divided as of that later day.
    """
    asked_for = as_claimed_before(claim, on)
    if not asked_for.components:
        return claim.open_amount
    return owed_on(asked_for, max([on, *(p.on for p in claim.payments)])).total


def _locked_amounts(client_id: int, invoices: set[int]) -> list[tuple[Any, ...]]:
    """Lock invoices, always in the same order, and give what is open on them."""
    return fetch(_LOCK_INVOICES, [client_id, array_parameter(sorted(invoices))]) if invoices else []


class Round:
    """One look at a batch. Payments are decided by date, so that a later one meets what an earlier one left open."""

    def __init__(self, client_id: int, payments: Sequence[Asked], on: dt.date) -> None:
        self.client_id, self.payments = client_id, payments
        self.found = items_pointed_at(client_id, payments)
        self.bundles, self.bundled = items_of_bundles(client_id, payments, self.found)
        self.read = dict(self.found.items)
        self.claims = claim_facts(self.found.extras, on) if self.found.extras else {}
        self.notes = credit_notes(client_id, {item.debtor_id for item in self.read.values()})
        self.paid = self.found.paid
        self.paid_alike: set[int] = set()

    def outcomes(self, lock: bool = True) -> list[Outcome]:
        decided = [(payment, self._decide(payment)) for payment in self.payments]
        lost = [payment for payment, decision in decided if decision.reason == NOTHING]
        if lost:
            self.alike = items_alike(self.client_id, lost, self.found)
            decided = [
                (payment, self._decide_alike(payment) if decision.reason == NOTHING else decision)
                for payment, decision in decided
            ]
        if lock:
            self._lock({number for _, decision in decided for number, _ in decision.lines})
        return [self._outcome(payment, decision) for payment, decision in decided]

    def _decide_alike(self, payment: Asked) -> MatchDecision:
        """By name or amount alone. An item is paid once in a batch, for it is paid in full."""
        candidates = [c for c in self.alike.candidates(payment) if c.item.invoice_id not in self.paid_alike]
        decision = _unless_crowded(decide(payment.payment, candidates), candidates, self.alike.is_crowded)
        for candidate in candidates:
            self.read.setdefault(candidate.item.invoice_id, candidate.item)
        self.paid_alike |= {number for number, _ in decision.lines}
        return decision

    def _decide(self, payment: Asked) -> MatchDecision:
        bundle = self.bundles.get(payment.entry.id)
        decision = self._decide_alone(payment) if bundle is None else self._decide_bundle(payment, bundle)
        for number, amount in decision.lines:
            self._take(number, amount, payment.entry.date)
        return decision

    def _decide_bundle(self, payment: Asked, bundle: Bundle) -> MatchDecision:
        """By the reference of invoices that are paid as one."""
        day = payment.entry.date
        try:
            return divide_bundle(
                bundle, payment.payment, lambda number: self._left(number, day), self.bundled
            )
        except LawError as silent:
            suspects = tuple(sorted(n for n, _ in bundle.parts if n in self.found.items))
            return _silent([self.bundled[number] for number, _ in bundle.parts], silent, suspects)

    def _left(self, number: int, on: dt.date) -> Decimal:
        item = self.found.items.get(number)
        return self._owed(item, on) if item else Decimal(0)

    def _decide_alone(self, payment: Asked) -> MatchDecision:
        """By what the payment says of single invoices and who paid it."""
        candidates = self.found.pointed_at(payment)
        if self.claims and any(c.item.invoice_id in self.claims for c in candidates):
            decision = self._decide_with_extras(payment, candidates)
        else:
            decision = decide(payment.payment, candidates)
        decision = _unless_crowded(decision, candidates, self.found.is_crowded)
        return self._unless_paid(payment, self._unless_credit_note(decision))

    def _decide_with_extras(self, payment: Asked, candidates: Sequence[Candidate]) -> MatchDecision:
        """By what is owed with interest and costs. Who pays exactly the principal is recognised too."""
        day = payment.entry.date
        try:
            owed = [
                Candidate(replace(item, open_amount=self._owed(item, day)), how) for item, how in candidates
            ]
        except LawError as silent:
            suspects = tuple(sorted({c.item.invoice_id for c in candidates}))
            return _silent([c.item.number for c in candidates], silent, suspects)
        decision = decide(payment.payment, owed)
        if not decision.certain:
            plain = decide(payment.payment, candidates)
            decision = plain if plain.certain else decision
        return decision

    def _owed(self, item: OpenItem, on: dt.date) -> Decimal:
        claim = self.claims.get(item.invoice_id)
        return owed_by_payer(claim, on) if claim else item.open_amount

    def _unless_credit_note(self, decision: MatchDecision) -> MatchDecision:
        """Who pays an invoice less an open credit note has paid in full: a person settles the two."""
        if not (self.notes and decision.certain and decision.reason.endswith("-part")):
            return decision
        ((number, amount),) = decision.lines
        item = self.found.items[number]
        note = self.notes.get((item.debtor_id, item.open_amount - amount))
        if note is None:
            return decision
        told = (("numbers", item.number), ("credit_note", note))
        return MatchDecision("unmatched", (), decision.score, "credit-note", told, (number,))

    def _unless_paid(self, payment: Asked, decision: MatchDecision) -> MatchDecision:
        """Who names an invoice that is paid has paid it twice, or named the wrong one: never guess another."""
        if self.paid.keys().isdisjoint(payment.tokens.number_keys):
            return decision
        keys = {key for key in payment.tokens.number_keys if key in self.paid and not is_weak(key)}
        if decision.reason in BY_NUMBER:
            # `2026-0042` is in the text only as the beginning of `2026-0042-1`, which is paid.
            ours = {self.found.items[number].number_key for number, _ in decision.lines}
            keys = {key for key in keys if any(own != key and own in key for own in ours)}
        elif decision.reason not in WITHOUT_NUMBER:
            return decision
        named = sorted({self.paid[key] for key in keys})
        if not named:
            return decision
        suspects = decision.suspects or tuple(number for number, _ in decision.lines)
        return MatchDecision("unmatched", (), 40, "paid-already", (("numbers", ", ".join(named)),), suspects)

    def _take(self, number: int, amount: Decimal, on: dt.date) -> None:
        """Take a payment off an item, so that the next payment of the batch meets what is left."""
        item = self.found.items[number]
        left = item.open_amount - amount
        if claim := self.claims.get(number):
            booked = divide(claim, on, amount)
            left = claim.open_amount - booked.principal
            self.claims[number] = replace(claim, open_amount=left, payments=(*claim.payments, booked))
        if left > 0:
            self.found.items[number] = replace(item, open_amount=left)
        else:
            self.paid[item.number_key] = item.number
            del self.found.items[number]

    def _lock(self, invoices: set[int]) -> None:
        """Lock what will be paid; another program may have paid some of it since we read it."""
        for number, open_amount in _locked_amounts(self.client_id, invoices):
            if self.read[number].open_amount != open_amount:
                raise _Overtaken(invoices)

    def _outcome(self, payment: Asked, decision: MatchDecision) -> Outcome:
        return Outcome(
            payment.entry,
            Entry.State.MATCHED if decision.certain else Entry.State.UNMATCHED,
            decision.reason,
            decision.score,
            dict(decision.parameters),
            tuple(Line(number, self.read[number].debtor_id, amount) for number, amount in decision.lines),
            () if decision.certain else decision.suspects,
            decision.certain and decision.score >= SURE_OF_PAYER,
        )


def _silent(numbers: Sequence[str], why: LawError, suspects: tuple[int, ...]) -> MatchDecision:
    """What is owed on that day cannot be told, so a person decides."""
    told = (("numbers", ", ".join(sorted(set(numbers)))), ("why", str(why)))
    return MatchDecision("unmatched", (), 0, "law-silent", told, suspects)


def _unless_crowded(
    decision: MatchDecision, candidates: Sequence[Candidate], is_crowded: Callable[[int], bool]
) -> MatchDecision:
    """Of a debtor with more open items than were looked up nothing is the only one that fits."""
    if decision.reason not in OF_ALL_OPEN:
        return decision
    paid = {number for number, _ in decision.lines}
    debtors = {item.debtor_id for item, _ in candidates if item.invoice_id in paid}
    if not any(is_crowded(debtor) for debtor in debtors):
        return decision
    return MatchDecision("unmatched", (), 45, "too-many-open", decision.parameters, tuple(sorted(paid)))
