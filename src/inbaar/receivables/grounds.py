"""Why a rest is written off, and the account each ground has in the ledger. Used by payments and by matching."""

from enum import StrEnum

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
