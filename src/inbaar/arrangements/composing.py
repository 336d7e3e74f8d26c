"""Letters about plans: what each says, from the plan as it stands. Writes no letter; what cannot be composed fails by itself."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from inbaar.arrangements.progress import PlanStanding
from inbaar.arrangements.rules import Policy
from inbaar.arrangements.terms import divided
from inbaar.banking.bundles import NewBundle, make_bundles
from inbaar.banking.pay_links import letter_link, pay_link
from inbaar.dunning.addressing import addressee_rows, client_row, creditor_of, recipient_of, titles_on
from inbaar.dunning.demands import law_rows_of, letter_item, reference_of_claims
from inbaar.dunning.rules import leaves_from
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.errors import Refused
from inbaar.kit.models import next_ids
from inbaar.law.amounts import ZERO
from inbaar.law.calendar import moved_to_working_day
from inbaar.law.errors import LawError
from inbaar.letters.actions import NewLetter
from inbaar.letters.content import (
    ContentError,
    CostsLine,
    Language,
    LetterContent,
    LetterCosts,
    LetterItem,
    LetterKind,
    Payee,
    PlanRow,
    PlanTerms,
    from_json,
    total_of,
)
from inbaar.letters.rules import demand_lawful
from inbaar.receivables.claims import ClaimFacts, owed_on
from inbaar.receivables.queries import claim_facts

_OF_A_TERM = (LetterKind.PLAN_TERM, LetterKind.PLAN_MISSED)


@dataclass(frozen=True, slots=True)
class PlanLetterDue:
    """A letter that is due: about which plan, of which kind, and about which term where it is about one."""

    plan: PlanStanding
    kind: LetterKind
    term: int | None = None


@dataclass(slots=True)
class Composed:
    """Letters that can be written, and by plan why another could not."""

    letters: list[tuple[PlanLetterDue, NewLetter]] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What letters are composed of, read at once: claims, who owns them, who is written to, and confirmations that did not leave."""

    claims: Mapping[int, ClaimFacts]
    titles: Mapping[int, tuple[Any, ...]]
    addressees: Mapping[int, tuple[Any, ...]]
    client: tuple[Any, ...]
    before: Mapping[int, LetterContent]
    day: dt.date
    on: dt.date


def compose_letters(
    client_id: int, due: Sequence[PlanLetterDue], on: dt.date, at: dt.datetime, policy: Policy
) -> Composed:
    """Compose letters, each with its number. Makes the bundles under which they are paid. A fixed number of statements."""
    composed = Composed()
    if not due:
        return composed
    facts = _facts(client_id, due, on, leaves_from(on, at).astimezone(DUTCH_TIME).date())
    asked = [one for one in due if one.kind in _OF_A_TERM]
    ready = [one for one in due if one.kind not in _OF_A_TERM]
    parts = {id(one): _parts(one, facts) for one in asked}
    payable = [one for one in asked if parts[id(one)] and _can_leave(one, facts)]
    bundles = [
        NewBundle(one.plan.debtor_id, one.plan.currency, tuple(parts[id(one)].items())) for one in payable
    ]
    references = make_bundles(client_id, bundles, on)
    numbers = iter(next_ids(len(payable) + len(ready)))
    for one, (_, reference) in zip(payable, references, strict=True):
        number = next(numbers)
        told = partial(_term_letter, client_id, one, parts[id(one)], reference, number, facts, policy)
        _add(composed, one, number, told)
    for one in ready:
        number = next(numbers)
        _add(composed, one, number, partial(_whole_letter, client_id, one, number, facts))
    return composed


def _facts(client_id: int, due: Sequence[PlanLetterDue], on: dt.date, day: dt.date) -> _Facts:
    invoices = sorted({invoice for one in due for invoice in one.plan.invoices})
    before = {
        one.plan.plan_id: letter.letter_id
        for one in due
        for letter in one.plan.letters
        if letter.kind == one.kind == LetterKind.PLAN
    }
    rows = fetch(
        "SELECT id, content::text FROM letters_letter WHERE client_id = %s AND id = ANY(%s::bigint[])",
        [client_id, array_parameter(list(before.values()))],
    )
    contents = {number: from_json(text) for number, text in rows}
    return _Facts(
        claim_facts(invoices, on),
        titles_on(client_id, invoices, on),
        addressee_rows(client_id, sorted({one.plan.debtor_id for one in due})),
        client_row(client_id),
        {plan: contents[letter] for plan, letter in before.items()},
        day,
        on,
    )


def _can_leave(one: PlanLetterDue, facts: _Facts) -> bool:
    """A term is called to mind by mail only, and only while its day is yet to come when that leaves."""
    if one.kind is not LetterKind.PLAN_TERM or one.term is None:
        return True
    return (
        bool(recipient_of(facts.addressees[one.plan.debtor_id]).email)
        and one.plan.terms[one.term - 1].due_on > facts.day
    )


def _parts(one: PlanLetterDue, facts: _Facts) -> dict[int, Decimal]:
    """What is asked of each invoice: what is unpaid up to the term, of the oldest first, as far as it is owed."""
    claims = [facts.claims[invoice] for invoice in one.plan.invoices]
    owed = [owed_on(claim, facts.on).total for claim in claims]
    asked = min(one.plan.owed_up_to(one.term or 0), sum(owed, ZERO))
    (row,) = divided([asked], owed)
    return {claim.invoice_id: part for claim, part in zip(claims, row, strict=True) if part}


