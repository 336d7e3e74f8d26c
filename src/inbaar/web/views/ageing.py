"""The ageing at any day that has been: totals that tie to the ledger, every debtor, the invoices behind a figure, files."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.banking.unapplied import unapplied_entries
from inbaar.kit.clock import today
from inbaar.law.amounts import ZERO
from inbaar.receivables.age_classes import AHEAD, CREDIT, UNAPPLIED, AgeClasses
from inbaar.receivables.ageing import Behind, aged_invoices, aged_sums, ageing_by_debtor, debtor_ages
from inbaar.web.charts import bar_lengths
from inbaar.web.csv_export import Cell
from inbaar.web.formats import amount, day
from inbaar.web.list_files import list_answer
from inbaar.web.paging import asked_page
from inbaar.web.queries.ageing import AgeingQuery, Position, positions, read_query
from inbaar.web.queries.invoices import debtor_name
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.wording.ages import class_figures, class_words


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the ageing: words and figures, the length and shade of its bar, and what it leads to."""

    words: str
    count: int
    amount: Decimal
    length: int
    shade: int
    href: str


@client_page
def ageing_page(request: PageRequest) -> HttpResponse:
    """Totals, check line and a page of debtors."""
    asked, client_id = read_query(request.GET, today()), request.place.client_id
    found = positions(client_id, asked.on, asked.classes)
    shown = [position for position in found if not position.empty] or found[:1]
    ages = debtor_ages(client_id, asked.on, asked.classes)
    page = asked_page(request.GET.get("page"), ages.count)
    rows = ages.rows(asked.sort, page.rows, page.offset)
    money = {position.age.currency: position.money.by_debtor for position in found}
    return render(
        request,
        "web/ageing.html",
        {
            "asked": asked,
            "summary": summary(shown, asked.on),
            "positions": [(position, lines(position, asked)) for position in shown],
            "titles": [(class_figures(key), class_words(key)) for key in asked.classes.keys],
            "rows": [
                (
                    row,
                    list(zip(asked.classes.keys, row.classes, strict=True)),
                    money[row.currency].get(row.debtor_id, ZERO),
                )
                for row in rows
            ],
            "page": page,
            "count": ages.count,
            "days": _days(today()),
            "columns": [("name", _("Debtor"), ""), ("open", _("Together"), "number"), ("late", _("Late"), "number")],
        },
    )  # fmt: skip


@client_page
def ageing_list(request: PageRequest) -> HttpResponse:
    """The invoices, or the money, behind a figure as they stood at the end of that day."""
    asked, client_id = read_query(request.GET, today()), request.place.client_id
    behind = _behind(asked)
    facts: dict[str, object] = {
        "asked": asked,
        "words": class_words(asked.key) if asked.key else "",
        "debtor": debtor_name(client_id, asked.debtor) if asked.debtor is not None else "",
        "back": f"{reverse('ageing')}?{asked.address}",
    }
    if asked.key == UNAPPLIED:
        entries = unapplied_entries(client_id, asked.on, asked.debtor, asked.currency)
        page = asked_page(request.GET.get("page"), len(entries))
        sums = _sums((entry.currency, entry.amount) for entry in entries)
        facts |= {"entries": entries[page.offset : page.offset + page.rows], "count": len(entries)}
    else:
        found = aged_sums(client_id, asked.on, asked.classes, behind)
        count = sum(number for _code, number, _amount in found)
        page = asked_page(request.GET.get("page"), count)
        rows = aged_invoices(client_id, asked.on, asked.classes, behind, page.rows, page.offset)
        sums = [(code, total) for code, _number, total in found]
        facts |= {"rows": [(row, takes_off(row.kind, row.issue_date, asked.on)) for row in rows], "count": count}  # fmt: skip
    return render(request, "web/ageing_list.html", facts | {"page": page, "sums": sums})


@client_page
def ageing_export(request: PageRequest, form: str = "csv") -> HttpResponse:
    """Every debtor with the classes as columns; what no debtor can be told of stands last."""
    asked, client_id = read_query(request.GET, today()), request.place.client_id
    head = [
        _("Debtor"), _("Currency"), *(class_words(key) for key in asked.classes.keys), class_words(CREDIT),
        class_words(AHEAD), class_words(UNAPPLIED), _("Together"),
    ]  # fmt: skip
    return list_answer(form, f"{_('ageing')}-{asked.on.isoformat()}", head, _debtor_lines(client_id, asked))


