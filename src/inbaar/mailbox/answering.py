"""Answering who sent invoices in: each answer once, over the same mail server as the letters.

An answer is marked `sending` and committed before it leaves. One that was on its way when the program died is in doubt
and is not sent again: a sender who hears nothing asks, and two answers that differ would be worse.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope
from inbaar.letters.mail import LINE_POLICY, AddressRefused, checked_address, one_line
from inbaar.letters.smtp import Delivery, Mailer, SendResult
from inbaar.mailbox.states import answer_after

BATCH = 50
MAX_ATTEMPTS = 5
IN_DOUBT_AFTER = dt.timedelta(minutes=10)

_LOSE_SIGHT = """
    UPDATE mailbox_message SET answer_state = %s, changed_at = %s
    WHERE client_id = %s AND answer_state = 'sending' AND changed_at < %s
"""
_TAKE = """
    UPDATE mailbox_message SET answer_state = 'sending', answer_attempts = answer_attempts + 1, changed_at = %(now)s
    WHERE client_id = %(client)s AND id IN (
        SELECT id FROM mailbox_message WHERE client_id = %(client)s AND answer_state = 'queued' AND id > %(after)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, message_id, sender, subject, answer, results::text, answer_attempts
"""
_SETTLE = """
    UPDATE mailbox_message SET answer_state = %s, answer_said = %s, changed_at = %s
    WHERE client_id = %s AND id = %s AND answer_state = 'sending'
"""


@dataclass(frozen=True, slots=True)
class ToSay:
    """What an answer is about: `kind` is results or neutral, and only results may be told with the first."""

    kind: str
    client: str
    subject: str
    results: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    id: int
    message_id: str
    sender: str
    subject: str
    kind: str
    results: tuple[Mapping[str, Any], ...]
    attempts: int


#: Gives subject and text of an answer, in the language of the client.
Words = Callable[[ToSay, str], tuple[str, str]]


def send_answers(client_id: int, mailer: Mailer, words: Words, now: dt.datetime) -> Counter[str]:
    """Send every answer that is queued; gives how many ended in each state."""
    tally: Counter[str] = Counter()
    with client_scope(client_id):
        run(_LOSE_SIGHT, [answer_after("sending", "lose_sight"), now, client_id, now - IN_DOUBT_AFTER])
        facts = fetch(
            """
            SELECT m.address, c.name, c.language FROM mailbox_mailbox m JOIN parties_client c ON c.id = m.client_id
            WHERE m.client_id = %s
            """,
            [client_id],
        )
    last = 0
    while facts and (answers := _take(client_id, last, now)):
        last = max(answer.id for answer in answers)
        for answer in answers:
            tally[_send(client_id, mailer, answer, facts[0], words, now)] += 1
    return tally


def answers_waiting(client_id: int) -> bool:
    """Whether any answer is to be sent. Needs the client's scope."""
    return bool(
        fetch(
            "SELECT 1 FROM mailbox_message WHERE client_id = %s AND answer_state IN ('queued', 'sending') LIMIT 1",
            [client_id],
        )
    )


def _take(client_id: int, last: int, now: dt.datetime) -> list[_Answer]:
    with client_scope(client_id):
        rows = fetch(_TAKE, {"client": client_id, "now": now, "after": last, "limit": BATCH})
    return [
        _Answer(number, message_id, sender, subject, kind, tuple(json.loads(results)), attempts)
        for number, message_id, sender, subject, kind, results, attempts in rows
    ]


def _send(
    client_id: int, mailer: Mailer, answer: _Answer, facts: Sequence[str], words: Words, now: dt.datetime
) -> str:
    address, name, language = facts
    try:
        message = _message(client_id, answer, address, name, words, language, now)
    except AddressRefused as why:
        return _settle(client_id, answer, "refused", str(why), now)
    result = mailer.send(message)
    return _settle(client_id, answer, _verb(answer, result), f"{result.code} {result.text}", now)


def _verb(answer: _Answer, result: SendResult) -> str:
    """A server that was not reached, or said to come back, is tried again; a connection that dropped half-way is not.

    After a drop nobody knows whether the answer left.
    """
    if result.delivery is Delivery.ACCEPTED:
        return "accepted"
    if result.delivery is Delivery.REFUSED or answer.attempts >= MAX_ATTEMPTS:
        return "refused"
    return "lose_sight" if result.text.startswith("the connection dropped") else "put_back"


def _settle(client_id: int, answer: _Answer, verb: str, said: str, now: dt.datetime) -> str:
    state = answer_after("sending", verb)
    with client_scope(client_id):
        run(_SETTLE, [state, said[:300], now, client_id, answer.id])
    return state


def _message(
    client_id: int, answer: _Answer, address: str, name: str, words: Words, language: str, now: dt.datetime
) -> EmailMessage:
    results = answer.results if answer.kind == "results" else ()
    subject, text = words(ToSay(answer.kind, name, answer.subject, results), language)
    sender = checked_address(address)
    local, domain = sender.split("@")
    mail = EmailMessage(policy=LINE_POLICY)
    mail["From"] = Address(one_line(name)[:120], local, domain)
    mail["To"] = checked_address(answer.sender)
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<answer-{client_id}-{answer.id}@{domain}>"
    if answer.message_id:
        mail["In-Reply-To"] = mail["References"] = one_line(answer.message_id)
    # By these no machine answers an answer (RFC 3834; the second is Exchange's).
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text, cte="quoted-printable")
    return mail
