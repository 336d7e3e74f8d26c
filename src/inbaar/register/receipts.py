"""Receipts of what was forgotten, in the database and in a file beside it, and their replay after a restore.

A receipt is the commitment that was made when a report or an entry was written: the hash of it with a random part that
went with it. It proves that something was forgotten and says nothing of what. The file is for keeping apart from the
database: a database that was put back from an old copy is held against it before anything is served.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from django.db import transaction

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.register.keys import register_folder

_LINE = 65
_AT_ONCE = 10_000


def receipt_file() -> Path:
    """Where the receipts lie, one a line."""
    return register_folder() / "receipts"


def report_commitment(nonce: str) -> str:
    """The commitment of a report: what only its row could give."""
    return hashlib.sha256(f"report {nonce}".encode()).hexdigest()


def keep_receipts(commitments: Sequence[str]) -> None:
    """Keep receipts in the caller's transaction, and in the file once it is committed."""
    insert_rows(
        "register_receipt", {"commitment": "text"}, ((one,) for one in commitments), on_conflict="DO NOTHING"
    )
    transaction.on_commit(_appending(list(commitments)))


def in_step() -> bool:
    """Whether the file and the database hold the same receipts, by their number and the last one. Cheap."""
    file = receipt_file()
    size = file.stat().st_size if file.exists() else 0
    ((count,),) = fetch("SELECT count(*) FROM register_receipt")
    if size != count * _LINE:
        return False
    return not size or bool(fetch("SELECT 1 FROM register_receipt WHERE commitment = %s", [_last(file)]))


def bring_in_step() -> list[str]:
    """Write each receipt where it lacks; gives those that the database did not have: what a restore brought back."""
    told = _read(receipt_file())
    there = {row[0] for row in fetch("SELECT commitment FROM register_receipt")}
    lacking = [one for one in told if one not in there]
    for start in range(0, len(lacking), _AT_ONCE):
        rows = ((one,) for one in lacking[start : start + _AT_ONCE])
        insert_rows("register_receipt", {"commitment": "text"}, rows, on_conflict="DO NOTHING")
    _write(receipt_file(), sorted(there | set(told)))
    return lacking


def known(commitments: Sequence[str]) -> set[str]:
    """Which of these have a receipt. One statement."""
    rows = fetch(
        "SELECT commitment FROM register_receipt WHERE commitment = ANY(%s)", [array_parameter(commitments)]
    )
    return {row[0] for row in rows}


def _appending(commitments: list[str]) -> Callable[[], None]:
    def append() -> None:
        with receipt_file().open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write("".join(f"{one}\n" for one in commitments).encode())
            file.flush()
            os.fsync(file.fileno())

    return append


def _read(file: Path) -> list[str]:
    """The whole lines of the file, each once; a line that was cut off by a crash is in the database."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="ascii").splitlines()
    return list(dict.fromkeys(line for line in lines if len(line) == _LINE - 1))


def _write(file: Path, commitments: Sequence[str]) -> None:
    partial = file.with_suffix(f".{os.getpid()}")
    partial.touch(mode=0o600)
    with partial.open("w", encoding="ascii") as out:
        out.writelines(f"{one}\n" for one in commitments)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)


def _last(file: Path) -> str:
    with file.open("rb") as lines:
        lines.seek(-_LINE, os.SEEK_END)
        return lines.read(_LINE - 1).decode("ascii", "replace")
