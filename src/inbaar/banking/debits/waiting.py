"""Debits that wait: moved to another day before anybody was told of it, and taken back once they can no longer be made.

Called by the room that announces them and by the daily run; needs the client's scope. A few statements for any number.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from inbaar.banking.debits.collectable import HOLD_KEY
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.receivables.holds import NewHold, open_holds, release_keys
from inbaar.receivables.timeline import NewEvent, write_events

BY = "daily run"
# Announced, but in no batch by its day: that day has passed. Or nothing is left to collect.
_MISSED = """
    UPDATE debits_directdebit dd SET state = 'withdrawn', state_on = %(on)s
    FROM receivables_invoice i, debits_mandate m
    WHERE dd.client_id = %(client)s AND dd.state = 'requested' AND i.client_id = dd.client_id AND i.id = dd.invoice_id
      AND m.client_id = dd.client_id AND m.id = dd.mandate_id
      AND (dd.announced_on IS NOT NULL AND dd.due_on <= %(on)s OR i.open_amount = 0)
    RETURNING dd.id, dd.invoice_id, i.debtor_id, dd.amount, m.reference, i.open_amount > 0
"""
_MOVE = """
    UPDATE debits_directdebit dd SET due_on = given.day
    FROM unnest(%s::bigint[], %s::date[]) AS given(id, day), receivables_invoice i, debits_mandate m
    WHERE dd.client_id = %s AND dd.id = given.id AND dd.state = 'requested' AND dd.announced_on IS NULL
      AND dd.due_on <> given.day AND i.client_id = dd.client_id AND i.id = dd.invoice_id
      AND m.client_id = dd.client_id AND m.id = dd.mandate_id
    RETURNING dd.id, dd.invoice_id, i.debtor_id, dd.amount, m.reference, dd.due_on
"""
_HOLD_WORDS = {
    "nl": "Wordt op {day} afgeschreven met machtiging {reference}",
    "en": "Is debited on {day} by mandate {reference}",
}


def withdraw_missed(client_id: int, on: dt.date, at: dt.datetime) -> int:
    """Take back what can no longer be made on its day, and what was paid meanwhile; gives how many. Reminders go on.

    It is not moved to another day by itself: nobody made a batch of it, and the debtor would be told anew each time.
    """
    rows = fetch(_MISSED, {"client": client_id, "on": on})
    release_keys(client_id, [f"{HOLD_KEY}{row[0]}" for row in rows], on, BY, at)
    write_events(
        client_id,
        [
            NewEvent("debit_missed", on, invoice, debtor, {"amount": str(amount), "reference": reference}, number)
            for number, invoice, debtor, amount, reference, is_open in rows
            if is_open
        ],
        at,
    )  # fmt: skip
    return len(rows)


def move_days(client_id: int, days: Mapping[int, dt.date], on: dt.date, at: dt.datetime) -> int:
    """Move debits that nobody was told of in time to other days; gives how many moved."""
    if not days:
        return 0
    rows = fetch(_MOVE, [array_parameter(list(days)), array_parameter(list(days.values())), client_id])
    write_events(
        client_id,
        [
            NewEvent("debit_moved", on, invoice, debtor,
                     {"amount": str(amount), "reference": reference, "due_on": day.isoformat(), "by": BY}, number)
            for number, invoice, debtor, amount, reference, day in rows
        ],
        at,
    )  # fmt: skip
    return len(rows)


def hold_for(
    client_id: int, debits: Sequence[tuple[int, int, int, dt.date, str]], language: str, by: str, on: dt.date, at: dt.datetime
) -> None:  # fmt: skip
    """Let reminders rest while invoices are being debited: each debit with its invoice, debtor, day and mandate. Twice is once."""
    open_holds(
        client_id,
        [
            NewHold(
                debtor, "pause", _HOLD_WORDS[language].format(day=due_on, reference=reference), by[:100], on,
                f"{HOLD_KEY}{number}", invoice,
            )
            for number, invoice, debtor, due_on, reference in debits
        ],
        at,
    )  # fmt: skip
