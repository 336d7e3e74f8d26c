"""What is about to leave: each letter as it will leave, beside what left the last time; let go or stopped, one or many."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.dunning.batch import let_go, set_waiting, stop
from inbaar.issuing.jobs import queue_delivery
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.letters.text import UNBROKEN, letter_text
from inbaar.letters.wording import subject_of
from inbaar.web.paging import asked_page
from inbaar.web.queries.batch import Waiting, batch, waiting_letters, window_of
from inbaar.web.queries.letters import letter_invoices
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.kinds import delivery_words
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.steps import step_name

MOST_AT_ONCE = 500


@client_page
def batch_page(request: PageRequest) -> HttpResponse:
    """What is about to leave."""
    return _page(request, [])


@client_act
def batch_act(request: PageRequest) -> HttpResponse:
    """Let the chosen letters go, or stop them with a reason; or stop only some invoices of one letter."""
    client_id, by = request.place.client_id, str(request.user)[:100]
    button, _colon, one = request.POST.get("do", "").partition(":")
    chosen = [one] if one else request.POST.getlist("letter")
    letters = [int(text) for text in chosen[:MOST_AT_ONCE] if text.isascii() and text.isdigit()]
    invoices = [
        int(text) for text in request.POST.getlist(f"invoice-{one}") if text.isascii() and text.isdigit()
    ]
    if not letters:
        return _page(request, [_("Choose the letters this is about.")], 400)
    if button == "go":
        with transaction.atomic():
            done = let_go(client_id, letters, by, today(), now(), queue_delivery)
        _tell_let_go(request, len(done.leave), len(done.changed), len(letters))
        return redirect("batch")
    reason = request.POST.get(f"reason-{one}" if one else "reason", "").replace("\0", "")
    if one and not invoices:
        return _page(request, [_("Choose the invoices to leave out.")], 400)
    try:
        with transaction.atomic():
            stopped = stop(client_id, letters, reason, by, today(), now(), invoices)
    except Refused as refused:
        return _page(request, refused_words(refused), 400)
    told = ngettext("%(count)s letter stopped.", "%(count)s letters stopped.", stopped) % {"count": stopped}
    messages.success(request, told) if stopped else messages.info(
        request, _("Nothing could be stopped any more.")
    )
    return redirect("batch")


def _tell_let_go(request: PageRequest, leave: int, changed: int, asked: int) -> None:
    if leave:
        told = ngettext("%(count)s letter leaves.", "%(count)s letters leave.", leave)
        messages.success(request, told % {"count": leave})
    if changed:
        told = ngettext(
            "%(count)s letter is no longer right: what is owed changed. The next run writes it anew.",
            "%(count)s letters are no longer right: what is owed changed. The next run writes them anew.",
            changed,
        )
        messages.warning(request, told % {"count": changed})
    if not leave and not changed:
        messages.info(request, _("These do not wait for a look any more."))


@client_act
def batch_window(request: PageRequest) -> HttpResponse:
    """How long letters wait in sight, and whether they leave only once somebody has looked."""
    typed = request.POST.get("minutes", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
        return _page(request, [_("Write a number of minutes, such as 60.")], 400)
    try:
        set_waiting(request.place.client_id, int(typed), request.POST.get("look") == "1")
    except Refused as refused:
        return _page(request, refused_words(refused), 400)
    messages.success(request, _("It holds for letters written from now on."))
    return redirect("batch")


def _page(request: PageRequest, problems: list[str], status: int = 200) -> HttpResponse:
    client_id, moment = request.place.client_id, now()
    found = batch(client_id, moment, today())
    page = asked_page(request.GET.get("page"), found.count)
    rows = waiting_letters(client_id, moment, page.rows, page.offset)
    minutes, look = window_of(client_id)
    return render(
        request,
        "web/batch.html",
        {
            "batch": found,
            "page": page,
            "rows": [_shown(client_id, row) for row in rows],
            "kinds": [(step_name(kind.kind), kind) for kind in found.kinds],
            "minutes": minutes,
            "look": look,
            "problems": problems,
            "reason": request.POST.get("reason", "")[:300],
        },
        status=status,
    )


def _shown(client_id: int, row: Waiting) -> dict[str, Any]:
    words, meaning = delivery_words(row.state)
    return {
        "row": row,
        "name": step_name(row.kind),
        "before": step_name(row.before_kind) if row.before_kind else "",
        "subject": subject_of(row.content),
        "text": letter_text(row.content, UNBROKEN),
        "language": str(row.content.language),
        "invoices": letter_invoices(client_id, row.id),
        "words": words,
        "meaning": meaning,
    }
