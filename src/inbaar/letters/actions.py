"""Writing letters down: content frozen, items listed, a delivery queued, all in the caller's transaction."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.kit.bulk import insert_rows
from inbaar.letters.content import LetterContent, to_json
from inbaar.letters.mail import EnclosedFile
from inbaar.letters.states import BY_POST, QUEUED, TO_LOOK_AT

_LETTER = {
    "id": "bigint", "client_id": "bigint", "debtor_id": "bigint", "kind": "text", "number": "text",
    "language": "text", "on": "date", "pay_by": "date", "currency": "text", "total": "numeric", "payee_iban": "text",
    "content": "jsonb", "composed_at": "timestamptz",
}  # fmt: skip
_ITEM = {
    "client_id": "bigint", "letter_id": "bigint", "invoice_id": "bigint", "step": "text", "step_key": "text", "principal": "numeric",
    "interest": "numeric", "costs": "numeric",
}  # fmt: skip
_DELIVERY = {
    "client_id": "bigint", "letter_id": "bigint", "channel": "text", "address": "text", "state": "text",
    "message_id": "text", "not_before": "timestamptz", "attempts": "smallint", "answer": "text",
    "changed_at": "timestamptz",
}  # fmt: skip


_ENCLOSURE = {
    "client_id": "bigint", "letter_id": "bigint", "place": "smallint", "name": "text", "media_type": "text",
    "sha256": "text", "content": "bytea",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to write: its content, the invoices of its items in order, and where it goes.

    `step_keys` tells, in the same order, which of several steps of its kind each item is; empty where each is the only one.

    `id` was drawn before: the letter's number holds it. A letter is written in the transaction of its steps, and a step
    can be taken once, so it cannot be written twice.
    """

    id: int
    debtor_id: int
    content: LetterContent
    invoices: tuple[int, ...]
    channel: str
    address: str
    enclosures: tuple[EnclosedFile, ...] = ()
    step_keys: tuple[str, ...] = ()


def write_letters(
    client_id: int,
    letters: Sequence[NewLetter],
    recorded_at: dt.datetime,
    not_before: dt.datetime,
    *,
    to_look_at: bool = False,
) -> None:
    """Write letters with their items and one delivery each, to leave from `not_before`, or once somebody has looked.

    Three statements for any number, and a fourth where files go along.
    """
    insert_rows(
        "letters_letter", _LETTER, (_letter_row(client_id, letter, recorded_at) for letter in letters)
    )
    insert_rows(
        "letters_letteritem",
        _ITEM,
        (
            (
                client_id,
                letter.id,
                invoice,
                str(item.step),
                key,
                item.open_principal,
                item.interest,
                item.costs,
            )
            for letter in letters
            for invoice, key, item in zip(
                letter.invoices, _keys_of(letter), letter.content.items, strict=True
            )
        ),
    )
    insert_rows("letters_enclosure", _ENCLOSURE, _enclosure_rows(client_id, letters))
    insert_rows(
        "letters_delivery",
        _DELIVERY,
        (
            (
                client_id, letter.id, letter.channel, letter.address,
                TO_LOOK_AT if to_look_at else QUEUED if letter.channel == "email" else BY_POST,
                f"letter-{client_id}-{letter.id}", not_before, 0, "", recorded_at,
            )
            for letter in letters
        ),
    )  # fmt: skip


def _keys_of(letter: NewLetter) -> tuple[str, ...]:
    return letter.step_keys or tuple(str(item.step) for item in letter.content.items)


def _enclosure_rows(client_id: int, letters: Sequence[NewLetter]) -> list[tuple[object, ...]]:
    return [
        (
            client_id, letter.id, place, file.name, file.media_type, hashlib.sha256(file.content).hexdigest(),
            file.content,
        )
        for letter in letters
        for place, file in enumerate(letter.enclosures, 1)
    ]  # fmt: skip


def _letter_row(client_id: int, letter: NewLetter, recorded_at: dt.datetime) -> tuple[object, ...]:
    content = letter.content
    return (
        letter.id, client_id, letter.debtor_id, str(content.kind), content.letter_number, str(content.language),
        content.letter_date, content.pay_by, content.currency, content.total_due, content.payee.iban,
        to_json(content), recorded_at,
    )  # fmt: skip
