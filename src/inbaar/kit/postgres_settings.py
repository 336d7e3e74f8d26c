"""The settings of the embedded server, given at each start so that a newer Inbaar changes them everywhere."""

import os
from pathlib import Path

from inbaar.kit.postgres_folder import PORT

MEGABYTE = 1024 * 1024

FIXED = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "jit": "off",  # compiles short statements for longer than they run
    "timezone": "UTC",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    # pglz made the daily run seven times slower, and these binaries know no lz4.
    "wal_compression": "off",
    # One server without replicas: bulk loads into a new table then need no WAL.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    # A first import fills empty tables: until they are analyzed, each check of a foreign key walks all of the client's
    # rows. The application may not ANALYZE what it does not own, so the server looks often (a minute is its default).
    "autovacuum_naptime": "5s",
    # Looking that often, a table that grew by a tenth since is not worth counting anew; by half it is.
    "autovacuum_analyze_scale_factor": "0.5",
    "synchronous_commit": "on",
    # Rows hold personal data: a broken statement is named in the log without its values.
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}

# For clusters that are thrown away (INBAAR_PG_FAST): a power cut may ruin them, a kill -9 loses no committed row.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off"}


def server_settings(socket: Path) -> dict[str, str]:
    """Every setting of this start: the fixed ones and those that follow from the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    settings = {
        **FIXED,
        "unix_socket_directories": str(socket),
        "shared_buffers": f"{min(max(memory // 8, 64), 512)}MB",
        "effective_cache_size": f"{max(memory // 2, 128)}MB",
        "dynamic_shared_memory_type": "posix" if _shared_memory_megabytes() >= 256 else "mmap",
    }
    return settings | THROW_AWAY if os.environ.get("INBAAR_PG_FAST") else settings


def _shared_memory_megabytes() -> int:
    """What parallel queries may share: a container often gives 64 MB, on which they would fail."""
    try:
        space = os.statvfs("/dev/shm")  # noqa: S108 (only measured)
    except OSError:
        return 1024  # not Linux: PostgreSQL does not use this folder there
    return space.f_bavail * space.f_frsize // MEGABYTE
