"""The days around a direct debit: examples D9 to D11 of law.md section 10 and both sides of each term."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.law.calendar import add_target_days, is_target_day, months_after, previous_target_day
from inbaar.law.direct_debit import Scheme, direct_debit_dates, mandate_lapses_on
from inbaar.law.errors import LawNotCovered


@pytest.mark.parametrize(
    ("due_on", "file_by"),
    [
        (date(2026, 5, 4), date(2026, 4, 30)),  # a Friday, but 1 May is closed
        (date(2026, 4, 7), date(2026, 4, 2)),  # Good Friday and Easter Monday are closed
        (date(2026, 5, 5), date(2026, 5, 4)),  # Liberation Day is a TARGET day
        (date(2026, 12, 28), date(2026, 12, 24)),
        (date(2026, 11, 24), date(2026, 11, 23)),
    ],
)
@pytest.mark.parametrize("scheme", Scheme)
def test_the_file_is_in_a_target_day_before(scheme: Scheme, due_on: date, file_by: date) -> None:
    assert direct_debit_dates(due_on, scheme).file_by == file_by


def test_the_days_of_a_core_collection() -> None:
    """Due Thu 30 April: closed on 1 May and in weekends, so D+5 is Fri 8 May (5 May counts)."""
    dates = direct_debit_dates(date(2026, 4, 30))
    assert dates.announce_by == date(2026, 4, 16)
    assert dates.file_by == date(2026, 4, 29)
    assert dates.refuse_until == date(2026, 4, 29)
    assert dates.return_until == dates.reverse_until == date(2026, 5, 8)
    assert dates.refund_until == date(2026, 6, 25)
    assert dates.unauthorised_refund_until == date(2027, 5, 30)


def test_the_days_of_a_b2b_collection() -> None:
    dates = direct_debit_dates(date(2026, 4, 30), Scheme.B2B)
    assert (dates.announce_by, dates.file_by) == (date(2026, 4, 16), date(2026, 4, 29))
    assert dates.refuse_until == date(2026, 4, 30)
    assert (dates.return_until, dates.reverse_until) == (date(2026, 5, 6), date(2026, 5, 8))
    assert (dates.refund_until, dates.unauthorised_refund_until) == (None, None)


def test_another_announcement_may_be_agreed() -> None:
    assert direct_debit_dates(date(2026, 4, 30), announced_days=1).announce_by == date(2026, 4, 29)
    assert direct_debit_dates(date(2026, 4, 30), announced_days=0).announce_by == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("closed", "following"),
    [("2026-05-01", "2026-05-04"), ("2026-12-25", "2026-12-28"), ("2026-11-22", "2026-11-23")],
)
def test_nothing_is_collected_while_target_is_closed(closed: str, following: str) -> None:
    with pytest.raises(ValueError) as refused:
        direct_debit_dates(date.fromisoformat(closed))
    assert str(refused.value) == (
        f"banks do not settle on {closed}; collect on {following}, the next TARGET day"
    )


def test_the_terms_end_with_their_table() -> None:
    assert direct_debit_dates(date(2026, 12, 31)).return_until == date(2027, 1, 8)
    with pytest.raises(LawNotCovered, match="incasso on 2027-01-04"):
        direct_debit_dates(date(2027, 1, 4))
    seen = direct_debit_dates(date(2027, 1, 4), seen_on=date(2026, 12, 18))
    assert (seen.announce_by, seen.file_by) == (date(2026, 12, 21), date(2026, 12, 31))
    with pytest.raises(LawNotCovered, match="feestdagen on 2022-12-30"):
        direct_debit_dates(date(2022, 12, 30))
    with pytest.raises(LawNotCovered, match="incasso on 2027-01-01"):
        mandate_lapses_on(date(2027, 1, 1))


def test_a_mandate_lapses_after_36_months_without_use() -> None:
    assert mandate_lapses_on(date(2023, 11, 22)) == date(2026, 11, 22)
    assert mandate_lapses_on(date(2024, 2, 29)) == date(2027, 2, 28)


def test_months_end_in_the_month_they_reach() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_after(date(2026, 1, 31), -1) == date(2025, 12, 31)
    assert months_after(date(2026, 3, 15), 0) == date(2026, 3, 15)


@given(st.dates(date(2023, 2, 1), date(2030, 11, 1)), st.integers(0, 12))
def test_target_days_are_counted_there_and_back(day: date, number: int) -> None:
    start = add_target_days(day, 0 if is_target_day(day) else 1)
    end = add_target_days(start, number)
    assert is_target_day(end)
    assert previous_target_day(end, number) == start


@pytest.mark.parametrize("count", [add_target_days, previous_target_day])
def test_a_direction_is_not_a_sign(count: object) -> None:
    assert callable(count)
    with pytest.raises(ValueError, match="-1 TARGET days: give 0 or more"):
        count(date(2026, 5, 4), -1)
