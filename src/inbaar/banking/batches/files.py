"""The file of a batch: kept in parts as it is written, and given again as the same bytes. Called where batches are approved."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from inbaar.banking.batches.models import Batch
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.models import next_ids
from inbaar.kit.scope import client_scope

PART_BYTES = 1_000_000
_FILE = {
    "client_id": "bigint", "id": "bigint", "batch_id": "bigint", "state": "text", "format": "text", "sha256": "text",
    "size": "bigint", "made_at": "timestamptz",
}  # fmt: skip
_PART = {"client_id": "bigint", "file_id": "bigint", "number": "integer", "content": "bytea"}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was made, without its bytes. `name` is what it is saved as."""

    id: int
    name: str
    format: str
    sha256: str
    size: int
    made_at: dt.datetime


def keep_file(
    client_id: int, batch_id: int, message: str, pieces: Iterable[bytes], recorded_at: dt.datetime
) -> None:
    """Keep the file of an approved batch as it is written. A second one is an error, never another file."""
    (file_id,) = next_ids(1)
    digest, size = sha256(), 0
    for number, part in enumerate(_parts(pieces), 1):
        digest.update(part)
        size += len(part)
        insert_rows("batches_filepart", _PART, [(client_id, file_id, number, part)])
    row = (
        client_id, file_id, batch_id, Batch.State.APPROVED.value, message, digest.hexdigest(), size, recorded_at,
    )  # fmt: skip
    insert_rows("batches_batchfile", _FILE, [row])


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    held = 0
    for piece in pieces:
        waiting.append(piece)
        held += len(piece)
        if held >= PART_BYTES:
            yield b"".join(waiting)
            waiting, held = [], 0
    if waiting:
        yield b"".join(waiting)


def kept_file(client_id: int, batch_id: int) -> KeptFile | None:
    """The file of a batch; None while there is none, and where it is, or is asked to be, void. Needs the client's scope."""
    rows = fetch(
        """
        SELECT f.id, b.message_id || '.xml', f.format, f.sha256, f.size, f.made_at FROM batches_batchfile f
        JOIN batches_batch b ON b.client_id = f.client_id AND b.id = f.batch_id
        WHERE f.client_id = %s AND f.batch_id = %s AND NOT EXISTS (
            SELECT 1 FROM batches_batchvoid v
            WHERE v.client_id = f.client_id AND v.batch_id = f.batch_id AND v.state <> 'withdrawn')
        """,
        [client_id, batch_id],
    )
    return KeptFile(*rows[0]) if rows else None


def file_bytes(client_id: int, file_id: int) -> Iterator[bytes]:
    """The bytes of a file, part by part, each read when it is asked for: also after the page that began it has ended."""
    number = 1
    while True:
        with client_scope(client_id):
            rows = fetch(
                "SELECT content FROM batches_filepart WHERE client_id = %s AND file_id = %s AND number = %s",
                [client_id, file_id, number],
            )
        if not rows:
            return
        yield bytes(rows[0][0])
        number += 1
