"""Fetching a client's mailbox: each message taken in once, whenever the program is killed.

The order is: the message's row, then its files and its answer in one transaction, then moving it on the server. Killed
before the commit, it is new and is done again; killed after, its row says so and it is only moved. What is moved is in
the books, so no message is lost; a message has one row by its contents, so none counts twice.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.mailbox.imap import Found, ImapBox, MailboxUnavailable
from inbaar.mailbox.mail import Head, key_of, key_of_head, read_any_head
from inbaar.mailbox.rules import folder_for, is_for
from inbaar.mailbox.setup import OpenMailbox, note_fetched, open_mailbox
from inbaar.mailbox.states import NEW
from inbaar.mailbox.taking import Arrived, take_up

# Larger ones are not fetched: most mail servers pass no more than this.
MOST_BYTES = 40_000_000
MOST_AT_ONCE = 200

_PLACE = "SELECT state, results, message_id FROM mailbox_message WHERE uid_validity = %s AND uid = %s"
# Several workers may come by the same message: one makes the row, and a row that was settled gives nothing back.
_SEEN = """
    INSERT INTO mailbox_message (client_id, key, uid_validity, uid, message_id, sender, subject, size, state,
                                 attempts, results, received_at, changed_at, decided_by, answer, answer_state,
                                 answer_attempts, answer_said)
    VALUES (%(client)s, %(key)s, %(validity)s, %(uid)s, %(message_id)s, %(sender)s, %(subject)s, %(size)s,
            'new', 1, '[]', %(now)s, %(now)s, '', '', '', 0, '')
    ON CONFLICT (client_id, key) DO UPDATE SET attempts = mailbox_message.attempts + 1, changed_at = %(now)s
    WHERE mailbox_message.state = 'new'
    RETURNING id, attempts
"""
_KNOWN = "SELECT state, results FROM mailbox_message WHERE client_id = %s AND key = %s"


@dataclass(slots=True)
class FetchTally:
    """What one fetch did: messages by their state, and why it stopped if it did."""

    client_id: int
    states: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    error: str = ""
    code: str = ""

    def as_json(self) -> dict[str, Any]:
        """What `inbaar mailbox --json` prints for one client."""
        return {
            "client": self.client_id, "messages": dict(sorted(self.states.items())),
            "files": dict(sorted(self.files.items())), "moved": self.moved, "error": self.error or None,
        }  # fmt: skip


def fetch_mailbox(
    client_id: int, on: dt.date, now: dt.datetime, on_answer: Callable[[int], object] | None = None
) -> FetchTally | None:
    """Take in all that is new in a client's mailbox; None where he has none.

    `on_answer` queues the sending of answers, in the transaction that writes one. What goes wrong with the server is
    kept and told; the next fetch goes on where this one stopped.
    """
    tally = FetchTally(client_id)
    try:
        with client_scope(client_id):
            mailbox = open_mailbox(client_id)
        if mailbox is None:
            return None
        with _alone(client_id) as alone:
            if not alone:
                return tally
            with ImapBox(mailbox.settings) as box:
                _take_in(client_id, mailbox, box, tally, on, now, on_answer)
    except MailboxUnavailable as why:
        tally.error, tally.code = str(why), why.code
    with client_scope(client_id):
        note_fetched(client_id, now, tally.error, tally.code)
    return tally


@contextmanager
def _alone(client_id: int) -> Iterator[bool]:
    """Whether this is the only look in the client's mailbox: two that move one message at once leave two copies of it.

    The rows keep it safe without; the lock ends with the connection, also when the program is killed.
    """
    key = f"inbaar mailbox {client_id}"
    ((alone,),) = fetch("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
    try:
        yield alone
    finally:
        if alone:
            fetch("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _take_in(
    client_id: int, mailbox: OpenMailbox, box: ImapBox, tally: FetchTally, on: dt.date, now: dt.datetime,
    on_answer: Callable[[int], object] | None,
) -> None:  # fmt: skip
    for uid in box.uids():
        if sum(tally.states.values()) >= MOST_AT_ONCE:
            return
        found = box.look(uid)
        head = read_any_head(found.head) if found else None
        if found is None or head is None or not is_for(head.addressed, mailbox.address, whole=mailbox.whole):
            continue
        settled = _settled_here(client_id, box.uid_validity, uid, head)
        if settled is None:
            settled = _deal_with(client_id, mailbox, box, found, head, on, now, on_answer)
            if settled is not None:
                tally.states[settled[0]] += 1
                tally.files.update(result["outcome"] for result in settled[1])
        if settled is not None:
            box.settle(uid, folder_for(*settled))
            tally.moved += 1


Settled = tuple[str, list[dict[str, Any]]]


def _settled_here(client_id: int, uid_validity: int, uid: int, head: Head) -> Settled | None:
    """What became of the message in this place, when it was settled before and only its move is missing.

    A server that was set up anew may give its numbers again, so the Message-ID must be the same.
    """
    with client_scope(client_id):
        rows = fetch(_PLACE, [uid_validity, uid])
    same = [
        (state, _results(kept)) for state, kept, message_id in rows if message_id == head.message_id != ""
    ]
    return next((row for row in same if row[0] != NEW), None)


def _deal_with(
    client_id: int, mailbox: OpenMailbox, box: ImapBox, found: Found, head: Head, on: dt.date, now: dt.datetime,
    on_answer: Callable[[int], object] | None,
) -> Settled | None:  # fmt: skip
    """Fetch a message and take it up; what became of it, or None where it is gone."""
    raw = box.content(found.uid) if found.size <= MOST_BYTES else b""
    if raw is None:
        return None
    key = key_of(raw) if raw else key_of_head(found.head, found.size)
    with client_scope(client_id):
        seen = fetch(
            _SEEN,
            {
                "client": client_id, "key": key, "validity": box.uid_validity, "uid": found.uid,
                "message_id": head.message_id[:400], "sender": head.sender[:254], "subject": head.subject,
                "size": found.size, "now": now,
            },
        )  # fmt: skip
    if seen:
        message_id, attempts = seen[0]
        arrived = Arrived(message_id, attempts, head, raw or None, MOST_BYTES)
        take_up(client_id, mailbox, arrived, on, now, on_answer)
    with client_scope(client_id):
        ((state, kept),) = fetch(_KNOWN, [client_id, key])
    return state, _results(kept)


def _results(kept: Any) -> list[dict[str, Any]]:
    return list(json.loads(kept)) if isinstance(kept, str) else list(kept or [])
