"""A credit insurance policy's arithmetic: worked examples I1 to I9, boundaries, and what always holds."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.insurance.rules import (
    Duties,
    Payout,
    Policy,
    Shares,
    duties,
    maximum_liability,
    paid_after_loss,
    paid_before_loss,
    payout,
    premium,
    recovery_shares,
)

NINETY = Policy(Decimal(90))
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2)


def euros(text: str) -> Decimal:
    return Decimal(text)


def test_i1_ninety_percent_within_the_limit() -> None:
    assert payout(euros("100000.00"), euros("80000.00"), NINETY) == Payout(
        euros("80000.00"), euros("72000.00"), euros("28000.00")
    )


def test_i2_recoveries_follow_the_loss_each_bore() -> None:
    divided = payout(euros("100000.00"), euros("80000.00"), NINETY)
    assert recovery_shares(euros("20000.00"), divided) == Shares(euros("14400.00"), euros("5600.00"))
    with pytest.raises(ValueError, match="more than it"):
        recovery_shares(euros("100000.01"), divided)


def test_i3_thirty_times_the_premium_at_most() -> None:
    policy = Policy(Decimal(90), maximum_liability_premiums=Decimal(30))
    assert maximum_liability(euros("15000.00"), policy) == euros("450000.00")
    assert maximum_liability(euros("15000.00"), NINETY) is None


def test_i4_the_clock_runs_from_the_original_due_date() -> None:
    policy = Policy(Decimal(90), maximum_extension_days=60, hand_over_days=30)
    assert duties(date(2026, 6, 30), policy) == Duties(
        date(2026, 8, 29), date(2026, 8, 30), date(2026, 9, 28)
    )


def test_i5_the_order_of_first_loss_and_percentage_is_a_term() -> None:
    after = Policy(Decimal(90), first_loss=euros("1000.00"))
    before = Policy(Decimal(90), first_loss=euros("1000.00"), first_loss_before_percent=True)
    assert payout(euros("40000.00"), euros("50000.00"), after).paid == euros("35000.00")
    assert payout(euros("40000.00"), euros("50000.00"), before).paid == euros("35100.00")
    for policy in (after, before):
        assert payout(euros("900.00"), euros("50000.00"), policy) == Payout(
            euros("900.00"), 0, euros("900.00")
        )


def test_i6_below_the_threshold_nothing_is_insured() -> None:
    policy = Policy(Decimal(90), claim_threshold=euros("500.00"))
    assert payout(euros("450.00"), euros("80000.00"), policy) == Payout(0, 0, euros("450.00"))
    assert payout(euros("499.99"), euros("80000.00"), policy).paid == 0
    assert payout(euros("500.00"), euros("80000.00"), policy).paid == euros("450.00")


def test_i7_before_the_loss_the_oldest_due_is_paid_first() -> None:
    invoices = [(date(2026, 1, 1), euros("2000.00")), (date(2026, 2, 1), euros("4000.00"))]
    parts = paid_before_loss(euros("3000.00"), invoices)
    assert parts == [euros("2000.00"), euros("1000.00")]
    assert sum(amount for _, amount in invoices) - sum(parts) == euros("3000.00")
    assert paid_before_loss(euros("3000.00"), invoices[::-1]) == parts[::-1]
    with pytest.raises(ValueError, match=r"^0\.01 of the payment is more than is open"):
        paid_before_loss(euros("6000.01"), invoices)


def test_i8_after_the_loss_in_proportion() -> None:
    assert paid_after_loss(euros("3000.00"), euros("6000.00"), euros("4000.00")) == Shares(
        euros("1800.00"), euros("1200.00")
    )
    with pytest.raises(ValueError, match=r"more than the 10000\.00 that is open"):
        paid_after_loss(euros("10000.01"), euros("6000.00"), euros("4000.00"))


def test_i9_the_minimum_premium() -> None:
    policy = Policy(Decimal(90), premium_percent=euros("0.35"), minimum_premium=euros("5000.00"))
    assert premium(euros("1200000.00"), policy) == euros("5000.00")
    assert premium(euros("1428571.43"), policy) == euros("5000.00")
    assert premium(euros("1430000.00"), policy) == euros("5005.00")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"insured_percent": Decimal("100.01")}, "insured_percent 100.01 is no percentage"),
        ({"premium_percent": Decimal(-1)}, "premium_percent -1 is no percentage"),
        ({"first_loss": Decimal("-0.01")}, "first_loss -0.01 is negative"),
        ({"claim_threshold": Decimal("0.001")}, "claim_threshold 0.001 has a fraction"),
        ({"hand_over_days": -1}, "0 or more"),
    ],
)
def test_terms_out_of_bounds_are_refused(wrong, said) -> None:
    with pytest.raises(ValueError, match=said):
        Policy(**({"insured_percent": Decimal(90)} | wrong))


@given(AMOUNTS, AMOUNTS, st.decimals(0, 100, places=2), AMOUNTS, st.booleans(), AMOUNTS)
def test_the_loss_is_divided_to_the_cent_and_never_over_cover(
    loss, limit, percent, first, before, back
) -> None:
    policy = Policy(percent, first_loss=first, first_loss_before_percent=before)
    divided = payout(loss, limit, policy)
    assert divided.paid + divided.own == loss
    assert 0 <= divided.paid <= min(loss, limit)
    if back <= loss:
        parts = recovery_shares(back, divided)
        assert parts.insured + parts.uninsured == back
        assert parts.insured <= divided.paid
