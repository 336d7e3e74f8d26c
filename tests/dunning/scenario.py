"""A small administration for dunning scenarios told in dated days."""

import datetime as dt
from decimal import Decimal
from typing import Any

from inbaar.dunning.run import DayTally, run_dunning
from inbaar.dunning.schedule import schedule_invoices
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.letters.content import LetterContent, from_json
from inbaar.letters.models import Delivery, Letter
from inbaar.receivables.actions import Customer, Draft, NewPayment, accept_invoices, apply_payments
from inbaar.receivables.models import Invoice

NOW = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
BAKERY = Customer(
    name="Bakkerij De Korenaar B.V.", kvk="90000002", email="boekhouding@korenaar.example",
    street="Dorpsstraat 1", postcode="1234 AB", city="Ede",
)  # fmt: skip
PERSON = Customer(
    name="J. Jansen",
    email="jansen@voorbeeld.example",
    street="Lindelaan 8",
    postcode="3511 KV",
    city="Utrecht",
)


def day(text: str) -> dt.date:
    """A date as it is written: 2026-10-02."""
    return dt.date.fromisoformat(text)


class Administration:
    """One client's books, driven by dated acts."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def invoice(
        self, number: str, due: str, *, payable: str = "1210.00", customer: Customer = BAKERY, **facts: Any
    ) -> int:
        """An accepted, scheduled invoice of 30 days' term."""
        total = Decimal(payable)
        issued = day(due) - dt.timedelta(days=30)
        draft = Draft(
            **{
                "number": number, "kind": "invoice", "issue_date": issued, "due_date": day(due),
                "received_on": issued, "currency": "EUR", "net": total, "vat": Decimal("0.00"), "total": total,
                "payable": total, "customer": customer, "payee_iban": "NL20INGB0001234567",
            }
            | facts
        )  # fmt: skip
        with client_scope(self.client.id):
            (answer,) = accept_invoices(self.client.id, [draft], NOW)
            assert answer.outcome == "accepted", answer
            assert answer.invoice_id is not None
            schedule_invoices(self.client.id, [answer.invoice_id])
        return answer.invoice_id

    def run(self, on: str, *, mail_leaves: bool = True, **how: Any) -> DayTally:
        """The dunning run of a day, whose letters leave that same day."""
        tally = run_dunning(self.client.id, day(on), NOW, **how)
        if mail_leaves:
            self.send(on)
        return tally

    def send(self, on: str) -> None:
        """Let every letter that waits leave on a day, as the mail or the post would."""
        noon = dt.datetime.combine(day(on), dt.time(12), DUTCH_TIME)
        with client_scope(self.client.id):
            Delivery.objects.filter(state__in=["queued", "by_post"]).update(state="sent", changed_at=noon)

    def pay(self, invoice_id: int, on: str, amount: str) -> None:
        """Money received."""
        with client_scope(self.client.id):
            apply_payments(
                self.client.id,
                [NewPayment(invoice_id, day(on), Decimal(amount), f"{invoice_id}:{on}:{amount}")],
                NOW,
            )

    def letters(self) -> list[LetterContent]:
        """Every letter written, in order."""
        import json

        with client_scope(self.client.id):
            return [from_json(json.dumps(letter.content)) for letter in Letter.objects.order_by("id")]

    def open(self, invoice_id: int) -> Decimal:
        """What is open of an invoice."""
        with client_scope(self.client.id):
            return Invoice.objects.get(id=invoice_id).open_amount
