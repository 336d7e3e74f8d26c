"""Sending through a real SMTP server on loopback: accepted, refused, tried again, dropped, protected."""

import datetime as dt
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as Received

from inbaar.letters.mail import Delivery, Envelope, Mailer, Security, SendResult, SmtpSettings, letter_mail

ACCEPTED = SendResult(Delivery.ACCEPTED, 250, "accepted")


class Postbox:
    """Keeps what it accepts; answers by the name before the @."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.sessions: set[int] = set()
        self.protected: list[bool] = []
        self.drops = 1

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]
    ) -> str:
        name = address.split("@")[0]
        if name == "unknown":
            return "550 5.1.1 no such mailbox"
        if name == "busy":
            return "451 4.7.1 try again later"
        if name == "closing":
            return "421 4.3.2 closing"
        if name == "drop" and self.drops:
            self.drops -= 1
            assert server.transport is not None
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Received) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if b"Subject: full" in content:
            return "552 5.2.2 mailbox full"
        self.received.append(content)
        self.sessions.add(id(session))
        self.protected.append(session.ssl is not None)
        return "250 OK"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


class Loopback(Controller):
    """On a port the system chooses."""

    def __init__(self, handler: Postbox, **given: object) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, **given)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def running(controller: Controller) -> Iterator[Controller]:
    controller.start()
    try:
        yield controller
    finally:
        controller.stop()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[Controller]:
    yield from running(Loopback(postbox))


def settings(server: Controller, **changes: object) -> SmtpSettings:
    facts = {"host": "127.0.0.1", "port": server.port, "security": Security.NONE, "timeout": 10.0}
    return SmtpSettings(**{**facts, **changes})  # type: ignore[arg-type]


def letter(name: str, subject: str = "Aanmaning") -> EmailMessage:
    envelope = Envelope(
        key=f"letter-{name}",
        sent_at=dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC),
        from_name="De Linde",
        from_address="a@delinde.example",
        to_name=name,
        to_address=f"{name}@vandermeer.example",
    )
    return letter_mail(envelope, subject, "U moet nu € 924,70 betalen.\n", b"%PDF-1.7", "brief.pdf")


def test_a_batch_goes_over_one_connection(server: Controller, postbox: Postbox) -> None:
    with Mailer(settings(server)) as mailer:
        assert [mailer.send(letter(f"debtor{n}")) for n in range(5)] == [ACCEPTED] * 5
    assert len(postbox.sessions) == 1
    assert b"Message-ID: <letter-debtor4@delinde.example>" in postbox.received[4]


def test_each_refusal_is_told_and_the_batch_goes_on(server: Controller, postbox: Postbox) -> None:
    with Mailer(settings(server)) as mailer:
        results = [mailer.send(letter(name)) for name in ("one", "unknown", "busy", "two")]
        full = mailer.send(letter("three", subject="full"))
    assert results == [
        ACCEPTED,
        SendResult(Delivery.REFUSED, 550, "5.1.1 no such mailbox"),
        SendResult(Delivery.TEMPORARY, 451, "4.7.1 try again later"),
        ACCEPTED,
    ]
    assert full == SendResult(Delivery.REFUSED, 552, "5.2.2 mailbox full")
    assert len(postbox.received) == 2


def test_a_connection_dropped_in_the_middle_is_temporary_and_the_next_goes_out(
    server: Controller, postbox: Postbox
) -> None:
    with Mailer(settings(server)) as mailer:
        first, dropped, after, again = (mailer.send(letter(name)) for name in ("one", "drop", "two", "drop"))
    assert (first, after, again) == (ACCEPTED, ACCEPTED, ACCEPTED)
    assert (dropped.delivery, dropped.code) == (Delivery.TEMPORARY, 0)
    assert dropped.text.startswith("the connection dropped: ")
    assert len(postbox.received) == 3


def test_a_server_that_closes_is_opened_anew(server: Controller, postbox: Postbox) -> None:
    with Mailer(settings(server)) as mailer:
        closing, after = mailer.send(letter("closing")), mailer.send(letter("two"))
    assert closing == SendResult(Delivery.TEMPORARY, 421, "4.3.2 closing")
    assert after == ACCEPTED


def test_no_server_is_temporary(postbox: Postbox) -> None:
    for server in running(Loopback(postbox)):
        nowhere = settings(server)
    with Mailer(nowhere) as mailer:
        result = mailer.send(letter("one"))
    assert (result.delivery, result.code) == (Delivery.TEMPORARY, 0)
    assert result.text.startswith("no connection to 127.0.0.1: ")


def test_a_server_without_starttls_gets_nothing(server: Controller, postbox: Postbox) -> None:
    with Mailer(settings(server, security=Security.STARTTLS)) as mailer:
        result = mailer.send(letter("one"))
    assert result.delivery is Delivery.TEMPORARY
    assert "STARTTLS" in result.text
    assert postbox.received == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_temporary_and_told(postbox: Postbox) -> None:
    def checks(
        server: SMTP, session: Session, envelope: Received, mechanism: str, given: object
    ) -> AuthResult:
        return AuthResult(
            success=isinstance(given, LoginPassword) and given.password == b"right", handled=False
        )

    secured = Loopback(
        postbox,
        authenticator=checks,
        auth_required=True,
        auth_require_tls=False,
    )
    for server in running(secured):
        with Mailer(settings(server, user="linde", password="wrong")) as mailer:
            assert mailer.send(letter("one")) == SendResult(
                Delivery.TEMPORARY, 535, "5.7.8 Authentication credentials invalid"
            )
        with Mailer(settings(server, user="linde", password="right")) as mailer:
            assert mailer.send(letter("one")) == ACCEPTED


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    key, own = tmp_path / "key.pem", tmp_path / "own.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(own), "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(
        [*command, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True
    )
    return own, key


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_protected_connection(postbox: Postbox, certificate: tuple[Path, Path], security: Security) -> None:
    own, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    given = (
        {"ssl_context": context}
        if security is Security.TLS
        else {"tls_context": context, "require_starttls": True}
    )
    for server in running(Loopback(postbox, **given)):
        trusting = settings(server, security=security, ca_file=str(own))
        with Mailer(trusting) as mailer:
            assert mailer.send(letter("one")) == ACCEPTED
        with Mailer(settings(server, security=security)) as mailer:
            result = mailer.send(letter("two"))
        assert result.delivery is Delivery.TEMPORARY
        assert "CERTIFICATE_VERIFY_FAILED" in result.text
    assert len(postbox.received) == 1
