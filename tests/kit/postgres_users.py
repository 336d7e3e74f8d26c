"""Programs that use the embedded server, as processes of their own that a test may kill."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from inbaar.kit.postgres_folder import Folder
from inbaar.kit.postgres_locks import is_held

# Joins, says where, then runs each line of its input as a statement of the owner until the input ends.
PROGRAM = """
import sys, time, psycopg
from pathlib import Path
from inbaar.kit.postgres import ensure_server
server = ensure_server(Path(sys.argv[1]))
print(server.socket, flush=True)
for line in sys.stdin:
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        cursor = connection.execute(line)
        print(cursor.fetchone()[0] if cursor.description else "", flush=True)
"""
PATIENCE = 30.0


class User:
    """One program that uses the server of a data folder."""

    def __init__(self, folder: Path, *, wait: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self.process.pid
        self.socket = self.wait() if wait else ""

    def wait(self) -> str:
        assert self.process.stdout is not None
        self.socket = self.process.stdout.readline().strip()
        assert self.socket, "the program ended before it could join"
        return self.socket

    def sql(self, statement: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(statement + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def postmaster(folder: Path) -> int:
    """The server programs may join now; 0 while there is none."""
    status = Folder(folder).read_status()
    if status is None:
        return 0
    return int(Path(status["home"], "cluster", "postmaster.pid").read_text().split("\n", 1)[0])


def supervisor(folder: Path) -> int:
    """The process that was started for this folder."""
    found = subprocess.run(
        ["pgrep", "-f", f"postgres_supervisor {folder}$"], capture_output=True, text=True, check=True
    )
    return int(found.stdout.split()[0])


def ended(folder: Path) -> None:
    """Waits until nothing of the server lives: its processes hold these locks as long as they do."""
    place = Folder(folder)
    wait_until(lambda: not is_held(place.lock("supervisor")) and not is_held(place.lock("cluster")))


def wait_until(true: Callable[[], bool]) -> None:
    """Waits for other processes; yields the processor between looks."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "waited too long"
        os.sched_yield()
