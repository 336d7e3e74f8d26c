"""Statements of account: choosing and seeing who gets which, asking for them once, and what became of each."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from csp.decorators import csp_exempt
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.banking.pay_links import pay_token
from inbaar.debtor_statements.actions import BATCH, Asked, ask_statements, cancel_statements, write_waiting
from inbaar.debtor_statements.content import AccountContent
from inbaar.debtor_statements.jobs import queue_statements
from inbaar.debtor_statements.queries import (
    Candidate,
    candidates,
    one_run,
    one_statement,
    statement_counts,
    statement_rows,
)
from inbaar.debtor_statements.sending import statement_files
from inbaar.debtor_statements.states import STATES
from inbaar.debtor_statements.wording import mail_text, mark_words, words_of
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.csv_export import Cell
from inbaar.web.list_files import XLSX, workbook
from inbaar.web.paging import asked_page
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.account_states import state_words
from inbaar.web.wording.refusals import refused_words

KEY_LENGTH = 24
SHOWN = 100
Sums = list[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose on the form, and what of it could not be read."""

    kind: str
    on: dt.date
    since: dt.date | None
    by_mail: bool
    debtor: int | None
    least: Decimal | None
    late: bool
    problems: tuple[str, ...] = ()


@client_page
def statement_list(request: PageRequest) -> HttpResponse:
    """Every statement, the newest first."""
    client_id = request.place.client_id
    counts = statement_counts(client_id)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    total = counts.get(state, 0) if state else sum(counts.values())
    page = asked_page(request.GET.get("page"), total)
    rows = statement_rows(client_id, state=state, limit=page.rows, offset=page.offset)
    return render(
        request,
        "web/debtor_statements.html",
        {
            "rows": _told(rows),
            "page": page,
            "state": state,
            "states": [("", _("all")), *((key, state_words(key)[0]) for key in STATES if counts.get(key))],
        },
    )


@client_page
def statement_new(request: PageRequest) -> HttpResponse:
    """Choose, and see who would get a statement with which balance."""
    return _form(request, read_choice(request.GET))


def _form(request: PageRequest, choice: Choice, status: int = 200) -> HttpResponse:
    client_id = request.place.client_id
    found = candidates(client_id, choice.on, debtor=choice.debtor, least=choice.least, late=choice.late)
    return render(
        request,
        "web/debtor_statement_new.html",
        {
            "choice": choice,
            "found": found[:SHOWN],
            "more": max(len(found) - SHOWN, 0),
            "count": len(found),
            "mailed": sum(1 for each in found if each.address) if choice.by_mail else 0,
            "sums": _sums(found),
            "seen": seen(found),
            "key": get_random_string(KEY_LENGTH),
            "payable": choice.on == today(),
            "mail_is_set": bool(settings.EMAIL_HOST),
        },
        status=status,
    )


@client_act
def statement_ask(request: PageRequest) -> HttpResponse:
    """Ask for what was seen. If it changed meanwhile, the page comes back to be looked at again."""
    client_id, choice = request.place.client_id, read_choice(request.POST)
    found = candidates(client_id, choice.on, debtor=choice.debtor, least=choice.least, late=choice.late)
    if choice.problems or request.POST.get("seen") != seen(found):
        messages.warning(request, _("It changed since you looked. Look again; nothing was made."))
        return _form(request, choice, 409)
    key = request.POST.get("key", "")[:KEY_LENGTH] or get_random_string(KEY_LENGTH)
    debtors = tuple((each.row.debtor_id, each.row.currency) for each in found)
    asked = Asked(key, choice.kind, choice.on, choice.since, choice.by_mail, debtors)
    try:
        run_id = ask_statements(client_id, asked, str(request.user)[:100], today(), now())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
        return _form(request, choice, 409)
    if len(debtors) <= BATCH:
        write_waiting(
            client_id, today(), now(), run_id
        )  # a few are there at once; mailing them is for the job
    queue_statements(client_id)
    return redirect("debtor_statement_run", run_id)


@client_page
def statement_run(request: PageRequest, run_id: int) -> HttpResponse:
    """How far a run is, and its statements."""
    client_id = request.place.client_id
    row = one_run(client_id, run_id)
    if row is None:
        raise Http404("no such run")
    counts = statement_counts(client_id, run_id)
    total, left = (
        sum(counts.values()),
        sum(counts.get(state, 0) for state in ("waiting", "queued", "sending")),
    )
    page = asked_page(request.GET.get("page"), total)
    rows = statement_rows(client_id, run_id=run_id, limit=page.rows, offset=page.offset)
    return render(
        request,
        "web/debtor_statement_run.html",
        {
            "row": row, "rows": _told(rows), "page": page, "total": total, "done": total - left, "left": left,
            "counts": [(state_words(state), counts[state]) for state in STATES if counts.get(state)],
            "can_stop": counts.get("waiting", 0) + counts.get("queued", 0),
            "mail_is_set": bool(settings.EMAIL_HOST),
        },
    )  # fmt: skip


@client_act
def statement_stop(request: PageRequest, run_id: int) -> HttpResponse:
    """Stop what has not left yet."""
    client_id = request.place.client_id
    if one_run(client_id, run_id) is None:
        raise Http404("no such run")
    count = cancel_statements(client_id, run_id, now())
    words = ngettext("%(count)s statement was stopped.", "%(count)s statements were stopped.", count)
    messages.success(request, words % {"count": count})
    return redirect("debtor_statement_run", run_id)


