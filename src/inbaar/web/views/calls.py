"""The calls that policies ask for: made by a person, their outcome kept on the timeline of every invoice they were about."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.dunning.calls import Outcome, record_call
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.queries.calls import calls_waiting
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.steps import outcome_words

CHOICES = tuple(outcome for outcome in Outcome if outcome is not Outcome.LAPSED)


@client_page
def call_list(request: PageRequest) -> HttpResponse:
    """Who is to be called, oldest first."""
    return _page(request, None, [])


@client_act
def call_made(request: PageRequest, call_id: int) -> HttpResponse:
    """Keep how a call went."""
    words = request.POST.get("words", "").replace("\0", "")
    try:
        outcome = Outcome(request.POST.get("outcome", ""))
    except ValueError:
        raise Http404("no such outcome") from None
    if outcome is Outcome.LAPSED:
        raise Http404("nobody says so")
    try:
        with transaction.atomic():
            record_call(
                request.place.client_id, call_id, outcome, words, str(request.user)[:100], today(), now()
            )
    except Refused as refused:
        return _page(request, call_id, refused_words(refused), words, 400)
    messages.success(request, _("Kept on the timeline."))
    return redirect("calls")


def _page(
    request: PageRequest, failed: int | None, problems: list[str], words: str = "", status: int = 200
) -> HttpResponse:
    return render(
        request,
        "web/calls.html",
        {
            "calls": calls_waiting(request.place.client_id, today()),
            "outcomes": [(outcome.value, outcome_words(outcome)) for outcome in CHOICES],
            "failed": failed,
            "problems": problems,
            "words": words,
        },
        status=status,
    )
