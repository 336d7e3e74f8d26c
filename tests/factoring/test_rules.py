"""A factoring contract's arithmetic: worked examples F1 to F6, boundaries, and what always holds."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.factoring.rules import (
    Fee,
    Terms,
    advance,
    availability,
    charged_back,
    discount,
    over_advance,
    paid_out_at_once,
    recourse_on,
    service_fee,
    settled,
)
from inbaar.law.errors import LawNotCovered

ON = date(2026, 11, 22)
DAY = date(2026, 1, 1)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2)
PERCENTS = st.decimals(0, 100, places=2)


def euros(text: str) -> Decimal:
    return Decimal(text)


def test_f1_a_fee_of_three_percent_of_the_amount_with_vat() -> None:
    terms = Terms(fee_percent=euros("3"))
    assert service_fee(euros("3025.00"), terms, ON) == Fee(euros("90.75"), euros("19.06"))
    assert service_fee(euros("3025.00"), terms, ON).total == euros("109.81")
    assert paid_out_at_once(euros("3025.00"), terms, ON) == euros("2915.19")


def test_f2_advance_fee_and_discount_of_45_days_then_the_reserve() -> None:
    """42,500 x 6% x 45 / 360 = 318.75; the reserve of 7,500 less 211.75 of fee and 318.75 of discount."""
    terms = Terms(euros("85"), euros("0.35"), euros("6"), 360)
    done = settled(euros("50000.00"), DAY, DAY + timedelta(days=45), terms)
    assert (done.advance, done.reserve) == (euros("42500.00"), euros("7500.00"))
    assert done.fee == Fee(euros("175.00"), euros("36.75"))
    assert (done.discount, done.released) == (euros("318.75"), euros("6969.50"))


def test_a_year_of_365_days_makes_the_discount_cheaper() -> None:
    """42,500 x 6% x 45 / 365 = 314.38."""
    terms = Terms(discount_percent_per_year=euros("6"), discount_year_days=365)
    assert discount(euros("42500.00"), DAY, DAY + timedelta(days=45), terms) == euros("314.38")


def test_f3_a_credit_note_leaves_an_over_advance() -> None:
    terms = Terms(euros("80"))
    assert advance(euros("8800.00"), terms) == euros("7040.00")
    assert over_advance(euros("10000.00"), euros("1200.00"), euros("8000.00"), terms) == euros("960.00")
    assert over_advance(euros("10000.00"), euros("0.00"), euros("8000.00"), terms) == 0


def test_f4_one_debtor_counts_for_at_most_his_share() -> None:
    terms = Terms(euros("80"), concentration_percent=euros("30"))
    ledger = {"A": euros("90000.00"), "B": euros("60000.00"), "C": euros("50000.00")}
    found = availability(ledger, euros("0.00"), terms)
    assert (found.eligible, found.over_concentration) == (euros("170000.00"), euros("30000.00"))
    assert found.available == euros("136000.00")
    assert availability(ledger, euros("130000.00"), terms).available == euros("6000.00")
    assert availability(ledger, euros("136000.01"), terms).available == 0


def test_f4_both_sides_of_the_share() -> None:
    terms = Terms(euros("80"), concentration_percent=euros("30"))
    at = {"A": euros("30.00"), "B": euros("30.00"), "C": euros("20.00"), "D": euros("20.00")}
    assert availability(at, euros("0.00"), terms).over_concentration == 0
    over = at | {"A": euros("30.01"), "D": euros("19.99")}
    assert availability(over, euros("0.00"), terms).over_concentration == euros("0.01")


def test_f5_bought_in_full_without_a_reserve() -> None:
    terms = Terms(fee_percent=euros("3"))
    assert service_fee(euros("12100.00"), terms, ON) == Fee(euros("363.00"), euros("76.23"))
    assert paid_out_at_once(euros("12100.00"), terms, ON) == euros("11660.77")


def test_f6_on_recourse_the_advance_less_what_was_paid() -> None:
    """6,800 for 30 days and 4,800 for 60 at 6% a year of 360 days: 34.00 and 48.00."""
    terms = Terms(euros("85"), discount_percent_per_year=euros("6"), recourse_after_days=90)
    assert advance(euros("8000.00"), terms) == euros("6800.00")
    assert charged_back(euros("6800.00"), euros("2000.00")) == euros("4800.00")
    assert charged_back(euros("6800.00"), euros("7000.00")) == 0
    due, back = date(2026, 6, 30), date(2026, 9, 28)
    assert recourse_on(due, terms) == back
    repaid = [(due + timedelta(days=30), euros("2000.00"))]
    assert discount(euros("6800.00"), due, back, terms, repaid) == euros("82.00")
    assert recourse_on(due, Terms()) is None


def test_the_day_of_payment_bears_no_discount_and_a_payment_counts_from_its_day() -> None:
    terms = Terms(discount_percent_per_year=euros("36"), discount_year_days=360)
    bought, next_day = date(2026, 5, 1), date(2026, 5, 2)
    assert discount(euros("1000.00"), bought, bought, terms) == 0
    assert discount(euros("1000.00"), bought, next_day, terms) == euros("1.00")
    assert discount(euros("1000.00"), bought, next_day, terms, [(bought, euros("500.00"))]) == euros("0.50")
    assert discount(euros("1000.00"), bought, next_day, terms, [(next_day, euros("500.00"))]) == euros("1.00")


def test_too_little_collected_leaves_the_client_owing() -> None:
    terms = Terms(euros("80"))
    assert settled(euros("1000.00"), DAY, DAY, terms, euros("700.00")).released == euros("-100.00")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"advance_percent": Decimal("100.01")}, "advance_percent 100.01 is no percentage"),
        ({"fee_percent": Decimal("-0.01")}, "fee_percent -0.01 is no percentage"),
        ({"concentration_percent": Decimal(101)}, "concentration_percent 101 is no percentage"),
        ({"discount_year_days": 366}, "366 days is not used"),
        ({"recourse_after_days": -1}, "lies before it"),
    ],
)
def test_terms_out_of_bounds_are_refused(wrong, said) -> None:
    with pytest.raises(ValueError, match=said):
        Terms(**wrong)


def test_amounts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="more than there is"):
        over_advance(euros("100.00"), euros("100.01"), euros("80.00"), Terms())
    with pytest.raises(ValueError, match="the rest belongs to another claim"):
        settled(euros("100.00"), DAY, DAY, Terms(), euros("100.01"))
    with pytest.raises(ValueError, match="lies before 2026-01-01"):
        discount(euros("100.00"), DAY, DAY - timedelta(days=1), Terms())
    with pytest.raises(ValueError, match=r"invoice -1\.00 is negative"):
        service_fee(euros("-1.00"), Terms(), ON)


def test_no_rate_of_vat_is_guessed() -> None:
    with pytest.raises(LawNotCovered):
        service_fee(euros("100.00"), Terms(fee_percent=euros("3")), date(2027, 1, 1))


@given(AMOUNTS, PERCENTS, PERCENTS, PERCENTS, st.integers(0, 400))
def test_what_came_in_goes_out_to_the_cent(amount, share, fee, rate, days) -> None:
    done = settled(amount, DAY, DAY + timedelta(days=days), Terms(share, fee, rate))
    assert done.advance + done.reserve == amount
    assert done.advance + done.fee.total + done.discount + done.released == amount


@given(st.dictionaries(st.text(min_size=1), AMOUNTS, max_size=8), AMOUNTS, PERCENTS, PERCENTS)
def test_never_more_than_the_ledger_can_be_drawn(ledger, drawn, share, most) -> None:
    terms = Terms(share, concentration_percent=most)
    found = availability(ledger, drawn, terms)
    assert found.eligible + found.over_concentration == sum(ledger.values(), Decimal(0))
    assert 0 <= found.available <= found.eligible
