"""Payments of our own on the statement: each entry that names one is told to the kind of payment it is.

Called after statements came in, and by the daily run. Several programs may do it at once; an entry that is not what was
sent (another amount, a second time, from another account) waits for a person with the reason.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.banking.batches.rules import OWN_PAYMENT, own_ids
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope

BATCH = 2_000
_CLAIM = f"""
    SELECT id, account_id, "date", amount, currency, end_to_end_id, reference, raw, text, return_reason
    FROM banking_entry WHERE client_id = %s AND reason = '{OWN_PAYMENT}' AND state = 'unmatched'
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - our own text
_BATCHES = """
    SELECT message_id, id, kind, account_id FROM batches_batch
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND state = 'approved'
"""
_OUTCOME = """
    UPDATE banking_entry e SET state = o.state, reason = o.reason, unapplied = e.unapplied - o.applied,
        reason_facts = jsonb_build_object('code', coalesce(nullif(e.return_reason, ''), '-'), 'name', o.told)
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::numeric[]) AS o(id, state, reason, told, applied)
    WHERE e.client_id = %s AND e.id = o.id
"""


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry that names a batch of ours, and which payment in it where it names one. `amount` is signed, in `currency`."""

    id: int
    account_id: int
    date: dt.date
    amount: Decimal
    currency: str
    return_reason: str
    message_id: str = ""
    batch_id: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """What an entry turned out to be: the reason, in whose name, and what of money received it takes."""

    reason: str
    name: str
    known: bool
    applied: Decimal = Decimal(0)


#: Tells payments of one kind what entries say of them; gives per entry what it turned out to be.
Following = Callable[[int, Sequence[OwnEntry], dt.date, dt.datetime], Mapping[int, Explained]]
#: A name that is not one of ours after all: another's program may write names of the same form.
FOREIGN = Explained("money-out", "", known=False)


def follow_batch(
    client_id: int,
    on: dt.date,
    recorded_at: dt.datetime,
    following: Mapping[str, Following],
    limit: int = BATCH,
) -> int:
    """Follow up to `limit` entries in one transaction; gives how many."""
    with client_scope(client_id):
        entries = [_named(row) for row in fetch(_CLAIM, [client_id, limit])]
        if not entries:
            return 0
        kinds = _kinds(client_id, entries)
        of_kind: dict[str, list[OwnEntry]] = defaultdict(list)
        for entry in entries:
            kind, account_id = kinds.get((entry.message_id, entry.batch_id), ("", 0))
            of_kind[kind if account_id == entry.account_id and entry.currency == "EUR" else ""].append(entry)
        found = {entry.id: FOREIGN for entry in of_kind.pop("", [])}
        for kind, some in of_kind.items():
            found |= following[kind](client_id, some, on, recorded_at)
        _write(client_id, entries, found)
        return len(entries)


def _named(row: tuple[Any, ...]) -> OwnEntry:
    """The entry with the name it carries: that of a payment before that of a file, its own field before other text."""
    number, account_id, date, amount, currency, *texts, return_reason = row
    names = [name for text in texts for name in own_ids(text)]
    names.sort(key=lambda name: name[2] is None)
    return OwnEntry(number, account_id, date, amount, currency, return_reason, *(names[0] if names else ()))


def _kinds(client_id: int, entries: Sequence[OwnEntry]) -> dict[tuple[str, int], tuple[str, int]]:
    """Of which kind each batch is that is named, and from which account; only batches of which a file was made."""
    rows = fetch(_BATCHES, [client_id, array_parameter(sorted({entry.batch_id for entry in entries}))])
    return {(message, number): (kind, account) for message, number, kind, account in rows}


def _write(client_id: int, entries: Sequence[OwnEntry], found: Mapping[int, Explained]) -> None:
    told = [(entry, found[entry.id]) for entry in entries]
    columns: tuple[list[Any], ...] = (
        [entry.id for entry, _ in told],
        [_state(entry, what) for entry, what in told],
        [_reason(entry, what) for entry, what in told],
        [what.name for _, what in told],
        [what.applied for _, what in told],
    )
    run(_OUTCOME, [*map(array_parameter, columns), client_id])


def _state(entry: OwnEntry, what: Explained) -> str:
    if what.known:
        return "matched"
    return "ignored" if what is FOREIGN and entry.amount < 0 else "unmatched"


def _reason(entry: OwnEntry, what: Explained) -> str:
    """Money back that could not be placed waits as what it is: money that came back."""
    return "returned" if not what.known and entry.amount > 0 else what.reason
