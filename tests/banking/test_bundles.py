"""Invoices paid as one under a reference of their own: divided as told, once, and only where the amount leaves no doubt."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso11649 import is_valid

from inbaar.banking.bundles import NewBundle, make_bundles, reference_of, references_in
from inbaar.banking.models import Entry, Suspect
from inbaar.banking.payment_tokens import PaymentFacts
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewComponent, add_components
from tests.banking.books import (
    DAY,
    NOW,
    assert_books_tie,
    draft,
    invoiced,
    matched,
    open_amounts,
    received,
)
from tests.banking.camt import Line
from tests.sql_watch import statements

D = Decimal
db = pytest.mark.django_db


@given(
    st.integers(1, 10**15),
    st.sampled_from(["{}", "betaling {} 2026", "{} NR 12", "x {}, dank"]),
    st.integers(0, 4),
)
def test_a_reference_is_found_however_it_is_written(number, around, group):
    reference = reference_of(number)
    assert is_valid(reference)
    parts = [reference[i : i + group] for i in range(0, len(reference), group)] if group > 1 else [reference]
    told = PaymentFacts(D(1), "EUR", text=around.format(" ".join(parts)).lower())
    assert reference in references_in(told)


def test_a_reference_with_wrong_check_digits_is_none():
    assert references_in(PaymentFacts(D(1), "EUR", text="RF26INB1234567")) == set()


@pytest.fixture
def scope(client_a):
    with client_scope(client_a.id):
        yield client_a
        assert_books_tie()


def bundled(client, *parts):
    """Invoices of 100, 200 and 300 of one debtor and the reference under which these parts of them are paid."""
    invoices = invoiced(client, *(draft(f"2026-{n:04}", f"{n}00.00") for n in (1, 2, 3)))
    asked = tuple((invoices[place].id, D(amount)) for place, amount in enumerate(parts) if D(amount))
    ((_, reference),) = make_bundles(client.id, [NewBundle(invoices[0].debtor_id, "EUR", asked)], DAY)
    return invoices, reference


@db
@pytest.mark.requirement("ASK-24")
def test_one_payment_pays_every_invoice_its_part(scope):
    """600.00 under the reference, from an account nobody knows: 100, 200 and 300 are paid, and the account is learned."""
    invoices, reference = bundled(scope, "100", "200", "300")
    received(scope, Line("600.00", reference=reference, name="Holding", iban="DE89370400440532013000"))
    assert (matched(scope).matched, open_amounts(invoices)) == (1, [D(0)] * 3)
    entry = Entry.objects.get()
    assert (entry.reason, entry.score, entry.unapplied) == ("bundle", 100, D(0))


@db
@pytest.mark.requirement("ASK-24")
def test_a_part_that_was_not_asked_stays_open(scope):
    """Of the third invoice 100.00 is disputed, so 200.00 of it was asked: 500.00 pays what was asked and leaves 100.00."""
    invoices, reference = bundled(scope, "100", "200", "200")
    received(scope, Line("500.00", text=f"overzicht {reference} dank"))
    matched(scope)
    assert open_amounts(invoices) == [D(0), D(0), D(100)]


@db
def test_what_is_left_after_one_was_paid_by_itself_is_certain_too(scope):
    invoices, reference = bundled(scope, "100", "200", "300")
    received(scope, Line("200.00", text="2026-0002"), Line("400.00", reference=reference))
    assert (matched(scope).matched, open_amounts(invoices)) == (2, [D(0)] * 3)


@db
@pytest.mark.parametrize(
    ("amount", "reason"),
    [("599.99", "bundle-not-sum"), ("600.01", "bundle-not-sum"), ("100.00", "bundle-not-sum")],
)
def test_another_amount_is_for_a_person_and_none_of_them_is_chased(scope, amount, reason):
    invoices, reference = bundled(scope, "100", "200", "300")
    received(scope, Line(amount, reference=reference))
    assert matched(scope).unmatched == 1
    assert Entry.objects.get().reason == reason
    assert set(Suspect.objects.values_list("invoice_id", flat=True)) == {each.id for each in invoices}


@db
def test_paid_twice_the_second_is_kept_for_a_person(scope):
    _, reference = bundled(scope, "100", "200", "300")
    received(scope, Line("600.00", reference=reference), Line("600.00", reference=reference, text="nogmaals"))
    matched(scope)
    assert list(Entry.objects.order_by("id").values_list("reason", "unapplied")) == [
        ("bundle", D(0)),
        ("bundle-paid", D("600.00")),
    ]


@db
def test_costs_that_were_asked_are_in_the_part_of_their_invoice(scope):
    """40.00 of costs were claimed on the first before the payment; its part is 140.00, divided by the law."""
    invoices, reference = bundled(scope, "140", "200", "300")
    claimed = dt.date(2026, 3, 1)
    add_components(
        scope.id, [NewComponent(invoices[0].id, "costs", D("40.00"), claimed, claimed, "BIK", "-", "c")], NOW
    )
    received(scope, Line("640.00", reference=reference))
    assert (matched(scope).matched, open_amounts(invoices)) == (1, [D(0)] * 3)


@db
def test_another_clients_reference_is_nothing_here(client_a, client_b):
    with client_scope(client_b.id):
        _, reference = bundled(client_b, "100", "200", "300")
    with client_scope(client_a.id):
        received(client_a, Line("600.00", reference=reference))
        matched(client_a)
        assert Entry.objects.get().reason == "nothing-found"


@db
def test_two_statements_for_any_number_of_bundles(scope):
    counts = []
    for start in (1, 4):
        lines = []
        for number in range(start, start * 2):
            made = invoiced(scope, draft(f"B{number}-77{number}1", f"{number}.10"))
            ((_, reference),) = make_bundles(
                scope.id, [NewBundle(made[0].debtor_id, "EUR", ((made[0].id, D(f"{number}.10")),))], DAY
            )
            lines.append(Line(f"{number}.10", reference=reference, iban="", name=""))
        received(scope, *lines, number=str(start))
        with statements() as seen:
            assert matched(scope).unmatched == 0
        counts.append(len(seen))
    assert counts[0] == counts[1]
