"""Sending letters through an SMTP server on one connection for a batch. Called by the letters' job.

Each message has its own result: accepted, refused for good (with the server's words), or to be tried again.
"""

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType
from typing import Self

from inbaar.kit.errors import Unavailable


class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def mail_port() -> int:
    """The port of the mail server of this installation: INBAAR_SMTP_PORT, 587 where none is set."""
    port = os.environ.get("INBAAR_SMTP_PORT") or "587"
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise Unavailable(f"INBAAR_SMTP_PORT={port} is no port; give a number from 1 to 65535")
    return int(port)


class Delivery(StrEnum):
    """What the server said of one message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Which server and how. `ca_file` trusts a certificate authority of one's own."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = ""
    timeout: float = 30.0
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer for one message: the server's code (0 if there was none) and its words."""

    delivery: Delivery
    code: int
    text: str


class Mailer:
    """One connection for a batch of messages; opened at the first, opened again after it dropped.

    Use as a context: `with Mailer(settings) as mailer: mailer.send(message)`.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: EmailMessage, returns_to: str = "") -> SendResult:
        """Offers the message once; what comes back goes to `returns_to`, else to its sender. A connection that dropped is reported as temporary and opened anew for the next.

        It is not offered again by itself: the server may have accepted it before the connection dropped, and the
        caller decides, by the letter's key, whether to try again.
        """
        try:
            connection = self._open()
        except smtplib.SMTPAuthenticationError as error:
            return _result(Delivery.TEMPORARY, error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return SendResult(Delivery.TEMPORARY, 0, f"no connection to {self._settings.host}: {error}")
        try:
            connection.send_message(message, from_addr=returns_to or None)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            return self._answered(code, text)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if not isinstance(error, smtplib.SMTPResponseException):
                self.close()
                return SendResult(Delivery.TEMPORARY, 0, f"the connection dropped: {error}")
            return self._answered(error.smtp_code, error.smtp_error)
        return SendResult(Delivery.ACCEPTED, 250, "accepted")

    def close(self) -> None:
        """Ends the connection politely, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _answered(self, code: int, text: bytes | str) -> SendResult:
        """A 5xx is for good, a 4xx is to be tried again; after 421 the server hangs up."""
        if code == 421:
            self.close()
        return _result(Delivery.REFUSED if code >= 500 else Delivery.TEMPORARY, code, text)

    def _open(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout, context=context
            )
        else:
            connection = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        try:
            if settings.security is Security.STARTTLS:
                connection.starttls(context=context)
            if settings.user:
                connection.login(settings.user, settings.password)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection


def _result(delivery: Delivery, code: int, text: bytes | str) -> SendResult:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return SendResult(delivery, code, " ".join(words.split()))
