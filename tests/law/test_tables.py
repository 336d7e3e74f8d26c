"""The tables: every figure has a unit, a source and a cover, and no question is answered outside it."""

from datetime import date
from decimal import Decimal

import pytest

from inbaar.law.errors import LawConflict, LawNotCovered, Unconfirmed
from inbaar.law.rates import Kind, statutory_rates
from inbaar.law.tables import only_row, table, table_names

CONFIDENCE = {"high", "medium", "derived", "low", "own"}


@pytest.mark.requirement("BEY-01")
@pytest.mark.parametrize("name", table_names())
def test_every_figure_names_its_source(name: str) -> None:
    found = table(name)
    assert all((found.title, found.unit, found.article, found.source))
    assert found.checked_on == date(2026, 11, 22)
    assert found.covers_until >= date(2026, 12, 31)
    assert found.rows or found.rules
    for row in found.rows + found.rules:
        assert len(row.source) > 3, row
        assert row.confidence in CONFIDENCE, row
        assert row.value is not None or row.gap, row
        assert row.from_date <= found.covers_until, row


@pytest.mark.parametrize("name", table_names())
def test_rules_name_unit_and_article(name: str) -> None:
    for rule in table(name).rules:
        assert all(rule.keys[key] for key in ("id", "unit", "article")), rule


def test_rows_are_in_order_and_once() -> None:
    for name in ("interest_trade", "interest_nontrade", "holidays"):
        days = [row.from_date for row in table(name).rows]
        assert days == sorted(set(days))


@pytest.mark.parametrize(
    ("kind", "day", "percent"),
    [
        (Kind.TRADE, date(2026, 7, 1), "10.40"),
        (Kind.TRADE, date(2026, 6, 30), "10.15"),
        (Kind.TRADE, date(2026, 12, 31), "10.40"),
        (Kind.TRADE, date(2025, 1, 1), "11.15"),
        (Kind.TRADE, date(2024, 1, 1), "12.50"),
        (Kind.TRADE, date(2013, 3, 15), "7.75"),
        (Kind.TRADE, date(2013, 3, 16), "8.75"),
        (Kind.TRADE, date(2002, 12, 1), "10.35"),
        (Kind.NONTRADE, date(2026, 1, 1), "4"),
        (Kind.NONTRADE, date(2025, 12, 31), "6"),
        (Kind.NONTRADE, date(2025, 7, 1), "6"),
        (Kind.NONTRADE, date(1934, 1, 1), "5"),
        (Kind.NONTRADE, date(1974, 4, 30), "5"),
        (Kind.NONTRADE, date(1976, 4, 1), "8"),
    ],
)
def test_rate_of_a_day(kind: Kind, day: date, percent: str) -> None:
    assert statutory_rates(kind).on(day).percent == Decimal(percent)


@pytest.mark.parametrize(
    ("kind", "day", "message"),
    [
        (
            Kind.TRADE,
            date(2027, 1, 1),
            "wettelijke handelsrente on 2027-01-01: table interest_trade is confirmed until 2026-12-31; "
            "ask about a day up to 2026-12-31, or add the new figures to the table",
        ),
        (
            Kind.TRADE,
            date(2002, 11, 30),
            "wettelijke handelsrente on 2002-11-30: table interest_trade starts on 2002-12-01; "
            "ask about a day from 2002-12-01 on",
        ),
        (
            Kind.NONTRADE,
            date(1974, 5, 1),
            "wettelijke rente on 1974-05-01: one table gives 10 percent from this day, the others do not: "
            "no confirmed rate until 1976-04-01; ask about a period after 1976-03-31",
        ),
    ],
)
def test_no_rate_is_made_up(kind: Kind, day: date, message: str) -> None:
    with pytest.raises(LawNotCovered) as refused:
        statutory_rates(kind).on(day)
    assert str(refused.value) == message


@pytest.mark.parametrize("day", [date(1974, 5, 1), date(1975, 6, 1), date(1976, 3, 31)])
def test_the_row_before_a_gap_does_not_run_through_it(day: date) -> None:
    with pytest.raises(LawNotCovered):
        statutory_rates(Kind.NONTRADE).on(day)


@pytest.mark.parametrize(
    ("kind", "day", "right", "wrong"),
    [
        (Kind.NONTRADE, date(2009, 1, 1), "6", "4"),
        (Kind.NONTRADE, date(2009, 6, 30), "6", "4"),
        (Kind.NONTRADE, date(2014, 7, 1), "3", "2"),
        (Kind.NONTRADE, date(2014, 12, 31), "3", "2"),
        (Kind.TRADE, date(2026, 7, 1), "10.40", "11.5"),
        (Kind.TRADE, date(2004, 1, 1), "9.02", "9.01"),
    ],
)
def test_known_wrong_public_rates_are_not_ours(kind: Kind, day: date, right: str, wrong: str) -> None:
    percent = statutory_rates(kind).on(day).percent
    assert percent == Decimal(right)
    assert percent != Decimal(wrong)


def test_known_wrong_future_rows_are_not_ours() -> None:
    for kind in Kind:
        assert all(row.from_date < date(2027, 1, 1) for row in table(f"interest_{kind}").rows)


def test_known_wrong_kanton_fees_are_not_ours() -> None:
    wrong = {Decimal(241), Decimal(649), Decimal(688), Decimal(2889)}
    kanton = {row.value for row in table("griffierecht").rows if row.keys["court"] == "kanton"}
    assert not wrong & kanton


def test_an_unconfirmed_rule_is_refused_by_name() -> None:
    rules = table("prescription")
    with pytest.raises(Unconfirmed) as refused:
        rules.rule("performance", date(2026, 1, 1))
    assert refused.value.rule == "prescription.performance"
    assert str(refused.value) == (
        "prescription 1992-01-01, prescription.performance: its source is own knowledge (3:313 start day text seen) "
        "(own); confirm rule prescription.performance with a lawyer or the official text, or set accept_unconfirmed"
    )
    assert rules.rule("performance", date(2026, 1, 1), accept_unconfirmed=True).value == 5


def test_two_rows_that_differ_are_an_error_not_first_wins() -> None:
    first, second = table("interest_trade").rows[:2]
    with pytest.raises(LawConflict) as refused:
        only_row([first, second], "a rate")
    assert str(refused.value) == "a rate: 2 rows of interest_trade answer differently; correct the table"
    assert only_row([first, first], "a rate") is first
    with pytest.raises(LawNotCovered, match="the table has no such line"):
        only_row([], "a rate")
