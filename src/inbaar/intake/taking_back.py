"""Taking back a whole list of invoices: all that it made, or nothing, with what stands in the way."""

import datetime as dt
import json

from inbaar.intake.importing import list_file, move
from inbaar.intake.taking import made_by
from inbaar.kit.errors import Refused
from inbaar.receivables.actions import withdraw_invoices

#: The reasons of a list that are kept; how many there were is kept beside them.
MOST_KEPT = 50


def start_undo(client_id: int, import_id: int, by: str, at: dt.datetime) -> None:
    """Have a list taken back that is in the books; refuses any other. Needs the client's scope."""
    move(client_id, import_id, "undo", at, problems="{}", undone_by=by[:100])


def withdraw_list(client_id: int, import_id: int, on: dt.date, at: dt.datetime) -> list[int] | None:
    """Withdraw every invoice of a list that waits for that; gives them. None where there is no such list.

    Raises `Refused`, naming each invoice and what happened to it, where anything did. Needs the client's scope: it is one
    transaction. The file can come in again then.
    """
    kept = list_file(client_id, import_id, lock=True)
    if kept is None or kept.state != "undoing":
        return None
    made = made_by(client_id, import_id)
    withdraw_invoices(client_id, made, on, "import undone", kept.undone_by, at)
    move(client_id, import_id, "withdrawn", at, undone_on=on)
    return made


def keep_list(client_id: int, import_id: int, why: Refused, at: dt.datetime) -> None:
    """Leave a list in the books, with why it cannot be taken back. Needs the client's scope."""
    first = [[refusal.code, refusal.fact] for refusal in why.refusals[:MOST_KEPT]]
    problems = {"count": len(why.refusals), "first": first}
    move(client_id, import_id, "kept", at, problems=json.dumps(problems), undone_by="")
