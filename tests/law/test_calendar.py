"""The two calendars: worked examples D1 to D12 of law.md section 10, the contact hours of section 4, the cover."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.law import calendar as law_calendar
from inbaar.law.calendar import (
    AMSTERDAM,
    add_working_days,
    holiday_name,
    is_holiday,
    is_target_day,
    is_working_day,
    kings_day,
    moved_to_working_day,
    next_contact_moment,
    previous_target_day,
    statutory_term_end,
)
from inbaar.law.errors import LawNotCovered
from inbaar.law.tables import table


@pytest.mark.requirement("DUN-04")
@pytest.mark.parametrize(
    ("day", "number", "end"),
    [
        ("2026-11-16", 5, "2026-11-23"),
        ("2026-12-18", 5, "2026-12-28"),
        ("2026-04-29", 5, "2026-05-07"),
        ("2026-04-29", 6, "2026-05-08"),
        ("2026-05-13", 5, "2026-05-22"),
        ("2026-05-13", 6, "2026-05-26"),
        ("2026-12-24", 2, "2026-12-29"),
        ("2026-11-16", 0, "2026-11-16"),
        ("2026-11-14", 1, "2026-11-16"),
    ],
)
def test_working_days(day: str, number: int, end: str) -> None:
    assert add_working_days(date.fromisoformat(day), number) == date.fromisoformat(end)


@pytest.mark.requirement("DUN-05")
@given(st.dates(date(2023, 1, 1), date(2030, 12, 1)))
def test_five_working_days_are_a_week_unless_a_holiday_intervenes(day: date) -> None:
    end = add_working_days(day, 5)
    between = [day + timedelta(days=number) for number in range(1, 8)]
    assert end <= day + timedelta(days=7) or any(is_holiday(found) for found in between)


def test_no_term_counts_back() -> None:
    with pytest.raises(ValueError, match="not counted backwards"):
        add_working_days(date(2026, 11, 16), -1)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-04-13", 14, "2026-04-28"),
        ("2026-12-12", 14, "2026-12-28"),
        ("2026-04-12", 14, "2026-04-28"),
        ("2026-04-11", 13, "2026-04-24"),
        ("2026-12-24", 3, "2026-12-29"),
        ("2026-12-24", 2, "2026-12-28"),
        ("2026-09-27", 90, "2026-12-28"),
        ("2026-09-26", 91, "2026-12-26"),
    ],
)
def test_statutory_terms(start: str, days: int, end: str) -> None:
    assert statutory_term_end(date.fromisoformat(start), days) == date.fromisoformat(end)


def test_a_statutory_end_moves_to_a_working_day() -> None:
    assert moved_to_working_day(date(2026, 12, 26)) == date(2026, 12, 28)
    assert moved_to_working_day(date(2026, 12, 24)) == date(2026, 12, 24)
    with pytest.raises(ValueError, match="give 1 or more"):
        statutory_term_end(date(2026, 12, 24), 0)


@pytest.mark.parametrize(
    ("day", "atw", "target"),
    [
        (date(2026, 5, 1), True, False),
        (date(2026, 5, 5), False, True),
        (date(2026, 4, 3), False, False),
        (date(2026, 4, 27), False, True),
        (date(2026, 5, 15), False, True),
        (date(2026, 12, 25), False, False),
        (date(2026, 11, 21), False, False),
        (date(2026, 11, 23), True, True),
    ],
)
def test_two_calendars(day: date, atw: bool, target: bool) -> None:
    assert is_working_day(day) is atw
    assert is_target_day(day) is target


@pytest.mark.parametrize(
    ("day", "before"),
    [("2026-05-05", "2026-05-04"), ("2026-05-04", "2026-04-30"), ("2026-04-07", "2026-04-02")],
)
def test_target_day_before(day: str, before: str) -> None:
    assert previous_target_day(date.fromisoformat(day)) == date.fromisoformat(before)


def test_kings_day() -> None:
    assert kings_day(2025) == date(2025, 4, 26)
    assert kings_day(2026) == date(2026, 4, 27)
    assert kings_day(2031) == date(2031, 4, 26)
    for year in range(2023, 2031):
        assert holiday_name(kings_day(year)) == "Koningsdag"


def test_days_equated_by_decree() -> None:
    equated = [str(row.from_date) for row in table("holidays").rows if row.value == 3]
    assert equated == [
        "2023-04-28",
        "2023-05-19",
        "2024-05-10",
        "2024-12-27",
        "2025-05-30",
        "2026-01-02",
        "2026-05-15",
        "2027-05-07",
        "2028-04-28",
        "2028-05-26",
    ]


@pytest.mark.parametrize("day", [date(2022, 12, 31), date(2031, 1, 1)])
@pytest.mark.parametrize("question", ["is_holiday", "is_working_day", "is_target_day"])
def test_the_calendar_ends(day: date, question: str) -> None:
    with pytest.raises(LawNotCovered, match="feestdagen on"):
        getattr(law_calendar, question)(day)


def test_the_calendar_answers_up_to_its_ends() -> None:
    assert is_holiday(date(2023, 1, 1))
    assert is_working_day(date(2023, 1, 2))
    assert is_working_day(date(2030, 12, 31))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.requirement("ASK-17")
@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-05-02T18:00", "2026-05-02T18:00"),
        ("2026-05-03T18:00", "2026-05-04T07:00"),
        ("2026-05-05T09:00", "2026-05-06T07:00"),
        ("2026-11-23T20:00", "2026-11-24T07:00"),
        ("2026-11-23T19:59", "2026-11-23T19:59"),
        ("2026-11-24T07:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-28T20:00", "2026-11-30T07:00"),
        ("2026-12-24T20:00", "2026-12-28T07:00"),
        ("2026-04-03T10:00", "2026-04-04T07:00"),
    ],
)
def test_contact_hours(moment: str, allowed: str) -> None:
    assert next_contact_moment(local(moment)) == local(allowed)


@pytest.mark.requirement("ASK-17")
def test_contact_hours_are_dutch_hours() -> None:
    """18:59 UTC is 20:59 in summer and 19:59 in winter; the clock change of 2026-10-25 lies between."""
    assert next_contact_moment(datetime(2026, 7, 1, 18, 59, tzinfo=UTC)) == local("2026-07-02T07:00")
    winter = datetime(2026, 12, 1, 18, 59, tzinfo=UTC)
    assert next_contact_moment(winter) == winter
    assert next_contact_moment(local("2026-10-24T21:00")) == local("2026-10-26T07:00")
    with pytest.raises(ValueError, match="no time zone"):
        next_contact_moment(datetime(2026, 7, 1, 12, 0))  # noqa: DTZ001


def test_equated_days_can_be_allowed() -> None:
    good_friday = local("2026-04-03T10:00")
    assert next_contact_moment(good_friday, equated_days_blocked=False) == good_friday
    easter_monday = local("2026-04-06T10:00")
    assert next_contact_moment(easter_monday, equated_days_blocked=False) == local("2026-04-07T07:00")


@given(st.datetimes(datetime(2024, 4, 2), datetime(2030, 11, 30)))  # noqa: DTZ001
def test_the_answer_is_allowed_and_never_earlier(moment: datetime) -> None:
    asked = moment.replace(tzinfo=UTC)
    answer = next_contact_moment(asked)
    assert answer >= asked
    assert next_contact_moment(answer) == answer
    assert 7 <= answer.hour < 20
    assert answer.weekday() != 6
