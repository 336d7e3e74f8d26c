"""The same invoices brought by two programs at the same moment: each is accepted once and nobody is turned away."""

from collections import Counter
from decimal import Decimal

from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from tests.conftest import make_client
from tests.dunning.scenario import NOW, day
from tests.killing import ended_with, in_child

MANY = 400


def drafts(first: int) -> list[Draft]:
    """Invoices to debtors of their own."""
    return [
        Draft(
            number=f"2026-{number}", kind="invoice", issue_date=day("2026-09-01"), due_date=day("2026-10-01"),
            received_on=day("2026-09-01"), currency="EUR", net=Decimal(100), vat=Decimal(0), total=Decimal(100),
            payable=Decimal(100), customer=Customer(name=f"Klant {number} B.V.", kvk=f"{91_000_000 + number}"),
        )
        for number in range(first, first + MANY)
    ]  # fmt: skip


def test_two_programs_that_bring_the_same_invoices_in_another_order(own_database):
    client = make_client("Van Dijk Techniek B.V.", "90000001")

    def accept(batch: list[Draft]) -> None:
        with client_scope(client.id):
            outcomes = Counter(answer.outcome for answer in accept_invoices(client.id, batch, NOW))
        assert set(outcomes) <= {"accepted", "known"}

    for round_ in range(4):
        batch = drafts(round_ * MANY)
        children = [in_child(lambda b=order: accept(b)) for order in (batch, batch[::-1])]
        assert [ended_with(child) for child in children] == [0, 0]
    with client_scope(client.id):
        assert fetch("SELECT count(*), sum(open_amount) FROM receivables_invoice") == [
            (4 * MANY, Decimal(4 * MANY * 100))
        ]
        assert fetch("SELECT count(*) FROM parties_debtor") == [(4 * MANY,)]
        assert fetch("SELECT sum(amount) FROM ledger_transfer") == [(Decimal(4 * MANY * 100),)]
