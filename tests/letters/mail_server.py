"""A real SMTP server on loopback for tests: keeps what it takes, refuses what it is told to refuse."""

import socket
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from inbaar.letters.smtp import Security, SmtpSettings


class _OnFreePort(Controller):
    def __init__(self, handler: object) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        host, port = self._socket.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


class MailServer:
    """`answers` maps an address to the SMTP answer it gets instead of 250."""

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.messages: list[EmailMessage] = []
        self.senders: list[str] = []
        self._controller = _OnFreePort(self)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def settings(self) -> SmtpSettings:
        """How to reach it."""
        return SmtpSettings(self._controller.hostname, self._controller.port, Security.NONE)

    @property
    def environment(self) -> dict[str, str]:
        """The same for another program."""
        return {
            "INBAAR_SMTP_HOST": str(self._controller.hostname),
            "INBAAR_SMTP_PORT": str(self._controller.port),
            "INBAAR_SMTP_SECURITY": "none",
        }

    @property
    def message_ids(self) -> Counter[str]:
        """How often each message came."""
        return Counter(str(message["Message-ID"]) for message in self.messages)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take or refuse a recipient."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the message."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.senders.append(envelope.mail_from)
        return "250 OK"
