"""Payments known by a name alone, in the books: who else has it, what was sold, what waits, and what was paid before."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.models import Entry, Match
from inbaar.banking.queries import unmatched_explanations
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Debtor, DebtorIban
from tests.banking.books import (
    JANSEN,
    PIETERS,
    assert_books_tie,
    draft,
    invoiced,
    matched,
    open_amounts,
    received,
)
from tests.banking.camt import Line
from tests.banking.test_wrong_payee_db import sold

NEW = "NL30MOCK0000000005"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield
        assert_books_tie()


def reasons() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("reason", flat=True))


def test_a_new_account_under_the_name_that_one_debtor_has_pays_his_one_invoice_and_teaches_nothing(client_a):
    first, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "50.00"))
    received(client_a, Line("50.00", "bedankt", name="JANSEN BOUW BV", iban=NEW))
    assert matched(client_a).matched == 1
    assert (open_amounts([first, second]), reasons()) == (
        [Decimal("121.00"), Decimal(0)],
        ["name-own-amount"],
    )
    assert not DebtorIban.objects.exists()


def test_two_debtors_of_one_name_are_told_apart_by_nothing_even_where_one_owes_nothing(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    mine = Debtor.objects.get(id=invoice.debtor_id)
    Debtor.objects.create(
        client=client_a, identity="x:2", name="Jansen Bouw N.V.", capacity=mine.capacity,
        legal_form=mine.legal_form, size=mine.size,
    )  # fmt: skip
    received(client_a, Line("121.00", "bedankt", iban=NEW))
    matched(client_a)
    assert (open_amounts([invoice]), reasons()) == ([Decimal("121.00")], ["name-only"])


def test_money_under_his_name_for_a_sold_claim_waits_for_its_owner(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    sold(client_a, invoice, notified_on=dt.date(2026, 2, 12))
    (entry,) = received(client_a, Line("121.00", "bedankt", iban=NEW))
    matched(client_a)
    assert (open_amounts([invoice]), reasons()) == ([Decimal("121.00")], ["wrong-payee"])
    assert unmatched_explanations([invoice.id]) == {invoice.id: (entry.id,)}


def test_where_money_of_his_account_waits_the_next_under_his_name_is_not_guessed_at(client_a):
    first, _ = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "50.00"))
    received(client_a, Line("99.00", "bedankt", iban=NEW))
    matched(client_a)
    received(client_a, Line("171.00", "alles", iban=NEW), number="2")
    matched(client_a)
    assert reasons() == ["name-own-amount-unknown", "earlier-waits"]
    assert open_amounts([first]) == [Decimal("121.00")]


def test_a_paid_invoice_of_another_one_slip_away_is_no_bar_but_his_own_is(client_a):
    theirs, mine, own = invoiced(
        client_a,
        draft("2026-0013", "77.00", PIETERS),
        draft("2026-0031", "60.00"),
        draft("2026-0032", "60.00"),
    )
    received(client_a, Line("77.00", "2026-0013", name=PIETERS.name), Line("60.00", "2026-0032", iban=""))
    matched(client_a)
    received(client_a, Line("60.00", "2026-0013", iban=NEW), number="2")
    matched(client_a)
    assert open_amounts([theirs, mine, own]) == [Decimal(0)] * 3
    (later,) = invoiced(client_a, draft("2026-0042", "60.00"))
    received(client_a, Line("60.00", "2026-0032", iban=NEW), number="3")
    matched(client_a)
    assert (open_amounts([later]), reasons()[-1]) == ([Decimal("60.00")], "paid-already")


def test_an_accountant_who_says_for_whom_he_pays_pays_for_him_and_not_for_himself(client_a):
    mine, theirs = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "80.00", PIETERS))
    received(
        client_a,
        Line("80.00", "voor Pieters Transport B.V.", name="Kantoor Kok", iban=NEW),
        Line("121.00", "namens Bakker en Zoon", name=JANSEN.name, iban="NL84MOCK0000000003"),
    )
    matched(client_a)
    assert open_amounts([mine, theirs]) == [Decimal("121.00"), Decimal(0)]
    assert reasons() == ["meant-amount", "name-only"]
    assert Match.objects.get().invoice_id == theirs.id
    assert not DebtorIban.objects.exists()
