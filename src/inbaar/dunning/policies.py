"""Making, changing and choosing dunning policies. What is saved holds from the next run on, and every change is kept.

A version never changes: saving makes the next one, with who, when and why. The claims it touches are planned anew by
`replan`, which goes on where it was when it is stopped.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inbaar.dunning.policy import Policy
from inbaar.dunning.policy_book import BUILT_IN, row_of
from inbaar.dunning.policy_steps import PolicyStep
from inbaar.dunning.schedule import plan_debtors
from inbaar.kit.arrays import json_texts
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids
from inbaar.kit.scope import client_scope
from inbaar.receivables.timeline import NewEvent, write_events

NAME_LENGTH = 60
SEGMENT_LENGTH = 40
REPLANNED_AT_ONCE = 500
_STEP = {
    "client_id": "bigint", "version_id": "bigint", "place": "smallint", "action": "text", "days": "smallint",
    "after": "text", "channel": "text", "tone": "text", "term": "text", "term_days": "smallint", "role": "text",
    "capacities": "text", "least_open": "numeric", "most_open": "numeric", "abroad": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes a policy, why, on which day, at which moment."""

    by: str
    reason: str
    on: dt.date
    at: dt.datetime


def make_policy(client_id: int, name: str, policy: Policy, editor: Editor) -> int:
    """Make a policy with its first version; gives its id. It holds for nobody until it is chosen. Needs the client's scope.

    Refuses a name that is empty, too long, or in use.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Refused(_no("policy-name", "a policy has a name", f"“{name[:80]}”", str(NAME_LENGTH)))
    (policy_id,) = next_ids(1)
    made = run(
        "INSERT INTO dunning_policy (client_id, id, name) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [client_id, policy_id, name],
    )
    if not made:
        raise Refused(
            _no("policy-name-taken", "each policy has a name of its own", f"“{name}” exists", "another name")
        )
    _write_version(client_id, policy_id, 1, policy, editor)
    _log(client_id, policy_id, "made", {"name": name, "number": 1, "steps": len(policy.steps)}, editor)
    return policy_id


def save_policy(client_id: int, policy_id: int, policy: Policy, seen: int, editor: Editor) -> int | None:
    """Save the next version of a policy; gives its number, or None if nothing changed. Needs the client's scope.

    `seen` is the number of the version that was edited: where somebody saved another meanwhile this is refused, and
    nothing is lost. Refuses a policy that was retired.
    """
    rows = fetch(
        "SELECT name, retired_on FROM dunning_policy WHERE client_id = %s AND id = %s FOR UPDATE",
        [client_id, policy_id],
    )
    if not rows or rows[0][1] is not None:
        raise Refused(
            _no(
                "policy-gone",
                "only a policy in use is changed",
                f"policy {policy_id}",
                "a policy that was not retired",
            )
        )
    ((number, version),) = fetch(
        """
        SELECT number, id FROM dunning_policyversion WHERE client_id = %s AND policy_id = %s ORDER BY number DESC LIMIT 1
        """,
        [client_id, policy_id],
    )
    if number != seen:
        raise Refused(
            _no("policy-changed-meanwhile", "nobody overwrites what he has not seen", f"version {number} was saved meanwhile",
                f"version {seen}", "look at it, and make your change again")
        )  # fmt: skip
    before = version_rows(client_id, version)
    rows_now = [row_of(step) for step in policy.steps]
    if before == rows_now:
        return None
    _write_version(client_id, policy_id, number + 1, policy, editor)
    _log(
        client_id,
        policy_id,
        "saved",
        {"name": rows[0][0], "number": number + 1, "steps": len(policy.steps)},
        editor,
    )
    return int(number) + 1


def choose_policy(
    client_id: int, policy_id: int, editor: Editor, *, debtor_id: int | None = None, segment: str = ""
) -> bool:
    """Have a policy hold for a debtor, for a segment, or for all others; `BUILT_IN` takes the choice back. Needs the client's
    scope; gives whether anything changed.

    Refuses a policy that was retired or is not the client's, and a debtor of another client.
    """
    if debtor_id is not None and segment:
        raise ValueError("a choice is for a debtor or for a segment")
    if policy_id != BUILT_IN and not fetch(
        "SELECT 1 FROM dunning_policy WHERE client_id = %s AND id = %s AND retired_on IS NULL FOR UPDATE",
        [client_id, policy_id],
    ):
        raise Refused(
            _no(
                "policy-gone",
                "only a policy in use is chosen",
                f"policy {policy_id}",
                "a policy that was not retired",
            )
        )
    before = _chosen(client_id, debtor_id, segment)
    if before == policy_id:
        return False
    which = "debtor_id = %s" if debtor_id is not None else "debtor_id IS NULL AND segment = %s"
    run(
        f"DELETE FROM dunning_policychoice WHERE client_id = %s AND {which}",  # noqa: S608 - our own text
        [client_id, debtor_id if debtor_id is not None else segment],
    )
    if policy_id != BUILT_IN:
        run(
            "INSERT INTO dunning_policychoice (client_id, policy_id, debtor_id, segment) VALUES (%s, %s, %s, %s)",
            [client_id, policy_id, debtor_id, segment],
        )
    facts = {"debtor": debtor_id, "segment": segment, "before": before}
    _log(client_id, policy_id or before, "chosen" if policy_id else "taken_back", facts, editor)
    if debtor_id is not None:
        told = {"policy": policy_id, "before": before, "by": editor.by, "reason": editor.reason}
        write_events(client_id, [NewEvent("policy_chosen", editor.on, None, debtor_id, told)], editor.at)
    return True


def put_in_segment(client_id: int, debtor_id: int, segment: str, editor: Editor) -> bool:
    """Say in which segment a debtor is, empty for none; gives whether that changed. Needs the client's scope."""
    segment = " ".join(segment.split())[:SEGMENT_LENGTH]
    rows = fetch(
        "SELECT segment FROM parties_debtor WHERE client_id = %s AND id = %s FOR UPDATE",
        [client_id, debtor_id],
    )
    if not rows or rows[0][0] == segment:
        return False
    run(
        "UPDATE parties_debtor SET segment = %s WHERE client_id = %s AND id = %s",
        [segment, client_id, debtor_id],
    )
    told = {"segment": segment, "before": rows[0][0], "by": editor.by}
    write_events(client_id, [NewEvent("segment_changed", editor.on, None, debtor_id, told)], editor.at)
    return True


