"""Statutory interest over one principal, line by line. The door for whoever needs interest without a claim around it.

A full claim with costs and a reference is `law.claim`; both run on the same account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inbaar.law.account import InterestLine
from inbaar.law.claim import Claim, Payment, owed
from inbaar.law.daycount import DayCount, anniversary, period_interest
from inbaar.law.rates import AgreedRate, Kind, statutory_rates

__all__ = [
    "AgreedRate",
    "DayCount",
    "Interest",
    "InterestLine",
    "Kind",
    "anniversary",
    "interest",
    "period_interest",
    "statutory_rates",
]


@dataclass(frozen=True, slots=True)
class Interest:
    """The lines and their sum in euros; `day_count` belongs on the specification (Bki 3.1)."""

    lines: tuple[InterestLine, ...]
    total: Decimal
    day_count: DayCount


def interest(
    kind: Kind,
    principal: Decimal,
    first_day: date,
    until: date,
    *,
    payments: Iterable[Payment] = (),
    day_count: DayCount = DayCount.ACT_365F,
    contract_rate: AgreedRate | None = None,
    contract_date: date | None = None,
    accept_unconfirmed: bool = False,
) -> Interest:
    """All interest from `first_day` up to and including `until`, compound on each anniversary of the first day.

    6:119 and 6:119a BW; payments lower what bears interest in the order of 6:44 BW. Euros, rounded half up per line.
    Refuses days outside the rates (LawNotCovered). None if `until` lies before the first day.

    >>> interest(Kind.TRADE, Decimal("10000.00"), date(2025, 3, 15), date(2025, 9, 30)).total
    Decimal('585.76')
    """
    claim = Claim(kind, principal, first_day, agreed_rate=contract_rate, contract_date=contract_date)
    state = owed(claim, payments, until, day_count=day_count, accept_unconfirmed=accept_unconfirmed)
    return Interest(state.lines, state.interest_accrued, state.day_count)