@client_page
def ageing_list_export(request: PageRequest, form: str = "csv") -> HttpResponse:
    """The invoices behind a figure as a file."""
    asked, client_id = read_query(request.GET, today()), request.place.client_id
    name = f"{_('ageing')}-{asked.on.isoformat()}-{_('invoices')}"
    if asked.key == UNAPPLIED:
        entries = unapplied_entries(client_id, asked.on, asked.debtor, asked.currency)
        head = [_("Date"), _("Payer"), _("Text"), _("Currency"), _("Not applied")]
        return list_answer(
            form, name, head, ((e.date, e.payer, e.text, e.currency, e.amount) for e in entries)
        )
    behind = _behind(asked)
    rows = aged_invoices(client_id, asked.on, asked.classes, behind)
    head = [_("Number"), _("Kind"), _("Debtor"), _("Date"), _("Due date"), _("Days late"), _("Currency"),
            _("Amount"), _("Open")]  # fmt: skip
    return list_answer(
        form,
        name,
        head,
        (
            (
                row.number, _("credit note") if row.kind == "credit_note" else _("invoice"), row.debtor, row.issue_date,
                row.due_date, max((asked.on - row.due_date).days, 0), row.currency, row.payable,
                -row.open if takes_off(row.kind, row.issue_date, asked.on) else row.open,
            )
            for row in rows
        ),
    )  # fmt: skip


def takes_off(kind: str, issue_date: dt.date, on: dt.date) -> bool:
    """Whether an amount counts the other way: a credit note's, or a payment of an invoice that was dated later."""
    return kind == "credit_note" or issue_date > on


def _behind(asked: AgeingQuery) -> Behind:
    return Behind(asked.key, None if asked.debtor is None else (asked.debtor,), asked.currency)


def lines(position: Position, asked: AgeingQuery) -> list[Line]:
    """The rows of one currency: its ages with their bars, then what takes off where there is any."""
    age, money = position.age, position.money
    lengths = bar_lengths([row.amount for row in age.classes])
    told = [
        Line(class_words(row.key), row.count, row.amount, length, shade(place, asked.classes), _to(asked, row.key, age.currency))
        for place, (row, length) in enumerate(zip(age.classes, lengths, strict=True))
    ]  # fmt: skip
    off = ((age.credits.key, age.credits.count, age.credits.amount), (age.ahead.key, age.ahead.count, age.ahead.amount),
           (UNAPPLIED, money.count, money.amount))  # fmt: skip
    return told + [
        Line(class_words(key), count, -total, 0, 0, _to(asked, key, age.currency))
        for key, count, total in off
        if count or total
    ]


def shade(place: int, classes: AgeClasses) -> int:
    """Which of the five shades a class has: the first is not due, the last the oldest."""
    last = len(classes.keys) - 1
    return place if place == 0 else max(1, 4 - (last - place))


def summary(shown: Sequence[Position], on: dt.date) -> str:
    """One sentence that sums up."""
    ages = [position.age for position in shown if position.age.count]
    if not ages:
        return _("Nothing was open on %(day)s.") % {"day": day(on)}
    count = sum(age.count for age in ages)
    words = ngettext("%(count)s invoice", "%(count)s invoices", count) % {"count": count}
    facts = {
        "day": day(on),
        "amount": " + ".join(amount(age.open, age.currency) for age in ages),
        "invoices": words,
        "late": " + ".join(amount(age.overdue, age.currency) for age in ages if age.overdue),
    }
    if not facts["late"]:
        return _("On %(day)s %(amount)s was open on %(invoices)s, none of it late.") % facts
    return _("On %(day)s %(amount)s was open on %(invoices)s, %(late)s of it late.") % facts


def _to(asked: AgeingQuery, key: str, currency: str) -> str:
    more = urlencode({"age": key, "currency": currency})
    return f"{reverse('ageing_list')}?{asked.address}&{more}"


def _days(on: dt.date) -> list[tuple[str, dt.date]]:
    """Days that are often asked for: today, and the ends of the last month, quarter and year."""
    month = on.replace(day=1) - dt.timedelta(days=1)
    quarter = on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1) - dt.timedelta(days=1)
    year = dt.date(on.year - 1, 12, 31)
    told = [(_("today"), on), (_("end of last month"), month), (_("end of last quarter"), quarter), (_("end of last year"), year)]  # fmt: skip
    return [pair for place, pair in enumerate(told) if pair[1] not in [day for _words, day in told[:place]]]


def _sums(pairs: Iterator[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    totals: dict[str, Decimal] = {}
    for currency, value in pairs:
        totals[currency] = totals.get(currency, ZERO) + value
    return sorted(totals.items(), key=lambda pair: (pair[0] != "EUR", pair[0]))


def _debtor_lines(client_id: int, asked: AgeingQuery) -> Iterator[Sequence[Cell]]:
    money = {p.age.currency: dict(p.money.by_debtor) for p in positions(client_id, asked.on, asked.classes)}
    for row in ageing_by_debtor(client_id, asked.on, asked.classes, "name"):
        mine = money[row.currency].pop(row.debtor_id, ZERO)
        yield (row.name, row.currency, *row.classes, -row.credits, -row.ahead, -mine, row.open - mine)
    nothing = [ZERO] * (len(asked.classes.keys) + 2)
    for currency, left in sorted(money.items()):
        total = sum(left.values(), ZERO)
        if total:
            yield (_("no debtor with anything open"), currency, *nothing, -total, -total)
