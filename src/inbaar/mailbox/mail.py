"""What a message says: who it is from and to, whether a machine wrote it, and the files in it. Pure.

Everything in a message was written by somebody else. Headers are read one by one and never believed to be well-formed;
what cannot be decoded is shown with question marks, and what cannot be opened is said as such.
"""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from inbaar.kit.text import printable

# A message of real people has a few parts; hundreds of them, one in the other, are there to exhaust the reader.
MOST_PARTS = 100
# Each line is looked at once in every part around it, so short lines in deep parts take minutes; this is some seconds.
MOST_LINES_LOOKED_AT = 60_000_000
_CONTAINER = re.compile(rb"boundary\s*=|message/rfc822", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^>\r\n]{1,380}>)", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(r"(?:[^<>]*<)?([^\s<>\"(),:;]{1,64}@[A-Za-z0-9.-]{1,190})>?")
#: What Python says of a header in an encoding that is unknown, or that the header is not in.
_UNDECODABLE = (LookupError, ValueError, TypeError, MessageError)
_ADDRESSED = ("X-Original-To", "Delivered-To", "Envelope-To", "To", "Cc")
_ADDRESS_LINE = re.compile(
    rb"^(?:X-Original-To|Delivered-To|Envelope-To|To|Cc):(.*)$", re.IGNORECASE | re.MULTILINE
)
_PLAIN_ADDRESS = re.compile(rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}")


class MailUnreadable(Exception):
    """The message is built so that it cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message that may be a file: its name, what it says it is, and its bytes."""

    name: str
    media_type: str
    inline: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a message. `sender` is empty where From is not exactly one plain address.

    Of one that is not `readable` only the Message-ID and the addresses are known, as far as they can be seen in its bytes.
    """

    message_id: str
    sender: str
    subject: str
    addressed: frozenset[str]
    automatic: str
    bounce: bool
    vouched: str
    replies_to: frozenset[str]
    readable: bool = True


def key_of(raw: bytes) -> str:
    """The same for the same message wherever it is found: its Message-ID, sender and contents, not the way it came."""
    head, _, body = raw.partition(b"\r\n\r\n")
    own = _MESSAGE_ID.search(head + b"\r\n")
    named = rb"^from:.*$" if own else rb"^(?:from|date|subject):.*$"
    lines = re.findall(named, head, re.IGNORECASE | re.MULTILINE)
    identity = b"|".join([own[1] if own else b"", *(line.strip() for line in lines)])
    return hashlib.sha256(identity + b"\0" + hashlib.sha256(body).digest()).hexdigest()


def key_of_head(head: bytes, size: int) -> str:
    """The same for a message that is too large to be fetched."""
    return key_of(head.rstrip(b"\r\n") + b"\r\n\r\n%d" % size)


def read_head(raw: bytes) -> Head:
    """The head of a message, from its head alone or from all of it."""
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    message = message_from_bytes(head, policy=policy.compat32)
    sender = _sender(message)
    return Head(
        message_id=_message_id(head),
        sender=sender,
        subject=header(message, "Subject")[:300],
        addressed=_addressed(message),
        automatic=_automatic(message, sender),
        bounce=_is_bounce(message, sender),
        vouched=header(message, "Authentication-Results"),
        replies_to=frozenset(
            re.findall(r"<[^<>\s]{1,380}>", f"{header(message, 'In-Reply-To')} {header(message, 'References')}")
        ),
    )  # fmt: skip


def read_any_head(raw: bytes) -> Head:
    """The head of a message, whatever is in it: one that Python's own reader fails on is told as not readable.

    Each failure that is known is dealt with where it happens; this keeps the next one from ending the look at a mailbox.
    """
    try:
        return read_head(raw)
    except Exception:
        return _seen_head(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


def _seen_head(head: bytes) -> Head:
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    values = b" ".join(_ADDRESS_LINE.findall(unfolded))
    addressed = frozenset(found.decode("ascii").lower() for found in _PLAIN_ADDRESS.findall(values))
    return Head(_message_id(head), "", "", addressed, "", False, "", frozenset(), readable=False)


def require_readable(raw: bytes) -> None:
    """Refuse with `MailUnreadable` what is built to exhaust whoever takes it apart."""
    containers = len(_CONTAINER.findall(raw))
    if containers > MOST_PARTS or raw.count(b"\n") * (containers + 1) > MOST_LINES_LOOKED_AT:
        raise MailUnreadable("too many parts")


def parts_of(raw: bytes) -> list[Part]:
    """Every part that is no container, those of forwarded messages included, in order; or `MailUnreadable`."""
    require_readable(raw)
    try:
        pending = [message_from_bytes(raw, policy=policy.compat32)]
    except RecursionError:
        raise MailUnreadable("too deep") from None
    parts: list[Part] = []
    while pending:
        message = pending.pop(0)
        if message.is_multipart():
            pending[:0] = [each for each in message.get_payload() if isinstance(each, Message)]
        else:
            parts.append(_part(message))
    return parts


def header(message: Message, name: str) -> str:
    """A header as text on one line; empty where it is not there."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value))))
    except _UNDECODABLE:
        text = str(value)
    text = text.encode("utf-8", "replace").decode()
    return printable(" ".join(text.split()))


def _message_id(head: bytes) -> str:
    found = _MESSAGE_ID.search(head)
    return found[1].decode("ascii", "replace") if found else ""


def _sender(message: Message) -> str:
    """The one address in the one From; a message with several, or with one made to be misread, has no sender."""
    if len(message.get_all("From", [])) != 1:
        return ""
    raw = " ".join(str(message["From"]).split())
    found = _FROM.fullmatch(raw) or _FROM.fullmatch(header(message, "From"))
    return found[1].lower() if found and header(message, "From").count("@") == 1 else ""


def _addressed(message: Message) -> frozenset[str]:
    values = [str(value) for name in _ADDRESSED for value in message.get_all(name, [])]
    return frozenset(address.lower() for value in values for address in _addresses(value) if "@" in address)


def _addresses(value: str) -> list[str]:
    """The addresses in a header; none where comments lie in each other deeper than Python follows them."""
    try:
        return [address for _, address in getaddresses([value])]
    except RecursionError:
        return []


def _automatic(message: Message, sender: str) -> str:
    """Why a machine or a list wrote this, or nothing: such a message is never answered (RFC 3834)."""
    submitted = header(message, "Auto-Submitted").lower()
    if submitted and submitted.split(";")[0].strip() != "no":
        return "auto-submitted"
    if header(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply"):
        return "precedence"
    for name in ("List-Id", "List-Post", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Loop",
                 "X-Auto-Response-Suppress"):  # fmt: skip
        if message.get(name) is not None:
            return name.lower()
    if _is_bounce(message, sender):
        return "bounce"
    name = sender.split("@")[0].replace("-", "").replace("_", "").replace(".", "")
    return "no-reply" if name in ("noreply", "donotreply", "bounce", "bounces") else ""


def _is_bounce(message: Message, sender: str) -> bool:
    """A report that a message did not arrive: it carries what was sent, which is not sent in."""
    returned = [str(value).strip() for value in message.get_all("Return-Path", [])]
    return (
        message.get_content_type() == "multipart/report"
        or "<>" in returned
        or sender.split("@")[0] in ("mailer-daemon", "postmaster")
    )


def _part(message: Message) -> Part:
    try:
        content = message.get_payload(decode=True)
    except (LookupError, ValueError, AssertionError):
        content = b""  # told as an empty file
    disposition = (header(message, "Content-Disposition").split(";")[0]).strip().lower()
    return Part(
        name=_file_name(message),
        media_type=message.get_content_type(),
        inline=disposition != "attachment",
        content=content if isinstance(content, bytes) else b"",
    )


def _file_name(message: Message) -> str:
    try:
        name = str(make_header(decode_header(message.get_filename() or "")))
    except _UNDECODABLE:
        name = "?"
    name = name.encode("utf-8", "replace").decode().replace("\\", "/").rsplit("/", 1)[-1]
    return printable(name.strip())[:255]
