"""The verdict on each line against the books: what is new, known, different, settled, doubtful, refused. No database."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from inbaar.intake.bulk.debtors import BookedDebtor
from inbaar.intake.bulk.lines import Line
from inbaar.intake.bulk.verdicts import BookedInvoice, Books, draft_of, judge
from inbaar.receivables.drafts import Customer

pytestmark = pytest.mark.requirement("ASK-25")
TODAY = dt.date(2026, 11, 1)
SNEL = BookedDebtor(7, "kvk:90000003", "Garage Snel V.O.F.", "D7", "90000003", "", "9712 HM")
LINE = Line(
    2, "000421", "invoice", dt.date(2026, 9, 1), dt.date(2026, 10, 1), "EUR", Decimal("100.00"), Decimal("21.00"),
    Decimal("121.00"), Decimal("121.00"), "D7", "", Customer("Garage Snel V.O.F.", number="D7"),
)  # fmt: skip
BOOKED = BookedInvoice(
    11, "000421", "invoice", dt.date(2026, 9, 1), dt.date(2026, 10, 1), "EUR", Decimal("121.00"), Decimal("121.00"),
    Decimal("121.00"), draft_of(LINE, SNEL, TODAY).content_key, 7, "Garage Snel V.O.F.",
)  # fmt: skip


def verdict(line=LINE, *, invoices=(), debtors=(SNEL,), others=(), open_told=True):
    judged = judge([*others, line], Books(invoices, debtors), TODAY, open_told=open_told)[-1]
    return judged.verdict, [(fault.field, fault.rule) for fault in judged.faults]


def test_a_new_line_has_a_draft_for_the_debtor_the_books_know():
    (judged,) = judge([LINE], Books((), (SNEL,)), TODAY, open_told=True)
    assert judged.verdict == "new"
    assert judged.draft.customer.identity.key == "kvk:90000003"
    assert (judged.draft.total, judged.draft.payable, judged.draft.received_on) == (121, 121, TODAY)


def test_what_was_paid_before_is_not_asked_for():
    draft = draft_of(replace(LINE, open=Decimal("21.00")), None, TODAY)
    assert (draft.total, draft.payable) == (Decimal("121.00"), Decimal("21.00"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, ("known", [])),
        ({"number": "421"}, ("known", [])),  # a spreadsheet dropped its zeros
        ({"customer": Customer("GARAGE SNEL VOF"), "debtor_number": ""}, ("known", [])),
        ({"open": Decimal("100.00")}, ("differs", [("open", "differs")])),
        ({"total": Decimal("122.00")}, ("differs", [("total", "differs"), ("open", "differs")])),
        ({"due_date": dt.date(2026, 10, 2)}, ("differs", [("due_date", "differs")])),
        ({"currency": "USD"}, ("differs", [("currency", "differs")])),
        ({"customer": Customer("Iemand anders"), "debtor_number": ""}, ("differs", [("debtor", "differs")])),
        ({"kind": "credit_note"}, ("new", [])),
        ({"number": "00-0421"}, ("doubtful", [("number", "near-number")])),
        ({"number": "00-0421", "total": Decimal("5.00"), "open": Decimal("5.00")}, ("new", [])),
    ],
)  # fmt: skip
def test_a_line_whose_number_is_in_the_books(change, told):
    line = replace(LINE, **change)
    if "total" in change and told[0] == "differs":
        line = replace(line, open=change["total"])
    assert verdict(line, invoices=[BOOKED]) == told


def test_what_was_paid_meanwhile_is_known_as_it_stands_and_without_a_column_not_compared():
    paid = replace(BOOKED, open=Decimal("21.00"))
    assert verdict(replace(LINE, open=Decimal("21.00")), invoices=[paid]) == ("known", [])
    assert verdict(LINE, invoices=[paid]) == ("differs", [("open", "differs")])
    assert verdict(LINE, invoices=[paid], open_told=False) == ("known", [])


def test_a_term_the_law_shortened_is_the_same_invoice():
    shortened = replace(BOOKED, due_date=dt.date(2026, 9, 25))
    assert verdict(invoices=[shortened]) == ("known", [])


def test_settled_lines_are_left_out():
    assert verdict(replace(LINE, open=Decimal(0))) == ("settled", [])


def test_the_same_line_twice_is_taken_once_and_two_that_differ_never():
    twin = replace(LINE, line=1)
    assert verdict(others=[twin]) == ("known", [("number", "twice-in-file")])
    assert verdict(others=[replace(twin, total=Decimal("60.50"), open=Decimal("60.50"))]) == (
        "doubtful", [("number", "twice-otherwise")],
    )  # fmt: skip
    assert verdict(others=[replace(twin, number="421")]) == ("known", [("number", "twice-in-file")])


JANSEN = BookedDebtor(8, "name:jjansen:1015cj", "J. Jansen", "", "", "", "1015 CJ")


@pytest.mark.parametrize(
    ("customer", "debtors", "told"),
    [
        (Customer("Ander B.V.", number="D7"), (SNEL,), ("doubtful", [("debtor", "debtor-other-name")])),
        (Customer("Ander B.V.", number="D7", kvk="90000003"), (SNEL,), ("new", [])),
        (Customer("", number="D7"), (SNEL,), ("new", [])),
        (Customer("", number="D9"), (SNEL,), ("refused", [("debtor", "debtor-number-unknown")])),
        (Customer("Snel Garages", kvk="90000003"), (SNEL,), ("new", [])),
        (Customer("Garage Snel VOF", number="D8"), (SNEL,), ("doubtful", [("debtor_number", "debtor-other-number")])),
        (Customer("Garage Snel VOF", kvk="90000009"), (SNEL,), ("new", [])),
        (Customer("J. Jansen"), (JANSEN,), ("new", [])),
        (Customer("J. Jansen", postcode="9999 ZZ"), (JANSEN,), ("doubtful", [("postcode", "debtor-other-address")])),
        (Customer("J. Jansen"), (JANSEN, replace(JANSEN, id=9, identity="x")), ("doubtful", [("debtor", "debtor-several")])),
    ],
)  # fmt: skip
def test_whose_debt_it_is_is_never_guessed(customer, debtors, told):
    assert verdict(replace(LINE, customer=customer, debtor_number=customer.number), debtors=debtors) == told


def test_two_new_people_of_one_name_are_kept_apart_or_asked_about():
    one, two = Customer("J. Jansen", number="D1"), Customer("J. Jansen", number="D2")
    lines = [replace(LINE, line=1, number="1", customer=one), replace(LINE, line=2, number="2", customer=two)]
    assert [j.verdict for j in judge(lines, Books(), TODAY, open_told=True)] == ["doubtful", "doubtful"]
    apart = [
        replace(line, customer=replace(line.customer, postcode=code))
        for line, code in zip(lines, ("1", "2"), strict=True)
    ]
    judged = judge(apart, Books(), TODAY, open_told=True)
    assert [j.verdict for j in judged] == ["new", "new"]
    assert len({j.draft.customer.identity.key for j in judged}) == 2


def drafts(*customers):
    lines = [
        replace(LINE, line=place, number=str(place), customer=customer, debtor_number=customer.number)
        for place, customer in enumerate(customers, start=1)
    ]
    return judge(lines, Books(), TODAY, open_told=True)


@pytest.mark.parametrize(
    "customers",
    [
        (Customer("Garage Snel", number="D1"), Customer("Garage Snel", number="D1", kvk="90000003")),
        (Customer("Garage Snel"), Customer("Garage Snel", kvk="90000003")),
        (Customer("Garage Snel", vat="NL001234567B01"), Customer("Garage Snel")),
    ],
)
def test_one_new_debtor_stays_one_where_a_line_says_less_of_him(customers):
    judged = drafts(*customers)
    assert {j.verdict for j in judged} == {"new"}
    assert len({j.draft.customer.identity for j in judged}) == 1
    assert judged[0].draft.customer.identity.capacity == "business"


@pytest.mark.parametrize(
    ("customers", "rule"),
    [
        ((Customer("Garage Snel", number="D1"), Customer("Bakker Bol", number="D1")), "debtor-number-twice"),
        (
            (Customer("Snel", number="D1", kvk="90000003"), Customer("Snel", number="D1", kvk="90000004")),
            "debtor-number-twice",
        ),
    ],
)
def test_a_number_that_the_list_gives_to_two_is_asked_about(customers, rule):
    for judged in drafts(*customers):
        assert (judged.verdict, [fault.rule for fault in judged.faults]) == ("doubtful", [rule])


def test_a_bare_name_that_two_companies_bear_is_asked_about():
    judged = drafts(Customer("Snel", kvk="90000003"), Customer("Snel", kvk="90000004"), Customer("Snel"))
    assert [j.verdict for j in judged] == ["new", "new", "doubtful"]
