"""The general rate of VAT, for collection costs of a creditor who cannot reclaim it (art. 2 lid 3 Besluit BIK)."""

from datetime import date
from decimal import Decimal

from inbaar.law.tables import table


def general_rate(on: date) -> Decimal:
    """The general rate in percent on a day: art. 9 lid 1 Wet OB. Refuses days outside the table (LawNotCovered).

    >>> general_rate(date(2026, 11, 22))
    Decimal('21')
    """
    return table("vat").rows_on(on)[0].figure()
