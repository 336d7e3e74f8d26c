"""The client's own words in its letters: typed, checked by rule, and shown in the letter as it would read."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.dunning.own_texts import KINDS, own_texts, set_collector_mark, set_own_words
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.letters.own_words import LONGEST
from inbaar.letters.parts import Language
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.steps import step_name


@client_page
def own_words(request: PageRequest) -> HttpResponse:
    """The client's own words by letter and language."""
    return _page(request)


@client_act
def own_words_set(request: PageRequest, kind: str, language: str) -> HttpResponse:
    """Keep own words for a letter, or say which rules they break."""
    if kind not in KINDS or language not in tuple(Language):
        raise Http404("no such letter")
    typed = request.POST.get("words", "").replace("\0", "")
    try:
        with transaction.atomic():
            changed = set_own_words(
                request.place.client_id, kind, language, typed, str(request.user), today(), now()
            )
    except Refused as refused:
        return _page(request, (kind, language), typed[: 2 * LONGEST], refused_words(refused), 400)
    told = _("Kept. It stands in letters written from now on.") if changed else _("Nothing was changed.")
    messages.success(request, told)
    return redirect("own_words")


@client_act
def collector_mark(request: PageRequest) -> HttpResponse:
    """Keep the mark of the client's registration as a collector."""
    set_collector_mark(request.place.client_id, request.POST.get("mark", "").replace("\0", ""))
    messages.success(request, _("Kept. It stands in letters written from now on."))
    return redirect("own_words")


def _page(
    request: PageRequest,
    failed: tuple[str, str] = ("", ""),
    typed: str = "",
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    texts = own_texts(request.place.client_id)
    fields = [
        {
            "kind": kind.value,
            "language": language.value,
            "name": step_name(kind.value),
            "english": language is Language.EN,
            "words": typed
            if (kind, language) == failed
            else texts.words.get((kind.value, language.value), ""),
            "problems": problems if (kind, language) == failed else [],
        }
        for kind in KINDS
        for language in Language
    ]
    facts = {"fields": fields, "mark": texts.mark, "longest": LONGEST}
    return render(request, "web/own_words.html", facts, status=status)
