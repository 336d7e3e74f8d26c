"""Money for a claim that was sold, on the account of who sold it: passed on to the owner.

Called through `actions`; `matching` sees it by `sold_claims`. Before the debtor was told of the sale he pays
with discharge (3:94 lid 3, 6:34 BW); after that he does not, until the owner has the money after all (6:32 BW). Either way
the client has to pass it on, and nobody is dunned meanwhile: the payment waits and explains the invoice.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from inbaar.banking.accounts import own_ibans
from inbaar.banking.by_hand import locked_entry
from inbaar.banking.outcomes import EntryFacts
from inbaar.banking.sold_claims import Sale, sale_on, sales_of
from inbaar.banking.transfers.actions import NewTransfer, Source, request_transfer
from inbaar.kit.arrays import json_texts
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewPayment, apply_payments
from inbaar.receivables.claims import owed_on
from inbaar.receivables.queries import claim_facts

LONGEST_TEXT = 140
_SUSPECTS = (
    "SELECT invoice_id FROM banking_suspect WHERE client_id = %s AND entry_id = %s ORDER BY invoice_id"
)
_PASSED_ON = """
    UPDATE banking_entry SET state = 'matched', score = 100, reason = 'passed-on', reason_facts = %s::text::jsonb
    WHERE client_id = %s AND id = %s
"""


def pass_on(client_id: int, entry_id: int, by: str, on: dt.date, recorded_at: dt.datetime) -> Decimal:
    """See `actions.pass_on_to_owner`."""
    with client_scope(client_id):
        entry, _ = locked_entry(client_id, entry_id)
        invoices = [number for (number,) in fetch(_SUSPECTS, [client_id, entry_id])]
        sales, own = sales_of(client_id, invoices), own_ibans(client_id)
        sold = [
            (number, sale)
            for number in invoices
            if (sale := sale_on(sales.get(number, ()), entry.date, own)) is not None
        ]
        owners = {(sale.owner, sale.payee_iban) for _, sale in sold}
        if len(owners) != 1 or not entry.unapplied:
            raise Refused(_nothing_to_pass_on(entry, len(owners)))
        ((owner, iban),) = owners
        claims = claim_facts([number for number, _ in sold], entry.date)
        numbers = ", ".join(claims[number].number for number, _ in sold)
        request_transfer(
            client_id,
            NewTransfer(
                Source.FORWARD, f"entry:{entry_id}:{entry.rounds}", owner, iban, entry.unapplied, on,
                f"paid to us, owed to {owner}", text=f"{entry.counterparty_name} {numbers}".strip()[:LONGEST_TEXT],
                entry_id=entry_id,
            ),
            by, on, recorded_at,
        )  # fmt: skip
        _discharge(client_id, entry, sold, by, on, recorded_at)
        facts = {"numbers": numbers, "owner": owner, "by": by}
        run(_PASSED_ON, [json_texts([facts])[0], client_id, entry_id])
        run("DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = %s", [client_id, entry_id])
        return entry.unapplied


def _discharge(
    client_id: int,
    entry: EntryFacts,
    sold: Sequence[tuple[int, Sale]],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> None:
    """The debtor is discharged: on the day he paid, or where he had been told, on the day the owner gets his money."""
    left = entry.unapplied
    payments = []
    for number, sale in sold:
        day = on if sale.is_told(entry.date) else entry.date
        claim = claim_facts([number], day)[number]
        amount = min(left, owed_on(claim, day).total)
        if amount <= 0:
            continue
        left -= amount
        facts = {"by": by, "owner": sale.owner, "paid_on": entry.date.isoformat()}
        key = f"passed:{entry.id}:{number}:{entry.rounds}"
        payments.append(NewPayment(number, day, amount, key, "passed_on", "", facts, entry.id))
    apply_payments(client_id, payments, recorded_at)


def _nothing_to_pass_on(entry: EntryFacts, owners: int) -> Refusal:
    if owners > 1:
        return Refusal(
            "several-owners", "money is passed on to one owner", f"these invoices have {owners}", "one owner",
            next_step="ask for a transfer to each of them",
        )  # fmt: skip
    return Refusal(
        "nothing-to-pass-on",
        "only money for a claim that was sold is passed on",
        f"the entry of {entry.date} has none left",
        "money for a sold claim",
        "never",
    )
