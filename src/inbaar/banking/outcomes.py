"""Writing what became of entries: payments, matches, suspects and learned accounts of a whole batch at once.

Matching by rule and by hand both end here. The caller has locked the entries and the invoices. The number of
statements does not depend on the number of entries.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.bundles import BUNDLE
from inbaar.banking.models import Entry
from inbaar.banking.write_offs.queries import one_person_limit
from inbaar.kit.arrays import array_parameter, json_texts
from inbaar.kit.bulk import insert_rows, run, run_arrays
from inbaar.receivables.actions import NewPayment, SetOff, apply_payments, set_off
from inbaar.receivables.claims import BookedPayment
from inbaar.receivables.grounds import Word

RULES = "rules"
ZERO = Decimal(0)
_MATCH = {
    "client_id": "bigint", "entry_id": "bigint", "invoice_id": "bigint", "amount": "numeric", "score": "smallint",
    "reason": "text", "made_by": "text", "made_on": "date", "round": "smallint",
}  # fmt: skip
_SUSPECT = {"client_id": "bigint", "entry_id": "bigint", "invoice_id": "bigint"}
_HABIT = {
    "client_id": "bigint", "debtor_id": "bigint", "kind": "text", "value": "text", "entry_id": "bigint",
    "learned_by": "text", "learned_on": "date",
}  # fmt: skip
_IBAN = {"client_id": "bigint", "debtor_id": "bigint", "iban": "text", "known_since": "date"}
_ENTRIES = """
    UPDATE banking_entry e SET state = o.state, score = o.score, reason = o.reason, reason_facts = o.facts,
        unapplied = e.unapplied - o.applied
    FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::text[], %s::jsonb[], %s::numeric[])
        AS o(id, state, score, reason, facts, applied)
    WHERE e.client_id = %s AND e.id = o.id
"""


class EntryFacts(NamedTuple):
    """An entry as it waits to be matched. Amounts in `currency`; `unapplied` is what is left of `amount`."""

    id: int
    date: dt.date
    amount: Decimal
    unapplied: Decimal
    currency: str
    counterparty_name: str
    counterparty_iban: str
    reference: str
    end_to_end_id: str
    text: str
    rounds: int = 0


class Line(NamedTuple):
    """The part of an entry that goes to an invoice of a debtor."""

    invoice_id: int
    debtor_id: int
    amount: Decimal


class Rest(NamedTuple):
    """What is left of an invoice beside its line, and is written off on a ground."""

    invoice_id: int
    amount: Decimal
    ground: str


class Learned(NamedTuple):
    """What a person's decision taught of how a debtor pays; see `models.Habit`."""

    debtor_id: int
    kind: str
    value: str


class Outcome(NamedTuple):
    """What becomes of an entry: what it pays, or which invoices it may be the payment of, and why.

    `offsets` are credit notes that are taken off the invoices first, `rests` what is written off of them after.
    `learn_iban` says that whoever paid is surely this debtor, so that his account is known from now on.
    """

    entry: EntryFacts
    state: Entry.State
    reason: str
    score: int | None
    facts: Mapping[str, Any]
    lines: tuple[Line, ...] = ()
    suspects: tuple[int, ...] = ()
    learn_iban: bool = False
    offsets: tuple[SetOff, ...] = ()
    rests: tuple[Rest, ...] = ()
    habits: tuple[Learned, ...] = ()


def payment_key(entry_id: int, invoice_id: int, rounds: int = 0) -> str:
    """The key under which an entry pays an invoice: applying it twice is applying it once, until it was undone."""
    return f"entry:{entry_id}:{invoice_id}" + (f":{rounds}" if rounds else "")


def rest_key(entry_id: int, invoice_id: int, rounds: int = 0) -> str:
    """The key under which the rest beside such a payment is written off."""
    return f"rest:{payment_key(entry_id, invoice_id, rounds)}"


