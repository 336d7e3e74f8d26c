"""Paying online by programs that are killed, or by many at once: the provider makes one payment."""

from inbaar.banking.online.queries import latest_payment
from inbaar.banking.online.starting import begin_payment
from inbaar.kit.scope import client_scope
from tests.banking.online.books import OnlineBooks
from tests.banking.test_crash_db import ended_with, in_child
from tests.conftest import make_client
from tests.dunning.scenario import NOW


def test_killed_at_any_moment_the_payer_gets_the_same_payment(own_database, server):
    """A program that is killed at each of its statements in turn; the next one makes no second payment."""
    books = OnlineBooks(make_client("Klant B.V.", "91000000"))
    books.switch_on(server)
    for point in range(1, 60):
        reference = books.link(books.invoice(f"2026-{point:03}", "2026-09-01", payable=f"{point}.00"))
        wanted = books.wanted(reference)
        before = len(server.payments)
        end = ended_with(
            in_child(lambda wanted=wanted: begin_payment(books.client.id, wanted, NOW), kill_at=point)
        )
        begin_payment(books.client.id, wanted, NOW)
        assert len(server.payments) == before + 1, f"killed at statement {point}"
        with client_scope(books.client.id):
            assert latest_payment(books.client.id, reference).state == "open"
        if end == 0:
            break
    assert end == 0
    assert point > 8


def test_many_programs_at_once_begin_one_payment(own_database, server):
    books = OnlineBooks(make_client("Klant B.V.", "91000000"))
    books.switch_on(server)
    reference = books.link(books.invoice("2026-001", "2026-09-01", payable="100.00"))
    wanted = books.wanted(reference)
    children = [in_child(lambda: begin_payment(books.client.id, wanted, NOW)) for _ in range(4)]
    assert [ended_with(child) for child in children] == [0, 0, 0, 0]
    assert (len(server.payments), len(books.rows())) == (1, 1)
