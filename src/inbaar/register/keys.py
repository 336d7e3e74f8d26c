"""The keys of the entries, in one file outside the database: a slot of 32 bytes each, overwritten when an entry is forgotten.

Slot 0 is the register's secret, from which keyed hashes are made. The file is not for backups: what was forgotten would
come back with it. Lost, it loses nothing: entries that cannot be opened are made anew from the reports that still run.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from inbaar.kit.database import data_folder
from inbaar.kit.errors import Unavailable

SLOT_BYTES = 32
_GONE = bytes(SLOT_BYTES)


def register_folder() -> Path:
    """Where keys and receipts lie (`INBAAR_REGISTER`, default beside the data folder, which is copied whole); made if need be."""
    told = os.environ.get("INBAAR_REGISTER")
    if told:
        return _made(Path(told))
    data = data_folder()
    return _made(data.with_name(f"{data.name}-register"))


@lru_cache(maxsize=4)
def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise Unavailable(
            f"the folder {folder} for the keys of the register cannot be made: {problem.strerror}; "
            "set INBAAR_REGISTER to a folder that can be written and is in no backup of the database"
        ) from None
    return folder


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The file of keys. Several programs may use it at once, also from several machines on a shared folder."""

    path: Path

    @property
    def secret(self) -> bytes:
        """The register's own secret, made at first use. Read again only where the file has changed since."""
        try:
            now = os.stat(self.path)
        except FileNotFoundError:
            return self._secret()
        return _secret_of(self, now.st_ino, now.st_ctime_ns)

    def _secret(self) -> bytes:
        found = self.read([0])[0]
        if found is None:
            with self._open(exclusive=True) as file:
                if os.fstat(file).st_size < SLOT_BYTES:
                    os.pwrite(file, secrets.token_bytes(SLOT_BYTES), 0)
                    os.fsync(file)
            found = self.read([0])[0]
        assert found is not None
        return found

    def hashing(self) -> Callable[[str, str], str]:
        """Makes keyed hashes of a purpose and a text: the same for the same, telling nothing to who has only the database."""
        secret = self.secret
        return lambda purpose, text: hmac.new(
            secret, f"{purpose}:{text}".encode(), hashlib.sha256
        ).hexdigest()

    def add(self, count: int) -> list[tuple[int, bytes]]:
        """Fresh keys with their slots, on disk before this returns."""
        assert self.secret
        keys = [secrets.token_bytes(SLOT_BYTES) for _ in range(count)]
        with self._open(exclusive=True) as file:
            first = os.fstat(file).st_size // SLOT_BYTES
            os.pwrite(file, b"".join(keys), first * SLOT_BYTES)
            os.fsync(file)
        return list(enumerate(keys, first))

    def read(self, slots: Sequence[int]) -> list[bytes | None]:
        """The keys in these slots; None for one that was destroyed or never was."""
        with self._open() as file:
            found = [os.pread(file, SLOT_BYTES, slot * SLOT_BYTES) for slot in slots]
        return [key if len(key) == SLOT_BYTES and key != _GONE else None for key in found]

    def destroy(self, slots: Sequence[int]) -> None:
        """Overwrite the keys in these slots, on disk before this returns. The secret itself is never destroyed."""
        with self._open(exclusive=True) as file:
            size = os.fstat(file).st_size
            for slot in slots:
                if 0 < slot < size // SLOT_BYTES:
                    os.pwrite(file, _GONE, slot * SLOT_BYTES)
            os.fsync(file)

    def slots(self) -> set[int]:
        """The slots in which there is a key; without that of the secret."""
        with self._open() as file:
            size = os.fstat(file).st_size // SLOT_BYTES * SLOT_BYTES
            content = os.pread(file, size, 0)
        filled = np.frombuffer(content, np.uint8).reshape(-1, SLOT_BYTES).any(axis=1)
        return {*np.flatnonzero(filled).tolist()} - {0}

    @contextmanager
    def _open(self, *, exclusive: bool = False) -> Iterator[int]:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if exclusive:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


@lru_cache(maxsize=4)
def _secret_of(keys: KeyFile, inode: int, changed: int) -> bytes:
    return keys._secret()


def key_file() -> KeyFile:
    """The keys of this installation."""
    return KeyFile(register_folder() / "keys")
