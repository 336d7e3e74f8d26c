"""The mail side of the market: a real SMTP server on loopback that delivers the program's letters to the debtors.

Called by the demo and the scenarios: `with Postbox(market, today) as postbox`, then send to `postbox.host` and
`postbox.port`, and move `postbox.today` along with the days.
"""

import socket
from asyncio import AbstractServer
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from threading import Lock
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from inbaar.market.letter_reading import LetterRead, read_letter
from inbaar.market.market import Market
from inbaar.market.reactions import KINDS

NO_SUCH_USER = "550 5.1.1 No such user here: ask the debtor for another address"
UNKNOWN_ADDRESS = "550 5.1.1 Nobody of this market lives here"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An e-mail that arrived."""

    day: date
    to_email: str
    subject: str
    letter: LetterRead
    size: int


class _OnFreePort(Controller):
    """A controller that listens on a socket the system chose the port of, so no port can be taken meanwhile."""

    def __init__(self, handler: object) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        host, port = self._socket.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port)

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


class Postbox:
    """The debtors' mailboxes. Addresses that don't work answer 550, as their servers would."""

    def __init__(self, market: Market, today: date) -> None:
        self._market = market
        self._lock = Lock()
        self._controller = _OnFreePort(self)
        self.today = today
        self.deliveries: list[Delivery] = []
        self.bounced: list[tuple[date, str]] = []
        self._known = frozenset(facts.email for facts in market.debtor_facts)

    @property
    def host(self) -> str:
        """Where the server listens."""
        return str(self._controller.hostname)

    @property
    def port(self) -> int:
        """The port the system gave."""
        return int(self._controller.port)

    def __enter__(self) -> "Postbox":
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 (the server's own name for it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Accept who lives here."""
        if address in self._market.bouncing_emails or address not in self._known:
            with self._lock:
                self.bounced.append((self.today, address))
            return NO_SUCH_USER if address in self._known else UNKNOWN_ADDRESS
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Read the letter and let each addressee react."""
        content = (
            envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        )
        message = message_from_bytes(content, policy=policy.default)
        letter = read_letter(message)
        with self._lock:
            for address in envelope.rcpt_tos:
                self._deliver(address, str(message.get("Subject", "")), letter, len(content))
        return "250 Message accepted for delivery"

    def _deliver(self, address: str, subject: str, letter: LetterRead, size: int) -> None:
        self.deliveries.append(Delivery(self.today, address, subject, letter, size))
        if letter.kind in KINDS:
            self._market.receive_letter(
                self.today, address, letter.kind, list(letter.invoice_numbers), letter.total_due
            )
