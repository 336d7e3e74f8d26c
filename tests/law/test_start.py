"""When a bill is due and interest starts: law.md section 1.3, both sides of each boundary."""

from datetime import date
from decimal import Decimal

import pytest

from inbaar.law.errors import LawNotCovered, Unconfirmed
from inbaar.law.start import (
    TermUnit,
    agreed_term,
    business_term,
    consumer_default,
    due_date,
    first_interest_day,
    government_term,
    is_large,
    large_debtor_term,
    no_term,
)

RECEIVED = date(2026, 6, 1)


def test_agreed_term() -> None:
    assert agreed_term(date(2026, 6, 30)).first_interest_day == date(2026, 7, 1)


def test_no_term_counts_from_the_latest_of_receipt_performance_and_acceptance() -> None:
    assert no_term(RECEIVED).first_interest_day == date(2026, 7, 2)
    assert no_term(RECEIVED, performed_on=date(2026, 6, 3)).first_interest_day == date(2026, 7, 4)
    assert no_term(RECEIVED, accepted_on=date(2026, 5, 3)).first_interest_day == date(2026, 7, 2)


def test_an_acceptance_that_took_more_than_30_days_is_flagged_not_moved() -> None:
    in_time = no_term(RECEIVED, performed_on=date(2026, 6, 1), accepted_on=date(2026, 7, 1))
    assert (in_time.due_on, in_time.remarks) == (date(2026, 7, 31), ())
    late = no_term(RECEIVED, performed_on=date(2026, 6, 1), accepted_on=date(2026, 7, 2))
    assert late.due_on == date(2026, 8, 1)
    assert late.remarks == (
        "accepted 31 days after performance, above 30: that stands only if expressly agreed and not grossly unfair "
        "(6:119a lid 4 BW)",
    )
    before_the_rule = no_term(date(2013, 1, 1), performed_on=date(2013, 1, 1), accepted_on=date(2013, 3, 15))
    assert before_the_rule.remarks == ()


def test_contract_terms_do_not_move() -> None:
    assert due_date(date(2026, 11, 26), 30) == date(2026, 12, 26)
    assert due_date(date(2026, 4, 29), 5, TermUnit.WORKING_DAYS) == date(2026, 5, 7)
    with pytest.raises(ValueError, match="give 0 or more"):
        due_date(RECEIVED, -1)


def test_large_debtor_pays_a_small_creditor_in_30_days() -> None:
    due = large_debtor_term(RECEIVED, 60, date(2025, 3, 1))
    assert (due.due_on, due.first_interest_day) == (date(2026, 7, 1), date(2026, 7, 2))
    assert due.remarks == ("the agreed 60 days are void: a large debtor pays a smaller creditor within 30",)
    assert large_debtor_term(RECEIVED, 31, date(2025, 3, 1)).due_on == date(2026, 7, 1)
    assert large_debtor_term(RECEIVED, 30, date(2025, 3, 1)).remarks == ()
    assert large_debtor_term(RECEIVED, 14, date(2025, 3, 1)).due_on == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("contract_date", "received_on", "due_on"),
    [
        (date(2022, 7, 1), date(2022, 8, 1), date(2022, 8, 31)),
        (date(2022, 6, 30), date(2022, 8, 1), date(2022, 9, 30)),
        (date(2022, 6, 30), date(2023, 6, 30), date(2023, 8, 29)),
        (date(2022, 6, 30), date(2023, 7, 1), date(2023, 7, 31)),
    ],
)
def test_old_contracts_had_a_year(contract_date: date, received_on: date, due_on: date) -> None:
    assert large_debtor_term(received_on, 60, contract_date).due_on == due_on


def test_a_term_above_60_days_is_flagged_not_converted() -> None:
    assert business_term(RECEIVED, 60).unconfirmed == ()
    due = business_term(RECEIVED, 61)
    assert due.due_on == date(2026, 8, 1)
    assert due.unconfirmed == ("payment_terms.business_maximum",)
    assert due.remarks == (
        "a term of 61 days, above 60, stands only if expressly agreed and not grossly unfair",
    )


