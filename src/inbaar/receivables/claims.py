"""From rows to law: an invoice with its payments and components as the explainable claim. Pure.

Letters, screens, matching and the run all ask here, so that there is one truth about what is owed.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from inbaar.law.amounts import ZERO
from inbaar.law.claim import Claim, Division, Owed, Payment, owed
from inbaar.law.rates import Kind


@dataclass(frozen=True, slots=True)
class BookedPayment:
    """A reduction of the claim as it stands in the books."""

    on: dt.date
    amount: Decimal
    costs: Decimal
    interest: Decimal
    principal: Decimal
    kind: str = "bank"


@dataclass(frozen=True, slots=True)
class Component:
    """Interest or costs that became part of the claim, from which day and by which rule."""

    kind: str
    amount: Decimal | None
    since: dt.date
    claimed_on: dt.date
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """All that decides what is owed on an invoice. Amounts in `currency`; `disputed` is the part under dispute."""

    invoice_id: int
    debtor_id: int
    number: str
    kind: str
    issue_date: dt.date
    due_date: dt.date
    claim_kind: str
    first_interest_day: dt.date | None
    currency: str
    payable: Decimal
    open_amount: Decimal
    payment_reference: str
    payments: tuple[BookedPayment, ...] = ()
    components: tuple[Component, ...] = ()
    disputed: Decimal = ZERO
    interest_stops_on: dt.date | None = None

    @property
    def claims_interest(self) -> bool:
        """Whether interest has been made part of the claim."""
        return any(component.kind == "interest" for component in self.components)

    @property
    def credited(self) -> Decimal:
        """What credit notes took off the principal."""
        return sum((p.principal for p in self.payments if p.kind == "credit_note"), ZERO)

    @property
    def paid(self) -> Decimal:
        """What was received in money."""
        return sum((p.amount for p in self.payments if p.kind == "bank"), ZERO)


def claim_of(facts: ClaimFacts) -> tuple[Claim, tuple[Payment, ...]]:
    """The claim in the law's terms: interest and costs only as far as they were claimed."""
    interest = next((c for c in facts.components if c.kind == "interest"), None)
    costs = [c for c in facts.components if c.kind == "costs" and c.amount is not None]
    claim = Claim(
        kind=Kind(facts.claim_kind),
        # What was credited was never owed: no interest ran on it, whatever day the credit note bears.
        principal=facts.payable - facts.credited,
        first_interest_day=interest.since if interest else None,
        costs=sum((c.amount or ZERO for c in costs), ZERO),
        costs_due_from=min((c.since for c in costs), default=None),
        reference=facts.number,
        due_date=facts.due_date,
        interest_stops_on=facts.interest_stops_on,
    )
    return claim, tuple(
        _net_payments(
            (p for p in facts.payments if p.kind != "credit_note"),
            interest=interest is not None,
            costs=bool(costs),
        )
    )


def _net_payments(booked: Iterable[BookedPayment], *, interest: bool, costs: bool) -> Iterator[Payment]:
    """One payment per day and its reversals: what was taken back and booked anew counts as it stands now.

    What was paid on interest or costs that are no longer claimed was paid and done with: it settles nothing else.
    """
    days: dict[dt.date, Division] = {}
    for p in booked:
        so_far = days.get(p.on, Division(ZERO, ZERO, ZERO))
        days[p.on] = Division(
            so_far.costs + (p.costs if costs else ZERO),
            so_far.interest + (p.interest if interest else ZERO),
            so_far.principal + p.principal,
        )
    for on, division in sorted(days.items()):
        amount = division.costs + division.interest + division.principal
        if amount:
            yield Payment(on, amount, booked=division)


def owed_on(facts: ClaimFacts, on: dt.date) -> Owed:
    """What is owed on a day with what has been claimed so far, the disputed part included."""
    return owed(*claim_of(facts), on)


def as_claimed_before(facts: ClaimFacts, on: dt.date, *, told: bool = False) -> ClaimFacts:
    """The invoice with only what had been claimed before a day: what a payment of that day could have known.

    `told`: its payer was asked that very day, so what was claimed on it counts too.
    """
    if not facts.components:
        return facts
    components = tuple(c for c in facts.components if c.claimed_on < on or (told and c.claimed_on == on))
    return facts if len(components) == len(facts.components) else replace(facts, components=components)


def undisputed(facts: ClaimFacts) -> ClaimFacts:
    """The same invoice without its disputed part: what may be pressed for (the rest waits for the dispute)."""
    if not facts.disputed:
        return facts
    part = min(facts.disputed, facts.open_amount)
    return replace(facts, payable=facts.payable - part, open_amount=facts.open_amount - part, disputed=ZERO)


def with_interest(
    facts: ClaimFacts, first_day: dt.date, claimed_on: dt.date, rule: str, source: str
) -> ClaimFacts:
    """The invoice as it will be once its interest is claimed; unchanged if it already is."""
    if facts.claims_interest:
        return facts
    component = Component("interest", None, first_day, claimed_on, rule, source)
    return replace(facts, components=(*facts.components, component))
