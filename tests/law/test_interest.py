"""Interest: the worked examples of law.md section 1 line by line, both sides of each boundary, properties."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.law.errors import LawNotCovered, Unconfirmed
from inbaar.law.interest import AgreedRate, DayCount, Kind, anniversary, interest, period_interest
from tests.corpus import corpus_file
from tests.law.examples import INTEREST_EXAMPLES, InterestExample

TRADE, NONTRADE = Kind.TRADE, Kind.NONTRADE


@pytest.mark.requirement("ASK-01")
@pytest.mark.parametrize("example", INTEREST_EXAMPLES, ids=str)
def test_worked_example(example: InterestExample) -> None:
    found = interest(example.kind, example.principal, example.first_day, example.paid_on)
    assert found.total == example.act_365f
    assert sum(line.amount for line in found.lines) == found.total
    other = interest(
        example.kind, example.principal, example.first_day, example.paid_on, day_count=DayCount.ACT_ACT
    )
    assert other.total == example.act_act


@pytest.mark.requirement("ASK-01")
@pytest.mark.parametrize("example", INTEREST_EXAMPLES, ids=str)
def test_lines_of_a_worked_example(example: InterestExample) -> None:
    lines = interest(example.kind, example.principal, example.first_day, example.paid_on).lines
    assert [
        f"{line.from_date} {line.to_date} {line.days} {line.rate_percent} {line.base} {line.amount}"
        for line in lines
    ] == list(example.lines)


@pytest.mark.parametrize("example", INTEREST_EXAMPLES, ids=str)
def test_a_worked_example_a_day_earlier_and_later(example: InterestExample) -> None:
    """The day of payment bears interest and the day of the term does not: one day less, one line less or shorter."""
    whole = interest(example.kind, example.principal, example.first_day, example.paid_on).total
    assert interest(example.kind, example.principal, example.due, example.due - timedelta(days=1)).total == 0
    assert interest(example.kind, example.principal, example.first_day, example.due).total == 0
    assert (
        interest(
            example.kind, example.principal, example.first_day, example.paid_on - timedelta(days=1)
        ).total
        < whole
    )


@pytest.mark.requirement("BEY-01")
def test_a_line_names_its_rows_and_article() -> None:
    line = interest(TRADE, Decimal("100.00"), date(2025, 7, 1), date(2026, 6, 30)).lines[0]
    assert "interest_trade 2025-07-01" in line.source
    assert "interest_trade 2026-01-01" in line.source
    assert line.article == "6:119a and 6:120 lid 2 BW"
    line = interest(NONTRADE, Decimal("100.00"), date(2026, 7, 1), date(2026, 7, 2)).lines[0]
    assert "interest_nontrade 2026-01-01" in line.source
    assert line.article == "6:119 and 6:120 lid 1 BW"


def test_a_half_year_without_a_rate_change_is_no_break() -> None:
    """Breaking 2025-07-01..2026-06-30 (10.15 percent throughout) at New Year would add a rounding: R1 shows the cent."""
    found = interest(TRADE, Decimal("2000.00"), date(2015, 11, 11), date(2026, 1, 15))
    assert len(found.lines) == 18
    assert found.lines[-1].from_date == date(2025, 11, 11)
    assert found.total == Decimal("2820.44")


@pytest.mark.parametrize(
    ("base", "rate", "days", "expected"),
    [
        ("1648.58", "3", 20, "2.71"),
        ("1648.58", "2", 148, "13.37"),
        ("3796.99", "12", 51, "63.66"),
        ("3796.99", "12.5", 182, "236.66"),
        ("5000.00", "6", 365, "300.00"),
    ],
)
def test_single_period(base: str, rate: str, days: int, expected: str) -> None:
    from_date = date(2023, 1, 1)
    to_date = from_date + timedelta(days=days - 1)
    assert period_interest(Decimal(base), Decimal(rate), from_date, to_date) == Decimal(expected)


def test_single_periods_of_the_corpus() -> None:
    with corpus_file("interest-bik/vectors.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == "interest-simple"]
    assert rows
    for row in rows:
        found = re.fullmatch(r"([\d.]+) at ([\d.]+) % for (\d+) days, /365", row["input"])
        assert found
        to_date = date(2023, 1, 1) + timedelta(days=int(found[3]) - 1)
        amount = period_interest(Decimal(found[1]), Decimal(found[2]), date(2023, 1, 1), to_date)
        assert amount == Decimal(row["expected"])


def test_29_february_comes_back() -> None:
    first_day = date(2020, 2, 29)
    assert [anniversary(first_day, years) for years in range(1, 5)] == [
        date(2021, 2, 28),
        date(2022, 2, 28),
        date(2023, 2, 28),
        date(2024, 2, 29),
    ]
    starts = [line.from_date for line in interest(TRADE, Decimal(100), first_day, date(2024, 12, 31)).lines]
    assert date(2023, 2, 28) in starts
    assert date(2024, 2, 28) not in starts
    assert date(2024, 2, 29) in starts


def test_capitalised_on_the_anniversary_and_not_a_day_before() -> None:
    eve = interest(TRADE, Decimal("25000.00"), date(2024, 1, 1), date(2024, 12, 31)).lines
    assert {line.base for line in eve} == {Decimal("25000.00")}
    day = interest(TRADE, Decimal("25000.00"), date(2024, 1, 1), date(2025, 1, 1)).lines
    assert day[-1].base == Decimal("28102.06")
    assert day[-1].days == 1


def test_no_interest_before_the_first_day() -> None:
    assert interest(TRADE, Decimal("100.00"), date(2026, 7, 1), date(2026, 6, 30)).total == 0
    assert interest(TRADE, Decimal("0.00"), date(2026, 7, 1), date(2026, 7, 30)).lines == ()


def test_cover_ends_with_the_last_confirmed_half_year() -> None:
    assert interest(TRADE, Decimal("100.00"), date(2026, 12, 1), date(2026, 12, 31)).total == Decimal("0.88")
    with pytest.raises(LawNotCovered, match="confirmed until 2026-12-31"):
        interest(TRADE, Decimal("100.00"), date(2026, 12, 1), date(2027, 1, 1))
    with pytest.raises(LawNotCovered, match="starts on 2002-12-01"):
        interest(TRADE, Decimal("100.00"), date(2002, 11, 30), date(2003, 1, 1))
    with pytest.raises(LawNotCovered, match="no confirmed rate until 1976-04-01"):
        interest(NONTRADE, Decimal("100.00"), date(1973, 1, 1), date(1980, 1, 1))


def test_agreed_rate() -> None:
    """6:119 lid 3: a higher agreed rate continues; a lower one does not displace the statutory rate."""
    days = (date(2026, 1, 1), date(2026, 12, 31))
    higher = interest(NONTRADE, Decimal("1000.00"), *days, contract_rate=AgreedRate(Decimal(12)))
    assert (higher.total, higher.lines[0].article) == (Decimal("120.00"), "6:119 lid 3 BW")
    lower = interest(NONTRADE, Decimal("1000.00"), *days, contract_rate=AgreedRate(Decimal(1)))
    assert lower.total == Decimal("40.00")
    on_top = interest(NONTRADE, Decimal("1000.00"), *days, contract_rate=AgreedRate(Decimal(2), True))
    assert on_top.total == Decimal("60.00")


def test_agreed_rate_is_compared_with_each_statutory_rate() -> None:
    lines = interest(
        NONTRADE,
        Decimal("1000.00"),
        date(2025, 7, 1),
        date(2026, 6, 30),
        contract_rate=AgreedRate(Decimal(5)),
    ).lines
    assert [(line.from_date, line.rate_percent) for line in lines] == [
        (date(2025, 7, 1), 6),
        (date(2026, 1, 1), 5),
    ]


def test_a_lower_agreed_rate_in_trade_is_not_confirmed() -> None:
    days = (date(2026, 7, 1), date(2026, 7, 31))
    with pytest.raises(Unconfirmed, match=r"interest_trade\.lower_agreed_rate"):
        interest(TRADE, Decimal("1000.00"), *days, contract_rate=AgreedRate(Decimal(6)))
    accepted = interest(
        TRADE, Decimal("1000.00"), *days, contract_rate=AgreedRate(Decimal(6)), accept_unconfirmed=True
    )
    assert accepted.total == Decimal("5.10")
    assert accepted.lines[0].unconfirmed == ("interest_trade.lower_agreed_rate",)


def test_old_trade_contracts_keep_their_margin_only_when_accepted() -> None:
    def ask(contract_date: date, accept: bool, first: date = date(2013, 3, 16)) -> Decimal:
        found = interest(
            TRADE,
            Decimal("36500.00"),
            first,
            first + timedelta(days=9),
            contract_date=contract_date,
            accept_unconfirmed=accept,
        )
        return found.total

    assert ask(date(2013, 3, 16), False) == Decimal("87.50")
    with pytest.raises(Unconfirmed, match=r"interest_trade\.margin_before_2013"):
        ask(date(2013, 3, 15), False)
    assert ask(date(2013, 3, 15), True) == Decimal("77.50")
    assert ask(date(2013, 3, 15), False, first=date(2013, 3, 6)) == Decimal("77.50")


def test_act_act_cuts_at_the_calendar_year() -> None:
    with pytest.raises(ValueError, match="crosses a year"):
        period_interest(Decimal(1), Decimal(1), date(2023, 12, 31), date(2024, 1, 1), DayCount.ACT_ACT)


KINDS = st.sampled_from(list(Kind))
PRINCIPALS = st.decimals("0.01", "1000000.00", places=2)
DAYS = st.dates(date(2003, 1, 1), date(2026, 12, 31))


@given(kind=KINDS, principal=PRINCIPALS, days=st.lists(DAYS, min_size=2, max_size=2).map(sorted))
def test_interest_never_falls_as_days_pass(kind: Kind, principal: Decimal, days: list[date]) -> None:
    first_day, until = days
    eve = interest(kind, principal, first_day, until - timedelta(days=1)).total
    assert interest(kind, principal, first_day, until).total >= eve


@given(kind=KINDS, principal=PRINCIPALS, days=st.lists(DAYS, min_size=2, max_size=2).map(sorted))
def test_lines_join_up_and_add_up(kind: Kind, principal: Decimal, days: list[date]) -> None:
    first_day, until = days
    found = interest(kind, principal, first_day, until)
    assert found.lines[0].from_date == first_day
    assert found.lines[-1].to_date == until
    for line, following in zip(found.lines, found.lines[1:], strict=False):
        assert following.from_date == line.to_date + timedelta(days=1)
    assert sum(line.days for line in found.lines) == (until - first_day).days + 1
    assert sum(line.amount for line in found.lines) == found.total


@given(
    kind=KINDS, principal=PRINCIPALS, first_day=st.dates(date(2003, 1, 1), date(2025, 12, 31)), data=st.data()
)
def test_adjoining_periods_add_up_at_a_break(
    kind: Kind, principal: Decimal, first_day: date, data: st.DataObject
) -> None:
    """Where a line ends anyway, asking up to there and asking further give the same lines."""
    whole = interest(kind, principal, first_day, date(2026, 12, 31)).lines
    cut = data.draw(st.integers(1, len(whole)))
    part = interest(kind, principal, first_day, whole[cut - 1].to_date).lines
    assert part == whole[:cut]
