"""Claims assessed to one day: the vectorised path, the same with payments, the explaining path, and a CSV file.

The yardstick of the columns is one multiplication per claim (simple interest at one rate): the least any assessment
can cost. Claims fell due over the last five years, both kinds, so most have compounded several times.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from benchmarks.measuring import Measure, measured
from inbaar.law.bulk import PaymentColumns, owed_columns
from inbaar.law.claim import Claim, Payment, owed
from inbaar.law.claims_file import owed_of_file, written
from inbaar.law.daycount import DayCount
from inbaar.law.rates import Kind

ON = date(2026, 11, 22)
KINDS = (Kind.TRADE, Kind.NONTRADE)


@dataclass(frozen=True)
class Columns:
    """A portfolio as columns."""

    kind: np.ndarray
    cents: np.ndarray
    first_day: np.ndarray
    payments: PaymentColumns


def portfolio(size: int) -> Columns:
    dice = np.random.default_rng(20261122)
    first_day = np.datetime64(ON) - dice.integers(1, 5 * 365, size)
    claim = dice.integers(0, size, max(size // 2, 1))
    paid_on = np.minimum(first_day[claim] + dice.integers(-10, 400, len(claim)), np.datetime64(ON))
    payments = PaymentColumns(claim, paid_on, dice.integers(1_00, 5_000_00, len(claim)))
    return Columns(dice.integers(0, 2, size), dice.integers(1_00, 100_000_00, size), first_day, payments)


def one_by_one(size: int) -> list[tuple[Claim, list[Payment]]]:
    columns = portfolio(size)
    bills = [
        (Claim(KINDS[kind], Decimal(int(cents)).scaleb(-2), day), [])
        for kind, cents, day in zip(columns.kind, columns.cents, columns.first_day.tolist(), strict=True)
    ]
    paid = columns.payments
    for claim, day, cents in zip(paid.claim, paid.on.tolist(), paid.cents, strict=True):
        bills[claim][1].append(Payment(day, Decimal(int(cents)).scaleb(-2)))
    return bills


def claims_file(size: int) -> str:
    columns = portfolio(size)
    path = Path(tempfile.mkdtemp(dir=os.environ.get("INBAAR_DATA"))) / "claims.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("kind,principal,due,on\n")
        stream.writelines(lines(columns))
    return str(path)


def lines(columns: Columns) -> Iterator[str]:
    due = (columns.first_day - 1).tolist()
    for kind, cents, day in zip(columns.kind, columns.cents.tolist(), due, strict=True):
        yield f"{KINDS[kind]},{cents // 100}.{cents % 100:02d},{day},{ON}\n"


def in_columns(columns: Columns) -> int:
    return len(owed_columns(columns.kind, columns.cents, columns.first_day, ON).total)


def in_columns_with_payments(columns: Columns) -> int:
    found = owed_columns(columns.kind, columns.cents, columns.first_day, ON, payments=columns.payments)
    return len(found.total)


def simple_interest(columns: Columns) -> int:
    days = (np.datetime64(ON) - columns.first_day).astype(np.int64) + 1
    return len((columns.cents * days * np.where(columns.kind == 0, 1040, 400) + 1_825_000) // 3_650_000)


def explained(bills: list[tuple[Claim, list[Payment]]]) -> int:
    return len([owed(claim, payments, ON).total for claim, payments in bills])


def file_answered(path: str) -> int:
    columns = owed_of_file(path, with_costs=True, day_count=DayCount.ACT_365F)
    return len(columns.total) if sum(map(len, written(columns, as_json=True))) else 0


def run(small: bool) -> list[Measure]:
    many, some = (20_000, 500) if small else (1_000_000, 20_000)
    bare = {"yardstick": simple_interest, "yardstick_name": "one multiplication"}
    return [
        measured(
            "assessed in columns", "claims", many, in_columns, prepare=portfolio, aim="1,000,000", **bare
        ),
        measured(
            "the same, half with payments",
            "claims",
            many,
            in_columns_with_payments,
            prepare=portfolio,
            **bare,
        ),
        measured("explained line by line", "claims", some, explained, prepare=one_by_one),
        measured("owed --file, read to written", "claims", many, file_answered, prepare=claims_file),
    ]
