"""The run takes a fixed number of statements per chunk, however many invoices are due: nothing is asked row by row."""

import dataclasses
from collections import Counter
from decimal import Decimal

import pytest

from inbaar.dunning.run import run_dunning
from inbaar.dunning.schedule import schedule_invoices
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import Customer, Draft, accept_invoices
from tests.dunning.scenario import NOW, Administration, day
from tests.sql_watch import Statements, statements

pytestmark = pytest.mark.django_db
SMALL, LARGE = 3, 60


def overdue(client, count: int, due: str) -> None:
    """Invoices due on a day, each of a debtor of its own: as many businesses as consumers."""
    debtors = [
        Customer(name=f"Klant {n} B.V.", kvk=f"{90_000_000 + n}", email=f"klant{n}@voorbeeld.example", street="Kade 1",
                 postcode="1011 AB", city="Amsterdam")
        for n in range(count)
    ] + [
        Customer(name=f"P. Klant {n}", email=f"p{n}@voorbeeld.example", street=f"Lindelaan {n}", postcode="3511 KV",
                 city="Utrecht")
        for n in range(count)
    ]  # fmt: skip
    template = Draft(
        "",
        "invoice",
        day("2026-08-01"),
        day(due),
        day("2026-08-01"),
        "EUR",
        *[Decimal("1000.00")] * 4,
        debtors[0],
        "NL20INGB0001234567",
    )
    drafts = [
        dataclasses.replace(template, number=f"F{client.id}-{n}", customer=debtor)
        for n, debtor in enumerate(debtors)
    ]
    with client_scope(client.id):
        answers = accept_invoices(client.id, drafts, NOW)
        schedule_invoices(client.id, [answer.invoice_id for answer in answers if answer.invoice_id])


def run(client, on: str, *, letters: bool = True) -> tuple[Statements, Counter[str]]:
    """One run, with its statements and the steps it took."""
    with statements() as seen:
        tally = run_dunning(client.id, day(on), NOW, letters=letters)
    Administration(client).send(on)
    return seen, tally.steps


@pytest.mark.parametrize("letters", [True, False])
def test_the_statements_of_each_step_do_not_grow_with_what_is_due(client_a, client_b, letters):
    overdue(client_a, SMALL, "2026-08-31")
    overdue(client_b, LARGE, "2026-08-31")
    # Reminders; the notices and 14-day letters when the longest term has run out; then the files are handed over.
    for on in ("2026-09-01", "2026-09-16", "2026-10-14"):
        few, few_steps = run(client_a, on, letters=letters)
        many, many_steps = run(client_b, on, letters=letters)
        assert sum(few_steps.values()) == 2 * SMALL, few_steps
        assert sum(many_steps.values()) == 2 * LARGE, many_steps
        assert few_steps.keys() == many_steps.keys()
        assert len(few) == len(many), f"{few}\n\n{many}"


def test_a_day_with_nothing_due_takes_one_statement(client_a):
    overdue(client_a, LARGE, "2026-08-31")
    seen, steps = run(client_a, "2026-08-31")
    assert not steps
    assert len(seen) == 1


def test_each_further_chunk_takes_as_many_statements_as_the_first(client_a, client_b):
    overdue(client_a, SMALL, "2026-08-31")
    overdue(client_b, SMALL, "2026-08-31")
    with statements() as whole:
        run_dunning(client_a.id, day("2026-09-01"), NOW, letters=False)
    with statements() as one_by_one:
        run_dunning(client_b.id, day("2026-09-01"), NOW, letters=False, chunk_invoices=1)
    # The last look, which finds nothing, is the same in both; a chunk of one debtor has one kind of case, not two.
    assert len(one_by_one) - 1 <= 2 * SMALL * (len(whole) - 1)
