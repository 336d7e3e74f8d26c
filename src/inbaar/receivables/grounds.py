"""Why a rest is written off, by whose word, and the account each ground has in the ledger. Pure."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from inbaar.ledger.accounts import Code


class Ground(StrEnum):
    """What a rest that is not asked any more was: each has a ledger account of its own."""

    DISCOUNT = "discount"
    BANK_COST = "bank_cost"
    SMALL_DIFFERENCE = "small_difference"
    GOODWILL = "goodwill"


ACCOUNTS = {
    "": Code.WRITTEN_OFF,
    Ground.DISCOUNT: Code.DISCOUNTS,
    Ground.BANK_COST: Code.BANK_COSTS,
    Ground.SMALL_DIFFERENCE: Code.PAYMENT_DIFFERENCES,
    Ground.GOODWILL: Code.WRITTEN_OFF,
}
# A discount or goodwill lowers the price, and with it the VAT that is owed on it (art. 29 lid 1 Wet OB 1968). What a
# bank keeps, or a rounding, does not.
LOWERS_VAT = frozenset((Ground.DISCOUNT, Ground.GOODWILL))


class Word(NamedTuple):
    """By whose word something is written off: `limit` is what the client lets one person, or the rules, write off alone.

    Above it two persons are needed, by their numbers as users: who decided it and who approved it.
    """

    limit: Decimal
    decided_by: int | None = None
    approved_by: int | None = None

    def allows(self, amount: Decimal) -> bool:
        """Whether this much may be written off."""
        by_two = None not in (self.decided_by, self.approved_by) and self.decided_by != self.approved_by
        return amount <= self.limit or by_two
