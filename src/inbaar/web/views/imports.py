"""Lists that come in: which column is what, a verdict on every line, taking them in, and taking them back.

The work itself is queued: these pages say what is to be done, and show how far it is.
"""

import datetime as dt
import io
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbaar.intake.bulk.columns import Choices
from inbaar.intake.bulk.tables import NotAList
from inbaar.intake.import_states import WORKING
from inbaar.intake.importing import (
    MOST_BYTES,
    ListFile,
    change_kind,
    choose,
    list_content,
    list_file,
    open_list,
)
from inbaar.intake.queueing import queue_import
from inbaar.intake.taking import start_taking, wanted_lines
from inbaar.intake.taking_back import start_undo
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.choosing import chosen, column_rows
from inbaar.web.downloads import download
from inbaar.web.paging import asked_page
from inbaar.web.queries.imports import ImportRow, LineRow, import_lines, one_import
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.imports import (
    change_words,
    decision_words,
    fault_words,
    field_word,
    may_decide,
    problems_kept,
    verdict_words,
    verdicts_of,
)
from inbaar.web.wording.problems import problem_words
from inbaar.web.wording.refusals import refused_words

#: Work of which nothing was heard for so long may have stopped with its worker: a person may have it go on.
QUIET = dt.timedelta(minutes=2)


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def import_page(request: PageRequest, import_id: int) -> HttpResponse:
    """A list as it stands: its columns, how far the work is, its lines, or what it gave. By POST its columns are chosen."""
    if request.method == "POST":
        return _choose(request, import_id)
    row = _row(request, import_id)
    if row.state in WORKING:
        return _working(request, row)
    if request.headers.get("HX-Request"):  # the page that showed the work: what came of it is another page
        answer = HttpResponse()
        answer["HX-Redirect"] = reverse("import", args=[import_id])
        return answer
    if row.state == "checked":
        return redirect("import_check", import_id)
    if row.state != "open":
        return _result(request, row)
    kept = _kept(request, import_id)
    return _columns_page(request, kept, kept.choices, problems_kept(row.problems))


@client_page
def import_columns(request: PageRequest, import_id: int) -> HttpResponse:
    """The columns of a list that was looked through, to choose them again."""
    kept = _kept(request, import_id)
    if kept.state != "checked":
        return redirect("import", import_id)
    return _columns_page(request, kept, kept.choices, [])


@client_page
def import_check(request: PageRequest, import_id: int) -> HttpResponse:
    """What would become of each line; nothing is taken in yet."""
    row = _row(request, import_id)
    if row.state != "checked":
        return redirect("import", import_id)
    wanted = wanted_lines(request.place.client_id, import_id, row.kind)
    return render(request, "web/import_check.html", _lines_facts(request, row) | {"row": row, "new": wanted})


@client_page
def import_file(request: PageRequest, import_id: int) -> HttpResponse:
    """The list as it came in; of an auditfile the open items, which is all that is kept of it."""
    kept = _kept(request, import_id)
    name = f"{kept.name}.csv" if kept.format == "xaf" else kept.name
    return download(list_content(request.place.client_id, import_id), name)


@client_act
def import_take_in(request: PageRequest, import_id: int) -> HttpResponse:
    """Have every line taken in that is new and not left out, and those that were decided about."""
    client_id = request.place.client_id
    return _started(
        request, import_id, lambda: start_taking(client_id, import_id, today(), str(request.user), now())
    )


@client_act
def import_undo(request: PageRequest, import_id: int) -> HttpResponse:
    """Have everything taken back that the list made, or nothing."""
    return _started(
        request, import_id, lambda: start_undo(request.place.client_id, import_id, str(request.user), now())
    )


@client_act
def import_go_on(request: PageRequest, import_id: int) -> HttpResponse:
    """Have the work on a list go on that stopped with its worker; twice is harmless."""
    if _row(request, import_id).state in WORKING:
        queue_import(request.place.client_id, import_id)
    return redirect("import", import_id)


@client_act
def debtor_list_new(request: PageRequest) -> HttpResponse:
    """A list of debtors, sent from their own page: it is about them, whatever its head is like."""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_BYTES:
        messages.error(request, _("Choose a file of at most 50 MB."))
        return redirect("debtors")
    try:
        import_id = open_list(
            request.place.client_id,
            file.name or "",
            io.BytesIO(file.read()),
            now(),
            "upload",
            str(request.user),
            "debtors",
        )
    except NotAList as fault:
        messages.error(request, problem_words(fault.rule, fault.text, "error")[0])
        return redirect("debtors")
    return redirect("import", import_id)


