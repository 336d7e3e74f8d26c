"""The payments that are planned and not yet booked, found by day and by invoice.

Called by the world; kept apart because a large market has a hundred thousand of them.
"""

from collections.abc import Iterable
from datetime import date

from inbaar.market.intentions import PlannedPayment


class PaymentPlan:
    """Planned payments under their keys. A key planned again replaces what was there."""

    def __init__(self, payments: Iterable[PlannedPayment] = ()) -> None:
        self._by_key: dict[str, PlannedPayment] = {}
        self._by_day: dict[date, dict[str, None]] = {}
        self._by_number: dict[str, dict[str, None]] = {}
        for payment in payments:
            self.add(payment)

    def add(self, payment: PlannedPayment) -> None:
        """Plan this payment."""
        if payment.key in self._by_key:
            self.remove(payment.key)
        self._by_key[payment.key] = payment
        self._by_day.setdefault(payment.day, {})[payment.key] = None
        for number in payment.invoices():
            self._by_number.setdefault(number, {})[payment.key] = None

    def remove(self, key: str) -> PlannedPayment:
        """Take this payment out of the plan."""
        payment = self._by_key.pop(key)
        del self._by_day[payment.day][key]
        for number in payment.invoices():
            del self._by_number[number][key]
        return payment

    def on_day(self, day: date) -> list[PlannedPayment]:
        """The payments of a day, in an order that doesn't depend on when they were planned."""
        return [self._by_key[key] for key in sorted(self._by_day.get(day, {}))]

    def for_invoice(self, number: str) -> list[PlannedPayment]:
        """The payments of (a part of) an invoice."""
        return [self._by_key[key] for key in sorted(self._by_number.get(number, {}))]
