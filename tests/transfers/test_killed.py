"""Killed at any moment, or done by several programs at once: each payment is in one file, and the books tie."""

import random
import signal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from inbaar.banking.batches.models import Batch, BatchFile
from inbaar.banking.transfers.actions import Source, approve_batch, make_batch, refuse_batch
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.doors import take_in_files
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from tests.banking.camt import Line, camt_file
from tests.banking.reports import report
from tests.banking.test_crash_db import ended_with, in_child
from tests.conftest import make_client
from tests.transfers.books import (
    DAY,
    NOW,
    account_of,
    acting,
    asked,
    assert_proven,
    file_of,
    member,
    money_in,
    states,
    wanted,
)

POINTS = 12
PAYMENTS = 4


class Office:
    """An administration with two people, money to give back, and the work of a payment run as it is done once more each time."""

    def __init__(self, number: int) -> None:
        self.client = make_client(f"Klant {number} B.V.", f"{92000000 + number}")
        self.anna, self.bob = (member(self.client, f"{name}{number}") for name in ("anna", "bob"))
        self.account = account_of(self.client)
        self.entry = money_in(self.client, "100.00")

    def work(self) -> None:
        """Ask, batch, approve, and take in what the bank tells; whatever was done already is not done again."""
        asked(
            self.client,
            *(wanted(f"{n}", amount=Decimal(n + 1)) for n in range(PAYMENTS - 1)),
            wanted("refund", source_kind=Source.REFUND, entry_id=self.entry.id, amount=Decimal("40.00")),
        )
        with client_scope(self.client.id):
            ids = list(CreditTransfer.objects.filter(state="requested").values_list("id", flat=True))
            made = list(Batch.objects.filter(state="made").values_list("id", flat=True))
        if ids:
            made = [make_batch(self.client.id, self.account, ids, DAY, acting(self.anna))]
        for batch_id in made:
            approve_batch(self.client.id, batch_id, acting(self.bob))
        with client_scope(self.client.id):
            message = Batch.objects.get(state="approved").message_id
        take_in_files(self.client.id, [("r.xml", report(message, "ACCP"))], DAY, NOW)
        amounts = ("1.00", "2.00", "3.00", "40.00")
        lines = [Line(f"-{amount}", end_to_end_id=f"{message}-{n}") for n, amount in enumerate(amounts, 1)]
        back = Line("2.00", end_to_end_id=f"{message}-2", return_reason="AC04")
        take_in_files(self.client.id, [("s.xml", camt_file([*lines, back], number="9"))], DAY, NOW)

    def outcome(self) -> tuple[Any, ...]:
        """Everything that matters; waits for dying programs and proves the books on the way."""
        with client_scope(self.client.id):
            fetch("SELECT id FROM batches_batch FOR UPDATE")
            fetch("SELECT id FROM banking_entry FOR UPDATE")
            files = BatchFile.objects.count()
            ledger = fetch(
                "SELECT a.code, sum(CASE WHEN a.id = t.debit_id THEN t.amount ELSE -t.amount END) FROM ledger_transfer t "
                "JOIN ledger_account a ON a.client_id = t.client_id AND a.id IN (t.debit_id, t.credit_id) "
                "GROUP BY 1 ORDER BY 1"
            )
        assert_proven(self.client)
        return states(self.client), files, ledger


def test_killed_at_any_moment_and_done_again_each_payment_is_in_one_file(own_database):
    reference = Office(0)
    count = 0

    def counting(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    with connection.execute_wrapper(counting):
        reference.work()
    expected = reference.outcome()
    assert expected[:2] == (["paid", "returned", "paid", "paid"], 1)
    for number, point in enumerate(sorted(random.Random(7).sample(range(1, count + 1), POINTS)), start=1):
        office = Office(number)
        assert ended_with(in_child(office.work, kill_at=point)) == -signal.SIGKILL
        office.outcome()
        office.work()
        assert office.outcome() == expected, f"killed at statement {point} of {count}"


def refused_or_done(work: Callable[[], object]) -> Callable[[], None]:
    """The work, of which a refusal is a good end too."""

    def done() -> None:
        try:
            work()
        except Refused:
            return

    return done


def at_once(*works: Callable[[], object]) -> None:
    children = [in_child(refused_or_done(work)) for work in works]
    assert [ended_with(child) for child in children] == [0] * len(works)


def test_three_programs_that_ask_batch_and_approve_the_same_at_once_make_one_file(own_database):
    for number in range(3):
        office = Office(number)
        payments = [wanted(f"{n}", amount=Decimal(n + 1)) for n in range(20)]
        refund = wanted("r", source_kind=Source.REFUND, entry_id=office.entry.id, amount=Decimal("60.00"))
        at_once(*[lambda o=office, p=payments, r=refund: asked(o.client, *p, r)] * 3)
        with client_scope(office.client.id):
            ids = list(CreditTransfer.objects.values_list("id", flat=True))
        assert len(ids) == 21
        at_once(*[lambda o=office, i=ids: make_batch(o.client.id, o.account, i, DAY, acting(o.anna))] * 3)
        with client_scope(office.client.id):
            batch_id = Batch.objects.get().id
        approve = lambda o=office, b=batch_id: approve_batch(o.client.id, b, acting(o.bob))  # noqa: E731
        refuse = lambda o=office, b=batch_id: refuse_batch(o.client.id, b, "x", acting(o.bob), "bob")  # noqa: E731
        at_once(approve, refuse, approve)
        with client_scope(office.client.id):
            state = Batch.objects.get().state
            assert BatchFile.objects.count() == (state == "approved")
        assert set(states(office.client)) in ({"in_file"}, {"refused", "requested"})
        assert bool(file_of(office.client, batch_id)) == (state == "approved")
        assert_proven(office.client)


def test_two_programs_that_take_in_the_same_news_at_once_count_it_once(own_database):
    office = Office(0)
    asked(office.client, *(wanted(f"{n}", amount=Decimal(n + 1)) for n in range(10)))
    with client_scope(office.client.id):
        ids = list(CreditTransfer.objects.values_list("id", flat=True))
    approve_batch(
        office.client.id,
        make_batch(office.client.id, office.account, ids, DAY, acting(office.anna)),
        acting(office.bob),
    )
    with client_scope(office.client.id):
        message = Batch.objects.get().message_id
    told = report(message, "ACCP")
    statement = camt_file(
        [Line(f"-{n + 1}.00", end_to_end_id=f"{message}-{n + 1}") for n in range(10)], number="9"
    )
    news = [lambda: take_in_files(office.client.id, [("r.xml", told), ("s.xml", statement)], DAY, NOW)] * 2
    at_once(*news)
    assert set(states(office.client)) == {"paid"}
    assert_proven(office.client)
