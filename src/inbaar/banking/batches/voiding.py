"""Declaring the file of an approved batch void, because it was never handed in: asked by one person, confirmed by another.

Only while the bank has said nothing of it: no report, no entry, no announcement; and once its day has come, only after the
statement of a later bank day was read. From the asking on the file is not given out. What becomes of its payments is told by
their kind. Needs the client's scope.
"""

import datetime as dt
from dataclasses import dataclass

from inbaar.banking.batches.deciding import role_of
from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.rules import approval_refusals
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.calendar import add_target_days

_ROW = {
    "client_id": "bigint", "batch_id": "bigint", "reason": "text", "asked_by_id": "bigint", "asked_at": "timestamptz",
    "state": "text",
}  # fmt: skip
_LOCKED = """
    SELECT b.id, b.kind, b.message_id, b.state, b.execute_on, b.count, b.bank_status,
           EXISTS (SELECT 1 FROM batches_statusreport r WHERE r.client_id = b.client_id AND r.batch_id = b.id), a.read_up_to,
           EXISTS (SELECT 1 FROM banking_entry e
                   WHERE e.client_id = b.client_id AND e.account_id = b.account_id AND e.date >= b.decided_at::date - 1
                     AND concat_ws(' ', e.end_to_end_id, e.reference, e.text, e.raw) ~ (b.message_id || '(\\D|$)')),
           EXISTS (SELECT 1 FROM banking_announcedpayment p
                   WHERE p.client_id = b.client_id AND p.account_id = b.account_id AND p.date >= b.decided_at::date - 1
                     AND concat_ws(' ', p.end_to_end_id, p.reference, p.text, p.raw) ~ (b.message_id || '(\\D|$)'))
    FROM batches_batch b JOIN banking_bankaccount a ON a.client_id = b.client_id AND a.id = b.account_id
    WHERE b.client_id = %s AND b.id = %s FOR UPDATE OF b
"""
_STANDING = """
    SELECT v.id, v.reason, v.state, v.asked_by_id, coalesce(nullif(a.name, ''), a.email), v.asked_at,
           coalesce(nullif(d.name, ''), d.email, ''), v.decided_at
    FROM batches_batchvoid v JOIN parties_user a ON a.id = v.asked_by_id LEFT JOIN parties_user d ON d.id = v.decided_by_id
    WHERE v.client_id = %s AND v.batch_id = %s AND v.state <> 'withdrawn'
"""
_DECIDE = """
    UPDATE batches_batchvoid SET state = %s, decided_by_id = %s, decided_at = %s
    WHERE client_id = %s AND id = %s AND state = 'asked'
"""


@dataclass(frozen=True, slots=True)
class Filed:
    """An approved batch while its file is declared void, with all that the bank has said of it."""

    id: int
    kind: str
    message_id: str
    state: str
    execute_on: dt.date
    count: int
    bank_status: str
    reported: bool
    read_up_to: dt.date | None
    booked: bool
    announced: bool


@dataclass(frozen=True, slots=True)
class Void:
    """That a file is, or is asked to be, void: by whom, why, and who confirmed it."""

    id: int
    reason: str
    state: str
    asked_by_id: int
    asked_by: str
    asked_at: dt.datetime
    decided_by: str
    decided_at: dt.datetime | None


def void_refusals(filed: Filed, on: dt.date) -> list[Refusal]:
    """Why the file of a batch cannot be declared void: it has none, or the bank has it or may have it.

    A file whose day has come is looked for on the statement first: that of the bank day after it must have been read, for a file
    that was late at the bank is carried out a day later.
    """
    if filed.state != Batch.State.APPROVED:
        fact = f"{filed.message_id} is {filed.state}"
        return [Refusal("void-no-file", "an approved file is declared void", fact, "approved", "never")]
    if filed.bank_status or filed.reported or filed.booked or filed.announced:
        fact = f"the bank has told of {filed.message_id}"
        return [
            Refusal("void-at-bank", "a file that the bank has is not void", fact, "no word of the bank", "never",
                    "have the bank cancel it, and take in its report")
        ]  # fmt: skip
    seen_on = add_target_days(filed.execute_on, 1)
    if on >= filed.execute_on and (filed.read_up_to is None or filed.read_up_to < seen_on):
        fact = f"the statements are read up to {filed.read_up_to or 'no day'}"
        return [
            Refusal("void-unseen", "a file whose day has come is looked for on the statement", fact, f"{seen_on}",
                    seen_on, "take in the statements first")
        ]  # fmt: skip
    return []


def ask_void(client_id: int, batch_id: int, reason: str, user_id: int, on: dt.date, at: dt.datetime) -> None:
    """Say that a file was never handed in; from then on it is not given out. Refused twice, and to who may only look."""
    filed = locked_file(client_id, batch_id)
    refusals = void_refusals(filed, on)
    if role_of(client_id, user_id) in (None, "viewer"):
        refusals.append(Refusal("may-not-pay", "a file is declared void by who works here", "the part is none or viewer", "a member"))  # fmt: skip
    if not reason.strip():
        refusals.append(
            Refusal("reason-missing", "a file is void for a reason", "none was given", "a few words")
        )
    if void_of(client_id, batch_id) is not None:
        refusals.append(Refusal("void-asked", "a file is declared void once", filed.message_id, "not yet", "never"))  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    row = (client_id, batch_id, reason.strip()[:300], user_id, at, "asked")
    insert_rows("batches_batchvoid", _ROW, [row])


def withdraw_void(client_id: int, batch_id: int, user_id: int, at: dt.datetime) -> None:
    """Take back that a file was never handed in, while nobody confirmed it: the file is given out again."""
    locked_file(client_id, batch_id)
    void = _asked(client_id, batch_id)
    if role_of(client_id, user_id) in (None, "viewer"):
        raise Refused(Refusal("may-not-pay", "this is done by who works here", "the part is none or viewer", "a member"))  # fmt: skip
    run(_DECIDE, ["withdrawn", user_id, at, client_id, void.id])


def confirm_void(client_id: int, batch_id: int, user_id: int, on: dt.date, at: dt.datetime) -> Filed:
    """Confirm, as a second person who may approve, that a file was never handed in: it is void for good. Gives its batch.

    Refused, with nothing changed, where the bank has told of it since.
    """
    filed = locked_file(client_id, batch_id)
    void = _asked(client_id, batch_id)
    refusals = approval_refusals(role_of(client_id, user_id), user_id == void.asked_by_id)
    refusals += void_refusals(filed, on)
    if refusals:
        raise Refused(*refusals)
    run(_DECIDE, ["confirmed", user_id, at, client_id, void.id])
    return filed


def void_of(client_id: int, batch_id: int) -> Void | None:
    """That the file of a batch is, or is asked to be, void; None where neither."""
    rows = fetch(_STANDING, [client_id, batch_id])
    return Void(*rows[0]) if rows else None


def locked_file(client_id: int, batch_id: int) -> Filed:
    """The batch with what the bank has said of its file, locked until the transaction ends; refuses one that is not there."""
    rows = fetch(_LOCKED, [client_id, batch_id])
    if not rows:
        fact = f"there is no batch {batch_id}"
        raise Refused(Refusal("batch-unknown", "the batch must be this client's", fact, "a batch", "never"))
    return Filed(*rows[0])


def _asked(client_id: int, batch_id: int) -> Void:
    void = void_of(client_id, batch_id)
    if void is None or void.state != "asked":
        fact = void.state if void else "not asked"
        raise Refused(Refusal("void-not-asked", "what was asked is decided", fact, "asked", "never"))
    return void
