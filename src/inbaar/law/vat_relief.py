"""VAT in a claim that is not paid: when the supplier may reclaim it, and what goes back when payment comes after all.

Art. 29 Wet OB. Used by the deadline clock and by whoever prepares the VAT return.
"""

from datetime import date
from decimal import Decimal

from inbaar.law.amounts import ZERO, round_half_up, whole_cents
from inbaar.law.daycount import anniversary
from inbaar.law.tables import table


def irrecoverable_on(due_on: date, seen_on: date | None = None) -> date:
    """The day on which a claim counts as irrecoverable at the latest: one year after due (art. 29 Wet OB).

    By the law as it is on `seen_on`, without it on the day it is due.

    >>> irrecoverable_on(date(2025, 11, 15))
    datetime.date(2026, 11, 15)
    """
    return anniversary(
        due_on, int(table("vat_relief").rule("irrecoverable_after", seen_on or due_on).figure())
    )


def reclaimable_vat(total: Decimal, vat: Decimal, paid: Decimal = ZERO) -> Decimal:
    """The VAT in the unpaid part of an invoice, in euros; `total` includes `vat`. Refuses more paid than owed.

    >>> reclaimable_vat(Decimal("1210.00"), Decimal("210.00"), Decimal("605.00"))
    Decimal('105.00')
    """
    total, vat, paid = (
        whole_cents(amount, name) for amount, name in ((total, "total"), (vat, "VAT"), (paid, "paid"))
    )
    if paid > total or vat > total or not total:
        raise ValueError(
            f"VAT {vat} and paid {paid} of a total of {total}: neither can be more than the total"
        )
    return round_half_up(vat * (total - paid) / total)


def vat_to_pay_back(total: Decimal, vat: Decimal, paid_later: Decimal) -> Decimal:
    """The VAT in a payment that came after the reclaim, due in the period of that payment. Euros.

    >>> vat_to_pay_back(Decimal("1210.00"), Decimal("210.00"), Decimal("121.00"))
    Decimal('21.00')
    """
    return vat - reclaimable_vat(total, vat, paid_later)
