"""The steps that an ageing's totals are added up from: true after late postings, merging, and two programs at once."""

import datetime as dt
import random
from decimal import Decimal

import numpy as np
import psycopg
import pytest
from django.db import connection

from inbaar.daily import run_day
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.actions import (
    NewPayment,
    Reversal,
    accept_invoices,
    apply_payments,
    merge_age_steps,
    reverse_payments,
)
from inbaar.receivables.age_classes import AHEAD
from inbaar.receivables.ageing import ageing
from inbaar.receivables.debtor_ages import _added_up
from tests.banking.books import NOW, draft
from tests.conftest import make_client
from tests.killing import ended_with, in_child

D = Decimal
day = dt.date.fromisoformat


@pytest.fixture
def books(client_a):
    with client_scope(client_a.id):
        yield client_a


def invoice(client, number, issued, due, amount):
    facts = {"issue_date": day(issued), "received_on": day(issued), "due_date": day(due)}
    (made,) = accept_invoices(client.id, [draft(number, amount, **facts)], NOW)
    return made.invoice_id


def pay(client, *paid):
    payments = [NewPayment(i, day(on), D(amount), f"{i}:{on}:{amount}") for i, on, amount in paid]
    apply_payments(client.id, payments, NOW)


def open_at(client, on):
    """Per class that is not empty: how many were open, and how much."""
    (found,) = ageing(client.id, day(on))
    assert found.ties, found
    ages = (*found.classes, found.credits, found.ahead)
    return {age.key: (age.count, age.amount) for age in ages if age.count or age.amount}


def proven(client):
    return {proof.name for proof in prove_books(client.id) if not proof.holds} <= {"unapplied"}


@pytest.mark.django_db
@pytest.mark.requirement("ASK-23")
def test_what_is_booked_late_on_an_earlier_day_changes_the_days_between(books):
    """100.00: 50.00 of 20 March is booked first, then 50.00 of 10 March. Paid off since the 20th, not since the 10th."""
    made = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    pay(books, (made, "2026-03-20", "50.00"))
    pay(books, (made, "2026-03-10", "50.00"))
    assert open_at(books, "2026-03-09") == {"1-30": (1, D("100.00"))}
    assert open_at(books, "2026-03-10") == {"1-30": (1, D("50.00"))}
    assert open_at(books, "2026-03-19") == {"1-30": (1, D("50.00"))}
    assert open_at(books, "2026-03-20") == {}
    assert proven(books)


@pytest.mark.django_db
def test_a_payment_taken_back_opens_its_invoice_again_from_that_day(books):
    made = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    pay(books, (made, "2026-03-10", "100.00"))
    reverse_payments(
        books.id,
        [Reversal(f"{made}:2026-03-10:100.00", "returned", "-", day("2026-03-15"))],
        day("2026-03-16"),
        NOW,
    )
    assert open_at(books, "2026-03-14") == {}
    assert open_at(books, "2026-03-15") == {"1-30": (1, D("100.00"))}
    assert proven(books)


@pytest.mark.django_db
def test_merging_changes_no_day_and_leaves_one_step_for_a_day_and_due_date(books):
    """Three invoices of one due date, one of them paid before it was there, in calls of their own; merged, and again."""
    made = [invoice(books, f"2026-{n}", "2026-02-01", "2026-03-03", "100.00") for n in range(3)]
    pay(books, (made[0], "2026-01-20", "100.00"))
    pay(books, (made[1], "2026-03-10", "40.00"))
    pay(books, (made[2], "2026-03-10", "100.00"))
    days = ("2026-01-25", "2026-02-01", "2026-03-09", "2026-03-10", "2026-06-30")
    before = [open_at(books, on) for on in days]
    assert before[0] == {AHEAD: (1, D("100.00"))}
    assert before[3] == {"1-30": (1, D("60.00"))}
    merge_age_steps(books.id)
    assert [open_at(books, on) for on in days] == before
    # On 1 February two more are open, and the one paid in advance is so no longer.
    steps = fetch("SELECT booked_on, dated, count, amount, merged FROM receivables_agestep ORDER BY 1, 2")
    assert steps == [
        (day("2026-01-20"), day("2026-02-01"), 1, D("-100.00"), True),
        (day("2026-02-01"), day("2026-02-01"), 1, D("300.00"), True),
        (day("2026-03-10"), day("2026-03-10"), -1, D("-140.00"), True),
    ]
    numbers = fetch("SELECT id FROM receivables_agestep ORDER BY 1")
    merge_age_steps(books.id)
    assert fetch("SELECT id FROM receivables_agestep ORDER BY 1") == numbers
    pay(books, (made[1], "2026-03-10", "60.00"))
    merge_age_steps(books.id)
    assert fetch("SELECT count(*) FROM receivables_agestep") == [(3,)]
    assert open_at(books, "2026-03-10") == {}
    assert proven(books)


