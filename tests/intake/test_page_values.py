"""What is printed is read back: any amount in either notation, any day in the ways layouts write it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbaar.intake.readers.page.layout import Word
from inbaar.intake.readers.page.values import amounts, days
from inbaar.market.printing import LAYOUTS_BY_NAME


def row(text: str) -> list[Word]:
    """Words of one row, a space of three points between them."""
    words, left = [], 0.0
    for part in text.split():
        words.append(Word(part, left, 0, left + 6 * len(part), 10))
        left += 6 * len(part) + 3
    return words


CENTS = st.integers(-10_000_000_00, 10_000_000_00).map(lambda cents: Decimal(cents) / 100)


@given(CENTS, st.sampled_from(list(LAYOUTS_BY_NAME.values())))
def test_an_amount(value: Decimal, layout) -> None:
    (found,) = amounts(row(layout.amount(value)))
    assert (found.value, found.currency) == (value, "EUR")


@given(CENTS)
def test_an_amount_with_thousands_apart(value: Decimal) -> None:
    (found,) = amounts(row(f"{value:,.2f} EUR".replace(",", " ").replace(".", ",")))
    assert (found.value, found.currency) == (value, "EUR")


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(list(LAYOUTS_BY_NAME.values())))
def test_a_day(value: dt.date, layout) -> None:
    (found,) = days(row(f"Factuurdatum: {layout.day(value)}"))
    assert value in (found.value, found.other)
    assert found.other is None or (value.day <= 12 and value.day != value.month)


@pytest.mark.parametrize(
    "text", ["21%", "1.250", "12", "2026", "1,5", "12,345", "06-12345678", "€", "3 stuks", "21,00 %"]
)
def test_what_is_no_amount(text: str) -> None:
    assert amounts(row(text)) == []


@pytest.mark.parametrize(
    "text", ["31-02-2026", "2026", "12-2026", "1.234,56", "13-13-2026", "5 dagen 2026", "99 mei 2026"]
)
def test_what_is_no_day(text: str) -> None:
    assert days(row(text)) == []
