"""When an invoice may be sent, by when it asks payment, and what is said of its term."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.issuing.rules import SHORT_TERM_DAYS, Sendable, may_send, pay_by, warnings_of

DUE = dt.date(2026, 4, 1)
READY = Sendable("F-1", DUE, Decimal("242.00"), True, False, False, "", False)


def test_what_is_yet_to_be_sent_may_be_sent():
    assert may_send(READY).allowed


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"yet_to_be_sent": False}, ["sent-before"]),
        ({"withdrawn": True}, ["sent-before"]),
        ({"on_its_way": True}, ["sent-on-its-way"]),
        ({"open_amount": Decimal("0.00")}, ["sent-settled"]),
        ({"hold": "dispute"}, ["sent-held"]),
        ({"explained": True}, ["sent-explained"]),
        ({"explained": True, "hold": "pause"}, ["sent-held", "sent-explained"]),
    ],
)
def test_what_may_not_says_every_reason_and_what_to_do(changed, codes):
    refusals = may_send(replace(READY, **changed)).refusals
    assert [refusal.code for refusal in refusals] == codes
    assert all(refusal.next_step for refusal in refusals)


@given(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)))
def test_the_day_to_pay_is_always_to_come_and_the_printed_one_while_it_is(on):
    asked = pay_by(DUE, on)
    assert asked > on
    assert asked == (DUE if on < DUE else on + dt.timedelta(days=30))
    assert warnings_of(DUE, on) == (
        ("due-come",) if on >= DUE else ("due-soon",) if (DUE - on).days < SHORT_TERM_DAYS else ()
    )
