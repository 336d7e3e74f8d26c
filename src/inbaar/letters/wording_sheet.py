"""The calculation sheet in words: each invoice line by line, its payments, the costs, and the sum of the letter.

Called by `wording`. The debtor can recompute each amount from what is printed, and sees on which source it rests.
"""

from decimal import Decimal

from inbaar.letters.composed import Column, Section, Sheet, Table
from inbaar.letters.content import LawRow, LetterContent, LetterItem
from inbaar.letters.wording_costs import costs_section
from inbaar.letters.wording_sources import Sources
from inbaar.letters.words import Words, fact

Told = tuple[tuple[str, Decimal], ...]


def calculation_sheet(content: LetterContent, words: Words) -> Sheet:
    """The whole sheet."""
    sources = Sources()
    sections = [_item_section(item, content, words, sources) for item in content.items]
    if content.costs_claimed:
        sections.append(costs_section(content, content.costs_claimed, words, sources, claimed=True))
    sections.append(_summary(content, words))
    if content.costs_if_unpaid:
        sections.append(costs_section(content, content.costs_if_unpaid, words, sources, claimed=False))
    sections.append(_grounds(content, words, sources))
    facts = {"number": fact(content.letter_number, 60), "date": words.date(content.letter_date)}
    shown = tuple(section for section in sections if section.paragraphs or section.tables)
    return Sheet(words.say("sheet", "title"), words.say("sheet", "intro", **facts), shown)


def _item_section(item: LetterItem, content: LetterContent, words: Words, sources: Sources) -> Section:
    """One invoice: its sum, then the interest and the payments behind that sum."""
    facts = {"issued": words.date(item.issue_date), "due": words.date(item.due_date)}
    heading = words.say("sheet", "item", number=fact(item.invoice_number, 60), **facts)
    tables = [
        _principal(item, content, words) if len(content.items) == 1 else _item_sum(item, content, words)
    ]
    if item.lines:
        tables.append(_interest(item, content, words, sources))
    if item.payments:
        tables.append(_payments(item, content, words))
    divided = any(payment.to_costs or payment.to_interest for payment in item.payments)
    notes = (words.say("sheet", "payments_order"),) if divided else ()
    return Section(heading, notes, tuple(tables))


def _sum_table(
    caption: str, told: Told, total: tuple[str, Decimal], content: LetterContent, words: Words
) -> Table:
    """Amounts that add up to the last; what is zero is left out, and a single amount needs no addition."""
    columns = (Column(words.say("sheet", "description")), Column(words.say("sheet", "amount"), figures=True))
    rows = tuple(
        (words.say("sheet", key), words.amount(amount, content.currency)) for key, amount in told if amount
    )
    return Table(caption, columns, rows, (total[0], words.amount(total[1], content.currency)))


def _taken_off(item: LetterItem) -> Told:
    paid = item.gross - item.credited - item.disputed - item.open_principal
    return (
        ("gross", item.gross),
        ("credited", -item.credited),
        ("disputed", -item.disputed),
        ("paid_principal", -paid),
    )


def _added(item: LetterItem) -> Told:
    return (
        ("summary_interest", item.interest_accrued),
        ("interest_paid", -item.interest_paid),
        ("summary_costs", item.costs_charged),
        ("costs_paid", item.costs - item.costs_charged),
    )


def _principal(item: LetterItem, content: LetterContent, words: Words) -> Table:
    if item.open_principal == item.gross:
        return _sum_table("", (), (words.say("sheet", "whole"), item.gross), content, words)
    total = words.say("sheet", "open"), item.open_principal
    return _sum_table("", _taken_off(item), total, content, words)


def _item_sum(item: LetterItem, content: LetterContent, words: Words) -> Table:
    label = words.say("sheet", "item_total", number=fact(item.invoice_number, 60))
    told = (*_taken_off(item), *_added(item))
    plain = all(not amount for _, amount in told[1:])
    return _sum_table("", () if plain else told, (label, item.total), content, words)


def _interest(item: LetterItem, content: LetterContent, words: Words, sources: Sources) -> Table:
    say, currency = words.sections["sheet"], content.currency
    keys = ("period", "days", "rate", "base", "amount", "source")
    columns = tuple(Column(say[key], figures=key in ("days", "rate", "base", "amount")) for key in keys)
    rows = tuple(
        (
            f"{words.short_date(line.from_date)} – {words.short_date(line.to_date)}",
            str(line.days),
            words.percent(line.rate_percent),
            words.amount(line.base, currency),
            words.amount(line.amount, currency),
            sources.mark(line.article, line.source),
        )
        for line in item.lines
    )
    until = words.date(max(line.to_date for line in item.lines))
    accrued = words.say("sheet", "interest_accrued", date=until)
    total = (accrued, "", "", "", words.amount(item.interest_accrued, currency), "")
    if len(rows) == 1:
        return Table(say["interest_caption"], columns, rows)
    return Table(say["interest_caption"], columns, rows, total)


def _payments(item: LetterItem, content: LetterContent, words: Words) -> Table:
    say = words.sections["sheet"]
    parts = ("paid", "to_costs", "to_interest", "to_principal")
    columns = (Column(say["paid_on"]), *(Column(say[part], figures=True) for part in parts))
    rows = tuple(
        (
            words.short_date(payment.on),
            *(
                words.amount(amount, content.currency)
                for amount in (payment.amount, payment.to_costs, payment.to_interest, payment.to_principal)
            ),
        )
        for payment in item.payments
    )
    return Table(say["payments_caption"], columns, rows)


def _summary(content: LetterContent, words: Words) -> Section:
    """The sum of the letter: of its only invoice in full, or of all invoices by kind."""
    told: Told = (
        ("summary_principal", content.principal_due),
        ("summary_interest", content.interest_due),
        ("summary_costs", content.costs_due),
    )
    if len(content.items) == 1:
        told = (("summary_principal", content.principal_due), *_added(content.items[0]))
    heading, total = words.say("sheet", "summary_caption"), words.say("sheet", "summary_total")
    return Section(heading, (), (_sum_table(heading, told, (total, content.total_due), content, words),))


def _grounds(content: LetterContent, words: Words, sources: Sources) -> Section:
    """How days are counted, the sources by number, the rows of law, and what a person noted."""
    told = [_day_count(content.day_count, words)] if any(item.lines for item in content.items) else []
    told += [fact(note, 400) for note in content.notes]
    told += [words.say("sheet", "source_row", n=str(number), text=text) for number, text in sources.rows()]
    told += [_law_row(row, words) for row in content.law_rows]
    return Section(words.say("sheet", "sources_caption"), tuple(told))


def _day_count(convention: str, words: Words) -> str:
    if convention in ("ACT/365F", "ACT_365F", "act/365f"):
        return words.say("sheet", "day_count_365")
    if convention in ("ACT/ACT", "ACT_ACT", "act/act"):
        return words.say("sheet", "day_count_actual")
    return words.say("sheet", "day_count_other", convention=fact(convention, 60))


def _law_row(row: LawRow, words: Words) -> str:
    value = words.percent(row.rate_percent) if row.rate_percent is not None else fact(row.value)
    facts = {"name": fact(row.name), "value": value, "source": fact(row.source, 240)}
    if row.applies_from is not None:
        told = words.say("sheet", "law_row", since=words.date(row.applies_from), **facts)
    else:
        told = words.say("sheet", "law_row_undated", **facts)
    if row.checked_on is not None:
        told = words.say("sheet", "checked", text=told, checked=words.date(row.checked_on))
    return told if row.confirmed else words.say("sheet", "unconfirmed", text=told)
