"""Nothing leaves unseen: letters wait in sight, leave once somebody looked or their window is over, and can be stopped."""

import datetime as dt

import pytest

from inbaar.daily import deliver, run_day
from inbaar.dunning.batch import LONGEST_WAIT_MINUTES, let_go, set_waiting, stop
from inbaar.dunning.models import Schedule, Skip, Step
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.models import Delivery, Letter
from inbaar.proofs import prove_books
from inbaar.receivables.models import Event
from tests.dunning.scenario import BAKERY, NOW, Administration, day
from tests.letters.mail_server import MailServer

pytestmark = pytest.mark.django_db
ON = day("2026-10-02")


@pytest.fixture
def books(client_a):
    return Administration(client_a)


def at(hour, minute=0, on=ON):
    return dt.datetime.combine(on, dt.time(hour, minute), DUTCH_TIME)


def waiting(books, minutes=0, look=False):
    with client_scope(books.client.id):
        set_waiting(books.client.id, minutes, look)


def states(books):
    with client_scope(books.client.id):
        return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def the_letters(books):
    with client_scope(books.client.id):
        return list(Letter.objects.order_by("id").values_list("id", flat=True))


@pytest.mark.requirement("UI-12")
def test_a_letter_that_needs_a_look_leaves_only_after_it(books):
    waiting(books, look=True)
    books.invoice("2026-0042", "2026-10-01")
    with MailServer() as server:
        for hour in (9, 10, 15):
            run_day(ON, at(hour), server.settings, [books.client.id])
        assert (server.messages, states(books)) == ([], ["to_look_at"])
        with client_scope(books.client.id):
            done = let_go(books.client.id, the_letters(books), "Olga", ON, at(15, 5))
            assert let_go(books.client.id, the_letters(books), "Olga", ON, at(15, 6)).leave == ()
        assert len(done.leave) == 1
        deliver(books.client.id, ON, at(15, 10), server.settings)
        assert len(server.messages) == 1
    with client_scope(books.client.id):
        told = Event.objects.get(kind="letter_let_go")
    assert (states(books), told.facts["by"]) == (["sent"], "Olga")
    assert all(proof.holds for proof in prove_books(books.client.id))


def test_within_its_window_a_letter_can_be_stopped_and_after_it_it_leaves(books):
    waiting(books, minutes=60)
    books.invoice("2026-0042", "2026-10-01")
    with MailServer() as server:
        run_day(ON, at(9), server.settings, [books.client.id])
        deliver(books.client.id, ON, at(9, 59), server.settings)
        assert (server.messages, states(books)) == ([], ["queued"])
        deliver(books.client.id, ON, at(10, 1), server.settings)
        assert (len(server.messages), states(books)) == (1, ["sent"])
    with client_scope(books.client.id):
        assert stop(books.client.id, the_letters(books), "te laat", "Olga", ON, at(10, 2)) == 0


def test_a_window_that_ends_after_hours_moves_to_the_next_working_morning(books):
    waiting(books, minutes=60)
    books.invoice("2026-0042", "2026-10-01")
    books_run = run_day(ON, at(17, 30), None, [books.client.id])
    assert books_run.letters == {"reminder": 1}
    with client_scope(books.client.id):
        # Friday 18:30 is past the sending hours.
        assert Delivery.objects.get().not_before == at(8, on=day("2026-10-05"))


def test_what_is_stopped_is_left_out_today_and_comes_again_tomorrow(books):
    waiting(books, look=True)
    books.invoice("2026-0042", "2026-10-01")
    run_day(ON, at(9), None, [books.client.id])
    with client_scope(books.client.id):
        assert stop(books.client.id, the_letters(books), "wij bellen eerst", "Olga", ON, at(9, 5)) == 1
        skip = Skip.objects.get()
        assert (Step.objects.count(), Schedule.objects.get().due_on) == (0, ON)
    assert (skip.reason, skip.made_by, states(books)) == ("wij bellen eerst", "Olga", ["withdrawn"])
    assert run_day(ON, at(10), None, [books.client.id]).waits == {"skipped": 1}
    assert run_day(day("2026-10-05"), at(9, on=day("2026-10-05")), None, [books.client.id]).letters == {
        "reminder": 1
    }


