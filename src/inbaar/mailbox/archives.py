"""The files in a ZIP that came by mail, within limits; or why it is not opened. Pure.

The limits are asked of the list of contents before anything is unpacked, and held while unpacking: a list can lie.
"""

import io
import zipfile
from dataclasses import dataclass

from inbaar.kit.text import printable

MOST_FILES = 200
MOST_BYTES = 100_000_000
MOST_EACH = 50_000_000


class NotOpened(Exception):
    """The archive is not opened: by which rule of ours, and what to do, in one sentence."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule, self.text = rule, text


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One file of an archive."""

    name: str
    content: bytes


def is_zip(content: bytes) -> bool:
    """Whether this is a ZIP by its first bytes."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpacked(content: bytes) -> list[Unpacked]:
    """All files in it, in its own order, folders left out; `NotOpened` for what is damaged, locked or too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _require_measure(entries)
            return _read_all(archive, entries)
    except NotOpened:
        raise
    except Exception:  # damage shows itself in as many ways as there are packings
        raise NotOpened(
            "zip-damaged", "The ZIP is damaged and was not opened: send the invoices again, best without ZIP."
        ) from None


def _require_measure(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise NotOpened("zip-locked", "The ZIP is locked with a password: send the invoices without one.")
    if len(entries) > MOST_FILES:
        raise NotOpened(
            "zip-too-many",
            f"The ZIP holds {len(entries)} files, more than {MOST_FILES}: send them in several messages.",
        )
    sizes = [entry.file_size for entry in entries]
    if sum(sizes) > MOST_BYTES or max(sizes, default=0) > MOST_EACH:
        raise _too_large()


def _read_all(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> list[Unpacked]:
    files, left = [], MOST_BYTES
    for entry in entries:
        with archive.open(entry) as stream:
            content = stream.read(min(left, MOST_EACH) + 1)
        left -= len(content)
        if left < 0 or len(content) > MOST_EACH:
            raise _too_large()
        name = printable(entry.filename.replace("\\", "/").rsplit("/", 1)[-1])
        files.append(Unpacked(name[:255], content))
    return files


def _too_large() -> NotOpened:
    return NotOpened(
        "zip-too-large",
        f"Unpacked the ZIP is larger than {MOST_BYTES // 1_000_000} MB: send the invoices in several messages.",
    )
