"""Cells of a list: every form people and spreadsheets write amounts, days and numbers in, and what cannot be trusted."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.intake.bulk.cells import Unclear, Unusable, amount_of, date_order, day_of, number_of, text_of

pytestmark = pytest.mark.requirement("ASK-25")


@pytest.mark.parametrize(
    ("text", "sign", "amount"),
    [
        ("1.234,56", "", "1234.56"), ("1,234.56", "", "1234.56"), ("-1.234,56", "", "-1234.56"),
        ("(1.234,56)", "", "-1234.56"), ("€ 1.234,56", "", "1234.56"), ("1234,5", "", "1234.50"),
        ("1234.5", "", "1234.50"), ("1.234.567,89", "", "1234567.89"), ("1.234.567", "", "1234567"),
        ("1 234,56", "", "1234.56"), ("1'234.56", "", "1234.56"), ("EUR 12,50", "", "12.50"), ("12,50-", "", "-12.50"),
        ("1.210,-", "", None), ("1.210,-", "comma", "1210"), ("100", "", "100"), ("1.234", "comma", "1234"),
        ("1,234", "point", "1234"), ("+5,00", "", "5"), ("−5,00", "", "-5"), ("0,00", "", "0"), ("€ -1,50", "", "-1.50"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text, sign, amount):
    found = amount_of(text, sign)
    assert found == (Unclear("amount-two-ways") if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("text", "sign", "verdict"),
    [
        ("1.234", "", Unclear("amount-two-ways")), ("1,234", "", Unclear("amount-two-ways")),
        ("12.50", "comma", Unclear("amount-other-form")), ("1,23E+04", "comma", Unusable("amount-exponent")),
        ("1,234", "comma", Unusable("amount-parts-of-cents")), ("12,345.6", "comma", Unclear("amount-other-form")),
        ("NaN", "", Unusable("amount-unreadable")), ("1.23.4", "", Unusable("amount-unreadable")),
        ("12,34,56", "", Unusable("amount-unreadable")), ("veel", "", Unusable("amount-unreadable")),
        ("99999999999999,00", "comma", Unusable("amount-unreadable")), ("#N/B", "", Unusable("amount-unreadable")),
    ],
)  # fmt: skip
def test_an_amount_that_is_not_sure_is_never_guessed(text, sign, verdict):
    assert amount_of(text, sign) == verdict


@given(
    st.decimals(min_value=Decimal("-9999999999.99"), max_value=Decimal("9999999999.99"), places=2),
    st.sampled_from(["comma", "point"]),
    st.booleans(),
)
def test_what_is_written_is_read_back(amount, sign, grouped):
    text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    if sign == "comma":
        text = text.translate(str.maketrans(",.", ".,"))
    assert amount_of(text, sign) == amount


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("1-2-2026", "dmy", (2026, 2, 1)), ("01/02/2026", "mdy", (2026, 1, 2)), ("31-01-2026", "", (2026, 1, 31)),
        ("1/31/2026", "", (2026, 1, 31)), ("2026-02-01", "dmy", (2026, 2, 1)), ("20260201", "", (2026, 2, 1)),
        ("1 feb 2026", "", (2026, 2, 1)), ("1-mrt-26", "", (2026, 3, 1)), ("5.5.2026", "", (2026, 5, 5)),
        ("2026-02-01 00:00:00", "", (2026, 2, 1)), ("01-02-26", "dmy", (2026, 2, 1)), ("1 augustus 2026", "", (2026, 8, 1)),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text, order, day):
    assert day_of(text, order) == dt.date(*day)


@pytest.mark.parametrize(
    ("text", "order", "verdict"),
    [
        ("01-02-2026", "", Unclear("date-two-ways")), ("31-01-2026", "mdy", Unclear("date-other-form")),
        ("46054", "dmy", Unusable("date-is-number")), ("31-02-2026", "dmy", Unusable("date-unreadable")),
        ("9999-12-31", "", Unusable("date-unreadable")), ("gisteren", "dmy", Unusable("date-unreadable")),
        ("0-0-2026", "dmy", Unusable("date-unreadable")), ("2026-1", "", Unusable("date-unreadable")),
        ("1-foo-2026", "", Unusable("date-unreadable")),
    ],
)  # fmt: skip
def test_a_day_that_is_not_sure_is_never_guessed(text, order, verdict):
    assert day_of(text, order) == verdict


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)),
    st.sampled_from(["dmy", "mdy"]),
    st.sampled_from("-/."),
)
def test_every_day_comes_back_in_its_form(day, order, sign):
    parts = [f"{day.day:02d}", f"{day.month:02d}", str(day.year)]
    text = sign.join(parts if order == "dmy" else [parts[1], parts[0], parts[2]])
    assert day_of(text, order) == day
    assert date_order(text) in ("", order)


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("2,02601E+09", "number-exponent"), ("2.02601E+09", "number-exponent"), ("jan-26", "number-is-month"),
        ("2026-feb", "number-is-month"), (dt.date(2026, 1, 1), "number-is-date"), ("-", "number-unreadable"),
        (Decimal("1234567890123456"), "number-cut"), (Decimal("12.5"), "number-cut"), ("x" * 101, "number-unreadable"),
    ],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_destroyed_is_refused(cell, rule):
    assert number_of(cell) == Unusable(rule)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("F 2026-0042", "F 2026-0042"),
        (Decimal("20260042"), "20260042"),
        ("'-42", "-42"),
        ("000421", "000421"),
        ("", None),
    ],
)
def test_a_number_stays_as_it_was_written(cell, number):
    assert number_of(cell) == number


def test_an_apostrophe_is_kept_where_it_is_no_mark():
    assert [text_of(text) for text in ("'t Hoekje", "'=1+1", "'", "' x")] == ["'t Hoekje", "=1+1", "'", "' x"]
