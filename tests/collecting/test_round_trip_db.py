"""Debits in dated days from mandate to money, with a simulated bank: late, twice and out of order; rejected, gone back, repeated."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.banking.debits.actions import make_debit_batch, request_debit, request_due
from inbaar.law.calendar import AMSTERDAM
from inbaar.market.debit_desk import DebitDesk
from inbaar.market.debit_orders import read_collections
from tests.banking.schemas import faults
from tests.collecting.books import READY, AtBank, text_of
from tests.debits.books import DAY, acting, at, refused, rows, signed, states
from tests.transfers.books import account_of, assert_proven

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 3, 17)  # 3 March and 14 days
FILED, BACK = DUE - dt.timedelta(1), DUE + dt.timedelta(2)
OPEN = "SELECT open_amount FROM receivables_invoice ORDER BY number"
MANDATE = "SELECT state FROM debits_mandate"


def opened(client):
    return [str(amount) for (amount,) in rows(client, OPEN)]


@pytest.mark.requirement("COL-01", "COL-03")
def test_a_one_off_debit_from_mandate_to_money_once_and_never_again(client_a):
    """Signed on 2 February for one purchase, told on 3 March, in the file of the 16th as OOFF, on the account on the 17th."""
    here = AtBank(client_a, kind="one_off")
    assert here.day(DAY) == []
    request_debit(client_a.id, here.invoice, here.mandate, "eva", DAY, at(DAY))
    (message,) = here.day(DAY)
    assert "K-1" in text_of(message)
    content = here.collect(FILED, DUE)
    assert faults("pain.008.001.08", content) == []
    assert read_collections(content).sequence == "OOFF"
    assert (states(client_a), opened(client_a)) == (["collected"], ["0.00"])
    other = here.owed("2026-0002")
    refused(lambda: request_debit(client_a.id, other, here.mandate, "eva", DUE, at(DUE)), "mandate-used")
    assert here.day(DUE) == []
    # Whoever sends the same mandate once more, past this program, finds it closed at the bank.
    again = content.replace(read_collections(content).message_id.encode(), b"INB-X")
    moment = dt.datetime.combine(FILED, dt.time(9), AMSTERDAM)
    assert b"MD02" in here.bank.hand_in(again, moment)
    assert_proven(client_a)


@pytest.mark.requirement("COL-02")
def test_a_recurring_debit_collects_each_month_by_itself_until_the_last(client_a):
    """Invoices of February to April, each due on the 3rd or later and told fourteen days before: RCUR, RCUR, and FNAL for the last."""
    here = AtBank(client_a)
    sequences = []
    for number, told, day in (
        ("2026-0002", DAY, DUE),
        ("2026-0003", dt.date(2026, 4, 1), dt.date(2026, 4, 15)),
    ):
        assert len(here.day(told)) == 1
        sequences.append(read_collections(here.collect(day - dt.timedelta(1), day)).sequence)
        last = here.owed(number)
    on, day = dt.date(2026, 5, 1), dt.date(2026, 5, 15)
    request_debit(client_a.id, last, here.mandate, "eva", on, at(on), last=True)
    assert len(here.day(on)) == 1
    sequences.append(read_collections(here.collect(day - dt.timedelta(1), day)).sequence)
    assert sequences == ["RCUR", "RCUR", "FNAL"]
    assert opened(client_a)[:1] == ["0.00"]
    assert states(client_a) == ["collected"] * 3
    here.owed("2026-0009")
    assert request_due(client_a.id, "run", day, at(day)) == (0, 1)
    assert_proven(client_a)


@pytest.mark.parametrize("in_one_sum", [False, True])
@pytest.mark.parametrize("order", ["in order", "backwards", "shuffled"])
def test_what_the_bank_tells_in_any_order_and_twice_ends_the_same(client_a, in_one_sum, order):
    """Six debits of 11.00 to 16.00 by six mandates: one rejected, one back after two days, one in week 8; 33.00 and 13.00 are open."""
    here = AtBank(client_a, automatic=False)
    here.bank = DebitDesk(here.bank.business, Decimal("1000.00"), in_one_sum=in_one_sum)
    mandates = [signed(client_a, here.debtor, reference=f"K-{n}") for n in range(11, 17)]
    for n, mandate in enumerate(mandates, 11):
        request_debit(client_a.id, here.owed(f"2026-00{n}", f"{n}.00"), mandate, "eva", DAY, at(DAY))
    here.day(DAY)
    week_eight = DUE + dt.timedelta(weeks=8)
    here.fails(rejected={"K-11": "AC04"}, K12=("AM04", BACK), K13=("MD06", week_eight))
    content = here.file(FILED)
    morning = dt.datetime.combine(FILED, dt.time(9), AMSTERDAM)
    told = [here.bank.hand_in(content, morning), here.bank.hand_in(content, morning)]
    told += [here.bank.statement(day) for day in (DUE, BACK, week_eight)]
    told += [here.bank.notification(statement) for statement in told[2:]]
    assert all(faults("camt.054.001.08", notice) == [] for notice in told[5:])
    told *= 2
    if order == "backwards":
        told.reverse()
    elif order == "shuffled":
        random.Random(5).shuffle(told)
    here.take_in(week_eight, *told)
    assert states(client_a) == ["rejected", "returned", "returned", "collected", "collected", "collected"]
    assert opened(client_a) == ["121.00", "11.00", "12.00", "13.00", "0.00", "0.00", "0.00"]
    assert_proven(client_a)


def test_without_enough_money_it_is_collected_once_more_announced_anew_and_then_a_person_says_why(client_a):
    """Back on 19 March with AM04: the run leaves it; asked again on the 20th for 3 April, Good Friday, so told for Tuesday the 7th."""
    here = AtBank(client_a)
    here.day(DAY)
    here.fails(K1=("AM04", BACK))
    here.collect(FILED, DUE)
    here.statements(BACK)
    assert (states(client_a), opened(client_a)) == (["returned"], ["121.00"])
    on, day, thursday = dt.date(2026, 3, 20), dt.date(2026, 4, 7), dt.date(2026, 4, 2)
    assert here.day(on) == []
    request_debit(client_a.id, here.invoice, here.mandate, "eva", on, at(on))
    (message,) = here.day(on)
    assert "dinsdag 7 april 2026" in text_of(message)
    here.fails(K1=("AM04", dt.date(2026, 4, 9)))
    late = dt.date(2026, 4, 3)
    ready = [number for (number,) in rows(client_a, READY)]
    refused(
        lambda: make_debit_batch(client_a.id, account_of(client_a), ready, acting(here.eva, late)),
        "collection-passed",
    )
    here.collect(thursday, day)
    here.statements(dt.date(2026, 4, 9))
    assert states(client_a) == ["returned", "returned"]
    ask = lambda why: request_debit(client_a.id, here.invoice, here.mandate, "eva", day, at(day), because=why)  # noqa: E731
    refused(lambda: ask(""), "debit-repeat")
    assert ask("his wages are in")
    assert_proven(client_a)


@pytest.mark.parametrize(("reason", "mandate"), [("MD01", "suspended"), ("MS02", "live"), ("MD06", "live")])
def test_what_goes_back_opens_the_invoice_and_is_not_collected_again_by_itself(client_a, reason, mandate):
    """MD01: he never allowed it, nothing more by this mandate. MS02, MD06: he refused it; a person decides, with a reason."""
    here = AtBank(client_a)
    here.day(DAY)
    back = DUE + dt.timedelta(weeks=8) if reason == "MD06" else BACK
    here.fails(K1=(reason, back))
    here.collect(FILED, DUE)
    assert opened(client_a) == ["0.00"]
    here.statements(back)
    assert (states(client_a), opened(client_a)) == (["returned"], ["121.00"])
    assert rows(client_a, MANDATE) == [(mandate,)]
    here.owed("2026-0002")
    asked = request_due(client_a.id, "run", back, at(back))
    assert asked == ((0, 0) if mandate == "suspended" else (1, 0))
    code = ("mandate-suspended", "debit-repeat") if mandate == "suspended" else ("debit-repeat",)
    refused(lambda: request_debit(client_a.id, here.invoice, here.mandate, "eva", back, at(back)), *code)
    holds = f"SELECT count(*) FROM receivables_hold WHERE invoice_id = {here.invoice} AND released_on IS NULL"
    assert rows(client_a, holds) == [(0,)]
    assert_proven(client_a)


def test_a_refund_without_a_reason_ends_after_eight_weeks_and_what_the_bank_sends_later_is_booked_all_the_same(
    client_a,
):
    """Collected on 17 March: refundable until 12 May. The bank sends it back on the 13th as never allowed (MD01): thirteen months."""
    from inbaar.law.direct_debit import direct_debit_dates

    dates = direct_debit_dates(DUE)
    assert (dates.refund_until, dates.unauthorised_refund_until) == (
        dt.date(2026, 5, 12),
        dt.date(2027, 4, 17),
    )
    here = AtBank(client_a)
    here.day(DAY)
    here.fails(K1=("MD01", dt.date(2026, 5, 13)))
    here.collect(FILED, DUE)
    here.statements(dt.date(2026, 5, 13))
    assert (states(client_a), opened(client_a)) == (["returned"], ["121.00"])


@pytest.mark.parametrize(("time", "fault"), [(dt.time(15, 30), b""), (dt.time(15, 31), b"TM01")])
def test_the_bank_takes_a_file_until_its_cut_off_and_so_does_the_program(client_a, time, fault):
    """The file for the 17th, at 15:30 on the 16th and a minute later. Ours is not even made then."""
    here = AtBank(client_a)
    here.day(DAY)
    moment = dt.datetime.combine(FILED, time, AMSTERDAM)
    ready = [number for (number,) in rows(client_a, READY)]
    at_that_time = replace(acting(here.eva, FILED), at=moment)
    make = lambda: make_debit_batch(client_a.id, account_of(client_a), ready, at_that_time)  # noqa: E731
    if not fault:
        assert make()
        return
    refused(make, "collection-passed")
    content = here.file(FILED)
    here.hand_in(content, FILED, time)
    assert rows(client_a, "SELECT bank_status, bank_reason FROM batches_batch") == [("RJCT", "TM01")]
    assert states(client_a) == ["rejected"]
    assert rows(client_a, "SELECT released_on FROM receivables_hold") == [(FILED,)]


@pytest.mark.parametrize(("day", "asked"), [(dt.date(2029, 2, 1), (1, 0)), (dt.date(2029, 2, 2), (0, 1))])
def test_a_mandate_that_was_never_used_is_good_for_36_months_to_the_day(client_a, day, asked):
    """Signed on 2 February 2026: collected on 1 February 2029 it stands, on the 2nd it has lapsed."""
    AtBank(client_a)
    on = day - dt.timedelta(days=14)
    assert request_due(client_a.id, "run", on, at(on)) == asked