def policy_of(client_id: int, debtor_id: int) -> tuple[int, str, str]:
    """What holds for a debtor: the id of his own policy (`BUILT_IN` where he has none), his segment, and the name of what
    holds for him, empty for what works after install. Needs the client's scope.
    """
    rows = fetch(
        """
        SELECT coalesce(own.policy_id, 0), d.segment, coalesce(p.name, '') FROM parties_debtor d
        LEFT JOIN dunning_policychoice own ON own.client_id = d.client_id AND own.debtor_id = d.id
        LEFT JOIN dunning_policychoice alike ON alike.client_id = d.client_id AND alike.debtor_id IS NULL
            AND alike.segment = d.segment AND d.segment <> ''
        LEFT JOIN dunning_policychoice every ON every.client_id = d.client_id AND every.debtor_id IS NULL AND every.segment = ''
        LEFT JOIN dunning_policy p ON p.client_id = d.client_id
            AND p.id = coalesce(own.policy_id, alike.policy_id, every.policy_id)
        WHERE d.client_id = %s AND d.id = %s
        """,
        [client_id, debtor_id],
    )
    return rows[0] if rows else (BUILT_IN, "", "")


def retire_policy(client_id: int, policy_id: int, editor: Editor) -> None:
    """Take a policy out of use; its versions and letters stay. Refuses one that still holds for anybody."""
    if fetch(
        "SELECT 1 FROM dunning_policychoice WHERE client_id = %s AND policy_id = %s LIMIT 1",
        [client_id, policy_id],
    ):
        raise Refused(
            _no("policy-in-use", "a policy that holds for somebody stays", f"policy {policy_id} is chosen",
                "chosen by nobody", "choose another one for them first")
        )  # fmt: skip
    if run(
        "UPDATE dunning_policy SET retired_on = %s WHERE client_id = %s AND id = %s AND retired_on IS NULL",
        [editor.on, client_id, policy_id],
    ):
        _log(client_id, policy_id, "retired", {}, editor)


