"""The account against a second reckoning that only walks the days: any claim, payments and day counts, to the cent.

It shares no code with the account but the rows of the rate tables. Amounts are whole cents, interest exact fractions.
"""

from calendar import isleap
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inbaar.law.claim import Claim, Payment, owed
from inbaar.law.daycount import DayCount
from inbaar.law.rates import Kind
from inbaar.law.tables import table

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2003, 1, 1), date(2026, 12, 31)
SPECIAL = [date(2004, 2, 29), date(2020, 2, 29), date(2023, 12, 31), date(2024, 2, 28), date(2024, 2, 29)]
Payments = list[tuple[int, int]]


class Walk:
    """One claim, a day at a time: what is left, and the days, percent and base that share one rounding."""

    def __init__(self, kind: Kind, principal: int, first: date, costs: int, day_count: DayCount) -> None:
        self.rows = [(row.from_date, row.value) for row in table(f"interest_{kind}").rows]
        self.first, self.act_act = first, day_count is DayCount.ACT_ACT
        self.left = {"costs": costs, "accrued": 0, "joined": 0, "principal": principal}
        self.accrued = self.years = self.days = 0
        self.stretch: tuple[int, Decimal, int] | None = None
        self.lines: list[int] = []

    def live(self, day: date) -> None:
        """Adds the interest of one day; a full year first joins what bears interest."""
        if day < self.first:
            return
        if self.years and day == self._anniversary():
            self._round()
            self.left["joined"] += self.left["accrued"]
            self.left["accrued"] = 0
        if day == self.first or day == self._anniversary():
            self.years += 1
        base = self.left["principal"] + self.left["joined"]
        percent = next(value for from_date, value in reversed(self.rows) if from_date <= day)
        stretch = (base, percent, 366 if self.act_act and isleap(day.year) else 365)
        if self.stretch != stretch or (self.act_act and (day.month, day.day) == (1, 1)):
            self._round()
        self.stretch, self.days = stretch, self.days + 1

    def pay(self, cents: int, day: date) -> None:
        """Costs, interest, principal (6:44 BW); before the first day of interest no costs are due."""
        self._round()
        for part in self.left:
            if part == "costs" and day < self.first:
                continue
            taken = min(cents, self.left[part])
            self.left[part] -= taken
            cents -= taken

    def end(self) -> dict[str, int]:
        self._round()
        return self.left

    def _anniversary(self) -> date:
        year = self.first.year + self.years
        leap = self.first.replace(year=2024)
        return (
            date(year, 2, 28)
            if (leap.month, leap.day) == (2, 29) and not isleap(year)
            else leap.replace(year=year)
        )

    def _round(self) -> None:
        if self.stretch and self.days and self.stretch[0]:
            base, percent, year_days = self.stretch
            amount = floor(
                Fraction(base) * Fraction(percent) * self.days / (100 * year_days) + Fraction(1, 2)
            )
            self.left["accrued"] += amount
            self.lines.append(amount)
        self.days = 0


def around(first: date, offset: int) -> date:
    return min(max(first + timedelta(days=offset), FIRST), LAST)


@pytest.mark.parametrize("day_count", DayCount)
@given(
    kind=st.sampled_from(list(Kind)),
    principal=st.one_of(st.integers(0, 500), st.integers(0, 10_000_000)),
    first=st.one_of(st.dates(FIRST, LAST), st.sampled_from(SPECIAL)),
    days=st.one_of(st.integers(-5, 100), st.integers(0, 2500), st.sampled_from([364, 365, 366, 730, 731])),
    costs=st.sampled_from([0, 4000, 12345]),
    payments=st.lists(
        st.tuples(
            st.one_of(st.integers(-40, 1500), st.sampled_from([-1, 0, 364, 365, 366])),
            st.one_of(st.integers(1, 20_000), st.integers(1, 12_000_000)),
        ),
        max_size=5,
    ),
)
@example(
    kind=Kind.TRADE, principal=100_000, first=date(2024, 2, 29), days=800, costs=0, payments=[(365, 5000)]
)
@example(
    kind=Kind.TRADE, principal=100_000, first=date(2025, 7, 1), days=400, costs=4000, payments=[(365, 5000)]
)
def test_the_account_is_what_the_days_add_up_to(
    day_count: DayCount, kind: Kind, principal: int, first: date, days: int, costs: int, payments: Payments
) -> None:
    until = around(first, days)
    made = sorted((around(first, offset), number, cents) for number, (offset, cents) in enumerate(payments))
    walk = Walk(kind, principal, first, costs, day_count)
    day = min([first, *(on for on, _, _ in made)])
    while day <= until:
        walk.live(day)
        for on, _, cents in made:
            if on == day:
                walk.pay(cents, day)
        day += ONE_DAY
    left = walk.end()
    claim = Claim(kind, Decimal(principal) / 100, first, costs=Decimal(costs) / 100)
    state = owed(
        claim, [Payment(on, Decimal(cents) / 100) for on, _, cents in made], until, day_count=day_count
    )
    assert state.principal * 100 == left["principal"]
    assert state.interest * 100 == left["accrued"] + left["joined"]
    assert state.costs * 100 == (left["costs"] if until >= first else 0)
    assert [line.amount * 100 for line in state.lines] == walk.lines
