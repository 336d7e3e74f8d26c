"""Debtors with open invoices and habits, for payments as people make them: who owes what, and what he keeps to himself.

Called by `ways_to_pay`. A few large debtors have most of the invoices, equal amounts are common, few people share a name.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from inbaar.market import identifiers, names
from inbaar.market.streams import stream

CENT = Decimal("0.01")
FIRST_DAY = date(2026, 5, 1)
BANKS = ("INGB", "RABO", "ABNA", "TRIO", "KNAB", "ASNB")
# Subscriptions, hours and call-out charges cost the same each time: equal amounts are common, and hard.
PRICES = tuple(Decimal(price) for price in ("60.50", "90.75", "121.00", "151.25", "181.50", "242.00", "302.50", "363.00",
               "484.00", "605.00", "726.00", "907.50", "968.00", "1210.00", "1815.00", "2420.00"))  # fmt: skip
LISTED_PERCENT = 45
KNOWN_PERCENT = 70  # of the payers' accounts known before: customers that paid before; the others are new
COMPANY_PERCENT = 72
CREDITED_PERCENT = 4
FIRST_CUSTOMER = 10_001


@dataclass(frozen=True, slots=True)
class OwedInvoice:
    """An invoice as the seller booked it."""

    number: str
    amount: Decimal
    issued_on: date
    due_on: date
    reference: str


@dataclass(slots=True)
class Payer:
    """A debtor as the seller knows him, and what he keeps to himself: his habits and his other account."""

    number: int
    name: str
    iban: str
    known: bool
    discount_percent: int
    invoices: list[OwedInvoice] = field(default_factory=list)
    credits: list[OwedInvoice] = field(default_factory=list)


def payers_with_invoices(seed: int, payments: int) -> list[Payer]:
    """As many debtors and open invoices as that many payments need; a few large debtors have most of them."""
    rng = stream(seed, "ways to pay")
    payers: list[Payer] = []
    number, wanted = 0, payments * 14 // 10
    while number < wanted:
        payer = _payer(rng, FIRST_CUSTOMER + len(payers))
        for _ in range(min(60, 1 + int(rng.paretovariate(1.1)))):
            number += 1
            payer.invoices.append(_invoice(rng, number))
            if rng.randrange(100) < CREDITED_PERCENT:
                payer.credits.append(_credit(rng, payer.invoices[-1]))
        payer.invoices.sort(key=lambda invoice: (invoice.due_on, invoice.number))
        payers.append(payer)
    return payers


def surname(rng: Random) -> str:
    """Few people share a name: forty surnames, alone or two together, with and without a particle."""
    first, second = rng.choice(names.SURNAMES), rng.choice(names.SURNAMES)
    particle = rng.choice(("", "", "van ", "de ", "van der ", "van den ", "ter "))
    return f"{particle}{first}" if rng.randrange(3) == 0 else f"{particle}{first}-{second}"


def person(rng: Random) -> str:
    given = rng.choice(names.FIRST_NAMES)
    initials = f"{given[0]}.{rng.choice('ABCDEFGHIJKLMNOPRSTVW')}." if rng.randrange(2) else given
    return f"{initials} {surname(rng)}"


def _payer(rng: Random, number: int) -> Payer:
    company = rng.randrange(100) < COMPANY_PERCENT
    name = f"{surname(rng)} {rng.choice(names.TRADES)} B.V." if company else person(rng)
    iban = identifiers.dutch_iban(rng.choice(BANKS), 1_000_000 + number)
    return Payer(number, name, iban, rng.randrange(100) < KNOWN_PERCENT, rng.choice((0,) * 47 + (1, 2, 2)))


def _invoice(rng: Random, number: int) -> OwedInvoice:
    listed = rng.randrange(100) < LISTED_PERCENT
    amount = rng.choice(PRICES) if listed else Decimal(int(rng.lognormvariate(10.6, 1.1)) + 1_000) / 100
    issued = FIRST_DAY - timedelta(days=rng.randrange(60))
    term = rng.choice((14, 30, 30))
    return OwedInvoice(
        f"2026-{number:06d}", amount, issued, issued + timedelta(days=term), f"{7 * 10**15 + number:016d}"
    )


def _credit(rng: Random, invoice: OwedInvoice) -> OwedInvoice:
    amount = (invoice.amount * rng.randint(5, 60) / 100).quantize(CENT, ROUND_HALF_UP)
    return OwedInvoice(f"C{invoice.number[2:]}", amount, invoice.issued_on, invoice.due_on, "")
