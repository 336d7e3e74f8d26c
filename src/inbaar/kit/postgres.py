"""The database Inbaar uses when no DATABASE_URL is given: its own PostgreSQL in the data folder.

`ensure_server(data_folder())` starts it or joins the one that other programs of the same folder already
use; the last to leave stops it, however it leaves. Called by the settings, the commands and the tests. What
may go wrong raises `PostgresUnavailable` with one line that says what to do.
"""

import atexit
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from inbaar.kit.postgres_folder import ADMIN, APP, DATABASE, OWNER, PORT, Folder, PostgresUnavailable

if sys.platform != "win32":
    from inbaar.kit.postgres_locks import FileLock, is_held

__all__ = ["APP", "DATABASE", "OWNER", "PostgresUnavailable", "Server", "data_folder", "ensure_server"]

JOIN_SECONDS = 90.0
_joined: "dict[Path, Server]" = {}
# They outlive us on purpose; one that ended earlier is waited for here, so that it leaves no zombie.
_supervisors: "list[subprocess.Popen[bytes]]" = []


def data_folder() -> Path:
    """`INBAAR_DATA`, or `var` in the folder Inbaar is run from: easy to find, easy to throw away."""
    return Path(os.environ.get("INBAAR_DATA") or "var").expanduser().absolute()


@dataclass(slots=True)
class Server:
    """A running server this program uses. `release` leaves it; so does the end of the program."""

    folder: Folder
    socket: Path
    passwords: dict[str, str]
    _use: "FileLock"

    def url(self, role: str, database: str = DATABASE) -> str:
        where = urlencode({"host": str(self.socket), "port": PORT}, quote_via=quote)
        return f"postgresql://{role}:{quote(self.passwords[role], safe='')}@/{database}?{where}"

    @property
    def owner_url(self) -> str:
        """For migrations: owns the database, may create databases and trusted extensions."""
        return self.url(OWNER)

    @property
    def app_url(self) -> str:
        """For the running program: owns nothing, so row-level security and privileges hold for it."""
        return self.url(APP)

    @property
    def superuser_url(self) -> str:
        """For tests and rescue only; no part of the program uses it."""
        return self.url(ADMIN)

    @property
    def runs(self) -> bool:
        """Whether it is held by a supervisor now (if not, call ensure_server again)."""
        return self._use.fd >= 0 and is_held(self.folder.lock("supervisor"))

    def release(self) -> None:
        """Leaves the server; when nobody else uses it, it stops by itself."""
        self._use.close()


def ensure_server(folder: Path) -> Server:
    """Joins the server of this data folder, starting (and on first use making) it when it does not run."""
    if sys.platform == "win32":
        raise PostgresUnavailable(
            "there is no embedded PostgreSQL on Windows; set DATABASE_URL to your own server"
        )
    place = Folder(folder.expanduser().absolute())
    _supervisors[:] = [one for one in _supervisors if one.poll() is None]
    known = _joined.get(place.root)
    if known is not None:
        if known.runs:
            return known
        known.release()
    place.prepare()
    use = FileLock(place.lock("users"))
    try:
        status = _join(place, use)
        home = Path(status["home"])
        passwords = json.loads((home / "secrets.json").read_text())
    except BaseException:
        use.close()
        raise
    server = Server(place, Path(status["socket"]), passwords, use)
    atexit.register(server.release)
    _joined[place.root] = server
    return server


def _join(place: Folder, use: "FileLock") -> dict[str, str]:
    """Registers as a user first: from then on the server cannot be stopped under our feet."""
    if not use.take(shared=True, seconds=JOIN_SECONDS):
        raise PostgresUnavailable(
            f"the PostgreSQL of {place.root} is shutting down and does not end within {JOIN_SECONDS:.0f} s; "
            f"see {place.log}"
        )
    with FileLock(place.lock("start")) as starting:
        if not starting.take(seconds=JOIN_SECONDS):
            raise PostgresUnavailable(
                f"another program is starting the PostgreSQL of {place.root}; see {place.log}"
            )
        until = time.monotonic() + JOIN_SECONDS
        while is_held(place.lock("supervisor")) and time.monotonic() < until:
            status = place.read_status()
            if status is not None:
                return status
            time.sleep(0.02)  # it is starting its server again, or about to end
        return _start_supervisor(place)


def _start_supervisor(place: Folder) -> dict[str, str]:
    place.status.unlink(missing_ok=True)
    with open(place.server / "supervisor.log", "wb") as complaints:
        starter = subprocess.Popen(
            [sys.executable, "-m", "inbaar.kit.postgres_supervisor", str(place.root)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd="/",
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_import_path())},
        )
    assert starter.stdout is not None
    line = starter.stdout.readline()
    starter.stdout.close()
    answer: dict[str, str] = json.loads(line) if line else {}
    if "home" in answer:
        _supervisors.append(starter)
        return answer
    starter.wait()
    why = answer.get("error") or f"its supervisor ended without a word; see {place.server / 'supervisor.log'}"
    raise PostgresUnavailable(why)


def _import_path() -> list[str]:
    """The supervisor runs in `/`: it must find this package however it was found here."""
    given = [
        str(Path(part).absolute()) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part
    ]
    return [str(Path(__file__).parents[2]), *given]
