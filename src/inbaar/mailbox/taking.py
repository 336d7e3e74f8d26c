"""One message taken up: its files through the door, its result and its answer, all in one transaction.

From a sender who may send invoices in, the files go through the same door as an upload. From anybody else they wait
for a person, and nothing about any invoice is told.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inbaar.debtor_page.returned import take_back_returned_page_mail
from inbaar.debtor_statements.returned import take_back_returned_statement
from inbaar.doors import FileResult, is_from_bank, take_in_files
from inbaar.dunning.returned import take_back_returned_letter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.bouncing import Returned
from inbaar.mailbox.files import Sorted, Told, sorted_parts
from inbaar.mailbox.mail import Head, MailUnreadable, parts_of
from inbaar.mailbox.reports import NotDelivered, not_delivered
from inbaar.mailbox.rules import RESULTS, answer_for, is_known_sender, is_vouched
from inbaar.mailbox.setup import OpenMailbox
from inbaar.mailbox.states import QUEUED, after
from inbaar.mandates.returned import take_back_returned_message

# A message that ended the program so often is set aside: the others must go on.
MOST_ATTEMPTS = 5
CHANNEL = "mail"
# What unknown senders may have waiting here: anybody can fill a disk by mail, and on the mail server it is kept as well.
MOST_HELD_BYTES = 500_000_000
_DAY = dt.timedelta(hours=24)
_HELD = {"client_id": "bigint", "message_id": "bigint", "name": "text", "size": "bigint", "content": "bytea"}
_STATEMENT = (
    "mail-statement",
    "This is a bank's statement or report; those are not taken from mail, for anybody can write one: upload it.",
)
_NO_ROOM = (
    "mail-no-room",
    "So much of unknown senders waits already that this message was not kept here: it lies in the folder Niet gelezen. "
    "Decide about the others, and upload its files if they are wanted.",
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that has its row. `raw` is None where it is larger than `most_bytes` and was not fetched."""

    id: int
    attempts: int
    head: Head
    raw: bytes | None
    most_bytes: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    verb: str
    told: tuple[Told, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    returned: NotDelivered | None = None


def take_up(
    client_id: int, mailbox: OpenMailbox, arrived: Arrived, on: dt.date, now: dt.datetime,
    on_answer: Callable[[int], object] | None,
) -> None:  # fmt: skip
    """Deal with a message, unless another worker did meanwhile."""
    outcome = _judged(mailbox, arrived)
    with client_scope(client_id):
        if not fetch(
            "SELECT 1 FROM mailbox_message WHERE client_id = %s AND id = %s AND state = 'new' FOR UPDATE",
            [client_id, arrived.id],
        ):
            return
        if outcome.verb == "hold" and not _has_room(client_id, outcome.files):
            outcome = _Outcome("refuse", (Told("", "refused", problems=(_NO_ROOM,)),))
        told = outcome.told
        if (report := outcome.returned) and (back := _came_back(client_id, report, on, now)):
            outcome, told = _Outcome("report"), (back,)
        if outcome.verb == "take":
            told = (*take_files(client_id, outcome.files, on, now, unsent=mailbox.unsent), *told)
        elif outcome.verb == "hold":
            _hold(client_id, arrived.id, outcome.files)
        _settle(client_id, mailbox, arrived, outcome.verb, told, now, on_answer)


def _came_back(client_id: int, report: NotDelivered, on: dt.date, now: dt.datetime) -> Told | None:
    """What follows for the mail that a report tells of, where it is one of ours; all of it in the message's transaction."""
    said = " ".join(part for part in (report.status, report.words) if part)
    if letter := take_back_returned_letter(client_id, report.message_id, said, on, now):
        return _told_of(letter, report)
    for take_back in (take_back_returned_statement, take_back_returned_message, take_back_returned_page_mail):
        if mail := take_back(client_id, report.message_id, said, on, now):
            words = (
                f"{mail.number} did not arrive at {mail.address}: {report.words or report.status}. Nothing is mailed to that "
                "address until somebody says that it works again."
            )
            return Told("", "returned", mail.number, problems=(("mail-came-back", words),))
    return None


def _told_of(letter: Returned, report: NotDelivered) -> Told:
    """What a message shows that brought a letter back."""
    words = (
        f"Letter {letter.number} did not arrive at {letter.address}: {report.words or report.status}. It is written anew, and "
        "nothing is mailed to that address until somebody says that it works again."
    )
    return Told("", "returned", letter.number, problems=(("mail-returned", words),))


def take_files(
    client_id: int, files: Sequence[tuple[str, bytes]], on: dt.date, now: dt.datetime, *, unsent: bool
) -> list[Told]:
    """Put files of a message through the door; what a bank would say is refused. For `unsent` see `Mailbox`."""
    invoices = [file for file in files if not is_from_bank(file[1])]
    results = iter(take_in_files(client_id, invoices, on, now, CHANNEL, unsent=unsent) if invoices else [])
    return [
        Told(name, "refused", problems=(_STATEMENT,)) if is_from_bank(content) else _as_told(next(results))
        for name, content in files
    ]


def _as_told(result: FileResult) -> Told:
    """A scan that is being read waits for a person when it is: that is what its sender is told."""
    return Told(
        result.name, "review" if result.outcome == "reading" else result.outcome, result.number, result.invoice_id,
        tuple((problem.rule, problem.text) for problem in result.problems),
    )  # fmt: skip


def _judged(mailbox: OpenMailbox, arrived: Arrived) -> _Outcome:
    """What is to be done with a message, before anything is written."""
    head = arrived.head
    if head.bounce:
        return _Outcome("ignore", returned=not_delivered(arrived.raw) if arrived.raw else None)
    known = _is_trusted(mailbox, head)
    found = _files_of(arrived)
    if found.is_empty:
        # A reply to an answer of ours without a file, or a machine's letter, asks for nothing.
        silent = head.automatic or _answers_us(head)
        return _Outcome("ignore" if silent else "find_nothing" if known else "refuse")
    if not known:
        return _Outcome("hold", found.told, found.files) if found.files else _Outcome("refuse", found.told)
    return _Outcome("take" if found.files else "refuse", found.told, found.files)


def _files_of(arrived: Arrived) -> Sorted:
    if arrived.attempts > MOST_ATTEMPTS:
        why = "The message could not be read in several attempts: send the invoice as a PDF in a new message."
        return Sorted((), (Told("", "refused", problems=(("mail-failed", why),)),))
    if not arrived.head.readable:
        why = (
            "The head of the message cannot be read, so it is not known who sent it: it lies in the folder Niet gelezen. "
            "Upload its files if they are wanted."
        )
        return Sorted((), (Told("", "refused", problems=(("mail-head", why),)),))
    if arrived.raw is None:
        why = (
            f"The message is larger than {arrived.most_bytes // 1_000_000} MB and was not read: "
            "send the invoices in several messages, or upload them."
        )
        return Sorted((), (Told("", "refused", problems=(("mail-too-large", why),)),))
    try:
        return sorted_parts(parts_of(arrived.raw))
    except MailUnreadable:
        why = "The message is made up of too many parts: send the invoice as a PDF in a new message."
        return Sorted((), (Told("", "refused", problems=(("mail-too-many-parts", why),)),))


def _is_trusted(mailbox: OpenMailbox, head: Head) -> bool:
    """Whether the sender may send invoices in, and is who he says where the mail server can tell."""
    vouched = not mailbox.trusted_server or is_vouched(head.vouched, mailbox.trusted_server, head.sender)
    return vouched and is_known_sender(head.sender, mailbox.senders)


def _answers_us(head: Head) -> bool:
    return any(number.startswith("<answer-") for number in head.replies_to)


def _has_room(client_id: int, files: Sequence[tuple[str, bytes]]) -> bool:
    ((waiting,),) = fetch(
        "SELECT coalesce(sum(size), 0) FROM mailbox_heldfile WHERE client_id = %s", [client_id]
    )
    return bool(waiting + sum(len(content) for _, content in files) <= MOST_HELD_BYTES)


def _hold(client_id: int, message_id: int, files: Sequence[tuple[str, bytes]]) -> None:
    insert_rows(
        "mailbox_heldfile",
        _HELD,
        ((client_id, message_id, name, len(content), content) for name, content in files),
    )


def _settle(
    client_id: int, mailbox: OpenMailbox, arrived: Arrived, verb: str, told: Sequence[Told], now: dt.datetime,
    on_answer: Callable[[int], object] | None,
) -> None:  # fmt: skip
    state, head = after("new", verb), arrived.head
    results = [each.as_json() for each in told]
    answer = answer_for(
        state=state,
        known=_is_trusted(mailbox, head),
        results=results,
        automatic=bool(head.automatic) or not head.sender or head.sender == mailbox.address,
        vouched=is_vouched(head.vouched, mailbox.trusted_server, head.sender),
        complaints=_complaints(client_id, head.sender, now),
    )
    run(
        """
        UPDATE mailbox_message SET state = %s, results = %s, changed_at = %s, answer = %s, answer_state = %s
        WHERE client_id = %s AND id = %s
        """,
        [state, json.dumps(results), now, answer, QUEUED if answer else "", client_id, arrived.id],
    )
    if answer and on_answer is not None:
        on_answer(client_id)


def _complaints(client_id: int, sender: str, now: dt.datetime) -> int:
    """How many answers to this sender in the last day told that nothing was taken in."""
    rows = fetch(
        """
        SELECT count(*) FROM mailbox_message
        WHERE client_id = %s AND sender = %s AND received_at > %s AND answer <> ''
          AND NOT (answer = %s AND results @? '$[*] ? (@.outcome == "accepted" || @.outcome == "known" || @.outcome == "review")')
        """,
        [client_id, sender, now - _DAY, RESULTS],
    )
    return int(rows[0][0])


def release_held(client_id: int, message_id: int, by: str, on: dt.date, now: dt.datetime) -> list[Told]:
    """Take in the files of a message that waited for a person. Its sender is told nothing: a person knows him, or not."""
    _take_decision(client_id, message_id)
    files = fetch(
        "DELETE FROM mailbox_heldfile WHERE client_id = %s AND message_id = %s RETURNING id, name, content",
        [client_id, message_id],
    )
    named = [(name, bytes(content)) for _, name, content in sorted(files)]
    unsent = fetch("SELECT unsent FROM mailbox_mailbox WHERE client_id = %s", [client_id])
    told = take_files(client_id, named, on, now, unsent=bool(unsent and unsent[0][0]))
    _decided(client_id, message_id, "take", by, now, told)
    return told


def discard_held(client_id: int, message_id: int, by: str, now: dt.datetime) -> None:
    """Set a message that waited aside; its files are forgotten here. On the mail server it stays where it is."""
    _take_decision(client_id, message_id)
    run("DELETE FROM mailbox_heldfile WHERE client_id = %s AND message_id = %s", [client_id, message_id])
    _decided(client_id, message_id, "discard", by, now, None)


def _take_decision(client_id: int, message_id: int) -> None:
    if not fetch(
        "SELECT 1 FROM mailbox_message WHERE client_id = %s AND id = %s AND state = 'held' FOR UPDATE",
        [client_id, message_id],
    ):
        raise Refused(
            Refusal("message-not-held", "only a message that waits can be decided about",
                    "it does not wait, or not any more", "a message that waits", next_step="look at its result")
        )  # fmt: skip


def _decided(
    client_id: int, message_id: int, verb: str, by: str, now: dt.datetime, told: Sequence[Told] | None
) -> None:
    kept: Any = None if told is None else json.dumps([each.as_json() for each in told])
    run(
        """
        UPDATE mailbox_message SET state = %s, results = coalesce(%s::jsonb, results), decided_by = %s, changed_at = %s
        WHERE client_id = %s AND id = %s
        """,
        [after("held", verb), kept, by, now, client_id, message_id],
    )
