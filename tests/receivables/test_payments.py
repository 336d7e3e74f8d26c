"""Money on invoices: divided by the law, once, whatever the order; the remainder is an explicit choice."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.queries import balances, subject_balances
from inbaar.receivables.actions import (
    NewComponent,
    NewPayment,
    accept_invoices,
    add_components,
    apply_payments,
    cancel_extras,
    waive_remainder,
)
from inbaar.receivables.claims import owed_on
from inbaar.receivables.grounds import Ground, Word
from inbaar.receivables.models import Invoice
from inbaar.receivables.queries import claim_facts
from tests.receivables.test_acceptance import NOW, draft

pytestmark = pytest.mark.django_db
D = Decimal
ALONE = Word(D("5000.00"))


@pytest.fixture
def invoice(client_a):
    """10,000.00 due on 31 March 2026, with interest and 875.00 costs claimed (worked example P1)."""
    with client_scope(client_a.id):
        (answer,) = accept_invoices(
            client_a.id,
            [
                draft(
                    payable="10000.00",
                    issue_date=dt.date(2026, 3, 1),
                    received_on=dt.date(2026, 3, 1),
                    due_date=dt.date(2026, 3, 31),
                )
            ],
            NOW,
        )
        yield answer.invoice_id


def claim_all(client, invoice_id):
    day = dt.date(2026, 4, 30)
    add_components(
        client.id,
        [
            NewComponent(
                invoice_id,
                "interest",
                None,
                dt.date(2026, 4, 1),
                day,
                "6:119a BW",
                "table",
                f"interest:{invoice_id}",
            ),
            NewComponent(
                invoice_id,
                "costs",
                D("875.00"),
                dt.date(2026, 4, 1),
                day,
                "6:96 BW",
                "table",
                f"costs:{invoice_id}",
            ),
        ],
        NOW,
    )


@pytest.mark.requirement("ASK-03")
def test_a_payment_goes_to_costs_then_interest_then_principal(client_a, invoice):
    claim_all(client_a, invoice)
    booked = apply_payments(
        client_a.id, [NewPayment(invoice, dt.date(2026, 6, 30), D("3000.00"), "e1")], NOW
    )["e1"]
    assert (booked.costs, booked.interest, booked.principal) == (D("875.00"), D("253.05"), D("1871.95"))
    assert Invoice.objects.get(id=invoice).open_amount == D("8128.05")
    left = owed_on(claim_facts([invoice], dt.date(2026, 8, 31))[invoice], dt.date(2026, 8, 31))
    assert left.total == D("8271.64")
    sums = balances(dt.date(2026, 6, 30))
    assert sums[Code.INTEREST_INCOME, "EUR", "own"] == D("-253.05")
    assert sums[Code.UNAPPLIED, "EUR", "own"] == D("3000.00")


def test_without_claimed_interest_a_payment_is_principal(client_a, invoice):
    booked = apply_payments(
        client_a.id, [NewPayment(invoice, dt.date(2026, 6, 30), D("10000.00"), "e1")], NOW
    )["e1"]
    assert booked.principal == D("10000.00")
    assert Invoice.objects.get(id=invoice).open_amount == 0


@pytest.mark.requirement("ASK-05")
def test_the_same_payment_twice_is_once(client_a, invoice):
    payment = NewPayment(invoice, dt.date(2026, 6, 30), D("400.00"), "e1")
    first = apply_payments(client_a.id, [payment], NOW)
    again = apply_payments(client_a.id, [payment], NOW)
    assert first == again
    assert Invoice.objects.get(id=invoice).open_amount == D("9600.00")


def test_more_than_is_owed_is_applied_as_far_as_it_goes(client_a, invoice):
    claim_all(client_a, invoice)
    day = dt.date(2026, 6, 30)
    asked = owed_on(claim_facts([invoice], day)[invoice], day).total
    assert asked == D("11128.05")
    booked = apply_payments(client_a.id, [NewPayment(invoice, day, asked + 5, "e1")], NOW)["e1"]
    assert booked.amount == asked
    assert Invoice.objects.get(id=invoice).open_amount == 0


def test_a_payment_of_an_earlier_day_that_comes_late_keeps_the_books_true(client_a, invoice):
    claim_all(client_a, invoice)
    apply_payments(client_a.id, [NewPayment(invoice, dt.date(2026, 7, 31), D("6000.00"), "e1")], NOW)
    apply_payments(client_a.id, [NewPayment(invoice, dt.date(2026, 5, 15), D("4000.00"), "e0")], NOW)
    row = Invoice.objects.get(id=invoice)
    assert subject_balances(Code.RECEIVABLE, dt.date(2026, 12, 31)) == {invoice: row.open_amount}
    left = owed_on(claim_facts([invoice], dt.date(2026, 8, 31))[invoice], dt.date(2026, 8, 31))
    assert left.principal == row.open_amount


@pytest.mark.requirement("ASK-03")
def test_interest_does_not_vanish_when_only_the_principal_is_paid(client_a, invoice):
    claim_all(client_a, invoice)
    day = dt.date(2026, 6, 30)
    apply_payments(client_a.id, [NewPayment(invoice, day, D("10000.00"), "e1")], NOW)
    left = owed_on(claim_facts([invoice], day)[invoice], day)
    assert left.total == D("1128.05")
    with pytest.raises(Refused, match="giving up money needs a reason"):
        waive_remainder(client_a.id, invoice, day, Ground.GOODWILL, " ", ALONE, "Anna", NOW)
    assert waive_remainder(client_a.id, invoice, day, Ground.GOODWILL, "coulance", ALONE, "Anna", NOW) == D(
        "1128.05"
    )
    assert Invoice.objects.get(id=invoice).open_amount == 0
    assert balances(day)[Code.WRITTEN_OFF, "EUR", "own"] == D("1128.05")
    with pytest.raises(Refused, match="nothing is left"):
        waive_remainder(client_a.id, invoice, day, Ground.GOODWILL, "coulance", ALONE, "Anna", NOW)


@pytest.mark.requirement("ASK-03")
def test_cancelling_interest_and_costs_gives_the_money_to_the_principal(client_a, invoice):
    claim_all(client_a, invoice)
    day = dt.date(2026, 6, 30)
    apply_payments(client_a.id, [NewPayment(invoice, day, D("10000.00"), "e1")], NOW)
    assert cancel_extras(client_a.id, invoice, day, "niet aangezegd", "Anna", NOW) == D("1128.05")
    assert Invoice.objects.get(id=invoice).open_amount == 0
    left = owed_on(claim_facts([invoice], dt.date(2026, 8, 31))[invoice], dt.date(2026, 8, 31))
    assert left.total == 0
    sums = balances(day)
    assert sums[Code.INTEREST_INCOME, "EUR", "own"] == 0
    assert sums[Code.UNAPPLIED, "EUR", "own"] == D("10000.00")


def test_a_payment_from_before_the_claim_of_interest_is_principal_also_when_it_is_booked_later(
    client_a, invoice
):
    claim_all(client_a, invoice)  # claimed on 30 April
    booked = apply_payments(
        client_a.id, [NewPayment(invoice, dt.date(2026, 4, 30), D("10000.00"), "e1")], NOW
    )["e1"]
    assert (booked.costs, booked.interest, booked.principal) == (D("0.00"), D("0.00"), D("10000.00"))
    assert Invoice.objects.get(id=invoice).open_amount == 0


def test_after_waiving_nothing_is_owed_then_or_later(client_a, invoice):
    claim_all(client_a, invoice)
    day = dt.date(2026, 6, 30)
    apply_payments(client_a.id, [NewPayment(invoice, day, D("10000.00"), "e1")], NOW)
    waive_remainder(client_a.id, invoice, day, Ground.GOODWILL, "coulance", ALONE, "Anna", NOW)
    for later in (day, dt.date(2026, 12, 31)):
        assert owed_on(claim_facts([invoice], later)[invoice], later).total == 0
    assert subject_balances(Code.RECEIVABLE, day) == {invoice: D("0.00")}
