"""What a mail server's report says of our own mail: which message did not arrive, at whose address, and why. Pure.

Reports are read as RFC 3464 and RFC 6522 describe them. Anybody can write one, so it is believed only of a message whose
Message-ID it names, which nobody knows but who got that message and the servers on its way.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from inbaar.kit.text import printable
from inbaar.mailbox.mail import MailUnreadable, header, require_readable

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,380}>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ADDRESS = re.compile(r"(?:[a-z0-9-]{1,40};)?\s*<?([^\s<>;]{1,254})>?", re.IGNORECASE)
MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """A message of ours that came back: its Message-ID, the address, the status code (`5.1.1`), and the server's words."""

    message_id: str
    address: str
    status: str
    words: str


def not_delivered(raw: bytes) -> NotDelivered | None:
    """What a report says for good of one message; None for what is no such report, or tells of a delay or an arrival.

    Of several addresses the first that failed is told: a letter goes to one.
    """
    try:
        require_readable(raw)
        message = message_from_bytes(raw, policy=policy.compat32)
    except (MailUnreadable, RecursionError):
        return None
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    failed = next((fields for part in parts for fields in _recipients(part) if _has_failed(fields)), None)
    message_id = next((found for part in parts if (found := _returned(part))), "")
    if failed is None or not message_id:
        return None
    status, words = _STATUS.search(header(failed, "Status")), header(failed, "Diagnostic-Code")
    return NotDelivered(
        message_id, _address(failed), status[0] if status else "", words.partition(";")[2].strip()[:MOST_TOLD] or words[:MOST_TOLD]
    )  # fmt: skip


def _recipients(part: Message) -> list[Message]:
    """The fields of each address that a report tells of: the blocks behind the first, which is of the message."""
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return []
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)][1:] if isinstance(payload, list) else []


def _has_failed(fields: Message) -> bool:
    return header(fields, "Action").lower() == "failed"


def _address(fields: Message) -> str:
    """The address as we wrote it, where the server tells that; else the one that failed."""
    for name in ("Original-Recipient", "Final-Recipient"):
        found = _ADDRESS.fullmatch(header(fields, name))
        if found:
            return printable(found[1]).lower()
    return ""


def _returned(part: Message) -> str:
    """The Message-ID of the message that a report carries back, whole or its head alone."""
    kind, payload = part.get_content_type(), part.get_payload()
    inner: Message | None = None
    if (
        kind in ("message/rfc822", "message/global", "message/global-headers")
        and isinstance(payload, list)
        and payload
    ):
        inner = payload[0] if isinstance(payload[0], Message) else None
    elif kind == "text/rfc822-headers":
        head = part.get_payload(decode=True)
        inner = message_from_bytes(head, policy=policy.compat32) if isinstance(head, bytes) else None
    found = _MESSAGE_ID.search(header(inner, "Message-ID")) if inner is not None else None
    return found[0] if found else ""
