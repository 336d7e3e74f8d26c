"""Taking in files, and the documents that wait for a person: what was read, what is doubtful, what to do."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbaar.doors import FileResult, take_in_files
from inbaar.dunning.schedule import close_invoices, schedule_invoices
from inbaar.intake.actions import accept_reviewed
from inbaar.intake.settling import Hand
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.downloads import download
from inbaar.web.likeness import likeness, settled
from inbaar.web.queries.documents import document_content, one_reading, waiting_readings
from inbaar.web.queries.imports import latest_imports
from inbaar.web.queries.scans import scans_in_hand
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.review import review_page, said_same
from inbaar.web.wording.findings import FieldLine, read_fields
from inbaar.web.wording.problems import problem_words
from inbaar.web.wording.refusals import refused_words

MEGABYTE = 1_000_000
# What is larger is refused before it is read: nobody's invoice, and no day's statement, is as large.
MOST_BYTES = 50 * MEGABYTE
MOST_TOGETHER = 200 * MEGABYTE


def outcomes() -> dict[str, tuple[str, str, str]]:
    """What became of a file: words, meaning, icon."""
    return {
        "accepted": (_("taken in"), "done", "done"),
        "reading": (_("being read"), "plain", ""),
        "review": (_("in doubt"), "attention", "attention"),
        "refused": (_("refused"), "late", "close"),
        "known": (_("here already"), "plain", ""),
        "waiting": (_("waits for you"), "attention", "attention"),
        "returned": (_("letter came back"), "late", "attention"),
    }


def import_states() -> dict[str, tuple[str, str, str]]:
    """How a list stands: words, meaning, icon."""
    return {
        "open": (_("waits for you"), "attention", "attention"),
        "checking": (_("is looked through"), "plain", "wait"),
        "checked": (_("waits for you"), "attention", "attention"),
        "taking": (_("is taken in"), "plain", "wait"),
        "undoing": (_("is taken back"), "plain", "wait"),
        "taken_in": (_("taken in"), "done", "done"),
        "undone": (_("taken back"), "plain", "close"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def upload(request: PageRequest) -> HttpResponse:
    """The page to drop files on; by POST the files are taken in and each one's result is shown."""
    if request.method == "POST":
        return _take_in(request)
    return _page(request, None)


@client_act
def _take_in(request: PageRequest) -> HttpResponse:
    files = request.FILES.getlist("files")
    if not files:
        return _page(request, [], _("No file was chosen. Choose one or more files first."), 400)
    small = [file for file in files if (file.size or 0) <= MOST_BYTES]
    if sum(file.size or 0 for file in files) > MOST_TOGETHER:
        return _page(request, [], _("Together these files are larger than 200 MB. Send them in parts."), 413)
    named = [((file.name or "file")[:255], file.read()) for file in small]
    results = take_in_files(
        request.place.client_id, named, today(), now(), channel="upload", unsent="unsent" in request.POST
    )
    results += [_too_large(file.name or "file") for file in files if file not in small]
    if request.headers.get("X-Part") == "results":
        return render(request, "web/part_results.html", {"results": _in_words(results)})
    return _page(request, results)


def _too_large(name: str) -> FileResult:
    from inbaar.doors import Finding

    why = _("The file is larger than 50 MB and was not read. Send it in parts.")
    return FileResult(name, "invoice", "refused", problems=(Finding("error", "too-large", why),))


def _in_words(results: list[FileResult]) -> list[tuple[FileResult, str, str, str]]:
    words = outcomes()
    return [(result, *words.get(result.outcome, (result.outcome, "plain", ""))) for result in results]


def _page(
    request: PageRequest, results: list[FileResult] | None, problem: str = "", status: int = 200
) -> HttpResponse:
    words = outcomes()
    return render(
        request,
        "web/upload.html",
        {
            "results": _in_words(results or []),
            "asked": results is not None,
            "problem": problem,
            "most": MOST_BYTES,
            "imports": [
                (row, *import_states()[row.state]) for row in latest_imports(request.place.client_id)
            ],
            "reading": scans_in_hand(request.place.client_id),
            "waiting": [(row, *words[row.outcome]) for row in waiting_readings(request.place.client_id)],
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def document(request: PageRequest, reading_id: int) -> HttpResponse:
    """One document: what was read, and what is wrong with it."""
    known = one_reading(request.place.client_id, reading_id)
    if known is None:
        raise Http404("no such document")
    row, read = known
    words, meaning, icon = outcomes()[row.outcome]
    facts: dict[str, Any] = {"row": row, "words": words, "meaning": meaning, "icon_name": icon}
    if row.outcome == "review" and row.format == "pdf" and request.place.may_change:
        return review_page(request, row, read, facts)
    if request.method == "POST":
        if not request.place.may_change:
            raise PermissionDenied("viewer")
        messages.error(request, _("This document waits no longer; nothing was changed."))
        return redirect("document", reading_id)
    fields: list[FieldLine] = read_fields(read)
    facts |= {"fields": fields, "other": likeness(request.place.client_id, row)}
    return render(request, "web/document.html", facts)


@client_page
def document_file(request: PageRequest, reading_id: int) -> HttpResponse:
    """The document as it came in, always as a download: what others send is not shown as a page of ours."""
    known = document_content(request.place.client_id, reading_id)
    if known is None:
        raise Http404("no such document")
    name, content = known
    return download(content, name)


@client_act
def accept(request: PageRequest, reading_id: int) -> HttpResponse:
    """Accept a document in doubt after a person looked at it, or say that it is an invoice that is here already.

    What was read from a page is compared with it first.
    """
    client_id = request.place.client_id
    known = one_reading(client_id, reading_id)
    if known is None:
        raise Http404("no such document")
    if known[0].format == "pdf":
        return redirect("document", reading_id)
    hand = Hand(str(request.user)[:100], today(), now())
    try:
        if request.POST.get("how") == "same":
            return said_same(request, reading_id, hand)
        answer = accept_reviewed(
            client_id,
            reading_id,
            hand.on,
            hand.at,
            hand.by,
            settled(request.POST),
            unsent="unsent" in request.POST,
        )
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
        return redirect("document", reading_id)
    if answer.invoice_id is None or answer.outcome == "refused":
        messages.error(request, problem_words(answer.rule, answer.problem, "warning")[0])
        return redirect("document", reading_id)
    close_invoices(client_id, [known[0].resembles_id] if known[0].resembles_id else [])
    schedule_invoices(client_id, [answer.invoice_id])
    messages.success(request, _("Taken in after your look."))
    return redirect("invoice", answer.invoice_id)
