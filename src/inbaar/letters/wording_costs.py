"""The collection costs on the calculation sheet, row by row of the scale. Called by `wording_sheet`."""

from inbaar.letters.composed import Column, Section, Table
from inbaar.letters.content import CostsLine, LetterContent, LetterCosts, LetterKind
from inbaar.letters.wording_sources import Sources
from inbaar.letters.words import Words, fact


def costs_section(
    content: LetterContent, costs: LetterCosts, words: Words, sources: Sources, *, claimed: bool
) -> Section:
    """How the costs were reckoned.

    A 14-day letter must name one amount of costs only (6:96 lid 6 BW), so there the rows give rate and base and the
    total alone gives an amount.
    """
    say = words.sections["sheet"]
    single = content.kind is LetterKind.FOURTEEN_DAY_LETTER
    rows = [_row(line, costs, content, words, sources) for line in costs.lines]
    if costs.vat_percent is not None and costs.vat:
        vat = "" if single else words.amount(costs.vat, content.currency)
        percent = words.percent(costs.vat_percent)
        rows.append((words.say("sheet", "costs_vat", percent=percent), vat, ""))
    sources_mark = sources.mark(costs.article, costs.source)
    total = (say["costs_total"], words.amount(costs.total, content.currency), sources_mark)
    columns = (Column(say["description"]), Column(say["amount"], figures=True), Column(say["source"]))
    heading = say["costs_claimed"] if claimed else say["costs_if_unpaid"]
    return Section(
        heading, _remarks(content, costs, words, claimed), (Table(heading, columns, tuple(rows), total),)
    )


def _remarks(content: LetterContent, costs: LetterCosts, words: Words, claimed: bool) -> tuple[str, ...]:
    base = words.amount(costs.principal, content.currency)
    told = [words.say("sheet", "costs_base", principal=base)]
    if not claimed:
        told.append(words.say("sheet", "costs_if_unpaid_note"))
    if costs.vat_percent is not None and costs.vat:
        told.append(words.say("sheet", "costs_vat_reason"))
    return tuple(told)


def _row(
    line: CostsLine, costs: LetterCosts, content: LetterContent, words: Words, sources: Sources
) -> tuple[str, str, str]:
    if line.rate_percent is not None:
        facts = {
            "percent": words.percent(line.rate_percent),
            "base": words.amount(line.base, content.currency),
        }
        what = words.say("sheet", "costs_rate", **facts)
    else:
        what = words.say("sheet", "costs_minimum" if _scaled(costs) else "costs_fixed")
    if line.invoice_number:
        what = words.say("sheet", "costs_invoice", what=what, number=fact(line.invoice_number, 60))
    single = content.kind is LetterKind.FOURTEEN_DAY_LETTER
    amount = "" if single else words.amount(line.amount, content.currency)
    return what, amount, sources.mark(line.article, line.source)


def _scaled(costs: LetterCosts) -> bool:
    """Whether a line without a rate raises or limits what the scale gave, rather than being the amount itself."""
    return any(line.rate_percent is not None for line in costs.lines)