@client_act
def import_kind(request: PageRequest, import_id: int) -> HttpResponse:
    """Say that the list is about debtors, or about invoices."""
    kind = request.POST.get("kind", "")
    if kind in ("invoices", "debtors"):
        try:
            change_kind(request.place.client_id, import_id, kind, now())  # type: ignore[arg-type]
        except Refused as refused:
            for words in refused_words(refused):
                messages.error(request, words)
    return redirect("import", import_id)


def _started(request: PageRequest, import_id: int, start: Any) -> HttpResponse:
    """Start work and queue it in one transaction; the list's page shows how far it is."""
    try:
        with transaction.atomic():
            start()
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    else:
        queue_import(request.place.client_id, import_id)
    return redirect("import", import_id)


@client_act
def _choose(request: PageRequest, import_id: int) -> HttpResponse:
    kept = _kept(request, import_id)
    choices, problems = chosen(request.POST, len(kept.outline.head), kept.choices)
    problems = problems or _missing(choices)
    if problems:
        return _columns_page(request, kept, choices, problems, 400)
    return _started(request, import_id, lambda: choose(request.place.client_id, import_id, choices, now()))


def _working(request: PageRequest, row: ImportRow) -> HttpResponse:
    """How far the work on a list is; asked for again and again, it leads to what came of it."""
    quiet = now() - row.changed_at > QUIET
    most = row.counts_sum or row.lines
    return render(request, "web/import_working.html", {"row": row, "quiet": quiet, "most": most})


def _missing(choices: Choices) -> list[str]:
    """What a list lacks to be looked through."""
    said = {
        "issue_date": _("Choose the column with the invoice date, or fill in the payment term: the date lies that many days before the due date."),
        "due_date": _("Choose the column with the due date, or fill in the payment term: the due date lies that many days after the invoice date."),
        "debtor": _("Choose the column with the name of the debtor, or with the customer number."),
        "vat": _("Choose the column with the VAT or with the amount including VAT: the amount without VAT is not what is owed."),
    }  # fmt: skip
    return [
        said.get(name) or _("Choose the column for: %(field)s.") % {"field": field_word(name)}
        for name in choices.missing
    ]


def _columns_page(
    request: PageRequest, kept: ListFile, choices: Choices, problems: list[str], status: int = 200
) -> HttpResponse:
    facts = {
        "kept": kept,
        "outline": kept.outline,
        "columns": column_rows(kept.outline, choices),
        "choices": choices,
        "problems": problems,
    }
    return render(request, "web/import_columns.html", facts, status=status)


def _result(request: PageRequest, row: ImportRow) -> HttpResponse:
    facts = {"row": row, "problems": problems_kept(row.problems)}
    return render(request, "web/import_result.html", _lines_facts(request, row) | facts)


def _lines_facts(request: PageRequest, row: ImportRow) -> dict[str, Any]:
    """What the table of lines shows: a tab for each verdict there is, and the lines in words."""
    verdicts = verdicts_of(row.kind)
    asked = request.GET.get("show", "")
    wanted = asked if asked in verdicts else ""
    count = row.counts.get(wanted, 0) if wanted else row.counts_sum
    page = asked_page(request.GET.get("page"), count)
    rows = import_lines(request.place.client_id, row.id, wanted, page.rows, page.offset)
    tabs = [("", _("all"), row.counts_sum)]
    tabs += [
        (name, verdict_words(name, row.state)[0], row.counts[name])
        for name in verdicts
        if row.counts.get(name)
    ]
    lines = [_shown(request, row, line) for line in rows]
    return {"lines": lines, "tabs": tabs, "wanted": wanted, "page": page, "kind": row.kind}


def _shown(request: PageRequest, row: ImportRow, line: LineRow) -> tuple[Any, ...]:
    """A line with its verdict and its doubts in words, what was decided, and where to decide."""
    faults = [fault_words(*fault) for fault in line.faults]
    faults += change_words(line.told) if line.verdict == "changed" else []
    decide = ""
    if row.state == "checked" and request.place.may_change and may_decide(line.verdict, line.faults):
        decide = reverse("import_line", args=[row.id, line.line])
    return (line, *verdict_words(line.verdict, row.state), faults, decision_words(line), decide)


def _kept(request: PageRequest, import_id: int) -> ListFile:
    kept = list_file(request.place.client_id, import_id)
    if kept is None:
        raise Http404("no such list")
    return kept


def _row(request: PageRequest, import_id: int) -> ImportRow:
    row = one_import(request.place.client_id, import_id)
    if row is None:
        raise Http404("no such list")
    return row
