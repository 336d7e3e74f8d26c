"""All open invoices assessed at once: to the cent what each is worth by itself."""

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal

import pytest

from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import (
    Customer,
    Draft,
    NewComponent,
    NewHold,
    NewPayment,
    accept_invoices,
    add_components,
    apply_payments,
    open_holds,
)
from inbaar.receivables.assessment import BUCKETS, Worth, assess_all, bucket_of, explained_worth
from inbaar.receivables.grounds import Word
from inbaar.receivables.queries import claim_facts
from tests.sql_watch import statements

ON = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
KINDS = (
    Customer(name="Bakkerij De Korenaar B.V.", kvk="90000002"),
    Customer(name="J. Jansen", postcode="3511 KV"),
    Customer(name="Failliet B.V.", kvk="90000003"),
)


def books(client: int, count: int, seed: int = 2026) -> list[int]:
    """Random invoices of the last six years; some paid in part, with claimed interest or costs, one debtor bankrupt."""
    dice = random.Random(seed)
    drafts = []
    for n in range(count):
        due = ON - dt.timedelta(days=dice.randint(-30, dice.choice((110, 2000))))
        amount = Decimal(dice.randint(100, 2_000_000)).scaleb(-2)
        drafts.append(
            Draft(
                f"F{n}", "invoice", due - dt.timedelta(days=30), due, due - dt.timedelta(days=30),
                dice.choice(("EUR", "EUR", "USD")), amount, Decimal("0.00"), amount, amount, dice.choice(KINDS),
            )
        )  # fmt: skip
    ids = [answer.invoice_id or 0 for answer in accept_invoices(client, drafts, NOW)]
    late = [
        (number, draft.due_date) for number, draft in zip(ids, drafts, strict=True) if draft.due_date < ON
    ]
    add_components(client, _components(dice, late), NOW)
    apply_payments(client, _payments(dice, late), NOW)
    return ids


def _components(dice: random.Random, late: list[tuple[int, dt.date]]) -> list[NewComponent]:
    claimed = [
        (number, due + dt.timedelta(days=dice.randint(1, 9))) for number, due in late if dice.random() < 0.4
    ]
    interest = [
        NewComponent(n, "interest", None, day, day, "6:119a BW", "test", f"interest:{n}")
        for n, day in claimed
    ]
    costs = [
        NewComponent(n, "costs", Decimal("40.00"), day, day, "6:96 BW", "test", f"costs:{n}")
        for n, day in claimed if dice.random() < 0.5
    ]  # fmt: skip
    return interest + costs


def _payments(dice: random.Random, late: list[tuple[int, dt.date]]) -> list[NewPayment]:
    return [
        NewPayment(n, min(due + dt.timedelta(days=dice.randint(-5, 90)), ON), Decimal("0.99"), f"pay:{n}")
        for n, due in late if dice.random() < 0.2
    ]  # fmt: skip


def one_by_one(ids: list[int]) -> tuple[dict[tuple[str, str], Worth], dict[tuple[str, str], Worth]]:
    """The same question by the explaining path alone."""
    by_kind: dict[tuple[str, str], Worth] = defaultdict(Worth)
    by_age: dict[tuple[str, str], Worth] = defaultdict(Worth)
    for facts in claim_facts(ids, ON).values():
        if facts.open_amount and facts.issue_date <= ON:
            by_kind[facts.currency, facts.claim_kind] += explained_worth(facts, ON)
            by_age[facts.currency, bucket_of(facts.due_date, ON)] += explained_worth(facts, ON)
    return by_kind, by_age


def test_all_at_once_is_to_the_cent_what_each_is_by_itself(client_a):
    with client_scope(client_a.id):
        ids = books(client_a.id, 400)
        bankrupt = claim_facts(ids, ON)
        debtor = next(f.debtor_id for f in bankrupt.values() if f.claim_kind == "trade" and f.due_date < ON)
        hold = NewHold(debtor, "insolvency", "failliet", "us", ON - dt.timedelta(days=300), "curator")
        open_holds(client_a.id, [hold], NOW)
        found = assess_all(client_a.id, ON)
        by_kind, by_age = one_by_one(ids)
        # However it is cut: a chunk per batch of groups, or one for all.
        assert assess_all(client_a.id, ON, at_once=1) == found
    assert found.by_kind == by_kind
    assert found.by_age == by_age
    assert set(found.by_age) == {(currency, bucket) for currency in ("EUR", "USD") for bucket in BUCKETS}


def test_an_invoice_too_large_for_the_columns_is_assessed_with_the_others(client_a):
    with client_scope(client_a.id):
        ids = books(client_a.id, 5)
        due = ON - dt.timedelta(days=400)
        amount = Decimal("1000000000.01")
        draft = Draft(
            "HUGE", "invoice", due, due, due, "EUR", amount, Decimal("0.00"), amount, amount, KINDS[0]
        )
        huge = accept_invoices(client_a.id, [draft], NOW)[0].invoice_id
        assert assess_all(client_a.id, ON).by_kind == one_by_one([*ids, huge or 0])[0]


def test_what_is_paid_in_full_is_not_assessed_and_no_books_give_nothing(client_a):
    with client_scope(client_a.id):
        assert assess_all(client_a.id, ON).by_kind == {}
        (number,) = books(client_a.id, 1)
        facts = claim_facts([number], ON)[number]
        word = Word(facts.open_amount)
        apply_payments(
            client_a.id, [NewPayment(number, ON, facts.open_amount, "whole", "write_off", word=word)], NOW
        )
        assert assess_all(client_a.id, ON).by_age == {}


@pytest.mark.parametrize(("days", "bucket"), [(0, "not_due"), (1, "1_30"), (30, "1_30"), (31, "31_60"), (60, "31_60"),
                                              (61, "61_90"), (90, "61_90"), (91, "over_90")])  # fmt: skip
def test_both_sides_of_each_bucket(days, bucket):
    assert bucket_of(ON - dt.timedelta(days=days), ON) == bucket


def test_the_statements_do_not_grow_with_the_invoices(client_a):
    counts = []
    with client_scope(client_a.id):
        for size in (20, 200):
            books(client_a.id, size, seed=7)
            with statements() as seen:
                assess_all(client_a.id, ON)
            counts.append(len(seen))
    assert counts[0] == counts[1] == 7
