"""The client's own invoices of a period as `dunning.replay` walks them: payments, credits and holds on the days they were known."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from inbaar.dunning.replay import Past, Reduction
from inbaar.kit.bulk import fetch
from inbaar.parties.rules import Capacity

AT_ONCE = 5_000
MOST = 50_000
# When a payment was booked is on the timeline: the first event of that kind on its day.
_PASTS = """
    WITH these AS MATERIALIZED (
        SELECT client_id, id, debtor_id, due_date, payable FROM receivables_invoice
        WHERE client_id = %(client)s AND kind = 'invoice' AND withdrawn_on IS NULL AND issue_date <= %(until)s
          AND due_date BETWEEN %(since)s AND %(until)s AND (due_date, id) > (%(due)s, %(after)s)
        ORDER BY due_date, id LIMIT %(limit)s
    )
    SELECT i.id, i.due_date, i.debtor_id, d.capacity, d.country <> 'NL',
           EXISTS (SELECT 1 FROM parties_contact c WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.email <> ''),
           i.payable, p.received, p.known, p.amounts, h.since, h.until
    FROM these i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN LATERAL (
        SELECT array_agg(x.received_on) AS received, array_agg(x.principal) AS amounts,
               array_agg(greatest(x.received_on, coalesce((
                   SELECT min((e.recorded_at AT TIME ZONE 'Europe/Amsterdam')::date) FROM receivables_event e
                   WHERE e.client_id = x.client_id AND e.invoice_id = x.invoice_id AND e.on = x.received_on
                     AND e.facts ? 'principal'), x.received_on))) AS known
        FROM receivables_payment x WHERE x.client_id = i.client_id AND x.invoice_id = i.id
    ) p ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(x.since) AS since, array_agg(least(x.until, x.released_on - 1)) AS until
        FROM receivables_hold x
        WHERE x.client_id = i.client_id AND x.debtor_id = i.debtor_id AND x.amount IS NULL
          AND (x.invoice_id = i.id OR x.invoice_id IS NULL)
    ) h ON true
    ORDER BY i.due_date, i.id
"""


def pasts(client_id: int, since: dt.date, until: dt.date, most: int = MOST) -> Iterator[Past]:
    """The invoices that fell due in a period, oldest first, at most so many. Needs the client's scope; one query for 5,000."""
    due, after, left = since - dt.timedelta(days=1), 0, most
    while left > 0:
        limit = min(AT_ONCE, left)
        period = {"since": since, "until": until, "due": due, "after": after}
        rows = fetch(_PASTS, {"client": client_id, "limit": limit, **period})
        for (
            number,
            due_date,
            debtor,
            capacity,
            abroad,
            email,
            payable,
            received,
            known,
            amounts,
            starts,
            ends,
        ) in rows:
            yield Past(
                debtor_id=debtor,
                capacity=Capacity(capacity),
                abroad=abroad,
                email=email,
                due_date=due_date,
                payable=Decimal(payable),
                reductions=tuple(map(Reduction, received or (), known or (), amounts or ())),
                holds=tuple(zip(starts or (), ends or (), strict=True)),
            )
            due, after = due_date, number
        left -= len(rows)
        if len(rows) < limit:
            return
