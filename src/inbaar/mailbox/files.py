"""Which parts of a message go through the door as invoices, and what is said of the others. Pure.

What a file is, is decided by its contents. Bank statements are not taken from mail: anybody can write a message, and a
statement books money.
"""

from dataclasses import dataclass
from typing import Any

from inbaar.intake.archive import ArchiveLimits, BadArchive, is_archive, unpacked
from inbaar.mailbox.mail import Part

MOST_FILES = 100
ARCHIVE_LIMITS = ArchiveLimits(files=200, file_bytes=50_000_000, bytes=100_000_000)
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys",
     "text/vcard", "text/x-vcard", "text/calendar", "text/rfc822-headers", "message/delivery-status",
     "message/disposition-notification"}
)  # fmt: skip
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*")
_LOCKED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one file of a message, in the words of a door: outcome, rule, text."""

    name: str
    outcome: str
    number: str = ""
    invoice_id: int | None = None
    problems: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is kept beside the message."""
        return {
            "name": self.name, "outcome": self.outcome, "number": self.number, "invoice": self.invoice_id,
            "problems": [{"rule": rule, "text": text} for rule, text in self.problems],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sorted:
    """The files of a message that go through the door, and what is said of those that do not."""

    files: tuple[tuple[str, bytes], ...]
    told: tuple[Told, ...]

    @property
    def is_empty(self) -> bool:
        """There is no file at all, readable or not."""
        return not self.files and not self.told


def sorted_parts(parts: list[Part]) -> Sorted:
    """The files and what is said of the rest. More files than one message may have: none is taken."""
    files: list[tuple[str, bytes]] = []
    told: list[Told] = []
    for number, part in enumerate(parts, start=1):
        if _is_silent(part):
            continue
        name = part.name or f"bijlage-{number}{_ending(part)}"
        if is_archive(part.content):
            _open_archive(name, part.content, files, told)
        elif _is_invoice_like(part):
            files.append((name, part.content))
        else:
            told.append(_not_taken(name, *_why_not(part, name)))
    if len(files) > MOST_FILES:
        why = f"The message holds {len(files)} files, more than {MOST_FILES}: send them in several messages."
        return Sorted((), (_not_taken("", "mail-too-many", why), *told))
    return Sorted(tuple(files), tuple(told))


def _open_archive(name: str, content: bytes, files: list[tuple[str, bytes]], told: list[Told]) -> None:
    try:
        inside = unpacked(name, content, ARCHIVE_LIMITS)
    except BadArchive as why:
        told.append(_not_taken(name, why.rule, why.text))
        return
    for file_name, file in inside:
        part = Part(file_name, "application/octet-stream", False, file)
        if _is_invoice_like(part):
            files.append((file_name[:255], file))
        else:
            told.append(_not_taken(file_name[:255], *_why_not(part, file_name)))


def _is_silent(part: Part) -> bool:
    """The letter around the files: its text, its pictures, its signatures. Nobody sends these in as an invoice."""
    if part.media_type in _SIGNATURES or (not part.content.strip() and not part.name):
        return True
    if part.inline and part.media_type.startswith("image/"):
        return True
    return (
        part.media_type in ("text/plain", "text/html") and part.inline and not part.name and not _is_xml(part)
    )


def _is_invoice_like(part: Part) -> bool:
    return b"%PDF-" in part.content[:1024] or (_is_xml(part) and not _is_html(part))


def _is_xml(part: Part) -> bool:
    start = part.content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<?xml", b"\xff\xfe<", b"\xfe\xff\0<")):
        return True
    named = part.name.lower().endswith(".xml") or part.media_type.endswith(("/xml", "+xml"))
    return named and start.startswith(b"<")


def _is_html(part: Part) -> bool:
    start = part.content[:400].lower()
    return b"<html" in start or b"<!doctype html" in start


def _why_not(part: Part, name: str) -> tuple[str, str]:
    if part.media_type in _LOCKED:
        return "mail-encrypted", "This part of the message is encrypted: send the invoice without encryption."
    if part.media_type == "application/ms-tnef" or part.content.startswith(b"\x78\x9f\x3e\x22"):
        return (
            "mail-winmail",
            "This is a package that only Outlook can open (winmail.dat): send the message as HTML or plain text, "
            "or attach the invoice as a PDF.",
        )
    if not part.content:
        return "empty", "The file is empty (0 bytes): send it again."
    if part.media_type.startswith("image/") or part.content.startswith(_PICTURES):
        return "mail-picture", "This is a picture: send the invoice as a PDF, best with an e-invoice inside."
    return (
        "mail-other-format",
        "This is neither a PDF nor an e-invoice in XML: send one of these, if need be in a ZIP.",
    )


def _ending(part: Part) -> str:
    return ".pdf" if b"%PDF-" in part.content[:1024] else ".xml" if _is_xml(part) else ""


def _not_taken(name: str, rule: str, text: str) -> Told:
    return Told(name, "refused", problems=((rule, text),))
