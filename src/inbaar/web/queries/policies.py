"""What the pages about dunning policies show: the policies with whom they hold for, versions, and the change log."""

import datetime as dt
from dataclasses import dataclass

from inbaar.dunning.policies import version_rows
from inbaar.dunning.policy import DEFAULT_POLICY, Policy
from inbaar.dunning.policy_book import BUILT_IN, step_of
from inbaar.kit.bulk import fetch

_POLICIES = """
    SELECT p.id, p.name, v.number, v.made_at, v.made_by,
           (SELECT count(*) FROM dunning_step s
            JOIN dunning_policyversion x ON x.client_id = s.client_id AND x.id = s.version_id
            WHERE x.client_id = p.client_id AND x.policy_id = p.id AND s.kind <> 'hand_over')
    FROM dunning_policy p
    JOIN LATERAL (
        SELECT number, made_at, made_by FROM dunning_policyversion x
        WHERE x.client_id = p.client_id AND x.policy_id = p.id ORDER BY number DESC LIMIT 1
    ) v ON true
    WHERE p.client_id = %s AND p.retired_on IS NULL ORDER BY p.name, p.id
"""
_CHOICES = """
    SELECT c.policy_id, c.debtor_id, coalesce(d.name, ''), c.segment FROM dunning_policychoice c
    LEFT JOIN parties_debtor d ON d.client_id = c.client_id AND d.id = c.debtor_id
    WHERE c.client_id = %s ORDER BY c.segment, d.name, c.debtor_id LIMIT 500
"""
_SEGMENTS = """
    SELECT segment, count(*) FROM parties_debtor WHERE client_id = %s AND segment <> '' GROUP BY 1 ORDER BY 1 LIMIT 200
"""
# A version with how many steps were taken under it: what a change did is what left under it.
_LOG = """
    SELECT c.at, c.on, c.by, c.reason, c.kind, c.facts ->> 'number', coalesce(c.facts ->> 'segment', ''), p.id, p.name, coalesce(d.name, ''),
           (SELECT count(*) FROM dunning_step s
            JOIN dunning_policyversion x ON x.client_id = s.client_id AND x.id = s.version_id
            WHERE x.client_id = c.client_id AND x.policy_id = c.policy_id AND s.kind <> 'hand_over'
              AND x.number = (c.facts ->> 'number')::int)
    FROM dunning_policychange c
    JOIN dunning_policy p ON p.client_id = c.client_id AND p.id = c.policy_id
    LEFT JOIN parties_debtor d ON d.client_id = c.client_id AND d.id = (c.facts ->> 'debtor')::bigint
    WHERE c.client_id = %(client)s AND (%(policy)s::bigint IS NULL OR c.policy_id = %(policy)s)
    ORDER BY c.at DESC, c.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy in the list; `used` counts the letters and calls that left under any of its versions."""

    id: int
    name: str
    number: int
    made_at: dt.datetime
    made_by: str
    used: int


@dataclass(frozen=True, slots=True)
class Choice:
    """For whom a policy holds: a debtor, a segment, or (neither) all others."""

    policy_id: int
    debtor_id: int | None
    debtor: str
    segment: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the change log; `used` counts what left under the version that was saved."""

    at: dt.datetime
    on: dt.date
    by: str
    reason: str
    kind: str
    number: str | None
    segment: str
    policy_id: int
    policy: str
    debtor: str
    used: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A policy as its page shows it; the one that works after install has number 0."""

    id: int
    name: str
    number: int
    policy: Policy


def policies(client_id: int) -> list[PolicyRow]:
    """The client's policies in use, by name."""
    return [PolicyRow(*row) for row in fetch(_POLICIES, [client_id])]


def choices(client_id: int) -> list[Choice]:
    """For whom which policy holds."""
    return [Choice(*row) for row in fetch(_CHOICES, [client_id])]


def segments(client_id: int) -> list[tuple[str, int]]:
    """The segments the client's debtors are in, with how many are."""
    return [(segment, count) for segment, count in fetch(_SEGMENTS, [client_id])]


def changes(client_id: int, policy_id: int | None = None, limit: int = 50) -> list[Change]:
    """The change log, newest first; of one policy or of all."""
    facts = {"client": client_id, "policy": policy_id, "limit": limit}
    return [Change(*row) for row in fetch(_LOG, facts)]


def one_policy(client_id: int, policy_id: int) -> Shown | None:
    """A policy as it holds now, or None; `BUILT_IN` gives the one that works after install."""
    if policy_id == BUILT_IN:
        return Shown(BUILT_IN, "", 0, DEFAULT_POLICY)
    rows = fetch(
        """
        SELECT p.name, v.number, v.id FROM dunning_policy p
        JOIN dunning_policyversion v ON v.client_id = p.client_id AND v.policy_id = p.id
        WHERE p.client_id = %s AND p.id = %s AND p.retired_on IS NULL ORDER BY v.number DESC LIMIT 1
        """,
        [client_id, policy_id],
    )
    if not rows:
        return None
    name, number, version = rows[0]
    return Shown(
        policy_id, name, number, Policy(tuple(step_of(*row) for row in version_rows(client_id, version)))
    )


def sent_in(client_id: int, since: dt.date, until: dt.date) -> dict[str, int]:
    """The letters that really left in a period, per kind of step."""
    rows = fetch(
        """
        SELECT l.kind, count(*) FROM letters_letter l
        WHERE l.client_id = %s AND l.on BETWEEN %s AND %s
          AND l.kind IN ('courtesy_notice', 'reminder', 'formal_notice', 'fourteen_day_letter')
          AND EXISTS (SELECT 1 FROM letters_delivery d WHERE d.client_id = l.client_id AND d.letter_id = l.id AND d.state = 'sent')
        GROUP BY 1
        """,
        [client_id, since, until],
    )
    return dict(rows)
