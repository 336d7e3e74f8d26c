"""What a policy may say: every rule from both sides, and which step of its lane a claim is at. No database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.dunning.policy import DEFAULT_POLICY, Policy, problems
from inbaar.dunning.policy_steps import (
    Action,
    Channel,
    Moment,
    PolicyStep,
    Term,
    Tone,
    keyed,
)
from inbaar.dunning.rules import REMINDED, WAITING, Standing, next_step
from inbaar.kit.errors import Refused
from inbaar.parties.rules import Capacity

BUSINESS = frozenset({Capacity.BUSINESS, Capacity.GOVERNMENT})
CONSUMER = frozenset({Capacity.CONSUMER})
REMIND = PolicyStep(Action.REMINDER, 1, term=Term.CALENDAR_DAYS, term_days=7, capacities=BUSINESS)
NOTICE = PolicyStep(Action.FORMAL_NOTICE, 14, term=Term.WORKING_DAYS, term_days=5, capacities=BUSINESS)
END = PolicyStep(Action.HAND_OVER, 0, Moment.PREVIOUS, Channel.NONE, capacities=BUSINESS)
COURTESY = PolicyStep(Action.COURTESY_NOTICE, -5, capacities=BUSINESS)
CALL = PolicyStep(Action.CALL, 3, channel=Channel.PHONE, capacities=BUSINESS)
LETTER14 = PolicyStep(Action.FOURTEEN_DAY, 14, term=Term.STATUTORY, capacities=CONSUMER)
FIRST = replace(REMIND, capacities=CONSUMER, term_days=14)


def codes(*steps):
    return {refusal.code for refusal in problems(steps)}


@pytest.mark.parametrize(
    "steps",
    [
        (REMIND,),
        (REMIND, NOTICE, END),
        (COURTESY, REMIND, CALL, replace(REMIND, days=9, tone=Tone.FIRM), NOTICE, END),
        (COURTESY, replace(COURTESY, days=-1), REMIND),
        (FIRST, LETTER14),
        DEFAULT_POLICY.steps,
        (replace(REMIND, capacities=BUSINESS | CONSUMER), NOTICE, LETTER14),
        (
            REMIND,
            replace(CALL, after=Moment.PREVIOUS, days=0),
            replace(NOTICE, after=Moment.PREVIOUS, days=14),
        ),
        (
            replace(REMIND, least_open=Decimal("0.00"), most_open=Decimal("100.00")),
            replace(REMIND, abroad=True),
        ),
    ],
)
def test_what_keeps_the_rules_is_a_policy(steps):
    assert codes(*steps) == set()
    assert Policy(steps).steps == steps


@pytest.mark.requirement("DUN-04")
@pytest.mark.requirement("DUN-09")
@pytest.mark.requirement("DUN-10")
@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((), "policy-steps"),
        ((REMIND,) * 21, "policy-steps"),
        ((replace(REMIND, capacities=frozenset()),), "policy-nobody"),
        ((replace(REMIND, days=366),), "policy-days"),
        ((replace(COURTESY, days=-61),), "policy-days"),
        ((replace(COURTESY, days=0),), "policy-courtesy-late"),
        ((REMIND, replace(COURTESY, after=Moment.PREVIOUS, days=1)), "policy-courtesy-late"),
        ((replace(REMIND, days=0),), "policy-early"),
        ((REMIND, replace(NOTICE, after=Moment.PREVIOUS, days=-1)), "policy-backwards"),
        ((REMIND, replace(NOTICE, term_days=6)), "policy-notice-term"),
        ((REMIND, replace(NOTICE, term_days=0)), "policy-notice-term"),
        ((REMIND, replace(NOTICE, term=Term.CALENDAR_DAYS)), "policy-notice-term"),
        ((FIRST, replace(LETTER14, term=Term.CALENDAR_DAYS, term_days=14)), "policy-fourteen-days"),
        ((replace(REMIND, term=Term.NONE),), "policy-term"),
        ((replace(REMIND, term_days=61),), "policy-term"),
        ((replace(FIRST, term_days=6),), "policy-consumer-term"),
        ((replace(CALL, term=Term.CALENDAR_DAYS, term_days=3),), "policy-no-term"),
        ((replace(CALL, channel=Channel.POST),), "policy-channel"),
        ((replace(REMIND, channel=Channel.PHONE),), "policy-channel"),
        ((REMIND, replace(NOTICE, tone=Tone.FIRM)), "policy-tone"),
        ((replace(REMIND, least_open=Decimal("-0.01")),), "policy-amounts"),
        ((replace(REMIND, least_open=Decimal("2.00"), most_open=Decimal("1.99")),), "policy-amounts"),
        ((NOTICE,), "policy-notice-first"),
        ((REMIND, NOTICE, replace(NOTICE, days=20)), "policy-two-notices"),
        ((REMIND, END), "policy-hand-over-first"),
        ((REMIND, NOTICE, END, replace(CALL, days=60)), "policy-after-end"),
        ((REMIND, NOTICE, replace(REMIND, days=20)), "policy-milder"),
        ((REMIND, COURTESY), "policy-milder"),
        ((REMIND, replace(NOTICE, capacities=CONSUMER)), "policy-notice-to-consumer"),
        ((REMIND, replace(LETTER14, capacities=BUSINESS)), "policy-fourteen-to-business"),
        ((replace(REMIND, after=Moment.PREVIOUS),), "policy-no-previous"),
        ((COURTESY, replace(REMIND, after=Moment.PREVIOUS)), "policy-no-previous"),
        ((replace(REMIND, days=9), replace(REMIND, days=8)), "policy-order"),
    ],
)
def test_what_breaks_a_rule_is_no_policy(steps, code):
    assert code in codes(*steps)
    with pytest.raises(Refused):
        Policy(steps)


def test_a_reminder_before_the_notice_counts_for_its_own_capacity_only():
    assert "policy-notice-first" in codes(FIRST, NOTICE)


def test_every_broken_rule_is_told_once():
    wrong = (replace(NOTICE, term_days=9, channel=Channel.PHONE),)
    assert codes(*wrong) == {"policy-notice-term", "policy-channel", "policy-notice-first"}
    assert len(problems(wrong)) == 4  # the reminder lacks for a business and for a government


def lane(*steps):
    return Policy(steps).lane(Capacity.BUSINESS)


def after(its, last, stage=WAITING, **facts):
    step = next_step(Standing(stage, Capacity.BUSINESS, True, True, last=last, **facts), its)
    return step.key if step else None


def test_a_lane_names_its_steps_by_what_they_do_and_which_time_it_is():
    steps = keyed([COURTESY, REMIND, CALL, REMIND, CALL, NOTICE])
    assert [step.key for step in steps] == [
        "courtesy_notice", "reminder", "call", "reminder-2", "call-2", "formal_notice",
    ]  # fmt: skip
    assert [step.key for step in DEFAULT_POLICY.lane(Capacity.CONSUMER).steps] == [
        "reminder", "fourteen_day_letter", "hand_over",
    ]  # fmt: skip


def test_a_claim_goes_on_after_its_last_step():
    its = lane(COURTESY, REMIND, CALL, replace(REMIND, days=9), NOTICE, END)
    assert after(its, "", before_due=True) == "courtesy_notice"
    # What could only be said before the due date is passed over after it.
    assert after(its, "") == "reminder"
    assert after(its, "reminder", REMINDED) == "call"
    assert after(its, "call", REMINDED) == "reminder-2"
    assert after(its, "reminder-2", REMINDED) == "formal_notice"
    assert after(its, "formal_notice", "noticed") == "hand_over"
    assert after(its, "hand_over", "handed_over") is None


def test_a_step_the_policy_no_longer_has_leads_on_to_nothing_milder():
    its = lane(COURTESY, REMIND, NOTICE, END)
    assert after(its, "reminder-3", REMINDED) == "formal_notice"
    assert after(its, "call", REMINDED) == "formal_notice"
    # The notice for consumers, of one who is a business now: what follows a notice.
    assert after(its, "fourteen_day_letter", "noticed") == "hand_over"


def test_no_notice_without_a_reminder_also_where_the_reminder_had_a_condition():
    its = lane(replace(REMIND, least_open=Decimal("50.00")), NOTICE, END)
    small = its.amount_class(Decimal("49.99"))
    assert after(its, "", amount_class=small) is None
    assert after(its, "", amount_class=its.amount_class(Decimal("50.00"))) == "reminder"


@pytest.mark.parametrize(
    ("amount", "met"),
    [("9.99", False), ("10.00", True), ("10.01", True), ("99.99", True), ("100.00", True), ("100.01", False)],
)
def test_the_amounts_of_a_condition_are_both_included(amount, met):
    its = lane(
        replace(REMIND, least_open=Decimal("10.00"), most_open=Decimal("100.00")),
        replace(REMIND, days=2, least_open=Decimal("50.00")),
    )
    assert its.meets_amount(its.steps[0], its.amount_class(Decimal(amount))) is met


def test_a_step_for_debtors_abroad_is_for_them():
    its = lane(replace(REMIND, abroad=True, term_days=14), replace(REMIND, abroad=False))
    assert after(its, "", abroad=True) == "reminder"
    assert after(its, "") == "reminder-2"
