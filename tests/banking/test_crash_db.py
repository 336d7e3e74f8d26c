"""Killed at any moment, or done by several programs at once: nothing is lost, nothing counts twice."""

import datetime as dt
import random
import signal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from inbaar.banking import importing
from inbaar.banking.actions import import_statement_file
from inbaar.banking.jobs import match_all
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from tests.banking.books import DAY, NOW, assert_books_tie, draft
from tests.banking.camt import Line, camt_file
from tests.conftest import make_client
from tests.killing import ended_with, in_child

POINTS = 10
INVOICES = 12
# Every invoice is paid in two parts, the last one over again; some money tells nothing.
PAID = [Line("60.00", f"2026-90{n:02} deel", day=dt.date(2026, 3, 1)) for n in range(INVOICES)]
REST = [Line("61.00", f"rest 2026-90{n:02}", day=dt.date(2026, 3, 2)) for n in range(INVOICES)]
OTHER = [Line("7.00", "donatie", iban="", name="X"), Line("-30.00", "huur"), Line("61.00", "2026-9011 weer")]
FIRST = camt_file(PAID + OTHER[:1], number="1")
OVERLAPPING = camt_file(PAID[6:] + OTHER + REST, number="2", opening="500.00")


def client_with_invoices(number: int) -> Any:
    from inbaar.receivables.actions import accept_invoices

    client = make_client(f"Klant {number} B.V.", f"{91000000 + number}")
    with client_scope(client.id):
        accept_invoices(client.id, [draft(f"2026-90{n:02}") for n in range(INVOICES)], NOW)
    return client


def day_s_work(client: Any) -> Callable[[], None]:
    """What the daily run does with two files that overlap."""

    def work() -> None:
        import_statement_file(client.id, FIRST, "1.xml", NOW)
        match_all(client.id, DAY, NOW, batch=5)
        import_statement_file(client.id, OVERLAPPING, "2.xml", NOW)
        match_all(client.id, DAY, NOW, batch=5)

    return work


def outcome(client: Any) -> list[tuple[Any, ...]]:
    """Everything that matters in a client's books; proves on the way that they tie. Waits for dying programs."""
    with client_scope(client.id):
        fetch("SELECT id FROM banking_entry FOR UPDATE")
        assert_books_tie()
        return sorted(
            fetch(
                """
                SELECT e.text, e.amount, e.unapplied, e.state, e.reason, i.number, m.amount, i.open_amount
                FROM banking_entry e
                LEFT JOIN banking_match m ON m.client_id = e.client_id AND m.entry_id = e.id
                LEFT JOIN receivables_invoice i ON i.client_id = m.client_id AND i.id = m.invoice_id
                """
            ),
            key=str,
        )


def test_killed_at_any_moment_and_done_again_the_books_are_as_if_nothing_happened(own_database, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    reference = client_with_invoices(0)
    count = 0

    def counting(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    with connection.execute_wrapper(counting):
        day_s_work(reference)()
    expected = outcome(reference)
    assert sum(row[2] for row in expected) == Decimal("38.00")  # 61.00 + 7.00 received, 30.00 spent
    points = random.Random(7).sample(range(1, count + 1), POINTS)
    for number, point in enumerate(sorted(points), start=1):
        client = client_with_invoices(number)
        assert ended_with(in_child(day_s_work(client), kill_at=point)) == -signal.SIGKILL
        outcome(client)
        day_s_work(client)()
        assert outcome(client) == expected, f"killed at statement {point} of {count}"


def match_twice_at_once(client: Any, lines: list[Line]) -> list[tuple[Any, ...]]:
    """The books after two programs matched these payments at the same time."""
    import_statement_file(client.id, camt_file(lines), "parts.xml", NOW)
    children = [in_child(lambda: match_all(client.id, DAY, NOW, batch=4)) for _ in range(2)]
    assert [ended_with(child) for child in children] == [0, 0]
    return outcome(client)


def test_two_programs_at_once_pay_one_invoice_in_parts(own_database):
    parts = [
        Line(f"{20 + part}.00", f"2026-90{n:02} deel {part}") for part in range(4) for n in range(INVOICES)
    ]
    rows = match_twice_at_once(client_with_invoices(0), parts)
    assert {row[3] for row in rows} == {"matched"}
    assert {row[-1] for row in rows} == {Decimal("121.00") - 20 - 21 - 22 - 23}


def test_two_programs_at_once_pay_no_invoice_twice(own_database):
    whole = [Line("121.00", f"2026-90{n:02} {time}e keer") for n in range(INVOICES) for time in (1, 2)]
    rows = match_twice_at_once(client_with_invoices(0), whole)
    assert sorted((row[3], row[4], row[-1]) for row in rows) == [
        *[("matched", "number", Decimal(0))] * INVOICES,
        *[("unmatched", "paid-already", None)] * INVOICES,
    ]


def test_two_imports_of_one_file_at_once_keep_it_once(own_database):
    client = client_with_invoices(0)
    children = [in_child(lambda: import_statement_file(client.id, FIRST, "1.xml", NOW)) for _ in range(2)]
    assert [ended_with(child) for child in children] == [0, 0]
    with client_scope(client.id):
        assert fetch("SELECT count(*) FROM banking_entry") == [(len(PAID) + 1,)]
        assert fetch("SELECT count(*) FROM banking_statementfile") == [(1,)]
        assert_books_tie()
