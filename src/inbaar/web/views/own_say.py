"""What a debtor says on his own page, and the receipt of it. Each form has a page of its own; sending it twice is once."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from inbaar.debtor_page.jobs import queue_page_mails
from inbaar.debtor_page.owing import own_page
from inbaar.debtor_page.queries import reasons_of, receipt_of
from inbaar.debtor_page.rules import MOST_FILE_BYTES, MOST_FILES, OF_AN_INVOICE
from inbaar.debtor_page.saying import take_reply
from inbaar.debtor_page.wording import receipt_now, receipt_rows, receipt_title, verdict_words
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.parts import Language
from inbaar.receivables.actions import NewFile
from inbaar.web.formats import amount
from inbaar.web.own_forms import FORMS, OwnForm
from inbaar.web.requests import without_client
from inbaar.web.views.errors import too_often
from inbaar.web.views.own import MOST_A_MINUTE, MOST_SENT_A_MINUTE, Visit, answer, closed, visit_of
from inbaar.web.visits import limited
from inbaar.web.wording.own import saying
from inbaar.web.wording.refusals import refused_words

#: All files of a message and its words; what is longer is not even read.
LONGEST_FORM = MOST_FILES * MOST_FILE_BYTES + 200_000


@csrf_exempt
@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_say(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """One form; by POST, what he says is kept and its receipt shown.

    Nobody is logged in, so there is nothing that a form on another site could borrow: who has the link may speak by it.
    """
    visit = visit_of(request, token)
    if not visit.is_open or visit.door is None:
        return closed(request, visit)
    if kind not in FORMS:
        raise Http404("no such form")
    with translation.override(visit.language):
        if request.method != "POST":
            chosen = request.GET.get("invoice", "")
            return _page(request, visit, kind, _form(visit, kind, initial={"invoice": chosen}))
        return _take(request, visit, kind)


@limited(MOST_SENT_A_MINUTE, too_often)
def _take(request: HttpRequest, visit: Visit, kind: str) -> HttpResponse:
    if int(request.headers.get("Content-Length") or 0) > LONGEST_FORM:
        form = _form(visit, kind)
        return _page(
            request, visit, kind, form, 413, _("That was too much to take in. Send less, or smaller files.")
        )
    form = _form(visit, kind, request.POST, request.FILES)
    chosen = request.FILES.getlist("files") if form.takes_files else []
    if len(chosen) > MOST_FILES:
        form.add_error("files", _("Choose at most %(count)s files.") % {"count": MOST_FILES})
    if not form.is_valid() or visit.door is None:
        return _page(request, visit, kind, form, 400)
    client_id, debtor_id = visit.door.client_id, visit.door.debtor_id
    files = tuple(NewFile(file.name or "", file.read(MOST_FILE_BYTES + 1)) for file in chosen)
    try:
        with client_scope(client_id):
            number = take_reply(client_id, form.said(debtor_id, visit.language, files), today(), now())
            queue_page_mails(client_id)
    except Refused as refused:
        for words in refused_words(refused):
            form.add_error(None, words)
        return _page(request, visit, kind, form, 400)
    return redirect("own_receipt", visit.token, number)


def _form(visit: Visit, kind: str, *posted: object, **how: object) -> OwnForm:
    """The form with the invoices and reasons that he can choose from today."""
    assert visit.door is not None
    client_id, choices = visit.door.client_id, []
    with client_scope(client_id):
        reasons = reasons_of(client_id)
        if kind in OF_AN_INVOICE:
            page = own_page(client_id, visit.door.debtor_id, today())
            choices = [
                (each.invoice_id, f"{each.item.number} · {amount(each.item.open, each.currency)}")
                for each in page.owed
            ]
    return FORMS[kind](choices, reasons, *posted, language=visit.language, **how)


def _page(
    request: HttpRequest, visit: Visit, kind: str, form: OwnForm, status: int = 200, problem: str = ""
) -> HttpResponse:
    nothing = kind in OF_AN_INVOICE and not form.fields["invoice"].choices  # type: ignore[attr-defined]
    facts = {
        "saying": saying(kind),
        "form": form,
        "problem": problem,
        "nothing": nothing,
        "files": form.takes_files,
    }
    return answer(request, visit, "web/own_say.html", facts, status)


@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_safe
def own_receipt(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The receipt of one message of this debtor, to be kept or printed; and the answer once there is one."""
    visit = visit_of(request, token)
    if not visit.is_open or visit.door is None:
        return closed(request, visit)
    with client_scope(visit.door.client_id):
        said = receipt_of(visit.door.client_id, visit.door.debtor_id, number.replace("\0", "")[:30])
    if said is None:
        raise Http404("no such receipt")
    language = Language(visit.language)
    with translation.override(visit.language):
        facts = {
            "said": said,
            "title": receipt_title(said, language),
            "rows": receipt_rows(said, language),
            "now": receipt_now(said, language),
            "verdict": verdict_words(said, language),
        }
        return answer(request, visit, "web/own_receipt.html", facts)
