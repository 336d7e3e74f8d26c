"""Matching entries to open invoices: claim a batch, gather what it might pay, decide, write.

Called through `actions` and by the daily run. Programs take turns at a client's entries (`claiming`). A person may match
meanwhile: before it writes, a batch locks the invoices it pays and looks whether they still stand as they were read.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import transaction

from inbaar.banking.accounts import own_ibans
from inbaar.banking.bundles import BUNDLE, Bundle, divide_bundle
from inbaar.banking.candidates import (
    Asked,
    add_named,
    asked,
    credit_notes,
    explained_by,
    items_alike,
    items_of_bundles,
    items_pointed_at,
    prefixes_of,
    set_aside_from,
)
from inbaar.banking.claiming import claim_new, take_turn
from inbaar.banking.decided import (
    NOTHING,
    silent_law,
    unless_above,
    unless_crowded,
    unless_paid,
    without_number,
)
from inbaar.banking.evidence import Context, How, Offset
from inbaar.banking.learning import known_of
from inbaar.banking.models import Entry
from inbaar.banking.names import NOBODY, payers_by_name
from inbaar.banking.outcomes import (
    RULES,
    EntryFacts,
    Line,
    Outcome,
    Rest,
    payment_key,
    write_outcomes,
)
from inbaar.banking.rules import Candidate, MatchDecision, OpenItem, decide
from inbaar.banking.sold_claims import sales_of, unless_sold
from inbaar.banking.write_offs.queries import one_person_limit
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.garbage import uncollected
from inbaar.kit.scope import client_scope
from inbaar.law.errors import LawError
from inbaar.receivables.actions import SetOff, offset_key
from inbaar.receivables.claims import ClaimFacts, as_claimed_before, owed_on
from inbaar.receivables.payments import divide
from inbaar.receivables.queries import claim_facts

SURE_OF_PAYER = 95
MATCHED, UNMATCHED = Entry.State.MATCHED, Entry.State.UNMATCHED  # asked of each payment
MOST_ATTEMPTS = 5
_LOCK_INVOICES = """
    SELECT id, open_amount FROM receivables_invoice WHERE client_id = %s AND id = ANY(%s::bigint[])
    ORDER BY id FOR NO KEY UPDATE
