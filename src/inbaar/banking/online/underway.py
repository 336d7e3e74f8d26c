"""Money that was paid online and has not come in by the bank yet, as SQL for whoever must not chase it.

A part has arrived once as much was booked on its invoice by the bank as it is, on top of what was booked when it was paid.
What went back to the payer is no longer on its way. Play money never is.
"""

#: What is booked on an invoice by the bank; for a part `p`.
BOOKED = """
    coalesce((SELECT sum(r.amount) FROM receivables_payment r
              WHERE r.client_id = p.client_id AND r.invoice_id = p.invoice_id AND r.kind = 'bank'), 0)
"""
#: Whether a part `p` of a payment `o` is on its way.
ON_ITS_WAY = f"""
    o.state = 'paid' AND NOT o.test AND o.refunded + o.charged_back < o.amount
    AND round(p.amount * (o.amount - o.refunded - o.charged_back) / o.amount, 2) > {BOOKED} - p.booked_before
"""


def underway(client: str, invoice: str) -> str:
    """Whether money for an invoice is on its way; `client` and `invoice` are the columns that name it."""
    return f"""EXISTS (
        SELECT 1 FROM online_onlinepart p
        JOIN online_onlinepayment o ON o.client_id = p.client_id AND o.id = p.payment_id
        WHERE p.client_id = {client} AND p.invoice_id = {invoice} AND {ON_ITS_WAY})"""  # noqa: S608 - our own text