@pytest.mark.requirement("ASK-12")
def test_one_invoice_left_out_leaves_the_others_in_a_new_letter(books):
    waiting(books, look=True)
    out = books.invoice("A", "2026-10-01")
    books.invoice("B", "2026-10-01")
    run_day(ON, at(9), None, [books.client.id])
    with client_scope(books.client.id):
        assert stop(books.client.id, the_letters(books), "creditnota volgt", "Olga", ON, at(9, 5), [out]) == 1
    assert run_day(ON, at(9, 15), None, [books.client.id]).letters == {"reminder": 1}
    first, second = books.letters()
    assert [item.invoice_number for item in first.items] == ["A", "B"]
    assert [item.invoice_number for item in second.items] == ["B"]
    assert states(books) == ["withdrawn", "to_look_at"]


@pytest.mark.requirement("BEY-03")
def test_what_was_paid_while_it_waited_for_a_look_is_not_let_go(books):
    waiting(books, look=True)
    invoice = books.invoice("2026-0042", "2026-10-01")
    run_day(ON, at(9), None, [books.client.id])
    books.pay(invoice, "2026-10-02", "1210.00")
    with client_scope(books.client.id):
        done = let_go(books.client.id, the_letters(books), "Olga", ON, at(9, 5))
    assert (done.leave, len(done.changed)) == ((), 1)
    run_day(ON, at(9, 15), None, [books.client.id])
    assert states(books) == ["withdrawn"]


def test_a_letter_nobody_looked_at_for_days_is_written_anew_with_right_dates(books):
    waiting(books, look=True)
    books.invoice("2026-0042", "2026-10-01")
    run_day(ON, at(9), None, [books.client.id])
    late = day("2026-10-06")
    run_day(late, at(9, on=late), None, [books.client.id])
    assert states(books) == ["withdrawn", "to_look_at"]
    assert books.letters()[-1].pay_by == day("2026-10-13")


def test_on_paper_it_waits_for_the_post_after_the_look(books):
    from dataclasses import replace

    waiting(books, look=True)
    books.invoice("2026-0042", "2026-10-01", customer=replace(BAKERY, email=""))
    run_day(ON, at(9), None, [books.client.id])
    with client_scope(books.client.id):
        let_go(books.client.id, the_letters(books), "Olga", ON, at(9, 5))
    assert states(books) == ["by_post"]


def test_the_next_step_waits_for_the_look_too(books):
    waiting(books, look=True)
    books.invoice("2026-0042", "2026-10-01")
    run_day(ON, at(9), None, [books.client.id])
    for on in ("2026-10-05", "2026-10-15"):
        tally = books.run(on, mail_leaves=False)
        assert "formal_notice" not in tally.letters


def test_another_client_s_letters_are_not_let_go_or_stopped(books, client_b):
    waiting(books, look=True)
    books.invoice("2026-0042", "2026-10-01")
    run_day(ON, at(9), None, [books.client.id])
    letters = the_letters(books)
    with client_scope(client_b.id):
        assert let_go(client_b.id, letters, "Bob", ON, at(9, 5)).leave == ()
        assert stop(client_b.id, letters, "weg ermee", "Bob", ON, at(9, 5)) == 0
    assert states(books) == ["to_look_at"]


@pytest.mark.parametrize("minutes", [-1, LONGEST_WAIT_MINUTES + 1])
def test_a_window_has_bounds(books, minutes):
    with client_scope(books.client.id), pytest.raises(Refused, match="a day at most"):
        set_waiting(books.client.id, minutes, False)


def test_stopping_without_a_reason_is_refused(books):
    waiting(books, look=True)
    books.invoice("2026-0042", "2026-10-01")
    run_day(ON, NOW, None, [books.client.id])
    with client_scope(books.client.id), pytest.raises(Refused, match="no reason"):
        stop(books.client.id, the_letters(books), "  ", "Olga", ON, at(9))
