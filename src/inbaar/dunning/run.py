"""The dunning part of the daily run: what is due is claimed, decided and written, a chunk of debtors at a time.

Runs any number of times, on any number of workers, and killed at any moment, with the same result: a chunk is one
transaction, and each step of an invoice can be written once.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inbaar.dunning.composing import Failure, Prepared, prepare_letters, write_prepared
from inbaar.dunning.handover import costs_to_claim
from inbaar.dunning.rules import (
    DEFAULT_POLICY,
    Decision,
    Policy,
    Standing,
    dates_of,
    decide,
    runs_on,
    stage_after,
)
from inbaar.dunning.standing import DueInvoice, bank_is_stale, due_invoices, lock_due_debtors
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import insert_rows, run
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewRequest, add_components, request_evidence
from inbaar.receivables.evidence import proven_kinds
from inbaar.receivables.timeline import NewEvent, write_events

CHUNK_INVOICES = 2000
_STEP = {
    "client_id": "bigint", "invoice_id": "bigint", "kind": "text", "after": "text", "on": "date", "pay_by": "date",
}  # fmt: skip
_AFTER = {"reminder": None, "formal_notice": "reminder", "fourteen_day_letter": "reminder"}


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
    policy: Policy = DEFAULT_POLICY,
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
            due = due_invoices(client_id, on, debtors, bank_stale=bank_is_stale(client_id, on))
            before = sum(tally.letters.values())
            _do_chunk(client_id, due, on, recorded_at, policy, tally, letters)
            if on_letters is not None and sum(tally.letters.values()) > before:
                on_letters(client_id)
    return tally


def _do_chunk(
    client_id: int,
    due: Sequence[DueInvoice],
    on: dt.date,
    recorded_at: dt.datetime,
    policy: Policy,
    tally: DayTally,
    letters: bool,
) -> None:
    groups = _decided(due, on)
    sending = {
        item.invoice_id: decision.step
        for (decision, _), invoices in groups.items() if decision.act == "send" for item in invoices
    }  # fmt: skip
    prepared = prepare_letters(client_id, sending, on, policy) if letters and sending else Prepared()
    for (decision, _), group in groups.items():
        invoices: Sequence[DueInvoice] = group
        if decision.act == "send":
            invoices = _without_failures(client_id, invoices, prepared.failures, on, recorded_at, tally)
            _take_step(client_id, decision.step, invoices, on, policy)
        elif decision.act == "hand_over":
            invoices = _hand_over(client_id, invoices, on, recorded_at, tally)
            _ask_for_proof(client_id, invoices, on, recorded_at, policy)
        elif decision.act == "wait":
            _wait(client_id, decision, invoices)
            tally.waits[decision.waits_for] += len(invoices)
        else:
            _move(client_id, invoices, "closed", None)
            tally.closed += len(invoices)
        if decision.step and invoices:
            tally.steps[decision.step] += len(invoices)
    if prepared.letters:
        tally.letters += write_prepared(client_id, prepared, on, recorded_at)


def _without_failures(
    client_id: int,
    invoices: Sequence[DueInvoice],
    failures: Mapping[int, Failure],
    on: dt.date,
    recorded_at: dt.datetime,
    tally: DayTally,
) -> list[DueInvoice]:
    """The invoices whose step can be taken; the others wait until tomorrow with the reason on their timeline, once."""
    failed: dict[str, list[DueInvoice]] = defaultdict(list)
    for item in invoices:
        if item.invoice_id in failures:
            failed[failures[item.invoice_id].code].append(item)
    for code, items in failed.items():
        _wait(client_id, Decision("wait", waits_for=code, look_again_on=on + dt.timedelta(days=1)), items)
        tally.waits[code] += len(items)
        write_events(
            client_id,
            (
                NewEvent("letter_held", on, item.invoice_id, item.debtor_id,
                         {"reason": code, "words": failures[item.invoice_id].words})
                for item in items if item.waited_for != code
            ),
            recorded_at,
        )  # fmt: skip
    return [item for item in invoices if item.invoice_id not in failures]


def _decided(due: Sequence[DueInvoice], on: dt.date) -> Mapping[tuple[Decision, str], list[DueInvoice]]:
    """The chunk by decision. Equal standings share one object, so each kind of case is decided once."""
    decisions: dict[Standing, Decision] = {}
    groups: dict[tuple[Decision, str], list[DueInvoice]] = defaultdict(list)
    for item in due:
        decision = decisions.get(item.standing) or decisions.setdefault(
            item.standing, decide(item.standing, on)
        )
        capacity = item.standing.capacity.value if decision.act == "send" else ""
        groups[decision, capacity].append(item)
    return groups


def _take_step(
    client_id: int, step: str, invoices: Sequence[DueInvoice], on: dt.date, policy: Policy
) -> None:
    if not invoices:
        return
    dates = dates_of(step, on, invoices[0].standing.capacity, policy)
    insert_rows(
        "dunning_step",
        _STEP,
        ((client_id, item.invoice_id, step, _AFTER[step], on, dates.pay_by) for item in invoices),
    )
    # The next look is after the term has run out, and for the notice not before the policy's own day after due.
    wait = dt.timedelta(days=policy.notice_after_due_days if step == "reminder" else 0)
    run(
        """
        UPDATE dunning_schedule s SET stage = %s, waits_for = '', due_on = n.due_on
        FROM unnest(%s::bigint[], %s::date[]) AS n(id, due_on) WHERE s.client_id = %s AND s.id = n.id
        """,
        [
            stage_after(step), _rows_of(invoices),
            array_parameter([max(dates.next_from, item.due_date + wait) for item in invoices]), client_id,
        ],
    )  # fmt: skip


def _hand_over(
    client_id: int, due: Sequence[DueInvoice], on: dt.date, recorded_at: dt.datetime, tally: DayTally
) -> list[DueInvoice]:
    """Hand over what the last letter did not bring in; gives the invoices it was done for."""
    costs = costs_to_claim(client_id, [item.invoice_id for item in due], on)
    failures = {invoice: Failure("law_not_covered", words) for invoice, words in costs.failures.items()}
    invoices = _without_failures(client_id, due, failures, on, recorded_at, tally)
    if heeded := [item for item in invoices if item.invoice_id in costs.paid_as_asked]:
        # Interest ran on between the letter and the payment; whether to ask that as well is for a person.
        _wait(client_id, Decision("wait", waits_for="paid_as_asked"), heeded)
        tally.waits["paid_as_asked"] += len(heeded)
        invoices = [item for item in invoices if item.invoice_id not in costs.paid_as_asked]
    ids = [item.invoice_id for item in invoices]
    run(
        """
        INSERT INTO dunning_step (client_id, invoice_id, kind, after, "on")
        SELECT client_id, invoice_id, 'hand_over', kind, %s FROM dunning_step
        WHERE client_id = %s AND invoice_id = ANY(%s) AND kind IN ('formal_notice', 'fourteen_day_letter')
        """,
        [on, client_id, ids],
    )
    add_components(client_id, costs.components, recorded_at)
    _move(client_id, invoices, stage_after("hand_over"), None)
    write_events(
        client_id,
        (NewEvent("step", on, item.invoice_id, item.debtor_id, {"step": "hand_over"}) for item in invoices),
        recorded_at,
    )
    return invoices


def _ask_for_proof(
    client_id: int, invoices: Sequence[DueInvoice], on: dt.date, recorded_at: dt.datetime, policy: Policy
) -> None:
    """Who collects must be able to show that it was delivered: proof is asked for where there is none yet, once."""
    proven = proven_kinds(client_id, [item.invoice_id for item in invoices])
    due_on = on + dt.timedelta(days=policy.proof_within_days)
    request_evidence(
        client_id,
        (
            NewRequest(item.invoice_id, "any", "collection", "", due_on, f"collection:{item.invoice_id}")
            for item in invoices
            if item.invoice_id not in proven
        ),
        "",
        on,
        recorded_at,
    )


def _wait(client_id: int, decision: Decision, invoices: Sequence[DueInvoice]) -> None:
    run(
        """
        UPDATE dunning_schedule SET due_on = %s, waits_for = %s WHERE client_id = %s AND id = ANY(%s)
        """,
        [decision.look_again_on, decision.waits_for, client_id, _rows_of(invoices)],
    )


def _move(client_id: int, invoices: Sequence[DueInvoice], stage: str, due_on: dt.date | None) -> None:
    run(
        """
        UPDATE dunning_schedule SET stage = %s, due_on = %s, waits_for = '' WHERE client_id = %s AND id = ANY(%s)
        """,
        [stage, due_on, client_id, _rows_of(invoices)],
    )


def _rows_of(invoices: Sequence[DueInvoice]) -> Any:
    """Their rows of the schedule."""
    return array_parameter([item.schedule_id for item in invoices])