@pytest.mark.django_db
def test_the_days_run_merges(books):
    for n in range(2):
        invoice(books, f"2026-{n}", "2026-02-01", "2026-03-03", "100.00")
    run_day(day("2026-02-02"), NOW, None, [books.id])
    assert fetch("SELECT count, amount, merged FROM receivables_agestep") == [(2, D("200.00"), True)]


@pytest.mark.django_db
def test_steps_that_are_lost_or_doubled_are_found(books):
    invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    assert proven(books)
    run("DELETE FROM receivables_agestep")
    assert not proven(books)
    assert ageing(books.id, day("2026-03-10"))[0].difference == D("100.00")


@pytest.mark.django_db
def test_a_wrong_count_is_found_though_the_amounts_tie(books):
    made = invoice(books, "2026-001", "2026-02-01", "2026-03-03", "100.00")
    pay(books, (made, "2026-03-10", "100.00"))
    run(
        "INSERT INTO receivables_agestep (client_id, currency, kind, due_date, dated, booked_on, count, amount, merged) "
        "SELECT client_id, currency, kind, due_date, dated, booked_on, 1, 0, false FROM receivables_agestep LIMIT 1"
    )
    assert ageing(books.id, day("2026-03-10"))[0].ties
    assert not proven(books)


@pytest.mark.django_db
def test_random_payments_booked_in_any_order_and_merged_at_any_moment_prove(books):
    chance = random.Random(11)
    made = [
        invoice(books, f"2026-{n:03}", f"2026-02-{1 + n % 9:02}", "2026-03-03", "90.00") for n in range(30)
    ]
    for _ in range(25):
        batch = {
            (chance.choice(made), chance.randrange(60)): chance.choice(("30.00", "45.00", "90.00"))
            for _ in range(6)
        }
        start = day("2026-01-25")
        pay(
            books,
            *(
                (number, str(start + dt.timedelta(days=days)), amount)
                for (number, days), amount in batch.items()
            ),
        )
        if not chance.randrange(4):
            merge_age_steps(books.id)
    assert proven(books)
    assert fetch("SELECT count(*) > 0 FROM receivables_agestep WHERE count <> 0 AND dated > booked_on") == [
        (True,)
    ]


def test_what_another_program_is_merging_is_left_to_it(own_database):
    """The other holds one of two steps: nothing waits, nothing counts twice, and the next merging adds them up."""
    client = make_client("Van Dijk Techniek B.V.", "90000001")
    with client_scope(client.id):
        for n in range(2):
            invoice(client, f"2026-{n}", "2026-02-01", "2026-03-03", "100.00")
        params = connection.get_connection_params()
        params.pop("cursor_factory", None)
        params.pop("context", None)
    with psycopg.connect(**params) as other:
        other.execute(f"SET LOCAL inbaar.client_id = '{client.id}'")
        held = other.execute("SELECT id FROM receivables_agestep ORDER BY id LIMIT 1 FOR UPDATE").fetchall()
        merge_age_steps(client.id)
        with client_scope(client.id):
            assert fetch(
                "SELECT count(*) FROM receivables_agestep WHERE id = %s AND NOT merged", held[0]
            ) == [(1,)]
            assert open_at(client, "2026-02-01") == {"not-due": (2, D("200.00"))}
    merge_age_steps(client.id)
    with client_scope(client.id):
        assert fetch("SELECT count, amount FROM receivables_agestep") == [(2, D("200.00"))]


def test_two_programs_that_pay_the_same_invoice_at_once_leave_true_steps(own_database):
    """Each pays a part on days of its own, one forwards and one backwards; two others merge meanwhile."""
    client = make_client("Van Dijk Techniek B.V.", "90000001")
    with client_scope(client.id):
        made = invoice(client, "2026-001", "2026-02-01", "2026-03-03", "100.00")

    def pay_parts(days: range) -> None:
        for n in days:
            with client_scope(client.id):
                pay(client, (made, str(day("2026-02-10") + dt.timedelta(days=n)), "1.00"))

    def merge() -> None:
        for _ in range(20):
            merge_age_steps(client.id)

    works = (lambda: pay_parts(range(0, 40, 2)), lambda: pay_parts(range(39, 0, -2)), merge, merge)
    assert [ended_with(child) for child in [in_child(work) for work in works]] == [0] * 4
    with client_scope(client.id):
        assert proven(client)
        assert open_at(client, "2026-02-19") == {"not-due": (1, D("90.00"))}
        assert open_at(client, "2026-03-31") == {"1-30": (1, D("60.00"))}


def test_more_cents_than_a_number_holds_are_refused_not_wrapped_round():
    """10,000 items of the largest amount there is, all of one debtor: far beyond 2^63 cents."""
    places, cents = np.full(10_000, 16), np.full(10_000, 10**15 - 1)
    with pytest.raises(OverflowError):
        _added_up(places, cents, 7)
    debtors, table = _added_up(places[:1_000], cents[:1_000], 7)
    assert (debtors.tolist(), table[0, 0]) == ([1], 1_000 * (10**15 - 1))
