"""Lists of invoices: which column is what, what would become of each line, taking them in, and taking them back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from inbaar.doors import take_in_import, undo_import
from inbaar.intake.bulk.columns import Choices, Outline
from inbaar.intake.bulk.verdicts import VERDICTS
from inbaar.intake.importing import ListFile, check_list, choose, list_file, read_outline
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.choosing import chosen, column_rows
from inbaar.web.downloads import download
from inbaar.web.paging import asked_page
from inbaar.web.queries.imports import ImportRow, LineRow, import_lines, judged_row, one_import
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.imports import fault_words, field_word, undo_refused, verdict_words
from inbaar.web.wording.refusals import refused_words

ShownLine = tuple[LineRow, str, str, str, list[str]]


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def import_page(request: PageRequest, import_id: int) -> HttpResponse:
    """A list: how it is read while it waits, and what it gave after that. By POST its columns are chosen."""
    if request.method == "POST":
        return _choose(request, import_id)
    row = _row(request, import_id)
    if row.state != "open":
        return _result(request, row)
    kept = _kept(request, import_id)
    return _columns_page(request, kept, *read_outline(kept), [])


@client_page
def import_check(request: PageRequest, import_id: int) -> HttpResponse:
    """What would become of each line; nothing is written."""
    kept = _kept(request, import_id)
    if kept.state != "open":
        return redirect("import", import_id)
    checked = check_list(request.place.client_id, kept, today())
    if checked.choices.missing:
        return _columns_page(request, kept, checked.outline, checked.choices, _missing(checked.choices))
    wanted = _wanted(request)
    found = [judged for judged in checked.lines if wanted in ("", judged.verdict)]
    page = asked_page(request.GET.get("page"), len(found))
    rows = [judged_row(judged) for judged in found[page.offset : page.offset + page.rows]]
    facts = _lines_facts(rows, checked.counts, wanted, page)
    return render(
        request, "web/import_check.html", facts | {"kept": kept, "new": checked.counts.get("new", 0)}
    )


@client_page
def import_file(request: PageRequest, import_id: int) -> HttpResponse:
    """The list as it came in; of an auditfile the open items, which is all that is kept of it."""
    kept = _kept(request, import_id)
    return download(kept.content, f"{kept.name}.csv" if kept.format == "xaf" else kept.name)


@client_act
def import_take_in(request: PageRequest, import_id: int) -> HttpResponse:
    """Take in every new line."""
    try:
        made = take_in_import(request.place.client_id, import_id, today(), str(request.user), now())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
    else:
        words = ngettext("%(count)s invoice taken in.", "%(count)s invoices taken in.", len(made))
        messages.success(request, words % {"count": len(made)})
    return redirect("import", import_id)


@client_act
def import_undo(request: PageRequest, import_id: int) -> HttpResponse:
    """Take back every invoice the list made, or none."""
    try:
        count = undo_import(request.place.client_id, import_id, today(), str(request.user), now())
    except Refused as refused:
        for words in undo_refused(refused):
            messages.error(request, words)
    else:
        words = ngettext("%(count)s invoice taken back.", "%(count)s invoices taken back.", count)
        messages.success(request, words % {"count": count})
    return redirect("import", import_id)


@client_act
def _choose(request: PageRequest, import_id: int) -> HttpResponse:
    kept = _kept(request, import_id)
    outline, shown = read_outline(kept)
    choices, problems = chosen(request.POST, len(outline.head), shown)
    if not problems:
        choose(request.place.client_id, import_id, choices)
        problems = _missing(choices)
    if problems:
        return _columns_page(request, kept, outline, choices, problems, 400)
    return redirect("import_check", import_id)


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
    request: PageRequest,
    kept: ListFile,
    outline: Outline,
    choices: Choices,
    problems: list[str],
    status: int = 200,
) -> HttpResponse:
    facts = {
        "kept": kept,
        "outline": outline,
        "columns": column_rows(outline, choices),
        "choices": choices,
        "problems": problems,
    }
    return render(request, "web/import_columns.html", facts, status=status)


def _result(request: PageRequest, row: ImportRow) -> HttpResponse:
    wanted = _wanted(request)
    count = row.counts.get(wanted, 0) if wanted else sum(row.counts.values())
    page = asked_page(request.GET.get("page"), count)
    rows = import_lines(request.place.client_id, row.id, wanted, page.rows, page.offset)
    return render(
        request,
        "web/import_result.html",
        _lines_facts(rows, row.counts, wanted, page, row.state) | {"row": row},
    )


def _lines_facts(
    rows: list[LineRow], counts: dict[str, int], wanted: str, page: Any, state: str = "open"
) -> dict[str, Any]:
    """What the table of lines shows: a tab for each verdict there is, and the lines in words."""
    lines: list[ShownLine] = [
        (row, *verdict_words(row.verdict, state), [fault_words(*fault) for fault in row.faults])
        for row in rows
    ]
    tabs = [("", _("all"), sum(counts.values()))]
    tabs += [(name, verdict_words(name, state)[0], counts[name]) for name in VERDICTS if counts.get(name)]
    return {"lines": lines, "tabs": tabs, "wanted": wanted, "page": page}


def _wanted(request: PageRequest) -> str:
    wanted = request.GET.get("show", "")
    return wanted if wanted in VERDICTS else ""


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
