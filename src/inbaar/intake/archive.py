"""A ZIP of invoices as the files in it, within limits that no archive's own words can stretch. Used by the doors.

Names are only shown, never used as a place to write. What it unpacks to is counted while it is unpacked.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from inbaar.kit.text import printable

_MEGABYTE = 1_000_000
_SIGN = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"
_LARGE = b"PK\x06\x07"
_LONGEST_END = 22 + 0xFFFF + 20
_MOST_DIRECTORY = _MEGABYTE
_DAMAGED = "The archive is damaged, cut off, or of too many files: send it again, in parts."


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much one archive may hold: files, bytes of one of them, bytes of all together."""

    files: int = 1_000
    file_bytes: int = 50 * _MEGABYTE
    bytes: int = 200 * _MEGABYTE


class BadArchive(Exception):
    """The archive cannot be unpacked: which rule of ours, and what, why, what next in one sentence."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule
        self.text = text


def directory_is_small(stream: BinaryIO) -> bool:
    """Whether the list of files in a ZIP fits in a megabyte: the library makes an object of each before it can be asked."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _LONGEST_END))
    end = stream.read()
    stream.seek(0)
    place = end.rfind(_EMPTY)
    if place < 0 or len(end) < place + 22 or _LARGE in end:
        return False
    (directory,) = struct.unpack_from("<L", end, place + 12)
    return bool(directory <= _MOST_DIRECTORY)


def is_archive(content: bytes) -> bool:
    """Whether this is a ZIP of files, and not an office document, which is a ZIP as well."""
    if content.startswith(_EMPTY):
        return True
    return (
        content.startswith(_SIGN) and b"[Content_Types].xml" not in content[:200] and not _is_office(content)
    )


def unpacked(name: str, content: bytes, limits: ArchiveLimits = ArchiveLimits()) -> list[tuple[str, bytes]]:
    """The files in an archive, each under the archive's name and its own; `BadArchive` where that cannot be.

    All or nothing: half an archive would look like a whole one. An archive within it is left for the doors to refuse.
    """
    try:
        if not directory_is_small(io.BytesIO(content)):
            raise BadArchive("archive-damaged", _DAMAGED)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if _is_wanted(member)]
            if not members:
                raise BadArchive(
                    "archive-empty", "The archive holds no files: add the invoices and send it again."
                )
            if len(members) > limits.files:
                raise BadArchive(
                    "archive-too-many", f"The archive holds more than {limits.files} files: send it in parts."
                )
            return list(_read(name, archive, members, limits))
    except BadArchive:
        raise
    except RuntimeError as fault:
        if "password" not in str(fault):
            raise BadArchive("archive-damaged", _DAMAGED) from None
        raise BadArchive(
            "archive-locked", "The archive is locked with a password: send it without one."
        ) from None
    except Exception:  # damage shows itself in as many ways as there are packings
        raise BadArchive("archive-damaged", _DAMAGED) from None


def _read(
    name: str, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: ArchiveLimits
) -> Iterator[tuple[str, bytes]]:
    left = limits.bytes
    for member in members:
        most = min(limits.file_bytes, left)
        with archive.open(member) as opened:
            content = opened.read(most + 1)
        if len(content) > most:
            raise BadArchive(
                "archive-too-large", "The archive unpacks to more than can be read: send it in parts."
            )
        left -= len(content)
        yield f"{name}: {printable(member.filename.replace(chr(92), '/').rsplit('/', 1)[-1])}", content


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    """Not a folder, nor what a Mac adds for itself."""
    parts = member.filename.replace("\\", "/").split("/")
    return (
        not member.is_dir()
        and "__MACOSX" not in parts
        and not parts[-1].startswith("._")
        and parts[-1] != ".DS_Store"
    )


def _is_office(content: bytes) -> bool:
    try:
        if not directory_is_small(io.BytesIO(content)):
            return False
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except Exception:  # what is too damaged to say is no office document
        return False