@client_page
def statement(request: PageRequest, statement_id: int) -> HttpResponse:
    """One statement: what its mail says and where it is."""
    found = one_statement(request.place.client_id, statement_id)
    if found is None:
        raise Http404("no such statement")
    row, content = found
    return render(
        request,
        "web/debtor_statement.html",
        {
            "row": row,
            "state": state_words(row.state),
            "text": mail_text(content) if content else "",
            "links": _own_links(request.place.client_id, content) if content else [],
            "letter_language": str(content.language) if content else "nl",
        },
    )


@csp_exempt()
@client_page
def statement_pdf(request: PageRequest, statement_id: int) -> HttpResponse:
    """The PDF as it is mailed; set now if it was not yet."""
    content = _content_or_404(request, statement_id)
    pdf = statement_files(request.place.client_id, {statement_id: content})[statement_id]
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{content.number}.pdf"'
    return answer


@client_page
def statement_workbook(request: PageRequest, statement_id: int) -> HttpResponse:
    """The same as a workbook: movements, then open items, each with its part of the balance."""
    content = _content_or_404(request, statement_id)
    head = [_("Part"), _("Date"), _("Number"), _("What"), _("Due date"), _("Amount"), _("Open"), _("To pay now"), _("Payee"), _("Account"), _("Payment reference"), _("Note")]  # fmt: skip
    answer = HttpResponse(workbook(head, workbook_rows(content)), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{content.number}.xlsx"'
    return answer


def workbook_rows(content: AccountContent) -> list[list[Cell]]:
    """The lines of the workbook."""
    words = words_of(content.language)
    rows: list[list[Cell]] = []
    for move in content.movements:
        what = words.say("moves", move.kind, number=move.number)
        rows.append(
            [words.say("account", "movements"), move.on, move.number, what, None, move.amount, *[None] * 6]
        )
    for part in content.parts:
        to = [part.payee.account_holder, part.payee.iban, part.reference]
        rows += [
            [words.say("account", "items"), item.issued, item.number, words.say("kinds", item.kind), item.due, item.amount,
             item.open, item.asked, *to, mark_words(item, content.currency, words)]
            for item in part.items
        ]  # fmt: skip
    rows += [
        [words.say("account", "others"), item.issued, item.number, words.say("kinds", item.kind), None, item.amount,
         -item.open, *[None] * 5]
        for item in content.others
    ]  # fmt: skip
    rows.append([words.say("account", "closing", date=words.date(content.on)), content.on, *[None] * 4, content.closing, content.asked, *[None] * 4])  # fmt: skip
    return rows


def read_choice(query: Mapping[str, str]) -> Choice:
    """The form as it was filled in; what cannot be read is named and takes its usual value."""
    problems: list[str] = []

    def date(name: str, usual: dt.date) -> dt.date:
        text = query.get(name, "").strip()
        try:
            read = dt.date.fromisoformat(text) if text else usual
        except ValueError:
            problems.append(_("“%(value)s” is not a date; write 2026-11-22.") % {"value": text[:40]})
            return usual
        return read

    on = date("on", today())
    if not dt.date(1990, 1, 1) <= on <= today():
        problems.append(_("A statement is of a day that has been; today is shown."))
        on = today()
    kind = "movements" if query.get("kind") == "movements" else "open"
    since = date("since", on.replace(day=1)) if kind == "movements" else None
    if since is not None and since > on:
        problems.append(_("The first day comes after the last one."))
        since = on
    text = query.get("least", "").strip()
    least = read_amount(text) if text else None
    if text and least is None:
        problems.append(_("“%(value)s” is not an amount; write 1234,56.") % {"value": text[:40]})
    debtor = query.get("debtor", "").strip()
    return Choice(
        kind,
        on,
        since,
        query.get("by_mail", "1") == "1",
        int(debtor) if debtor.isdecimal() and len(debtor) < 19 else None,
        least,
        query.get("late") == "1",
        tuple(problems),
    )


def seen(found: Sequence[Candidate]) -> str:
    """A mark of exactly who was shown with which balance and address."""
    told = ";".join(f"{c.row.debtor_id},{c.row.currency},{c.row.open},{c.address}" for c in found)
    return hashlib.sha256(told.encode()).hexdigest()


def _own_links(client_id: int, content: AccountContent) -> list[tuple[str, str]]:
    """What can be paid with the statement, and the page on which the debtor sees it."""
    return [
        (part.reference, reverse("pay", args=[pay_token(client_id, part.reference)]))
        for part in content.parts
        if part.reference
    ]


def _content_or_404(request: PageRequest, statement_id: int) -> AccountContent:
    found = one_statement(request.place.client_id, statement_id)
    if found is None or found[1] is None:
        raise Http404("no such statement")
    return found[1]


def _told(rows: Sequence[object]) -> list[tuple[object, tuple[str, str]]]:
    return [(row, state_words(row.state)) for row in rows]  # type: ignore[attr-defined]


def _sums(found: Sequence[Candidate]) -> Sums:
    totals: dict[str, Decimal] = {}
    for each in found:
        totals[each.row.currency] = totals.get(each.row.currency, Decimal(0)) + each.row.open
    return sorted(totals.items(), key=lambda pair: (pair[0] != "EUR", pair[0]))
