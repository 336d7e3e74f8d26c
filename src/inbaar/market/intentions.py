"""What the debtors mean to pay and when, of their own accord: planned once, before any letter.

Called by the market at its start; `reactions` changes the plan when letters come. Each invoice draws from its
own stream, so one debtor's plan never depends on another's.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from inbaar.market.days import bank_day_from, is_bank_day
from inbaar.market.documents import cents
from inbaar.market.facts import Meant
from inbaar.market.habits import Timing, Writing
from inbaar.market.obligations import NOTHING, Obligation
from inbaar.market.population import Debtor
from inbaar.market.remittance import NUMBERS_LIMIT, Remittance, remittance
from inbaar.market.streams import stream

FORGET_PERCENT = 3
PAY_RUN_DAYS = (10, 25)
ON_TIME = (Timing.PROMPT, Timing.AT_DUE, Timing.OVERPAYS)


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """A payment that will be booked on `day` unless something comes between; `key` is unique in the market."""

    key: str
    day: date
    debtor: Debtor
    meant: tuple[Meant, ...]
    remittance: Remittance

    @property
    def amount(self) -> Decimal:
        """What leaves the debtor's account."""
        return sum((share.amount for share in self.meant), NOTHING)

    def invoices(self) -> tuple[str, ...]:
        """The invoices whose principal it pays (a part of)."""
        return tuple(dict.fromkeys(m.number for m in self.meant if m.number and m.part == "principal"))


@dataclass(frozen=True, slots=True)
class Share:
    """What one invoice contributes to a payment on a day."""

    day: date
    obligation: Obligation
    amount: Decimal
    overpaid: Decimal = NOTHING


def shares_meant(share: Share) -> list[Meant]:
    """The invoice, its credit note deducted when it is paid in full, and what is paid too much."""
    owed, number = share.obligation, share.obligation.number
    note = owed.credit_note
    if note is not None and share.amount == owed.net:
        found = [Meant(number, owed.invoice.total), Meant(note.number, -note.total, "credit")]
    else:
        found = [Meant(number, share.amount)] if share.amount else []
    if share.overpaid:
        found.append(Meant(number, share.overpaid, "overpaid"))
    return found


def payment(seed: int, key: str, day: date, debtor: Debtor, meant: Sequence[Meant]) -> PlannedPayment:
    """One payment of these shares, in the words this debtor would use."""
    invoices = list(dict.fromkeys(m.number for m in meant if m.number and m.part != "credit"))
    notes = [m.number for m in meant if m.number and m.part == "credit"]
    words = remittance(stream(seed, "words", key), debtor, key, invoices, notes)
    return PlannedPayment(key, day, debtor, tuple(meant), words)


def _last_bank_day(day: date) -> date:
    while not is_bank_day(day):
        day -= timedelta(days=1)
    return day


def _pay_run(earliest: date, due_on: date) -> date:
    """The last pay run that is still in time, else the first one there is."""
    day = due_on
    while day >= earliest:
        if day.day in PAY_RUN_DAYS:
            return _last_bank_day(day) if _last_bank_day(day) >= earliest else bank_day_from(day)
        day -= timedelta(days=1)
    day = earliest
    while day.day not in PAY_RUN_DAYS:
        day += timedelta(days=1)
    return bank_day_from(day)


def own_pay_day(seed: int, obligation: Obligation) -> date:
    """The bank day on which the debtor would pay this invoice by itself."""
    invoice, habit = obligation.invoice, obligation.invoice.debtor.habit
    rng = stream(seed, "pay day", invoice.number)
    earliest = invoice.issued_on + timedelta(days=2)
    if obligation.credit_note is not None:
        earliest = max(earliest, obligation.credit_note.issued_on + timedelta(days=1))
    if habit.writing is Writing.SEVERAL:
        return _pay_run(earliest, invoice.due_on)
    match habit.timing:
        case Timing.PROMPT | Timing.DEDUCTS:
            day = invoice.issued_on + timedelta(days=rng.randint(4, 12))
        case Timing.LATE:
            day = invoice.due_on + timedelta(days=habit.late_days + rng.randint(0, 3))
        case _:
            day = _last_bank_day(invoice.due_on - timedelta(days=rng.randint(0, 3)))
    return bank_day_from(max(day, earliest))


def _own_share(seed: int, obligation: Obligation) -> Share | None:
    """What is paid unasked: all, a part, too much, or nothing."""
    timing, open_amount = obligation.invoice.debtor.habit.timing, obligation.open_amount
    rng = stream(seed, "own accord", obligation.number)
    obligation.forgotten = timing in ON_TIME and rng.randrange(100) < FORGET_PERCENT
    waits = timing in (Timing.ON_REMINDER, Timing.ON_NOTICE, Timing.NEVER, Timing.DISPUTES)
    if waits or obligation.forgotten or not open_amount:
        return None
    day = own_pay_day(seed, obligation)
    if timing is Timing.PARTS:
        part = (open_amount * rng.randint(40, 70) / 5000).to_integral_value() * 50
        return Share(day, obligation, min(cents(max(part, Decimal(50))), open_amount))
    if timing is Timing.DEDUCTS:
        return Share(day, obligation, cents(open_amount * Decimal("0.98")))
    if timing is Timing.OVERPAYS:
        rounded = (open_amount / 10).to_integral_value(ROUND_CEILING) * 10
        return Share(day, obligation, open_amount, cents(rounded - open_amount))
    return Share(day, obligation, open_amount)


def _payments(seed: int, shares: Iterable[Share]) -> Iterable[PlannedPayment]:
    """One payment per invoice; who pays in runs puts up to nine invoices in one."""
    runs: dict[tuple[date, int], list[Share]] = defaultdict(list)
    for share in shares:
        debtor = share.obligation.invoice.debtor
        if debtor.habit.writing is Writing.SEVERAL:
            runs[share.day, debtor.facts.number].append(share)
        else:
            yield payment(seed, share.obligation.number, share.day, debtor, shares_meant(share))
    for (day, _), together in runs.items():
        for at in range(0, len(together), NUMBERS_LIMIT):
            chunk = together[at : at + NUMBERS_LIMIT]
            first = chunk[0].obligation
            meant = [m for share in chunk for m in shares_meant(share)]
            yield payment(seed, f"run-{first.number}", day, first.invoice.debtor, meant)


def first_plan(
    seed: int, obligations: Iterable[Obligation], bankruptcies: dict[int, date]
) -> Iterable[PlannedPayment]:
    """All payments the debtors will make if nobody ever writes to them. Who is going under stops paying early."""
    shares = []
    for obligation in obligations:
        share = _own_share(seed, obligation)
        ends = bankruptcies.get(obligation.invoice.debtor.facts.number)
        if share is not None and (ends is None or share.day < ends - timedelta(days=30)):
            shares.append(share)
    return _payments(seed, shares)
