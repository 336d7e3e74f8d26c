"""The demonstration's tally: amounts are euros, and no other currency is added to them."""

from decimal import Decimal

from inbaar.demo.tally import tally_of
from inbaar.kit.scope import client_scope
from inbaar.receivables.payments import NewPayment, apply_payments
from tests.dunning.scenario import NOW, Administration, day


def test_other_currencies_are_counted_and_not_added_up(client_a):
    books = Administration(client_a)
    euros = books.invoice("F-1", "2026-09-01", payable="100.00")
    dollars = books.invoice("F-2", "2026-09-01", payable="900.00", currency="USD")
    with client_scope(client_a.id):
        apply_payments(
            client_a.id,
            [
                NewPayment(invoice, day("2026-09-02"), Decimal("40.00"), f"test:{invoice}")
                for invoice in (euros, dollars)
            ],
            NOW,
        )
    tally = tally_of([client_a.id], day("2026-09-03"), [])
    assert (tally["invoices"], tally["open"]) == (2, 2)
    assert (tally["open_amount"], tally["received"]) == ("60.00", "40.00")
