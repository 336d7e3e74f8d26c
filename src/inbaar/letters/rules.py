"""What each kind of letter must say and may not say. Called before a letter is composed; pure decisions, no clock.

The amounts themselves are tied in `content`; here is only what law and house policy decide about a letter.
"""

from collections.abc import Iterator

from inbaar.kit.errors import Refusal, Refused
from inbaar.letters.amounts import ZERO
from inbaar.letters.content import LetterContent, LetterItem, LetterKind
from inbaar.letters.parts import PLAN_KINDS

SIX_NINETY_SIX = "artikel 6:96 lid 6 BW"


def unlawful(content: LetterContent) -> tuple[Refusal, ...]:
    """Every rule this letter breaks; empty if it may go out."""
    per_kind = {
        LetterKind.INVOICE: _invoice,
        LetterKind.REGISTER_NOTICE: _register_notice,
        LetterKind.DEBIT_NOTICE: _debit_notice,
        **dict.fromkeys(PLAN_KINDS, _about_a_plan),
        LetterKind.COURTESY_NOTICE: _courtesy_notice,
        LetterKind.REMINDER: _reminder,
        LetterKind.FORMAL_NOTICE: _formal_notice,
        LetterKind.FOURTEEN_DAY_LETTER: _fourteen_day_letter,
    }
    refusals = [*_every_letter(content), *per_kind[content.kind](content)]
    for item in content.items:
        refusals += _item(item, content)
    return tuple(refusals)


def demand_lawful(content: LetterContent) -> None:
    """Raises `Refused` with every rule this letter breaks."""
    refusals = unlawful(content)
    if refusals:
        raise Refused(*refusals)


def _every_letter(content: LetterContent) -> Iterator[Refusal]:
    if LetterKind.INVOICE in content.steps and len(content.items) > 1:
        yield Refusal(
            code="invoice_among_others",
            rule="an invoice goes out by itself",
            fact=f"letter {content.letter_number} is about {len(content.items)} invoices",
            limit="one invoice",
            next_step="send each in a letter of its own",
        )
    if LetterKind.REGISTER_NOTICE in content.steps and len(content.items) > 1:
        yield Refusal(
            code="register_notice_among_others",
            rule="each reported arrear has a letter and fourteen days of its own",
            fact=f"letter {content.letter_number} is about {len(content.items)} invoices",
            limit="one invoice",
            next_step="send each in a letter of its own",
        )
    if content.for_another and not content.collector_mark:
        yield Refusal(
            code="collector_mark_lacks",
            rule="Wki articles 3, 4 and 11: who collects another's claim from a natural person is registered, and shows its mark",
            fact=f"{content.payee.account_holder} owns the claim, {content.sender.name} writes without a mark",
            limit="a registration mark",
            next_step="register with Justis and fill in the mark, or have the owner write",
        )
    # A plan tells what was claimed before it; costs that a consumer does not owe never were.
    if content.recipient.consumer and content.costs_claimed is not None and content.kind not in PLAN_KINDS:
        yield Refusal(
            code="consumer_costs_without_letter",
            rule=f"{SIX_NINETY_SIX}: a consumer owes collection costs only after a 14-day letter",
            fact=f"letter {content.letter_number} charges {content.costs_claimed.total} of costs",
            limit="no costs in this letter",
            next_step="send the 14-day letter first",
        )
    if content.recipient.consumer and LetterKind.FORMAL_NOTICE in content.steps:
        yield Refusal(
            code="formal_notice_to_consumer",
            rule=f"DUN-10, {SIX_NINETY_SIX}: a consumer never gets the five-day notice",
            fact=f"{content.recipient.name} is a consumer",
            limit="the 14-day letter",
            passes_on="never",
            next_step="send the 14-day letter instead",
        )
    if not content.recipient.consumer and LetterKind.FOURTEEN_DAY_LETTER in content.steps:
        yield Refusal(
            code="fourteen_day_letter_to_business",
            rule=f"{SIX_NINETY_SIX}: the 14-day letter is for consumers",
            fact=f"{content.recipient.name} is not a consumer",
            limit="the formal notice",
            passes_on="never",
            next_step="send the formal notice instead",
        )


