"""What a bailiff's acts cost the debtor, and on which days a bailiff may serve. Used by `law.court` and the court file."""

from datetime import date
from decimal import Decimal

from inbaar.law.amounts import ZERO, round_half_up
from inbaar.law.calendar import SUNDAY, is_holiday
from inbaar.law.court_tariffs import CourtCost, tariff_cost
from inbaar.law.errors import LawNotCovered
from inbaar.law.tables import table


def bailiff_fee(act: str, on: date) -> CourtCost:
    """The fee of a bailiff's act in euros without VAT, by its letter in art. 2 Btag ("a" is the summons).

    Derived rows (most of 2024 and 2025) can be off by a cent.

    >>> bailiff_fee("a", date(2026, 3, 1)).amount
    Decimal('125.57')
    """
    for row in table("bailiff").rows_on(on):
        if row.keys["act"] == act:
            return tariff_cost(row.keys["name"], row, row.figure(), None, "bailiff", False)
    raise LawNotCovered(f"bailiff act {act!r} in {on.year}", "the table has no such line", "ask the bailiff")


def bailiff_vat(
    amount: Decimal, on: date, *, creditor_reclaims_vat: bool, accept_unconfirmed: bool = False
) -> CourtCost:
    """VAT on bailiff costs that the debtor bears: none if the creditor reclaims VAT (art. 10 Btag, not confirmed).

    >>> bailiff_vat(Decimal("125.57"), date(2026, 3, 1), creditor_reclaims_vat=True).amount
    Decimal('0.00')
    """
    if creditor_reclaims_vat:
        return CourtCost("VAT on bailiff costs", ZERO, amount, "the creditor reclaims the VAT")
    rule = table("bailiff").rule("vat_on_bailiff_costs", on, accept_unconfirmed=accept_unconfirmed)
    vat = round_half_up(amount * rule.figure() / 100)
    return tariff_cost(
        "VAT on bailiff costs", rule, vat, amount, "bailiff.vat_on_bailiff_costs", accept_unconfirmed
    )


def may_serve_on(day: date) -> bool:
    """Whether a bailiff may serve without leave: not on Sundays, holidays and days equated with one (Rv 64, ATW).

    >>> may_serve_on(date(2026, 5, 15)), may_serve_on(date(2026, 5, 16))
    (False, True)
    """
    return not is_holiday(day) and day.weekday() != SUNDAY
