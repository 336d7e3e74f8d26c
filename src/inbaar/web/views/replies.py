"""The desk's side of debtors' pages: what they said and which disputes stand, deciding, the list of reasons, and their links."""

from csp.decorators import csp_exempt
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inbaar.debtor_page.deciding import decide_reply, own_data_of
from inbaar.debtor_page.jobs import queue_page_mails
from inbaar.debtor_page.links import take_back_links
from inbaar.debtor_page.queries import (
    Said,
    one_reply,
    reasons_of,
    replies_decided,
    replies_waiting,
    reply_file,
)
from inbaar.debtor_page.reasons import save_reason
from inbaar.debtor_page.rules import ABOUT_THE_ADDRESS, DATA, DISPUTE, RIGHT, SETTLED
from inbaar.debtor_page.wording import receipt_now, receipt_rows, verdict_words
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.letters.parts import Language
from inbaar.web.downloads import download
from inbaar.web.queries.replies import disputes, mails_about
from inbaar.web.reply_forms import DecisionForm, reason_form
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.replies import VERDICT_WORDS, kind_words, mail_words


def _by(request: PageRequest) -> str:
    return str(request.user)[:100]


@client_page
def replies(request: PageRequest) -> HttpResponse:
    """Disputes that stand, what else waits for an answer, and what was decided last; what is overdue first."""
    client_id, on = request.place.client_id, today()
    open_disputes = disputes(client_id, on)
    waiting = [said for said in replies_waiting(client_id) if said.kind != DISPUTE or not said.is_held]
    return render(
        request,
        "web/replies.html",
        {
            "disputes": [
                (row, row.solve_by is not None and row.solve_by < on and row.verdict != RIGHT)
                for row in open_disputes
            ],
            "waiting": [(said, kind_words(said.kind), said.answer_by < on) for said in waiting],
            "decided": [(said, kind_words(said.kind), _(VERDICT_WORDS[said.verdict])) for said in replies_decided(client_id)],
        },
    )  # fmt: skip


@client_page
def reply(request: PageRequest, reply_id: int) -> HttpResponse:
    """One message: what was said, with its files, what it stops, and the decision."""
    return _answer(request, _said(request, reply_id), None)


def _said(request: PageRequest, reply_id: int) -> Said:
    said = one_reply(request.place.client_id, reply_id)
    if said is None:
        raise Http404("no such reply")
    return said


def _answer(request: PageRequest, said: Said, form: DecisionForm | None, status: int = 200) -> HttpResponse:
    language = Language((get_language() or "nl")[:2])
    facts = {
        "said": said,
        "what": kind_words(said.kind),
        "rows": receipt_rows(said, language),
        "now": receipt_now(said, language),
        "verdict": verdict_words(said, language),
        "late": not said.verdict and said.answer_by < today(),
        "silenced": said.kind in ABOUT_THE_ADDRESS,
        "is_data": said.kind == DATA,
        "settled": said.verdict == SETTLED,
        "mails": [(mail, *mail_words(mail.kind, mail.state)) for mail in mails_about(request.place.client_id, said.id)],
        "form": None if said.verdict else form or DecisionForm(said),
    }  # fmt: skip
    return render(request, "web/reply.html", facts, status=status)


@client_act
def reply_decide(request: PageRequest, reply_id: int) -> HttpResponse:
    """Decide a message once; the debtor is told."""
    said = _said(request, reply_id)
    form = DecisionForm(said, request.POST)
    if form.is_valid():
        client_id = request.place.client_id
        try:
            with transaction.atomic():
                decided = decide_reply(client_id, reply_id, form.decision(_by(request)), today(), now())
                queue_page_mails(client_id)
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
        else:
            told = (
                _("Decided. The debtor reads it on his page, and in his mail where he has an address.")
                if decided
                else _("This was decided before; nothing was changed.")
            )
            messages.success(request, told)
            return redirect("reply", reply_id)
    return _answer(request, said, form, 400)


@csp_exempt()
@client_page
def reply_sent_file(request: PageRequest, reply_id: int, file_id: int) -> HttpResponse:
    """A file that came with a message: always a download, as what its contents are, and powerless if a browser opens it."""
    known = reply_file(request.place.client_id, reply_id, file_id)
    if known is None:
        raise Http404("no such file")
    name, media_type, content = known
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@client_act
def reply_data(request: PageRequest, reply_id: int) -> HttpResponse:
    """The file of who asked for his own data, for whoever sends it by post because no e-mail address is known."""
    said = _said(request, reply_id)
    if said.kind != DATA or said.verdict != SETTLED:
        raise Http404("no file was promised")
    name, content = own_data_of(request.place.client_id, said, today())
    return download(content, name)


@client_page
def reply_reasons(request: PageRequest) -> HttpResponse:
    """The list of reasons to dispute."""
    return _reasons(request, -1, None)


def _reasons(request: PageRequest, at: int, posted: object, status: int = 200) -> HttpResponse:
    reasons = reasons_of(request.place.client_id, all_of_them=True)
    forms = [
        (reason, posted if at == place else reason_form(reason, place))
        for place, reason in enumerate(reasons)
    ]
    new = posted if posted is not None and not 0 <= at < len(reasons) else reason_form(None, len(reasons))
    return render(request, "web/reply_reasons.html", {"forms": forms, "new": new, "at": at}, status=status)


@client_act
def reply_reason_save(request: PageRequest) -> HttpResponse:
    """Change one reason, or add one."""
    codes = [reason.code for reason in reasons_of(request.place.client_id, all_of_them=True)]
    code = request.POST.get("code", "")
    at = codes.index(code) if code in codes else len(codes)
    form = reason_form(None, at, request.POST)
    if code and code not in codes:
        raise Http404("no such reason")
    if form.is_valid():
        try:
            with transaction.atomic():
                save_reason(request.place.client_id, form.reason())
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
        else:
            messages.success(request, _("Saved. Debtors choose from this list from now on."))
            return redirect("reply_reasons")
    return _reasons(request, at, form, 400)


@client_act
def debtor_page_links(request: PageRequest, debtor_id: int) -> HttpResponse:
    """End all links to a debtor's page; the page of the debtor shows the new one."""
    with transaction.atomic():
        if not take_back_links(request.place.client_id, debtor_id, today(), _by(request), now()):
            raise Http404("no such debtor")
    messages.success(request, _("The old links open nothing any more. Give the debtor the new one."))
    return redirect("debtor", debtor_id)
