"""Which invoices and credit notes the seller writes, and when: the plan made before anybody pays.

Called once by the market. Amounts are built from lines the way an invoice program does: quantity times
price rounded per line, VAT rounded once per rate.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import accumulate
from random import Random

from inbaar.market.days import is_working_day, working_day_from
from inbaar.market.population import Debtor
from inbaar.market.streams import stream

CENT = Decimal("0.01")
AVERAGE_MONTH_DAYS = Decimal("30.4375")
CREDIT_PERCENT = 4


def cents(amount: Decimal) -> Decimal:
    """Half up to the cent, as on an invoice."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what was done, how much of it, and under which VAT category (EN 16931 code and percentage)."""

    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    vat_category: str
    vat_percent: Decimal

    @property
    def amount(self) -> Decimal:
        """The line's net amount."""
        return cents(self.quantity * self.price)


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, or a credit note when `credits_invoice` is set; amounts are positive in both."""

    number: str
    debtor: Debtor
    issued_on: date
    due_on: date
    lines: tuple[Line, ...]
    order_reference: str
    credits_invoice: str | None = None

    @property
    def net(self) -> Decimal:
        """All lines together, before VAT."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    def vat_bases(self) -> tuple[tuple[str, Decimal, Decimal, Decimal], ...]:
        """Per category and percentage: the net amount and its VAT."""
        bases: dict[tuple[str, Decimal], Decimal] = {}
        for line in self.lines:
            key = line.vat_category, line.vat_percent
            bases[key] = bases.get(key, Decimal("0.00")) + line.amount
        return tuple((c, p, base, cents(base * p / 100)) for (c, p), base in bases.items())

    @property
    def vat(self) -> Decimal:
        """The VAT of all rates together."""
        return sum((amount for *_, amount in self.vat_bases()), Decimal("0.00"))

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.vat


STANDARD, LOW, ZERO = Decimal("21"), Decimal("9"), Decimal("0")
# Name, unit code (UN/ECE rec. 20), lowest and highest price in euro, lowest and highest quantity, VAT.
WORKS = (
    ("Arbeid timmerwerk", "HUR", 52, 68, 4, 40, ("S", STANDARD)),
    ("Montage binnendeuren", "C62", 145, 310, 1, 12, ("S", STANDARD)),
    ("Leveren en plaatsen kozijn", "C62", 420, 980, 1, 5, ("S", STANDARD)),
    ("Onderhoud cv-ketel", "C62", 95, 165, 1, 4, ("S", STANDARD)),
    ("Aanleg elektra groepenkast", "C62", 480, 890, 1, 2, ("S", STANDARD)),
    ("Leidingwerk koper", "MTR", 11, 27, 5, 60, ("S", STANDARD)),
)
AT_HOME = (
    ("Schilderwerk woning ouder dan twee jaar, arbeid", "HUR", 42, 55, 4, 24, ("S", LOW)),
    ("Isolatie dak woning, arbeid", "MTK", 18, 36, 10, 45, ("S", LOW)),
    ("Zonnepanelen op woning", "C62", 160, 240, 2, 8, ("Z", ZERO)),
)
ABROAD = ("AE", ZERO)


def _line(rng: Random, debtor: Debtor) -> Line:
    works = WORKS + AT_HOME if debtor.facts.consumer else WORKS
    name, unit, low, high, least, most, vat = rng.choice(works)
    if debtor.facts.legal_form == "foreign":
        vat = ABROAD
    halves = (
        rng.randint(2 * least, 2 * most) if unit in ("HUR", "MTR", "MTK") else 2 * rng.randint(least, most)
    )
    price = Decimal(rng.randint(low * 100, high * 100)) / 100
    return Line(name, Decimal(halves) / 2, unit, price, *vat)


def _invoice(seed: int, sequence: int, issued_on: date, debtor: Debtor) -> Document:
    number = f"{issued_on.year}-{sequence:04d}"
    rng = stream(seed, "invoice", number)
    lines = tuple(_line(rng, debtor) for _ in range(rng.choice((1, 1, 2, 2, 3, 4))))
    due_on = issued_on + timedelta(days=debtor.facts.payment_term_days)
    return Document(number, debtor, issued_on, due_on, lines, f"PO-{rng.randint(1000, 9999)}")


def _corrections(lines: Sequence[Line], amount: Decimal) -> tuple[Line, ...]:
    """Lines from the first on, the last one cut, that together come to at most `amount` including VAT."""
    found: list[Line] = []
    for line in lines:
        rate = 100 + line.vat_percent
        if line.amount * rate > amount * 100:
            price = (amount * 100 / rate).quantize(CENT, ROUND_DOWN)
            found.append(
                replace(line, name=f"Correctie {line.name}", quantity=Decimal(1), unit="C62", price=price)
            )
            break
        found.append(line)
        amount -= line.amount * rate / 100
    return tuple(line for line in found if line.amount)


def credit_note(document: Document, issued_on: date, amount: Decimal | None = None) -> Document:
    """The credit note of an invoice: all of it, or of lines that come to `amount` including VAT, to a cent or two."""
    whole = amount is None or amount >= document.total
    lines = document.lines if whole or amount is None else _corrections(document.lines, amount)
    return replace(
        document,
        number=f"C{document.number}",
        issued_on=issued_on,
        due_on=issued_on,
        lines=lines,
        credits_invoice=document.number,
    )


def planned_invoices(
    seed: int,
    start: date,
    days: int,
    invoices_per_month: int,
    debtors: Sequence[Debtor],
    closed_on: Mapping[int, date],
) -> tuple[Document, ...]:
    """All invoices of the period in order of date, numbered without gaps: everybody gets one before anybody gets a second.

    None goes to a debtor that has closed.
    """
    working_days = [d for n in range(days) if is_working_day(d := start + timedelta(days=n))]
    if not working_days or not debtors:
        return ()
    count = int(invoices_per_month * days / AVERAGE_MONTH_DAYS)
    rng = stream(seed, "calendar")
    issue_days = sorted(rng.choice(working_days) for _ in range(count))
    weights = list(accumulate(debtor.weight for debtor in debtors))
    everybody_once = rng.sample(list(debtors), len(debtors))
    found: list[Document] = []
    for day in issue_days:
        debtor = debtors[bisect_left(weights, rng.randint(1, weights[-1]))]
        debtor = everybody_once.pop() if everybody_once else debtor
        if day < closed_on.get(debtor.facts.number, date.max):
            found.append(_invoice(seed, len(found) + 1, day, debtor))
    return tuple(found)


def planned_credit_notes(seed: int, invoices: Sequence[Document]) -> tuple[Document, ...]:
    """A few invoices are corrected some days later, before anybody has to pay them."""
    found = []
    for invoice in invoices:
        rng = stream(seed, "credit", invoice.number)
        if rng.randrange(100) >= CREDIT_PERCENT:
            continue
        issued_on = working_day_from(invoice.issued_on + timedelta(days=rng.randint(2, 6)))
        share = Decimal(rng.choice((10, 15, 25, 40, 100))) / 100
        amount = None if share == 1 else cents(invoice.total * share)
        found.append(credit_note(invoice, issued_on, amount))
    return tuple(found)
