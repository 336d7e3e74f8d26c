"""Phone calls that a policy asks for: asked by the run, made by a person, and needless once the next letter has left."""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum

from inbaar.dunning.policy_steps import PolicyStep
from inbaar.dunning.standing import DueInvoice
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.timeline import NewEvent, write_events


class Outcome(StrEnum):
    """How a call ended. `LAPSED` says that nobody made it before the next letter."""

    SPOKEN = "spoken"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    LAPSED = "lapsed"


_ITEMS = """
    SELECT i.invoice_id, c.debtor_id FROM dunning_callitem i
    JOIN dunning_call c ON c.client_id = i.client_id AND c.id = i.call_id
    WHERE c.client_id = %s AND c.id = %s ORDER BY i.id
"""


def ask_calls(
    client_id: int, step: PolicyStep, invoices: Sequence[DueInvoice], on: dt.date, recorded_at: dt.datetime
) -> None:
    """Ask for one call a debtor about these invoices; a second step of the same day joins it. Needs the run's transaction."""
    debtors = sorted({item.debtor_id for item in invoices})
    if not debtors:
        return
    insert_rows(
        "dunning_call",
        {"client_id": "bigint", "debtor_id": "bigint", "on": "date"},
        ((client_id, debtor, on) for debtor in debtors),
        on_conflict="DO NOTHING",
    )
    rows = fetch(
        'SELECT debtor_id, id FROM dunning_call WHERE client_id = %s AND "on" = %s AND debtor_id = ANY(%s)',
        [client_id, on, array_parameter(debtors)],
    )
    calls = dict(rows)
    insert_rows(
        "dunning_callitem",
        {"client_id": "bigint", "call_id": "bigint", "invoice_id": "bigint", "step": "text"},
        ((client_id, calls[item.debtor_id], item.invoice_id, step.key) for item in invoices),
        on_conflict="DO NOTHING",
    )
    write_events(
        client_id,
        (NewEvent("step", on, item.invoice_id, item.debtor_id, {"step": "call"}) for item in invoices),
        recorded_at,
    )


def lapse_calls(client_id: int, debtors: Iterable[int], on: dt.date) -> int:
    """Calls of earlier days that nobody made: the letter that leaves now makes them needless. Gives how many."""
    return run(
        """
        UPDATE dunning_call SET outcome = 'lapsed'
        WHERE client_id = %s AND outcome = '' AND "on" < %s AND debtor_id = ANY(%s)
        """,
        [client_id, on, array_parameter(sorted(set(debtors)))],
    )


def record_call(
    client_id: int, call_id: int, outcome: Outcome, words: str, by: str, on: dt.date, at: dt.datetime
) -> None:
    """Write down how a call went, once; it stands on the timeline of every invoice it was about. Needs the client's scope.

    Refuses a call that was recorded before, and an outcome without words where somebody was spoken to.
    """
    words = words.strip()
    if outcome is Outcome.SPOKEN and not words:
        raise Refused(
            Refusal("call-without-words", "who was spoken to, and what was agreed, is written down",
                    "no words were given", "a sentence", next_step="say who it was and what was said")
        )  # fmt: skip
    changed = run(
        """
        UPDATE dunning_call SET outcome = %s, words = %s, called_by = %s, called_at = %s
        WHERE client_id = %s AND id = %s AND outcome IN ('', 'lapsed')
        """,
        [str(outcome), words[:500], by, at, client_id, call_id],
    )
    if not changed:
        raise Refused(
            Refusal("call-recorded", "a call is recorded once", f"call {call_id} is not waiting",
                    "a call that waits", next_step="nothing needs to be done")
        )  # fmt: skip
    facts = {"outcome": str(outcome), "words": words[:500], "by": by}
    write_events(
        client_id,
        (
            NewEvent("called", on, invoice, debtor, facts)
            for invoice, debtor in fetch(_ITEMS, [client_id, call_id])
        ),
        at,
    )
