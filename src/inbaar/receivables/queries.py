"""Reading claims in bulk: a handful of queries whatever the number of invoices."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO
from inbaar.receivables.claims import BookedPayment, ClaimFacts, Component

# What was not sent bears no interest, and what was sent too late is due, and bears it, by the term it was given then.
_INVOICES = """
    SELECT i.id, i.debtor_id, i.number, i.kind, i.issue_date, greatest(i.due_date, x.term_until), i.claim_kind,
           CASE WHEN x.id IS NULL THEN i.first_interest_day
                WHEN x.sent_on IS NOT NULL AND i.first_interest_day IS NOT NULL
                THEN greatest(i.first_interest_day, x.term_until + 1) END,
           i.currency, i.payable, i.open_amount, i.payment_reference
    FROM receivables_invoice i
    LEFT JOIN receivables_dispatch x ON x.client_id = i.client_id AND x.invoice_id = i.id
    WHERE i.id = ANY(%s::bigint[])
"""
_PAYMENTS = """
    SELECT invoice_id, received_on, amount, costs, interest, principal, kind
    FROM receivables_payment WHERE invoice_id = ANY(%s::bigint[]) ORDER BY received_on, id
"""
_COMPONENTS = """
    SELECT invoice_id, kind, amount, since, claimed_on, rule, source
    FROM receivables_claimcomponent WHERE invoice_id = ANY(%s::bigint[]) AND withdrawn_on IS NULL ORDER BY since, id
"""
# A standing hold counts from its first day until the day before its end or its release.
STANDING = "h.since <= %(on)s AND (h.until IS NULL OR h.until >= %(on)s) AND h.released_on IS NULL"
# What is disputed of an invoice, since when no interest runs on it, and since when its debtor is insolvent: one in a row.
_HELD = f"""
    SELECT h.invoice_id AS id, sum(coalesce(h.amount, 0)) AS disputed, NULL::date AS stopped FROM receivables_hold h
    WHERE h.kind = 'dispute' AND h.amount IS NOT NULL AND {STANDING} AND h.invoice_id = ANY(%(ids)s::bigint[]) GROUP BY 1
    UNION ALL
    SELECT h.invoice_id, NULL, min(h.since) + 1 FROM receivables_hold h
    WHERE h.stops_interest AND {STANDING} AND h.invoice_id = ANY(%(ids)s::bigint[]) GROUP BY 1
    UNION ALL
    SELECT h.debtor_id, NULL, min(h.since) FROM receivables_hold h
    WHERE h.kind = 'insolvency' AND {STANDING} AND h.debtor_id = ANY(%(debtors)s::bigint[]) GROUP BY 1
"""  # noqa: S608 - our own text


def claim_facts(invoice_ids: Iterable[int], on: dt.date) -> dict[int, ClaimFacts]:
    """The facts of these invoices in scope, with the disputes that stand on a day. Four queries for any number."""
    ids = array_parameter(list(invoice_ids))  # once for all of them
    rows = fetch(_INVOICES, [ids])
    payments: dict[int, list[BookedPayment]] = defaultdict(list)
    for invoice_id, *rest in fetch(_PAYMENTS, [ids]):
        payments[invoice_id].append(BookedPayment(*rest))
    components: dict[int, list[Component]] = defaultdict(list)
    for invoice_id, *rest in fetch(_COMPONENTS, [ids]):
        components[invoice_id].append(Component(*rest))
    disputed: dict[int, Decimal] = {}
    stopped: dict[int, dt.date] = {}  # by the number of an invoice or of a debtor: no two rows share one
    debtors = array_parameter([*{row[1] for row in rows}])
    for number, amount, since in fetch(_HELD, {"ids": ids, "debtors": debtors, "on": on}):
        if since is None:
            disputed[number] = amount
        else:
            stopped[number] = since
    facts = {}
    for row in rows:
        extras = (
            tuple(payments[row[0]]),
            tuple(components[row[0]]),
            disputed.get(row[0], ZERO),
            min((day for day in (stopped.get(row[0]), stopped.get(row[1])) if day), default=None),
        )
        facts[row[0]] = ClaimFacts(*(row + extras))
    return facts
