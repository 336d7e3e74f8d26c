"""The running account of one claim: interest day by day, payments in the order of 6:44 BW.

Used by `claim.owed` (one claim) and `allocation.allocate` (several). Everything of a day happens in this order: the
interest of the year that is full is added to the base (6:119 lid 2, 6:119a lid 3 BW), the day's interest accrues,
then a payment of that day is allocated. So a payment on the last day of a year of default still meets that year's
interest as interest, and only what it leaves is capitalised.

Capitalised interest stays interest: it raises the base, but a payment meets it after the interest of the running
year and before the principal. Both ways of naming it give the same totals, because either lowers the base.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from inbaar.law.amounts import ZERO
from inbaar.law.daycount import DayCount, anniversary, last_day_of_segment, period_interest
from inbaar.law.rates import Rates

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InterestLine:
    """Interest in euros over the days from..to (both included) at one rate over one base, and why that rate."""

    from_date: date
    to_date: date
    days: int
    rate_percent: Decimal
    base: Decimal
    amount: Decimal
    source: str
    article: str
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one payment did to one claim, in euros. `capitalised` is the part of `interest` that had joined the base."""

    on: date
    amount: Decimal
    costs: Decimal
    interest: Decimal
    principal: Decimal
    claim_reference: str
    capitalised: Decimal = ZERO


class RunningAccount:
    """One claim from its first interest day on. Days only go forward; amounts are euros in whole cents."""

    def __init__(
        self,
        principal: Decimal,
        first_interest_day: date | None,
        rates: Rates,
        *,
        day_count: DayCount = DayCount.ACT_365F,
        costs: Decimal = ZERO,
        costs_due_from: date | None = None,
        interest_stops_on: date | None = None,
        reference: str = "",
    ) -> None:
        self.principal = principal
        self.capitalised = ZERO
        self.accrued = ZERO
        self.costs = costs
        self.lines: list[InterestLine] = []
        self.reference = reference
        self._first_day = first_interest_day
        self._next_day = first_interest_day
        self._years = 1
        self._rates = rates
        self._day_count = day_count
        self._costs_due_from = costs_due_from or first_interest_day
        self._stops_on = interest_stops_on

    def accrue(self, until: date) -> None:
        """Adds the interest of all days up to and including `until` that have not been counted yet."""
        if self._stops_on is not None:
            until = min(until, self._stops_on - ONE_DAY)
        while self._next_day is not None and self._first_day is not None and self._next_day <= until:
            if self._next_day == anniversary(self._first_day, self._years):
                self.capitalised += self.accrued
                self.accrued = ZERO
                self._years += 1
            year_end = anniversary(self._first_day, self._years) - ONE_DAY
            self._next_day = self._add_line(self._next_day, min(until, year_end)) + ONE_DAY

    def _add_line(self, from_date: date, latest: date) -> date:
        """Adds the interest at the rate of `from_date` and gives the last day it covers."""
        base = self.principal + self.capitalised
        if not base:
            return latest
        span = self._rates.on(from_date)
        to_date = last_day_of_segment(from_date, min(latest, span.last_date), self._day_count)
        amount = period_interest(base, span.percent, from_date, to_date, self._day_count)
        self.accrued += amount
        self.lines.append(
            InterestLine(
                from_date,
                to_date,
                (to_date - from_date).days + 1,
                span.percent,
                base,
                amount,
                span.source,
                span.article,
                span.unconfirmed,
            )
        )
        return to_date

    def costs_owed(self, on: date) -> Decimal:
        """The collection costs that are due on the day: none before they are due."""
        return self.costs if self._costs_due_from is None or on >= self._costs_due_from else ZERO

    def total_owed(self, on: date) -> Decimal:
        """Everything owed on the day, with interest as far as `accrue` has counted it."""
        return self.costs_owed(on) + self.accrued + self.capitalised + self.principal

    def pay(self, amount: Decimal, on: date) -> Allocation:
        """Takes as much of the amount as is owed: costs, interest, principal (6:44 lid 1 BW)."""
        self.accrue(on)
        costs = min(amount, self.costs_owed(on))
        running = min(amount - costs, max(self.accrued, ZERO))
        capitalised = min(amount - costs - running, self.capitalised)
        principal = min(amount - costs - running - capitalised, self.principal)
        self.costs -= costs
        self.accrued -= running
        self.capitalised -= capitalised
        self.principal -= principal
        taken = costs + running + capitalised + principal
        return Allocation(
            on, taken, costs, running + capitalised, principal, self.reference, capitalised=capitalised
        )

    def book(self, on: date, costs: Decimal, interest: Decimal, principal: Decimal) -> Allocation:
        """Repeats a division that was made and booked before (or a waiver, or a credit on the principal alone).

        It is taken as it was made. Interest booked beyond what had accrued (a payment of an earlier day came to light
        later) is set off against the interest that follows: `accrued` is below zero until then.
        """
        self.accrue(on)
        running = min(interest, max(self.accrued, ZERO))
        capitalised = min(interest - running, self.capitalised)
        self.costs -= costs
        self.accrued -= interest - capitalised
        self.capitalised -= capitalised
        self.principal -= principal
        amount = costs + interest + principal
        return Allocation(on, amount, costs, interest, principal, self.reference, capitalised=capitalised)
