"""The paragraphs of a letter: why it comes, what it asks by when, what follows, and how to answer. Called by `wording`."""

import datetime as dt

from inbaar.letters.composed import Paragraph, Run
from inbaar.letters.content import LetterContent, LetterCosts, LetterItem, LetterKind, total_of
from inbaar.letters.own_words import LONGEST
from inbaar.letters.parts import PLAN_KINDS
from inbaar.letters.wording_plan import plan_ask, plan_consequences
from inbaar.letters.words import NBSP, Words, fact, grouped


def opening(content: LetterContent, words: Words) -> tuple[Paragraph, ...]:
    """Why this letter comes, what it asks by when and what follows; then the milder steps of other invoices."""
    kind, mixed = content.kind.value, len(content.steps) > 1
    firm = "firm_" if content.firm else ""
    total = words.amount(content.total_due, content.currency)
    if len(content.items) == 1:
        first = words.paragraph(
            kind, f"{firm}opening_one", total=total, **_invoice_facts(content.items[0], words)
        )
    else:
        key = "opening_mixed" if mixed else f"{firm}opening_many"
        first = words.paragraph(kind, key, total=total, count=str(len(content.items)))
    if content.firm and all(item.reminded_on for item in content.items):
        first = joined([first, words.paragraph(kind, "firm_again", day=_reminded(content, words))])
    own = (Paragraph((Run(fact(content.own_words, LONGEST)),)),) if content.own_words else ()
    return (
        first,
        _ask(content, words, mixed),
        *own,
        *_consequences(content, words),
        *_other_steps(content, words),
    )


def _ask(content: LetterContent, words: Words, mixed: bool) -> Paragraph:
    due = words.amount(total_of(content.items_at(content.kind)), content.currency)
    pay_by = words.weekday(content.pay_by) if content.pay_by else ""
    if content.debit is not None:
        day, account = words.weekday(content.debit.collected_on), grouped(content.debit.account)
        return words.paragraph(content.kind.value, "ask", total=due, day=day, account=account)
    if content.plan is not None:
        return plan_ask(content, content.plan, words)
    key = "ask_mixed" if mixed else "firm_ask" if content.firm else "ask"
    return words.paragraph(content.kind.value, key, total=due, pay_by=pay_by)


def _reminded(content: LetterContent, words: Words) -> str:
    return words.date(max(item.reminded_on for item in content.items if item.reminded_on))


def _invoice_facts(item: LetterItem, words: Words) -> dict[str, str]:
    return {
        "number": fact(item.invoice_number, 60),
        "issued": words.date(item.issue_date),
        "due": words.date(item.due_date),
        "reminded": words.date(item.reminded_on) if item.reminded_on else "",
    }


def _other_steps(content: LetterContent, words: Words) -> list[Paragraph]:
    """In a mixed letter: what is asked for the invoices at a milder step, each group by its own date."""
    parts = {LetterKind.REMINDER: "reminder_part", LetterKind.FORMAL_NOTICE: "notice_part"}
    told = []
    for step in content.steps[1:]:
        days = sorted({day for item in content.items_at(step) if (day := content.pay_by_of(item))})
        for day in days:
            items = tuple(item for item in content.items_at(step) if content.pay_by_of(item) == day)
            total = words.amount(total_of(items), content.currency)
            told.append(words.paragraph("common", parts[step], total=total, pay_by=words.weekday(day)))
    return told


def _consequences(content: LetterContent, words: Words) -> list[Paragraph]:
    kind = content.kind
    if content.plan is not None:
        return plan_consequences(content, content.plan, words)
    if kind.strictness <= LetterKind.REMINDER.strictness and kind is not LetterKind.REGISTER_NOTICE:
        return []
    if kind is LetterKind.REGISTER_NOTICE:
        return _register(content, words)
    collector = fact(content.hand_over_to) or words.say(kind.value, "collector")
    costs = content.costs_if_unpaid
    if kind is LetterKind.FOURTEEN_DAY_LETTER:
        told = _fourteen_day_costs(content, costs, words) if costs else []
        if content.hand_over_warning:
            told.append(words.paragraph(kind.value, "hand_over", collector=collector))
        return [*told[:1], joined([*told[1:], words.paragraph(kind.value, "rights")])]
    sentences = [words.paragraph(kind.value, "hand_over", collector=collector)]
    if costs:
        sentences.append(
            words.paragraph(kind.value, "costs", costs=words.amount(costs.total, content.currency))
        )
    return [joined([*sentences, words.paragraph(kind.value, "rights")])]


def _register(content: LetterContent, words: Words) -> list[Paragraph]:
    """Both clocks, what third parties would see and when, that it costs nothing, and how it is undone."""
    kind = content.kind.value
    entry = content.pay_by + dt.timedelta(days=1) if content.pay_by else content.letter_date
    told = [words.paragraph(kind, "reported"), words.paragraph(kind, "entry", entry=words.weekday(entry))]
    return [
        joined(told),
        joined([words.paragraph(kind, "removal"), words.paragraph(kind, "no_costs")]),
    ]


