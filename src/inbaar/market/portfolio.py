"""Large portfolios and the payments on them, for benchmarks: plain rows, made fast, the same for the same seed.

`portfolio` gives invoices, `payments` gives bank entries of which is known what they mean; `write_camt053` and
`write_mt940` (from `bulk_files`) stream them to a file.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from inbaar.market.bulk_files import BulkEntry, WrittenFile, write_camt053, write_mt940
from inbaar.market.identifiers import dutch_iban
from inbaar.market.names import SURNAMES, TRADES
from inbaar.market.population import BANKS
from inbaar.market.streams import stream

__all__ = [
    "BulkEntry",
    "PortfolioRow",
    "WrittenFile",
    "debtor_iban",
    "debtor_name",
    "payments",
    "portfolio",
    "write_camt053",
    "write_mt940",
]

INVOICES_PER_DEBTOR = 25
UNTIL = date(2026, 6, 30)
SPREAD_DAYS = 365
TERMS = (14, 30, 30, 30, 60)
CONSUMER_EVERY = 5
# How many of a hundred entries refer to their invoice in which way.
SHARES: Mapping[str, int] = {"reference": 55, "number": 30, "iban_amount": 10, "none": 5}


class PortfolioRow(NamedTuple):
    """One open invoice; `kind` is trade or nontrade, `reference` its ISO 11649 payment reference."""

    number: str
    debtor_no: int
    issued_on: date
    due_on: date
    amount: Decimal
    kind: str
    reference: str


def debtor_iban(debtor_no: int) -> str:
    """The account of a debtor of the portfolio."""
    return dutch_iban(BANKS[debtor_no % len(BANKS)], 2_000_000_000 + debtor_no)


def debtor_name(debtor_no: int) -> str:
    """Its name."""
    surname = SURNAMES[debtor_no % len(SURNAMES)]
    return f"{surname} {TRADES[debtor_no // len(SURNAMES) % len(TRADES)]} {debtor_no} B.V."


def portfolio(
    n_invoices: int, seed: int, *, until: date = UNTIL, debtors: int | None = None
) -> Iterator[PortfolioRow]:
    """`n_invoices` rows issued in the year up to `until`; every fifth debtor is a consumer (nontrade)."""
    draw = stream(seed, "portfolio").random
    count = debtors or max(1, n_invoices // INVOICES_PER_DEBTOR)
    calendar = [until - timedelta(days=SPREAD_DAYS - 1 - n) for n in range(SPREAD_DAYS)]
    terms = [timedelta(days=days) for days in TERMS]
    for sequence in range(1, n_invoices + 1):
        debtor_no = 1 + int(draw() * count)
        issued_on = calendar[(sequence - 1) * SPREAD_DAYS // n_invoices]
        digits = f"{issued_on.year}{sequence:07d}"
        yield PortfolioRow(
            number=f"{digits[:4]}-{digits[4:]}",
            debtor_no=debtor_no,
            issued_on=issued_on,
            due_on=issued_on + terms[debtor_no % len(terms)],
            amount=Decimal(2_500 + int(draw() ** 3 * 2_000_000)).scaleb(-2),
            kind="nontrade" if debtor_no % CONSUMER_EVERY == 0 else "trade",
            reference=f"RF{98 - int(digits + '271500') % 97:02d}{digits}",
        )


def payments(
    rows: Sequence[PortfolioRow], count: int, seed: int, *, shares: Mapping[str, int] = SHARES
) -> Iterator[BulkEntry]:
    """`count` entries, each on another invoice (so at most as many as there are rows), in the given shares."""
    if count > len(rows):
        raise ValueError(f"{count} payments need {count} invoices and there are {len(rows)}: ask for fewer")
    rng = stream(seed, "payments")
    ways = [way for way, share in shares.items() for _ in range(share)]
    for at in range(count):
        row = rows[at * len(rows) // count]
        yield _entry(rng, ways[int(rng.random() * len(ways))], row, f"{at + 1:012d}")


def _entry(rng: Random, way: str, row: PortfolioRow, bank_reference: str) -> BulkEntry:
    name, account = debtor_name(row.debtor_no), debtor_iban(row.debtor_no)
    if way == "reference":
        return BulkEntry(row.amount, name, account, None, row.reference, bank_reference, (row.number,), way)
    if way == "number":
        text = f"Factuur {row.number} d.d. {row.issued_on:%d-%m-%Y}"
        return BulkEntry(row.amount, name, account, text, None, bank_reference, (row.number,), way)
    if way == "iban_amount":
        return BulkEntry(row.amount, name, account, "betaling", None, bank_reference, (row.number,), way)
    stranger = dutch_iban("TRIO", 9_000_000_000 + int(rng.random() * 900_000_000))
    amount = Decimal(1_000 + int(rng.random() * 500_000)).scaleb(-2)
    return BulkEntry(amount, "Onbekend", stranger, "overboeking", None, bank_reference, (), "none")
