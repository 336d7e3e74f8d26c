"""The calculation sheet of an invoice: what is owed today line by line, with totals that tie to the cent."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.law.amounts import ZERO
from inbaar.law.claim import Owed
from inbaar.law.errors import LawConflict, LawNotCovered, Unconfirmed
from inbaar.receivables.claims import BookedPayment, ClaimFacts, Component, owed_on, with_interest


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is owed on a day. `running` is interest that runs by law and was not claimed yet."""

    owed: Owed
    costs: tuple[Component, ...]
    payments: tuple[BookedPayment, ...]
    payable: Decimal
    running: Decimal = ZERO
    running_since: dt.date | None = None

    @property
    def costs_claimed(self) -> Decimal:
        """Collection costs owed by the day, paid or not."""
        return self.owed.costs + sum((part.costs for part in self.owed.allocations), ZERO)

    @property
    def received(self) -> Decimal:
        """What was paid, credited and written off."""
        return sum((part.amount for part in self.payments), ZERO)

    @property
    def extras(self) -> bool:
        """Whether anything is claimed above the principal."""
        return bool(self.owed.lines or self.costs_claimed)

    @property
    def ties(self) -> bool:
        """Principal, interest and costs less what was received is the total."""
        claimed = self.payable + self.owed.interest_accrued + self.costs_claimed
        return claimed - self.received == self.owed.total


def calculation_sheet(facts: ClaimFacts, on: dt.date) -> Sheet | str:
    """The sheet, or in words why the law's tables give no answer."""
    try:
        state = owed_on(facts, on)
        sheet = Sheet(
            state, tuple(c for c in facts.components if c.kind == "costs"), facts.payments, facts.payable
        )
        since = facts.first_interest_day
        if facts.claims_interest or since is None or since > on or not facts.open_amount:
            return sheet
        would_be = owed_on(with_interest(facts, since, on, "", ""), on)
        return Sheet(state, sheet.costs, sheet.payments, sheet.payable, would_be.interest, since)
    except (LawNotCovered, LawConflict, Unconfirmed) as silent:
        return str(silent)
