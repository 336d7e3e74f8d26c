"""What the figures were measured on, and what Linux tells about CPU and memory of processes."""

import os
import platform
import resource
import subprocess
import sys
from pathlib import Path

_children_before = 0.0
TICKS = os.sysconf("SC_CLK_TCK")


def description() -> str:
    """Processor, cores, memory, system, Python and PostgreSQL, one a line."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{gigabytes:.1f} GB",
        "system": platform.platform(),
        "python": platform.python_version(),
        "database": _postgres_version(),
    }
    return "\n".join(f"{name:<10} {text}" for name, text in lines.items())


def database_cpu_seconds() -> float:
    """CPU of every process of the embedded PostgreSQL since its start, those that ended included; 0 without one."""
    postmaster = _postmaster()
    own = _times(postmaster) if postmaster else ()
    while postmaster and own:
        living = sum(sum(_times(child)[:2]) for child in _children(postmaster))
        before, own = own, _times(postmaster)
        if own == before:  # else a backend ended meanwhile, and would count twice or not at all
            return (sum(own) + living) / TICKS
    return 0.0


def reset_peak() -> None:
    """Lets the kernel count the peak from here on, where it can."""
    global _children_before
    _children_before = _children_peak()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_megabytes() -> float:
    """The most memory this process had since `reset_peak`, and the largest of its children that ended since.

    Children that ended before are left out: the imports of Django alone start one, as large as itself.
    """
    children = _children_peak()
    if children <= _children_before:
        children = 0.0
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        scale = 1024 * 1024 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024 + children


def _children_peak() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _postmaster() -> int | None:
    from inbaar.kit.postgres import data_folder
    from inbaar.kit.postgres_folder import Folder

    status = Folder(data_folder()).read_status()
    if status is None:
        return None
    try:
        return int(Path(status["home"], "cluster", "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _times(pid: int) -> tuple[int, ...]:
    """User and system ticks of a process, then those of its children that ended and were waited for."""
    fields = _stat(pid)
    return tuple(int(field) for field in fields[11:15]) if fields else ()


def _children(parent: int) -> list[int]:
    processes = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in processes if (fields := _stat(pid)) and int(fields[1]) == parent]


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )


def _postgres_version() -> str:
    from inbaar.kit.postgres import PostgresUnavailable
    from inbaar.kit.postgres_folder import programs_folder

    try:
        program = programs_folder() / "bin" / "postgres"
    except PostgresUnavailable:
        return "none"
    return subprocess.run([program, "-V"], text=True, capture_output=True, check=False).stdout.strip()
