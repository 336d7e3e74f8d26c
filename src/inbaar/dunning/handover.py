"""When the last letter's term has run out: what that letter announced becomes part of the claim, and the claim is
ready to be handed over.

Costs are reckoned over what is still open of what one letter asked, its invoices together (6:96 lid 7 BW), and divided
over them by principal; a consumer who paid part within the fourteen days owes them over the rest only, and never more
than the letter announced. Who paid what the letter asked owes none, though interest ran on while he paid.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO, shares
from inbaar.law.costs import Costs, Debtor, collection_costs
from inbaar.law.errors import LawError
from inbaar.law.vat import general_rate
from inbaar.receivables.components import NewComponent

# Per invoice: what its last letter asked, what came in since, and what of that is still open and not disputed; for the
# letter as a whole the costs it announced, VAT included, and what was claimed of them.
_CASES = """
    SELECT i.id, d.capacity, l.kind, l.id, c.reclaims_vat,
           least(l.principal, i.open_amount - least(i.open_amount, coalesce((
               SELECT sum(h.amount) FROM receivables_hold h
               WHERE h.client_id = i.client_id AND h.invoice_id = i.id AND h.kind = 'dispute' AND h.amount IS NOT NULL
                 AND h.released_on IS NULL AND h.since <= %(on)s AND (h.until IS NULL OR h.until >= %(on)s)), 0))),
           coalesce((SELECT sum(p.amount) FROM receivables_payment p
                     WHERE p.client_id = i.client_id AND p.invoice_id = i.id AND p.kind = 'bank'
                       AND p.received_on >= l.on), 0) >= l.asked,
           l.announced, coalesce(l.claimed, 0)
    FROM receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    JOIN parties_client c ON c.id = i.client_id
    LEFT JOIN LATERAL (
        SELECT li.letter_id AS id, li.step AS kind, li.principal, li.principal + li.interest + li.costs AS asked, t.on,
               (t.content #>> '{costs_if_unpaid,total}')::numeric AS announced,
               (SELECT sum(k.amount) FROM letters_letteritem o
                JOIN receivables_claimcomponent k ON k.client_id = o.client_id AND k.invoice_id = o.invoice_id
                    AND k.kind = 'costs' AND k.withdrawn_on IS NULL
                WHERE o.client_id = li.client_id AND o.letter_id = li.letter_id AND o.step = li.step) AS claimed
        FROM letters_letteritem li
        JOIN letters_letter t ON t.client_id = li.client_id AND t.id = li.letter_id
        WHERE li.client_id = i.client_id AND li.invoice_id = i.id AND li.step IN ('formal_notice', 'fourteen_day_letter')
        ORDER BY li.letter_id DESC LIMIT 1
    ) l ON true
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class _Letter:
    """What decides the costs that may follow a letter."""

    id: int
    consumer: bool
    reclaims_vat: bool
    announced: Decimal | None
    claimed: Decimal


@dataclass(slots=True)
class CostsToClaim:
    """The costs that become due, which invoices cannot be reckoned and why, and which were paid as their letter asked."""

    components: list[NewComponent] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)
    paid_as_asked: set[int] = field(default_factory=set)


def costs_to_claim(client_id: int, invoice_ids: Sequence[int], on: dt.date) -> CostsToClaim:
    """What handing these invoices over would add to their claims from this day on. Writes nothing; one query."""
    found = CostsToClaim()
    letters: dict[_Letter, list[tuple[int, Decimal]]] = defaultdict(list)
    for invoice_id, capacity, kind, letter_id, reclaims_vat, principal, heeded, announced, claimed in fetch(
        _CASES, {"client": client_id, "ids": list(invoice_ids), "on": on}
    ):
        consumer = capacity == "consumer"
        if heeded:
            found.paid_as_asked.add(invoice_id)
        # A consumer owes costs after the 14-day letter only, whatever else he was sent (6:96 lid 6 BW).
        elif principal and (not consumer or kind == "fourteen_day_letter"):
            letter = _Letter(letter_id or 0, consumer, reclaims_vat, announced, claimed)
            letters[letter].append((invoice_id, principal))
    for letter, items in letters.items():
        try:
            found.components += _components(letter, items, on)
        except LawError as error:
            found.failures |= dict.fromkeys((invoice_id for invoice_id, _ in items), str(error))
    return found


def _components(letter: _Letter, items: Sequence[tuple[int, Decimal]], on: dt.date) -> list[NewComponent]:
    """The costs of a letter's invoices that are handed over together; with those before, no more than it announced."""
    costs = _costs(letter, sum((principal for _, principal in items), ZERO), on)
    total = costs.total
    if letter.announced is not None:
        total = min(total, letter.announced - letter.claimed)
    parts = shares(max(total, ZERO), [principal for _, principal in items])
    return [
        NewComponent(
            invoice_id=invoice_id,
            kind="costs",
            amount=share,
            since=on,
            claimed_on=on,
            rule="6:96 lid 6 BW" if letter.consumer else "6:96 lid 4 BW",
            source=costs.source,
            key=f"costs:{invoice_id}",
        )
        for (invoice_id, _), share in zip(items, parts, strict=True)
        if share
    ]


def _costs(letter: _Letter, principal: Decimal, on: dt.date) -> Costs:
    return collection_costs(
        principal,
        on,
        debtor=Debtor.CONSUMER if letter.consumer else Debtor.BUSINESS,
        vat_percent=None if letter.reclaims_vat else general_rate(on),
        creditor_reclaims_vat=letter.reclaims_vat,
        vat_stated=not letter.reclaims_vat,
    )
