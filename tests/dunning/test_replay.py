"""The test of a policy on the past: the walk takes the steps that the run would have taken, and counts what they would cost."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.dunning.models import Step
from inbaar.dunning.policies import Editor, choose_policy, make_policy
from inbaar.dunning.policy import DEFAULT_POLICY, Policy
from inbaar.dunning.policy_steps import Action, Channel, Moment
from inbaar.dunning.replay import Past, Prices, Reduction, replay, walk
from inbaar.dunning.replay_facts import pasts
from inbaar.dunning.rules import runs_on
from inbaar.kit.scope import client_scope
from inbaar.parties.rules import Capacity
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.receivables.models import Invoice
from tests.dunning.scenario import NOW, PERSON, Administration, day
from tests.dunning.test_policy_rules import CALL, COURTESY, END, NOTICE, REMIND
from tests.sql_watch import statements

PRICES = Prices(Decimal("0.05"), Decimal("2.00"), Decimal("6.00"))
SINCE, UNTIL = day("2026-09-01"), day("2026-12-31")
BIG = Policy(
    (
        COURTESY, REMIND, replace(CALL, days=5, least_open=Decimal("500.00")), replace(REMIND, days=9, channel=Channel.POST),
        replace(NOTICE, after=Moment.PREVIOUS, days=10), END,
        *(replace(s, capacities=frozenset({Capacity.CONSUMER})) for s in DEFAULT_POLICY.steps if Capacity.CONSUMER in s.capacities),
    )
)  # fmt: skip


def past(due="2026-10-12", **facts):
    return Past(
        **{"debtor_id": 1, "capacity": Capacity.BUSINESS, "abroad": False, "email": True, "due_date": day(due),
           "payable": Decimal("1210.00")} | facts
    )  # fmt: skip


def steps(its, policy=BIG, until=UNTIL):
    return [(w.step.key, w.on.isoformat()[5:]) for w in walk(its, policy.lane(its.capacity), SINCE, until)]


def test_nothing_paid_goes_the_whole_way():
    assert steps(past()) == [
        ("courtesy_notice", "10-07"), ("reminder", "10-13"), ("call", "10-19"), ("reminder-2", "10-21"),
        ("formal_notice", "11-02"), ("hand_over", "11-10"),
    ]  # fmt: skip


def test_what_was_paid_ends_it_and_what_was_booked_late_is_counted():
    booked_late = past(reductions=(Reduction(day("2026-10-12"), day("2026-10-14"), Decimal("1210.00")),))
    (courtesy, reminder) = walk(booked_late, BIG.lane(Capacity.BUSINESS), SINCE, UNTIL)
    assert (courtesy.paid, reminder.paid) == (False, True)
    found = replay([booked_late], BIG, PRICES, SINCE, UNTIL)
    assert (found.paid, found.messages, found.cost) == (1, 2, Decimal("0.10"))


def test_a_hold_moves_a_step_and_one_without_an_end_stops_it():
    assert steps(past(holds=((day("2026-10-13"), day("2026-10-20")),)))[1] == ("reminder", "10-21")
    assert steps(past(holds=((day("2026-10-13"), None),))) == [("courtesy_notice", "10-07")]


def test_a_part_payment_below_the_condition_skips_the_call():
    lowered = past(reductions=(Reduction(day("2026-10-15"), day("2026-10-15"), Decimal("800.00")),))
    assert [key for key, _ in steps(lowered)] == [
        "courtesy_notice", "reminder", "reminder-2", "formal_notice", "hand_over",
    ]  # fmt: skip


def test_a_debtor_gets_one_letter_a_day_and_costs_follow_the_channel():
    its = [past(), past(payable=Decimal("100.00")), past(debtor_id=2, email=False)]
    found = replay(its, Policy((REMIND, replace(CALL, days=5))), PRICES, SINCE, UNTIL)
    assert {key: (t.invoices, len(t.debtors), t.messages, t.cost) for key, t in found.steps.items()} == {
        "reminder": (3, 2, 2, Decimal("2.05")),
        "call": (3, 2, 2, Decimal("12.00")),
    }
    assert (found.invoices, found.untouched, found.messages) == (3, 0, 4)


@given(
    due=st.dates(SINCE, UNTIL),
    paid=st.lists(st.tuples(st.integers(-20, 90), st.integers(0, 9), st.integers(1, 1300)), max_size=3),
    held=st.lists(st.tuples(st.integers(-20, 60), st.none() | st.integers(0, 30)), max_size=2),
    capacity=st.sampled_from(Capacity),
)
def test_whatever_happened_no_step_comes_twice_early_held_or_on_a_quiet_day(due, paid, held, capacity):
    its = past(
        due.isoformat(),
        capacity=capacity,
        reductions=tuple(
            Reduction(due + dt.timedelta(days=n), due + dt.timedelta(days=n + late), Decimal(amount))
            for n, late, amount in paid
        ),
        holds=tuple(
            (due + dt.timedelta(days=n), None if long is None else due + dt.timedelta(days=n + long))
            for n, long in held
        ),
    )
    taken = walk(its, BIG.lane(capacity), SINCE, UNTIL)
    assert len({w.step.key for w in taken}) == len(taken)
    assert [w.on for w in taken] == sorted({w.on for w in taken})
    for would in taken:
        assert runs_on(would.on)
        assert SINCE <= would.on <= UNTIL
        assert its.open_on(would.on) > 0
        assert not any(
            since <= would.on and (until is None or would.on <= until) for since, until in its.holds
        )
        assert (would.on < due) == (would.step.action is Action.COURTESY_NOTICE)


@pytest.mark.django_db
@pytest.mark.requirement("BEY-10")
def test_the_walk_and_the_run_take_the_same_steps_on_the_same_days(client_a):
    """Lives of invoices played by the run day after day, and walked afterwards over what the tables then hold."""
    books = Administration(client_a)
    with client_scope(client_a.id):
        editor = Editor("Olga", "proef", day("2026-09-01"), NOW)
        choose_policy(client_a.id, make_policy(client_a.id, "Groot", BIG, editor), editor)
    numbers = {
        "plain": books.invoice("plain", "2026-10-12"),
        "part": books.invoice("part", "2026-10-12"),
        "paid": books.invoice("paid", "2026-10-08"),
        "held": books.invoice("held", "2026-10-06"),
        "consumer": books.invoice("consumer", "2026-10-05", customer=PERSON),
    }
    with client_scope(client_a.id):
        debtor = Invoice.objects.get(id=numbers["held"]).debtor_id
        pause = NewHold(
            debtor,
            "pause",
            "op verzoek",
            "Olga",
            day("2026-10-07"),
            "p",
            numbers["held"],
            None,
            day("2026-10-16"),
        )
        open_holds(client_a.id, [pause], NOW)
    on, end = day("2026-09-25"), day("2026-11-30")
    while on <= end:
        if on == day("2026-10-14"):
            books.pay(numbers["part"], on.isoformat(), "900.00")
        if on == day("2026-10-20"):
            books.pay(numbers["paid"], on.isoformat(), "1210.00")
        books.run(on.isoformat())
        on += dt.timedelta(days=1)
    with client_scope(client_a.id):
        taken = set(Step.objects.values_list("invoice__number", "key", "on"))
        with statements() as seen:
            walked = list(pasts(client_a.id, day("2026-09-25"), end))
        held = list(Invoice.objects.order_by("due_date", "id").values_list("number", flat=True))
    would = {
        (number, w.step.key, w.on)
        for number, its in zip(held, walked, strict=True)
        for w in walk(its, BIG.lane(its.capacity), day("2026-09-25"), end)
    }
    assert would == taken
    assert len(taken) > 15
    assert len(seen.texts) == 1


@pytest.mark.django_db
def test_the_walk_sees_no_other_client(client_a, client_b):
    Administration(client_a).invoice("2026-0042", "2026-10-12")
    with client_scope(client_b.id):
        assert list(pasts(client_b.id, SINCE, UNTIL)) == []
