"""The bytes of one file, taken within limits, and what they look like. Used by `read_invoice` only.

Size is asked before anything is read, so a file of a gigabyte costs nothing; what it is, is seen from its first bytes
and never from its name.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from inbaar.intake.reading import Format

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may be. `elements` bounds the memory a small file of very many tags can ask for."""

    xml_bytes: int = 20 * _MEGABYTE
    pdf_bytes: int = 50 * _MEGABYTE
    elements: int = 1_500_000
    pdf_seconds: float = 20.0
    pdf_memory_bytes: int = 600 * _MEGABYTE
    # An OCR takes some four seconds a page, and maps its models and libraries beside the page it reads.
    ocr_seconds: float = 90.0
    ocr_memory_bytes: int = 2_500 * _MEGABYTE


class Unreadable(Exception):
    """The file cannot be read as an invoice: which rule of ours, and what, why, what next in one sentence."""

    def __init__(self, rule: str, text: str, format: Format | None = None) -> None:
        super().__init__(text)
        self.rule = rule
        self.text = text
        self.format = format


def content_of(source: str | os.PathLike[str] | bytes, limits: Limits) -> bytes:
    """All bytes of the file, or `Unreadable`: missing, not a file, empty, too large."""
    if isinstance(source, bytes):
        _refuse_size(len(source), source[:1024], limits)
        return source
    path = Path(source)
    try:
        return _read_file(path, limits)
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable(
            "no-file", "There is no such file: check the path and the spelling of the name."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(
            "no-access", f"The file cannot be opened ({reason}): check its permissions."
        ) from None


def is_pdf(content: bytes) -> bool:
    """Whether this is a PDF; some programs write a few bytes before its signature."""
    return b"%PDF-" in content[:1024]


def _read_file(path: Path, limits: Limits) -> bytes:
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable(
            "directory", "This is a directory, not a file: name the files in it, as in DIRECTORY/*.xml."
        )
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(
            "no-file", "This is not an ordinary file (a device or a pipe): save the invoice as a file first."
        )
    with path.open("rb") as stream:
        start = stream.read(1024)
        _refuse_size(found.st_size, start, limits)
        return start + stream.read(found.st_size - len(start)) if found.st_size > len(start) else start


def _refuse_size(size: int, start: bytes, limits: Limits) -> None:
    if size == 0:
        raise Unreadable("empty", "The file is empty (0 bytes): ask the sender to send the invoice again.")
    limit = limits.pdf_bytes if is_pdf(start) else limits.xml_bytes
    if size > limit:
        kind = "a PDF" if is_pdf(start) else "an XML invoice"
        raise Unreadable(
            "too-large",
            f"The file is {size_text(size)}, more than the {size_text(limit)} allowed for {kind}, and was not read: "
            "ask the sender for the invoice without its large attachments.",
        )


def statement(what: str) -> Unreadable:
    """The refusal of a bank statement, which has a command of its own."""
    return Unreadable(
        "bank-statement",
        f"This is a bank statement ({what}), not an invoice: read it with `inbaar statement`.",
    )


def size_text(size: int) -> str:
    """A size as people read it.

    >>> size_text(20_000_000)
    '20 MB'
    """
    return f"{size / _MEGABYTE:.4g} MB" if size >= 100_000 else f"{size} bytes"
