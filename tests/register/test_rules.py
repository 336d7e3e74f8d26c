"""The register's rules: both sides of each boundary, and the days of the published examples."""

import csv
import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.kit.errors import Refusal
from inbaar.receivables.rules import register_dates
from inbaar.register.rules import (
    CONDITIONS,
    Arrear,
    Notice,
    conditions,
    ends_by,
    entry_day,
    last_day_to_pay,
    may_enter,
    may_report,
)

DUE = dt.date(2026, 10, 1)
DAY_30, DAY_29 = dt.date(2026, 10, 31), dt.date(2026, 10, 30)
GOOD = Arrear("69599084", False, Decimal("1210.00"), Decimal("1210.00"), "EUR", DUE, True)
TOLD = Notice(DAY_30, entry_day(DAY_30), called=True)
# The days of the published examples: invoice date, term, due, earliest letter, earliest entry, days from the invoice.
EXAMPLES = (
    "Z1,2026-09-01,30,2026-10-01,2026-10-31,2026-11-14,74",
    "Z2,2026-09-10,14,2026-09-24,2026-10-24,2026-11-07,58",
    "Z3,2026-10-01,60,2026-11-30,2026-12-30,2027-01-13,104",
)


def codes(verdict):
    return [refusal.code for refusal in verdict.refusals]


def passing(arrear, on=DAY_30):
    (refusal,) = may_report(arrear, on).refusals
    return refusal.code, refusal.passes_on


def test_an_arrear_that_meets_all_five_conditions_may_be_reported():
    assert may_report(GOOD, DAY_30).allowed
    assert list(conditions(GOOD, DAY_30)) == list(CONDITIONS)
    assert set(conditions(GOOD, DAY_30).values()) == {None}


@pytest.mark.requirement("REG-01")
def test_only_a_debtor_with_a_kvk_number_can_be_reported():
    assert passing(replace(GOOD, consumer=True)) == ("register-kvk", "never")
    for number in ("", "6959908", "695990845", "6959908X"):
        assert passing(replace(GOOD, kvk_number=number)) == ("register-kvk", None)


@pytest.mark.requirement("REG-02")
def test_a_claim_without_documents_of_delivery_cannot_be_reported():
    assert passing(replace(GOOD, supported=False)) == ("register-proof", None)


@pytest.mark.requirement("REG-03")
def test_thirty_days_after_the_last_day_to_pay_and_not_twenty_nine():
    assert passing(GOOD, DAY_29) == ("register-overdue", DAY_30)
    assert may_report(GOOD, DAY_30).allowed


@pytest.mark.requirement("REG-04")
def test_a_hundred_euro_and_not_a_cent_less():
    short = replace(GOOD, payable=Decimal("99.99"), open_amount=Decimal("99.99"))
    assert passing(short) == ("register-minimum", "never")
    assert may_report(replace(short, payable=Decimal("100.00")), DAY_30).allowed


@pytest.mark.requirement("REG-05")
def test_a_disputed_claim_cannot_be_reported():
    assert passing(replace(GOOD, disputed=True)) == ("register-disputed", None)


def test_every_rule_that_fails_is_named_and_the_day_is_the_last_of_them():
    wrong = Arrear(
        "", False, Decimal("50.00"), Decimal("0.00"), "USD", DUE, False, True, False, False, True, "pause"
    )
    verdict = may_report(wrong, DAY_29)
    assert codes(verdict) == [
        *CONDITIONS, "register-settled", "register-currency", "register-title", "register-unsent", "register-explained",
        "register-held",
    ]  # fmt: skip
    assert all(
        isinstance(refusal, Refusal) and refusal.fact and refusal.limit for refusal in verdict.refusals
    )
    assert verdict.passes_on is None


def test_a_promise_makes_it_wait_until_the_day_after_its_last():
    promised = replace(GOOD, hold="promise", hold_until=dt.date(2026, 11, 3))
    assert passing(promised) == ("register-held", dt.date(2026, 11, 4))


@pytest.mark.parametrize("row", list(csv.reader(EXAMPLES)), ids=lambda row: row[0])
@pytest.mark.requirement("REG-26")
def test_the_days_of_the_published_examples(row):
    issued, due, told, entered = (dt.date.fromisoformat(row[place]) for place in (1, 3, 4, 5))
    assert issued + dt.timedelta(days=int(row[2])) == due
    assert register_dates(due).earliest_report == told
    assert entry_day(told) == register_dates(due).earliest_entry == entered
    assert (entered - issued).days == int(row[6])
    arrear, notice = replace(GOOD, due_date=due), Notice(told, entry_day(told), called=True)
    day = dt.timedelta(days=1)
    assert (may_report(arrear, told - day).allowed, may_report(arrear, told).allowed) == (False, True)
    assert (may_enter(arrear, notice, entered - day).allowed, may_enter(arrear, notice, entered).allowed) == (
        False,
        True,
    )


@pytest.mark.requirement("REG-25")
def test_invoice_date_day_60_day_74():
    issued = dt.date(2026, 9, 1)
    day_60, day_74 = issued + dt.timedelta(days=60), issued + dt.timedelta(days=74)
    due = issued + dt.timedelta(days=30)
    arrear = replace(GOOD, due_date=due)
    notice = Notice(day_60, entry_day(day_60), called=True)
    days = [issued + dt.timedelta(days=n) for n in range(80)]
    assert next(on for on in days if may_report(arrear, on).allowed) == day_60
    assert next(on for on in days if may_enter(arrear, notice, on).allowed) == day_74


def test_day_14_is_the_last_to_pay_and_day_15_the_day_of_entry():
    days = [DAY_30 + dt.timedelta(days=n) for n in range(15)]
    assert last_day_to_pay(DAY_30) == days[13]
    assert codes(may_enter(GOOD, TOLD, days[13])) == ["register-fourteen-days"]
    assert may_enter(GOOD, TOLD, days[13]).passes_on == days[14]
    assert may_enter(GOOD, TOLD, days[14]).allowed


def test_nobody_is_entered_who_was_not_asked_in_writing_and_by_phone():
    on = entry_day(DAY_30)
    untold = Notice(None, on, called=False, bank_stale=True)
    assert codes(may_enter(GOOD, untold, on)) == [
        "register-untold",
        "register-not-called",
        "register-stale-bank",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"consumer": True}, {"supported": False}, {"due_date": DUE + dt.timedelta(days=15)},
        {"payable": Decimal("99.99")}, {"disputed": True},
    ],
)  # fmt: skip
def test_each_condition_stops_an_entry_as_it_stops_a_report(change):
    assert len(may_enter(replace(GOOD, **change), TOLD, entry_day(DAY_30)).refusals) == 1


def test_payment_and_a_plan_end_a_report_and_nothing_else_does():
    assert ends_by(replace(GOOD, open_amount=Decimal("0.00"))) == "paid"
    assert ends_by(replace(GOOD, hold="plan")) == "plan"
    for hold in ("", "promise", "pause", "insolvency", "unmatched_payment"):
        assert ends_by(replace(GOOD, hold=hold)) == ""
