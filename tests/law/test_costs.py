"""Collection costs: the examples of law.md section 2, every edge of the scale, VAT, joined claims, agreed costs."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.law.costs import (
    MODERATION,
    VAT_RECLAIMED,
    AgreedCosts,
    Debtor,
    business_costs_due_from,
    business_minimum,
    collection_costs,
    instalment_costs,
    joined_costs,
)
from inbaar.law.errors import LawNotCovered, Unconfirmed
from tests.corpus import corpus_file

ON = date(2026, 11, 22)

SCALE = [  # principal, costs, VAT of 21 percent on them
    ("0.01", "40.00", "8.40"),
    ("100.00", "40.00", "8.40"),
    ("266.66", "40.00", "8.40"),
    ("266.67", "40.00", "8.40"),
    ("266.70", "40.01", "8.40"),
    ("735.53", "110.33", "23.17"),
    ("1000.00", "150.00", "31.50"),
    ("1523.47", "228.52", "47.99"),
    ("2499.99", "375.00", "78.75"),
    ("2500.00", "375.00", "78.75"),
    ("2500.10", "375.01", "78.75"),
    ("3500.00", "475.00", "99.75"),
    ("3750.00", "500.00", "105.00"),
    ("5000.00", "625.00", "131.25"),
    ("5000.20", "625.01", "131.25"),
    ("7500.00", "750.00", "157.50"),
    ("10000.00", "875.00", "183.75"),
    ("10001.00", "875.01", "183.75"),
    ("12345.67", "898.46", "188.68"),
    ("25000.00", "1025.00", "215.25"),
    ("100000.00", "1775.00", "372.75"),
    ("200000.00", "2775.00", "582.75"),
    ("200002.00", "2775.01", "582.75"),
    ("500000.00", "4275.00", "897.75"),
    ("999998.00", "6774.99", "1422.75"),
    ("1000000.00", "6775.00", "1422.75"),
    ("2000000.00", "6775.00", "1422.75"),
]


@pytest.mark.requirement("COL-19")
@pytest.mark.parametrize(("principal", "costs", "vat"), SCALE)
def test_scale(principal: str, costs: str, vat: str) -> None:
    found = collection_costs(
        Decimal(principal), ON, vat_percent=Decimal(21), creditor_reclaims_vat=False, vat_stated=True
    )
    assert (found.amount, found.vat) == (Decimal(costs), Decimal(vat))
    assert found.total == Decimal(costs) + Decimal(vat)


def test_scale_of_the_corpus() -> None:
    with corpus_file("interest-bik/vectors.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == "bik"]
    assert rows
    for row in rows:
        principal = Decimal(row["input"].removeprefix("principal "))
        assert collection_costs(principal, ON).amount == Decimal(row["expected"]), row


@pytest.mark.requirement("BEY-01")
def test_lines_name_the_rows() -> None:
    found = collection_costs(Decimal("3500.00"), ON)
    assert [(line.part, line.percent, line.amount) for line in found.lines] == [
        (2500, 15, 375),
        (1000, 10, 100),
    ]
    assert all("collection_costs 2012-07-01 (Besluit BIK" in line.source for line in found.lines)


def test_nothing_owed_brings_no_costs() -> None:
    assert collection_costs(Decimal("0.00"), ON).total == 0


@pytest.mark.parametrize(("reclaims", "stated"), [(True, True), (True, False), (False, False)])
def test_vat_only_if_the_creditor_cannot_reclaim_it_and_says_so(reclaims: bool, stated: bool) -> None:
    found = collection_costs(
        Decimal("1000.00"), ON, vat_percent=Decimal(21), creditor_reclaims_vat=reclaims, vat_stated=stated
    )
    assert (found.vat, found.total, found.remarks) == (0, Decimal("150.00"), (VAT_RECLAIMED,))


def test_joined_claims_add_the_principals() -> None:
    principals = [Decimal("200.00"), Decimal("300.00"), Decimal("150.00")]
    assert joined_costs(principals, ON).amount == Decimal("97.50")
    apart = sum(collection_costs(principal, ON).amount for principal in principals)
    assert apart == Decimal("125.00")
    assert joined_costs(principals, ON, vat_percent=Decimal(21)).total == Decimal("117.98")


def test_agreed_costs_between_businesses() -> None:
    found = collection_costs(Decimal("10000.00"), ON, agreed=AgreedCosts(Decimal(15), Decimal(150)))
    assert (found.amount, found.remarks) == (Decimal("1500.00"), (MODERATION,))
    least = collection_costs(Decimal("100.00"), ON, agreed=AgreedCosts(Decimal(1)))
    assert least.amount == business_minimum(ON) == Decimal("40.00")


def test_agreed_costs_never_raise_what_a_consumer_owes() -> None:
    def ask(percent: int) -> Decimal:
        agreed = AgreedCosts(Decimal(percent))
        return collection_costs(Decimal("1000.00"), ON, agreed=agreed, debtor=Debtor.CONSUMER).amount

    assert ask(16) == Decimal("150.00")
    assert ask(15) == Decimal("150.00")
    assert ask(14) == Decimal("140.00")


def test_business_owes_from_the_day_after_due() -> None:
    assert business_costs_due_from(date(2026, 6, 30)) == date(2026, 7, 1)
    assert collection_costs(Decimal("100.00"), date(2026, 7, 1)).amount == Decimal("40.00")


def test_only_debts_under_a_contract() -> None:
    with pytest.raises(LawNotCovered) as refused:
        collection_costs(Decimal("1000.00"), ON, contract_debt=False)
    assert str(refused.value) == (
        "collection costs: the scale is for money debts under a contract (art. 1 Besluit BIK); "
        "claim reasonable costs under 6:96 lid 2 under c BW instead"
    )


def test_not_for_default_before_the_scale() -> None:
    assert collection_costs(Decimal(100), ON, in_default_since=date(2012, 7, 1)).amount == 40
    with pytest.raises(LawNotCovered, match="in default since 2012-06-30"):
        collection_costs(Decimal(100), ON, in_default_since=date(2012, 6, 30))
    with pytest.raises(LawNotCovered, match="starts on 2012-07-01"):
        collection_costs(Decimal(100), date(2012, 6, 30))
    with pytest.raises(LawNotCovered, match="confirmed until 2026-12-31"):
        collection_costs(Decimal(100), date(2027, 1, 1))


def test_instalments_rest_on_an_article_nobody_saw() -> None:
    missed = [(date(2026, month, 1), Decimal("50.00")) for month in range(4, 10)]
    with pytest.raises(Unconfirmed, match=r"collection_costs\.instalment_look_back"):
        instalment_costs(missed, date(2026, 9, 15))
    found = instalment_costs(missed, date(2026, 9, 15), accept_unconfirmed=True)
    assert (found.amount, found.unconfirmed) == (Decimal("40.00"), ("collection_costs.instalments",))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [(["266.67", "100.00"], "40.00"), (["266.70", "100.00"], "40.01"), (["1000.00", "500.00"], "150.00")],
)
def test_instalments_above_the_small_limit(amounts: list[str], expected: str) -> None:
    missed = [(date(2026, 8, 1), Decimal(amount)) for amount in amounts]
    assert instalment_costs(missed, date(2026, 9, 1), accept_unconfirmed=True).amount == Decimal(expected)


def test_instalments_look_back_six_months() -> None:
    def ask(due: date) -> Decimal:
        return instalment_costs([(due, Decimal(50))], date(2026, 8, 31), accept_unconfirmed=True).amount

    assert ask(date(2026, 2, 28)) == 40
    assert ask(date(2026, 2, 27)) == 0
    assert ask(date(2026, 8, 31)) == 0


@given(st.integers(1, 500_000_000), st.integers(0, 1_000_000))
def test_costs_never_fall_and_stay_within_the_limits(cents: int, more: int) -> None:
    low = collection_costs(Decimal(cents) / 100, ON).amount
    high = collection_costs(Decimal(cents + more) / 100, ON).amount
    assert Decimal(40) <= low <= high <= Decimal(6775)


@given(st.lists(st.integers(1, 10_000_000).map(lambda cents: Decimal(cents) / 100), min_size=1, max_size=6))
def test_joining_claims_never_costs_the_debtor_more(principals: list[Decimal]) -> None:
    apart = sum((collection_costs(principal, ON).amount for principal in principals), Decimal(0))
    assert joined_costs(principals, ON).amount <= apart + Decimal("0.05")
