"""Writing the timeline: what happened, in the transaction of what it tells, many events at once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from inbaar.kit.arrays import json_texts
from inbaar.kit.bulk import insert_rows

_COLUMNS = {
    "client_id": "bigint",
    "invoice_id": "bigint",
    "debtor_id": "bigint",
    "on": "date",
    "recorded_at": "timestamptz",
    "kind": "text",
    "facts": "jsonb",
    "link": "bigint",
}


class NewEvent(NamedTuple):
    """One thing that happened to an invoice or debtor. `facts` are plain JSON values; `link` is the row it made."""

    kind: str
    on: dt.date
    invoice_id: int | None = None
    debtor_id: int | None = None
    facts: Mapping[str, Any] | None = None
    link: int | None = None


def write_events(client_id: int, events: Iterable[NewEvent], recorded_at: dt.datetime) -> None:
    """Write events in one statement."""
    told = list(events)
    insert_rows(
        "receivables_event",
        _COLUMNS,
        (
            (client_id, e.invoice_id, e.debtor_id, e.on, recorded_at, e.kind, facts, e.link)
            for e, facts in zip(told, json_texts([e.facts or {} for e in told]), strict=True)
        ),
    )
