"""The running account: payments in the order of 6:44 BW, worked examples P1 to P7 of law.md section 3."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.law.account import RunningAccount
from inbaar.law.amounts import ZERO
from inbaar.law.claim import Claim, Division, Payment, owed
from inbaar.law.errors import LawNotCovered
from inbaar.law.rates import Kind, statutory_rates

P1 = Claim(Kind.TRADE, Decimal("10000.00"), date(2026, 4, 1), costs=Decimal("875.00"))
PAID = Payment(date(2026, 6, 30), Decimal("3000.00"))


@pytest.mark.requirement("ASK-03")
def test_p1_costs_then_interest_then_principal() -> None:
    """91 days at 10.15 percent over 10,000 is 253.05; 3,000 pays 875 costs, 253.05 interest, 1,871.95 principal."""
    state = owed(P1, [PAID], date(2026, 6, 30))
    made = state.allocations[0]
    assert (made.costs, made.interest, made.principal) == (
        Decimal("875.00"),
        Decimal("253.05"),
        Decimal("1871.95"),
    )
    assert (state.principal, state.interest, state.costs) == (Decimal("8128.05"), 0, 0)
    assert state.total == Decimal("8128.05")
    assert state.paid == Decimal("3000.00")


def test_p2_pay_off() -> None:
    state = owed(P1, [PAID], date(2026, 8, 31))
    assert state.lines[-1].days == 62
    assert state.interest == Decimal("143.59")
    assert state.total == Decimal("8271.64")
    paid_off = owed(P1, [PAID, Payment(date(2026, 8, 31), Decimal("8271.64"))], date(2026, 12, 31))
    assert (paid_off.total, paid_off.overpaid) == (0, 0)
    assert paid_off.lines == state.lines


@pytest.mark.requirement("ASK-03")
def test_interest_stays_when_only_the_principal_is_paid() -> None:
    """Paying 8,128.05 (the principal) a month later leaves interest standing: part of the principal stays open."""
    state = owed(P1, [PAID, Payment(date(2026, 7, 30), Decimal("8128.05"))], date(2026, 7, 30))
    assert state.allocations[1].interest == Decimal("69.48")
    assert state.total == state.principal == Decimal("69.48")


@pytest.mark.parametrize(
    ("name", "principal", "interest", "costs", "payment", "expected", "left"),
    [
        ("P3", "5000.00", "600.00", "875.00", "2000.00", ("875.00", "600.00", "525.00"), "4475.00"),
        ("P4", "1000.00", "25.00", "150.00", "100.00", ("100.00", "0", "0"), "1075.00"),
        ("P5", "1000.00", "25.00", "150.00", "160.00", ("150.00", "10.00", "0"), "1015.00"),
    ],
)
def test_order_within_one_claim(
    name: str, principal: str, interest: str, costs: str, payment: str, expected: tuple[str, ...], left: str
) -> None:
    account = RunningAccount(Decimal(principal), None, statutory_rates(Kind.TRADE), costs=Decimal(costs))
    account.accrued = Decimal(interest)
    made = account.pay(Decimal(payment), date(2026, 6, 30))
    assert (made.costs, made.interest, made.principal) == tuple(Decimal(part) for part in expected), name
    assert account.total_owed(date(2026, 6, 30)) == Decimal(left)


def test_the_anniversary_stays_that_of_the_original_default() -> None:
    claim = Claim(Kind.TRADE, Decimal("5000.00"), date(2024, 2, 1))
    state = owed(claim, [Payment(date(2024, 9, 15), Decimal("1000.00"))], date(2025, 3, 1))
    assert [line.from_date for line in state.lines] == [
        date(2024, 2, 1),
        date(2024, 7, 1),
        date(2024, 9, 16),
        date(2025, 1, 1),
        date(2025, 2, 1),
    ]


def test_capitalised_interest_is_paid_after_running_interest_and_before_the_principal() -> None:
    """2,000 from 2024-01-01: 248.17 in 2024 joins the base; by 2025-06-30 (181 days at 11.15) 124.31 more runs.

    A payment of 300 meets 124.31 running, then 175.69 of the capitalised interest; the principal stays 2,000.
    """
    claim = Claim(Kind.TRADE, Decimal("2000.00"), date(2024, 1, 1))
    state = owed(claim, [Payment(date(2025, 6, 30), Decimal("300.00"))], date(2025, 7, 1))
    made = state.allocations[0]
    assert state.lines[2].base == Decimal("2248.17")
    assert (made.interest, made.capitalised, made.principal) == (Decimal("300.00"), Decimal("175.69"), 0)
    assert state.principal == Decimal("2000.00")
    assert state.lines[-1].base == Decimal("2072.48")


def test_a_payment_on_the_last_day_of_the_year_meets_the_interest_before_it_is_capitalised() -> None:
    claim = Claim(Kind.TRADE, Decimal("25000.00"), date(2024, 1, 1))
    state = owed(claim, [Payment(date(2024, 12, 31), Decimal("3102.06"))], date(2025, 1, 1))
    assert state.lines[-1].base == Decimal("25000.00")
    assert state.allocations[0].capitalised == 0
    day_later = owed(claim, [Payment(date(2025, 1, 1), Decimal("3102.06"))], date(2025, 1, 2))
    assert day_later.lines[-2].base == Decimal("28102.06")
    assert day_later.allocations[0].capitalised == Decimal("3093.48")
    assert day_later.lines[-1].base == Decimal("25008.58")


def test_a_payment_before_due_lowers_the_principal_without_interest() -> None:
    claim = Claim(Kind.TRADE, Decimal("1000.00"), date(2026, 7, 1), costs=Decimal("40.00"))
    state = owed(claim, [Payment(date(2026, 6, 30), Decimal("400.00"))], date(2026, 7, 1))
    assert (state.allocations[0].costs, state.allocations[0].principal) == (0, Decimal("400.00"))
    assert (state.principal, state.interest, state.costs) == (
        Decimal("600.00"),
        Decimal("0.17"),
        Decimal("40.00"),
    )


def test_costs_count_from_their_own_day() -> None:
    claim = Claim(
        Kind.NONTRADE,
        Decimal("1000.00"),
        date(2026, 1, 1),
        Decimal("150.00"),
        costs_due_from=date(2026, 2, 1),
    )
    assert owed(claim, [], date(2026, 1, 31)).costs == 0
    assert owed(claim, [], date(2026, 2, 1)).costs == Decimal("150.00")


def test_interest_stops_on_the_day_of_bankruptcy() -> None:
    claim = Claim(Kind.TRADE, Decimal("1000.00"), date(2026, 7, 1), interest_stops_on=date(2026, 7, 11))
    state = owed(claim, [], date(2026, 12, 1))
    assert state.lines[-1].to_date == date(2026, 7, 10)
    assert state.interest == Decimal("2.85")
    assert owed(claim, [], date(2027, 6, 1)).interest == Decimal("2.85")


def test_without_default_no_interest_runs() -> None:
    state = owed(Claim(Kind.NONTRADE, Decimal("1000.00"), None), [], date(2030, 1, 1))
    assert (state.total, state.lines) == (Decimal("1000.00"), ())


def test_overpayment_is_said() -> None:
    state = owed(P1, [Payment(date(2026, 6, 30), Decimal("20000.00"))], date(2026, 7, 31))
    assert (state.total, state.overpaid) == (0, Decimal("8871.95"))
    assert state.paid + state.overpaid == Decimal("20000.00")


def test_payments_after_the_day_do_not_count() -> None:
    assert owed(P1, [PAID], date(2026, 6, 29)).paid == 0
    assert owed(P1, [PAID], date(2026, 6, 30)).paid == Decimal("3000.00")


def test_a_paid_claim_asks_no_rate_after_the_cover() -> None:
    paid = Payment(date(2026, 8, 31), Decimal("8271.64"))
    assert owed(P1, [PAID, paid], date(2027, 6, 1)).total == 0
    with pytest.raises(LawNotCovered):
        owed(P1, [PAID], date(2027, 6, 1))


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (Decimal("-1"), "principal -1 is negative; give an amount of 0 or more"),
        (Decimal("1.005"), "principal 1.005 has a fraction of a cent; round it first"),
        (1.0, "principal 1.0 is not a Decimal; amounts of money are Decimal"),
        (Decimal("NaN"), "principal Decimal('NaN') is not a Decimal; amounts of money are Decimal"),
        (
            Decimal("10000000000000.00"),
            "principal 10000000000000.00 is above 9999999999999.99, the most that is reckoned with; divide it",
        ),
        (
            Decimal("1E+40"),
            "principal 1E+40 is above 9999999999999.99, the most that is reckoned with; divide it",
        ),
    ],
)
def test_amounts_are_decimals_in_cents(amount: Decimal, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        Claim(Kind.TRADE, amount, None)
    assert str(refused.value) == message
    with pytest.raises(ValueError, match="leave it out"):
        Payment(date(2026, 1, 1), Decimal("0.00"))


def test_the_largest_amount_is_exact_to_the_cent() -> None:
    """A day at 10.15 percent over 9,999,999,999,999.99 is 2,780,821,917.8082...: no digit is lost before rounding."""
    claim = Claim(Kind.TRADE, Decimal("9999999999999.99"), date(2026, 6, 30))
    assert owed(claim, [], date(2026, 6, 30)).interest == Decimal("2780821917.81")


CENTS = st.integers(1, 10_000_00).map(lambda cents: Decimal(cents) / 100)
PAYMENTS = st.lists(st.builds(Payment, st.dates(date(2020, 1, 1), date(2026, 12, 31)), CENTS), max_size=6)


@given(
    principal=CENTS,
    costs=CENTS,
    payments=PAYMENTS,
    first_day=st.dates(date(2020, 1, 1), date(2026, 6, 30)),
    kind=st.sampled_from(list(Kind)),
)
def test_every_cent_of_a_payment_is_allocated_or_left_over(
    principal: Decimal, costs: Decimal, payments: list[Payment], first_day: date, kind: Kind
) -> None:
    claim = Claim(kind, principal, first_day, costs=costs)
    state = owed(claim, payments, date(2026, 12, 31))
    for made in state.allocations:
        assert made.costs + made.interest + made.principal == made.amount
    assert state.paid + state.overpaid == sum((payment.amount for payment in payments), Decimal(0))
    assert state.principal + state.interest + state.costs == state.total
    assert principal + costs + state.interest_accrued - state.paid == state.total
    assert min(state.principal, state.interest, state.costs, state.overpaid) >= 0


def test_money_taken_back_is_owed_again_from_its_day_and_bears_no_interest_over_the_days_it_was_here() -> (
    None
):
    """Paid on 1 May and taken back on 1 June: interest runs over April and from 1 June on, not over May."""
    claim = Claim(Kind.TRADE, Decimal("1000.00"), date(2026, 4, 1))
    paid = Payment(date(2026, 5, 1), Decimal("1000.00"), booked=Division(ZERO, ZERO, Decimal("1000.00")))
    back = Payment(date(2026, 6, 1), Decimal("-1000.00"), booked=Division(ZERO, ZERO, Decimal("-1000.00")))
    left = owed(claim, [paid, back], date(2026, 6, 30))
    assert left.principal == Decimal("1000.00")
    assert [(line.from_date, line.to_date) for line in left.lines] == [
        (date(2026, 4, 1), date(2026, 5, 1)),
        (date(2026, 6, 2), date(2026, 6, 30)),
    ]


def test_only_what_was_booked_can_be_below_zero() -> None:
    with pytest.raises(ValueError, match="payment -1 is negative"):
        Payment(date(2026, 5, 1), Decimal(-1))
