"""A small administration for the register's scenarios, told in dated days."""

import datetime as dt
from decimal import Decimal
from typing import Any

from inbaar.banking.models import BankAccount
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Membership, User
from inbaar.receivables.actions import Customer, NewFile, attach_evidence
from inbaar.register.acts import CallMade, approve_entry, record_call
from inbaar.register.entries import found_of
from inbaar.register.prices import PriceRow, set_price
from inbaar.register.reporting import Reported, report_arrears
from inbaar.register.run import RegisterTally, run_register
from tests.dunning.scenario import Administration, day

BAKERY = Customer(
    name="Bakkerij De Korenaar B.V.", kvk="90000002", email="boekhouding@korenaar.example",
    street="Dorpsstraat 1", postcode="1234 AB", city="Ede",
)  # fmt: skip
# An invoice of 1 September with 30 days: day 60 is a Saturday, so the scenarios use one of 2 September.
DUE, DAY_60, DAY_74 = "2026-10-02", "2026-11-02", "2026-11-16"


def morning(on: str) -> dt.datetime:
    """Ten in the morning of a day."""
    return dt.datetime.combine(day(on), dt.time(10), DUTCH_TIME)


class Register(Administration):
    """The books of one creditor, with the acts of the register."""

    def priced(self, amount: str = "12.50") -> "Register":
        """With a price list."""
        set_price(PriceRow(day("2026-01-01"), Decimal(amount), "board, 1 December"), day("2026-01-01"))
        return self

    def report(self, *invoices: int, on: str = DAY_60, reporter: User | None = None) -> list[Reported]:
        """Report arrears, by default from other software."""
        with client_scope(self.client.id):
            return report_arrears(
                self.client.id,
                invoices,
                "Olga",
                day(on),
                morning(on),
                reporter=reporter.pk if reporter else None,
            )

    def call(self, report_id: int, on: str, outcome: str = "will_pay") -> bool:
        """Call the debtor."""
        with client_scope(self.client.id):
            return record_call(
                self.client.id, report_id, CallMade(outcome, "sprak met de boekhouding"), "Olga", day(on)
            )

    def member(self, name: str, role: str) -> User:
        """A user with a part in this administration, made at first use."""
        email = f"{name.lower()}.{self.client.id}@inbaar.example"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
        with client_scope(self.client.id):
            Membership.objects.get_or_create(client_id=self.client.id, user=user, role=role)
        return user

    def approve(self, report_id: int, on: str, user: User | None = None) -> bool:
        """Approve an entry as a second person, by default a register officer."""
        by = user or self.member("Otto", "register_officer")
        with client_scope(self.client.id):
            return approve_entry(self.client.id, report_id, by.pk, day(on), morning(on))

    def prove(self, invoice_id: int, on: str = DAY_60) -> None:
        """Attach proof of delivery."""
        with client_scope(self.client.id):
            file = NewFile("werkbon.pdf", b"%PDF-1.7 " + str(invoice_id).encode())
            attach_evidence(self.client.id, invoice_id, "job_sheet", [file], "Olga", day(on), morning(on))

    def look(self, on: str) -> RegisterTally:
        """The register's run of a day; letters leave that same day."""
        tally = run_register(self.client.id, day(on), morning(on))
        self.send(on)
        return tally

    def reported(self, number: str = "2026-1", **facts: Any) -> tuple[int, int]:
        """An arrear that was reported on day 60, whose letter left, with a call made and proof attached."""
        invoice = self.invoice(number, DUE, **facts)
        (answer,) = self.report(invoice)
        assert answer.report_id is not None, answer
        self.send(DAY_60)
        self.prove(invoice)
        self.call(answer.report_id, "2026-11-04")
        self.approve(answer.report_id, "2026-11-05")
        return invoice, answer.report_id

    def entered(self, number: str = "2026-1", **facts: Any) -> tuple[int, int]:
        """The same, entered on day 74."""
        invoice, report = self.reported(number, **facts)
        self.look("2026-11-03")
        tally = self.look(DAY_74)
        assert tally.entered == 1, tally
        return invoice, report

    def seen(self, kvk: str = "90000002") -> list[Decimal]:
        """What third parties find of a company."""
        return [arrear.amount for arrear in found_of(kvk)]

    def rows(self, table: str) -> int:
        """How many rows of this client there are."""
        with client_scope(self.client.id):
            return int(fetch(f"SELECT count(*) FROM {table}")[0][0])

    def bank_account(self, read_up_to: str, iban: str = "NL20INGB0001234567") -> None:
        """An account of the client, with news up to a day."""
        with client_scope(self.client.id):
            BankAccount.objects.create(
                client=self.client, iban=iban, currency="EUR", holder="x", read_up_to=day(read_up_to)
            )

    def entered_beside(self) -> tuple[int, int]:
        """A second arrear of the same debtor, of 500.00, entered beside the first."""
        invoice, report = self.reported("2026-2", payable="500.00")
        with client_scope(self.client.id):
            fetch("UPDATE register_report SET look_on = %s WHERE id = %s RETURNING 1", [day(DAY_74), report])
        assert self.look(DAY_74).entered == 1
        return invoice, report
