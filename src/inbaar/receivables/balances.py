"""The one writer of `open_amount`. Whoever changes what is open calls this, in the transaction of the cause."""

from collections.abc import Mapping
from decimal import Decimal

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import run
from inbaar.receivables.following import claims_changed


def lower_open_amounts(client_id: int, principal: Mapping[int, Decimal]) -> None:
    """Take principal off what is open, per invoice; a negative amount puts it back.

    One statement for any number, and what followers of the claims do. The database refuses an open amount below zero or above what was payable.
    """
    changes = {invoice: amount for invoice, amount in principal.items() if amount}
    if not changes:
        return
    touched = run(
        """
        UPDATE receivables_invoice i SET open_amount = i.open_amount - c.amount
        FROM unnest(%s::bigint[], %s::numeric[]) AS c(id, amount)
        WHERE i.client_id = %s AND i.id = c.id
        """,
        [array_parameter(list(changes)), array_parameter(list(changes.values())), client_id],
    )
    if touched != len(changes):
        raise LookupError(f"{len(changes) - touched} of {len(changes)} invoices are not this client's")
    claims_changed(client_id, list(changes))
