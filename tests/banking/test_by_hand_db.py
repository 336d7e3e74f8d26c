"""Matching and setting aside by a person: what the books can carry, and the exact refusal of what they cannot."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.actions import ignore_entry, match_by_hand
from inbaar.banking.models import Entry, Match, Suspect
from inbaar.banking.queries import bank_accounts, stale_accounts, unmatched_count, unmatched_entries
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.models import DebtorIban
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
from tests.banking.camt import IBAN, PAYER, Line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_scope(client_a):
    with client_scope(client_a.id):
        yield
        assert_books_tie()


def refused(client, entry, *lines) -> list[str]:
    """The refusals in words; nothing may have changed."""
    before = list(Entry.objects.order_by("id").values()), Match.objects.count()
    with pytest.raises(Refused) as no:
        match_by_hand(client.id, entry.id, lines, "Anna", DAY, NOW)
    assert (list(Entry.objects.order_by("id").values()), Match.objects.count()) == before
    return [str(refusal) for refusal in no.value.refusals]


def test_a_person_divides_a_payment_over_invoices_and_its_account_is_known_from_then_on(client_a):
    first, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "79.00"))
    (entry,) = received(client_a, Line("150.00", "geen idee", name="Onbekend"))
    matched(client_a)
    lines = [(first.id, Decimal("121.00")), (second.id, Decimal("29.00"))]
    match_by_hand(client_a.id, entry.id, lines, "Anna", DAY, NOW)
    assert open_amounts([first, second]) == [Decimal(0), Decimal("50.00")]
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.unapplied) == ("matched", "by-hand", Decimal(0))
    assert {match.made_by for match in Match.objects.all()} == {"Anna"}
    assert DebtorIban.objects.get().iban == PAYER


def test_the_rest_of_an_entry_may_be_matched_later_and_never_beyond_it(client_a):
    first, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002", "79.00"))
    (entry,) = received(client_a, Line("150.00", "geen idee"))
    match_by_hand(client_a.id, entry.id, [(first.id, Decimal("121.00"))], "Anna", DAY, NOW)
    assert [shown.unapplied for shown in unmatched_entries()] == [Decimal("29.00")]
    assert refused(client_a, entry, (second.id, Decimal("29.01"))) == [
        "an entry pays at least one invoice and no more than its amount: the lines make 29.01 "
        "(limit: 29.00); lower the lines"
    ]
    match_by_hand(client_a.id, entry.id, [(second.id, Decimal("29.00"))], "Anna", DAY, NOW)
    assert unmatched_count() == 0


def test_more_than_is_open_is_refused_to_the_cent(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("150.00"))
    assert refused(client_a, entry, (invoice.id, Decimal("121.01"))) == [
        "a payment is no more than what is owed, in whole cents: 121.01 for 2026-0001 (limit: 121.00 is open on "
        "2026-03-02); leave the rest of the entry unmatched or match it to another invoice"
    ]
    match_by_hand(client_a.id, entry.id, [(invoice.id, Decimal("121.00"))], "Anna", DAY, NOW)


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001"])
def test_nothing_less_than_nothing_and_parts_of_cents_are_refused(client_a, amount):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("150.00"))
    assert refused(client_a, entry, (invoice.id, Decimal(amount)))[0].startswith(
        f"a payment is no more than what is owed, in whole cents: {amount} for 2026-0001"
    )


def test_another_currency_is_refused(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001", currency="USD"))
    (entry,) = received(client_a, Line("121.00"))
    assert refused(client_a, entry, (invoice.id, Decimal("121.00"))) == [
        "entry and invoice are in one currency: the entry is in EUR, 2026-0001 in USD (limit: USD)"
    ]


def test_what_is_matched_already_is_refused(client_a):
    _, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002"))
    (entry,) = received(client_a, Line("121.00", "2026-0001"))
    matched(client_a)
    assert refused(client_a, entry, (second.id, Decimal("1.00"))) == [
        "an entry pays no more than its amount: all of its 121.00 is matched already (limit: 0.00 left)"
    ]
    (part,) = received(client_a, Line("100.00", "z"), number="2")
    match_by_hand(client_a.id, part.id, [(second.id, Decimal("50.00"))], "Anna", DAY, NOW)
    assert refused(client_a, part, (second.id, Decimal("10.00"))) == [
        "an entry pays an invoice once: 2026-0002 is named twice or matched already (limit: one line); "
        "put the amounts in one line"
    ]


def test_all_that_is_wrong_is_told_at_once(client_a):
    first, second = invoiced(client_a, draft("2026-0001"), draft("2026-0002", currency="USD"))
    (entry,) = received(client_a, Line("121.00"))
    lines = ((first.id, Decimal("200.00")), (second.id, Decimal("1.00")), (999, Decimal("1.00")))
    codes = [text.split(":")[0] for text in refused(client_a, entry, *lines)]
    assert codes == [
        "an entry pays at least one invoice and no more than its amount",
        "a payment is no more than what is owed, in whole cents",
        "entry and invoice are in one currency",
        "a payment goes to an invoice of this client",
    ]


def test_money_that_went_out_pays_nothing_and_an_unknown_entry_is_said(client_a):
    (invoice,) = invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("-121.00"))
    assert refused(client_a, entry, (invoice.id, Decimal("121.00"))) == [
        "only money received can pay an invoice: the entry is -121.00 (limit: more than 0.00)"
    ]
    with pytest.raises(Refused, match="there is no entry 12"):
        match_by_hand(client_a.id, 12, [(invoice.id, Decimal("1.00"))], "Anna", DAY, NOW)


def test_an_entry_set_aside_no_longer_holds_anything_up_and_stays_in_the_books(client_a):
    invoiced(client_a, draft("2026-0001"))
    (entry,) = received(client_a, Line("99.00", "subsidie", iban=""))
    matched(client_a)
    assert Suspect.objects.count() == 1
    ignore_entry(client_a.id, entry.id, "subsidie van de gemeente", "Anna")
    entry.refresh_from_db()
    assert (entry.state, entry.unapplied) == ("ignored", Decimal("99.00"))
    assert entry.reason_facts == {"why": "subsidie van de gemeente", "by": "Anna"}
    assert (Suspect.objects.count(), unmatched_count()) == (0, 0)


def test_what_is_matched_cannot_be_set_aside_and_a_reason_is_needed(client_a):
    invoiced(client_a, draft("2026-0001"))
    entry, other = received(client_a, Line("121.00", "2026-0001"), Line("1.00", "x"))
    matched(client_a)
    with pytest.raises(Refused) as no:
        ignore_entry(client_a.id, entry.id, "toch niet", "Anna")
    assert str(no.value) == (
        "only an entry that pays nothing can be set aside: entry of 2026-03-02 of 121.00 is matched (limit: not matched)"
    )
    with pytest.raises(Refused, match="setting an entry aside needs a reason"):
        ignore_entry(client_a.id, other.id, "  ", "Anna")


def test_the_news_of_an_account_goes_stale_on_the_day_after_its_limit(client_a):
    received(client_a, Line("10.00", day=dt.date(2026, 3, 2)), Line("-4.00", day=dt.date(2026, 3, 2)))
    (fresh,) = bank_accounts(dt.date(2026, 3, 9))
    assert (fresh.iban, fresh.read_up_to, fresh.days_old, fresh.stale) == (
        IBAN,
        dt.date(2026, 3, 2),
        7,
        False,
    )
    assert (fresh.balance, fresh.unmatched) == (Decimal("6.00"), 0)
    (old,) = bank_accounts(dt.date(2026, 3, 10))
    assert (old.days_old, old.stale) == (8, True)
    assert stale_accounts(dt.date(2026, 3, 9)) == []
    assert stale_accounts(dt.date(2026, 3, 10)) == [IBAN]
