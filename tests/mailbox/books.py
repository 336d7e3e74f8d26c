"""A client whose invoices come by mail: his mailbox on the test's IMAP server, and messages as people send them."""

import datetime as dt
from email import policy
from email.message import EmailMessage
from typing import Any

from inbaar.banking.accounts import register_account
from inbaar.jobs import answer_senders
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.mailbox.fetching import FetchTally, fetch_mailbox
from inbaar.mailbox.models import Message
from inbaar.mailbox.setup import MailboxFacts, allow_sender, save_mailbox
from tests.conftest import make_client
from tests.intake.documents import ubl
from tests.letters.mail_server import MailServer
from tests.mailbox.imap_server import PASSWORD, ImapServer

TODAY, NOW = dt.date(2026, 3, 10), dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
SENDER = "boekhouding@zaagmolen.example"
ADDRESS = "facturen@inbaar.example"


def invoice(number: str = "F-2026-001", *changes: tuple[str, str]) -> bytes:
    """An invoice of Zaagmolen B.V.; another number is for another debtor, so that none looks like another."""
    customer = ("Tuin &amp; Zn. V.O.F.", f"Klant {number} B.V.")
    numbered = () if number == "F-2026-001" else (("F-2026-001", number), customer)
    return ubl(*numbered, *changes).encode()


def mail(*files: tuple[str, bytes], sender: str = SENDER, to: str = ADDRESS, **headers: str) -> bytes:
    """A message with files attached. `headers` are more headers, with _ for -."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = headers.pop("Subject", "Facturen")
    message["Date"] = "Tue, 10 Mar 2026 09:00:00 +0100"
    named = "".join(name for name, _ in files) or "leeg"
    message["Message-ID"] = headers.pop("Message_ID", f"<{named.replace(' ', '-')}@zaagmolen.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hierbij de facturen.\n")
    for name, content in files:
        kind = ("application", "pdf") if content.startswith(b"%PDF") else ("application", "octet-stream")
        message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return message.as_bytes()


class MailBooks:
    """A client with a mailbox, and what became of his mail."""

    def __init__(self, server: ImapServer, *, user: str = "post", client: Any = None, **facts: Any) -> None:
        self.server, self.user = server, user
        self.client = client or make_client("Zaagmolen B.V.", "59581883")
        with client_scope(self.client.id):
            register_account(self.client.id, "NL91ABNA0417164300", "Zaagmolen B.V.")
            save_mailbox(
                self.client.id,
                MailboxFacts(
                    **{
                        "address": ADDRESS, "host": "localhost", "port": server.tls_port, "security": "tls",
                        "user": user, "password": PASSWORD,
                    }
                    | facts
                ),
            )  # fmt: skip
            allow_sender(self.client.id, SENDER, "olga", TODAY)

    def deliver(self, *messages: bytes) -> None:
        """Messages that came in."""
        self.server.deliver(*messages, user=self.user)

    def fetch(self, now: dt.datetime = NOW) -> FetchTally:
        """A look in the mailbox, without trouble."""
        tally = fetch_mailbox(self.client.id, TODAY, now)
        assert tally is not None
        assert tally.error == "", tally.error
        return tally

    def answers(self, post: MailServer, now: dt.datetime = NOW) -> list[Any]:
        """Every answer the senders got so far."""
        answer_senders(self.client.id, post.settings, now)
        return post.messages

    def folders(self) -> dict[str, int]:
        """How many messages lie where."""
        return self.server.folders(self.user)

    def messages(self) -> list[Message]:
        """The messages that were dealt with, oldest first."""
        with client_scope(self.client.id):
            return list(Message.objects.order_by("id"))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with client_scope(self.client.id):
            return int(fetch(f"SELECT count(*) FROM {table}")[0][0])
