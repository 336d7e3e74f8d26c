"""What follows when a debit did not go through: reminders go on, and a mandate that no longer serves is suspended.

Called where a report or a statement tells it; in the same transaction. What follows from which reason is in the table.
"""

import datetime as dt
from collections.abc import Mapping

from inbaar.banking.debits.collectable import HOLD_KEY
from inbaar.banking.debits.r_codes import suspends
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.receivables.holds import release_keys
from inbaar.receivables.timeline import NewEvent, write_events

BY = "bank"
_SUSPEND = """
    UPDATE debits_mandate m SET state = 'suspended', state_on = %s, state_reason = given.reason
    FROM (SELECT DISTINCT ON (dd.mandate_id) dd.mandate_id, told.reason
          FROM unnest(%s::bigint[], %s::text[]) AS told(id, reason)
          JOIN debits_directdebit dd ON dd.client_id = %s AND dd.id = told.id ORDER BY dd.mandate_id, dd.id) AS given
    WHERE m.client_id = %s AND m.id = given.mandate_id AND m.state = 'live'
    RETURNING m.id, m.debtor_id, m.reference, m.state_reason
"""
_ABOUT = """
    SELECT dd.id, dd.invoice_id, i.debtor_id, dd.amount, m.reference FROM debits_directdebit dd
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    WHERE dd.client_id = %s AND dd.id = ANY(%s::bigint[])
"""


def end_debits(client_id: int, reasons: Mapping[int, str], event: str, on: dt.date) -> None:
    """End debits that were rejected or went back, each with the bank's reason. Needs the client's scope.

    `event` is the line for the timeline; nothing where what undid the payment has told it.
    """
    if not reasons:
        return
    at = dt.datetime.combine(on, dt.time(), dt.UTC)
    ids = list(reasons)
    release_keys(client_id, [f"{HOLD_KEY}{number}" for number in ids], on, BY, at)
    about = fetch(_ABOUT, [client_id, array_parameter(ids)])
    events = [
        NewEvent(event, on, invoice, debtor,
                 {"amount": str(amount), "reference": reference, "reason": reasons[number]}, number)
        for number, invoice, debtor, amount, reference in about
        if event
    ]  # fmt: skip
    ended = [number for number, reason in reasons.items() if suspends(reason)]
    if ended:
        told = [reasons[number] for number in ended]
        rows = fetch(_SUSPEND, [on, array_parameter(ended), array_parameter(told), client_id, client_id])
        events += [
            NewEvent("mandate_suspended", on, None, debtor, {"reference": reference, "reason": reason, "by": BY}, number)
            for number, debtor, reference, reason in rows
        ]  # fmt: skip
    write_events(client_id, events, at)
