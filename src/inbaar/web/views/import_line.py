"""One line of a list that was looked through: what it says, why it is in doubt, and what a person decides about it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbaar.intake.bulk.decided import WHOSE
from inbaar.intake.deciding import Word, decide, possible_debtors
from inbaar.kit.errors import Refused
from inbaar.web.queries.imports import ImportRow, LineRow, next_in_doubt, one_import, one_line
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.imports import (
    change_words,
    debtor_told,
    decision_words,
    fault_words,
    may_decide,
    verdict_words,
)
from inbaar.web.wording.kinds import word_for
from inbaar.web.wording.refusals import refused_words

DECISIONS = ("take", "leave", "")


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def import_line(request: PageRequest, import_id: int, line: int) -> HttpResponse:
    """The line; by POST a decision about it is kept, and the next line in doubt follows."""
    row = one_import(request.place.client_id, import_id)
    found = one_line(request.place.client_id, import_id, line)
    if row is None or found is None:
        raise Http404("no such line")
    if row.state != "checked":
        return redirect("import", import_id)
    if request.method == "POST":
        return _decide(request, row, found)
    return _page(request, row, found, [])


@client_act
def _decide(request: PageRequest, row: ImportRow, line: LineRow) -> HttpResponse:
    client_id = request.place.client_id
    asked, whose = request.POST.get("decision", ""), request.POST.get("debtor", "")
    word = Word(
        asked if asked in DECISIONS else "",  # type: ignore[arg-type]
        int(whose) if whose.isascii() and whose.isdigit() and len(whose) < 19 else None,
        whose == "new",
    )
    try:
        decide(client_id, row.id, line.line, word, str(request.user))
    except Refused as refused:
        return _page(request, row, line, refused_words(refused), 400)
    following = next_in_doubt(client_id, row.id, line.line)
    if line.verdict == "doubtful" and following is not None:
        return redirect("import_line", row.id, following)
    return redirect(f"{reverse('import_check', args=[row.id])}?show={line.verdict}")


def _page(
    request: PageRequest, row: ImportRow, line: LineRow, problems: list[str], status: int = 200
) -> HttpResponse:
    client_id = request.place.client_id
    text = request.GET.get("find", "").replace("\0", "").strip()[:100]
    whose = bool(WHOSE & {rule for _field, rule, _value in line.faults})
    facts: dict[str, Any] = {
        "row": row,
        "line": line,
        "words": verdict_words(line.verdict, row.state),
        "faults": [fault_words(*fault) for fault in line.faults],
        "changes": change_words(line.told) if line.verdict == "changed" else [],
        "decided": decision_words(line),
        "may": request.place.may_change and may_decide(line.verdict, line.faults),
        "whose": whose,
        "told": debtor_told(line.told),
        "debtors": possible_debtors(client_id, line.told, text) if whose else [],
        "find": text,
        "chosen": str(line.chosen_id or "") or ("new" if line.as_new else ""),
        "kind_words": word_for(
            line.told.get("kind", ""), {"invoice": _("invoice"), "credit_note": _("credit note")}
        ),
        "next": next_in_doubt(client_id, row.id, line.line),
        "problems": problems,
    }
    return render(request, "web/import_line.html", facts, status=status)
