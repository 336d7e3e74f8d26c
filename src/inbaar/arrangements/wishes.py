"""What a debtor asks for himself, without an account: to pay by a day, or in terms. For the page behind his own link.

Each takes the wish of one debtor about his own invoices, with a key by which sending it twice is the same as once; the client's
rules decide at once, or a person does. Whoever calls has made sure whose page it is, and has set the client's scope.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inbaar.arrangements.facts import Claim
from inbaar.arrangements.policy import policy_of
from inbaar.arrangements.promises import NewPromise, claims_of_debtor, make_promise
from inbaar.arrangements.proposing import Asked, NewPlan, ask_plan
from inbaar.arrangements.rules import Policy, plan_findings
from inbaar.arrangements.terms import Every, Term, equal_terms
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.amounts import ZERO

BY = "debtor"
#: The most words that are kept of a wish.
MOST_WORDS = 300
_OPEN = """
    SELECT id FROM receivables_invoice
    WHERE client_id = %s AND debtor_id = %s AND kind = 'invoice' AND open_amount > 0 AND withdrawn_on IS NULL ORDER BY due_date, id
"""


@dataclass(frozen=True, slots=True)
class Possible:
    """What a debtor's page offers him: the invoices he can promise or plan for, together so much, and within which limits.

    `counts` are the numbers of monthly terms that the rules agree on at once; none where a person decides about any.
    """

    claims: tuple[Claim, ...]
    total: Decimal
    currency: str
    policy: Policy
    promise_until: dt.date
    first_until: dt.date
    counts: tuple[int, ...]


def possible(client_id: int, debtor_id: int, on: dt.date) -> Possible | None:
    """What can be offered on a day; None where nothing is open that could be promised or planned. A fixed number of statements."""
    ids = [row[0] for row in fetch(_OPEN, [client_id, debtor_id])]
    policy = policy_of(client_id)
    claims = [one for one in claims_of_debtor(client_id, debtor_id, ids, on) if _free(one)]
    if not claims:
        return None
    currency, payee = claims[0].standing.currency, claims[0].standing.payee
    claims = [one for one in claims if (one.standing.currency, one.standing.payee) == (currency, payee)]
    total = sum((one.owed.total for one in claims), ZERO)
    first = on + dt.timedelta(days=min(policy.first_term_days, 14))
    counts = tuple(
        count
        for count in range(2, policy.plan_terms + 1)
        if _agreed_at_once(claims, total, count, first, policy, on)
    )
    return Possible(
        tuple(claims), total, currency, policy, on + dt.timedelta(days=policy.promise_days),
        on + dt.timedelta(days=policy.first_term_days), counts,
    )  # fmt: skip


def _free(one: Claim) -> bool:
    standing = one.standing
    blocked = (standing.disputed, standing.insolvent, standing.debited, standing.in_plan, standing.unsent)
    return standing.owed > 0 and not any(blocked)


def _agreed_at_once(
    claims: Sequence[Claim], total: Decimal, count: int, first: dt.date, policy: Policy, on: dt.date
) -> bool:
    terms = equal_terms(total, count, first, Every.MONTH)
    return not plan_findings([one.standing for one in claims], terms, policy, on, acknowledged=True)


@dataclass(frozen=True, slots=True)
class PromiseWish:
    """So much by a day, of these invoices of his, or of all that are open; without an amount all of it."""

    due_on: dt.date
    key: str
    amount: Decimal | None = None
    invoices: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class PlanWish:
    """So many terms, a week or a month apart, from a day on. `acknowledged`: he ticked that he owes it."""

    count: int
    every: Every
    first_on: dt.date
    key: str
    acknowledged: bool
    invoices: tuple[int, ...] = ()
    words: str = ""


def promise_wish(client_id: int, debtor_id: int, wish: PromiseWish, on: dt.date, at: dt.datetime) -> int:
    """Keep a debtor's promise; gives its number. Raises `Refused` with every rule that forbids it, and nothing changes."""
    invoices = wish.invoices or _all(client_id, debtor_id, on)
    new = NewPromise(
        debtor_id,
        invoices,
        wish.due_on,
        "debtor",
        _own(debtor_id, wish.key),
        wish.amount,
        wish.words[:MOST_WORDS],
    )
    return make_promise(client_id, new, BY, on, at)


def plan_terms(client_id: int, debtor_id: int, wish: PlanWish, on: dt.date) -> tuple[Term, ...]:
    """The terms that a wish would have, for him to see before he asks. Raises `Refused` for a number that is none."""
    invoices = wish.invoices or _all(client_id, debtor_id, on)
    total = sum((one.owed.total for one in claims_of_debtor(client_id, debtor_id, invoices, on)), ZERO)
    most = policy_of(client_id).plan_terms
    if not 1 <= wish.count <= most or total <= 0:
        raise Refused(
            Refusal(
                "plan-terms", "a plan has terms", f"{wish.count}", f"{most}", "never", "choose fewer terms"
            )
        )
    return equal_terms(
        total, wish.count, wish.first_on, Every.WEEK if wish.every is Every.WEEK else Every.MONTH
    )


def plan_wish(
    client_id: int, debtor_id: int, wish: PlanWish, on: dt.date, at: dt.datetime, on_letters: Callable[[int], object] | None = None
) -> Asked:  # fmt: skip
    """Ask for a plan: it runs at once where no rule speaks against it, and waits for a person else. Raises `Refused` for what
    nobody can agree on."""
    key = _own(debtor_id, wish.key)
    known = fetch(
        "SELECT id, state FROM arrangements_plan WHERE client_id = %s AND key = %s", [client_id, key]
    )
    if known:
        return Asked(*known[0])
    invoices = wish.invoices or _all(client_id, debtor_id, on)
    terms = plan_terms(client_id, debtor_id, wish, on)
    new = NewPlan(
        debtor_id,
        invoices,
        terms,
        "debtor",
        key,
        wish.every,
        acknowledged=wish.acknowledged,
        words=wish.words[:MOST_WORDS],
    )
    return ask_plan(client_id, new, BY, on, at, decides=False, on_letters=on_letters)


def _all(client_id: int, debtor_id: int, on: dt.date) -> tuple[int, ...]:
    found = possible(client_id, debtor_id, on)
    return tuple(one.standing.invoice_id for one in found.claims) if found else ()


def _own(debtor_id: int, key: str) -> str:
    """The key of a wish: no other debtor's, whatever he sends."""
    return f"debtor:{debtor_id}:{key}"[:80]
