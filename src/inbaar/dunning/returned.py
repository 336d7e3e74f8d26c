"""A letter that came back: nobody was told anything, so its steps are taken back and the next run writes it anew.

The address is known to take no mail by then, so it goes to the debtor's other address or by post, with dates that are right
again. Where a later step was taken meanwhile, nothing is undone by itself: those claims rest until a person has looked.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from inbaar.dunning.rules import CLOSED, HANDED_OVER
from inbaar.dunning.withdrawing import take_back_step
from inbaar.kit.bulk import fetch
from inbaar.letters.bouncing import Returned, mark_bounced
from inbaar.letters.parts import LetterKind
from inbaar.receivables.actions import NewHold, open_holds, take_back_dispatch
from inbaar.receivables.timeline import NewEvent, write_events

# The debtor's row is what the run locks: so no step follows while this one is taken back.
_LOCK = "SELECT id FROM parties_debtor WHERE client_id = %s AND id = %s FOR UPDATE"
_ITEMS = """
    SELECT li.invoice_id, li.step, li.step_key, coalesce(s.stage, ''),
           EXISTS (SELECT 1 FROM dunning_step t WHERE t.client_id = li.client_id AND t.invoice_id = li.invoice_id
                   AND t.kind <> 'call' AND (li.step = 'invoice' OR t.id > its.id)),
           its.id IS NOT NULL, l.language
    FROM letters_letteritem li
    LEFT JOIN dunning_step its ON its.client_id = li.client_id AND its.invoice_id = li.invoice_id AND its.key = li.step_key
    JOIN letters_letter l ON l.client_id = li.client_id AND l.id = li.letter_id
    LEFT JOIN dunning_schedule s ON s.client_id = li.client_id AND s.invoice_id = li.invoice_id
    WHERE li.client_id = %s AND li.letter_id = %s ORDER BY li.id
"""
_HOLD_WORDS = {
    "nl": "Brief {number} kwam terug van {address}, nadat een volgende stap was gezet",
    "en": "Letter {number} came back from {address} after a next step was taken",
}


@dataclass(frozen=True, slots=True)
class _Item:
    """One invoice of a letter that came back. `followed`: a later step rests on it; `stands`: its own step does."""

    invoice_id: int
    step: str
    key: str
    stage: str
    followed: bool
    stands: bool
    language: str


def take_back_returned_letter(
    client_id: int, message_id: str, answer: str, on: dt.date, at: dt.datetime
) -> Returned | None:
    """Deal with a letter whose mail came back; the letter it was, or None where none is meant or it was dealt with before.

    Needs the client's scope, in one transaction.
    """
    letter = mark_bounced(client_id, message_id, answer, on, at)
    if letter is None:
        return None
    fetch(_LOCK, [client_id, letter.debtor_id])
    items = [_Item(*row) for row in fetch(_ITEMS, [client_id, letter.letter_id])]
    late = [item for item in items if item.followed and item.stage != CLOSED]
    _undo(client_id, [item for item in items if not item.followed], on, at)
    open_holds(client_id, [_resting(letter, item, on) for item in late], at)
    facts = {"letter": letter.number, "kind": letter.kind, "address": letter.address, "answer": answer[:300]}
    write_events(
        client_id,
        [
            NewEvent("letter_bounced", on, item.invoice_id, letter.debtor_id, facts | {"late": item in late}, letter.letter_id)
            for item in items
        ],
        at,
    )  # fmt: skip
    return letter


def _undo(client_id: int, items: Sequence[_Item], on: dt.date, at: dt.datetime) -> None:
    take_back_dispatch(client_id, [item.invoice_id for item in items if item.step == LetterKind.INVOICE])
    standing = [item for item in items if item.stands and item.stage not in (CLOSED, HANDED_OVER)]
    for key in sorted({item.key for item in standing}):
        these = [item.invoice_id for item in standing if item.key == key]
        take_back_step(client_id, key, these, on, "the letter came back", at)


def _resting(letter: Returned, item: _Item, on: dt.date) -> NewHold:
    words = _HOLD_WORDS.get(item.language, _HOLD_WORDS["en"])
    return NewHold(
        letter.debtor_id, "pause", words.format(number=letter.number, address=letter.address)[:300], "Inbaar", on,
        f"returned:{letter.letter_id}:{item.invoice_id}", item.invoice_id,
    )  # fmt: skip
