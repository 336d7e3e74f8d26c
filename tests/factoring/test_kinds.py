"""FAC-21: new invoices that were not sent yet, and sent ones that are not due yet; nothing else is offered for sale."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.factoring.queries import kinds_to_sell
from inbaar.factoring.rules import accepted_kind
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import say_sent
from tests.dunning.scenario import NOW, Administration, day
from tests.sql_watch import statements

DUE = dt.date(2026, 10, 1)
EVE, MORROW = DUE - dt.timedelta(days=1), DUE + dt.timedelta(days=1)


@pytest.mark.requirement("FAC-21")
@pytest.mark.parametrize(
    ("sent", "on", "code"),
    [
        (False, EVE, ""), (False, DUE, ""), (False, MORROW, "sale-overdue"),
        (True, EVE, ""), (True, DUE, "sale-due"), (True, MORROW, "sale-overdue"),
    ],
)  # fmt: skip
def test_the_kinds_that_are_bought_and_both_sides_of_the_due_date(sent, on, code):
    verdict = accepted_kind(DUE, on, sent=sent)
    assert [refusal.code for refusal in verdict.refusals] == ([code] if code else [])
    for refusal in verdict.refusals:
        assert (refusal.limit, refusal.passes_on) == ("2026-09-30", "never")
        assert "2026-10-01" in refusal.fact
        assert refusal.next_step


@given(st.dates(EVE, MORROW), st.dates(dt.date(2026, 9, 1), dt.date(2026, 11, 1)), st.booleans())
def test_what_is_refused_on_a_day_is_refused_on_every_later_one(due, on, sent):
    if not accepted_kind(due, on, sent=sent).allowed:
        assert not accepted_kind(due, on + dt.timedelta(days=1), sent=sent).allowed


@pytest.mark.requirement("FAC-21")
@pytest.mark.django_db
def test_the_books_say_which_kind_an_invoice_is(client_a, client_b):
    books = Administration(client_a)
    unsent = books.invoice("F-1", "2026-10-01", unsent=True)
    sent = books.invoice("F-2", "2026-10-01")
    paid = books.invoice("F-3", "2026-10-01")
    books.pay(paid, "2026-09-30", "1210.00")
    ids = [unsent, sent, paid]
    with client_scope(client_a.id):
        assert {i: v.allowed for i, v in kinds_to_sell(client_a.id, ids, DUE).items()} == {
            unsent: True,
            sent: False,
        }
        say_sent(client_a.id, unsent, day("2026-09-30"), "Olga", DUE, NOW)
        assert {i: v.allowed for i, v in kinds_to_sell(client_a.id, ids, DUE).items()} == {
            unsent: False,
            sent: False,
        }
        assert {i: v.allowed for i, v in kinds_to_sell(client_a.id, ids, EVE).items()} == {
            unsent: True,
            sent: True,
        }
        with statements() as few:
            kinds_to_sell(client_a.id, ids, EVE)
    assert len(few) == 1
    with client_scope(client_b.id):
        assert kinds_to_sell(client_b.id, ids, EVE) == {}
