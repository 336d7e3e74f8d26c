"""What may be agreed, on facts alone: both sides of every limit, each check with what is lost, and terms to the cent."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.arrangements.rules import (
    BOUNDS,
    ClaimStanding,
    Policy,
    Record,
    at_risk,
    may_promise,
    plan_findings,
)
from inbaar.arrangements.states import PLAN_MOVES, plan_after, promise_after
from inbaar.arrangements.terms import Every, Term, divided, equal_terms, standings

ON = dt.date(2026, 5, 11)
CLAIM = ClaimStanding(
    1, "2026-1", dt.date(2026, 5, 1), "EUR", ("Van Dijk", "NL20INGB0001234567"), Decimal("300.00")
)
POLICY = Policy()


def days(number):
    return dt.timedelta(days=number)


def terms(*each):
    return tuple(Term(ON + days(after), Decimal(amount)) for after, amount in each)


GOOD = terms((10, "100.00"), (40, "100.00"), (70, "100.00"))


def codes(claims=(CLAIM,), plan=GOOD, policy=POLICY, **facts):
    return [finding.refusal.code for finding in plan_findings(claims, plan, policy, ON, **facts)]


def one(claims=(CLAIM,), plan=GOOD, policy=POLICY, **facts):
    (finding,) = plan_findings(claims, plan, policy, ON, **facts)
    return finding


def test_a_plan_within_every_limit_has_nothing_against_it():
    assert codes() == []


@pytest.mark.parametrize(
    ("claim", "plan", "code"),
    [
        (CLAIM, (), "plan-terms"),
        (CLAIM, terms((10, "299.99")), "plan-sum"),
        (CLAIM, terms((10, "300.01")), "plan-sum"),
        (CLAIM, terms((10, "300.00"), (20, "0.00")), "plan-amount"),
        (CLAIM, terms((20, "100.00"), (20, "200.00")), "plan-order"),
        (CLAIM, terms((-1, "300.00")), "plan-order"),
        (replace(CLAIM, disputed=True), GOOD, "plan-disputed"),
        (replace(CLAIM, insolvent=True), GOOD, "plan-insolvent"),
        (replace(CLAIM, debited=True), GOOD, "plan-debited"),
        (replace(CLAIM, unsent=True), GOOD, "plan-unsent"),
        (replace(CLAIM, in_plan=True), GOOD, "plan-running"),
        (replace(CLAIM, owed=Decimal("0.00")), GOOD, "plan-nothing"),
    ],
)  # fmt: skip
def test_what_nobody_can_pass(claim, plan, code):
    finding = one([claim], plan)
    assert (finding.refusal.code, finding.bar) == (code, True)


def test_the_first_term_may_be_today_and_one_term_is_a_plan():
    assert codes(plan=terms((0, "300.00"))) == []


def test_more_terms_than_are_printed_are_no_plan():
    many = equal_terms(Decimal("300.00"), 37, ON, Every.WEEK)
    assert codes(plan=many) == ["plan-terms"]


def test_a_plan_is_paid_to_one_account_in_one_currency():
    other = replace(CLAIM, invoice_id=2, payee=("Factor", "NL91ABNA0417164300"))
    assert codes([CLAIM, other], terms((10, "600.00"))) == ["plan-payee"]
    assert codes([CLAIM, replace(CLAIM, currency="GBP")], terms((10, "600.00"))) == ["plan-payee"]


@pytest.mark.parametrize(
    ("policy", "plan", "code"),
    [
        (Policy(plan_terms=3), GOOD, None), (Policy(plan_terms=2), GOOD, "plan-many"),
        (Policy(plan_days=70), GOOD, None), (Policy(plan_days=69), GOOD, "plan-long"),
        (Policy(plan_total=Decimal("300.00")), GOOD, None), (Policy(plan_total=Decimal("299.99")), GOOD, "plan-large"),
        (Policy(term_least=Decimal("100.00")), GOOD, None), (Policy(term_least=Decimal("100.01")), GOOD, "plan-small-term"),
        (Policy(first_term_days=10), GOOD, None), (Policy(first_term_days=9), GOOD, "plan-late-start"),
    ],
)  # fmt: skip
def test_the_limits_within_which_the_rules_decide_both_sides(policy, plan, code):
    assert codes(plan=plan, policy=policy) == ([code] if code else [])
    assert not any(finding.bar for finding in plan_findings([CLAIM], plan, policy, ON))


def test_a_broken_plan_leaves_the_next_to_a_person_for_a_year():
    finding = one(broken_on=ON - days(364))
    assert (finding.refusal.code, finding.refusal.passes_on) == ("plan-broken-before", ON + days(1))
    assert codes(broken_on=ON - days(365)) == []


def test_the_insurer_s_clock_runs_from_the_first_due_date():
    # Due 1 May with 60 days of extension: until 30 June; handed over by 30 July.
    policy = Policy(insurer_extension_days=60, insurer_hand_over_days=30, first_term_days=92)
    assert codes(plan=terms((50, "300.00")), policy=policy) == []
    finding = one(plan=terms((51, "300.00")), policy=policy)
    assert (finding.refusal.code, finding.refusal.limit, finding.refusal.fact) == (
        "plan-insurer",
        "2026-06-30",
        "2026-1",
    )
    assert "cover" in finding.lost
    assert codes(plan=terms((80, "300.00")), policy=policy) == ["plan-insurer"]
    assert codes(plan=terms((81, "300.00")), policy=policy) == ["plan-insurer", "plan-insurer-hand-over"]
    assert codes(plan=terms((81, "300.00")), policy=Policy(first_term_days=92)) == []


def test_an_invoice_is_paid_off_by_its_own_last_term_not_by_the_plan_s():
    older, newer = CLAIM, replace(CLAIM, invoice_id=2, number="2026-2", due_date=dt.date(2026, 5, 31))
    plan = terms((50, "300.00"), (75, "300.00"))
    insured = Policy(insurer_extension_days=60, first_term_days=92)
    assert codes([older, newer], plan, insured) == []
    late = terms((50, "299.00"), (75, "301.00"))
    assert codes([older, newer], late, insured) == ["plan-insurer"]


def test_the_vat_date_prescription_and_the_register_each_tell_what_is_lost():
    last = GOOD[-1].due_on
    assert codes([replace(CLAIM, vat_relief_on=last)]) == []
    finding = one([replace(CLAIM, vat_relief_on=last - days(1))])
    assert (finding.refusal.code, finding.refusal.limit) == ("plan-vat", (last - days(1)).isoformat())
    assert "VAT" in finding.lost
    assert codes([replace(CLAIM, prescribes_on=last)]) == []
    soon = [replace(CLAIM, prescribes_on=last - days(1))]
    assert one(soon).refusal.code == "plan-prescription"
    assert one(soon).lost == "the claim"
    assert codes(soon, acknowledged=True) == []
    finding = one([replace(CLAIM, reported_on=ON - days(3))])
    assert (finding.refusal.code, finding.lost) == (
        "plan-register",
        "the report: a new one starts the fourteen days anew",
    )


def test_a_promise_has_its_own_limits_both_sides():
    def refused(claim=CLAIM, amount="300.00", after=14, policy=POLICY):
        verdict = may_promise([claim], Decimal(amount), ON + days(after), policy, ON)
        return [refusal.code for refusal in verdict.refusals]

    assert refused() == refused(after=0) == refused(amount="0.01") == []
    assert refused(after=15) == ["promise-far"]
    assert refused(after=-1) == ["promise-past"]
    assert refused(amount="0.00") == refused(amount="300.01") == ["promise-amount"]
    assert refused(replace(CLAIM, owed=Decimal("0.00"))) == ["promise-nothing"]
    assert refused(replace(CLAIM, insolvent=True)) == ["promise-insolvent"]
    assert refused(replace(CLAIM, in_plan=True)) == ["promise-in-plan"]
    assert refused(replace(CLAIM, promised_until=ON)) == ["promise-running"]
    window = days(POLICY.promise_window_days)
    assert refused(replace(CLAIM, promises=(ON - days(1), ON - window))) == []
    assert refused(replace(CLAIM, promises=(ON - days(1), ON - window + days(1)))) == ["promise-often"]


def test_why_a_promise_may_fail():
    clean = Record(3, 3, ON - days(365), ON)
    asked = {"first_failed": False, "due_on": ON + days(1), "paid": Decimal("0.00"), "on": ON}
    assert at_risk(clean, **asked) == ()
    assert at_risk(replace(clean, judged=4), **asked) == ("broke_before",)
    assert at_risk(clean, **asked | {"first_failed": True}) == ("second_try",)
    assert at_risk(clean, **asked | {"due_on": ON}) == ("last_day",)
    assert at_risk(clean, **asked | {"due_on": ON, "paid": Decimal("1.00")}) == ()


@pytest.mark.parametrize("name", BOUNDS)
def test_a_policy_keeps_within_its_bounds(name):
    least, most = BOUNDS[name]
    for value in (least, most):
        assert getattr(Policy(**{name: value}), name) == value
    for value in (least - 1, most + 1):
        with pytest.raises(ValueError, match=name):
            Policy(**{name: value})


def test_a_move_that_is_not_in_the_table_is_a_bug():
    with pytest.raises(ValueError, match="done cannot end"):
        plan_after("done", "end")
    with pytest.raises(ValueError, match="kept cannot break"):
        promise_after("kept", "break")
    assert {state for state, _ in PLAN_MOVES} == {"asked", "running"}


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)


@given(
    amounts,
    st.integers(1, 36),
    st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
    st.sampled_from([Every.WEEK, Every.MONTH]),
)
def test_equal_terms_add_up_to_the_cent_in_order_and_differ_by_one_cent_at_most(total, count, first, every):
    found = equal_terms(total, count, first, every)
    assert sum(term.amount for term in found) == total
    assert len(found) == count
    assert max(term.amount for term in found) - min(term.amount for term in found) <= Decimal("0.01")
    assert all(later.due_on > earlier.due_on for earlier, later in pairwise(found))
    assert found[0].due_on >= first


@given(st.lists(amounts, min_size=1, max_size=5), st.integers(1, 12))
def test_terms_divide_over_invoices_to_the_cent(owed, count):
    total = sum(owed, Decimal("0.00"))
    asked = [term.amount for term in equal_terms(total, count, ON, Every.WEEK)]
    rows = divided(asked, owed)
    assert [sum(row) for row in rows] == asked
    assert [sum(column) for column in zip(*rows, strict=True)] == owed


def test_more_than_is_owed_cannot_be_divided():
    with pytest.raises(ValueError, match="more than"):
        divided([Decimal("10.01")], [Decimal("10.00")])


def test_a_term_is_whole_from_the_day_it_stays_whole():
    plan = terms((10, "100.00"), (40, "100.00"))
    moved = [(ON, Decimal("100.00")), (ON + days(2), Decimal("-100.00")), (ON + days(5), Decimal("120.00"))]
    first, second = standings(plan, moved)
    assert (first.paid, first.paid_on, second.paid, second.paid_on) == (
        Decimal("100.00"),
        ON + days(5),
        Decimal("20.00"),
        None,
    )
    assert standings(plan, [])[0].open == Decimal("100.00")
    over = standings(plan, [(ON, Decimal("500.00"))])
    assert [term.open for term in over] == [Decimal("0.00"), Decimal("0.00")]
