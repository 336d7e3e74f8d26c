"""The dunning part of the daily run: what is due is claimed, decided and written, a chunk of debtors at a time.

Runs any number of times, on any number of workers, and killed at any moment, with the same result: a chunk is one
transaction, and each step of an invoice can be written once.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from inbaar.dunning.calls import ask_calls, lapse_calls
from inbaar.dunning.composing import Failure, Planned, Prepared, prepare_letters, write_prepared
from inbaar.dunning.handover import costs_to_claim
from inbaar.dunning.policy_book import PolicyBook, policy_book
from inbaar.dunning.policy_steps import PolicyStep
from inbaar.dunning.rules import Decision, decide, runs_on
from inbaar.dunning.standing import DueInvoice, bank_is_stale, due_invoices, lock_due_debtors
from inbaar.dunning.taking import plan_again, take_steps, wait_until, write_hand_overs
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewRequest, add_components, request_evidence
from inbaar.receivables.evidence import proven_kinds
from inbaar.receivables.timeline import NewEvent, write_events

CHUNK_INVOICES = 2000
#: Proof of delivery is asked for within so many days when a claim is ready to be handed over.
PROOF_WITHIN_DAYS = 14


@dataclass(slots=True)
class DayTally:
    """What one run did: steps by kind, letters by kind, what waits and why, what was closed."""

    steps: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    closed: int = 0

    @property
    def looked_at(self) -> int:
        """How many invoices were due for a look."""
        return sum(self.steps.values()) + sum(self.waits.values()) + self.closed


def run_dunning(
    client_id: int,
    on: dt.date,
    recorded_at: dt.datetime,
    *,
    letters: bool = True,
    chunk_invoices: int = CHUNK_INVOICES,
    on_letters: Callable[[int], object] | None = None,
) -> DayTally:
    """Do what is due for one client on a day. On a day that is no working day nothing leaves and nothing moves.

    `on_letters` is called with the client in the transaction that writes letters, to queue the job that sends them.
    `letters` False takes the steps without composing letters; only measurements use it.
    """
    tally = DayTally()
    while runs_on(on):
        with client_scope(client_id):
            debtors = lock_due_debtors(client_id, on, chunk_invoices)
            if not debtors:
                break
            book = policy_book(client_id)
            stale = bank_is_stale(client_id, on)
            due = due_invoices(client_id, on, debtors, book, bank_stale=stale)
            before = sum(tally.letters.values())
            _Chunk(client_id, on, recorded_at, book, tally, letters).work(due)
            if on_letters is not None and sum(tally.letters.values()) > before:
                on_letters(client_id)
    return tally


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One chunk of debtors: what every part of its work needs."""

    client_id: int
    on: dt.date
    recorded_at: dt.datetime
    book: PolicyBook
    tally: DayTally
    letters: bool

    def work(self, due: Sequence[DueInvoice]) -> None:
        """Decide and do what is due, in the caller's transaction."""
        groups = self._decided(due)
        sending = {
            item.invoice_id: Planned(decision.step, item.standing.last)
            for decision, invoices in groups.items() if decision.act == "send" and decision.step
            for item in invoices
        }  # fmt: skip
        prepared = (
            prepare_letters(self.client_id, sending, self.on) if self.letters and sending else Prepared()
        )
        for decision, invoices in groups.items():
            done = self._do(decision, invoices, prepared)
            if decision.step is not None and done:
                self.tally.steps[decision.kind] += done
        if prepared.letters:
            self.tally.letters += write_prepared(self.client_id, prepared, self.on, self.recorded_at)
            lapse_calls(self.client_id, [letter.debtor_id for letter in prepared.letters], self.on)

    def _decided(self, due: Sequence[DueInvoice]) -> dict[Decision, list[DueInvoice]]:
        """The chunk by decision. Equal standings share one object, so each kind of case is decided once."""
        alike: dict[int, list[DueInvoice]] = defaultdict(list)
        for item in due:
            alike[id(item.standing)].append(item)
        groups: dict[Decision, list[DueInvoice]] = defaultdict(list)
        for items in alike.values():
            standing = items[0].standing
            groups[decide(standing, self.on, self.book.lane(standing.policy, standing.capacity))] += items
        return groups

    def _do(self, decision: Decision, invoices: Sequence[DueInvoice], prepared: Prepared) -> int:
        """Do what was decided for a group; gives for how many a step was taken."""
        step = decision.step
        if decision.act == "wait":
            wait_until(self.client_id, decision.look_again_on, decision.waits_for, invoices)
            self.tally.waits[decision.waits_for] += len(invoices)
        elif step is None:
            wait_until(self.client_id, None, "", invoices, stage="closed")
            self.tally.closed += len(invoices)
        elif decision.act == "plan":
            plan_again(self.client_id, step, invoices, self.on)
        else:
            return self._take(decision.act, step, invoices, prepared)
        return 0

    def _take(self, act: str, step: PolicyStep, due: Sequence[DueInvoice], prepared: Prepared) -> int:
        if act == "hand_over":
            invoices = self._hand_over(step, due)
            self._ask_for_proof(invoices)
            return len(invoices)
        invoices = self._without_failures(due, prepared.failures) if act == "send" else [*due]
        take_steps(self.client_id, step, invoices, self.on, self.book, prepared.pay_by)
        if act == "call":
            ask_calls(self.client_id, step, invoices, self.on, self.recorded_at)
        return len(invoices)

    def _without_failures(
        self, invoices: Sequence[DueInvoice], failures: Mapping[int, Failure]
    ) -> list[DueInvoice]:
        """The invoices whose step can be taken; the others wait until tomorrow with the reason on their timeline, once."""
        failed: dict[str, list[DueInvoice]] = defaultdict(list)
        for item in invoices:
            if item.invoice_id in failures:
                failed[failures[item.invoice_id].code].append(item)
        for code, items in failed.items():
            wait_until(self.client_id, self.on + dt.timedelta(days=1), code, items)
            self.tally.waits[code] += len(items)
            write_events(
                self.client_id,
                (
                    NewEvent("letter_held", self.on, item.invoice_id, item.debtor_id,
                             {"reason": code, "words": failures[item.invoice_id].words})
                    for item in items if item.waited_for != code
                ),
                self.recorded_at,
            )  # fmt: skip
        return [item for item in invoices if item.invoice_id not in failures]

    def _hand_over(self, step: PolicyStep, due: Sequence[DueInvoice]) -> list[DueInvoice]:
        """Hand over what the last letter did not bring in; gives the invoices it was done for."""
        costs = costs_to_claim(self.client_id, [item.invoice_id for item in due], self.on)
        failures = {invoice: Failure("law_not_covered", words) for invoice, words in costs.failures.items()}
        invoices = self._without_failures(due, failures)
        if heeded := [item for item in invoices if item.invoice_id in costs.paid_as_asked]:
            # Interest ran on between the letter and the payment; whether to ask that as well is for a person.
            wait_until(self.client_id, None, "paid_as_asked", heeded)
            self.tally.waits["paid_as_asked"] += len(heeded)
            invoices = [item for item in invoices if item.invoice_id not in costs.paid_as_asked]
        write_hand_overs(self.client_id, step, invoices, self.on, self.book)
        add_components(self.client_id, costs.components, self.recorded_at)
        write_events(
            self.client_id,
            (
                NewEvent("step", self.on, item.invoice_id, item.debtor_id, {"step": "hand_over"})
                for item in invoices
            ),
            self.recorded_at,
        )
        return invoices

    def _ask_for_proof(self, invoices: Sequence[DueInvoice]) -> None:
        """Who collects must be able to show that it was delivered: proof is asked for where there is none yet, once."""
        proven = proven_kinds(self.client_id, [item.invoice_id for item in invoices])
        due_on = self.on + dt.timedelta(days=PROOF_WITHIN_DAYS)
        request_evidence(
            self.client_id,
            (
                NewRequest(item.invoice_id, "any", "collection", "", due_on, f"collection:{item.invoice_id}")
                for item in invoices
                if item.invoice_id not in proven
            ),
            "",
            self.on,
            self.recorded_at,
        )
