"""A letter as e-mail, and sending it through any SMTP server. Called by the letters' job; no clock, no random ids.

The text body is the letter's text, the PDF is attached. Each message gets its own answer, so that a bad address
surfaces and does not stop the batch.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from inbaar.letters.smtp import Delivery, Mailer, Security, SendResult, SmtpSettings

__all__ = [
    "AddressRefused",
    "Delivery",
    "EnclosedFile",
    "Envelope",
    "Mailer",
    "Security",
    "SendResult",
    "SmtpSettings",
    "checked_address",
    "letter_mail",
    "message_id",
    "plain_mail",
]

ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{1,62}"
)
LINE_POLICY = policy.SMTP.clone(max_line_length=76)


class AddressRefused(ValueError):
    """This address cannot be written to; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, when, under which key. The same `key` always gives the same Message-ID."""

    key: str
    sent_at: dt.datetime
    from_name: str
    from_address: str
    to_name: str
    to_address: str
    reply_to: str = ""


def checked_address(address: str) -> str:
    """The address if mail can go to it; else `AddressRefused` with the reason."""
    plain = address.strip()
    if not plain:
        raise AddressRefused("there is no e-mail address: send this letter by post or ask for one")
    if any(ord(mark) < 32 or ord(mark) == 127 for mark in address):
        raise AddressRefused(f"{address!r} holds a line break or control mark: correct the address")
    if re.search(r"[,;]|\s", plain):
        raise AddressRefused(f"{plain!r} is more than one address or holds a space: give one address")
    if plain.count("@") != 1:
        raise AddressRefused(f"{plain!r} has no single @: correct the address")
    local, domain = plain.split("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise AddressRefused(f"the domain of {plain!r} cannot exist: correct the address") from None
    if not ADDRESS.fullmatch(plain) or ".." in plain or local.startswith(".") or local.endswith("."):
        raise AddressRefused(f"{plain!r} is not written as an e-mail address: correct the address")
    return plain


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """A file that goes along with a letter, such as the invoice that it brings."""

    name: str
    media_type: str
    content: bytes


def letter_mail(
    envelope: Envelope,
    subject: str,
    text: str,
    pdf: bytes,
    pdf_name: str,
    enclosures: Sequence[EnclosedFile] = (),
    html: str = "",
) -> EmailMessage:
    """The message: text as body, PDF attached, headers free of injection. `html` is the same body drawn, where there is one.

    Where files go along they are what is attached: the letter that brings an invoice is the body alone, so that whoever
    files the first PDF of a message files the invoice.
    """
    return plain_mail(
        envelope, subject, text, enclosures or (EnclosedFile(pdf_name, "application/pdf", pdf),), html
    )


def plain_mail(
    envelope: Envelope, subject: str, text: str, files: Sequence[EnclosedFile] = (), html: str = ""
) -> EmailMessage:
    """A message that is no letter: text as body, the files that go along, headers free of injection."""
    mail = EmailMessage(policy=LINE_POLICY)
    sender = checked_address(envelope.from_address)
    mail["From"] = _mailbox(envelope.from_name, sender)
    mail["To"] = _mailbox(envelope.to_name, checked_address(envelope.to_address))
    if envelope.reply_to:
        mail["Reply-To"] = checked_address(envelope.reply_to)
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(_aware(envelope.sent_at))
    mail["Message-ID"] = message_id(envelope.key, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        mail.set_boundary(f"body-{_token(envelope.key)}")
    for file in files:
        kind, _, subtype = file.media_type.partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=subtype, filename=_file_name(file.name))
    if files:
        mail.set_boundary(f"letter-{_token(envelope.key)}")
    return mail


def message_id(key: str, sender: str) -> str:
    """The Message-ID of the letter with this key, the same each time it is sent again."""
    return f"<{_token(key)}@{sender.split('@')[1]}>"


def one_line(value: str) -> str:
    """A header's value without line breaks or control marks."""
    return " ".join("".join(" " if ord(mark) < 32 or ord(mark) == 127 else mark for mark in value).split())


def _mailbox(name: str, address: str) -> Address:
    local, domain = address.split("@")
    return Address(one_line(name)[:120], local, domain)


def _aware(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone: give the moment of sending with one")
    return moment


def _token(key: str) -> str:
    token = re.sub(r"[^A-Za-z0-9.-]", "-", key).strip(".-")
    if not token:
        raise ValueError("the letter has no key, so its Message-ID would not be its own")
    return token


def _file_name(name: str) -> str:
    return re.sub(r"[^\w. -]", "-", one_line(name))[:100] or "letter.pdf"
