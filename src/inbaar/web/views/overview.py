"""The overview: how much, how late, what happens next, and what waits for a person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.banking.queries import stale_accounts
from inbaar.kit.clock import today
from inbaar.receivables.ageing import Ageing, ageing
from inbaar.web.charts import bar_lengths
from inbaar.web.formats import amount, day, iban, weekday
from inbaar.web.queries.overview import (
    PlannedDay,
    ToDo,
    needs,
    planned_days,
    sales_outstanding,
    to_do,
    unapplied,
)
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.wording.ages import class_words
from inbaar.web.wording.steps import step_count, wait_word


@client_page
def overview(request: PageRequest) -> HttpResponse:
    """The first page after log-in."""
    on, client_id = today(), request.place.client_id
    ages = ageing(client_id, on)
    days = planned_days(client_id, on)
    todo = to_do(client_id, on)
    return render(
        request,
        "web/overview.html",
        {
            "summary": summary(ages, days, todo, on),
            "ages": [(age, age_rows(age)) for age in ages if age.count or age.currency == "EUR"],
            "outstanding": sales_outstanding(client_id, on, ages[0]),
            "days": [day_words(planned, on) for planned in days],
            "todo": todo,
            "unapplied": unapplied(client_id),
            "needs": [(need, need_count(need, count)) for need, count in needs(client_id, on)],
            "mandates": mandates_wait(todo),
            "stale": [iban(account) for account in stale_accounts(on)],
        },
    )


def summary(ages: Sequence[Ageing], days: Sequence[PlannedDay], todo: ToDo, on: dt.date) -> str:
    """One sentence that sums up."""
    if not todo.invoices:
        return _("There are no invoices yet.")
    if not any(age.count for age in ages):
        return _("Nothing is open: every invoice is settled.")
    open_words = " + ".join(amount(age.open, age.currency) for age in ages if age.count)
    late_words = " + ".join(amount(age.overdue, age.currency) for age in ages if age.overdue)
    debtors = ngettext("%(count)s debtor", "%(count)s debtors", todo.debtors) % {"count": todo.debtors}
    told = [_("%(amount)s is open with %(debtors)s") % {"amount": open_words, "debtors": debtors}]
    told.append(
        _("%(amount)s of it is late") % {"amount": late_words} if late_words else _("none of it is late")
    )
    sentence = ", ".join(told) + "."
    first = next((planned for planned in days if planned.steps), None)
    if first:
        steps = _join([step_count(step, count) for step, count in first.steps])
        when = (
            _("Today")
            if first.on == on
            else _("On %(day)s") % {"day": f"{weekday(first.on)} {day(first.on)}"}
        )
        sentence += " " + _("%(when)s: %(steps)s.") % {"when": when, "steps": steps}
    return sentence


def need_count(need: str, count: int) -> str:
    """How many invoices wait for a person, and for what."""
    forms = {
        "not-sent": ngettext(
            "%(count)s invoice to send to its debtor", "%(count)s invoices to send to their debtors", count
        ),
        "handed-over": ngettext("%(count)s invoice to hand over", "%(count)s invoices to hand over", count),
        "paid-as-asked": ngettext(
            "%(count)s invoice paid as asked, with a rest",
            "%(count)s invoices paid as asked, with a rest",
            count,
        ),
        "before-start": ngettext(
            "%(count)s invoice from before the start", "%(count)s invoices from before the start", count
        ),
        "no-letter": ngettext(
            "%(count)s invoice without the letter it needs",
            "%(count)s invoices without the letter they need",
            count,
        ),
        "evidence-late": ngettext(
            "%(count)s invoice whose proof is overdue", "%(count)s invoices whose proof is overdue", count
        ),
        "solve-by": ngettext(
            "%(count)s invoice with a dispute past its day",
            "%(count)s invoices with a dispute past its day",
            count,
        ),
    }
    return forms[need] % {"count": count}


def mandates_wait(todo: ToDo) -> list[tuple[str, str]]:
    """What waits of mandates: the state they are listed by, and how many in words."""
    suspended, lapsing, unasked = todo.mandates_suspended, todo.mandates_lapsing, todo.requests_failed
    told = {
        "suspended": (suspended, ngettext("%(count)s mandate that rests", "%(count)s mandates that rest", suspended)),
        "lapsing": (lapsing, ngettext("%(count)s mandate that lapses soon", "%(count)s mandates that lapse soon", lapsing)),
        "to_sign": (
            unasked,
            ngettext("%(count)s request to sign did not arrive", "%(count)s requests to sign did not arrive", unasked),
        ),
    }  # fmt: skip
    return [(state, words % {"count": count}) for state, (count, words) in told.items() if count]


def _join(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


@dataclass(frozen=True, slots=True)
class AgeRow:
    """One age: its words and figures, the length of its bar, and where both lead."""

    words: str
    count: int
    amount: Decimal
    length: int
    href: str


def age_rows(age: Ageing) -> list[AgeRow]:
    """The ages as rows with bars that lead to their invoices."""
    lengths = bar_lengths([row.amount for row in age.classes])
    return [
        AgeRow(class_words(row.key), row.count, row.amount, length, f"{reverse('invoices')}?age={row.key}")
        for row, length in zip(age.classes, lengths, strict=True)
    ]


def day_words(planned: PlannedDay, on: dt.date) -> dict[str, object]:
    """A planned day in words."""
    return {
        "on": planned.on,
        "name": _("Today") if planned.on == on else weekday(planned.on).capitalize(),
        "steps": _join([step_count(step, count) for step, count in planned.steps]),
        "waits": ", ".join(f"{wait_word(reason)} ({count})" for reason, count in planned.waits),
    }
