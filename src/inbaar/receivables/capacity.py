"""What open claims say to a debtor who turns out to owe in another capacity than was thought."""

from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal, Refused
from inbaar.parties.rules import Capacity

SHOWN_NUMBERS = 5
_OTHERWISE = """
    SELECT number FROM receivables_invoice
    WHERE client_id = %s AND debtor_id = %s AND kind = 'invoice' AND open_amount > 0 AND claim_kind <> %s ORDER BY number
"""


def require_same_terms(client_id: int, debtor_id: int, capacity: Capacity) -> None:
    """Refuse a capacity under which invoices that are open would have other terms. Needs the client's scope.

    A business owes trade interest from the day after the due date (6:119a BW), a consumer none before he is in default
    by a notice (6:82, 6:119 BW). The terms of an invoice are facts from the day it was accepted, so a person settles
    or credits those invoices first; what is accepted later follows the new capacity.
    """
    wanted = "nontrade" if capacity is Capacity.CONSUMER else "trade"
    numbers = [row[0] for row in fetch(_OTHERWISE, [client_id, debtor_id, wanted])]
    if numbers:
        more = f" and {len(numbers) - SHOWN_NUMBERS} more" if len(numbers) > SHOWN_NUMBERS else ""
        raise Refused(
            Refusal(
                code="capacity-open",
                rule="the terms of an invoice follow from the capacity of the one who owes, and never change",
                fact=f"{', '.join(numbers[:SHOWN_NUMBERS])}{more}",
                limit="no open invoice with the terms of another capacity",
                next_step="settle or credit these invoices first, or pause the debtor",
            )
        )
