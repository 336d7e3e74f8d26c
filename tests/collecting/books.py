"""Somebody who collects, his debtor with a mandate and a mailbox, and his bank."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from inbaar.banking.debits.actions import approve_debit_batch, make_debit_batch, switch_automatic
from inbaar.daily import run_day
from inbaar.doors import take_in_files
from inbaar.kit.scope import client_scope
from inbaar.law.calendar import AMSTERDAM
from inbaar.market.debit_desk import DebitDesk
from inbaar.market.population import BUSINESS
from inbaar.parties.models import Contact
from inbaar.receivables.models import Invoice
from tests.banking.books import draft, invoiced
from tests.banking.camt import IBAN
from tests.debits.books import acting, at, collecting, rows, signed
from tests.letters.mail_server import MailServer
from tests.transfers.books import account_of, file_of, member

DEBIT = (
    "SELECT due_on, announced_on, announced_how, state FROM debits_directdebit WHERE NOT replaced ORDER BY id"
)
READY = "SELECT id FROM debits_directdebit WHERE state = 'requested' AND announced_on IS NOT NULL ORDER BY id"


class Collecting:
    """Jansen owes 121.00 since 3 March, has a recurring mandate, and reads mail at one address; Van Dijk collects by itself."""

    def __init__(
        self, client: Any, email: str = "jansen@voorbeeld.example", *, automatic: bool = True, **mandate: Any
    ) -> None:
        self.client, self.answers = client, dict[str, str]()
        account_of(client)
        self.debtor = collecting(client)
        self.mandate = signed(client, self.debtor, **({"reference": "K-1"} | mandate))
        if automatic:
            switch_automatic(client.id, True, "olga")
        with client_scope(client.id):
            self.invoice = Invoice.objects.get().id
            if email:
                Contact.objects.create(
                    client_id=client.id, debtor_id=self.debtor, role="invoice", email=email
                )

    def day(self, on: dt.date, *, mail: bool = True) -> list[EmailMessage]:
        """One daily run, in which the mail server works or not; gives the mails that came."""
        if not mail:
            run_day(on, at(on), None, [self.client.id])
            return []
        with MailServer(self.answers) as server:
            run_day(on, at(on), server.settings, [self.client.id])
            return server.messages

    def owed(self, number: str, amount: str = "121.00", **facts: Any) -> int:
        """One more invoice of Jansen."""
        with client_scope(self.client.id):
            (invoice,) = invoiced(self.client, draft(number, amount, **facts))
            return int(invoice.id)


class AtBank(Collecting):
    """The same with two people, and the bank that the files go to; every statement is taken in on its day."""

    def __init__(self, client: Any, **mandate: Any) -> None:
        super().__init__(client, **mandate)
        self.eva, self.ton = member(client, "eva"), member(client, "ton", "treasurer")
        self.bank = DebitDesk(replace(BUSINESS, iban=IBAN), Decimal("1000.00"))

    def fails(self, *, rejected: Mapping[str, str] = {}, **returns: tuple[str, dt.date]) -> None:
        """What the bank will do to the debits of mandates: `K1` is the mandate K-1."""
        self.bank.rejected.update(rejected)
        self.bank.returns.update({name.replace("K", "K-"): how for name, how in returns.items()})

    def file(self, on: dt.date) -> bytes:
        """All that is announced, in a batch of a day that another person approves."""
        ids = [number for (number,) in rows(self.client, READY)]
        batch = make_debit_batch(self.client.id, account_of(self.client), ids, acting(self.eva, on))
        return file_of(self.client, approve_debit_batch(self.client.id, batch, acting(self.ton, on)))

    def hand_in(self, content: bytes, on: dt.date, time: dt.time = dt.time(9)) -> bytes:
        """The bank's report on a file that is handed in at a time of a day, taken in at once."""
        report = self.bank.hand_in(content, dt.datetime.combine(on, time, AMSTERDAM))
        self.take_in(on, report)
        return report

    def take_in(self, on: dt.date, *files: bytes) -> None:
        """Files of the bank, each in its own drop."""
        for number, content in enumerate(files):
            take_in_files(self.client.id, [(f"{on}-{number}.xml", content)], on, at(on))

    def statements(self, *days: dt.date) -> None:
        """The statement of each day, taken in on that day."""
        for day in days:
            self.take_in(day, self.bank.statement(day))

    def collect(self, on: dt.date, due: dt.date) -> bytes:
        """What is announced goes to the bank the day before, and the statement of its day comes in; gives the file."""
        content = self.file(on)
        self.hand_in(content, on)
        self.statements(due)
        return content


def text_of(message: EmailMessage) -> str:
    """The words of a mail on one line."""
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())
