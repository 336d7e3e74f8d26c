"""Writing the timeline: what happened, in the transaction of what it tells, many events at once."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One thing that happened to an invoice or debtor. `facts` are plain JSON values; `link` is the row it made."""

    kind: str
    on: dt.date
    invoice_id: int | None = None
    debtor_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    link: int | None = None


def write_events(client_id: int, events: Iterable[NewEvent], recorded_at: dt.datetime) -> None:
    """Write events in one statement."""
    insert_rows(
        "receivables_event",
        _COLUMNS,
        (
            (client_id, e.invoice_id, e.debtor_id, e.on, recorded_at, e.kind, json.dumps(e.facts), e.link)
            for e in events
        ),
    )