def test_before_the_maximum_a_long_term_simply_stood() -> None:
    assert business_term(date(2013, 3, 15), 90).unconfirmed == ()
    assert business_term(date(2013, 3, 16), 90).unconfirmed == ("payment_terms.business_maximum",)


@pytest.mark.parametrize("received_on", [date(2002, 8, 7), date(2027, 1, 1)])
@pytest.mark.parametrize("term_days", [14, 60])
def test_terms_end_with_the_table(received_on: date, term_days: int) -> None:
    for ask in (
        lambda: business_term(received_on, term_days),
        lambda: large_debtor_term(received_on, term_days, date(2025, 3, 1)),
        lambda: no_term(received_on),
        lambda: government_term(received_on, accept_unconfirmed=True),
    ):
        with pytest.raises(LawNotCovered, match=f"betalingstermijnen on {received_on}"):
            ask()


def test_terms_are_answered_up_to_both_ends_of_the_table() -> None:
    assert business_term(date(2002, 8, 8), 14).due_on == date(2002, 8, 22)
    assert large_debtor_term(date(2026, 12, 31), 60, date(2025, 3, 1)).due_on == date(2027, 1, 30)


def test_government_rests_on_an_unconfirmed_rule() -> None:
    with pytest.raises(Unconfirmed, match=r"payment_terms\.government_maximum"):
        government_term(RECEIVED)
    due = government_term(RECEIVED, 60, accept_unconfirmed=True)
    assert (due.due_on, due.unconfirmed) == (date(2026, 7, 1), ("payment_terms.government_maximum",))
    assert government_term(RECEIVED, 14, accept_unconfirmed=True).due_on == date(2026, 6, 15)


def test_a_consumer_needs_an_agreed_term_or_a_notice() -> None:
    assert consumer_default(fatal_term_ends=date(2026, 6, 30)) == date(2026, 7, 1)
    assert consumer_default(notice_term_ends=date(2026, 7, 20)) == date(2026, 7, 21)
    assert consumer_default() is None
    printed_only = {"consumer": True, "due_on": date(2026, 6, 30), "term_agreed": False}
    assert first_interest_day(**printed_only) is None
    assert first_interest_day(**printed_only, notice_term_ends=date(2026, 7, 20)) == date(2026, 7, 21)
    assert first_interest_day(consumer=True, due_on=date(2026, 6, 30)) == date(2026, 7, 1)


def test_trade_without_any_day_is_refused() -> None:
    assert first_interest_day(due_on=date(2026, 6, 30), term_agreed=False, received_on=RECEIVED) == date(
        2026, 7, 2
    )
    with pytest.raises(LawNotCovered) as refused:
        first_interest_day()
    assert str(refused.value) == (
        "the first day of interest: neither an agreed last day nor a day of receipt is known; "
        "record the day the invoice was received"
    )


def test_large_is_above_two_of_three_limits() -> None:
    def ask(balance: int, turnover: int, staff: int, year: int = 2023) -> bool:
        return is_large(Decimal(balance), Decimal(turnover), staff, year)

    assert not ask(20_000_000, 40_000_000, 250)
    assert ask(20_000_001, 40_000_000, 250)
    assert not ask(20_000_001, 40_000_000, 249)
    assert ask(20_000_001, 40_000_001, 0)
    assert not ask(1, 1, 1, 2022)
    assert not ask(1, 1, 1, 2026)
    for year in (2021, 2027):
        with pytest.raises(LawNotCovered, match=f"in {year}: the limits held are for 2022 to 2026"):
            ask(1, 1, 1, year)


def test_raised_limits_are_refused_only_where_they_matter() -> None:
    facts = (Decimal(22_000_000), Decimal(45_000_000), 300)
    assert is_large(*facts, 2023)
    with pytest.raises(Unconfirmed, match=r"payment_terms\.large_balance_2024"):
        is_large(*facts, 2024)
    assert not is_large(*facts, 2024, accept_unconfirmed=True)
    assert is_large(Decimal(26_000_000), Decimal(51_000_000), 10, 2024)
    assert not is_large(Decimal(1), Decimal(1), 10, 2024)
