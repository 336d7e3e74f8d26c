"""A hold that ends lets the invoice go on from where it stands: no step comes sooner than it would have come anyway."""

import datetime as dt

import pytest

from inbaar.dunning.models import Schedule
from inbaar.dunning.schedule import look_again
from inbaar.kit.bulk import run
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewHold, open_holds, release_hold
from inbaar.receivables.models import Hold, Invoice
from tests.dunning.scenario import NOW, PERSON, Administration, day


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def hold_and_release(books: Administration, invoices: list[int], opened: str, released: str) -> None:
    """The whole debtor on hold and let go again, as the screen does it."""
    with client_scope(books.client.id):
        debtor = Invoice.objects.get(id=invoices[0]).debtor_id
        open_holds(books.client.id, [NewHold(debtor, "pause", "belt terug", "A", day(opened), opened)], NOW)
        release_hold(books.client.id, Hold.objects.get(key=opened).id, day(released), "A", NOW)
        look_again(books.client.id, invoices, day(released))


def due_on(books: Administration, invoice: int) -> dt.date | None:
    with client_scope(books.client.id):
        return Schedule.objects.get(invoice_id=invoice).due_on


def test_what_is_not_yet_due_is_not_reminded_and_does_not_hold_up_what_is(books):
    late, coming = books.invoice("F-1", "2026-10-01"), books.invoice("F-2", "2026-10-20")
    hold_and_release(books, [late, coming], "2026-10-01", "2026-10-02")
    assert due_on(books, coming) == day("2026-10-21")
    assert books.run("2026-10-02").letters == {"reminder": 1}
    (letter,) = books.letters()
    assert [item.invoice_number for item in letter.items] == ["F-1"]


def test_a_notice_waits_for_the_term_of_the_reminder(books):
    invoice = books.invoice("F-1", "2026-10-01")
    books.run("2026-10-02")  # asks to pay by 9 October
    hold_and_release(books, [invoice], "2026-10-05", "2026-10-06")
    assert books.run("2026-10-06").looked_at == 0
    assert due_on(books, invoice) == day("2026-10-15")  # fourteen days after due, as without the hold


def test_nothing_is_handed_over_within_the_term_of_the_notice(books):
    invoice = books.invoice("F-1", "2026-10-01")
    books.run("2026-10-02")
    books.run("2026-10-15")  # five working days: 22 October
    hold_and_release(books, [invoice], "2026-10-16", "2026-10-19")
    assert books.run("2026-10-19").looked_at == 0
    assert due_on(books, invoice) == day("2026-10-23")


def test_the_fourteen_days_of_a_consumer_run_out_too(books):
    invoice = books.invoice("F-1", "2026-10-01", customer=PERSON)
    books.run("2026-10-02")
    books.run("2026-10-19")
    planned = due_on(books, invoice)
    hold_and_release(books, [invoice], "2026-10-20", "2026-10-21")
    assert books.run("2026-10-21").steps == {}
    assert books.run("2026-11-03").steps == {}
    assert planned is not None
    assert books.run("2026-11-09").steps == {"hand_over": 1}


def test_what_waits_for_a_person_goes_on_waiting(books):
    with client_scope(books.client.id):
        run("UPDATE parties_client SET dunning_starts_on = '2026-10-01' WHERE id = %s", [books.client.id])
    old, new = books.invoice("F-1", "2026-09-20"), books.invoice("F-2", "2026-10-01")
    hold_and_release(books, [old, new], "2026-10-01", "2026-10-02")
    assert books.run("2026-10-02").steps == {"reminder": 1}
    with client_scope(books.client.id):
        assert Schedule.objects.get(invoice_id=old).waits_for == "before_start"


def test_an_invoice_that_nobody_owns_today_waits_and_the_others_go_on(books):
    lost, owned = books.invoice("F-1", "2026-10-01"), books.invoice("F-2", "2026-10-01")
    with client_scope(books.client.id):
        run(
            "UPDATE receivables_title SET period = daterange(lower(period), '2026-10-02') "
            "WHERE client_id = %s AND invoice_id = %s",
            [books.client.id, lost],
        )
    tally = books.run("2026-10-02")
    assert (tally.letters, tally.waits) == ({"reminder": 1}, {"letter_refused": 1})
    assert due_on(books, lost) == day("2026-10-03")
    assert due_on(books, owned) == day("2026-10-15")
