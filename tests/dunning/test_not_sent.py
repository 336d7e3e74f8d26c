"""An invoice that its debtor has not got: nobody is reminded of it, and one that comes too late gives its own term."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.dunning.policy import DEFAULT_POLICY
from inbaar.dunning.rules import HANDED_OVER, NOTICED, REMINDED, WAITING, Standing, decide
from inbaar.dunning.verdict import may_dun
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.content import LetterKind
from inbaar.parties.models import Debtor, Organisation
from inbaar.parties.rules import Capacity
from inbaar.receivables.actions import say_sent
from inbaar.receivables.assessment import assess_all
from inbaar.receivables.deadlines import deadlines
from inbaar.receivables.dispatch import take_back_dispatch
from inbaar.receivables.models import Dispatch, Event
from inbaar.receivables.queries import claim_facts
from tests.dunning.scenario import BAKERY, NOW, PERSON, Administration, day

DAY = dt.date(2026, 10, 2)


def sent(books: Administration, invoice_id: int, on: str, today: str = "") -> None:
    with client_scope(books.client.id):
        say_sent(books.client.id, invoice_id, day(on), "Olga", day(today or on), NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("customer", [BAKERY, PERSON])
def test_what_was_not_sent_is_never_reminded_and_bears_no_interest(client_a, customer):
    books = Administration(client_a)
    invoice_id = books.invoice("F-1", "2026-10-01", customer=customer, unsent=True)
    for on in ("2026-10-02", "2026-10-05", "2026-10-19", "2026-11-04", "2026-12-31"):
        tally = books.run(on)
        assert (tally.steps, tally.waits) == ({}, {"not_sent": 1})
    assert books.letters() == []
    with client_scope(client_a.id):
        (refusal,) = may_dun(client_a.id, invoice_id, day("2026-12-31")).refusals
        assert (refusal.code, refusal.passes_on) == ("dunning-not_sent", None)
        assert claim_facts([invoice_id], day("2026-12-31"))[invoice_id].first_interest_day is None
        worth = sum(part.interest for part in assess_all(client_a.id, day("2026-12-31")).by_kind.values())
        assert worth == 0


@pytest.mark.django_db
def test_once_sent_in_time_it_goes_the_way_of_every_invoice(client_a):
    books = Administration(client_a)
    invoice_id = books.invoice("F-1", "2026-10-01", unsent=True)
    sent(books, invoice_id, "2026-09-30")
    with client_scope(client_a.id):
        row = Dispatch.objects.get()
        assert (row.sent_on, row.sent_by, row.term_until) == (day("2026-09-30"), "Olga", None)
        assert Event.objects.get(kind="invoice_sent").facts == {"by": "Olga"}
    assert books.run("2026-10-01").steps == {}
    assert books.run("2026-10-02").steps == {"reminder": 1}
    (letter,) = books.letters()
    assert letter.items[0].due_date == day("2026-10-01")


@pytest.mark.django_db
def test_sent_when_its_due_date_had_come_it_gives_thirty_days(client_a):
    """Due on 1 October and sent on Monday 5 October: to be paid by 4 November, so interest runs from 5 November."""
    books = Administration(client_a)
    invoice_id = books.invoice("F-1", "2026-10-01", unsent=True)
    books.run("2026-10-02")
    sent(books, invoice_id, "2026-10-05")
    for on in ("2026-10-05", "2026-10-06", "2026-10-16", "2026-11-04"):
        assert books.run(on).steps == {}
    with client_scope(client_a.id):
        (refusal,) = may_dun(client_a.id, invoice_id, day("2026-10-06")).refusals
        assert (refusal.code, refusal.passes_on) == ("dunning-sent_late", day("2026-11-05"))
        dates = {fact.kind: fact.on for fact in deadlines(client_a.id, invoice_id)}
        assert dates["register_report"] == day("2026-12-04")
        assert dates["register_entry"] == day("2026-12-18")
        assert dates["prescription"] == day("2031-10-01")
    assert books.run("2026-11-05").steps == {"reminder": 1}
    assert books.run("2026-11-17").steps == {}
    assert books.run("2026-11-18").steps == {"formal_notice": 1}
    reminder, notice = books.letters()
    assert {letter.items[0].due_date for letter in (reminder, notice)} == {day("2026-11-04")}
    assert notice.kind is LetterKind.FORMAL_NOTICE
    assert notice.items[0].lines[0].from_date == day("2026-11-05")


@pytest.mark.django_db
def test_where_the_message_came_back_the_dates_count_from_the_printed_day_again(client_a):
    books = Administration(client_a)
    invoice_id = books.invoice("F-1", "2026-10-01", unsent=True)
    sent(books, invoice_id, "2026-10-05")
    with client_scope(client_a.id):
        assert take_back_dispatch(client_a.id, [invoice_id]) == 1
        assert take_back_dispatch(client_a.id, [invoice_id]) == 0
        dates = {fact.kind: fact.on for fact in deadlines(client_a.id, invoice_id)}
    assert (dates["register_report"], dates["register_entry"]) == (day("2026-10-31"), day("2026-11-14"))


@pytest.mark.django_db
def test_sent_on_its_due_date_it_comes_too_late_and_the_day_before_it_does_not(client_a):
    books = Administration(client_a)
    first, second = (books.invoice(number, "2026-10-01", unsent=True) for number in ("F-1", "F-2"))
    sent(books, first, "2026-10-01")
    sent(books, second, "2026-09-30", today="2026-10-01")
    with client_scope(client_a.id):
        assert dict(Dispatch.objects.values_list("invoice_id", "term_until")) == {
            first: day("2026-10-31"),
            second: None,
        }
    assert books.run("2026-10-02").steps == {"reminder": 1}
    assert books.run("2026-11-02").steps == {"reminder": 1, "formal_notice": 1}


@pytest.mark.django_db
def test_it_is_sent_once_and_on_a_day_that_can_be(client_a, client_b):
    books = Administration(client_a)
    invoice_id = books.invoice("F-1", "2026-10-01", unsent=True)
    plain = books.invoice("F-2", "2026-10-01")
    for number, on in ((invoice_id, "2026-08-31"), (invoice_id, "2026-10-03"), (plain, "2026-09-30")):
        with pytest.raises(Refused):
            sent(books, number, on, today="2026-10-02")
    with client_scope(client_b.id), pytest.raises(Refused):
        say_sent(client_b.id, invoice_id, DAY, "Bob", DAY, NOW)
    sent(books, invoice_id, "2026-09-01", today="2026-10-02")
    with pytest.raises(Refused, match="sent already"):
        sent(books, invoice_id, "2026-09-02", today="2026-10-02")
    with client_scope(client_a.id):
        assert Dispatch.objects.get().sent_on == day("2026-09-01")
        assert Event.objects.filter(kind="invoice_sent").count() == 1


@pytest.mark.django_db
def test_a_large_debtor_s_longest_term_is_not_counted_before_he_has_the_invoice(client_a):
    """Printed: ninety days. Thirty from the day it came in here would be too few: nobody knows yet when he gets it."""
    books = Administration(client_a)
    with client_scope(client_a.id):
        first = books.invoice("F-1", "2026-10-01")
        Debtor.objects.update(size="large")
        Organisation.objects.filter(pk=client_a.organisation_id).update(size="small")
        kept = books.invoice(
            "F-2", "2026-12-01", issue_date=day("2026-09-01"), received_on=day("2026-09-01"), unsent=True
        )
        cut = books.invoice("F-3", "2026-12-01", issue_date=day("2026-09-01"), received_on=day("2026-09-01"))
        facts = claim_facts([first, kept, cut], DAY)
    assert facts[kept].due_date == day("2026-12-01")
    assert facts[cut].due_date < day("2026-12-01")


@given(
    st.builds(
        Standing,
        stage=st.sampled_from([WAITING, REMINDED, NOTICED, HANDED_OVER]),
        capacity=st.sampled_from(Capacity),
        open=st.just(True),
        pressable=st.booleans(),
        hold=st.sampled_from(["", "pause", "dispute"]),
        explained=st.booleans(),
        skipped=st.booleans(),
        bank_stale=st.booleans(),
        undelivered=st.booleans(),
        unsent=st.booleans(),
        term_until=st.none() | st.dates(DAY - dt.timedelta(days=3), DAY + dt.timedelta(days=3)),
    )
)
def test_nothing_is_pressed_for_before_it_was_sent_and_its_term_is_over(standing):
    decision = decide(standing, DAY, DEFAULT_POLICY.lane(standing.capacity))
    if standing.unsent or (standing.term_until is not None and standing.term_until >= DAY):
        assert decision.act == "wait"
        assert decision.look_again_on is not None
        assert decision.look_again_on > DAY
