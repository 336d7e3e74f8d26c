"""What is about to leave: seen as it will leave, let go by somebody who looked, or stopped while it still can be.

A letter that is stopped is taken back with its steps; the invoices it was about, or those that were named, are left out of
that day's run with the reason, and the others are written anew.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inbaar.dunning.rules import next_sending_moment
from inbaar.dunning.withdrawing import write_anew
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.letters.delivery import OUTDATED
from inbaar.receivables.timeline import NewEvent, write_events

LONGEST_WAIT_MINUTES = 24 * 60
_HELD = f"""
    SELECT d.letter_id, NOT {OUTDATED} FROM letters_delivery d
    WHERE d.client_id = %(client)s AND d.letter_id = ANY(%(letters)s::bigint[]) AND d.state = 'to_look_at' FOR UPDATE OF d
"""  # noqa: S608 - our own text
_LET_GO = """
    UPDATE letters_delivery SET state = CASE channel WHEN 'email' THEN 'queued' ELSE 'by_post' END, not_before = %s, changed_at = %s
    WHERE client_id = %s AND letter_id = ANY(%s::bigint[]) AND state = 'to_look_at'
"""
# What waits and still can be stopped: an e-mail that is being sent cannot.
_STOPPABLE = """
    SELECT li.letter_id, li.invoice_id FROM letters_delivery d
    JOIN letters_letteritem li ON li.client_id = d.client_id AND li.letter_id = d.letter_id
    WHERE d.client_id = %s AND d.letter_id = ANY(%s::bigint[]) AND d.state IN ('to_look_at', 'queued', 'by_post')
      AND li.step IN ('courtesy_notice', 'reminder', 'formal_notice', 'fourteen_day_letter')
    FOR UPDATE OF d
"""


@dataclass(frozen=True, slots=True)
class LetGo:
    """What became of letters that were let go: those that leave now, and those of which the amounts changed since they were
    written, which the next run writes anew.
    """

    leave: tuple[int, ...]
    changed: tuple[int, ...]


def let_go(
    client_id: int,
    letters: Sequence[int],
    by: str,
    on: dt.date,
    at: dt.datetime,
    on_letters: Callable[[int], object] | None = None,
) -> LetGo:
    """Let letters leave that waited for a look, in the sending hours. Twice does nothing more; needs the client's scope."""
    rows = fetch(_HELD, {"client": client_id, "letters": list(letters), "on": on})
    leave = tuple(letter for letter, right in rows if right)
    if leave:
        run(_LET_GO, [next_sending_moment(at), at, client_id, list(leave)])
        _tell(client_id, leave, "letter_let_go", {"by": by}, on, at)
        if on_letters is not None:
            on_letters(client_id)
    return LetGo(leave, tuple(letter for letter, right in rows if not right))


def stop(
    client_id: int,
    letters: Sequence[int],
    reason: str,
    by: str,
    on: dt.date,
    at: dt.datetime,
    invoices: Sequence[int] = (),
) -> int:
    """Take letters back before they leave, and leave their invoices out of the day's run, or only those named; gives how many
    letters. What is left is written anew by the next run. Needs the client's scope.

    Refuses without a reason.
    """
    if not reason.strip():
        raise Refused(
            Refusal("stop-without-reason", "who leaves out an invoice says why", "no reason was given", "a reason",
                    next_step="say why")
        )  # fmt: skip
    rows = fetch(_STOPPABLE, [client_id, list(letters)])
    stopped = sorted({letter for letter, _invoice in rows})
    skipped = sorted({invoice for _letter, invoice in rows if not invoices or invoice in invoices})
    if not stopped or not skipped:
        return 0
    insert_rows(
        "dunning_skip",
        {"client_id": "bigint", "invoice_id": "bigint", "on": "date", "reason": "text", "made_by": "text"},
        ((client_id, invoice, on, reason.strip()[:300], by) for invoice in skipped),
        on_conflict="DO NOTHING",
    )
    return write_anew(client_id, stopped, on, by, at)


def set_waiting(client_id: int, minutes: int, need_look: bool) -> None:
    """How long reminders and notices wait in sight (0 to 1,440 minutes), and whether they leave only once somebody looked.

    Holds for letters written from now on. Refuses another number of minutes.
    """
    if not 0 <= minutes <= LONGEST_WAIT_MINUTES:
        raise Refused(
            Refusal("wait-too-long", "letters wait a day at most: their dates count from the day they are written",
                    f"{minutes} minutes", str(LONGEST_WAIT_MINUTES))
        )  # fmt: skip
    run(
        "UPDATE parties_client SET letters_wait_minutes = %s, letters_need_look = %s WHERE id = %s",
        [minutes, need_look, client_id],
    )


def _tell(
    client_id: int, letters: Sequence[int], kind: str, facts: dict[str, str], on: dt.date, at: dt.datetime
) -> None:
    rows = fetch(
        """
        SELECT li.invoice_id, l.debtor_id, l.number, l.id FROM letters_letteritem li
        JOIN letters_letter l ON l.client_id = li.client_id AND l.id = li.letter_id
        WHERE l.client_id = %s AND l.id = ANY(%s::bigint[])
        """,
        [client_id, list(letters)],
    )
    write_events(
        client_id,
        (
            NewEvent(kind, on, invoice, debtor, facts | {"letter": number}, letter)
            for invoice, debtor, number, letter in rows
        ),
        at,
    )
