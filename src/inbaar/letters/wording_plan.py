"""What letters say of a payment plan: its terms, how each is paid, and what follows. Called by the other wordings."""

import datetime as dt
from decimal import Decimal

from inbaar.letters.composed import Column, Paragraph, PlanPart, Table, TermCode
from inbaar.letters.content import LetterContent, LetterKind
from inbaar.letters.parts import PlanRow, PlanTerms
from inbaar.letters.qr import QrRefused, payment_payload
from inbaar.letters.words import Words


def asked_now(content: LetterContent) -> Decimal:
    """What is paid with this letter: of a plan that is confirmed its first term, of any other all of it."""
    if content.plan is not None and content.kind is LetterKind.PLAN:
        return content.plan.rows[0].amount
    return content.total_due


def first_term_due(content: LetterContent) -> dt.date:
    """The last day to pay the first term."""
    assert content.plan is not None
    return content.plan.rows[0].due_on


def plan_ask(content: LetterContent, plan: PlanTerms, words: Words) -> Paragraph:
    """What is asked by when."""
    kind = content.kind.value
    if content.kind is LetterKind.PLAN:
        first = plan.rows[0]
        facts = {"first": words.amount(first.amount, content.currency), "pay_by": words.weekday(first.due_on)}
        key = "ask_one" if len(plan.rows) == 1 else "ask"
        return words.paragraph(kind, key, terms=str(len(plan.rows)), **facts)
    total = words.amount(content.total_due, content.currency)
    pay_by = words.weekday(content.pay_by) if content.pay_by else ""
    term = {"term": str(plan.term or 1), "terms": str(len(plan.rows))}
    key = f"ask_{plan.why}" if plan.why else "ask"
    return words.paragraph(kind, key, total=total, pay_by=pay_by, **term)


def plan_consequences(content: LetterContent, plan: PlanTerms, words: Words) -> list[Paragraph]:
    """What the plan holds up, what becomes of interest, and when it ends."""
    kind = content.kind.value
    if content.kind is not LetterKind.PLAN:
        return [words.paragraph(kind, "next")]
    told = [words.paragraph(kind, "pause"), words.paragraph(kind, "next")]
    if plan.interest:
        told.insert(1, words.paragraph(kind, f"interest_{plan.interest}"))
    if plan.acknowledged:
        told.append(words.paragraph(kind, "acknowledged"))
    return told


def plan_part(content: LetterContent, plan: PlanTerms, words: Words) -> PlanPart | None:
    """The table of terms, and the QR of each, of a plan that is confirmed; other letters are about one term or none."""
    if content.kind is not LetterKind.PLAN:
        return None
    say = words.sections["plan"]
    columns = (
        Column(say["number"]),
        Column(say["due"]),
        Column(say["amount"], figures=True),
        Column(say["reference"]),
    )
    rows = tuple(
        (str(number), words.short_date(row.due_on), words.amount(row.amount, content.currency), row.reference)
        for number, row in enumerate(plan.rows, start=1)
    )
    total = (say["sum"], "", words.amount(content.total_due, content.currency), "")
    codes = tuple(
        code for number, row in enumerate(plan.rows, start=1) if (code := _code(content, number, row, words))
    )
    title, intro = (say["codes"], say["codes_intro"]) if codes else ("", "")
    return PlanPart(Table(say["caption"], columns, rows, total), title, intro, codes)


def _code(content: LetterContent, number: int, row: PlanRow, words: Words) -> TermCode | None:
    """The QR of one term; none where no bank could read one, as the payment box says."""
    payee = content.payee
    facts = {
        "number": str(number), "amount": words.amount(row.amount, content.currency),
        "due": words.short_date(row.due_on), "reference": row.reference,
    }  # fmt: skip
    try:
        payload = payment_payload(
            holder=payee.account_holder[:70], iban=payee.iban, amount=row.amount, reference=row.reference, bic=payee.bic,
            currency=content.currency,
        )  # fmt: skip
    except QrRefused:
        return None
    return TermCode(words.say("plan", "code", **facts), payload, words.say("plan", "code_alt", **facts))
