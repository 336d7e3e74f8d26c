"""The terms of an invoice as it is accepted: both sides of each rule, no database."""

import datetime as dt

import pytest

from inbaar.law.errors import LawNotCovered
from inbaar.parties.rules import Capacity
from inbaar.receivables.rules import Terms, register_dates, terms_of

RECEIVED = dt.date(2026, 6, 1)


def ask(due_date: dt.date | None, **facts: object) -> Terms:
    given = {
        "capacity": Capacity.BUSINESS,
        "large_debtor": True,
        "small_creditor": True,
        "issue_date": RECEIVED,
        "received_on": RECEIVED,
    }
    return terms_of(due_date=due_date, **{**given, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("due_date", "stands_at"),
    [
        (dt.date(2026, 7, 1), dt.date(2026, 7, 1)),
        (dt.date(2026, 7, 2), dt.date(2026, 7, 1)),
        (dt.date(2026, 7, 31), dt.date(2026, 7, 1)),
    ],
)
def test_a_large_debtor_pays_a_small_creditor_within_30_days(due_date: dt.date, stands_at: dt.date) -> None:
    terms = ask(due_date)
    assert terms.due_date == stands_at
    assert terms.first_interest_day == stands_at + dt.timedelta(days=1)
    assert bool(terms.note) is (due_date != stands_at)
    assert ask(due_date, large_debtor=False).due_date == due_date
    assert ask(due_date, small_creditor=False).due_date == due_date


@pytest.mark.parametrize("days", [-400, -1, 0])
def test_an_invoice_that_comes_in_after_its_last_day_keeps_that_day(days: int) -> None:
    """Old invoices are imported long after they were due: no term runs any more that could be too long."""
    due_date = RECEIVED + dt.timedelta(days=days)
    terms = ask(due_date, issue_date=due_date - dt.timedelta(days=14))
    assert (terms.due_date, terms.first_interest_day) == (due_date, due_date + dt.timedelta(days=1))
    assert terms.note == ""


def test_a_long_term_of_a_large_debtor_is_not_judged_outside_the_table() -> None:
    assert ask(dt.date(2027, 3, 1), received_on=dt.date(2026, 12, 31)).due_date == dt.date(2027, 1, 30)
    with pytest.raises(LawNotCovered, match="betalingstermijnen on 2027-01-01"):
        ask(dt.date(2027, 3, 1), received_on=dt.date(2027, 1, 1))


@pytest.mark.parametrize(
    ("issued", "term_days", "notice", "entry", "days"),
    [
        (dt.date(2026, 9, 1), 30, dt.date(2026, 10, 31), dt.date(2026, 11, 14), 74),
        (dt.date(2026, 9, 10), 14, dt.date(2026, 10, 24), dt.date(2026, 11, 7), 58),
        (dt.date(2026, 10, 1), 60, dt.date(2026, 12, 30), dt.date(2027, 1, 13), 104),
    ],
)
def test_the_register_counts_from_the_due_date(
    issued: dt.date, term_days: int, notice: dt.date, entry: dt.date, days: int
) -> None:
    """Examples of law.md section 8: due + 30 days elapsed, then 14 days, the day of the notice not counted."""
    dates = register_dates(issued + dt.timedelta(days=term_days))
    assert (dates.earliest_report, dates.earliest_entry) == (notice, entry)
    assert (entry - issued).days == days
