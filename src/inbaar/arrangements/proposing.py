"""A plan that is asked for: looked at by the rules, and agreed on at once or left to a person.

What speaks against it is kept with it as it was seen then. Called by staff and, through `wishes`, by the debtor himself.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from inbaar.arrangements.agreeing import start_plan
from inbaar.arrangements.facts import Claim, lock_debtor
from inbaar.arrangements.policy import policy_of
from inbaar.arrangements.promises import claims_of_debtor
from inbaar.arrangements.rules import Finding, Policy, plan_findings
from inbaar.arrangements.states import ASKED, RUNNING
from inbaar.arrangements.terms import Every, Term, divided
from inbaar.banking.bundles import NewBundle, make_bundles
from inbaar.kit.bulk import fetch, insert_rows
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.amounts import ZERO
from inbaar.receivables.actions import NewHold, open_holds
from inbaar.receivables.timeline import NewEvent, write_events

ASKED_KEY = "plan-asked:"
_PLAN = {
    "client_id": "bigint", "debtor_id": "bigint", "source": "text", "currency": "text", "total": "numeric", "every": "text",
    "stops_interest": "boolean", "acknowledged": "boolean", "words": "text", "findings": "jsonb", "asked_by": "text",
    "asked_on": "date", "asked_at": "timestamptz", "replaces_id": "bigint", "key": "text", "state": "text",
}  # fmt: skip
_INVOICE = {
    "client_id": "bigint", "plan_id": "bigint", "invoice_id": "bigint", "place": "smallint", "principal": "numeric",
    "interest": "numeric", "costs": "numeric", "paid_before": "numeric", "runs": "boolean",
}  # fmt: skip
_TERM = {
    "client_id": "bigint", "plan_id": "bigint", "number": "smallint", "due_on": "date", "amount": "numeric", "bundle_id": "bigint",
}  # fmt: skip
_HOLD_WORDS = {"nl": "Vraagt om een betalingsregeling", "en": "Asks for a payment plan"}


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to look at or to ask for: which invoices, in which terms. `key` makes asking twice the same as once.

    `stops_interest` None is what the client's policy says. `replaces` is a plan of the same debtor that runs and ends by this
    one; whether interest stands still is then what was agreed before.
    """

    debtor_id: int
    invoices: tuple[int, ...]
    terms: tuple[Term, ...]
    source: str
    key: str
    every: Every = Every.OWN
    stops_interest: bool | None = None
    acknowledged: bool = False
    words: str = ""
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A plan as the rules see it: its invoices in the order in which they are paid, and what speaks against it."""

    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    stops_interest: bool
    policy: Policy

    @property
    def total(self) -> Decimal:
        """What is owed on its invoices together, to the cent of their sheets."""
        return sum((one.owed.total for one in self.claims), ZERO)

    @property
    def barred(self) -> tuple[Refusal, ...]:
        """What nobody can pass."""
        return tuple(finding.refusal for finding in self.findings if finding.bar)


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a plan: its number, and its state."""

    plan_id: int
    state: str


def look_at_plan(client_id: int, new: NewPlan, on: dt.date) -> Looked:
    """The plan as the rules see it on a day; nothing is written. Raises `Refused` for invoices of another debtor."""
    policy = policy_of(client_id)
    claims = claims_of_debtor(client_id, new.debtor_id, new.invoices, on, beside=new.replaces)
    stops = policy.stops_interest if new.stops_interest is None else new.stops_interest
    if new.replaces is not None:
        stops = _replaced(client_id, new)
    findings = plan_findings(
        [one.standing for one in claims], new.terms, policy, on,
        broken_on=_last_broken(client_id, new.debtor_id), acknowledged=new.acknowledged,
    )  # fmt: skip
    return Looked(tuple(claims), tuple(findings), stops, policy)


def _last_broken(client_id: int, debtor_id: int) -> dt.date | None:
    rows = fetch(
        "SELECT max(ended_on) FROM arrangements_plan WHERE client_id = %s AND debtor_id = %s AND state = 'broken'",
        [client_id, debtor_id],
    )
    day: dt.date | None = rows[0][0]
    return day


def _replaced(client_id: int, new: NewPlan) -> bool:
    """Whether interest stands still in the plan that is replaced; refuses one that does not run, or is another debtor's."""
    rows = fetch(
        "SELECT stops_interest FROM arrangements_plan WHERE client_id = %s AND id = %s AND debtor_id = %s AND state = 'running'",
        [client_id, new.replaces, new.debtor_id],
    )
    if not rows:
        raise Refused(
            Refusal("plan-not-running", "only a plan that runs is changed", "it does not", "a plan that runs", "never",
                    "make a new plan")
        )  # fmt: skip
    return bool(rows[0][0])


