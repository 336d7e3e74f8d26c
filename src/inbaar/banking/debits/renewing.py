"""New requests in the place of debits that did not leave as they were: of a batch that was refused, or whose file is void; or
for what is left of an invoice. Called by batching, voiding and the daily run; needs the client's scope.

What was told to the debtor stays told: the new request is announced as the old one was, and never asks for more.
"""

import datetime as dt
from collections.abc import Sequence

from inbaar.banking.debits.collectable import HOLD_KEY
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run

# Of what is paid wholly, or may no longer be collected by its mandate at all, nothing is asked anew.
_ANEW = """
    WITH old AS (
        UPDATE debits_directdebit dd SET replaced = true
        FROM receivables_invoice i, debits_mandate m
        WHERE dd.client_id = %(client)s AND dd.id = ANY(%(ids)s::bigint[]) AND NOT dd.replaced
          AND i.client_id = dd.client_id AND i.id = dd.invoice_id AND i.open_amount > 0
          AND m.client_id = dd.client_id AND m.id = dd.mandate_id AND m.state <> 'withdrawn'
        RETURNING dd.*, i.open_amount
    )
    INSERT INTO debits_directdebit
        (client_id, invoice_id, mandate_id, kind, attempt, replaced, amount, currency, due_on, last, announced_days,
         announced_on, announced_how, requested_by, requested_at, state, state_on, bank_status, bank_reason, bank_text)
    SELECT client_id, invoice_id, mandate_id, kind, attempt + 1, false, least(amount, open_amount), currency, due_on, last,
           announced_days, announced_on, announced_how, %(by)s, %(at)s, 'requested', %(on)s, '', '', ''
    FROM old RETURNING id
"""
# The hold of an invoice goes over to the request that stands in the place of the other.
_HOLDS = """
    INSERT INTO receivables_hold (client_id, invoice_id, debtor_id, kind, reason, owner, since, key)
    SELECT h.client_id, h.invoice_id, h.debtor_id, h.kind, h.reason, h.owner, %(on)s, %(prefix)s || n.id
    FROM debits_directdebit o
    JOIN debits_directdebit n ON n.client_id = o.client_id AND n.invoice_id = o.invoice_id AND n.attempt = o.attempt + 1
    JOIN receivables_hold h ON h.client_id = o.client_id AND h.key = %(prefix)s || o.id AND h.released_on IS NULL
    WHERE o.client_id = %(client)s AND o.id = ANY(%(ids)s::bigint[]) AND o.replaced
"""
_RELEASE = """
    UPDATE receivables_hold h SET released_on = %(on)s
    WHERE h.client_id = %(client)s AND h.released_on IS NULL
      AND h.key IN (SELECT %(prefix)s || x.id FROM unnest(%(ids)s::bigint[]) AS x(id))
"""
_LESS_OPEN = """
    UPDATE debits_directdebit dd SET state = 'withdrawn', state_on = %(on)s FROM receivables_invoice i
    WHERE dd.client_id = %(client)s AND dd.state = 'requested' AND i.client_id = dd.client_id AND i.id = dd.invoice_id
      AND i.open_amount > 0 AND i.open_amount < dd.amount
      AND (%(ids)s::bigint[] IS NULL OR dd.id = ANY(%(ids)s::bigint[]))
    RETURNING dd.id
"""


def ask_anew(client_id: int, ids: Sequence[int], by: str, on: dt.date, at: dt.datetime) -> list[int]:
    """New requests in the place of these, which must be under way no more; gives them. Three statements for any number."""
    given = {
        "client": client_id, "ids": array_parameter(list(ids)), "by": by[:100], "on": on, "at": at, "prefix": HOLD_KEY,
    }  # fmt: skip
    made = [number for (number,) in fetch(_ANEW, given)]
    run(_HOLDS, given)
    run(_RELEASE, given)
    return made


def lower_to_open(
    client_id: int, ids: Sequence[int] | None, by: str, on: dt.date, at: dt.datetime
) -> dict[int, int]:
    """Ask for what is left where an invoice was paid in part since its debit was asked for, of these or of all that wait.

    Gives the new request of each. Five statements for any number.
    """
    given = {"client": client_id, "on": on, "ids": None if ids is None else array_parameter(list(ids))}
    old = [number for (number,) in fetch(_LESS_OPEN, given)]
    if not old:
        return {}
    made = ask_anew(client_id, old, by, on, at)
    pairs = """
        SELECT o.id, n.id FROM debits_directdebit n
        JOIN debits_directdebit o ON o.client_id = n.client_id AND o.invoice_id = n.invoice_id AND o.attempt = n.attempt - 1
        WHERE n.client_id = %s AND n.id = ANY(%s::bigint[])
    """
    return dict(fetch(pairs, [client_id, array_parameter(made)]))
