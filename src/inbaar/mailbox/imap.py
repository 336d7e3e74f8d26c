"""A mailbox over IMAP: which messages are in it, their head, their bytes, and moving them once they are dealt with.

TLS with a checked certificate, unless the server is on this very machine. Fetching never marks a message as read: a
message changes only by `settle`, which the caller does after its result is committed.
"""

import imaplib
import re
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What is put on a message where the server cannot move it.
KEYWORD = "InbaarDone"
_TIMEOUT_SECONDS = 30.0


class MailboxUnavailable(Exception):
    """The mailbox cannot be reached or used; the text says why and what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Which server, how and as whom. The password is not shown when this is printed."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A message in the mailbox: its number, its size in bytes and its head."""

    uid: int
    size: int
    head: bytes


class ImapBox:
    """The inbox of one user, open for the length of a `with` block."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._connection: Any = None
        self._can: frozenset[str] = frozenset()
        self._prefix = ""
        self.uid_validity = 0

    def __enter__(self) -> Self:
        try:
            self._connection = self._connect()
            self._log_in()
            self._open_inbox()
        except BaseException as problem:
            self._close()
            if isinstance(problem, (imaplib.IMAP4.error, OSError)):
                raise _unavailable(self._settings, problem) from None
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if isinstance(error, (imaplib.IMAP4.error, OSError)):
            raise _unavailable(self._settings, error) from None

    def uids(self) -> list[int]:
        """The messages that were not dealt with, oldest first."""
        found = self._command("SEARCH", "UNDELETED", "UNKEYWORD", KEYWORD)
        return sorted(int(number) for line in found if line for number in line.split())

    def look(self, uid: int) -> Found | None:
        """A message's size and head; None where it is gone meanwhile."""
        head, said = self._fetch(uid, "(RFC822.SIZE BODY.PEEK[HEADER])")
        size = re.search(rb"RFC822\.SIZE (\d+)", said)
        return Found(uid, int(size[1]), head) if head and size else None

    def content(self, uid: int) -> bytes | None:
        """A message whole; None where it is gone meanwhile."""
        return self._fetch(uid, "(BODY.PEEK[])")[0] or None

    def settle(self, uid: int, folder: str) -> None:
        """Mark a message as read and move it to a folder, made if need be; flagged in its place where that is refused.

        A message that is gone is no fault: somebody else was first.
        """
        self._command("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        target = _quoted(self._prefix + folder)
        if "MOVE" in self._can:
            if self._moved(target, lambda: self._connection.uid("MOVE", str(uid), target)):
                return
        elif "UIDPLUS" in self._can and self._moved(
            target, lambda: self._connection.uid("COPY", str(uid), target)
        ):
            self._command("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
            self._command("EXPUNGE", str(uid))
            return
        self._command("STORE", str(uid), "+FLAGS.SILENT", f"({KEYWORD})")

    def _moved(self, target: str, act: Any) -> bool:
        if act()[0] == "OK":
            return True
        self._connection.create(target)
        self._connection.subscribe(target)
        return bool(act()[0] == "OK")

    def _connect(self) -> Any:
        host, port, security = self._settings.host, self._settings.port, self._settings.security
        context = ssl.create_default_context()
        if security == "tls":
            return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=_TIMEOUT_SECONDS)
        if security == "none" and host not in LOOPBACK:
            raise MailboxUnavailable(
                "mailbox-unprotected", "Without TLS only a server on this machine is used."
            )
        plain = imaplib.IMAP4(host, port, timeout=_TIMEOUT_SECONDS)
        if security == "starttls":
            plain.starttls(ssl_context=context)
        return plain

    def _log_in(self) -> None:
        user, password = self._settings.user, self._settings.password
        known = self._capabilities()
        try:
            if "AUTH=PLAIN" in known:
                self._connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
            else:
                self._connection.login(_quoted(user), password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise MailboxUnavailable(
                "mailbox-log-in",
                f"The mail server does not let {user} in: check the user and the password, and whether the account "
                "needs a password of its own for programs.",
            ) from None
        self._can = self._capabilities()

    def _open_inbox(self) -> None:
        said, answer = self._connection.select("INBOX")
        validity = self._connection.response("UIDVALIDITY")[1]
        if said != "OK" or not validity or validity[0] is None:
            raise MailboxUnavailable("mailbox-inbox", f"The inbox cannot be opened: {answer!r}.")
        self.uid_validity = int(validity[0])
        if "NAMESPACE" in self._can:
            told = self._connection.namespace()[1]
            prefix = re.match(rb'\(\("([^"\\]*)"', told[0] or b"") if told else None
            self._prefix = prefix[1].decode("ascii", "replace") if prefix else ""

    def _capabilities(self) -> frozenset[str]:
        said, answer = self._connection.capability()
        return (
            frozenset(answer[0].decode("ascii", "replace").upper().split()) if said == "OK" else frozenset()
        )

    def _command(self, *words: str) -> list[Any]:
        said, answer = self._connection.uid(*words)
        if said != "OK":
            raise imaplib.IMAP4.error(f"{words[0]}: {answer!r}")
        return list(answer)

    def _fetch(self, uid: int, what: str) -> tuple[bytes, bytes]:
        """The literal of an answer, and the words around it."""
        content, words = b"", b""
        for item in self._command("FETCH", str(uid), what):
            if isinstance(item, tuple):
                words += item[0]
                content = item[1] if b"BODY[" in item[0] else content
            elif item:
                words += item
        return content, words

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.logout()
            except (imaplib.IMAP4.error, OSError):
                connection.shutdown()


def _quoted(text: str) -> str:
    """A string as IMAP writes it; no line break can end the command in it."""
    plain = "".join(sign for sign in text if sign.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unavailable(settings: ImapSettings, problem: BaseException) -> MailboxUnavailable:
    where = f"{settings.host}:{settings.port}"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return MailboxUnavailable(
            "mailbox-certificate",
            f"The certificate of {where} cannot be trusted ({problem.verify_message}): check the name of the server.",
        )
    if isinstance(problem, ssl.SSLError):
        return MailboxUnavailable(
            "mailbox-tls",
            f"{where} does not speak TLS this way: try the other kind, or the other port (993 or 143).",
        )
    if isinstance(problem, TimeoutError):
        return MailboxUnavailable(
            "mailbox-timeout", f"{where} does not answer: check the server and the port."
        )
    if isinstance(problem, imaplib.IMAP4.error) and not isinstance(problem, imaplib.IMAP4.abort):
        return MailboxUnavailable("mailbox-refused", f"{where} refused: {str(problem)[:200]}.")
    return MailboxUnavailable(
        "mailbox-connection",
        f"The connection with {where} failed ({str(problem)[:150] or type(problem).__name__}): it is tried again.",
    )
