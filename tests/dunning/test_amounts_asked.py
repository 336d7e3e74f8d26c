"""What is asked and claimed around a letter: never twice, never on what was paid as asked, never more than announced."""

from decimal import Decimal

import pytest

from inbaar.dunning.schedule import look_again
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import (
    NewHold,
    NewPayment,
    apply_payments,
    cancel_extras,
    open_holds,
    release_hold,
    waive_remainder,
)
from inbaar.receivables.claims import owed_on
from inbaar.receivables.models import ClaimComponent, Hold, Invoice
from inbaar.receivables.queries import claim_facts
from tests.dunning.scenario import NOW, PERSON, Administration, day

pytestmark = pytest.mark.django_db
TO_HAND_OVER = ("2026-10-02", "2026-10-15", "2026-10-23")


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def dispute(books, invoice, amount, key="d1"):
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        hold = NewHold(
            debtor, "dispute", "beschadigd", "Anna", day("2026-10-01"), key, invoice, Decimal(amount)
        )
        open_holds(books.client.id, [hold], NOW)


def costs(books):
    with client_scope(books.client.id):
        return [c.amount for c in ClaimComponent.objects.filter(kind="costs").order_by("id")]


def schedule(books, invoice):
    with client_scope(books.client.id):
        return fetch(
            "SELECT stage, due_on, waits_for FROM dunning_schedule WHERE invoice_id = %s", [invoice]
        )[0]


def left(books, invoice, on):
    with client_scope(books.client.id):
        return owed_on(claim_facts([invoice], day(on))[invoice], day(on))


@pytest.mark.requirement("BEY-03")
@pytest.mark.parametrize(("paid", "over"), [("1214.83", False), ("1214.82", True)])
def test_who_paid_what_the_notice_asked_owes_no_costs_though_interest_ran_on(books, paid, over):
    invoice = books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    assert books.letters()[-1].total_due == Decimal("1214.83")
    books.pay(invoice, "2026-10-20", paid)
    tally = books.run("2026-10-23")
    if over:
        assert (tally.steps, costs(books)) == ({"hand_over": 1}, [Decimal("40.00")])
        return
    # Five days' interest came on top of what the letter asked: 1.72 is left, and nobody is pressed for it.
    assert books.open(invoice) == Decimal("1.72")
    assert (tally.waits, tally.steps, costs(books)) == ({"paid_as_asked": 1}, {}, [])
    assert schedule(books, invoice) == ("noticed", None, "paid_as_asked")
    assert books.run("2026-11-20").looked_at == 0


@pytest.mark.requirement("ASK-08")
def test_money_pays_what_is_not_disputed_first(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    dispute(books, invoice, "400.00")
    books.run("2026-10-02")
    books.run("2026-10-15")
    assert books.letters()[-1].total_due == Decimal("813.23")  # 810.00 and 14 days at 10.40% over it
    # A day later 15 days' interest over the undisputed 810.00 is 3.46; over the whole it would be 5.17.
    books.pay(invoice, "2026-10-16", "813.46")
    assert books.open(invoice) == Decimal("400.00")
    assert books.run("2026-10-23").waits == {"dispute": 1}
    # More than was asked goes to the disputed part, its own interest first: 400.00 * 10.40% * 19 / 365 = 2.17.
    books.pay(invoice, "2026-10-20", "100.00")
    assert books.open(invoice) == Decimal("302.17")


@pytest.mark.requirement("COL-19")
@pytest.mark.requirement("DUN-10")
def test_a_consumer_never_owes_more_costs_than_his_letter_announced(books):
    invoice = books.invoice("2026-0042", "2026-10-01", payable="1000.00", customer=PERSON)
    dispute(books, invoice, "600.00")
    books.run("2026-10-02")
    books.run("2026-10-19")
    announced = books.letters()[-1].costs_if_unpaid
    assert announced is not None
    assert announced.total == Decimal("60.00")
    with client_scope(books.client.id):
        release_hold(books.client.id, Hold.objects.get().id, day("2026-10-30"), "Anna", NOW)
    assert books.run("2026-11-05").steps == {"hand_over": 1}
    assert costs(books) == [Decimal("60.00")]


@pytest.mark.requirement("COL-19")
def test_invoices_of_one_letter_never_cost_more_than_it_announced_though_handed_over_apart(books):
    one, _, three = (
        books.invoice(f"2026-004{n}", "2026-10-01", payable="100.00", customer=PERSON) for n in range(3)
    )
    books.run("2026-10-02")
    books.run("2026-10-19")
    announced = books.letters()[-1].costs_if_unpaid
    assert announced is not None
    assert announced.total == Decimal("45.00")
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=three).debtor_id
        hold = NewHold(debtor, "pause", "x", "Anna", day("2026-10-20"), "p", three, None, day("2026-11-09"))
        open_holds(books.client.id, [hold], NOW)
    books.run("2026-11-05")
    assert sum(costs(books)) == Decimal("40.00")  # 15% of 200.00 is below the minimum
    books.run("2026-11-10")
    assert costs(books)[2:] == [Decimal("5.00")]
    assert schedule(books, one)[0] == schedule(books, three)[0] == "handed_over"


