"""File locks between the programs that share an embedded server; the kernel drops them however one ends."""

import fcntl
import os
import time
from pathlib import Path


class FileLock:
    """A lock on a file, held by the open file: by every process that inherited it, until the last is gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, seconds: float | None = None) -> bool:
        """Takes the lock; waits for ever without `seconds`, else at most that long. False when time is up."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        if seconds is None:
            fcntl.flock(self.fd, kind)
            return True
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self.fd, kind | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(0.01)

    def close(self) -> None:
        """Lets go in this process; a child that inherited the open file keeps it."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> "FileLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_held(path: Path) -> bool:
    """Whether some process holds the lock on `path` exclusively."""
    with FileLock(path) as probe:
        return not probe.take(shared=True, seconds=0)
