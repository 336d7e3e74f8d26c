"""What may be asked of a credit transfer: both sides of every bound, and when a payee's account is looked at."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbaar.banking.batches.rules import earliest_execution, execution_refusals
from inbaar.banking.formats.pain001 import PostalAddress, TransferOut, transfer_element
from inbaar.banking.transfers.rules import (
    Address,
    Asked,
    changed_account,
    is_kenmerk,
    is_rf,
    refusals_of,
    wanted_day,
)
from inbaar.law.calendar import AMSTERDAM

GOOD = Asked("Jansen Bouw B.V.", "NL20INGB0001234567", Decimal("121.00"), "EUR", "Terug van 2026-0042", "")
HAARLEM = Address("Haarlem", "NL", "Grote Markt", "1", "2011 RD")


def codes(**changed: object) -> list[str]:
    return [refusal.code for refusal in refusals_of(replace(GOOD, **changed))]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"amount": Decimal("0.01")},
        {"amount": Decimal("999999999.99")},
        {"payee_name": "x" * 140},
        {"text": "x" * 140},
        {"text": "", "reference": "5000002026000123"},
        {"text": "", "reference": "RF18539007547034"},
        {"address": HAARLEM},
        {"address": Address("Luik", "BE")},
        {"payee_iban": "DE89370400440532013000"},
        {"payee_iban": "CH9300762011623852957"},
    ],
)
def test_what_the_scheme_carries_may_be_asked(changed):
    assert codes(**changed) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount": Decimal("0.00")}, "amount"),
        ({"amount": Decimal("-1.00")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"amount": Decimal("1000000000.00")}, "amount"),
        ({"currency": "USD"}, "not-euro"),
        ({"payee_name": "  "}, "payee-name"),
        ({"payee_name": "x" * 141}, "payee-name"),
        ({"payee_iban": "NL20INGB0001234568"}, "payee-iban"),
        ({"payee_iban": ""}, "payee-iban"),
        ({"payee_iban": "TR330006100519786457841326"}, "outside-sepa"),
        ({"payee_name": "\u0418\u0432\u0430\u043d"}, "not-writable"),
        ({"text": "\u00b8"}, "not-writable"),
        ({"address": Address("\u041c\u043e\u0441\u043a\u0432\u0430", "BG")}, "not-writable"),
        ({"text": ""}, "remittance"),
        ({"reference": "5000002026000123"}, "remittance"),
        ({"text": "x" * 141}, "text-too-long"),
        ({"text": "", "reference": "5000002026000124"}, "reference"),
        ({"text": "", "reference": "RF19539007547034"}, "reference"),
        ({"address": Address("", "NL")}, "address"),
        ({"address": Address("Haarlem", "")}, "address"),
        ({"address": Address("Haarlem", "nl")}, "address"),
        ({"address": Address("Haarlem", "NL", "x" * 71)}, "address"),
    ],
)
def test_what_the_scheme_does_not_carry_is_refused(changed, code):
    assert codes(**changed) == [code]


def test_everything_wrong_is_told_at_once():
    assert codes(payee_name="", payee_iban="x", amount=Decimal(0), text="") == [
        "payee-name", "payee-iban", "amount", "remittance",
    ]  # fmt: skip


def test_references_pass_their_own_check():
    assert [is_kenmerk(n) for n in ("5010002167010010", "2017166777600001", "201716677760000", "x" * 16)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [is_rf(n) for n in ("RF18539007547034", "RF18 5390 0754 7034", "539007547034")] == [
        True, False, False,
    ]  # fmt: skip


def test_only_an_account_that_was_not_known_while_another_was_is_looked_at():
    assert changed_account("NL02", []) == ""
    assert changed_account("NL02", ["NL03", "NL02"]) == ""
    assert changed_account("NL02", ["NL03", "NL01"]) == "NL03"
    assert changed_account("NL02", ["NL03"], from_account="NL02") == ""


def test_a_day_that_has_passed_is_today():
    day = dt.date(2026, 11, 30)
    assert wanted_day(dt.date(2026, 11, 29), day) == day
    assert wanted_day(dt.date(2026, 12, 1), day) == dt.date(2026, 12, 1)


@given(
    name=st.text(max_size=150),
    text=st.text(max_size=150),
    street=st.text(max_size=75),
    town=st.text(max_size=40),
)
@settings(max_examples=200, deadline=None)
def test_whatever_may_be_asked_can_be_written(name, text, street, town):
    address = Address(town, "NL", street) if town else None
    if codes(payee_name=name, text=text, address=address):
        return
    place = PostalAddress(street, "", "", town, "NL") if town else PostalAddress()
    assert transfer_element(
        TransferOut("INB-20260303-1-1", GOOD.amount, name.strip(), GOOD.payee_iban, place, text.strip(), "")
    )


def test_the_cut_off_of_the_account_moves_the_first_day() -> None:
    moment = dt.datetime(2026, 3, 3, 16, 45, tzinfo=AMSTERDAM)
    assert earliest_execution(moment) == dt.date(2026, 3, 4)
    assert earliest_execution(moment, dt.time(16, 45)) == dt.date(2026, 3, 3)
    assert execution_refusals(dt.date(2026, 3, 3), moment, dt.time(17)) == []
    (early,) = execution_refusals(dt.date(2026, 3, 3), moment, dt.time(12))
    assert early.code == "execution-passed"