"""


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
    """Claim up to `limit` new entries and match them in one transaction, after those that another program has in hand."""
    with client_scope(client_id), uncollected():
        take_turn(client_id)
        return match_entries(client_id, claim_new(client_id, limit), on, recorded_at)


def match_entries(
    client_id: int, entries: Sequence[EntryFacts], on: dt.date, recorded_at: dt.datetime
) -> MatchTally:
    """Match entries that the caller has locked. Overtaken by another program, it lets go and looks again."""
    if not entries:
        return MatchTally()
    prefixes = prefixes_of(client_id)
    payments = [asked(entry, prefixes) for entry in sorted(entries, key=lambda entry: (entry.date, entry.id))]
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


def owed_by_payer(claim: ClaimFacts, on: dt.date, *, told: bool = False) -> Decimal:
    """What a payment of a day can pay: the principal, with the interest and costs its payer had been asked for.

    Beside a later payment that is booked already, it is divided as of that later day. `told`: he was asked that very day.
    """
    asked_for = as_claimed_before(claim, on, told=told)
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
        self.names = payers_by_name(client_id, payments, self.found)
        add_named(client_id, self.found, self.names.pointed_at(payments))
        self.bundles, self.bundled = items_of_bundles(client_id, payments, self.found)
        self.read = dict(self.found.items)
        self.claims = claim_facts(self.found.extras, on) if self.found.extras else {}
        debtors = {item.debtor_id for item in self.read.values()}
        self.credits = credit_notes(client_id, debtors)
        self.amounts = {item.invoice_id: item.open_amount for item in self.read.values()}
        self.amounts |= {c.credit_id: c.open_amount for notes in self.credits.values() for c in notes}
        self.known = known_of(client_id, debtors)
        self.explained = explained_by(client_id, self.read)
        self.sales = sales_of(client_id, self.read)
        self.own_accounts = own_ibans(client_id) if self.sales else frozenset()
        self.paid = self.found.paid
        self.paid_alike: set[int] = set()

    def outcomes(self, lock: bool = True) -> list[Outcome]:
        decided = [(payment, self._decide(payment)) for payment in self.payments]
        lost = [payment for payment, decision in decided if decision.reason == NOTHING]
        if lost:
            self._look_further(lost)
            decided = [
                (payment, self._decide_alike(payment) if decision.reason == NOTHING else decision)
                for payment, decision in decided
            ]
        if lock:
            self._lock(
                {number for _, decision in decided for number, _ in decision.lines}
                | {offset.credit_id for _, decision in decided for offset in decision.offsets}
            )
        return [self._outcome(payment, decision) for payment, decision in decided]

    def _decide_alike(self, payment: Asked) -> MatchDecision:
        """By name or amount alone. An item is paid once in a batch, for it is paid in full."""
        candidates = [c for c in self.alike.candidates(payment) if c.item.invoice_id not in self.paid_alike]
        context = self._context(payment, by_itself=False)._replace(payers=self.alike.bearers(payment))
        decided = unless_crowded(
            decide(payment.payment, candidates, context), candidates, self.alike.is_crowded
        )
        decision = self._unless_more_is_known(payment, decided)
        self.paid_alike |= {number for number, _ in decision.lines}
        return decision

    def _look_further(self, lost: Sequence[Asked]) -> None:
        """Read what only a name or an amount fits, with what must be known of it before it is paid."""
        self.alike = items_alike(self.client_id, lost, self.found, self.names.told)
        new = {n: item for n, item in self.alike.items.items() if n not in self.read}
        self.read |= new
        self.amounts |= {number: item.open_amount for number, item in new.items()}
        for number, waiting in explained_by(self.client_id, new).items():
            self.explained[number] |= waiting
        if sales := sales_of(self.client_id, new):
            self.sales |= sales
            self.own_accounts = own_ibans(self.client_id)

    def _decide(self, payment: Asked) -> MatchDecision:
        bundle = self.bundles.get(payment.entry.id)
        if bundle is None:
            return self._decide_alone(payment)
        decision = self._unless_another_has_it(payment, self._decide_bundle(payment, bundle))
        self._take_all(decision, payment.entry.date)
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
            return silent_law([self.bundled[number] for number, _ in bundle.parts], silent, suspects)

    def _left(self, number: int, on: dt.date) -> Decimal:
        item = self.found.items.get(number)
        return self._owed(item, on, told=True) if item else Decimal(0)

    def _decide_alone(self, payment: Asked) -> MatchDecision:
        """By what the payment says of single invoices and who paid it."""
        candidates = self.found.pointed_at(payment)
        if self.claims and any(c.item.invoice_id in self.claims for c in candidates):
            decision = self._decide_with_extras(payment, candidates)
        else:
            decision = decide(payment.payment, candidates, self._context(payment))
        if decision.reason == NOTHING:
            return decision
        decision = unless_crowded(decision, candidates, self.found.is_crowded)
        decision = self._unless_more_is_known(payment, decision)
        self._take_all(decision, payment.entry.date)
        return decision

    def _unless_more_is_known(self, payment: Asked, decision: MatchDecision) -> MatchDecision:
        """What else is known of what is named and of what would be paid."""
        keys = payment.tokens.number_keys
        decision = unless_above(decision, self.limit) if decision.rests else decision
        decision = unless_paid(decision, keys, self.paid, self.found.paid_by, self.read)
        return self._unless_another_has_it(payment, self._unless_explained(payment, decision))

    @cached_property
    def set_aside(self) -> frozenset[str]:
        """The accounts of these payers of which money was set aside that may have been for one of equal invoices."""
        return set_aside_from(self.client_id, {p.tokens.iban for p in self.payments if p.tokens.iban})

    @cached_property
    def limit(self) -> Decimal:
        """Up to what is written off without a second person."""
        return one_person_limit(self.client_id)

    def _unless_another_has_it(self, payment: Asked, decision: MatchDecision) -> MatchDecision:
        sold = self.sales if decision.certain else {}
        return unless_sold(decision, payment.entry.date, sold, self.own_accounts, self.read)

    def _unless_explained(self, payment: Asked, decision: MatchDecision) -> MatchDecision:
        """Where money of this payer waits that may have paid the same invoice, the next of his is not guessed at."""
        iban = payment.tokens.iban
        if decision.reason.endswith("-oldest") and iban in self.set_aside:
            suspects = tuple(number for number, _ in decision.lines)
            return MatchDecision("unmatched", (), 45, "earlier-set-aside", decision.parameters, suspects)
        if decision.certain and without_number(decision.reason):
            numbers = [n for n, _ in decision.lines if self._explained_before(n, payment, decision.reason)]
            if numbers:
                told = (("numbers", ", ".join(self.read[number].number for number in numbers)),)
                suspects = tuple(number for number, _ in decision.lines)
                decision = MatchDecision("unmatched", (), 45, "earlier-waits", told, suspects)
        if iban and not decision.certain and decision.reason != "other-currency":
            for number in decision.suspects:
                self.explained[number].add((payment.entry.id, iban, payment.payment.amount))
        return decision

    def _explained_before(self, number: int, payment: Asked, reason: str) -> bool:
        """Other money of the same account that waits: of the one invoice's amount where that decides, else of any."""
        of_one = "-amount" in reason and not reason.endswith("oldest")
        item = self.found.items.get(number) or self.read[number]
        amount = item.open_amount if of_one else None
        return any(
            iban == payment.tokens.iban and entry != payment.entry.id and amount in (None, left)
            for entry, iban, left in self.explained.get(number, ())
        )

    def _context(self, payment: Asked, *, by_itself: bool = True) -> Context:
        name = payment.tokens.name_key or ""
        return Context(
            self.names.own.get(name, NOBODY),
            self.names.told.get(name, NOBODY),
            self.names.meant_by(payment),
            payment.tokens.number_keys,
            self.credits,
            self.known,
            by_itself,
        )

    def _take_all(self, decision: MatchDecision, on: dt.date) -> None:
        """Take all that a payment settles off the items and the credit notes."""
        for offset in decision.offsets:
            self._take(offset.invoice_id, offset.amount, on)
            item = self.found.items[offset.invoice_id]
            notes = self.credits[item.debtor_id]
            self.credits[item.debtor_id] = [note for note in notes if note.credit_id != offset.credit_id]
        for rest in decision.rests:
            self._take(rest.invoice_id, rest.amount, on)
        for number, amount in decision.lines:
            self._take(number, amount, on, told=decision.reason == BUNDLE)

    def _decide_with_extras(self, payment: Asked, candidates: Sequence[Candidate]) -> MatchDecision:
        """By what is owed with interest and costs. Who pays exactly the principal is recognised too."""
        day = payment.entry.date
        try:
            owed = [
                Candidate(item._replace(open_amount=self._owed(item, day)), how) for item, how in candidates
            ]
        except LawError as silent:
            numbers = ", ".join(sorted({c.item.number for c in candidates}))
            told = (("numbers", numbers), ("why", str(silent)))
            suspects = tuple(sorted({c.item.invoice_id for c in candidates if c.how is not How.SAME}))
            return MatchDecision("unmatched", (), 0, "law-silent", told, suspects)
        context = self._context(payment, by_itself=False)
        decision = decide(payment.payment, owed, context)
        if not decision.certain:
            plain = decide(payment.payment, candidates, context)
            decision = plain if plain.certain else decision
        return decision

    def _owed(self, item: OpenItem, on: dt.date, *, told: bool = False) -> Decimal:
        claim = self.claims.get(item.invoice_id)
        return owed_by_payer(claim, on, told=told) if claim else item.open_amount

    def _take(self, number: int, amount: Decimal, on: dt.date, *, told: bool = False) -> None:
        """Take a payment off an item, so that the next payment of the batch meets what is left."""
        item = self.found.items[number]
        left = item.open_amount - amount
        if claim := self.claims.get(number):
            booked = divide(claim, on, amount, told=told)
            left = claim.open_amount - booked.principal
            self.claims[number] = replace(claim, open_amount=left, payments=(*claim.payments, booked))
        if left > 0:
            self.found.items[number] = item._replace(open_amount=left)
        else:
            self.paid[item.number_key] = item.number
            self.found.paid_by.setdefault(item.number_key, set()).add(item.debtor_id)
            del self.found.items[number]

    def _lock(self, invoices: set[int]) -> None:
        """Lock what will be paid; another program may have paid some of it since we read it."""
        for number, open_amount in _locked_amounts(self.client_id, invoices):
            if self.amounts[number] != open_amount:
                raise _Overtaken(invoices)

    def _outcome(self, payment: Asked, decision: MatchDecision) -> Outcome:
        entry = payment.entry
        return Outcome(
            entry,
            MATCHED if decision.certain else UNMATCHED,
            decision.reason,
            decision.score,
            dict(decision.parameters),
            tuple([Line(number, self.read[number].debtor_id, amount) for number, amount in decision.lines]),
            () if decision.certain else decision.suspects,
            decision.certain and decision.score >= SURE_OF_PAYER and not decision.third_party,
            tuple([_set_off(entry, offset) for offset in decision.offsets]),
            tuple([Rest(*rest) for rest in decision.rests]),
        )


def _set_off(entry: EntryFacts, offset: Offset) -> SetOff:
    """A credit note that the payer took off, on the day he paid the rest."""
    paid = payment_key(entry.id, offset.invoice_id, entry.rounds)
    return SetOff(
        offset.invoice_id,
        offset.credit_id,
        offset.number,
        entry.currency,
        entry.date,
        offset.amount,
        offset_key(paid, offset.credit_id),
    )
