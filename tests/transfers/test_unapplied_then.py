"""What was not applied on a past day counts money that was given back only later, and ties to the ledger on every day."""

import datetime as dt
from decimal import Decimal

import pytest

from inbaar.banking.actions import match_by_hand, undo_match
from inbaar.banking.transfers.actions import Source, withdraw_transfer
from inbaar.banking.unapplied import unapplied_at
from inbaar.kit.scope import client_scope
from tests.banking.books import draft, invoiced
from tests.transfers.books import DAY, NOW, asked, money_in, wanted

pytestmark = pytest.mark.django_db


def at(client, day):
    """What was not applied at the end of a day, and how far the ledger differs."""
    with client_scope(client.id):
        money = unapplied_at(client.id, day).get("EUR")
    return (money.amount, money.difference) if money else (Decimal(0), Decimal(0))


def test_a_refund_takes_money_away_from_the_day_it_was_asked(client_a):
    entry = money_in(client_a, "121.00", day=DAY - dt.timedelta(days=3))
    (answer,) = asked(client_a, wanted(source_kind=Source.REFUND, entry_id=entry.id))
    before, later = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=2)
    assert (at(client_a, before), at(client_a, DAY)) == ((Decimal("121.00"), 0), (0, 0))
    withdraw_transfer(client_a.id, answer.transfer_id, later, NOW)
    assert [at(client_a, day) for day in (before, DAY, later)] == [
        (Decimal("121.00"), 0), (0, 0), (Decimal("121.00"), 0),
    ]  # fmt: skip


def test_what_was_undone_was_applied_until_that_day(client_a):
    received = DAY - dt.timedelta(days=3)
    with client_scope(client_a.id):
        (invoice,) = invoiced(client_a, draft("2026-0001", "121.00"))
        entry = money_in(client_a, "100.00", day=received)
        match_by_hand(client_a.id, entry.id, ((invoice.id, Decimal("100.00")),), "Anna", received, NOW)
        undo_match(client_a.id, entry.id, "was voor een ander", "Anna", DAY, NOW)
    before = DAY - dt.timedelta(days=1)
    assert [at(client_a, day) for day in (received, before, DAY)] == [(0, 0), (0, 0), (Decimal("100.00"), 0)]