def _add(
    composed: Composed,
    one: PlanLetterDue,
    number: int,
    content_of: Callable[[], tuple[LetterContent, tuple[int, ...]]],
) -> None:
    try:
        content, invoices = content_of()
        demand_lawful(content)
    except (ContentError, LawError, Refused) as why:
        composed.failures[one.plan.plan_id] = str(why)[:300]
        return
    address = content.recipient.email
    composed.letters.append(
        (
            one,
            NewLetter(number, one.plan.debtor_id, content, invoices, "email" if address else "post", address),
        )
    )


def _frame(one: PlanLetterDue, number: int, facts: _Facts) -> dict[str, Any]:
    """What all letters say alike: from whom, to whom, on which day, and to whom is paid."""
    row = facts.addressees[one.plan.debtor_id]
    creditor = creditor_of(facts.client)
    title = facts.titles.get(one.plan.invoices[0])
    if title is None:
        raise ContentError("nobody owns the claim, so it cannot be said whom to pay; record the title")
    owner, iban, notified_on = title
    return {
        "kind": one.kind,
        "language": Language(str(row[6])),
        "letter_number": f"{facts.day.year}-{number}",
        "letter_date": facts.day,
        "sender": creditor.sender,
        "recipient": recipient_of(row),
        "payee": Payee(account_holder=owner, iban=iban or creditor.iban, entitled_since=notified_on),
        "currency": one.plan.currency,
    }


def _plan_terms(plan: PlanStanding, **told: Any) -> PlanTerms:
    rows = tuple(
        PlanRow(term.due_on, term.amount, reference)
        for term, reference in zip(plan.terms, plan.references, strict=True)
    )
    return PlanTerms(rows, **told)


def _term_letter(
    client_id: int, one: PlanLetterDue, parts: Mapping[int, Decimal], reference: str, number: int, facts: _Facts, policy: Policy
) -> tuple[LetterContent, tuple[int, ...]]:  # fmt: skip
    """About a term that comes or was missed: the part of each invoice that is asked, and no sheet."""
    items = tuple(
        LetterItem(claim.number, one.kind, claim.issue_date, claim.due_date, gross=part, open_principal=part)
        for invoice, part in parts.items() if (claim := facts.claims[invoice])
    )  # fmt: skip
    term = one.term or 1
    missed = one.kind is LetterKind.PLAN_MISSED
    pay_by = (
        moved_to_working_day(facts.day + dt.timedelta(days=policy.cure_days))
        if missed
        else one.plan.terms[term - 1].due_on
    )
    content = LetterContent(
        **_frame(one, number, facts), payment_reference=reference, items=items, total_due=total_of(items), pay_by=pay_by,
        pay_link=pay_link(client_id, reference), plan=_plan_terms(one.plan, term=term),
    )  # fmt: skip
    return content, tuple(parts)


def _whole_letter(
    client_id: int, one: PlanLetterDue, number: int, facts: _Facts
) -> tuple[LetterContent, tuple[int, ...]]:
    """About the whole plan, with the sheet of each invoice: as agreed when it is confirmed, as of today when it is over."""
    frame = _frame(one, number, facts)
    if one.plan.plan_id in facts.before:
        again = facts.before[one.plan.plan_id]
        kept = {name: frame[name] for name in ("letter_number", "letter_date", "recipient", "sender")}
        return replace(again, **kept), one.plan.invoices
    confirms = one.kind is LetterKind.PLAN
    day = one.plan.asked_on if confirms else facts.on
    claims = [
        (claim, owed)
        for invoice in one.plan.invoices
        if (owed := owed_on(claim := facts.claims[invoice], day)).total > 0
    ]
    if not claims:
        raise ContentError("nothing is open any more, so there is nothing to tell")
    language = str(frame["language"])
    items = tuple(letter_item(claim, owed, one.kind, language) for claim, owed in claims)
    told = [claim for claim, _ in claims]
    reference = one.plan.references[0] if confirms else reference_of_claims(told)
    content = LetterContent(
        **frame, payment_reference=reference, items=items, total_due=total_of(items), costs_claimed=_costs(told, items),
        law_rows=law_rows_of([owed for _, owed in claims], language),
        pay_link=pay_link(client_id, reference) if confirms else letter_link(client_id, number),
        plan=_plan_terms(one.plan, **(_agreed(one.plan) if confirms else _over(one))),
    )  # fmt: skip
    return content, tuple(claim.invoice_id for claim in told)


def _agreed(plan: PlanStanding) -> dict[str, Any]:
    """What becomes of interest meanwhile, and whether the debt is acknowledged."""
    return {"interest": "stops" if plan.stops_interest else "runs", "acknowledged": plan.acknowledged}


def _over(one: PlanLetterDue) -> dict[str, Any]:
    if one.kind is LetterKind.PLAN_REFUSED:
        return {}
    if one.plan.state == "broken":
        return {"why": "broken"}
    return {"why": "by_debtor" if one.plan.ended_by == "debtor" else "by_us"}


def _costs(claims: Sequence[ClaimFacts], items: Sequence[LetterItem]) -> LetterCosts | None:
    """The costs that were claimed on these invoices before, each with the rule by which it was."""
    lines = tuple(
        CostsLine(part.amount, source=part.source, article=part.rule, invoice_number=claim.number)
        for claim in claims for part in claim.components if part.kind == "costs" and part.amount
    )  # fmt: skip
    if not lines:
        return None
    total = sum((line.amount for line in lines), ZERO)
    return LetterCosts(sum((item.open_principal for item in items), ZERO), total, total, lines)
