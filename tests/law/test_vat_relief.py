"""VAT on unpaid claims: examples V1 to V3."""

from datetime import date
from decimal import Decimal

import pytest

from inbaar.law.vat_relief import irrecoverable_on, reclaimable_vat, vat_to_pay_back

TOTAL, VAT = Decimal("1210.00"), Decimal("210.00")


def test_v1_a_year_after_due() -> None:
    assert irrecoverable_on(date(2025, 11, 15)) == date(2026, 11, 15)
    assert reclaimable_vat(TOTAL, VAT) == Decimal("210.00")


def test_v2_only_the_unpaid_part() -> None:
    assert reclaimable_vat(TOTAL, VAT, Decimal("605.00")) == Decimal("105.00")
    assert reclaimable_vat(TOTAL, VAT, TOTAL) == 0


def test_v3_pay_back_what_was_reclaimed_too_much() -> None:
    assert vat_to_pay_back(TOTAL, VAT, Decimal("121.00")) == Decimal("21.00")


def test_more_than_the_total_is_refused() -> None:
    with pytest.raises(ValueError, match="neither can be more than the total"):
        reclaimable_vat(TOTAL, VAT, Decimal("1210.01"))
