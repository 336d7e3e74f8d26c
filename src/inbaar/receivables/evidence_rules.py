"""What may be attached as proof, known by its first bytes and never by its name, and who may ask for it. Pure.

Nothing that a browser would run is among it: no HTML, no SVG, no XML, no office file.
"""

import re

KINDS = ("job_sheet", "packing_slip", "signature", "correspondence", "other")
STEPS = ("person", "dispute", "factoring", "insurance", "register", "collection", "court")
MOST_BYTES = 20_000_000
MOST_PER_INVOICE = 50

_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_MAIL_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*:[ \t]?[^\r\n]*\r?\n(?:[ \t]+[^\r\n]*\r?\n)*)+")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/heic": ".heic",
    "message/rfc822": ".eml",
    "text/plain": ".txt",
}


def media_type_of(content: bytes) -> str | None:
    """What a file is by its content, or None for what is not taken as proof.

    >>> media_type_of(b"%PDF-1.7 ..."), media_type_of(b"<svg onload=x>"), media_type_of(b"MZ\\x90\\x00")
    ('application/pdf', None, None)
    """
    for start, media_type in _STARTS:
        if content.startswith(start):
            return media_type
    if content[4:8] == b"ftyp":
        return "image/heic" if content[8:12] in _HEIF_BRANDS else None
    if _CONTROL.search(content) or not _is_text(content):
        return None
    plain = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not plain or plain.startswith(b"<"):
        return None
    return "message/rfc822" if _is_mail(plain) else "text/plain"


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Mail in older alphabets is text too; its head is plain.
        return _is_mail(content)
    return True


def _is_mail(content: bytes) -> bool:
    head = _MAIL_HEADER.match(content[:20_000])
    names = {line.split(b":")[0].lower() for line in head[0].splitlines()} if head else set()
    return b"from" in names and bool(names & {b"date", b"message-id", b"received"})
