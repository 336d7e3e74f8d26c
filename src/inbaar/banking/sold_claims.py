"""Claims that were sold: whose they are on a day, and whether the debtor knew. Asked for all a batch of payments may pay."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from inbaar.banking.evidence import MatchDecision, OpenItem
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

AFTER_NOTICE, BEFORE_NOTICE = "wrong-payee", "wrong-payee-untold"
# Titles of another than the first owner, of the few invoices that have more than one.
_SOLD = """
    WITH moved AS (
        SELECT client_id, invoice_id FROM receivables_title
        WHERE client_id = %s AND invoice_id = ANY(%s::bigint[]) GROUP BY 1, 2 HAVING count(*) > 1
    ), titles AS (
        SELECT t.invoice_id, t.owner_name, t.owner_kvk, t.payee_iban, t.notified_on, lower(t.period) AS since,
               upper(t.period) AS until,
               first_value(t.owner_name) OVER own AS first_name, first_value(t.owner_kvk) OVER own AS first_kvk
        FROM moved JOIN receivables_title t ON t.client_id = moved.client_id AND t.invoice_id = moved.invoice_id
        WINDOW own AS (PARTITION BY t.invoice_id ORDER BY lower(t.period))
    )
    SELECT invoice_id, owner_name, payee_iban, notified_on, since, until FROM titles
    WHERE (owner_name, owner_kvk) <> (first_name, first_kvk)
"""


class Sale(NamedTuple):
    """A period in which an invoice is another's: who owns it, where he is to be paid, and since when the debtor knows."""

    invoice_id: int
    owner: str
    payee_iban: str
    notified_on: dt.date | None
    since: dt.date
    until: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the claim is his on a day."""
        return self.since <= day and (self.until is None or day < self.until)

    def is_told(self, day: dt.date) -> bool:
        """Whether the debtor had been told by a day."""
        return self.notified_on is not None and self.notified_on <= day


def sales_of(client_id: int, invoice_ids: Iterable[int]) -> dict[int, list[Sale]]:
    """The sales of these invoices. One statement for any number."""
    found: dict[int, list[Sale]] = {}
    for row in fetch(_SOLD, [client_id, array_parameter(sorted(invoice_ids))]):
        found.setdefault(row[0], []).append(Sale(*row))
    return found


def sale_on(sales: Sequence[Sale], day: dt.date, paid_to: Iterable[str]) -> Sale | None:
    """The sale by which money of a day on these accounts is another's; None if it came where it belongs."""
    accounts = set(paid_to)
    return next((s for s in sales if s.holds_on(day) and s.payee_iban not in accounts), None)


def unless_sold(
    decision: MatchDecision,
    day: dt.date,
    sales: Mapping[int, Sequence[Sale]],
    paid_to: Iterable[str],
    items: Mapping[int, OpenItem],
) -> MatchDecision:
    """Money for a claim that is another's now is passed on to him by a person, whatever the debtor had been told."""
    accounts = set(paid_to)
    sold = {
        number: sale
        for number, _ in decision.lines
        if (sale := sale_on(sales.get(number, ()), day, accounts)) is not None
    }
    if not sold:
        return decision
    sale = next(iter(sold.values()))
    told = {
        "numbers": ", ".join(items[number].number for number in sold),
        "owner": sale.owner,
        "notified_on": sale.notified_on.isoformat() if sale.notified_on else "-",
    }
    reason = AFTER_NOTICE if any(each.is_told(day) for each in sold.values()) else BEFORE_NOTICE
    suspects = tuple(number for number, _ in decision.lines)
    return MatchDecision("unmatched", (), decision.score, reason, tuple(told.items()), suspects)
