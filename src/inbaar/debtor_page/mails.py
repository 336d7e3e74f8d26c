"""Writing mails to a debtor about his page: to the address that is known of him, and to no other."""

import datetime as dt
from dataclasses import dataclass

from inbaar.debtor_page.states import QUEUED
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of, recipient_of
from inbaar.kit.bulk import insert_rows
from inbaar.letters.amounts import ContentError
from inbaar.letters.mail import AddressRefused, EnclosedFile, checked_address
from inbaar.letters.parts import Language, Sender

_MAIL = {
    "client_id": "bigint", "debtor_id": "bigint", "reply_id": "bigint", "kind": "text", "key": "text", "language": "text",
    "from_name": "text", "from_address": "text", "to_name": "text", "address": "text", "subject": "text", "text": "text",
    "file_name": "text", "media_type": "text", "content": "bytea", "made_by": "text", "made_at": "timestamptz", "state": "text",
    "attempts": "smallint", "answer": "text", "changed_at": "timestamptz",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A debtor who can be mailed: where, in which language, and by whom."""

    sender: Sender
    name: str
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to put on its way; `key` makes asking twice the same as once."""

    debtor_id: int
    reply_id: int | None
    kind: str
    key: str
    language: Language
    subject: str
    text: str
    file: EnclosedFile | None = None


def correspondent(client_id: int, debtor_id: int) -> Correspondent | None:
    """Whom to mail, at the address that letters go to; None where that takes no mail, or nobody could answer him.

    Needs the client's scope. Two statements.
    """
    row = addressee_rows(client_id, [debtor_id]).get(debtor_id)
    if row is None:
        return None
    try:
        sender, recipient = creditor_of(client_row(client_id)).sender, recipient_of(row)
        checked_address(sender.email)
        address = checked_address(recipient.email)
    except (AddressRefused, ContentError):
        return None
    return Correspondent(sender, recipient.attention or recipient.name, address, str(row[6]))


def queue_mail(
    client_id: int, mail: NewMail, person: Correspondent, by: str, recorded_at: dt.datetime
) -> bool:
    """Put a mail on its way in the caller's transaction; False where its key was used before. One statement."""
    file = mail.file
    row = (
        client_id, mail.debtor_id, mail.reply_id, mail.kind, mail.key, mail.language.value, person.sender.name[:200],
        person.sender.email, person.name[:200], person.address, mail.subject[:300], mail.text,
        file.name if file else "", file.media_type if file else "", file.content if file else None,
        by[:100], recorded_at, QUEUED, 0, "", recorded_at,
    )  # fmt: skip
    made = insert_rows(
        "debtor_page_pagemail", _MAIL, [row], on_conflict="(client_id, key) DO NOTHING", returning="id"
    )
    return bool(made)
