"""A client's mailbox as its page tells it: how it is set up, who may send, and the last messages with their results."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from inbaar.kit.bulk import fetch

SHOWN = 50


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """How the mailbox is set up and how it goes; never its password."""

    address: str
    whole: bool
    host: str
    port: int
    security: str
    user: str
    trusted_server: str
    active: bool
    unsent: bool
    fetched_at: dt.datetime | None
    error: str
    error_code: str
    failing_since: dt.datetime | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message and what became of it."""

    id: int
    sender: str
    subject: str
    received_at: dt.datetime
    state: str
    results: list[dict[str, Any]]
    answer: str
    answer_state: str
    answer_said: str
    decided_by: str
    held: int


def mailbox_row(client_id: int) -> MailboxRow | None:
    """The client's mailbox, or None."""
    rows = fetch(
        """
        SELECT address, whole, host, port, security, "user", trusted_server, active, unsent, fetched_at, error, error_code,
               failing_since
        FROM mailbox_mailbox WHERE client_id = %s
        """,
        [client_id],
    )
    return MailboxRow(*rows[0]) if rows else None


def sender_rows(client_id: int) -> list[tuple[int, str, str, dt.date]]:
    """Who may send invoices in: number, pattern, who added it and when."""
    return fetch(
        "SELECT id, pattern, added_by, added_on FROM mailbox_sender WHERE client_id = %s ORDER BY pattern",
        [client_id],
    )


def message_rows(client_id: int) -> list[MessageRow]:
    """The last messages, those that wait for a person first. One statement."""
    rows = fetch(
        """
        SELECT m.id, m.sender, m.subject, m.received_at, m.state, m.results::text, m.answer, m.answer_state,
               m.answer_said, m.decided_by,
               (SELECT count(*) FROM mailbox_heldfile h WHERE h.client_id = m.client_id AND h.message_id = m.id)
        FROM mailbox_message m WHERE m.client_id = %s ORDER BY m.state = 'held' DESC, m.received_at DESC, m.id DESC
        LIMIT %s
        """,
        [client_id, SHOWN],
    )
    return [
        MessageRow(
            number,
            sender,
            subject,
            received,
            state,
            json.loads(results),
            answer,
            answer_state,
            said,
            by,
            held,
        )
        for number, sender, subject, received, state, results, answer, answer_state, said, by, held in rows
    ]


def message_is_here(client_id: int, message_id: int) -> bool:
    """Whether there is such a message of this client."""
    return bool(
        fetch("SELECT 1 FROM mailbox_message WHERE client_id = %s AND id = %s", [client_id, message_id])
    )
