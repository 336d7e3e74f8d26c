"""Programs that match at once take turns, so that three of them come to what one comes to, over connections of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from inbaar.banking.actions import import_statement_file, match_new_entries, retry_unmatched
from inbaar.banking.jobs import match_all
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from tests.banking.books import DAY, NOW, draft
from tests.banking.camt import Line, camt_file
from tests.banking.test_crash_db import outcome
from tests.conftest import make_client
from tests.connections import app_connection

INVOICES = 6
ANOTHER_ACCOUNT = "NL44RABO0123456789"
# What is left of an invoice once its part is booked is what all others have left too; the rest comes from another account.
PARTS = [Line("60.00", f"2026-90{n:02} deel") for n in range(INVOICES)]
RESTS = [Line("61.00", f"rest 2026-90{n:02}", iban=ANOTHER_ACCOUNT) for n in range(INVOICES)]
_WAIT = """
    SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE datname = current_database() AND NOT granted
"""


@pytest.fixture(autouse=True)
def committed(own_database: str, django_db_blocker: Any) -> Iterator[None]:
    """Rows that other connections see."""
    with django_db_blocker.unblock():
        yield


def with_payments(number: int, *, rests: bool = True) -> Any:
    """A client with invoices that are paid in two parts, of which nobody looked at any yet."""
    from inbaar.receivables.actions import accept_invoices

    client = make_client(f"Klant {number} B.V.", f"{91000000 + number}")
    with client_scope(client.id):
        accept_invoices(client.id, [draft(f"2026-90{n:02}") for n in range(INVOICES)], NOW)
    import_statement_file(client.id, camt_file(PARTS), "1.xml", NOW)
    if rests:
        import_statement_file(client.id, camt_file(RESTS, number="2", opening="1360.00"), "2.xml", NOW)
    return client


def elsewhere(pool: ThreadPoolExecutor, act: Callable[[], Any]) -> Future[Any]:
    """Do it over another connection."""

    def done() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(done)


@contextmanager
def first_batch_in_hand(client: Any) -> Iterator[None]:
    """Meanwhile this program has matched three payments, and has not ended its transaction."""
    with transaction.atomic():
        assert match_new_entries(client.id, DAY, NOW, 3).matched == 3
        yield


def waiting(others: list[Future[Any]]) -> int:
    """How many of the others wait for a lock, once none of them gets any further by itself."""
    with app_connection() as looking:
        while True:
            ((count,),) = looking.execute(_WAIT).fetchall()
            if count + sum(other.done() for other in others) == len(others):
                return int(count)
            looking.rollback()


def new_entries(client: Any) -> int:
    with client_scope(client.id):
        return int(fetch("SELECT count(*) FROM banking_entry WHERE state = 'new'")[0][0])


def test_three_workers_come_to_what_one_comes_to_and_none_goes_on_before_all_is_matched():
    alone, together, of_another = (with_payments(number) for number in range(3))
    match_all(alone.id, DAY, NOW, batch=3)
    expected = outcome(alone)
    assert {row[3:5] for row in expected} == {("matched", "number"), ("matched", "number-part")}

    def match_then_look() -> int:
        match_all(together.id, DAY, NOW, batch=3)
        return new_entries(together)

    others: list[Future[Any]] = []
    with ThreadPoolExecutor(3) as pool:
        with first_batch_in_hand(together):
            for _ in range(2):
                others.append(elsewhere(pool, match_then_look))
                waiting(others)
            busy_elsewhere = elsewhere(pool, lambda: match_all(of_another.id, DAY, NOW))
            assert waiting([*others, busy_elsewhere]) == 2
            assert busy_elsewhere.result().entries == 2 * INVOICES
        assert [other.result() for other in others] == [0, 0]
    assert outcome(together) == expected


def test_trying_again_what_waits_is_in_turn_too():
    client = with_payments(0, rests=False)
    with client_scope(client.id):
        invoices = [row[0] for row in fetch("SELECT id FROM receivables_invoice")]
    with ThreadPoolExecutor(1) as pool:
        with first_batch_in_hand(client):
            other = elsewhere(pool, lambda: retry_unmatched(client.id, invoices, DAY, NOW))
            assert waiting([other]) == 1
        assert other.result().entries == 0
