"""A real IMAP server on loopback for tests: Debian's dovecot, with its settings and its mail in a folder of the test.

It speaks TLS with a certificate of its own making. Where dovecot 2.3 is not installed the tests are skipped and say so.
"""

import getpass
import grp
import imaplib
import os
import pwd
import random
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PASSWORD = "een geheim \"met\" 'tekens' \\ €"
STARTS_WITHIN_SECONDS = 30


def _version() -> str:
    if DOVECOT is None:
        return ""
    return subprocess.run([DOVECOT, "--version"], capture_output=True, text=True, check=True).stdout


needs_dovecot = pytest.mark.skipif(
    not _version().startswith("2.3.") or shutil.which("openssl") is None,
    reason="no dovecot 2.3 or no openssl here: apt-get install dovecot-imapd openssl",
)

_SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = {name}
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 50
first_valid_uid = 1
last_valid_uid = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/homes/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  prefix = {prefix}
}}
imap_capability = {capability}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def _free_ports() -> tuple[int, int]:
    """Two ports nobody listens on, outside the range from which the system lends them to whoever connects."""
    found: list[int] = []
    while len(found) < 2:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as tried:
            if port not in found and tried.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found[0], found[1]


class ImapServer:
    """`without` are capabilities the server does not offer; `prefix` is what its folders begin with."""

    def __init__(self, folder: Path, without: tuple[str, ...] = (), prefix: str = "") -> None:
        self.folder, self.without, self.prefix = folder, without, prefix
        self.port, self.tls_port = _free_ports()
        self.certificate = folder / "cert.pem"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ImapServer":
        root = os.geteuid() == 0
        me = getpass.getuser()
        mail = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        for name in ("run", "state", "mail", "homes"):
            (self.folder / name).mkdir()
        self._make_certificate()
        (self.folder / "users").write_text(
            "".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in ("post", "leeg", "groot"))
        )
        offered = ["IMAP4rev1", "LITERAL+", "NAMESPACE", "UIDPLUS", "MOVE"]
        (self.folder / "dovecot.conf").write_text(
            _SETTINGS.format(
                folder=self.folder, name=self.folder.name, port=self.port, tls_port=self.tls_port,
                internal="dovecot" if root else me, login="dovenull" if root else me,
                group="dovecot" if root else grp.getgrgid(os.getegid()).gr_name, uid=mail.pw_uid, gid=mail.pw_gid, prefix=self.prefix,
                capability=" ".join(word for word in offered if word not in self.without),
            )
        )  # fmt: skip
        if root:
            os.chmod(self.folder, 0o755)
            for path in (self.folder / "mail", self.folder / "homes"):
                os.chown(path, mail.pw_uid, mail.pw_gid)
        self._process = subprocess.Popen(
            [str(DOVECOT), "-F", "-c", str(self.folder / "dovecot.conf")], stderr=subprocess.PIPE
        )
        self._await()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=STARTS_WITHIN_SECONDS)
        assert self._process.stderr is not None
        self._process.stderr.close()

    def _make_certificate(self) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", str(self.folder / "key.pem"),
             "-out", str(self.certificate)],
            check=True, capture_output=True,
        )  # fmt: skip

    def _await(self) -> None:
        """A listening socket is asked to wait for its server: dovecot opens its own right at the start."""
        assert self._process is not None
        attempts = 0
        while True:
            try:
                with socket.create_connection(
                    ("127.0.0.1", self.port), timeout=STARTS_WITHIN_SECONDS
                ) as line:
                    line.settimeout(STARTS_WITHIN_SECONDS)
                    if line.recv(4) == b"* OK":
                        return
            except ConnectionError:
                attempts += 1
            try:
                self._process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                if attempts < STARTS_WITHIN_SECONDS * 20:
                    continue
            assert self._process.stderr is not None
            told = self._process.stderr.read1(2000) if self._process.poll() is not None else b""
            log = self.folder / "log"
            raise RuntimeError(f"dovecot did not start: {told!r} {log.read_text() if log.exists() else ''}")

    def as_user(self, user: str = "post") -> imaplib.IMAP4_SSL:
        """A connection of the test's own. A server that says it cannot look up users right now is asked again."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        for left in reversed(range(5)):
            connection = imaplib.IMAP4_SSL("localhost", self.tls_port, ssl_context=context)
            try:
                connection.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            except imaplib.IMAP4.error as why:
                connection.shutdown()
                if not left or "[UNAVAILABLE]" not in str(why):
                    raise
            else:
                return connection
        raise AssertionError("the last attempt returns or raises")

    def deliver(self, *messages: bytes, user: str = "post") -> None:
        """Put messages in the inbox, as the mail server does."""
        with self.as_user(user) as connection:
            for message in messages:
                crlf = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                assert connection.append("INBOX", "", "", crlf)[0] == "OK"

    def folders(self, user: str = "post") -> dict[str, int]:
        """How many messages lie in each folder that has any."""
        found = {}
        with self.as_user(user) as connection:
            for line in connection.list()[1]:
                name = line.decode().rsplit(' "/" ', 1)[-1].strip('"')
                count = int(connection.select(f'"{name}"', readonly=True)[1][0])
                if count:
                    found[name.removeprefix(self.prefix)] = count
        return found
