"""What a person says of a file that waits, as its movements may be here already: book the rest, or book nothing.

Called through `actions`.
"""

import datetime as dt

from inbaar.banking.importing import import_file
from inbaar.banking.statement_files import (
    ImportResult,
    ImportStatus,
    drop_content,
    finish_file,
    read_problems,
)
from inbaar.banking.statements import Problem
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope

_WAITING = """
    SELECT f.name, f.format, f.problems, w.content FROM banking_statementfile f
    JOIN banking_waitingfile w ON w.client_id = f.client_id AND w.file_id = f.id
    WHERE f.client_id = %s AND f.id = %s AND f.status = 'waiting' FOR NO KEY UPDATE OF f
"""


def book(client_id: int, file_id: int, recorded_at: dt.datetime) -> ImportResult:
    """See `actions.book_waiting_file`."""
    with client_scope(client_id):
        name, _, _, content = _waiting(client_id, file_id)
        result = import_file(client_id, content, name, recorded_at, settled=True)
        drop_content(client_id, file_id)
        return result


def set_aside(client_id: int, file_id: int, by: str) -> None:
    """See `actions.set_waiting_file_aside`."""
    with client_scope(client_id):
        _, file_format, problems, _ = _waiting(client_id, file_id)
        told = Problem("notice", "set-aside", f"Set aside by {by}: its movements are here already.")
        finish_file(client_id, file_id, file_format, ImportStatus.SET_ASIDE, (told, *read_problems(problems)))
        drop_content(client_id, file_id)


def _waiting(client_id: int, file_id: int) -> tuple[str, str, str, bytes]:
    rows = fetch(_WAITING, [client_id, file_id])
    if not rows:
        raise Refused(
            Refusal(
                "file-decided",
                "only a file that waits can be decided on",
                f"file {file_id} does not wait",
                "a file that waits",
                "never",
            )
        )
    name, file_format, problems, content = rows[0]
    return name, file_format, problems, bytes(content)
