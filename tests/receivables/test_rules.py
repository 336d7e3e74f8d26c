"""Figures over all invoices: days sales outstanding, the worked example and what has no answer."""

from decimal import Decimal

import pytest

from inbaar.receivables.rules import days_sales_outstanding


def test_dso_of_the_worked_example() -> None:
    assert days_sales_outstanding(Decimal("120000.00"), Decimal("730000.00"), 365) == Decimal("60.0")


def test_half_a_tenth_of_a_day_goes_up() -> None:
    assert days_sales_outstanding(Decimal("0.50"), Decimal("100.00"), 30) == Decimal("0.2")


def test_without_sales_or_days_there_is_no_figure() -> None:
    assert days_sales_outstanding(Decimal("10.00"), Decimal("0.00"), 30) is None
    assert days_sales_outstanding(Decimal("10.00"), Decimal("-5.00"), 30) is None
    with pytest.raises(ValueError, match="a period of 0 days"):
        days_sales_outstanding(Decimal("10.00"), Decimal("10.00"), 0)
