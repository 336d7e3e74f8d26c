"""What a letter asks: the demand on each invoice, and the content of the letter that bundles them. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from inbaar.dunning.policy import MAX_NOTICE_WORKING_DAYS
from inbaar.dunning.policy_steps import PolicyStep, Tone, dates_of
from inbaar.dunning.sources import SCALE, article, law_row, rate_source
from inbaar.kit.errors import Refused
from inbaar.law.amounts import ZERO
from inbaar.law.calendar import add_working_days
from inbaar.law.claim import Owed
from inbaar.law.costs import Costs, Debtor, collection_costs
from inbaar.law.errors import LawNotCovered
from inbaar.law.rates import Kind, statutory_rates
from inbaar.law.start import consumer_default
from inbaar.law.vat import general_rate
from inbaar.letters.content import (
    CostsLine,
    Language,
    LawRow,
    LetterContent,
    LetterCosts,
    LetterItem,
    LetterKind,
    Payee,
    Recipient,
    Sender,
    SheetLine,
    SheetPayment,
    total_of,
)
from inbaar.letters.own_words import WordsFacts, unlawful_words
from inbaar.letters.rules import demand_lawful
from inbaar.receivables.claims import ClaimFacts, owed_on, undisputed, with_interest


@dataclass(frozen=True, slots=True)
class Creditor:
    """The client as a letter shows it."""

    sender: Sender
    iban: str
    reclaims_vat: bool


@dataclass(frozen=True, slots=True)
class OwnTexts:
    """What a client adds to its letters: its own words by kind and language, and the mark of its registration as a collector."""

    words: Mapping[tuple[str, str], str]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes into one letter: whole invoices of one debtor that are paid to one account in one currency.

    `for_another` tells that he is a natural person and the claims are somebody else's (Wki article 1).
    """

    debtor_id: int
    payee: Payee
    currency: str
    for_another: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for one invoice in a letter of a day: its undisputed part, with interest where the step claims it.

    `claims_interest_from` is set when this letter is the first to ask for interest.
    """

    facts: ClaimFacts
    step: PolicyStep
    owed: Owed
    reminded_on: dt.date | None
    claims_interest_from: dt.date | None

    @property
    def kind(self) -> LetterKind:
        """The kind of letter that its step asks for."""
        return LetterKind(self.step.action.value)


def demand_on(
    facts: ClaimFacts, step: PolicyStep, on: dt.date, reminded: tuple[dt.date, dt.date] | None
) -> Demand:
    """The demand of a step. A reminder asks the principal; the notice and the 14-day letter ask interest as well.

    A consumer is in default after the term of the reminder (6:82 BW), a business after its due date (6:119a BW).
    What is booked counts, also where its day is yet to come: nobody is asked for what he was credited.
    """
    if any(paid.on > on for paid in facts.payments):
        facts = replace(facts, payments=tuple(replace(paid, on=min(paid.on, on)) for paid in facts.payments))
    first_day = facts.first_interest_day
    if first_day is None and reminded is not None:
        first_day = consumer_default(notice_term_ends=reminded[1])
    starts = step.action.is_notice and not facts.claims_interest and first_day is not None
    asked = with_interest(facts, first_day, on, "", "") if starts and first_day is not None else facts
    pressed = undisputed(asked)
    return Demand(
        facts=facts,
        step=step,
        owed=owed_on(pressed, on),
        reminded_on=reminded[0] if reminded else None,
        claims_interest_from=first_day if starts else None,
    )


def require_euros(currency: str) -> None:
    """Refuses costs in another currency: the scale, its minimum and its maximum are amounts in euro (art. 2 Besluit BIK).

    To name one wrong amount would void a 14-day letter, so a person decides.
    """
    if currency != "EUR":
        raise LawNotCovered(
            f"collection costs in {currency}",
            "the scale of art. 2 Besluit BIK is in euro",
            "agree on an amount in euro with the debtor, or write the notice by hand",
        )


def letter_content(
    creditor: Creditor,
    recipient: Recipient,
    bundle: Bundle,
    demands: Sequence[Demand],
    language: str,
    number: str,
    on: dt.date,
    pay_link: str = "",
    page_link: str = "",
    own: OwnTexts | None = None,
) -> LetterContent:
    """The whole letter, checked against the rules of its kind; raises `Refused` if it would be unlawful.

    `pay_link` is the address of the page on which it is paid, `page_link` that of the debtor's own page, where there is one;
    `own` is what the client adds itself.
    """
    kind = max((demand.kind for demand in demands), key=lambda kind: kind.strictness)
    strictest = [demand for demand in demands if demand.kind is kind]
    # One date for all that is at this step: the latest that any of them gives.
    days = [day for demand in strictest if (day := dates_of(demand.step, on).pay_by)]
    items = tuple(_item(demand, kind, on, language) for demand in demands)
    notice = kind in (LetterKind.FORMAL_NOTICE, LetterKind.FOURTEEN_DAY_LETTER)
    if notice:
        require_euros(bundle.currency)
    content = LetterContent(
        kind=kind,
        language=Language(language),
        letter_number=number,
        letter_date=on,
        sender=creditor.sender,
        recipient=recipient,
        payee=bundle.payee,
        payment_reference=reference_of_claims([demand.facts for demand in demands]),
        items=items,
        total_due=total_of(items),
        pay_by=max(days, default=None),
        pay_by_limit=add_working_days(on, MAX_NOTICE_WORKING_DAYS)
        if kind is LetterKind.FORMAL_NOTICE
        else None,
        hand_over_warning=notice,
        costs_if_unpaid=_costs(items, kind, recipient, creditor, language, on) if notice else None,
        currency=bundle.currency,
        law_rows=law_rows_of([demand.owed for demand in demands], language),
        pay_link=pay_link,
        own_words=own.words.get((kind, language), "") if own else "",
        for_another=bundle.for_another,
        collector_mark=own.mark if own else "",
        page_link=page_link,
        firm=kind is LetterKind.REMINDER and all(demand.step.tone is Tone.FIRM for demand in strictest),
    )
    demand_lawful(content)
    if content.own_words and (
        broken := unlawful_words(content.own_words, _words_facts(content, demands, on))
    ):
        raise Refused(*broken)
    return content


def _words_facts(content: LetterContent, demands: Sequence[Demand], on: dt.date) -> WordsFacts:
    rates = {statutory_rates(Kind(demand.facts.claim_kind)).on(on).rate_percent for demand in demands} | {
        line.rate_percent for demand in demands for line in demand.owed.lines if line.to_date == on
    }
    return WordsFacts(
        kind=content.kind,
        on=on,
        consumer=content.recipient.consumer,
        rates=frozenset(rate for rate in rates if rate is not None),
        youngest_days=min((on - item.due_date).days for item in content.items),
    )


def _item(demand: Demand, kind: LetterKind, on: dt.date, language: str) -> LetterItem:
    own_pay_by = dates_of(demand.step, on).pay_by if demand.kind is not kind else None
    return letter_item(
        demand.facts, demand.owed, demand.kind, language, reminded_on=demand.reminded_on, pay_by=own_pay_by
    )


def letter_item(
    facts: ClaimFacts,
    left: Owed,
    kind: LetterKind,
    language: str,
    *,
    reminded_on: dt.date | None = None,
    pay_by: dt.date | None = None,
) -> LetterItem:
    """One invoice in a letter, at its step, with the lines of its sheet and how its payments were divided."""
    return LetterItem(
        invoice_number=facts.number,
        step=kind,
        issue_date=facts.issue_date,
        due_date=facts.due_date,
        gross=facts.payable,
        open_principal=left.principal,
        credited=sum((p.principal for p in facts.payments if p.kind != "bank"), ZERO),
        paid=facts.paid,
        disputed=min(facts.disputed, facts.open_amount),
        interest=left.interest,
        costs=left.costs,
        lines=tuple(
            SheetLine(
                line.from_date, line.to_date, line.days, line.rate_percent, line.base, line.amount, rate_source(line.source, language),
                article(line.article, language),
            )
            for line in left.lines
        ),
        payments=tuple(
            SheetPayment(p.on, p.amount, p.costs, p.interest, p.principal)
            for p in facts.payments
            if p.kind == "bank" and p.amount
        ),
        reminded_on=reminded_on,
        pay_by=pay_by,
    )  # fmt: skip


def reference_of_claims(claims: Sequence[ClaimFacts]) -> str:
    """What the debtor is asked to name: the invoice's own reference, or the numbers of all invoices."""
    if len(claims) == 1:
        return claims[0].payment_reference or claims[0].number
    return ", ".join(claim.number for claim in claims)[:140]


