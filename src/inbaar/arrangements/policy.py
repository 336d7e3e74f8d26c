"""What a client lets the rules decide about promises and plans: read where anything is decided, set by its owner."""

import datetime as dt
from dataclasses import astuple, fields

from inbaar.arrangements.rules import DEFAULT_POLICY, Policy
from inbaar.kit.bulk import fetch, insert_rows

_TYPES = {"plan_total": "numeric", "term_least": "numeric", "stops_interest": "boolean"}
_NAMES = tuple(field.name for field in fields(Policy))
_COLUMNS = {
    "client_id": "bigint", **{name: _TYPES.get(name, "smallint") for name in _NAMES}, "set_by": "text", "set_on": "date",
}  # fmt: skip


def policy_of(client_id: int) -> Policy:
    """The client's policy, or the one everybody begins with. Needs the client's scope."""
    names = ", ".join(_NAMES)
    rows = fetch(f"SELECT {names} FROM arrangements_arrangementpolicy WHERE client_id = %s", [client_id])  # noqa: S608
    return Policy(**dict(zip(_NAMES, rows[0], strict=True))) if rows else DEFAULT_POLICY


def set_policy(client_id: int, policy: Policy, by: str, on: dt.date) -> None:
    """Keep what holds from now on; what was agreed before stays as it was told. Needs the client's scope."""
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in (*_NAMES, "set_by", "set_on"))
    insert_rows(
        "arrangements_arrangementpolicy",
        _COLUMNS,
        [(client_id, *astuple(policy), by, on)],
        on_conflict=f"(client_id) DO UPDATE SET {changed}",
    )
