"""Finds and stops PostgreSQL processes of a cluster that outlived their supervisor. Called before a start
only.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path


def stop_orphans(cluster: Path) -> None:
    """Asks them to end: SIGINT is a fast shutdown for a postmaster, a cancelled statement for a backend."""
    for pid in _processes_of(cluster):
        try:
            os.kill(pid, signal.SIGINT)
        except OSError:
            continue  # gone already, or not ours to stop


def _processes_of(cluster: Path) -> list[int]:
    if sys.platform == "linux":
        return [int(entry.name) for entry in Path("/proc").iterdir() if _works_in(entry, cluster)]
    return _postmaster_by_file(cluster)


def _works_in(process: Path, cluster: Path) -> bool:
    """PostgreSQL's processes all have their cluster as the folder they work in."""
    try:
        return process.name.isdigit() and Path(os.readlink(process / "cwd")) == cluster
    except OSError:
        return False


def _postmaster_by_file(cluster: Path) -> list[int]:
    """Without /proc: the process named in the pid file, if it is a PostgreSQL on this cluster."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return []
    ps = ["ps", "-o", "command=", "-p", str(pid)]
    found = subprocess.run(ps, text=True, capture_output=True, check=False)
    return [pid] if str(cluster) in found.stdout else []
