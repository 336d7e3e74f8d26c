"""Killed at any moment, or two files at once: a batch and its notification, and one day in two formats, stay one movement."""

import datetime as dt
import random
import signal
from typing import Any

from django.db import connection

from inbaar.banking.actions import import_statement_file
from inbaar.banking.announcing import point_announced
from inbaar.banking.jobs import match_all
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from tests.banking.bank_tables import ING, RABOBANK
from tests.banking.books import DAY, NOW, assert_books_tie
from tests.banking.camt import Line, camt, statement
from tests.banking.notices import notice, statement_file
from tests.banking.test_crash_db import client_with_invoices, ended_with, in_child

POINTS = 6
D2 = dt.date(2026, 3, 2)
BATCH = Line("181.50", parts=(Line("121.00", "2026-9000"), Line("60.50", "2026-9001 deel")))
START = camt(statement([], day=dt.date(2026, 3, 1), number="0"))
BARE = statement_file([BATCH], bare=True, number="1")
DETAIL = notice([BATCH])
AS_ONE_LINE = (
    RABOBANK.splitlines()[0] + "\r\n"
    + RABOBANK.splitlines()[1].replace("+121,00", "+181,50").replace("+1121,00", "+1181,50").replace("Factuur 2026-0042", "")
)  # fmt: skip


def take_in(client: Any, content: bytes) -> None:
    import_statement_file(client.id, content, "x", NOW)


def all_of_it(client: Any) -> None:
    """A statement with a batch, what it is matched to, its notification, and the same day as CSV."""
    take_in(client, START)
    for content in (BARE, DETAIL, AS_ONE_LINE.encode()):
        take_in(client, content)
        match_all(client.id, DAY, NOW)
        point_announced(client.id, DAY)


def books(client: Any) -> list[tuple[Any, ...]]:
    """What is in the books of it, proven to tie."""
    with client_scope(client.id):
        fetch("SELECT id FROM banking_entry FOR UPDATE")
        assert_books_tie()
        return sorted(
            fetch("SELECT amount, text, state, reason, unapplied, part_of_id IS NULL FROM banking_entry"),
            key=str,
        )


def test_killed_at_any_moment_and_done_again_a_batch_is_one_movement(own_database):
    reference = client_with_invoices(0)
    count = 0

    def counting(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    with connection.execute_wrapper(counting):
        all_of_it(reference)
    expected = books(reference)
    assert [row[2] for row in expected] == ["matched", "split", "matched"]
    for number, point in enumerate(random.Random(11).sample(range(1, count + 1), POINTS), start=1):
        client = client_with_invoices(number)
        assert ended_with(in_child(lambda c=client: all_of_it(c), kill_at=point)) == -signal.SIGKILL
        books(client)
        all_of_it(client)
        assert books(client) == expected, f"killed at statement {point} of {count}"


def test_a_statement_and_its_notification_at_once_are_one_movement(own_database):
    client = client_with_invoices(0)
    take_in(client, START)
    children = [in_child(lambda c=content: take_in(client, c)) for content in (BARE, DETAIL)]
    assert [ended_with(child) for child in children] == [0, 0]
    assert sorted(row[2] for row in books(client)) == ["new", "new", "split"]


def test_two_formats_of_one_day_at_once_are_booked_once_also_as_the_first_files(own_database):
    client = client_with_invoices(0)
    children = [in_child(lambda c=content: take_in(client, c.encode())) for content in (RABOBANK, ING)]
    assert [ended_with(child) for child in children] == [0, 0]
    assert len(books(client)) == 2
