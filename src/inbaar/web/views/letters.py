"""Letters: the list, one letter as text, and its PDF byte for byte."""

from csp.decorators import csp_exempt
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from inbaar.letters.delivery import letter_files
from inbaar.letters.text import letter_text
from inbaar.web.paging import asked_page
from inbaar.web.queries.letters import letter_content, letter_count, letter_invoices, letter_rows, one_letter
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.wording.kinds import DELIVERY_STATES, delivery_words
from inbaar.web.wording.steps import step_name


@client_page
def letter_list(request: PageRequest) -> HttpResponse:
    """One page of the letters, all or of one state."""
    client_id = request.place.client_id
    state = request.GET.get("state", "")
    state = state if state in DELIVERY_STATES else ""
    page = asked_page(request.GET.get("page"), letter_count(client_id, state))
    rows = letter_rows(client_id, state, page.rows, page.offset)
    shown = ("sent", "queued", "refused", "by_post", "withdrawn")
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
    return render(
        request,
        "web/letter.html",
        {
            "row": row,
            "name": step_name(row.kind),
            "text": letter_text(content),
            "letter_language": str(content.language),
            "words": words,
            "meaning": meaning,
            "invoices": letter_invoices(client_id, letter_id),
        },
    )


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
