"""When the last letter's term has run out: the collection costs become part of the claim, and the claim is ready to
be handed over.

Costs are reckoned over what is still open of the invoices of one letter together (6:96 lid 7 BW) and divided over
them by principal; a consumer who paid part within the fourteen days owes them over the rest only.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.law.amounts import shares
from inbaar.law.costs import Debtor, collection_costs
from inbaar.law.vat import general_rate
from inbaar.receivables.components import NewComponent, add_components

_CASES = """
    SELECT i.id, d.capacity, i.open_amount - least(i.open_amount, coalesce((
               SELECT sum(h.amount) FROM receivables_hold h
               WHERE h.client_id = i.client_id AND h.invoice_id = i.id AND h.kind = 'dispute' AND h.amount IS NOT NULL
                 AND h.released_on IS NULL AND h.since <= %(on)s AND (h.until IS NULL OR h.until >= %(on)s)), 0)),
           coalesce((SELECT max(li.letter_id) FROM letters_letteritem li
                     WHERE li.client_id = i.client_id AND li.invoice_id = i.id
                       AND li.step IN ('formal_notice', 'fourteen_day_letter')), 0),
           c.reclaims_vat
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    JOIN parties_client c ON c.id = i.client_id
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s)
"""


def claim_costs(client_id: int, invoice_ids: Sequence[int], on: dt.date, recorded_at: dt.datetime) -> None:
    """Make the collection costs of these invoices part of their claims, from this day on."""
    letters: dict[tuple[int, str, bool], list[tuple[int, Decimal]]] = defaultdict(list)
    for invoice_id, capacity, principal, letter_id, reclaims_vat in fetch(
        _CASES, {"client": client_id, "ids": list(invoice_ids), "on": on}
    ):
        letters[letter_id, capacity, reclaims_vat].append((invoice_id, principal))
    components = []
    for (_, capacity, reclaims_vat), items in letters.items():
        components += _shares(capacity, reclaims_vat, items, on)
    add_components(client_id, components, recorded_at)


def _shares(
    capacity: str, reclaims_vat: bool, items: Sequence[tuple[int, Decimal]], on: dt.date
) -> list[NewComponent]:
    costs = collection_costs(
        sum((principal for _, principal in items), Decimal("0.00")),
        on,
        debtor=Debtor.CONSUMER if capacity == "consumer" else Debtor.BUSINESS,
        vat_percent=None if reclaims_vat else general_rate(on),
        creditor_reclaims_vat=reclaims_vat,
        vat_stated=not reclaims_vat,
    )
    parts = shares(costs.total, [principal for _, principal in items])
    return [
        NewComponent(
            invoice_id=invoice_id,
            kind="costs",
            amount=share,
            since=on,
            claimed_on=on,
            rule="6:96 lid 6 BW" if capacity == "consumer" else "6:96 lid 4 BW",
            source=costs.source,
            key=f"costs:{invoice_id}",
        )
        for (invoice_id, _), share in zip(items, parts, strict=True)
        if share
    ]