@pytest.mark.requirement("DUN-10")
def test_who_turns_out_to_be_a_consumer_owes_no_costs_after_a_business_notice(books):
    books.invoice("2026-0042", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")
    with client_scope(books.client.id):
        run("UPDATE parties_debtor SET capacity = 'consumer'")
    for on in ("2026-10-23", "2026-11-20"):
        books.run(on)
    assert costs(books) == []


def test_a_day_outside_the_law_holds_its_own_invoices_and_loses_no_other_work(books):
    late = books.invoice("2026-0042", "2026-12-10")
    for on in ("2026-12-11", "2026-12-24"):
        books.run(on)
    fresh = books.invoice("2026-0043", "2026-12-31")
    tally = books.run("2027-01-05")
    assert (tally.waits, tally.steps) == ({"law_not_covered": 1}, {"reminder": 1})
    assert (schedule(books, late)[0], schedule(books, fresh)[0]) == ("noticed", "reminded")
    with client_scope(books.client.id):
        (facts,) = fetch("SELECT facts ->> 'words' FROM receivables_event WHERE kind = 'letter_held'", [])
    assert "is confirmed until 2026-12-31" in facts[0]
    books.run("2027-01-06")
    with client_scope(books.client.id):
        assert fetch("SELECT count(*) FROM receivables_event WHERE kind = 'letter_held'", []) == [(1,)]


def test_a_second_look_leaves_what_was_handed_over_where_it_is(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    with client_scope(books.client.id):
        assert look_again(books.client.id, [invoice], day("2026-10-26")) == 0
    assert books.run("2026-10-26").looked_at == 0
    assert schedule(books, invoice) == ("handed_over", None, "")


def test_after_waiving_the_rest_nothing_is_owed_either_way(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    books.pay(invoice, "2026-10-24", "300.00")  # to costs of 181.50 and interest first
    with client_scope(books.client.id):
        waive_remainder(books.client.id, invoice, day("2026-10-25"), "coulance", "Anna", NOW)
    for on in ("2026-10-25", "2026-11-25"):
        owed = left(books, invoice, on)
        assert (owed.principal, owed.interest, owed.costs, owed.total) == (0, 0, 0, 0)


def test_money_for_what_is_settled_is_not_taken_twice(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    total = left(books, invoice, "2026-10-24").total
    with client_scope(books.client.id):
        first = NewPayment(invoice, day("2026-10-24"), total, "one")
        second = NewPayment(invoice, day("2026-10-24"), Decimal("5.00"), "two")
        done = apply_payments(books.client.id, [first, second], NOW)
    assert {key: booked.amount for key, booked in done.items()} == {"one": total}
    assert books.open(invoice) == 0


def test_cancelled_costs_that_the_principal_cannot_take_are_owed_to_the_debtor(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    for on in TO_HAND_OVER:
        books.run(on)
    total = left(books, invoice, "2026-10-24").total
    books.pay(invoice, "2026-10-24", str(total))
    with client_scope(books.client.id):
        assert cancel_extras(books.client.id, invoice, day("2026-10-25"), "coulance", "Anna", NOW) == 0
        balances = dict(
            fetch(
                """
                SELECT a.code, sum(CASE WHEN a.id = t.credit_id THEN t.amount ELSE -t.amount END)
                FROM ledger_transfer t JOIN ledger_account a ON a.id IN (t.debit_id, t.credit_id) GROUP BY 1
                """
            )
        )
    # What was received is spent: the principal of 1,210.00, and the rest owed back.
    assert balances["credits_to_give"] == total - Decimal("1210.00")
    assert balances["unapplied"] == -total
    assert (balances["costs_income"], balances["interest_income"]) == (0, 0)
    assert left(books, invoice, "2026-10-26").total == 0


def test_only_a_dispute_is_about_a_part(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        hold = NewHold(debtor, "promise", "x", "Anna", day("2026-10-01"), "p", invoice, Decimal("400.00"))
        with pytest.raises(
            Refused, match=r"only a dispute can be about a part of a claim: a promise of 400.00"
        ):
            open_holds(books.client.id, [hold], NOW)
        assert not Hold.objects.exists()


def test_each_of_two_disputes_opened_together_is_within_what_is_open(books):
    invoice = books.invoice("2026-0042", "2026-10-01")
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoice).debtor_id
        holds = [
            NewHold(debtor, "dispute", "x", "Anna", day("2026-10-01"), key, invoice, Decimal(amount))
            for key, amount in (("too much", "1210.01"), ("part", "10.00"))
        ]
        with pytest.raises(Refused, match=r"a part in dispute is at most what is open: 1210.01"):
            open_holds(books.client.id, holds, NOW)
