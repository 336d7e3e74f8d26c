"""Comparing what was read with the page it was read from: the fields, doubtful ones first, beside a picture of the page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.dunning.schedule import close_invoices, schedule_invoices
from inbaar.intake.readers import Limits
from inbaar.intake.readers.pdf import page_picture, page_sizes
from inbaar.intake.readers.source import Unreadable
from inbaar.intake.reading import kept_texts
from inbaar.intake.reviewing import Look, accept_looked_at
from inbaar.intake.settling import Hand, say_same
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.likeness import likeness, settled
from inbaar.web.queries.documents import (
    ReadingRow,
    document_content,
    next_in_review,
    one_reading,
    reviews_waiting,
)
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.review_form import NEEDED, SURE, ReviewForm
from inbaar.web.wording.problems import problem_words
from inbaar.web.wording.refusals import refused_words

MOST_PAGES = 10
_ROOM = 2.0  # points around what is marked on the page
_A_YEAR = 365 * 24 * 60 * 60


class Spot(NamedTuple):
    """The place on a page of a field's value, from the left top, as a drawing writes numbers."""

    field_id: str
    left: str
    top: str
    width: str
    height: str
    doubtful: bool


class PageImage(NamedTuple):
    """A page and what was read on it."""

    number: int
    width: str
    height: str
    spots: list[Spot]


def review_page(
    request: PageRequest, row: ReadingRow, read: Mapping[str, Any], facts: dict[str, Any]
) -> HttpResponse:
    """The page to compare and put right; by POST it is taken in and the next one follows."""
    form = _form(read, request.POST if request.method == "POST" else None, unsent=row.unsent)
    if request.method == "POST":
        if done := _done(request, row, form):
            return done
        shown = one_reading(request.place.client_id, row.id)
        return _shown(request, shown[0] if shown else row, read, form, facts, 400)
    return _shown(request, row, read, form, facts)


def _done(request: PageRequest, row: ReadingRow, form: ReviewForm) -> HttpResponse | None:
    if request.POST.get("how") == "same":
        try:
            return said_same(request, row.id, Hand(str(request.user)[:100], today(), now()))
        except Refused as refused:
            for words in refused_words(refused):
                messages.error(request, words)
            return redirect("document", row.id)
    return _taken_in(request, row, form) if form.is_valid() else None


def said_same(request: PageRequest, reading_id: int, hand: Hand) -> HttpResponse:
    """Keep that a document is the invoice it looks like, and go there."""
    invoice_id = say_same(request.place.client_id, reading_id, hand)
    messages.success(request, _("It is known as this invoice now; nothing of the invoice was changed."))
    return redirect("invoice", invoice_id)


def _form(read: Mapping[str, Any], data: Any, *, unsent: bool) -> ReviewForm:
    return ReviewForm(
        data,
        texts=kept_texts(read),
        sure=_sure(read),
        credit_note=bool(read.get("credit_note")),
        unsent=unsent,
    )


def _sure(read: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: entry["confidence"] if isinstance(entry, dict) else 1.0
        for name, entry in (read.get("fields") or {}).items()
    }


def _taken_in(request: PageRequest, row: ReadingRow, form: ReviewForm) -> HttpResponse | None:
    """Take it in as the form says, and go to the next; None where the form says why not."""
    client_id, reading_id = request.place.client_id, row.id
    said_by = str(request.user)[:100]
    look = Look(form.said(), form.credit_note, said_by, today(), now(), settled(request.POST), form.unsent)
    try:
        answer = accept_looked_at(client_id, reading_id, look)
    except Refused as refused:
        for words in refused_words(refused):
            form.add_error(None, words)
        return None
    if answer.outcome == "refused" or answer.invoice_id is None:
        form.add_error(None, problem_words(answer.rule, answer.problem, "warning")[0])
        return None
    close_invoices(client_id, [row.resembles_id] if row.resembles_id else [])
    schedule_invoices(client_id, [answer.invoice_id])
    number = form.cleaned_data["number"]
    if answer.outcome == "known":
        messages.success(
            request, _("%(number)s was there already; nothing was changed.") % {"number": number}
        )
    else:
        messages.success(request, _("%(number)s is taken in.") % {"number": number})
    following = next_in_review(client_id, reading_id)
    return redirect("document", following) if following else redirect("upload")


def _shown(
    request: PageRequest,
    row: ReadingRow,
    read: Mapping[str, Any],
    form: ReviewForm,
    facts: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    client_id = request.place.client_id
    texts = kept_texts(read)
    lines = [(field, _told(field.name, texts, form.sure)) for field in form]
    facts |= {
        "form": form,
        "lines": lines,
        "pages": _pages(client_id, row.id, read, form),
        "other": likeness(client_id, row),
        "own_number": request.POST.get("own_number", ""),
        "next_id": next_in_review(client_id, row.id),
        "waiting": reviews_waiting(client_id),
    }
    return render(request, "web/review.html", facts, status=status)


def _told(name: str, texts: Mapping[str, str], sure: Mapping[str, float]) -> str:
    if name not in texts:
        return _("not read") if name in NEEDED else ""
    return _("not sure") if sure.get(name, 1.0) < SURE else ""


def _pages(client_id: int, reading_id: int, read: Mapping[str, Any], form: ReviewForm) -> list[PageImage]:
    known = document_content(client_id, reading_id)
    if known is None:
        return []
    try:
        sizes = page_sizes(known[1], Limits(), MOST_PAGES)
    except Unreadable:
        return []
    return [
        PageImage(number, f"{width:.1f}", f"{height:.1f}", list(_spots(number, height, read, form)))
        for number, (width, height) in enumerate(sizes, 1)
    ]


def _spots(number: int, height: float, read: Mapping[str, Any], form: ReviewForm) -> list[Spot]:
    spots = []
    for name, entry in (read.get("fields") or {}).items():
        if (
            not isinstance(entry, dict)
            or entry.get("page") != number
            or not entry.get("box")
            or name not in form.fields
        ):
            continue
        left, bottom, right, top = entry["box"]
        sides = (left - _ROOM, height - top - _ROOM, right - left + 2 * _ROOM, top - bottom + 2 * _ROOM)
        x, y, width, tall = (f"{side:.1f}" for side in sides)
        spots.append(Spot(f"id_{name}", x, y, width, tall, entry["confidence"] < SURE))
    return spots


@client_page
def page_image(request: PageRequest, reading_id: int, number: int) -> HttpResponse:
    """A page of a document that was read from its pages, as a picture made here."""
    known = document_content(request.place.client_id, reading_id)
    if known is None or not 1 <= number <= MOST_PAGES:
        raise Http404("no such page")
    try:
        picture = page_picture(known[1], Limits(), number)
    except Unreadable:
        picture = None
    if picture is None:
        raise Http404("no such page")
    answer = HttpResponse(picture, content_type="image/png")
    answer["Cache-Control"] = f"private, max-age={_A_YEAR}, immutable"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
