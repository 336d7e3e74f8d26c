"""The list of invoices: filters in the address, sorting, paging, sums, and the file of exactly what is seen."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from inbaar.dunning.rules import HAND_OVER, HANDED_OVER
from inbaar.kit.clock import today
from inbaar.web.formats import amount, day
from inbaar.web.list_files import list_answer
from inbaar.web.paging import asked_page
from inbaar.web.queries.invoice_filters import InvoiceFilter, read_filter
from inbaar.web.queries.invoices import InvoiceRow, any_invoice, debtor_name, invoice_rows, invoice_selection
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.wording.ages import class_words
from inbaar.web.wording.states import State, invoice_state
from inbaar.web.wording.steps import run_day, step_name, wait_word


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the parameters to take off to be rid of it."""

    words: str
    off: str


def state_choices() -> list[tuple[str, str]]:
    """The states to filter by."""
    return [
        ("open", _("open")),
        ("not-sent", _("not sent yet")),
        ("overdue", _("late")),
        ("disputed", _("disputed")),
        ("paid", _("settled")),
        ("credit", _("credit notes")),
        ("all", _("all")),
    ]


def need_words(need: str) -> str:
    """What invoices wait for a person for."""
    return {
        "not-sent": _("yet to be sent"),
        "handed-over": _("ready to hand over"),
        "paid-as-asked": _("paid as asked, a rest is left"),
        "before-start": _("older than the start"),
        "no-letter": _("letter cannot be written"),
        "evidence-late": _("proof not there in time"),
        "solve-by": _("dispute not solved in time"),
    }[need]


@client_page
def invoice_list(request: PageRequest) -> HttpResponse:
    """One page of the list."""
    on, client_id = today(), request.place.client_id
    chosen = read_filter(request.GET)
    selection = invoice_selection(client_id, chosen, on)
    page = asked_page(request.GET.get("page"), selection.count)
    rows = invoice_rows(client_id, chosen, on, page.rows, page.offset)
    return render(
        request,
        "web/invoices.html",
        {
            "chosen": chosen,
            "chips": chips(client_id, chosen),
            "states": state_choices(),
            "selection": selection,
            "page": page,
            "rows": [(row, row_state(row), next_words(row), next_day(row, on)) for row in rows],
            "columns": columns(),
            "orders": orders(),
            "any_invoice": bool(rows) or any_invoice(client_id),
        },
    )


def columns() -> list[tuple[str, str, str]]:
    """The sortable columns: key, title, class."""
    return [
        ("number", _("Number"), ""),
        ("debtor", _("Debtor"), ""),
        ("issued", _("Date"), ""),
        ("due", _("Due date"), ""),
        ("amount", _("Amount"), "number"),
        ("open", _("Open"), "number"),
        ("next", _("What happens next"), ""),
    ]


def orders() -> list[tuple[str, str]]:
    """Every order, for windows too narrow for a table with a head."""
    return [
        (sign + key, words % {"column": title})
        for key, title, _css in columns()
        for sign, words in (("", _("%(column)s, upwards")), ("-", _("%(column)s, downwards")))
    ]


@client_page
def invoice_export(request: PageRequest, form: str = "csv") -> HttpResponse:
    """The selected invoices as a file: the same rows, order and columns as on the screen."""
    on = today()
    rows = invoice_rows(request.place.client_id, read_filter(request.GET), on)
    head = [
        _("Number"), _("Kind"), _("Debtor"), _("Date"), _("Due date"), _("Currency"), _("Amount"), _("Open"),
        _("State"), _("What happens next"), _("On"), _("Sent"),
    ]  # fmt: skip
    return list_answer(
        form,
        f"{_('invoices')}-{on.isoformat()}",
        head,
        (
            (
                row.number, _("credit note") if row.is_credit else _("invoice"), row.debtor, row.issue_date,
                row.due_date, row.currency, row.payable, row.open_amount, row_state(row).words, next_words(row),
                next_day(row, on), _("no") if row.unsent else _("yes"),
            )
            for row in rows
        ),
    )  # fmt: skip


def row_state(row: InvoiceRow) -> State:
    """How a row's invoice stands."""
    return invoice_state(
        is_credit=row.is_credit,
        open_amount=row.open_amount,
        payable=row.payable,
        due_date=row.due_date,
        disputed=row.disputed,
        on=today(),
        unsent=row.unsent,
    )


def next_words(row: InvoiceRow) -> str:
    """What happens next to an invoice, in a few words; the date stands beside it."""
    if not row.open_amount or row.is_credit:
        return ""
    if reason := _waits(row):
        return _("waits: %(reason)s") % {"reason": wait_word(reason)}
    if row.due_on is None:
        return step_name(HAND_OVER) if row.stage == HANDED_OVER else ""
    return step_name(row.planned)


def next_day(row: InvoiceRow, on: dt.date) -> dt.date | None:
    """The day on which that happens, a working day; None where it waits for something else than a day."""
    if row.due_on is None or not row.open_amount or _waits(row):
        return None
    return run_day(row.due_on, on)


def _waits(row: InvoiceRow) -> str:
    """Why nothing happens next, also before the run has looked."""
    return "not_sent" if row.unsent else row.waits_for or row.held_by


def chips(client_id: int, chosen: InvoiceFilter) -> list[Chip]:
    """The filters that are on, apart from the state, which has a row of its own."""
    found: list[Chip] = []
    if chosen.text:
        found.append(Chip(f"“{chosen.text}”", "q"))
    if chosen.age:
        found.append(Chip(class_words(chosen.age), "age"))
    if chosen.need:
        found.append(Chip(need_words(chosen.need), "need"))
    if chosen.debtor is not None:
        found.append(Chip(debtor_name(client_id, chosen.debtor) or _("unknown debtor"), "debtor"))
    if chosen.issued_from:
        found.append(Chip(_("from %(day)s") % {"day": day(chosen.issued_from)}, "from"))
    if chosen.issued_to:
        found.append(Chip(_("until %(day)s") % {"day": day(chosen.issued_to)}, "to"))
    if chosen.least is not None:
        found.append(Chip(_("at least %(amount)s") % {"amount": amount(chosen.least)}, "least"))
    if chosen.most is not None:
        found.append(Chip(_("at most %(amount)s") % {"amount": amount(chosen.most)}, "most"))
    return found