def ask_plan(
    client_id: int,
    new: NewPlan,
    by: str,
    on: dt.date,
    at: dt.datetime,
    *,
    decides: bool,
    reason: str = "",
    on_letters: Callable[[int], object] | None = None,
) -> Asked:
    """Ask for a plan. Where nothing speaks against it it runs from now on; else a person who `decides` needs a reason to go on,
    and without him it waits for one, everything held up meanwhile.

    Raises `Refused` for what nobody can pass, and where a person gave no reason. Needs the client's scope. A fixed number of
    statements. `on_letters` queues the sending, in the transaction that writes the confirmation.
    """
    with transaction.atomic():
        language = lock_debtor(client_id, new.debtor_id) or "nl"
        known = fetch(
            "SELECT id, state FROM arrangements_plan WHERE client_id = %s AND key = %s", [client_id, new.key]
        )
        if known:
            return Asked(*known[0])
        looked = look_at_plan(client_id, new, on)
        if looked.barred:
            raise Refused(*looked.barred)
        if decides and looked.findings and not reason.strip():
            raise Refused(
                Refusal("plan-reason", "who goes on against a rule says why", "no reason was given", "a few words",
                        next_step="write why, or choose other terms")
            )  # fmt: skip
        plan_id = _write(client_id, new, looked, by, on, at)
        if decides or not looked.findings:
            decided_by = by if decides else "rules"
            start_plan(client_id, plan_id, decided_by, reason.strip(), on, at, on_letters)
            return Asked(plan_id, RUNNING)
        _hold_up(client_id, plan_id, new, looked, language, on, at)
        return Asked(plan_id, ASKED)


def _write(client_id: int, new: NewPlan, looked: Looked, by: str, on: dt.date, at: dt.datetime) -> int:
    """The plan with its invoices, its terms, and a bundle for each term, so that it is paid under a reference of its own."""
    currency = looked.claims[0].standing.currency
    ((plan_id,),) = insert_rows(
        "arrangements_plan",
        _PLAN,
        [(
            client_id, new.debtor_id, new.source, currency, looked.total, new.every.value, looked.stops_interest,
            new.acknowledged, new.words, _told(looked.findings), by, on, at, new.replaces, new.key, ASKED,
        )],
        returning="id",
    )  # fmt: skip
    insert_rows(
        "arrangements_planinvoice",
        _INVOICE,
        (
            (client_id, plan_id, one.standing.invoice_id, place, one.owed.principal, one.owed.interest, one.owed.costs,
             one.paid, False)
            for place, one in enumerate(looked.claims, start=1)
        ),
    )  # fmt: skip
    ids = [one.standing.invoice_id for one in looked.claims]
    rows = divided([term.amount for term in new.terms], [one.owed.total for one in looked.claims])
    parts = [tuple((invoice, part) for invoice, part in zip(ids, row, strict=True) if part) for row in rows]
    bundles = make_bundles(client_id, [NewBundle(new.debtor_id, currency, each) for each in parts], on)
    insert_rows(
        "arrangements_planterm",
        _TERM,
        (
            (client_id, plan_id, number, term.due_on, term.amount, bundle)
            for number, (term, (bundle, _)) in enumerate(zip(new.terms, bundles, strict=True), start=1)
        ),
    )
    facts = {
        "total": str(looked.total), "currency": currency, "terms": len(new.terms), "source": new.source, "words": new.words,
        "by": by, "findings": ", ".join(finding.refusal.code for finding in looked.findings),
    }  # fmt: skip
    write_events(client_id, [NewEvent("plan_asked", on, None, new.debtor_id, facts, plan_id)], at)
    return int(plan_id)


def _told(findings: Sequence[Finding]) -> str:
    return json.dumps(
        [
            {"code": one.refusal.code, "rule": one.refusal.rule, "fact": one.refusal.fact, "limit": one.refusal.limit,
             "passes_on": str(one.refusal.passes_on) if one.refusal.passes_on else None, "lost": one.lost}
            for one in findings
        ]
    )  # fmt: skip


def _hold_up(
    client_id: int, plan_id: int, new: NewPlan, looked: Looked, language: str, on: dt.date, at: dt.datetime
) -> None:
    """Nobody is pressed while his proposal waits, for the days in which it is answered."""
    until = on + dt.timedelta(days=looked.policy.answer_days)
    holds = [
        NewHold(new.debtor_id, "pause", _HOLD_WORDS[language], "rules", on, f"{ASKED_KEY}{plan_id}:{one.standing.invoice_id}",
                one.standing.invoice_id, until=until)
        for one in looked.claims
    ]  # fmt: skip
    open_holds(client_id, holds, at)
