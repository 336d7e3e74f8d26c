"""Correcting a debtor: what follows for his claims, his steps, and the letters that have not left yet."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbaar.dunning.withdrawing import write_anew
from inbaar.kit.bulk import fetch
from inbaar.parties.corrections import (
    ContactFacts,
    DebtorFacts,
    add_contact,
    change_contact,
    correct_debtor,
    remove_contact,
)
from inbaar.receivables.capacity import require_same_terms
from inbaar.receivables.timeline import NewEvent, write_events

_UNSENT = """
    SELECT l.id FROM letters_letter l JOIN letters_delivery d ON d.client_id = l.client_id AND d.letter_id = l.id
    WHERE l.client_id = %s AND l.debtor_id = ANY(%s) AND d.state IN ('queued', 'to_look_at', 'by_post')
"""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who corrects, on which day, at which moment."""

    by: str
    on: dt.date
    at: dt.datetime


def correct(client_id: int, debtor_id: int, facts: DebtorFacts, editor: Editor) -> int | None:
    """Correct what is known of a debtor; gives how many letters are written anew, or None if nothing changed.

    Letters that have not left are held back, for they say what was wrong; the next run writes them again. Raises
    `Refused` with nothing changed where the correction cannot be. Needs the client's scope, in one transaction.
    """
    changes = correct_debtor(client_id, debtor_id, facts)
    if not changes:
        return None
    if "capacity" in changes:
        require_same_terms(client_id, debtor_id, facts.capacity)
    letters = unsent_anew(client_id, [debtor_id], editor)
    _tell(client_id, debtor_id, "debtor_corrected", {"changes": changes}, editor)
    return letters


def put_contact(
    client_id: int, debtor_id: int, contact: ContactFacts, editor: Editor, contact_id: int | None = None
) -> int | None:
    """Add a contact, or change the one named; gives how many letters are written anew, None if nothing was changed.

    Raises `Refused` if the address has this part already. Needs the client's scope, in one transaction.
    """
    before = None
    if contact_id is None:
        add_contact(client_id, debtor_id, contact)
    else:
        before = change_contact(client_id, debtor_id, contact_id, contact)
        if before is None or before == contact:
            return None
    facts = {"role": contact.role, "name": contact.name, "email": contact.email,
             "before": (before.email or before.name) if before else ""}  # fmt: skip
    _tell(client_id, debtor_id, "contact_changed", facts, editor)
    return unsent_anew(client_id, [debtor_id], editor)


def drop_contact(client_id: int, debtor_id: int, contact_id: int, editor: Editor) -> int | None:
    """Forget a contact; gives how many letters are written anew, None if there was no such one."""
    gone = remove_contact(client_id, debtor_id, contact_id)
    if gone is None:
        return None
    facts = {"role": gone.role, "name": gone.name, "email": gone.email}
    _tell(client_id, debtor_id, "contact_removed", facts, editor)
    return unsent_anew(client_id, [debtor_id], editor)


def unsent_anew(client_id: int, debtor_ids: Sequence[int], editor: Editor) -> int:
    """Hold back the letters to these debtors that have not left, for the next run to write again; gives how many."""
    letters = [row[0] for row in fetch(_UNSENT, [client_id, list(debtor_ids)])]
    return write_anew(client_id, letters, editor.on, editor.by, editor.at)


def _tell(client_id: int, debtor_id: int, kind: str, facts: Mapping[str, object], editor: Editor) -> None:
    write_events(
        client_id, [NewEvent(kind, editor.on, None, debtor_id, {**facts, "by": editor.by})], editor.at
    )
