"""The 14-day letter: the dates of law.md section 2 (W1 to W5) and everything that voids it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from inbaar.law.consumer_costs import consumer_costs
from inbaar.law.letter14 import Letter14, TermStart, VoidReason, letter14_dates, void_reasons

DATES = [  # id, sent, received, first day, last day, last day counted cautiously, costs due from
    ("W1", "2026-11-03", "2026-11-05", "2026-11-06", "2026-11-19", "2026-11-19", "2026-11-20"),
    ("W2", "2026-11-05", "2026-11-07", "2026-11-08", "2026-11-21", "2026-11-23", "2026-11-24"),
    ("W3", "2026-11-06", "2026-11-10", "2026-11-11", "2026-11-24", "2026-11-24", "2026-11-25"),
    ("W4", "2026-04-01", "2026-04-04", "2026-04-05", "2026-04-18", "2026-04-20", "2026-04-21"),
    ("W5", "2026-12-23", "2026-12-29", "2026-12-30", "2027-01-12", "2027-01-12", "2027-01-13"),
]

GOOD = Letter14(
    sent_on=date(2026, 11, 3),
    in_default_since=date(2026, 11, 3),
    principal=Decimal("1000.00"),
    announced_costs=(Decimal("150.00"),),
)


@pytest.mark.parametrize("row", DATES, ids=lambda row: row[0])
def test_dates_of_a_posted_letter(row: tuple[str, ...]) -> None:
    dates = letter14_dates(date.fromisoformat(row[1]))
    assert (
        str(dates.presumed_received),
        str(dates.first_day),
        str(dates.last_day_14),
        str(dates.last_day_cautious),
        str(dates.costs_due_from),
    ) == row[2:]
    assert dates.receipt_presumed
    assert dates.last_day == dates.last_day_cautious


def test_proven_receipt_counts_instead() -> None:
    dates = letter14_dates(date(2026, 11, 3), received_on=date(2026, 11, 3))
    assert (dates.first_day, dates.last_day_14) == (date(2026, 11, 4), date(2026, 11, 17))
    assert not dates.receipt_presumed
    with pytest.raises(ValueError, match="before it was sent"):
        letter14_dates(date(2026, 11, 3), received_on=date(2026, 11, 2))


def test_a_right_letter_has_no_reasons() -> None:
    assert void_reasons(GOOD) == ()


VOID = [
    (
        {"term_days": 13},
        "term_too_short",
        "the letter gives 13 days, the law 14; waiting longer does not repair it",
        "6:96 lid 6 BW; HR 25-11-2016, ECLI:NL:HR:2016:2704",
    ),
    (
        {"term_starts": TermStart.DATE_OF_LETTER},
        "term_starts_wrong",
        "the term runs from the date of the letter, it must run from the day after receipt",
        "HR 25-11-2016, ECLI:NL:HR:2016:2704",
    ),
    (
        {"pay_by": date(2026, 11, 18)},
        "pay_by_too_early",
        "the letter says to pay by 2026-11-18, the term ends on 2026-11-19",
        "6:96 lid 6 BW; HR 25-11-2016, ECLI:NL:HR:2016:2704",
    ),
    (
        {"announced_costs": ()},
        "no_amount",
        "the letter does not name the amount of the costs",
        "6:96 lid 6 BW",
    ),
    (
        {"announced_costs": (Decimal("150.00"), Decimal("140.00"))},
        "two_amounts",
        "the letter names 150.00 and 140.00; it must name one exact amount",
        "ECLI:NL:RBROT:2020:5202",
    ),
    (
        {"principal": Decimal("100.00"), "announced_costs": (Decimal("41.00"),)},
        "amount_too_high",
        "the letter announces 41.00, the scale allows 40.00",
        "ECLI:NL:RBROT:2020:9162; art. 2 Besluit BIK",
    ),
    (
        {"in_default_since": date(2026, 11, 4)},
        "sent_before_default",
        "the letter was sent on 2026-11-03, default began on 2026-11-04",
        "6:96 lid 6 BW",
    ),
    (
        {"in_default_since": None},
        "sent_before_default",
        "the letter was sent on 2026-11-03, default began not yet",
        "6:96 lid 6 BW",
    ),
    (
        {"consequence_stated": False},
        "no_consequence",
        "the letter does not say what follows if payment stays out",
        "6:96 lid 6 BW",
    ),
    (
        {"receipt_disputed": True},
        "receipt_not_proven",
        "the debtor disputes receipt and there is no proof of it",
        "HR 25-11-2016, ECLI:NL:HR:2016:2704",
    ),
]


@pytest.mark.parametrize(("change", "rule", "text", "source"), VOID, ids=lambda value: str(value)[:20])
def test_what_voids_a_letter(change: dict[str, object], rule: str, text: str, source: str) -> None:
    letter = replace(GOOD, **change)  # type: ignore[arg-type]
    assert void_reasons(letter) == (VoidReason(rule, text, source),)
    assert consumer_costs(letter, date(2026, 12, 31)).total == 0


def test_the_other_side_of_each_boundary() -> None:
    assert void_reasons(replace(GOOD, term_days=14)) == ()
    assert void_reasons(replace(GOOD, pay_by=date(2026, 11, 19))) == ()
    assert void_reasons(replace(GOOD, principal=Decimal("100.00"), announced_costs=(Decimal("40.00"),))) == ()
    assert void_reasons(replace(GOOD, receipt_disputed=True, received_on=date(2026, 11, 5))) == ()


def test_vat_in_the_letter_only_if_it_may_be_added() -> None:
    with_vat = replace(GOOD, announced_costs=(Decimal("181.50"),), vat_percent=Decimal(21))
    assert [reason.rule for reason in void_reasons(with_vat)] == ["amount_too_high"]
    assert void_reasons(replace(with_vat, creditor_reclaims_vat=False, vat_stated=True)) == ()


def test_all_reasons_are_given_at_once() -> None:
    bad = replace(GOOD, term_days=8, term_starts=TermStart.DATE_OF_LETTER, consequence_stated=False)
    assert [reason.rule for reason in void_reasons(bad)] == [
        "term_too_short",
        "term_starts_wrong",
        "no_consequence",
    ]


@pytest.mark.requirement("COL-19")
def test_costs_come_the_day_after_the_term() -> None:
    assert consumer_costs(GOOD, date(2026, 11, 19)).total == 0
    assert consumer_costs(GOOD, date(2026, 11, 19)).remarks == (
        "the term still runs; costs are due from 2026-11-20",
    )
    assert consumer_costs(GOOD, date(2026, 11, 20)).total == Decimal("150.00")


def test_part_payment_in_the_term_lowers_the_base() -> None:
    assert consumer_costs(GOOD, date(2026, 11, 20), paid_in_term=Decimal("600.00")).total == Decimal("60.00")
    assert consumer_costs(GOOD, date(2026, 11, 20), paid_in_term=Decimal("999.99")).total == Decimal("40.00")
    assert consumer_costs(GOOD, date(2026, 11, 20), paid_in_term=Decimal("1000.00")).total == 0
    assert consumer_costs(GOOD, date(2026, 11, 20), paid_in_term=Decimal("1200.00")).total == 0


def test_no_letter_no_costs() -> None:
    found = consumer_costs(None, date(2026, 12, 31))
    assert (found.total, found.remarks) == (0, ("no 14-day letter was sent",))


def test_never_more_than_announced() -> None:
    low = replace(GOOD, announced_costs=(Decimal("100.00"),))
    assert consumer_costs(low, date(2026, 11, 20)).total == Decimal("100.00")
