"""Interest and costs becoming part of a claim, and being withdrawn from it again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import insert_rows
from inbaar.receivables.timeline import NewEvent, write_events

_COLUMNS = {
    "client_id": "bigint", "invoice_id": "bigint", "kind": "text", "amount": "numeric", "since": "date",
    "claimed_on": "date", "rule": "text", "source": "text", "key": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewComponent:
    """Interest (no amount, runs from `since`) or costs (an amount, owed from `since`) claimed on a day."""

    invoice_id: int
    kind: str
    amount: Decimal | None
    since: dt.date
    claimed_on: dt.date
    rule: str
    source: str
    key: str


def add_components(client_id: int, components: Iterable[NewComponent], recorded_at: dt.datetime) -> None:
    """Make interest or costs part of claims; a key that exists changes nothing. Two statements for any number."""
    batch = list(components)
    new = dict(
        insert_rows(
            "receivables_claimcomponent",
            _COLUMNS,
            (
                (
                    client_id,
                    c.invoice_id,
                    c.kind,
                    c.amount,
                    c.since,
                    c.claimed_on,
                    c.rule,
                    c.source[:300],
                    c.key,
                )
                for c in batch
            ),
            on_conflict="DO NOTHING",
            returning="key, id",
        )
    )
    write_events(
        client_id,
        (
            NewEvent(
                f"{c.kind}_claimed", c.claimed_on, c.invoice_id, None,
                {"amount": str(c.amount) if c.amount else None, "since": c.since.isoformat(), "rule": c.rule},
                new[c.key],
            )
            for c in batch if c.key in new
        ),
        recorded_at,
    )  # fmt: skip
