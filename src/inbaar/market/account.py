"""The seller's bank account: books each bank day once, keeps the balance, and writes the statements.

Called by the market. A day that was booked is never changed; days are always booked in order, also when
somebody asks for a later one first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from inbaar.market.bookings import BankCode, Booking
from inbaar.market.camt053 import Statement
from inbaar.market.days import bank_day_from, is_bank_day
from inbaar.market.facts import PaymentTruth
from inbaar.market.habits import Writing
from inbaar.market.intentions import PlannedPayment
from inbaar.market.noise import noise
from inbaar.market.streams import stream
from inbaar.market.world import World

OPENING = Decimal("18450.32")
BATCH_PERCENT = 25
REFUND_AFTER_DAYS = 10
ALONE = frozenset({Writing.STRANGER, Writing.LUMP})


def _credit(payment: PlannedPayment) -> Booking:
    words = payment.remittance
    return Booking(
        code=BankCode.CREDIT_RECEIVED,
        amount=payment.amount,
        name=words.name,
        iban=words.iban,
        text=words.text,
        structured=words.structured,
        end_to_end_id=words.end_to_end_id,
    )


class Account:
    """The account from the first day of the market on."""

    def __init__(self, world: World, start: date) -> None:
        self._world = world
        self._next_day = start
        self._balance = OPENING
        self._refunds: dict[date, list[Booking]] = {}
        self.statements: dict[date, Statement] = {}
        self.payments: list[PaymentTruth] = []

    @property
    def booked_until(self) -> date:
        """The last day whose bookings are final."""
        return self._next_day - timedelta(days=1)

    def book_until(self, day: date) -> None:
        """Book every bank day up to and including this one."""
        while self._next_day <= day:
            if is_bank_day(self._next_day):
                self._book(self._next_day)
            self._next_day += timedelta(days=1)

    def _book(self, day: date) -> None:
        payments = self._world.take_payments(day)
        credits = [_credit(p) for p in payments]
        bookings = self._numbered(day, [*credits, *noise(self._world.seed, day), *self._refunds.pop(day, [])])
        for payment, booking in zip(payments, bookings, strict=False):
            self._remember(payment, booking.reference, day)
        bookings = self._batched(day, bookings, payments)
        statement = Statement(day, len(self.statements) + 1, self._balance, tuple(bookings))
        self.statements[day] = statement
        self._balance = statement.closing

    @staticmethod
    def _numbered(day: date, bookings: Sequence[Booking]) -> list[Booking]:
        """Every booking, and every part of a batch, under the bank's own reference."""
        found = []
        for at, booking in enumerate(bookings, start=1):
            reference = f"{day:%y%m%d}{at:05d}"
            parts = tuple(replace(p, reference=f"{reference}.{n}") for n, p in enumerate(booking.details, 1))
            found.append(replace(booking, reference=reference, details=parts))
        return found

    def _batched(
        self, day: date, bookings: list[Booking], payments: Sequence[PlannedPayment]
    ) -> list[Booking]:
        """Now and then the bank books up to three payments of a day as one entry with details."""
        fit = [at for at, p in enumerate(payments) if p.remittance.writing not in ALONE][:3]
        if len(fit) < 3 or stream(self._world.seed, "batch", day).randrange(100) >= BATCH_PERCENT:
            return bookings
        parts = tuple(bookings[at] for at in fit)
        total = sum((p.amount for p in parts), Decimal(0))
        batch = Booking(BankCode.CREDIT_RECEIVED, total, reference=f"{day:%y%m%d}B0001", details=parts)
        return [batch] + [b for at, b in enumerate(bookings) if at not in fit]

    def _remember(self, payment: PlannedPayment, reference: str, day: date) -> None:
        words, facts = payment.remittance, payment.debtor.facts
        truth = PaymentTruth(
            reference, day, facts.number, payment.amount, payment.meant, words.writing, words.certain
        )
        self.payments.append(truth)
        overpaid = sum((m.amount for m in payment.meant if m.part == "overpaid"), Decimal(0))
        if overpaid and stream(self._world.seed, "refund", payment.key).randrange(2) == 0:
            text = f"Terugbetaling te veel betaald {payment.meant[0].number}"
            refund = Booking(BankCode.CREDIT_SENT, -overpaid, name=facts.name, iban=facts.iban, text=text)
            on = bank_day_from(day + timedelta(days=REFUND_AFTER_DAYS))
            self._refunds.setdefault(on, []).append(refund)
