"""Putting a claim on hold and letting it go again: disputes, pauses, promises, insolvency."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.following import claims_changed
from inbaar.receivables.timeline import NewEvent, write_events

_COLUMNS = {
    "client_id": "bigint", "invoice_id": "bigint", "debtor_id": "bigint", "kind": "text", "amount": "numeric",
    "reason": "text", "owner": "text", "since": "date", "until": "date",
    "solve_by": "date", "key": "text", "stops_interest": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold to open. Without an invoice it holds the whole debtor; without an amount the whole claim.

    `since` and `until` are both days on which it stands; `solve_by` ends nothing. `key` makes opening it twice the same as once.
    """

    debtor_id: int
    kind: str
    reason: str
    owner: str
    since: dt.date
    key: str
    invoice_id: int | None = None
    amount: Decimal | None = None
    until: dt.date | None = None
    solve_by: dt.date | None = None
    stops_interest: bool = False


def open_holds(client_id: int, holds: Sequence[NewHold], recorded_at: dt.datetime) -> int:
    """Open holds; gives how many were new. Refuses a part larger than what is open on its invoice."""
    _require_parts_within_open(holds)
    rows = insert_rows(
        "receivables_hold",
        _COLUMNS,
        (
            (
                client_id,
                h.invoice_id,
                h.debtor_id,
                h.kind,
                h.amount,
                h.reason,
                h.owner,
                h.since,
                h.until,
                h.solve_by,
                h.key,
                h.stops_interest,
            )
            for h in holds
        ),
        on_conflict="DO NOTHING",
        returning="key, id",
    )
    new = dict(rows)
    write_events(
        client_id,
        (
            NewEvent(
                "hold_opened", h.since, h.invoice_id, h.debtor_id,
                {"kind": h.kind, "reason": h.reason, "amount": str(h.amount) if h.amount else None,
                 "until": h.until.isoformat() if h.until else None,
                 "solve_by": h.solve_by.isoformat() if h.solve_by else None, "owner": h.owner},
                new[h.key],
            )
            for h in holds if h.key in new
        ),
        recorded_at,
    )  # fmt: skip
    opened = [h for h in holds if h.key in new]
    if opened:
        claims_changed(
            client_id,
            [h.invoice_id for h in opened if h.invoice_id is not None],
            [h.debtor_id for h in opened if h.invoice_id is None],
        )
    return len(new)


def _require_parts_within_open(holds: Sequence[NewHold]) -> None:
    parts: dict[int | None, Decimal] = {}
    for h in holds:
        if h.amount is not None and h.kind != "dispute":
            raise Refused(
                Refusal("hold-part", "only a dispute can be about a part of a claim", f"a {h.kind} of {h.amount}",
                        "the whole claim", next_step="leave the amount out, or open a dispute")
            )  # fmt: skip
        if h.amount is not None:
            parts[h.invoice_id] = max(h.amount, parts.get(h.invoice_id, h.amount))
    if not parts:
        return
    rows = fetch("SELECT id, number, open_amount FROM receivables_invoice WHERE id = ANY(%s)", [list(parts)])
    refusals = [
        Refusal(
            code="hold-above-open",
            rule="a part in dispute is at most what is open",
            fact=f"{parts[invoice_id]} on {number}",
            limit=str(open_amount),
            next_step="put the whole invoice on hold, or a smaller part",
        )
        for invoice_id, number, open_amount in rows
        if (parts[invoice_id] or 0) > open_amount
    ]
    if refusals:
        raise Refused(*refusals)


def release_hold(client_id: int, hold_id: int, on: dt.date, by: str, recorded_at: dt.datetime) -> bool:
    """Let a hold go from a day on; False if it was released before, then nothing changes."""
    rows = fetch(
        """
        UPDATE receivables_hold SET released_on = %s WHERE client_id = %s AND id = %s AND released_on IS NULL
        RETURNING invoice_id, debtor_id, kind
        """,
        [on, client_id, hold_id],
    )
    write_events(
        client_id,
        (NewEvent("hold_released", on, row[0], row[1], {"kind": row[2], "by": by}, hold_id) for row in rows),
        recorded_at,
    )
    return bool(rows)


def hold_on(client_id: int, key: str) -> bool:
    """Take away the last day of a hold that was not released: it stands, from today too, until somebody releases it.

    False where there is none. Needs the client's scope.
    """
    rows = fetch(
        """
        UPDATE receivables_hold SET until = NULL WHERE client_id = %s AND key = %s AND released_on IS NULL
        RETURNING invoice_id, debtor_id
        """,
        [client_id, key],
    )
    for invoice_id, debtor_id in rows:
        claims_changed(
            client_id, [] if invoice_id is None else [invoice_id], [debtor_id] if invoice_id is None else []
        )
    return bool(rows)


def release_keys(client_id: int, keys: Sequence[str], on: dt.date, by: str, recorded_at: dt.datetime) -> int:
    """Let the holds of these keys go from a day on, those that still stand; gives how many. Two statements for any number."""
    rows = fetch(
        """
        UPDATE receivables_hold SET released_on = %s
        WHERE client_id = %s AND key = ANY(%s::text[]) AND released_on IS NULL RETURNING invoice_id, debtor_id, kind, id
        """,
        [on, client_id, array_parameter(list(keys))],
    )
    write_events(
        client_id,
        (NewEvent("hold_released", on, row[0], row[1], {"kind": row[2], "by": by}, row[3]) for row in rows),
        recorded_at,
    )
    return len(rows)
