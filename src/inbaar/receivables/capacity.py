"""What follows for open claims when a debtor turns out to owe in another capacity than was thought."""

from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.parties.rules import Capacity

SHOWN_NUMBERS = 5
_CLAIMED = """
    SELECT DISTINCT i.number FROM receivables_claimcomponent k
    JOIN receivables_invoice i ON i.client_id = k.client_id AND i.id = k.invoice_id
    WHERE i.client_id = %s AND i.debtor_id = %s AND i.open_amount > 0 AND k.withdrawn_on IS NULL ORDER BY 1
"""
_TERMS = """
    UPDATE receivables_invoice SET term_agreed = %s, claim_kind = %s,
           first_interest_day = CASE WHEN %s THEN due_date + 1 END
    WHERE client_id = %s AND debtor_id = %s AND kind = 'invoice' AND open_amount > 0
"""


def apply_capacity(client_id: int, debtor_id: int, capacity: Capacity) -> int:
    """Have a debtor's open claims follow his capacity; gives how many. Needs the client's scope.

    A business owes trade interest from the day after the due date (6:119a BW); a consumer none before he is in default
    by a notice (6:82, 6:119 BW). Refuses while interest or costs stand that were claimed by the rules of the other
    capacity: a person cancels them first.
    """
    claimed = [row[0] for row in fetch(_CLAIMED, [client_id, debtor_id])]
    if claimed:
        more = f" and {len(claimed) - SHOWN_NUMBERS} more" if len(claimed) > SHOWN_NUMBERS else ""
        raise Refused(
            Refusal(
                code="capacity-claimed",
                rule="interest and costs follow from the capacity of the one who owes",
                fact=f"{', '.join(claimed[:SHOWN_NUMBERS])}{more}",
                limit="no interest or costs claimed by other rules",
                next_step="cancel the interest and costs on these invoices first",
            )
        )
    trade = capacity is not Capacity.CONSUMER
    return run(_TERMS, [trade, "trade" if trade else "nontrade", trade, client_id, debtor_id])
