"""Payments that the bank took back: invoice open again from the right day, debit and payment explained by each other."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.actions import (
    Ground,
    keep_for_debtor,
    match_by_hand,
    return_by_hand,
    settle_returns,
)
from inbaar.banking.models import Allotment, Entry, Match
from inbaar.daily import take_back_returned
from inbaar.dunning.models import Schedule
from inbaar.dunning.schedule import close_invoices, schedule_invoices
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.models import DebtorIban
from inbaar.proofs import prove_books
from inbaar.receivables.actions import NewComponent, add_components
from inbaar.receivables.claims import owed_on
from inbaar.receivables.models import Event
from inbaar.receivables.queries import claim_facts
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
from tests.banking.camt import PAYER, Line
from tests.sql_watch import statements

PAID_ON, BACK_ON = dt.date(2026, 3, 2), dt.date(2026, 4, 10)
BACK = Line("-121.00", "storno", day=BACK_ON, return_reason="MD06")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield
        assert_books_tie()
    assert [(p.name, p.breaches) for p in prove_books(client_a.id) if not p.holds] == []


def paid(client, *lines: Line) -> list[Entry]:
    entries = received(client, *(lines or (Line("121.00", "2026-0001"),)))
    matched(client)
    return entries


def test_a_payment_the_bank_took_back_opens_its_invoice_from_that_day(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = paid(client_a)
    (back,) = received(client_a, BACK, number="2")
    assert settle_returns(client_a.id, DAY, NOW) == [invoice.id]
    assert open_amounts([invoice]) == [Decimal("121.00")]
    entry.refresh_from_db()
    back.refresh_from_db()
    assert (entry.state, entry.reason, entry.unapplied) == ("matched", "taken-back", Decimal(0))
    assert (back.state, back.reason) == ("matched", "return-of")
    event = Event.objects.get(invoice_id=invoice.id, kind="payment_returned")
    assert (event.on, event.facts["code"], event.link) == (BACK_ON, "MD06", entry.id)
    assert [known.iban for known in DebtorIban.objects.all()] == [PAYER]
    assert settle_returns(client_a.id, DAY, NOW) == []


def test_no_interest_runs_over_the_days_the_money_was_here(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
    claimed = NewComponent(
        invoice.id, "interest", None, dt.date(2026, 3, 4), dt.date(2026, 4, 20), "6:119a BW", "letter", "i"
    )
    paid(client_a, Line("1000.00", "2026-0001"))
    received(client_a, Line("-1000.00", "2026-0001", day=BACK_ON, return_reason="AC04"), number="2")
    settle_returns(client_a.id, DAY, NOW)
    add_components(client_a.id, [claimed], NOW)
    left = owed_on(claim_facts([invoice.id], dt.date(2026, 4, 30))[invoice.id], dt.date(2026, 4, 30))
    assert left.principal == Decimal("1000.00")
    assert {line.from_date for line in left.lines if line.amount} == {dt.date(2026, 4, 11)}


def test_what_was_written_off_beside_it_is_owed_again_as_well(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001", "1000.00"))
    (entry,) = received(client_a, Line("990.00", "x"))
    match_by_hand(
        client_a.id,
        entry.id,
        [(invoice.id, Decimal("990.00"))],
        "Anna",
        DAY,
        NOW,
        {invoice.id: Ground.DISCOUNT},
    )
    received(client_a, Line("-990.00", "terug", day=BACK_ON, return_reason="AC04"), number="2")
    settle_returns(client_a.id, DAY, NOW)
    assert open_amounts([invoice]) == [Decimal("1000.00")]


def test_two_payments_it_could_mean_are_for_a_person_unless_the_end_to_end_id_tells(client_a):
    first, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002"))
    one, other = paid(
        client_a,
        Line("121.00", "2026-0001", end_to_end_id="E-1"),
        Line("121.00", "2026-0002", end_to_end_id="E-2"),
    )
    (unclear,) = received(client_a, BACK, number="2")
    assert settle_returns(client_a.id, DAY, NOW) == []
    assert return_by_hand(client_a.id, unclear.id, one.id, "Anna", DAY, NOW) == [first.id]
    with pytest.raises(Refused, match="a payment of the same amount"):
        return_by_hand(client_a.id, unclear.id, other.id, "Anna", DAY, NOW)
    received(client_a, Line("-121.00", day=BACK_ON, end_to_end_id="E-2", return_reason="AM04"), number="3")
    assert settle_returns(client_a.id, DAY, NOW) == [second.id]
    assert Allotment.objects.filter(kind="returned").count() == 2


def test_a_return_that_comes_before_its_payment_waits_for_it(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    DebtorIban.objects.create(client=client_a, debtor_id=invoice.debtor_id, iban=PAYER, known_since=DAY)
    received(client_a, BACK)
    assert settle_returns(client_a.id, DAY, NOW) == []
    received(client_a, Line("121.00", "2026-0001", day=PAID_ON), number="2")
    matched(client_a)
    assert open_amounts([invoice]) == [Decimal(0)]
    assert settle_returns(client_a.id, DAY, NOW) == [invoice.id]
    assert open_amounts([invoice]) == [Decimal("121.00")]


def test_money_that_waits_unmatched_and_goes_back_explains_the_debit(client_a):
    (entry,) = paid(client_a, Line("121.00", "geen idee", name="Onbekend"))
    received(client_a, BACK, number="2")
    assert settle_returns(client_a.id, DAY, NOW) == []
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.unapplied) == ("matched", "taken-back", Decimal(0))


def test_the_same_payment_is_taken_back_once_and_another_amount_never(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    paid(client_a)
    received(client_a, BACK, Line("-121.00", "nog eens", day=BACK_ON, return_reason="MD06"), number="2")
    received(client_a, Line("-120.00", "x", day=BACK_ON, return_reason="MD06"), number="3")
    assert settle_returns(client_a.id, DAY, NOW) == [invoice.id]
    assert Entry.objects.filter(state="unmatched", reason="returned").count() == 2


def test_what_was_kept_of_it_meanwhile_is_for_a_person(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("150.00", "2026-0001"))
    match_by_hand(client_a.id, entry.id, [(invoice.id, Decimal("121.00"))], "Anna", DAY, NOW)
    keep_for_debtor(client_a.id, entry.id, invoice.debtor_id, "Anna", DAY, NOW)
    received(client_a, Line("-150.00", "x", day=BACK_ON, return_reason="AC04"), number="2")
    assert settle_returns(client_a.id, DAY, NOW) == []
    assert open_amounts([invoice]) == [Decimal(0)]


def test_the_run_takes_an_invoice_up_again_that_is_open_again(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    schedule_invoices(client_a.id, [invoice.id])
    paid(client_a)
    close_invoices(client_a.id, [invoice.id])
    received(client_a, BACK, number="2")
    assert take_back_returned(client_a.id, BACK_ON, NOW) == 1
    again = Schedule.objects.get(invoice_id=invoice.id)
    assert (again.stage, again.due_on) == ("waiting", BACK_ON)


@pytest.mark.parametrize("size", [1, 6])
def test_the_number_of_statements_does_not_depend_on_how_many_are_taken_back(client_a, size):
    invoices = invoiced(client_a, *(draft(f"2026-{n:04d}", f"{100 + n}.00") for n in range(size)))
    paid(client_a, *(Line(f"{100 + n}.00", f"2026-{n:04d}") for n in range(size)))
    received(
        client_a,
        *(Line(f"-{100 + n}.00", day=BACK_ON, return_reason="MD06") for n in range(size)),
        number="2",
    )
    with statements() as seen:
        assert len(settle_returns(client_a.id, DAY, NOW)) == size
    assert len(seen) <= 24
    assert open_amounts(invoices) == [i.payable for i in invoices]
    assert not Match.objects.filter(undone_on=None).exists()
