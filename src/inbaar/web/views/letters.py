"""Letters: the list, one letter as text, and its PDF byte for byte."""

import datetime as dt

from csp.decorators import csp_exempt
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from inbaar.dunning.withdrawing import write_anew
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.letters.delivery import letter_enclosures, letter_files
from inbaar.letters.parts import LetterKind
from inbaar.letters.posting import last_posting_day, mark_posted
from inbaar.letters.text import UNBROKEN, letter_text
from inbaar.web.downloads import download
from inbaar.web.formats import day
from inbaar.web.paging import asked_page
from inbaar.web.queries.letters import letter_content, letter_count, letter_invoices, letter_rows, one_letter
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.kinds import DELIVERY_STATES, delivery_words
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.steps import step_name


def asked_state(request: PageRequest) -> str:
    """The state of delivery that letters are filtered by."""
    state = request.GET.get("state", "")
    return state if state in DELIVERY_STATES else ""


@client_page
def letter_list(request: PageRequest) -> HttpResponse:
    """One page of the letters, all or of one state."""
    client_id, state = request.place.client_id, asked_state(request)
    page = asked_page(request.GET.get("page"), letter_count(client_id, state))
    rows = letter_rows(client_id, state, page.rows, page.offset)
    shown = ("sent", "to_look_at", "queued", "refused", "bounced", "by_post", "withdrawn")
    return render(
        request,
        "web/letters.html",
        {
            "rows": [(row, step_name(row.kind), *delivery_words(row.state)) for row in rows],
            "page": page,
            "state": state,
            "states": [("", _("all")), *((key, delivery_words(key)[0]) for key in shown)],
        },
    )


@client_page
def letter(request: PageRequest, letter_id: int) -> HttpResponse:
    """One letter as it reads."""
    client_id = request.place.client_id
    row, content = one_letter(client_id, letter_id), letter_content(client_id, letter_id)
    if row is None or content is None:
        raise Http404("no such letter")
    words, meaning = delivery_words(row.state)
    last = last_posting_day(content)
    return render(
        request,
        "web/letter.html",
        {
            "row": row,
            "name": step_name(row.kind),
            # Not broken here: the window breaks the lines where it must, on a phone elsewhere than on a desk.
            "text": letter_text(content, UNBROKEN),
            "letter_language": str(content.language),
            "words": words,
            "meaning": meaning,
            "invoices": letter_invoices(client_id, letter_id),
            "files": list(enumerate(content.enclosures, 1)),
            "last_posting_day": last,
            "too_late": last is not None and last < today(),
            "latest": min(today(), last) if last else today(),
        },
    )


@client_act
def letter_posted(request: PageRequest, letter_id: int) -> HttpResponse:
    """Keep that a printed letter was posted: from that day its term counts, and the next step may follow."""
    text = request.POST.get("on", "").strip()
    row = one_letter(request.place.client_id, letter_id)
    if row is None:
        raise Http404("no such letter")
    try:
        posted_on = dt.date.fromisoformat(text)
    except ValueError:
        messages.error(request, _("“%(value)s” is not a date; write 2026-11-22.") % {"value": text})
        return redirect("letter", letter_id)
    if not row.on <= posted_on <= today():
        facts = {"first": day(row.on), "last": day(today())}
        messages.error(
            request, _("A letter is posted between its own day and today: %(first)s to %(last)s.") % facts
        )
    else:
        _keep_posted(request, letter_id, posted_on)
    return redirect("letter", letter_id)


def _keep_posted(request: PageRequest, letter_id: int, posted_on: dt.date) -> None:
    try:
        kept = mark_posted(request.place.client_id, letter_id, posted_on, str(request.user)[:100], now())
    except Refused as refused:
        for words in refused_words(refused):
            messages.error(request, words)
        return
    if kept:
        told = _("Posted on %(day)s; its term counts from then.") % {"day": day(posted_on)}
        messages.success(request, told)
    else:
        messages.error(request, _("This letter does not wait for the post; nothing was changed."))


@client_act
def letter_anew(request: PageRequest, letter_id: int) -> HttpResponse:
    """Hold back a letter that did not leave; the next run writes it with that day's date, amounts and address."""
    client_id = request.place.client_id
    row = one_letter(client_id, letter_id)
    if row is None:
        raise Http404("no such letter")
    if write_anew(client_id, [letter_id], today(), str(request.user)[:100], now()):
        told = _("Held back. The next run writes it anew, with that day's date, amounts and address.")
        if row.kind == LetterKind.INVOICE:
            told = _("Held back. The invoice is not sent: send it again from its page.")
        messages.success(request, told)
    else:
        messages.error(request, _("This letter has left or was held back before; nothing was changed."))
    return redirect("letter", letter_id)


@client_page
def letter_enclosure(request: PageRequest, letter_id: int, number: int) -> HttpResponse:
    """A file that went along with a letter, counted from 1, as it left."""
    files = letter_enclosures(request.place.client_id, [letter_id]).get(letter_id, ())
    if not 1 <= number <= len(files):
        raise Http404("no such file")
    file = files[number - 1]
    return download(file.content, file.name, file.media_type)


@csp_exempt()
@client_page
def letter_pdf(request: PageRequest, letter_id: int) -> HttpResponse:
    """The PDF that was sent; what was not set yet is set now and kept. Browsers' own PDF viewers need no policy."""
    client_id = request.place.client_id
    content = letter_content(client_id, letter_id)
    if content is None:
        raise Http404("no such letter")
    pdf = letter_files(client_id, {letter_id: content})[letter_id]
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{content.letter_number}.pdf"'
    return answer
