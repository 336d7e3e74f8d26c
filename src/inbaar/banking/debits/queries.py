"""What others ask of debits. Needs the client's scope."""

from inbaar.kit.bulk import fetch


def returned_invoices(client_id: int) -> list[int]:
    """The invoices whose last debit went back and of which something is open: reminders go on for them."""
    rows = fetch(
        """
        SELECT dd.invoice_id FROM debits_directdebit dd
        JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id AND i.open_amount > 0
        WHERE dd.client_id = %s AND dd.state = 'returned' AND NOT dd.replaced
        """,
        [client_id],
    )
    return [int(number) for (number,) in rows]
