"""A tiny program that lives in the market: it reads files by hand, knows the truth of payments, and writes letters.

It stands for Inbaar in the market's own tests, so that these say something about the market alone.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from inbaar.market.facts import MarketFile, MarketMessage
from inbaar.market.market import Market

START = date(2026, 2, 2)
REMINDER_AFTER, NOTICE_AFTER = 1, 14


@dataclass
class Run:
    """What was seen and sent."""

    market: Market
    invoices: list[MarketFile] = field(default_factory=list)
    statements: list[MarketFile] = field(default_factory=list)
    messages: list[MarketMessage] = field(default_factory=list)
    letters: list[tuple[date, str, str, tuple[str, ...]]] = field(default_factory=list)

    def kinds(self) -> dict[str, int]:
        """Letters by kind."""
        found: dict[str, int] = {}
        for _, kind, _, _ in self.letters:
            found[kind] = found.get(kind, 0) + 1
        return found


def play(seed: int = 1, days: int = 150, letters: bool = True, **market: int) -> Run:
    """Live through all days: files, statements, messages, then the letters of the day."""
    run = Run(Market(seed, START, days, **market))
    stage: dict[str, int] = {}
    disputed: set[str] = set()
    for n in range(days):
        day = START + timedelta(days=n)
        run.invoices += run.market.invoices_on(day)
        run.statements += run.market.statements_on(day)
        for message in run.market.messages_on(day):
            run.messages.append(message)
            if message.invoice_number:
                (disputed.add if message.kind == "dispute" else disputed.discard)(message.invoice_number)
        if letters and day.weekday() < 5:
            _write(run, day, stage, disputed)
    return run


def _write(run: Run, day: date, stage: dict[str, int], disputed: set[str]) -> None:
    """One letter per debtor: a notice if any invoice is far enough, else a reminder."""
    truth = run.market.truth
    for debtor in run.market.debtor_facts:
        wanted: dict[str, list[str]] = {}
        for number, invoice in truth.invoices.items():
            if invoice.debtor_number != debtor.number or invoice.paid_in_full or number in disputed:
                continue
            if invoice.planted == "sums" or truth.bankruptcies.get(debtor.number, date.max) <= day:
                continue
            late = (day - invoice.due_on).days
            done = stage.get(number, 0)
            if done == 0 and late >= REMINDER_AFTER:
                wanted.setdefault("reminder", []).append(number)
            elif done == 1 and late >= NOTICE_AFTER:
                kind = "fourteen_day_letter" if debtor.consumer else "formal_notice"
                wanted.setdefault(kind, []).append(number)
        for kind, numbers in wanted.items():
            total = sum((truth.invoices[n].open_amount for n in numbers), Decimal(0))
            if kind != "reminder":
                total += Decimal("40.00")
            for number in numbers:
                stage[number] = stage.get(number, 0) + 1
            run.letters.append((day, kind, debtor.email, tuple(numbers)))
            run.market.receive_letter(day, debtor.email, kind, numbers, total)
