"""Court costs: examples K1 to K5 of law.md section 5, the four bases, each tariff by its own date."""

from datetime import date
from decimal import Decimal

import pytest

from inbaar.law.bailiff import bailiff_fee, bailiff_vat, may_serve_on
from inbaar.law.court import (
    ClaimedSums,
    Court,
    Payer,
    competent_court,
    court_costs,
    court_fee,
    earliest_hearing,
    fee_due_by,
    nakosten,
    salaris,
)
from inbaar.law.court_tariffs import defendant_fee
from inbaar.law.errors import LawNotCovered, Unconfirmed

LEGAL, NATURAL, INSOLVENT = Payer
IN_2026, JUDGMENT_2026 = date(2026, 3, 1), date(2026, 6, 1)
IN_2024, JUDGMENT_2024 = date(2024, 5, 1), date(2024, 9, 1)

EXAMPLES = [  # id, principal, interest, costs, filed, judgment, payer, points, nakosten, fee, salaris, summons, total
    (
        "K1",
        "4600.00",
        "150.00",
        "585.00",
        IN_2026,
        JUDGMENT_2026,
        LEGAL,
        2,
        True,
        559,
        720,
        "125.57",
        "1548.57",
    ),
    (
        "K2",
        "4000.00",
        "210.00",
        "525.00",
        IN_2026,
        JUDGMENT_2026,
        LEGAL,
        2,
        True,
        529,
        576,
        "125.57",
        "1374.57",
    ),
    (
        "K3",
        "900.00",
        "12.50",
        "135.00",
        IN_2026,
        JUDGMENT_2026,
        NATURAL,
        1,
        False,
        233,
        144,
        "125.57",
        "502.57",
    ),
    (
        "K4",
        "12000.00",
        "300.00",
        "895.00",
        IN_2024,
        JUDGMENT_2024,
        LEGAL,
        2,
        False,
        1409,
        812,
        "112.37",
        "2333.37",
    ),
    ("K5", "435.00", "5.00", "65.25", IN_2026, JUDGMENT_2026, LEGAL, 1, False, 350, 144, "125.57", "619.57"),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_worked_example(example: tuple) -> None:
    _, principal, interest, costs, filed, judgment, payer, points, after, fee, pay, summons, total = example
    claim = ClaimedSums(Decimal(principal), Decimal(interest), Decimal(costs))
    found = court_costs(claim, filed, judgment, payer, Decimal(points), with_nakosten=after)
    assert (found.fee.amount, found.salaris.amount, found.summons.amount) == (fee, pay, Decimal(summons))
    assert (found.nakosten.amount if found.nakosten else None) == (144 if after else None)
    assert found.total == Decimal(total)
    assert "griffierecht" in found.fee.source


def test_four_bases() -> None:
    claim = ClaimedSums(Decimal("24900.00"), Decimal("100.00"), Decimal("1024.00"))
    assert (claim.fee_base, claim.salaris_base) == (Decimal("26024.00"), Decimal("26024.00"))
    assert (claim.competence_base, claim.collection_costs_base) == (Decimal("25000.00"), Decimal("24900.00"))


@pytest.mark.parametrize(
    ("base", "year", "payer", "fee"),
    [
        ("0.00", 2026, LEGAL, 139),
        ("500.00", 2026, LEGAL, 139),
        ("500.01", 2026, LEGAL, 350),
        ("1500.00", 2026, NATURAL, 233),
        ("1500.01", 2026, NATURAL, 265),
        ("2500.01", 2026, LEGAL, 529),
        ("5000.00", 2026, LEGAL, 529),
        ("5000.01", 2026, LEGAL, 559),
        ("12500.00", 2026, LEGAL, 559),
        ("12500.01", 2026, LEGAL, 1504),
        ("12500.01", 2026, NATURAL, 753),
        ("12500.01", 2026, INSOLVENT, 93),
        ("12500.01", 2024, LEGAL, 1409),
        ("12500.01", 2023, NATURAL, 693),
        ("600.00", 2023, INSOLVENT, 86),
    ],
)
def test_kanton_fee(base: str, year: int, payer: Payer, fee: int) -> None:
    assert court_fee(Court.KANTON, Decimal(base), date(year, 6, 1), payer).amount == fee


@pytest.mark.parametrize(
    ("base", "payer", "natural", "fee"),
    [
        (None, LEGAL, False, 735),
        (None, NATURAL, False, 341),
        ("100000.00", LEGAL, False, 3083),
        ("100000.01", LEGAL, False, 7062),
        ("1000000.00", LEGAL, False, 7062),
        ("1000000.01", LEGAL, False, 10487),
        ("1000000.01", LEGAL, True, 7062),
        ("1000000.01", NATURAL, False, 2803),
        ("1000000.01", INSOLVENT, False, 93),
    ],
)
def test_rechtbank_fee(base: str | None, payer: Payer, natural: bool, fee: int) -> None:
    amount = None if base is None else Decimal(base)
    found = court_fee(Court.RECHTBANK, amount, IN_2026, payer, natural_person_is_party=natural)
    assert found.amount == fee


def test_appeal_fee_and_its_holes() -> None:
    assert court_fee(Court.HOF, None, IN_2026, LEGAL).amount == 851
    assert court_fee(Court.HOF, Decimal("12500.00"), IN_2026, LEGAL).amount == 851
    assert (
        court_fee(Court.HOF, Decimal("1000001.00"), IN_2026, LEGAL, natural_person_is_party=True).amount
        == 7003
    )
    with pytest.raises(
        LawNotCovered, match="griffierecht hof 2026, payer insolvent: the table has no such line"
    ):
        court_fee(Court.HOF, None, IN_2026, INSOLVENT)
    with pytest.raises(LawNotCovered, match="griffierecht hof 2025"):
        court_fee(Court.HOF, None, date(2025, 6, 1), LEGAL)


@pytest.mark.parametrize("court", [Court.KANTON, Court.RECHTBANK])
def test_fees_of_2025_are_not_confirmed(court: Court) -> None:
    with pytest.raises(Unconfirmed, match=r"griffierecht\.2025"):
        court_fee(court, Decimal("5335.00"), date(2025, 6, 1), LEGAL)
    found = court_fee(court, Decimal("5335.00"), date(2025, 6, 1), LEGAL, accept_unconfirmed=True)
    assert found.amount == (543 if court is Court.KANTON else 2995)
    assert found.unconfirmed == ("griffierecht.2025",)


def test_fees_go_by_year() -> None:
    assert court_fee(Court.KANTON, Decimal("100.00"), date(2024, 12, 31), LEGAL).amount == 130
    assert court_fee(Court.KANTON, Decimal("100.00"), date(2026, 1, 1), LEGAL).amount == 139
    for day in (date(2022, 12, 31), date(2027, 1, 1)):
        with pytest.raises(LawNotCovered):
            court_fee(Court.KANTON, Decimal("100.00"), day, LEGAL)


def test_the_defendant_pays_nothing_in_kanton() -> None:
    assert defendant_fee(Court.KANTON) == 0
    with pytest.raises(LawNotCovered):
        defendant_fee(Court.RECHTBANK)


@pytest.mark.parametrize(
    ("judgment_on", "base", "points", "amount"),
    [
        (date(2024, 1, 31), "5335.00", "1", 330),
        (date(2024, 2, 1), "5335.00", "1", 339),
        (date(2026, 1, 31), "5335.00", "1", 339),
        (date(2026, 2, 1), "5335.00", "1", 360),
        (date(2026, 2, 1), "250.00", "3", 129),
        (date(2026, 2, 1), "250.00", "4", 129),
        (date(2026, 2, 1), "250.01", "4", 348),
        (date(2026, 2, 1), "1000000.01", "2", 3462),
    ],
)
def test_salaris_goes_by_the_judgment(judgment_on: date, base: str, points: str, amount: int) -> None:
    assert salaris(Court.KANTON, Decimal(base), judgment_on, Decimal(points)).amount == amount


def test_salaris_ends() -> None:
    assert salaris(Court.KANTON, Decimal(1), date(2028, 1, 31), Decimal(1)).amount == 43
    for day in (date(2023, 1, 31), date(2028, 2, 1)):
        with pytest.raises(LawNotCovered):
            salaris(Court.KANTON, Decimal(1), day, Decimal(1))
    with pytest.raises(LawNotCovered, match="salaris before the hof"):
        salaris(Court.HOF, Decimal(1), JUDGMENT_2026, Decimal(1))


def test_salaris_rechtbank_beyond_tariff_one_is_not_confirmed() -> None:
    assert salaris(Court.RECHTBANK, Decimal("10000.00"), JUDGMENT_2026, Decimal(2)).amount == 1108
    with pytest.raises(Unconfirmed, match=r"salaris_rechtbank\.II"):
        salaris(Court.RECHTBANK, Decimal("10000.01"), JUDGMENT_2026, Decimal(2))
    found = salaris(Court.RECHTBANK, Decimal("10000.01"), JUDGMENT_2026, Decimal(2), accept_unconfirmed=True)
    assert (found.amount, found.unconfirmed) == (1306, ("salaris_rechtbank.II",))


def test_nakosten() -> None:
    assert nakosten(Court.KANTON, Decimal("1000.00"), JUDGMENT_2026).amount == 72
    assert nakosten(Court.KANTON, Decimal("5335.00"), JUDGMENT_2026).amount == 144
    with pytest.raises(Unconfirmed, match=r"salaris_kanton\.nakosten_maximum"):
        nakosten(Court.KANTON, Decimal("5335.00"), JUDGMENT_2024)
    accepted = nakosten(Court.KANTON, Decimal("5335.00"), JUDGMENT_2024, accept_unconfirmed=True)
    assert accepted.amount == 135
    assert nakosten(Court.RECHTBANK, Decimal(1), JUDGMENT_2026).amount == 189
    assert nakosten(Court.RECHTBANK, Decimal(1), JUDGMENT_2026, served=True).amount == 287


def test_competence_counts_interest_but_not_collection_costs() -> None:
    at_limit = ClaimedSums(Decimal("24900.00"), Decimal("100.00"), Decimal("1024.00"))
    assert competent_court(at_limit, IN_2026) is Court.KANTON
    above = ClaimedSums(Decimal("24900.00"), Decimal("100.01"))
    assert competent_court(above, IN_2026) is Court.RECHTBANK
    with pytest.raises(Unconfirmed, match=r"court_rules\.kanton_consumer_limit"):
        competent_court(above, IN_2026, consumer=True)
    assert competent_court(above, IN_2026, consumer=True, accept_unconfirmed=True) is Court.KANTON
    too_much = ClaimedSums(Decimal("40000.01"))
    assert competent_court(too_much, IN_2026, consumer=True, accept_unconfirmed=True) is Court.RECHTBANK


@pytest.mark.parametrize(
    ("act", "day", "amount"),
    [
        ("a", date(2023, 3, 1), "106.73"),
        ("a", date(2024, 1, 1), "112.37"),
        ("a", date(2025, 1, 1), "119.40"),
        ("a", date(2026, 1, 1), "125.57"),
        ("b", date(2023, 12, 31), "116.20"),
        ("b", date(2026, 1, 1), "136.71"),
        ("i", date(2026, 1, 1), "260.68"),
        ("j", date(2026, 1, 1), "184.91"),
        ("v", date(2026, 1, 1), "322.59"),
    ],
)
def test_bailiff_fee(act: str, day: date, amount: str) -> None:
    assert bailiff_fee(act, day).amount == Decimal(amount)


def test_bailiff_table_ends() -> None:
    with pytest.raises(LawNotCovered, match="the table has no such line; ask the bailiff"):
        bailiff_fee("x", date(2026, 1, 1))
    with pytest.raises(LawNotCovered, match="starts on 2023-03-01"):
        bailiff_fee("a", date(2023, 2, 28))


def test_vat_on_bailiff_costs_only_if_the_creditor_bears_it() -> None:
    fee = Decimal("125.57")
    assert bailiff_vat(fee, IN_2026, creditor_reclaims_vat=True).amount == 0
    with pytest.raises(Unconfirmed, match=r"bailiff\.vat_on_bailiff_costs"):
        bailiff_vat(fee, IN_2026, creditor_reclaims_vat=False)
    found = bailiff_vat(fee, IN_2026, creditor_reclaims_vat=False, accept_unconfirmed=True)
    assert found.amount == Decimal("26.37")
    claim = ClaimedSums(Decimal("900.00"), Decimal("12.50"), Decimal("135.00"))
    with_vat = court_costs(
        claim,
        IN_2026,
        JUDGMENT_2026,
        NATURAL,
        Decimal(1),
        with_nakosten=False,
        creditor_reclaims_vat=False,
        accept_unconfirmed=True,
    )
    assert with_vat.total == Decimal("502.57") + Decimal("26.37")
    assert with_vat.unconfirmed == ("bailiff.vat_on_bailiff_costs",)


def test_a_total_names_every_unconfirmed_rule_it_rests_on() -> None:
    claim = ClaimedSums(Decimal("4000.00"))
    confirmed = court_costs(claim, IN_2026, JUDGMENT_2026, LEGAL, Decimal(2))
    assert confirmed.unconfirmed == ()
    assert sum(part.amount for part in confirmed.parts) == confirmed.total
    in_2025 = (claim, date(2025, 6, 1), date(2025, 9, 1), LEGAL, Decimal(2))
    with pytest.raises(Unconfirmed):
        court_costs(*in_2025)
    assert court_costs(*in_2025, accept_unconfirmed=True).unconfirmed == (
        "griffierecht.2025",
        "salaris_kanton.nakosten_maximum",
    )


def test_summons_and_service() -> None:
    with pytest.raises(Unconfirmed, match=r"court_rules\.summons_term"):
        earliest_hearing(date(2026, 6, 1))
    assert earliest_hearing(date(2026, 6, 1), accept_unconfirmed=True) == date(2026, 6, 9)
    assert fee_due_by(date(2026, 6, 9)) == date(2026, 7, 7)
    assert [may_serve_on(date(2026, 5, day)) for day in (14, 15, 16, 17, 18)] == [
        False,
        False,
        True,
        False,
        True,
    ]
