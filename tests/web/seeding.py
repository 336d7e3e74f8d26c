"""What the pages show in these tests: two months of the simulated market, another client, and people with roles."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from inbaar.demo.play import play_market
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Client, Membership, User
from tests.dunning.scenario import Administration

PASSWORD = "een-lang-wachtwoord-7"
DAYS = 50
OTHER_INVOICE = "B-2026-001"


@dataclass(frozen=True, slots=True)
class Books:
    """A seeded database: its name, the last day that was played, and numbers of rows worth looking at."""

    database: str
    today: dt.date
    client_id: int
    other_client_id: int
    other_invoice_id: int
    invoices: tuple[int, ...]
    lettered: tuple[int, ...]
    debtors: tuple[int, ...]
    unmatched: tuple[int, ...]
    letters: tuple[int, ...]
    readings: tuple[int, ...]


def user(name: str, *places: tuple[int, str], language: str = "nl") -> User:
    """Somebody with places at clients."""
    made = User.objects.create_user(
        f"{name}@inbaar.example", PASSWORD, name=name.capitalize(), language=language
    )
    for client_id, role in places:
        with client_scope(client_id):
            Membership.objects.create(client_id=client_id, user=made, role=role)
    return made


def seed(database: str, other: Any) -> Books:
    """Play the market, and give another client an invoice of its own."""
    played = play_market(DAYS, 3, lambda *_: None)
    other_invoice = Administration(other).invoice(OTHER_INVOICE, "2026-07-01")
    user("olga", (played.client_id, "owner"))
    user("victor", (played.client_id, "viewer"))
    user("bob", (played.client_id, "bookkeeper"), (other.id, "owner"))
    user("niemand")
    Client.objects.filter(pk=played.client_id).update(language="nl")
    with client_scope(played.client_id):
        return Books(
            database,
            played.last_day,
            played.client_id,
            other.id,
            other_invoice,
            numbers("SELECT id FROM receivables_invoice ORDER BY id"),
            numbers("SELECT DISTINCT invoice_id FROM letters_letteritem ORDER BY 1"),
            numbers("SELECT debtor_id FROM receivables_invoice GROUP BY 1 ORDER BY count(*) DESC, 1"),
            numbers("SELECT id FROM banking_entry WHERE state = 'unmatched' AND amount > 0 ORDER BY id"),
            numbers("SELECT id FROM letters_letter ORDER BY id"),
            numbers(
                "SELECT id FROM intake_reading ORDER BY outcome = 'review' DESC, outcome = 'refused' DESC, id"
            ),
        )


def numbers(sql: str) -> tuple[int, ...]:
    """The first column of a query."""
    return tuple(row[0] for row in fetch(sql))
