"""Making a batch and deciding about it: what every kind of batch has in common. Called by the kinds' own actions.

Each act is one transaction around the batch's own row, locked first: of two programs at once the second finds it
decided. A batch is approved, its file written and kept, and its payments told so, together or not at all.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.batches.files import keep_file
from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.rules import approval_refusals, execution_refusals, message_id
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids

_BATCH = {
    "client_id": "bigint", "id": "bigint", "kind": "text", "account_id": "bigint", "purse": "text", "message_id": "text",
    "execute_on": "date", "count": "integer", "total": "numeric", "made_by_id": "bigint", "made_at": "timestamptz",
    "state": "text", "decision_note": "text", "bank_status": "text", "bank_reason": "text",
}  # fmt: skip
_LOCKED = """
    SELECT b.id, b.kind, b.message_id, b.execute_on, b.count, b.total, b.made_by_id, b.state, a.iban, a.cut_off
    FROM batches_batch b JOIN banking_bankaccount a ON a.client_id = b.client_id AND a.id = b.account_id
    WHERE b.client_id = %s AND b.id = %s AND b.kind = %s FOR UPDATE OF b
"""
_DECIDE = """
    UPDATE batches_batch SET state = %s, decided_by_id = %s, decided_at = %s, decision_note = %s
    WHERE client_id = %s AND id = %s
"""


@dataclass(frozen=True, slots=True)
class LockedBatch:
    """A batch while it is decided about; `total` in euro."""

    id: int
    kind: str
    message_id: str
    execute_on: dt.date
    count: int
    total: Decimal
    made_by: int
    state: str
    iban: str
    cut_off: dt.time


@dataclass(frozen=True, slots=True)
class Contents:
    """How many payments go into a batch and what they are together, in euro."""

    count: int
    total: Decimal


def open_batch(
    client_id: int,
    kind: Batch.Kind,
    account: tuple[int, str],
    execute_on: dt.date,
    contents: Contents,
    user_id: int,
    made_on: dt.date,
    recorded_at: dt.datetime,
) -> int:
    """Write a batch of payments that the caller has locked; `account` is its number and purse. Gives its number."""
    (number,) = next_ids(1)
    row = (
        client_id, number, kind.value, *account, message_id(made_on, number), execute_on, contents.count, contents.total, user_id, recorded_at,
        Batch.State.MADE.value, "", "", "",
    )  # fmt: skip
    insert_rows("batches_batch", _BATCH, [row])
    return number


def approve(
    client_id: int,
    batch_id: int,
    kind: Batch.Kind,
    user_id: int,
    recorded_at: dt.datetime,
    format: str,
    written: Callable[[LockedBatch], Iterable[bytes]],
) -> LockedBatch:
    """Approve a batch and keep its file, which `written` gives piece by piece; gives the batch.

    Refused: by who made it, by who is neither owner nor treasurer, when it was decided already, and when its day can no
    longer be met.
    """
    batch = locked_batch(client_id, batch_id, kind)
    refusals = approval_refusals(role_of(client_id, user_id), user_id == batch.made_by)
    refusals += execution_refusals(batch.execute_on, recorded_at, batch.cut_off)
    _refuse_decided(batch, refusals)
    run(_DECIDE, [Batch.State.APPROVED.value, user_id, recorded_at, "", client_id, batch_id])
    keep_file(client_id, batch_id, format, written(batch), recorded_at)
    return batch


def refuse(
    client_id: int, batch_id: int, kind: Batch.Kind, user_id: int, note: str, recorded_at: dt.datetime
) -> LockedBatch:
    """Refuse a batch, or take one's own back, with the reason; gives the batch. What was decided stays so."""
    batch = locked_batch(client_id, batch_id, kind)
    refusals = []
    if user_id != batch.made_by:
        refusals += approval_refusals(role_of(client_id, user_id), is_maker=False)
    if not note.strip():
        refusals.append(
            Refusal(
                "reason-missing", "refusing a batch needs a reason", "none was given", "a few words",
                next_step="say what is wrong with it",
            )
        )  # fmt: skip
    _refuse_decided(batch, refusals)
    run(_DECIDE, [Batch.State.REFUSED.value, user_id, recorded_at, note.strip()[:300], client_id, batch_id])
    return batch


def locked_batch(client_id: int, batch_id: int, kind: Batch.Kind) -> LockedBatch:
    """The batch, locked until the transaction ends; refuses one that is not there."""
    rows = fetch(_LOCKED, [client_id, batch_id, kind.value])
    if not rows:
        fact = f"there is no batch {batch_id}"
        raise Refused(Refusal("batch-unknown", "the batch must be this client's", fact, "a batch", "never"))
    return LockedBatch(*rows[0])


def role_of(client_id: int, user_id: int) -> str | None:
    """The part somebody has in an administration; None where he has none any more."""
    rows = fetch(
        "SELECT m.role FROM parties_membership m JOIN parties_user u ON u.id = m.user_id "
        "WHERE m.client_id = %s AND m.user_id = %s AND u.is_active",
        [client_id, user_id],
    )
    return str(rows[0][0]) if rows else None


def _refuse_decided(batch: LockedBatch, refusals: list[Refusal]) -> None:
    if batch.state != Batch.State.MADE:
        fact = f"{batch.message_id} is {batch.state}"
        decided = Refusal("batch-decided", "a batch is decided about once", fact, "not decided", "never")
        raise Refused(decided)
    if refusals:
        raise Refused(*refusals)