def _costs(
    items: Sequence[LetterItem],
    kind: LetterKind,
    recipient: Recipient,
    creditor: Creditor,
    language: str,
    on: dt.date,
) -> LetterCosts:
    """The exact costs if this step is not heeded, over the principals at this step together (6:96 lid 7 BW)."""
    principal = sum((item.open_principal for item in items if item.step is kind), ZERO)
    debtor = Debtor.CONSUMER if recipient.consumer else Debtor.BUSINESS
    vat_percent = None if creditor.reclaims_vat else general_rate(on)
    costs = collection_costs(
        principal,
        on,
        debtor=debtor,
        vat_percent=vat_percent,
        creditor_reclaims_vat=creditor.reclaims_vat,
        vat_stated=not creditor.reclaims_vat,
    )
    return LetterCosts(
        principal=principal,
        amount=costs.amount,
        total=costs.total,
        lines=tuple(_cost_lines(costs, language)),
        vat_percent=vat_percent,
        vat=costs.vat,
        source=SCALE[language],
        article=article("6:96 lid 6 BW" if recipient.consumer else "6:96 lid 4 BW", language),
    )


def _cost_lines(costs: Costs, language: str) -> list[CostsLine]:
    """The rows of the scale, rounded so that they add up, with the minimum or maximum as a line of its own."""
    lines, so_far, exact = [], ZERO, Decimal(0)
    for line in costs.lines:
        exact += line.amount
        amount = min(exact, costs.amount).quantize(ZERO, ROUND_HALF_UP) - so_far
        so_far += amount
        lines.append(CostsLine(amount, line.part, line.percent, SCALE[language]))
    if so_far != costs.amount:
        lines.append(CostsLine(costs.amount - so_far, source=SCALE[language]))
    return lines


def law_rows_of(claims: Sequence[Owed], language: str) -> tuple[LawRow, ...]:
    """The rows of the interest tables that the amounts rest on, each once (BEY-01)."""
    rows = {
        (line.article, line.rate_percent, line.source): law_row(
            line.source, line.article, line.rate_percent, not line.unconfirmed, language
        )
        for owed in claims
        for line in owed.lines
    }
    return tuple(rows.values())