def _invoice(content: LetterContent) -> Iterator[Refusal]:
    if (
        content.hand_over_warning
        or content.costs_if_unpaid is not None
        or content.interest_due
        or content.costs_due
    ):
        yield Refusal(
            code="claim_with_invoice",
            rule="the letter that brings an invoice asks what the invoice asks",
            fact=f"letter {content.letter_number} warns, or asks interest or costs",
            limit="the invoice alone",
            next_step="leave it out",
        )
    if not content.enclosures:
        yield Refusal(
            code="invoice_not_enclosed",
            rule="the invoice itself goes along",
            fact=f"letter {content.letter_number} has no enclosure",
            limit="the invoice",
            next_step="enclose it",
        )
    if content.pay_by is None:
        yield _dateless("a letter says by when to pay", content)


def _register_notice(content: LetterContent) -> Iterator[Refusal]:
    if (
        content.hand_over_warning
        or content.costs_if_unpaid is not None
        or content.interest_due
        or content.costs_due
    ):
        yield Refusal(
            code="costs_with_register_notice",
            rule="REG-14: the register raises no amount, and its letter is friendly",
            fact=f"letter {content.letter_number} warns, or asks interest or costs",
            limit="the invoice alone",
            next_step="leave it out",
        )
    if content.recipient.consumer:
        yield Refusal(
            code="register_notice_to_consumer",
            rule="REG-01: only who is registered with the KvK is reported",
            fact=f"{content.recipient.name} is a consumer",
            limit="a business",
            passes_on="never",
            next_step="remind him in the ordinary way",
        )
    if content.pay_by is None:
        yield _dateless("REG-21: the letter says until when there is time to settle it", content)


def _debit_notice(content: LetterContent) -> Iterator[Refusal]:
    asks = content.pay_by is not None or content.interest_due or content.costs_due
    if asks or content.hand_over_warning or content.costs_if_unpaid is not None:
        yield Refusal(
            code="claim_with_debit_notice",
            rule="the notice of a direct debit tells what will be debited, and asks and warns of nothing",
            fact=f"notice {content.letter_number} asks payment, interest or costs, or warns",
            limit="the debit alone",
            next_step="leave it out",
        )
    if len(content.items) > 1:
        yield Refusal(
            code="debit_notice_of_many",
            rule="each debit is announced by itself",
            fact=f"notice {content.letter_number} is about {len(content.items)} invoices",
            limit="one invoice",
            next_step="announce each in a letter of its own",
        )


def _about_a_plan(content: LetterContent) -> Iterator[Refusal]:
    if content.hand_over_warning or content.costs_if_unpaid is not None:
        yield Refusal(
            code="warning_with_plan",
            rule="a letter about a plan warns of nothing but the plan's end",
            fact=f"letter {content.letter_number} warns of hand-over or costs",
            limit="no warning",
            next_step="leave the warning out",
        )
    dated = content.kind in (LetterKind.PLAN_TERM, LetterKind.PLAN_MISSED)
    if dated and content.pay_by is None:
        yield _dateless("a letter about a term says by when to pay", content)


def _courtesy_notice(content: LetterContent) -> Iterator[Refusal]:
    asks = content.pay_by is not None or content.interest_due or content.costs_due
    if asks or content.hand_over_warning or content.costs_if_unpaid is not None:
        yield Refusal(
            code="claim_before_due",
            rule="DUN-01: before the due date nothing more is asked than the invoice does",
            fact=f"notice {content.letter_number} gives a term, asks interest or costs, or warns",
            limit="the invoice and its due date alone",
            next_step="leave it out",
        )
    for item in content.items:
        if item.step is LetterKind.COURTESY_NOTICE and item.due_date <= content.letter_date:
            yield Refusal(
                code="courtesy_too_late",
                rule="a notice that an invoice falls due comes before it does",
                fact=f"invoice {item.invoice_number} is due on {item.due_date}",
                limit=f"after {content.letter_date}",
                passes_on="never",
                next_step="send the reminder when it is late",
            )


def _reminder(content: LetterContent) -> Iterator[Refusal]:
    if content.hand_over_warning or content.costs_if_unpaid is not None:
        yield Refusal(
            code="warning_in_reminder",
            rule="DUN-01, DUN-03: a reminder is friendly; hand-over and its costs belong in the next step",
            fact=f"reminder {content.letter_number} warns of hand-over or costs",
            limit="no warning",
            next_step="leave the warning out",
        )
    if content.pay_by is None:
        yield _dateless("DUN-01: a letter says by when to pay", content)


