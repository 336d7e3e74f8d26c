"""The mail servers of these tests: one to fetch from, one that takes the answers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.letters.mail_server import MailServer
from tests.mailbox.imap_server import ImapServer


@pytest.fixture
def imap(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    """A mail server whose certificate is trusted."""
    yield from _served(tmp_path_factory, monkeypatch)


def _served(
    folders: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, **how: object
) -> Iterator[ImapServer]:
    folder = folders.mktemp("imap")
    _open_the_way_to(folder)
    with ImapServer(folder, **how) as server:  # type: ignore[arg-type]
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        yield server


def _open_the_way_to(folder: Path) -> None:
    """Under root, mail is kept as another user, who must be able to get there."""
    if os.geteuid() == 0:
        for above in (folder, *folder.parents):
            if above.stat().st_mode & 0o011 != 0o011:
                above.chmod(above.stat().st_mode | 0o011)


@pytest.fixture
def post() -> Iterator[MailServer]:
    """Where answers arrive."""
    with MailServer() as server:
        yield server