def write_outcomes(
    client_id: int,
    outcomes: Sequence[Outcome],
    made_by: str,
    on: dt.date,
    recorded_at: dt.datetime,
    word: Word | None = None,
) -> None:
    """Write the outcomes of a batch of entries. What is written off is so by a `word`, else by that of one alone."""
    if word is None and any(outcome.rests for outcome in outcomes):
        word = Word(one_person_limit(client_id))
    offsets = [offset for outcome in outcomes for offset in outcome.offsets]
    if offsets:
        set_off(client_id, offsets, recorded_at)
    paid = [(outcome, line) for outcome in outcomes for line in outcome.lines]
    payments = [
        NewPayment(
            line.invoice_id,
            o.entry.date,
            line.amount,
            payment_key(o.entry.id, line.invoice_id, o.entry.rounds),
            facts={"by": made_by, "score": o.score, **o.facts, "reason": o.reason},
            link=o.entry.id,
            told=o.reason == BUNDLE,
        )
        for o, line in paid
    ]
    booked = apply_payments(client_id, payments + _written_off(outcomes, made_by, word), recorded_at)
    made = [
        (outcome, line, booked[payment.key])
        for (outcome, line), payment in zip(paid, payments, strict=True)
        if payment.key in booked
    ]
    _write_matches(client_id, made, made_by, on)
    _write_entries(client_id, outcomes, made)
    _write_suspects(client_id, outcomes)
    _learn_ibans(client_id, outcomes, on)
    _learn_habits(client_id, outcomes, made_by, on)


def _written_off(outcomes: Sequence[Outcome], made_by: str, word: Word | None) -> list[NewPayment]:
    """What is left beside the lines and is not asked any more: after the payments, on the same day."""
    return [
        NewPayment(
            rest.invoice_id,
            o.entry.date,
            rest.amount,
            rest_key(o.entry.id, rest.invoice_id, o.entry.rounds),
            "write_off",
            facts={"by": made_by, "ground": rest.ground},
            link=o.entry.id,
            ground=rest.ground,
            word=word,
        )
        for o in outcomes
        for rest in o.rests
    ]


Made = Sequence[tuple[Outcome, Line, BookedPayment]]


def _write_matches(client_id: int, made: Made, made_by: str, on: dt.date) -> None:
    insert_rows(
        "banking_match",
        _MATCH,
        (
            (
                client_id,
                o.entry.id,
                line.invoice_id,
                paid.amount,
                o.score or 0,
                o.reason,
                made_by,
                on,
                o.entry.rounds,
            )
            for o, line, paid in made
        ),
    )


def _write_entries(client_id: int, outcomes: Sequence[Outcome], made: Made) -> None:
    applied: dict[int, Decimal] = {}
    for outcome, _, paid in made:
        applied[outcome.entry.id] = applied.get(outcome.entry.id, ZERO) + paid.amount
    columns: tuple[list[Any], ...] = (
        [o.entry.id for o in outcomes],
        [o.state.value for o in outcomes],
        [o.score for o in outcomes],
        [o.reason for o in outcomes],
        json_texts([o.facts for o in outcomes]),
        [applied.get(o.entry.id, ZERO) for o in outcomes],
    )
    if outcomes:
        run_arrays(_ENTRIES, [*map(array_parameter, columns), client_id])


def _write_suspects(client_id: int, outcomes: Sequence[Outcome]) -> None:
    """Replace whom these entries are suspected to pay."""
    entries = [outcome.entry.id for outcome in outcomes]
    run(
        "DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = ANY(%s::bigint[])",
        [client_id, array_parameter(entries)],
    )
    rows = [(client_id, o.entry.id, invoice_id) for o in outcomes for invoice_id in o.suspects]
    insert_rows("banking_suspect", _SUSPECT, rows, on_conflict="DO NOTHING")


def _learn_ibans(client_id: int, outcomes: Iterable[Outcome], on: dt.date) -> None:
    """Keep from which account a debtor pays, where the match is certain and of one debtor."""
    learned = set()
    for outcome in outcomes:
        if not (outcome.learn_iban and outcome.entry.counterparty_iban):
            continue
        debtors = {line.debtor_id for line in outcome.lines}
        if len(debtors) == 1:
            learned.add((client_id, debtors.pop(), outcome.entry.counterparty_iban, on))
    insert_rows("parties_debtoriban", _IBAN, sorted(learned), on_conflict="DO NOTHING")


def _learn_habits(client_id: int, outcomes: Iterable[Outcome], by: str, on: dt.date) -> None:
    """Keep what a person's decisions taught; what is known already stays as it is."""
    rows = [(client_id, *habit, o.entry.id, by, on) for o in outcomes for habit in o.habits]
    insert_rows("banking_habit", _HABIT, rows, on_conflict="DO NOTHING")