def _formal_notice(content: LetterContent) -> Iterator[Refusal]:
    if not content.hand_over_warning:
        yield Refusal(
            code="notice_without_warning",
            rule="DUN-06, DUN-07: a formal notice warns that the claim is handed over at the debtor's cost",
            fact=f"notice {content.letter_number} has no such warning",
            limit="the warning",
            next_step="add the warning",
        )
    if content.pay_by_limit is None:
        yield Refusal(
            code="notice_limit_not_checked",
            rule="DUN-04: the date in a formal notice is at most so many working days away",
            fact=f"notice {content.letter_number} does not say which day that is",
            limit="a last day given by the dunning policy",
            next_step="give pay_by_limit",
        )
    elif content.pay_by is not None and content.pay_by > content.pay_by_limit:
        yield Refusal(
            code="notice_date_too_late",
            rule="DUN-04: the date in a formal notice is at most so many working days away",
            fact=f"the notice of {content.letter_date} asks payment by {content.pay_by}",
            limit=f"{content.pay_by_limit}",
            next_step=f"name a date up to {content.pay_by_limit}",
        )


def _fourteen_day_letter(content: LetterContent) -> Iterator[Refusal]:
    if content.pay_by is not None:
        yield Refusal(
            code="fourteen_days_with_date",
            rule=f"{SIX_NINETY_SIX}, ECLI:NL:HR:2016:2704: the term runs from the day after delivery",
            fact=f"letter {content.letter_number} names {content.pay_by}",
            limit="the term in words, no date",
            next_step="leave pay_by out",
        )
    costs = content.costs_if_unpaid
    if costs is None:
        return
    base = sum((item.open_principal for item in content.items_at(content.kind)), ZERO)
    if costs.principal != base:
        yield Refusal(
            code="costs_over_another_principal",
            rule="artikel 6:96 lid 7 BW: the costs are reckoned over the principals of this letter together",
            fact=f"the costs are reckoned over {costs.principal}",
            limit=f"{base}",
            next_step="reckon the costs over the open principals at this step",
        )
    if costs.total <= ZERO:
        yield Refusal(
            code="costs_not_exact",
            rule=f"{SIX_NINETY_SIX}: the letter names the exact amount of the costs",
            fact=f"the amount is {costs.total}",
            limit="one amount above zero",
            next_step="give the amount of the scale",
        )


#: What goes out before the due date as well.
_BEFORE_DUE = PLAN_KINDS | {LetterKind.INVOICE, LetterKind.DEBIT_NOTICE, LetterKind.COURTESY_NOTICE}


def _item(item: LetterItem, content: LetterContent) -> Iterator[Refusal]:
    if item.due_date >= content.letter_date and item.step not in _BEFORE_DUE:
        yield Refusal(
            code="not_overdue",
            rule="DUN-01: a letter goes out after the term has expired",
            fact=f"invoice {item.invoice_number} is due on {item.due_date}",
            limit=f"before {content.letter_date}",
            next_step="wait for the day after the due date",
        )
    if item.step is LetterKind.FORMAL_NOTICE and (
        item.reminded_on is None or item.reminded_on >= content.letter_date
    ):
        yield Refusal(
            code="notice_without_reminder",
            rule="DUN-09: no formal notice before a reminder",
            fact=f"invoice {item.invoice_number} has no reminder before {content.letter_date}",
            limit="a reminder sent earlier",
            next_step="send the reminder first",
        )
    dated = item.step not in (LetterKind.FOURTEEN_DAY_LETTER, LetterKind.COURTESY_NOTICE)
    dateless = dated and content.pay_by_of(item) is None
    if dateless and content.kind is LetterKind.FOURTEEN_DAY_LETTER:
        yield _dateless(f"DUN-01: invoice {item.invoice_number} needs a date of its own", content)


def _dateless(rule: str, content: LetterContent) -> Refusal:
    return Refusal(
        code="no_date",
        rule=rule,
        fact=f"letter {content.letter_number} names no date",
        limit="a date after the letter's",
        next_step="give pay_by",
    )
