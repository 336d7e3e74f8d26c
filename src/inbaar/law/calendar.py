"""Two calendars and the terms counted in them: working days of the law (ATW) and business days of the banks (TARGET).

5 May is a holiday on which banks work, 1 May the other way round. Statutory terms move to a working day, contractual
payment terms do not (unless agreed). Every question outside the table's years raises LawNotCovered.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from inbaar.law.tables import Row, table

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


@cache
def _days() -> dict[date, Row]:
    return {row.from_date: row for row in table("holidays").rows}


def _row(day: date) -> Row | None:
    if isinstance(day, datetime):
        raise TypeError(f"{day} is a moment; the calendar takes a date")
    dated = table("holidays")
    dated.require_cover(day, date(dated.covers_from.year, 1, 1))
    return _days().get(day)


def kings_day(year: int) -> date:
    """27 April, or the 26th where the 27th is a Sunday: art. 3 lid 1 ATW.

    >>> kings_day(2025), kings_day(2031)
    (datetime.date(2025, 4, 26), datetime.date(2031, 4, 26))
    """
    day = date(year, 4, 27)
    return day - ONE_DAY if day.weekday() == SUNDAY else day


def holiday_name(day: date) -> str | None:
    """The Dutch name of a holiday of art. 3 ATW, days equated with one included; None on any other day.

    >>> holiday_name(date(2026, 5, 5))
    'Bevrijdingsdag'
    """
    row = _row(day)
    return str(row.keys["name"]) if row is not None and row.figure() else None


def is_holiday(day: date) -> bool:
    """Whether the day is a holiday of art. 3 ATW or equated with one (Good Friday, days named by decree).

    >>> is_holiday(date(2026, 5, 5)), is_holiday(date(2026, 5, 1))
    (True, False)
    """
    return holiday_name(day) is not None


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor a holiday of art. 3 ATW.

    >>> is_working_day(date(2026, 5, 15))
    False
    """
    return not is_holiday(day) and day.weekday() < SATURDAY


def add_working_days(day: date, number: int) -> date:
    """The last day of a term of so many working days that starts the day after `day`; 0 gives `day` itself.

    >>> add_working_days(date(2026, 4, 29), 5)
    datetime.date(2026, 5, 7)
    """
    if number < 0:
        raise ValueError(f"{number} working days: a term is not counted backwards here; give 0 or more")
    while number:
        day += ONE_DAY
        number -= is_working_day(day)
    return day


def moved_to_working_day(day: date) -> date:
    """The day itself if it is a working day, else the next one: art. 1 ATW, for statutory terms only.

    >>> moved_to_working_day(date(2026, 12, 26))
    datetime.date(2026, 12, 28)
    """
    while not is_working_day(day):
        day += ONE_DAY
    return day


def statutory_term_end(start: date, days: int) -> date:
    """The last day of a statutory term of so many days; `start` itself is not counted.

    Art. 2 ATW: a term of three days or more holds at least two working days. Art. 1: it does not end on a Saturday,
    Sunday or holiday. Art. 4: neither for terms over 90 days. Not for terms in hours, weeks, months or years, nor for
    terms counted backwards, nor for the terms of a contract.

    >>> statutory_term_end(date(2026, 4, 13), 14)
    datetime.date(2026, 4, 28)
    """
    if days < 1:
        raise ValueError(f"a statutory term of {days} days: give 1 or more")
    end = start + timedelta(days=days)
    holidays = table("holidays")
    if days > holidays.rule("longest_extended_term", start).figure():
        return end
    if days >= holidays.rule("term_with_working_days", start).figure():
        working_days = int(holidays.rule("working_days_in_term", start).figure())
        end = max(end, add_working_days(start, working_days))
    return moved_to_working_day(end)


def is_target_day(day: date) -> bool:
    """Whether TARGET is open, so banks settle: Monday to Friday, except its own closing days.

    >>> is_target_day(date(2026, 5, 5)), is_target_day(date(2026, 5, 1))
    (True, False)
    """
    row = _row(day)
    return day.weekday() < SATURDAY and not (row is not None and row.keys["target_closed"])


def previous_target_day(day: date, number: int = 1) -> date:
    """The TARGET day so many TARGET days before the day: a direct debit file must be in on D-1; 0 gives `day` itself.

    >>> previous_target_day(date(2026, 4, 7))
    datetime.date(2026, 4, 2)
    """
    return _moved_by_target_days(day, number, -ONE_DAY)


def add_target_days(day: date, number: int) -> date:
    """The TARGET day so many TARGET days after the day: a direct debit comes back until D+5; 0 gives `day` itself.

    >>> add_target_days(date(2026, 4, 30), 2)
    datetime.date(2026, 5, 5)
    """
    return _moved_by_target_days(day, number, ONE_DAY)


def _moved_by_target_days(day: date, number: int, step: timedelta) -> date:
    if number < 0:
        raise ValueError(f"{number} TARGET days: give 0 or more; the function says in which direction")
    while number:
        day += step
        number -= is_target_day(day)
    return day


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months on (before, if negative), or the last day of a shorter month.

    >>> months_after(date(2026, 8, 31), -6), months_after(date(2026, 1, 15), 13)
    (datetime.date(2026, 2, 28), datetime.date(2027, 2, 15))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_contact_moment(moment: datetime, *, equated_days_blocked: bool = True) -> datetime:
    """The first moment from `moment` on at which a collector may contact a natural person: art. 4.2 Bki.

    Not between 20:00 and 07:00 Dutch time, not on Sundays and holidays; Saturdays are allowed. Whether Good Friday
    and days equated by decree count is not settled: they are blocked unless told otherwise. Any channel. Refuses a
    moment without a time zone. The answer is in Dutch time; an allowed moment comes back unmoved.

    >>> next_contact_moment(datetime(2026, 11, 23, 20, 0, tzinfo=AMSTERDAM)).isoformat()
    '2026-11-24T07:00:00+01:00'
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; give one, because the contact hours are Dutch time")
    local = moment.astimezone(AMSTERDAM)
    dated = table("holidays")
    opens, closes = (
        time(int(dated.rule(f"contact_{side}_hour", local.date()).figure())) for side in ("from", "until")
    )
    day = local.date()
    if _contact_day(day, equated_days_blocked):
        if opens <= local.time() < closes:
            return local
        if local.time() < opens:
            return datetime.combine(day, opens, AMSTERDAM)
    day += ONE_DAY
    while not _contact_day(day, equated_days_blocked):
        day += ONE_DAY
    return datetime.combine(day, opens, AMSTERDAM)


def _contact_day(day: date, equated_days_blocked: bool) -> bool:
    row = _row(day)
    paragraph = 0 if row is None else int(row.figure())
    blocked = paragraph > 0 if equated_days_blocked else paragraph == 1
    return day.weekday() != SUNDAY and not blocked
