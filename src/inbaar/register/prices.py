"""The dated price list: the fixed fee for one report, charged to the creditor and to nobody else."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused

MOST = Decimal("1000.00")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """The fee from a day on, in euro without VAT, and where it was decided."""

    since: dt.date
    amount: Decimal
    source: str


def price_on(on: dt.date) -> PriceRow:
    """The row of the list that holds on a day; refuses a day before its first: no fee is guessed."""
    rows = fetch(
        "SELECT since, amount, source FROM register_price WHERE since <= %s ORDER BY since DESC LIMIT 1", [on]
    )
    if not rows:
        raise Refused(
            Refusal("register-no-price", "a report has a fixed fee by a dated price list", f"no price holds on {on}",
                    "a price", next_step="set one: inbaar register price --from D --amount 12.50")
        )  # fmt: skip
    return PriceRow(*rows[0])


def price_list() -> list[PriceRow]:
    """The whole list, newest first."""
    return [
        PriceRow(*row)
        for row in fetch("SELECT since, amount, source FROM register_price ORDER BY since DESC")
    ]


def set_price(row: PriceRow, on: dt.date) -> None:
    """Add a row to the list. Refuses a day that has been and a day that has a row: what was charged stays explained."""
    if row.since < on:
        raise Refused(
            Refusal("register-price-day", "a price begins today or later", str(row.since), str(on), on)
        )  # fmt: skip
    if not 0 <= row.amount <= MOST or row.amount != row.amount.quantize(Decimal("0.01")):
        raise Refused(
            Refusal("register-price-amount", "a fee is in whole cents, and has a limit", str(row.amount), str(MOST))
        )  # fmt: skip
    columns = {"since": "date", "amount": "numeric", "source": "text"}
    values = (row.since, row.amount, row.source)
    if not insert_rows("register_price", columns, [values], on_conflict="DO NOTHING", returning="since"):
        raise Refused(
            Refusal("register-price-twice", "each day has one price", f"{row.since} has one", "a day without a price",
                    next_step="let the new price begin on another day")
        )  # fmt: skip