def _fourteen_day_costs(content: LetterContent, costs: LetterCosts, words: Words) -> list[Paragraph]:
    """The consequence with its one exact amount; VAT is told as a share of it, never as a second amount."""
    kind = content.kind.value
    sentences = [words.paragraph(kind, "costs", costs=words.amount(costs.total, content.currency))]
    if costs.vat_percent is not None and costs.vat:
        percent = words.percent(costs.vat_percent)
        sentences.append(
            words.paragraph(kind, "vat_included", percent=percent, sender=fact(content.sender.name))
        )
    return [joined(sentences), words.paragraph(kind, "part")]


def remarks(content: LetterContent, words: Words) -> tuple[Paragraph, ...]:
    """What explains the amounts and the account: interest, costs, disputed parts, another payee."""
    told = _interest(content, words) if content.interest_due else []
    if content.costs_due:
        costs = words.amount(content.costs_due, content.currency)
        told.append(words.paragraph("common", "costs_in_total", costs=costs))
    amounts = [joined(told)] if told else []
    return (*amounts, *_disputed(content, words), *_payee(content, words))


def _disputed(content: LetterContent, words: Words) -> list[Paragraph]:
    parts = [
        {"disputed": words.amount(item.disputed, content.currency), "number": fact(item.invoice_number, 60)}
        for item in content.items
        if item.disputed
    ]
    if len(parts) == 1:
        return [words.paragraph("common", "disputed_one", **parts[0])]
    told = ", ".join(words.say("common", "disputed_part", **part) for part in parts)
    return [words.paragraph("common", "disputed_many", parts=told)] if parts else []


def _interest(content: LetterContent, words: Words) -> list[Paragraph]:
    facts = {
        "interest": words.amount(content.interest_due, content.currency),
        "interest_name": interest_name(content, words),
        "date": words.date(max(line.to_date for item in content.items for line in item.lines)),
    }
    told = [words.paragraph("common", "interest_in_total", **facts)]
    if content.principal_due and content.kind is not LetterKind.PLAN:
        told.append(words.paragraph("common", "interest_runs_on", interest_name=facts["interest_name"]))
    return told


def interest_name(content: LetterContent, words: Words) -> str:
    """The name of the interest by the article its lines rest on."""
    articles = {line.article for item in content.items for line in item.lines}
    if all("119a" in article or "119b" in article for article in articles):
        return words.say("common", "interest_trade")
    if all("119" in article for article in articles):
        return words.say("common", "interest_statutory")
    return words.say("common", "interest_agreed")


def _payee(content: LetterContent, words: Words) -> list[Paragraph]:
    holder, sender = fact(content.payee.account_holder), fact(content.sender.name)
    if content.payee.entitled_since is not None:
        since = words.date(content.payee.entitled_since)
        return [words.paragraph("common", "payee_moved", sender=sender, holder=holder, since=since)]
    if holder != sender:
        return [words.paragraph("common", "payee_differs", holder=holder)]
    return []


def closing(content: LetterContent, words: Words) -> tuple[Paragraph, ...]:
    """Already paid, not right, cannot pay: what the debtor can do in each case, and whom to reach."""
    contact = contact_line(content, words)
    dispute = "dispute_one" if len(content.items) == 1 else "dispute_many"
    told = [
        words.paragraph(content.kind.value, "crossed"),
        words.paragraph("common", dispute, contact=contact),
        words.paragraph("common", "cannot_pay"),
    ]
    if content.kind is LetterKind.INVOICE or content.kind in PLAN_KINDS:
        told.pop()
    if content.kind is LetterKind.REGISTER_NOTICE:
        told[1] = joined([told[1], words.paragraph(content.kind.value, "objection")])
    if content.debit is not None:
        weeks = content.debit.refund_weeks
        key = "refund" if weeks else "no_refund"
        told[-1] = words.paragraph(content.kind.value, key, weeks=str(weeks), contact=contact)
    if content.kind is LetterKind.FOURTEEN_DAY_LETTER:
        told[-1] = joined([told[-1], words.paragraph(content.kind.value, "debt_help")])
    return tuple(told)


def contact_line(content: LetterContent, words: Words) -> str:
    """`bel 020 123 45 67 of mail naar ...`, with what the sender has."""
    phone, email = fact(content.sender.phone, 60).replace(" ", NBSP), fact(content.sender.email, 120)
    key = "contact_both" if phone and email else "contact_phone" if phone else "contact_email"
    return words.say("common", key, phone=phone, email=email)


def joined(sentences: list[Paragraph]) -> Paragraph:
    """Sentences as one paragraph."""
    runs = list(sentences[0].runs)
    for sentence in sentences[1:]:
        first, *rest = sentence.runs
        runs += [type(first)(f" {first.text}", first.strong), *rest]
    return Paragraph(tuple(runs))
