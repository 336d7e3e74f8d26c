"""The figures law.md prints in sections 1, 2 and 5, each on both sides of the day or amount where it changes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from inbaar.law.bailiff import bailiff_fee
from inbaar.law.costs import AgreedCosts, Debtor, business_costs_due_from, business_minimum, collection_costs
from inbaar.law.court import ClaimedSums, Court, Payer, court_fee, salaris
from inbaar.law.errors import LawNotCovered
from inbaar.law.rates import Kind, statutory_rates
from inbaar.law.tables import table, table_names

ONE_DAY = timedelta(days=1)
CENT = Decimal("0.01")
RATES = [  # from, trade, non-trade
    ("2015-01-01", "8.05", "2"),
    ("2016-07-01", "8.00", "2"),
    ("2023-01-01", "10.50", "4"),
    ("2023-07-01", "12.00", "6"),
    ("2024-01-01", "12.50", "7"),
    ("2024-07-01", "12.25", "7"),
    ("2025-01-01", "11.15", "6"),
    ("2025-07-01", "10.15", "6"),
    ("2026-01-01", "10.15", "4"),
    ("2026-07-01", "10.40", "4"),
]


@pytest.mark.parametrize("place", range(len(RATES)))
def test_a_rate_holds_from_its_first_day_to_the_day_before_the_next(place: int) -> None:
    first_day, *percents = RATES[place]
    following = RATES[place + 1][0] if place + 1 < len(RATES) else "2027-01-01"
    for kind, percent in zip((Kind.TRADE, Kind.NONTRADE), percents, strict=True):
        for day in (date.fromisoformat(first_day), date.fromisoformat(following) - ONE_DAY):
            assert statutory_rates(kind).on(day).percent == Decimal(percent)


FEES = {  # up to and including: 2024, 2025 and 2026, each legal person, natural person, insolvent
    "500": ((130, 87, 87), (135, 90, 90), (139, 93, 93)),
    "1500": ((328, 218, 87), (340, 226, 90), (350, 233, 93)),
    "2500": ((372, 248, 87), (385, 257, 90), (397, 265, 93)),
    "5000": ((496, 248, 87), (514, 257, 90), (529, 265, 93)),
    "12500": ((524, 248, 87), (543, 257, 90), (559, 265, 93)),
    "above": ((1409, 706, 87), (1461, 732, 90), (1504, 753, 93)),
}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
@pytest.mark.parametrize("payer", Payer)
def test_kanton_fees_on_both_sides_of_each_limit(year: int, payer: Payer) -> None:
    """The figures of 2025 were not confirmed: they are given only to who accepts that, and say so."""
    column = list(Payer).index(payer)
    over = Decimal(0)
    for limit, fees in FEES.items():
        for base in (over + CENT, Decimal("5000000") if limit == "above" else Decimal(limit)):
            found = court_fee(Court.KANTON, base, date(year, 6, 1), payer, accept_unconfirmed=year == 2025)
            assert found.amount == fees[year - 2024][column], (limit, base)
            assert found.unconfirmed == (("griffierecht.2025",) if year == 2025 else ())
        over = Decimal(0) if limit == "above" else Decimal(limit)


def test_a_claim_of_undetermined_value_pays_the_lowest_kanton_fee() -> None:
    assert court_fee(Court.KANTON, None, date(2026, 6, 1), Payer.LEGAL_PERSON).amount == 139


SALARIS = {  # up to and including: per point from 2024-02-01, from 2026-02-01, most points
    "250": (40, 43, 3),
    "500": (82, 87, 4),
    "1250": (135, 144, 5),
    "2500": (204, 217, 5),
    "3750": (238, 253, 5),
    "5000": (271, 288, 6),
    "10000": (339, 360, 6),
    "20000": (406, 432, 7),
    "40000": (543, 577, 10),
}


def test_salaris_on_both_sides_of_each_limit() -> None:
    over = Decimal(0)
    for limit, (before, after, most) in SALARIS.items():
        for base in (over + CENT, Decimal(limit)):
            for day, per_point in ((date(2026, 1, 31), before), (date(2026, 2, 1), after)):
                one, full, more = (
                    salaris(Court.KANTON, base, day, Decimal(points)).amount for points in (1, most, most + 1)
                )
                assert (one, full, more) == (per_point, per_point * most, per_point * most), (limit, day)
        over = Decimal(limit)


@pytest.mark.parametrize(
    ("act", "amounts"),
    [("a", "106.73 112.37 119.40 125.57"), ("b", "116.20 122.34 130.00 136.71")],
)
def test_bailiff_fees_change_with_the_year(act: str, amounts: str) -> None:
    days = [date(2023, 12, 31), date(2024, 12, 31), date(2025, 1, 1), date(2026, 12, 31)]
    found = [bailiff_fee(act, day) for day in days]
    assert [str(fee.amount) for fee in found] == amounts.split()
    assert "may differ by 0.01" in found[2].source
    with pytest.raises(LawNotCovered):
        bailiff_fee(act, date(2027, 1, 1))


def test_interest_bears_no_collection_costs() -> None:
    """Principal 1,000 with 60 interest brings 150.00, not 159.00."""
    claim = ClaimedSums(Decimal("1000.00"), Decimal("60.00"))
    assert collection_costs(claim.collection_costs_base, date(2026, 6, 1)).amount == Decimal("150.00")


def test_a_business_owes_40_from_the_day_after_due() -> None:
    assert business_costs_due_from(date(2026, 6, 30)) == date(2026, 7, 1)
    assert business_minimum(date(2026, 7, 1)) == Decimal("40.00")
    assert business_minimum(date(2013, 3, 16)) == Decimal("40.00")
    for day in (date(2013, 3, 15), date(2027, 1, 1)):
        with pytest.raises(LawNotCovered):
            business_minimum(day)


def test_a_file_fee_on_top_is_void_towards_a_consumer() -> None:
    """15.00 of file fee over 1,000 (150.00 by the scale) is asked as agreed costs of 165.00: 150.00 is owed."""
    found = collection_costs(
        Decimal("1000.00"),
        date(2026, 6, 1),
        agreed=AgreedCosts(Decimal(0), Decimal("165.00")),
        debtor=Debtor.CONSUMER,
    )
    assert found.amount == Decimal("150.00")
    assert found.remarks == ("agreed costs above the scale are void towards a consumer (6:96 lid 5 BW)",)


@pytest.mark.parametrize(
    ("principal", "total"),
    [
        ("100.00", "48.40"),
        ("1000.00", "181.50"),
        ("3500.00", "574.75"),
        ("5000.00", "756.25"),
        ("1000000.00", "8197.75"),
    ],
)
def test_costs_with_vat(principal: str, total: str) -> None:
    found = collection_costs(
        Decimal(principal),
        date(2026, 6, 1),
        vat_percent=Decimal(21),
        creditor_reclaims_vat=False,
        vat_stated=True,
    )
    assert found.total == Decimal(total)


@pytest.mark.parametrize("name", table_names())
def test_no_table_answers_outside_its_cover(name: str) -> None:
    """Rows and rules alike: the day before the first and the day after the last are refused, the ends are answered."""
    found = table(name)
    if found.rows and name != "holidays":
        first = found.rows[0].from_date
        assert found.rows_on(found.covers_from)
        assert found.rows_on(found.covers_until)
        for day in (first - ONE_DAY, found.covers_until + ONE_DAY):
            with pytest.raises(LawNotCovered):
                found.rows_on(day)
    for rule_id in {rule.keys["id"] for rule in found.rules}:
        starts = min(rule.from_date for rule in found.rules if rule.keys["id"] == rule_id)
        for day in (starts, found.covers_until):
            assert found.rule(rule_id, day, accept_unconfirmed=True).value is not None
        for day in (starts - ONE_DAY, found.covers_until + ONE_DAY):
            with pytest.raises(LawNotCovered):
                found.rule(rule_id, day, accept_unconfirmed=True)
