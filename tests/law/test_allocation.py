"""Payments over several claims: 6:43 and 6:44 BW, examples P6 to P9 of law.md section 3."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.law.allocation import allocate
from inbaar.law.amounts import shares
from inbaar.law.claim import Claim, Payment
from inbaar.law.rates import AgreedRate, Kind

TRADE, NONTRADE = Kind.TRADE, Kind.NONTRADE


def bill(reference: str, amount: str, due: date | None = None, first: date | None = None) -> Claim:
    return Claim(TRADE, Decimal(amount), first, reference=reference, due_date=due)


V3 = Claim(NONTRADE, Decimal("3000.00"), date(2014, 5, 29), costs=Decimal("100.00"), reference="V3")
V1 = Claim(
    NONTRADE, Decimal("1000.00"), date(2015, 5, 6), reference="V1", agreed_rate=AgreedRate(Decimal(2), True)
)
V2 = Claim(TRADE, Decimal("2000.00"), date(2015, 11, 11), costs=Decimal("400.00"), reference="V2")
FIRST = Payment(date(2014, 12, 11), Decimal("1500.00"), "V3")
SECOND = Payment(date(2015, 9, 27), Decimal("2500.00"), "V3")


@pytest.mark.requirement("ASK-03")
def test_p6_only_one_claim_is_due() -> None:
    """The published test counts up to the payment day, exclusive: 197 days from 2014-05-29 to 2014-12-11 included."""
    made = allocate([V1, V2, V3], [FIRST], FIRST.on).allocations[0]
    assert (made.claim_reference, made.costs, made.interest, made.principal) == (
        "V3",
        Decimal("100.00"),
        Decimal("48.58"),
        Decimal("1351.42"),
    )


@pytest.mark.requirement("ASK-03")
def test_p7_the_named_claim_first_and_the_rest_to_the_next() -> None:
    """16.08 of V3 was capitalised on 2015-05-29: the published 1,664.66 of principal is 1,648.58 with that 16.08.

    The published total of 5,542.63 has 4 cents of extra roundings at half-years without a change of rate: 3 up in V1
    (322.20) and 1 down in V2 (5,220.43).
    """
    done = allocate([V1, V2, V3], [FIRST, SECOND], date(2026, 1, 15))
    third, first = done.allocations[1:]
    assert (third.claim_reference, third.amount) == ("V3", Decimal("1675.79"))
    assert (third.interest - third.capitalised, third.capitalised) == (Decimal("11.13"), Decimal("16.08"))
    assert third.principal + third.capitalised == Decimal("1664.66")
    assert (first.claim_reference, first.interest, first.principal) == (
        "V1",
        Decimal("15.89"),
        Decimal("808.32"),
    )
    v1, v2, v3 = done.owed
    assert v3.total == 0
    assert (v1.principal, v1.total) == (Decimal("191.68"), Decimal("322.17"))
    assert (v2.interest, v2.total) == (Decimal("2820.44"), Decimal("5220.44"))
    assert v1.total + v2.total == Decimal("5542.61")


def test_p8_the_debtor_may_say_which() -> None:
    a, b = bill("A", "500.00", date(2026, 5, 1)), bill("B", "300.00", date(2026, 6, 1))
    done = allocate([a, b], [Payment(date(2026, 7, 1), Decimal("300.00"), "B")], date(2026, 7, 1))
    assert [state.total for state in done.owed] == [Decimal("500.00"), 0]


@pytest.mark.parametrize("paid_on", [date(2026, 6, 1), date(2026, 7, 15)])
def test_p9_due_and_oldest_first(paid_on: date) -> None:
    a, b = bill("A", "500.00", date(2026, 5, 1)), bill("B", "500.00", date(2026, 7, 1))
    done = allocate([b, a], [Payment(paid_on, Decimal("600.00"))], paid_on)
    assert [(made.claim_reference, made.amount) for made in done.allocations] == [
        ("A", Decimal("500.00")),
        ("B", Decimal("100.00")),
    ]


def test_due_goes_before_more_onerous() -> None:
    due = Claim(NONTRADE, Decimal("100.00"), date(2026, 5, 2), reference="due")
    later = Claim(TRADE, Decimal("100.00"), date(2026, 8, 2), reference="later")
    made = allocate([later, due], [Payment(date(2026, 7, 31), Decimal("50.00"))], date(2026, 7, 31))
    assert made.allocations[0].claim_reference == "due"
    on_the_day = allocate([later, due], [Payment(date(2026, 8, 2), Decimal("50.00"))], date(2026, 8, 2))
    assert on_the_day.allocations[0].claim_reference == "later"


def test_more_onerous_goes_before_older() -> None:
    older = Claim(NONTRADE, Decimal("100.00"), date(2026, 5, 2), reference="older at 4 percent")
    dearer = Claim(TRADE, Decimal("100.00"), date(2026, 6, 2), reference="younger at 10.40 percent")
    made = allocate([older, dearer], [Payment(date(2026, 7, 31), Decimal("50.00"))], date(2026, 7, 31))
    assert made.allocations[0].claim_reference == "younger at 10.40 percent"


def test_equals_share_in_cents_that_add_up() -> None:
    day = date(2026, 5, 1)
    claims = [bill("A", "100.00", day), bill("B", "200.00", day), bill("C", "0.01", day)]
    done = allocate(claims, [Payment(date(2026, 7, 1), Decimal("100.00"))], date(2026, 7, 1))
    assert [(made.claim_reference, made.amount) for made in done.allocations] == [
        ("A", Decimal("33.33")),
        ("B", Decimal("66.67")),
    ]


def test_each_claim_pays_its_own_costs_first() -> None:
    a = Claim(TRADE, Decimal("100.00"), None, Decimal("40.00"), reference="A", due_date=date(2026, 5, 1))
    b = Claim(TRADE, Decimal("100.00"), None, Decimal("40.00"), reference="B", due_date=date(2026, 6, 1))
    made = allocate([a, b], [Payment(date(2026, 7, 1), Decimal("150.00"))], date(2026, 7, 1)).allocations
    assert [(one.costs, one.principal) for one in made] == [(40, 100), (10, 0)]


def test_what_no_claim_takes_is_left_over() -> None:
    done = allocate(
        [bill("A", "10.00")], [Payment(date(2026, 7, 1), Decimal("15.00"), "A")], date(2026, 7, 1)
    )
    assert (done.owed[0].total, done.unallocated) == (0, Decimal("5.00"))


def test_a_claim_a_payment_does_not_reach_gets_no_break() -> None:
    a = bill("A", "100.00", date(2026, 6, 30), date(2026, 7, 1))
    b = bill("B", "100.00", date(2026, 7, 1), date(2026, 7, 2))
    done = allocate([a, b], [Payment(date(2026, 7, 15), Decimal("10.00"))], date(2026, 7, 31))
    assert [len(state.lines) for state in done.owed] == [2, 1]


def test_wrong_references_are_refused() -> None:
    with pytest.raises(ValueError) as refused:
        allocate([bill("A", "1.00"), bill("A", "2.00")], [], date(2026, 7, 1))
    assert str(refused.value) == "two claims have the reference 'A'; give each claim its own"
    with pytest.raises(ValueError) as refused:
        allocate([bill("A", "1.00")], [Payment(date(2026, 7, 1), Decimal(1), "B")], date(2026, 7, 1))
    assert str(refused.value) == (
        "the payment of 2026-07-01 names 'B', which is no claim here; correct the reference"
    )


CENTS = st.integers(1, 1_000_00).map(lambda cents: Decimal(cents) / 100)


@given(st.integers(0, 100_000), st.lists(st.integers(0, 10_000).map(Decimal), min_size=1, max_size=8))
def test_shares_add_up(cents: int, weights: list[Decimal]) -> None:
    amount = Decimal(cents) / 100
    if not sum(weights):
        with pytest.raises(ValueError, match="add up to nothing"):
            shares(amount, weights)
        return
    parts = shares(amount, weights)
    assert sum(parts) == amount
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if not weight)


@given(
    claims=st.lists(
        st.tuples(st.sampled_from(list(Kind)), CENTS, st.dates(date(2024, 1, 1), date(2026, 6, 30)), CENTS),
        min_size=1,
        max_size=5,
    ),
    payments=st.lists(
        st.tuples(st.dates(date(2024, 1, 1), date(2026, 12, 31)), CENTS, st.integers(0, 9)), max_size=6
    ),
)
def test_allocation_sums_to_the_payments(
    claims: list[tuple[Kind, Decimal, date, Decimal]], payments: list[tuple[date, Decimal, int]]
) -> None:
    opened = [
        Claim(kind, amount, first, costs, reference=str(number))
        for number, (kind, amount, first, costs) in enumerate(claims)
    ]
    made = [
        Payment(on, amount, str(number) if number < len(opened) else None) for on, amount, number in payments
    ]
    done = allocate(opened, made, date(2026, 12, 31))
    allocated = sum((one.amount for one in done.allocations), Decimal(0))
    assert allocated + done.unallocated == sum((payment.amount for payment in made), Decimal(0))
    for claim, state in zip(opened, done.owed, strict=True):
        assert claim.principal + claim.costs + state.interest_accrued - state.paid == state.total
        assert state.total >= 0
