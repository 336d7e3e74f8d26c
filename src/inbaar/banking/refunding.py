"""Paying back what an entry has left: a transfer to whoever paid is asked for, and the entry waits for nobody any more.

Called through `actions`. The money leaves the entry at once; `transfers` sees to its approval, its file and its end.
"""

import datetime as dt
from decimal import Decimal

from inbaar.banking.by_hand import locked_entry
from inbaar.banking.models import Entry
from inbaar.banking.transfers.actions import NewTransfer, Source, request_transfer
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope

LONGEST_TEXT = 140
_MATCHED = """
    SELECT i.number, i.debtor_id FROM banking_match m
    JOIN receivables_invoice i ON i.client_id = m.client_id AND i.id = m.invoice_id
    WHERE m.client_id = %s AND m.entry_id = %s AND m.undone_on IS NULL ORDER BY m.id
"""


def refund(
    client_id: int, entry_id: int, reason: str, by: str, on: dt.date, recorded_at: dt.datetime
) -> Decimal:
    """See `actions.refund_rest`."""
    with client_scope(client_id):
        entry, state = locked_entry(client_id, entry_id)
        if entry.amount <= 0 or not entry.unapplied:
            raise Refused(
                Refusal("nothing-to-refund", "only what is left of money received is paid back",
                        f"the entry of {entry.date} has {max(entry.unapplied, Decimal(0)):.2f} left", "0.01", "never")
            )  # fmt: skip
        paid = fetch(_MATCHED, [client_id, entry_id])
        numbers = ", ".join(number for number, _ in paid)
        debtors = {debtor for _, debtor in paid}
        text = f"Terugbetaling {numbers or entry.text or entry.date.isoformat()}"
        request_transfer(
            client_id,
            NewTransfer(
                Source.REFUND, f"entry:{entry_id}:{entry.rounds}:{entry.unapplied}", entry.counterparty_name or "-",
                entry.counterparty_iban, entry.unapplied, on, reason, text=text[:LONGEST_TEXT],
                debtor_id=debtors.pop() if len(debtors) == 1 else None, entry_id=entry_id,
            ),
            by, on, recorded_at,
        )  # fmt: skip
        if state != Entry.State.MATCHED:
            run(
                "UPDATE banking_entry SET state = 'matched', score = 100, reason = 'refund-asked', "
                "reason_facts = jsonb_build_object('by', %s::text) WHERE client_id = %s AND id = %s",
                [by, client_id, entry_id],
            )
        run("DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = %s", [client_id, entry_id])
        return entry.unapplied
