"""Which policies a client has in force: read once a run, from the tables to `dunning.policy`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from inbaar.dunning.policy import DEFAULT_POLICY, Policy
from inbaar.dunning.policy_steps import Action, Channel, ContactRole, Lane, Moment, PolicyStep, Term, Tone
from inbaar.kit.bulk import fetch
from inbaar.parties.rules import Capacity

#: The policy that works after install, where a client has not chosen one.
BUILT_IN = 0
LETTERS = {Capacity.CONSUMER: "c", Capacity.BUSINESS: "b", Capacity.GOVERNMENT: "g"}
_STEPS = """
    SELECT p.id, v.id, s.action, s.days, s.after, s.channel, s.tone, s.term, s.term_days, s.role, s.capacities,
           s.least_open, s.most_open, s.abroad
    FROM dunning_policy p
    JOIN LATERAL (
        SELECT id FROM dunning_policyversion x WHERE x.client_id = p.client_id AND x.policy_id = p.id
        ORDER BY number DESC LIMIT 1
    ) v ON true
    JOIN dunning_policystep s ON s.client_id = p.client_id AND s.version_id = v.id
    WHERE p.client_id = %s ORDER BY p.id, s.place
"""
_OF_ALL = """
    SELECT policy_id FROM dunning_policychoice WHERE client_id = %s AND debtor_id IS NULL AND segment = ''
"""
# Which policy holds for a debtor (alias d): his own, his segment's, or the client's (`%(policy)s`).
CHOICES = """
    LEFT JOIN dunning_policychoice own ON own.client_id = d.client_id AND own.debtor_id = d.id
    LEFT JOIN dunning_policychoice alike ON alike.client_id = d.client_id AND alike.debtor_id IS NULL
        AND alike.segment = d.segment AND d.segment <> ''
"""
CHOSEN = "coalesce(own.policy_id, alike.policy_id, %(policy)s)"


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy as it holds now; `version` is None for the one that works after install."""

    version: int | None
    policy: Policy


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """A client's policies in force by their id, and the id of the one for debtors without one of their own."""

    policies: Mapping[int, InForce]
    of_all: int = BUILT_IN

    def lane(self, policy_id: int, capacity: Capacity) -> Lane:
        """What a debtor of this capacity goes through under a policy."""
        return self.policies[policy_id].policy.lane(capacity)


ONLY_BUILT_IN = PolicyBook({BUILT_IN: InForce(None, DEFAULT_POLICY)})


def policy_book(client_id: int) -> PolicyBook:
    """The policies in force for a client. Two queries; needs the client's scope."""
    steps: dict[int, list[PolicyStep]] = {}
    versions: dict[int, int] = {}
    for policy_id, version, *columns in fetch(_STEPS, [client_id]):
        steps.setdefault(policy_id, []).append(step_of(*columns))
        versions[policy_id] = version
    chosen = fetch(_OF_ALL, [client_id])
    own = {policy_id: InForce(versions[policy_id], _checked(tuple(its))) for policy_id, its in steps.items()}
    return PolicyBook({**ONLY_BUILT_IN.policies, **own}, chosen[0][0] if chosen else BUILT_IN)


@cache
def _checked(steps: tuple[PolicyStep, ...]) -> Policy:
    return Policy(steps)


def step_of(
    action: str, days: int, after: str, channel: str, tone: str, term: str, term_days: int, role: str,
    capacities: str, least_open: object, most_open: object, abroad: bool | None,
) -> PolicyStep:  # fmt: skip
    """A step as the tables hold it."""
    return PolicyStep(
        Action(action), days, Moment(after), Channel(channel), Tone(tone), Term(term), term_days, ContactRole(role),
        frozenset(capacity for capacity, letter in LETTERS.items() if letter in capacities),
        least_open, most_open, abroad,  # type: ignore[arg-type]
    )  # fmt: skip


def row_of(step: PolicyStep) -> tuple[object, ...]:
    """A step as the tables hold it, in the order of `step_of`."""
    letters = "".join(letter for capacity, letter in LETTERS.items() if capacity in step.capacities)
    return (
        str(step.action), step.days, str(step.after), str(step.channel), str(step.tone), str(step.term),
        step.term_days, str(step.role), letters, step.least_open, step.most_open, step.abroad,
    )  # fmt: skip
