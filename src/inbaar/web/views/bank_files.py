"""A statement file that waits: what in it may be here already, and the two things a person can say of it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.banking.actions import ImportStatus, book_waiting_file, set_waiting_file_aside
from inbaar.doors import match_new
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.queries.bank_files import FileThatWaits, waiting_file
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.refusals import refused_words


def doubt_words(why: str) -> str:
    """Why it is not certain of a movement that it is new."""
    return {
        "not-found-again": _("Other movements of these days are here that this file does not tell."),
        "day-was-told": _("That day was told whole before, without it."),
        "no-balances": _("The file has no balances that prove it."),
    }.get(why, "")


def _file_or_404(request: PageRequest, statement_file_id: int) -> FileThatWaits:
    found = waiting_file(request.place.client_id, statement_file_id)
    if found is None:
        raise Http404("no such file")
    return found


@client_page
def statement_file(request: PageRequest, statement_file_id: int) -> HttpResponse:
    """The file, the movements that may be here already, and what to do."""
    return _page(request, _file_or_404(request, statement_file_id))


def _page(
    request: PageRequest, found: FileThatWaits, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    facts = {
        "file": found, "summary": found.problems[:1], "problems": problems or [],
        "doubts": [(doubt, doubt_words(doubt.why)) for doubt in found.doubts],
    }  # fmt: skip
    return render(request, "web/statement_file.html", facts, status=status)


@client_act
def statement_file_book(request: PageRequest, statement_file_id: int) -> HttpResponse:
    """Book the movements that are not here yet, the doubtful ones included."""
    found = _file_or_404(request, statement_file_id)
    client_id = request.place.client_id
    try:
        result = book_waiting_file(client_id, found.id, now())
    except Refused as refused:
        return _page(request, found, refused_words(refused), 400)
    if result.status == ImportStatus.REFUSED:
        return _page(request, found, [problem.text for problem in result.problems], 400)
    match_new(client_id, today(), now())
    told = ngettext(
        "Booked: %(count)s entry is new.", "Booked: %(count)s entries are new.", result.new_entries
    )
    messages.success(request, told % {"count": result.new_entries})
    return redirect("/bank/?show=statements")


@client_act
def statement_file_aside(request: PageRequest, statement_file_id: int) -> HttpResponse:
    """Book nothing of it: its movements are here already."""
    found = _file_or_404(request, statement_file_id)
    try:
        set_waiting_file_aside(request.place.client_id, found.id, str(request.user)[:100])
    except Refused as refused:
        return _page(request, found, refused_words(refused), 400)
    messages.success(request, _("The file is set aside; nothing of it was booked."))
    return redirect("/bank/?show=statements")