def version_rows(client_id: int, version_id: int) -> list[tuple[Any, ...]]:
    """The steps of a version as `policy_book.row_of` writes them."""
    return fetch(
        """
        SELECT action, days, after, channel, tone, term, term_days, role, capacities, least_open, most_open, abroad
        FROM dunning_policystep WHERE client_id = %s AND version_id = %s ORDER BY place
        """,
        [client_id, version_id],
    )


def replan(client_id: int, on: dt.date, *, debtor_id: int | None = None, segment: str | None = None) -> int:
    """Plan claims anew after a policy or a choice changed, some hundreds of debtors at a time; gives how many claims.

    For one debtor, one segment, or all. Run twice, the second time changes nothing; it works in transactions of its own.
    """
    planned = after = 0
    while True:
        with client_scope(client_id):
            rows = fetch(
                """
                SELECT d.id FROM parties_debtor d
                WHERE d.client_id = %(client)s AND d.id > %(after)s
                  AND (%(debtor)s::bigint IS NULL OR d.id = %(debtor)s) AND (%(segment)s::text IS NULL OR d.segment = %(segment)s)
                  AND EXISTS (SELECT 1 FROM dunning_schedule s WHERE s.client_id = d.client_id AND s.debtor_id = d.id
                              AND s.stage NOT IN ('closed', 'handed_over'))
                ORDER BY d.id LIMIT %(limit)s FOR UPDATE
                """,
                {"client": client_id, "after": after, "debtor": debtor_id, "segment": segment, "limit": REPLANNED_AT_ONCE},
            )  # fmt: skip
            if not rows:
                return planned
            planned += plan_debtors(client_id, [row[0] for row in rows], on)
            after = rows[-1][0]


def _chosen(client_id: int, debtor_id: int | None, segment: str) -> int:
    rows = fetch(
        """
        SELECT policy_id FROM dunning_policychoice
        WHERE client_id = %s AND debtor_id IS NOT DISTINCT FROM %s::bigint AND segment = %s
        """,
        [client_id, debtor_id, segment],
    )
    return rows[0][0] if rows else BUILT_IN


def _write_version(client_id: int, policy_id: int, number: int, policy: Policy, editor: Editor) -> None:
    (version,) = next_ids(1)
    run(
        """
        INSERT INTO dunning_policyversion (client_id, id, policy_id, number, made_at, made_by, reason)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        [client_id, version, policy_id, number, editor.at, editor.by, editor.reason[:300]],
    )
    steps: Sequence[PolicyStep] = policy.steps
    insert_rows(
        "dunning_policystep",
        _STEP,
        ((client_id, version, place, *row_of(step)) for place, step in enumerate(steps, 1)),
    )


def _log(client_id: int, policy_id: int, kind: str, facts: dict[str, Any], editor: Editor) -> None:
    insert_rows(
        "dunning_policychange",
        {"client_id": "bigint", "policy_id": "bigint", "kind": "text", "on": "date", "at": "timestamptz", "by": "text",
         "reason": "text", "facts": "jsonb"},
        [(client_id, policy_id, kind, editor.on, editor.at, editor.by, editor.reason[:300], json_texts([facts])[0])],
    )  # fmt: skip


def _no(code: str, rule: str, fact: str, limit: str, next_step: str = "") -> Refusal:
    return Refusal(code, rule, fact, limit, None, next_step)
