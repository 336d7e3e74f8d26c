"""The vectorised path gives to the cent what the explaining path gives, for any claims, payments and days."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inbaar.law.bulk import (
    KINDS,
    MAX_CENTS,
    ClaimNotCovered,
    PaymentColumns,
    collection_costs_columns,
    kind_codes,
    owed_columns,
)
from inbaar.law.claim import Claim, Payment, owed
from inbaar.law.costs import collection_costs
from inbaar.law.daycount import DayCount
from inbaar.law.errors import LawNotCovered
from inbaar.law.rates import Kind
from tests.law.examples import INTEREST_EXAMPLES

ON = date(2026, 11, 22)
FIRST, LAST = date(2003, 1, 1), date(2026, 12, 31)
LEAP_DAYS = st.sampled_from([date(year, 2, 29) for year in range(2004, 2025, 4)])
ANY_DAY = st.one_of(st.dates(FIRST, LAST), LEAP_DAYS)
CENTS = st.one_of(st.integers(0, 1_000_000), st.integers(0, MAX_CENTS))
SMALL_CENTS = st.integers(1, 600_000)


@dataclass(frozen=True)
class Case:
    kind: Kind
    principal: int
    first_day: date | None
    until: date
    costs: int
    costs_from: date | None
    stops_on: date | None
    payments: tuple[tuple[date, int], ...]


CASES = st.builds(
    Case,
    kind=st.sampled_from(list(Kind)),
    principal=CENTS,
    first_day=st.one_of(ANY_DAY, st.none()),
    until=ANY_DAY,
    costs=st.one_of(st.just(0), st.integers(0, 100_000)),
    costs_from=st.one_of(st.none(), ANY_DAY),
    stops_on=st.one_of(st.none(), ANY_DAY),
    payments=st.lists(st.tuples(ANY_DAY, SMALL_CENTS), max_size=5).map(tuple),
)


def in_columns(cases: list[Case], day_count: DayCount) -> list[tuple[int, ...]]:
    made = [(place, day, cents) for place, case in enumerate(cases) for day, cents in case.payments]
    found = owed_columns(
        kind_codes([case.kind for case in cases]),
        np.array([case.principal for case in cases], np.int64),
        np.array([case.first_day for case in cases], "M8[D]"),
        np.array([case.until for case in cases], "M8[D]"),
        costs_cents=np.array([case.costs for case in cases], np.int64),
        costs_due_from=np.array([case.costs_from for case in cases], "M8[D]"),
        interest_stops_on=np.array([case.stops_on for case in cases], "M8[D]"),
        payments=PaymentColumns(
            np.array([place for place, _, _ in made], np.int64),
            np.array([day for _, day, _ in made], "M8[D]"),
            np.array([cents for _, _, cents in made], np.int64),
        ),
        day_count=day_count,
    )
    columns = (found.principal, found.interest, found.costs, found.total)
    more = (found.interest_accrued, found.paid, found.overpaid)
    return [tuple(int(column[place]) for column in columns + more) for place in range(len(cases))]


def one_by_one(case: Case, day_count: DayCount) -> tuple[int, ...]:
    claim = Claim(
        case.kind,
        Decimal(case.principal).scaleb(-2),
        case.first_day,
        Decimal(case.costs).scaleb(-2),
        costs_due_from=case.costs_from,
        interest_stops_on=case.stops_on,
    )
    payments = [Payment(day, Decimal(cents).scaleb(-2)) for day, cents in case.payments]
    state = owed(claim, payments, case.until, day_count=day_count)
    amounts = (state.principal, state.interest, state.costs, state.total)
    more = (state.interest_accrued, state.paid, state.overpaid)
    return tuple(int(amount * 100) for amount in amounts + more)


LEAP_YEAR = Case(
    Kind.TRADE,
    1_000_000,
    date(2020, 2, 29),
    ON,
    4_000,
    None,
    None,
    (
        (date(2021, 2, 27), 100),
        (date(2021, 2, 28), 100),
        (date(2024, 2, 28), 50),
        (date(2024, 2, 28), 700_000),
    ),
)


@settings(max_examples=300)
@given(st.lists(CASES, min_size=1, max_size=12), st.sampled_from(list(DayCount)))
@example([LEAP_YEAR], DayCount.ACT_365F)
@example([LEAP_YEAR], DayCount.ACT_ACT)
def test_columns_equal_the_explaining_path_to_the_cent(cases: list[Case], day_count: DayCount) -> None:
    assert in_columns(cases, day_count) == [one_by_one(case, day_count) for case in cases]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(list(Kind)), CENTS, ANY_DAY), min_size=1, max_size=40))
def test_without_payments_too(cases: list[tuple[Kind, int, date]]) -> None:
    found = owed_columns(
        kind_codes([kind for kind, _, _ in cases]),
        np.array([cents for _, cents, _ in cases]),
        np.array([day for _, _, day in cases], "M8[D]"),
        ON,
    )
    for place, (kind, cents, day) in enumerate(cases):
        state = owed(Claim(kind, Decimal(cents).scaleb(-2), day), (), ON)
        assert (int(found.interest[place]), int(found.total[place])) == (
            int(state.interest * 100),
            int(state.total * 100),
        )


@pytest.mark.parametrize("day_count", DayCount)
def test_the_worked_examples_in_columns(day_count: DayCount) -> None:
    found = owed_columns(
        kind_codes([example.kind for example in INTEREST_EXAMPLES]),
        [int(example.principal * 100) for example in INTEREST_EXAMPLES],
        np.array([example.first_day for example in INTEREST_EXAMPLES], dtype="M8[D]"),
        np.array([example.paid_on for example in INTEREST_EXAMPLES], dtype="M8[D]"),
        day_count=day_count,
    )
    act_act = day_count is DayCount.ACT_ACT
    expected = [example.act_act if act_act else example.act_365f for example in INTEREST_EXAMPLES]
    assert [Decimal(int(cents)) / 100 for cents in found.interest] == expected


SAME_DAYS = st.builds(
    Case,
    kind=st.sampled_from(list(Kind)),
    principal=st.integers(0, 5_000_000),
    first_day=st.sampled_from([date(2023, 6, 30), date(2024, 2, 29), date(2024, 3, 1), None]),
    until=st.just(ON),
    costs=st.just(0),
    costs_from=st.none(),
    stops_on=st.just(None),
    payments=st.one_of(
        st.just(()), st.lists(st.tuples(st.dates(date(2023, 6, 1), ON), SMALL_CENTS), max_size=2).map(tuple)
    ),
)


@settings(max_examples=60)
@given(st.lists(SAME_DAYS, min_size=1, max_size=8), st.integers(70, 200), st.sampled_from(list(DayCount)))
def test_claims_of_the_same_days_share_them_but_not_their_amounts(
    cases: list[Case], more: int, day_count: DayCount
) -> None:
    # So many of one pair of days that walking them together pays; each with an amount of its own.
    many = [Case(Kind.TRADE, 9_973 * n, date(2024, 3, 1), ON, 0, None, None, ()) for n in range(more)]
    shared = [*many, *cases, *many]
    assert in_columns(shared, day_count) == [one_by_one(case, day_count) for case in shared]


def test_an_uncovered_claim_is_found_among_many_of_the_same_days() -> None:
    # The rate of trade claims begins on 2002-12-01; where nothing is owed, no rate is needed.
    first_day = np.repeat(np.array(["2002-12-02", "2002-11-30"], "M8[D]"), 100)
    cents = np.repeat([100, 0], 100)
    assert owed_columns(Kind.TRADE, cents, first_day, date(2003, 6, 1)).principal.sum() == 10_000
    cents[150] = 1
    with pytest.raises(ClaimNotCovered) as refused:
        owed_columns(Kind.TRADE, cents, first_day, date(2003, 6, 1))
    assert refused.value.place == 150


def test_every_first_day_of_25_years() -> None:
    days = [FIRST + timedelta(days=number) for number in range(0, (ON - FIRST).days, 7)]
    for kind in Kind:
        found = owed_columns(kind, np.full(len(days), 123_456), np.array(days, "M8[D]"), ON)
        for place in range(0, len(days), 11):
            state = owed(Claim(kind, Decimal("1234.56"), days[place]), (), ON)
            assert int(found.interest[place]) == int(state.interest * 100)


def test_old_non_trade_claims() -> None:
    first_day = date(1976, 4, 1)
    found = owed_columns(Kind.NONTRADE, [MAX_CENTS], [np.datetime64(first_day)], LAST)
    state = owed(Claim(Kind.NONTRADE, Decimal(MAX_CENTS).scaleb(-2), first_day), (), LAST)
    assert int(found.interest[0]) == int(state.interest * 100)


@pytest.mark.parametrize(
    ("first_day", "until"),
    [(date(2002, 11, 30), ON), (date(2026, 12, 31), date(2027, 1, 1)), (date(1960, 1, 1), date(1960, 2, 1))],
)
def test_uncovered_claims_are_refused_with_their_place(first_day: date, until: date) -> None:
    good = date(2026, 7, 1)
    with pytest.raises(ClaimNotCovered) as refused:
        owed_columns(
            Kind.TRADE,
            [100, 100],
            np.array([good, first_day], "M8[D]"),
            np.array([good, until], "M8[D]"),
        )
    with pytest.raises(LawNotCovered) as explained:
        owed(Claim(Kind.TRADE, Decimal("1.00"), first_day), (), until)
    assert refused.value.place == 1
    assert str(refused.value) == f"claim 1: {explained.value}"


def test_a_gap_is_refused_and_a_paid_claim_passes_it() -> None:
    first_day, until = np.array(["1973-01-01"], "M8[D]"), date(1980, 1, 1)
    with pytest.raises(ClaimNotCovered, match="no confirmed rate until 1976-04-01"):
        owed_columns(Kind.NONTRADE, [100], first_day, until)
    paid = PaymentColumns(np.array([0]), np.array(["1972-12-31"], "M8[D]"), np.array([100]))
    assert owed_columns(Kind.NONTRADE, [100], first_day, until, payments=paid).total.tolist() == [0]
    late = PaymentColumns(np.array([0]), np.array(["1974-06-01"], "M8[D]"), np.array([100]))
    with pytest.raises(ClaimNotCovered, match="no confirmed rate until 1976-04-01"):
        owed_columns(Kind.NONTRADE, [100], first_day, until, payments=late)


def test_no_default_no_interest() -> None:
    found = owed_columns(Kind.TRADE, [100], np.array(["NaT"], "M8[D]"), ON)
    assert (found.interest.tolist(), found.total.tolist()) == ([0], [100])


@pytest.mark.parametrize(
    ("cents", "message"),
    [
        ([1, -1], "principal -1 cents at place 1 is below 0 or above 100000000000"),
        ([MAX_CENTS + 1], "principal 100000000001 cents at place 0 is below 0 or above 100000000000"),
        ([1.5], "principal is a column of float64; give whole cents as integers"),
    ],
)
def test_amounts_the_columns_refuse(cents: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        owed_columns(Kind.TRADE, cents, np.full(len(cents), np.datetime64(ON)), ON)


def test_payments_must_point_at_a_claim() -> None:
    paid = PaymentColumns(np.array([1]), np.array([ON], "M8[D]"), np.array([100]))
    with pytest.raises(ValueError, match="points at a claim that is not there"):
        owed_columns(Kind.TRADE, [100], [np.datetime64(ON)], ON, payments=paid)


def test_nothing_gives_nothing() -> None:
    found = owed_columns(Kind.TRADE, [], np.array([], "M8[D]"), ON)
    assert len(found.total) == 0


def test_codes() -> None:
    assert KINDS == {Kind.TRADE: 0, Kind.NONTRADE: 1}


@given(st.lists(CENTS, min_size=1, max_size=50))
@example([26667, 26670, 250_000, 250_010, 500_000, 1_000_000, 20_000_000, 99_999_800, 100_000_000])
def test_collection_costs_in_columns(cents: list[int]) -> None:
    found = collection_costs_columns(np.array(cents), ON)
    assert found.tolist() == [
        int(collection_costs(Decimal(each).scaleb(-2), ON).amount * 100) for each in cents
    ]


def test_a_day_to_count_to_is_needed() -> None:
    for until in ("NaT", "1899-12-31", "2201-01-01"):
        with pytest.raises(ValueError, match="a claim has no day to count to from 1900-01-01 to 2200-12-31"):
            owed_columns(Kind.TRADE, [100], [np.datetime64(ON)], np.array([until], "M8[D]"))
