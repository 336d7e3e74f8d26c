"""A debtor's own page, behind a signed link and without log-in: what is owed and why, papers, paying, and a fresh link."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from csp.decorators import csp_exempt
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inbaar.arrangements.wishes import Possible, possible
from inbaar.banking.pay_links import pay_token
from inbaar.debtor_page.jobs import queue_page_mails
from inbaar.debtor_page.links import Door, door_of, mail_fresh_link, read_link
from inbaar.debtor_page.owing import Owed, OwnPage, own_document, own_page, own_paper
from inbaar.debtor_page.paying import pay_chosen
from inbaar.debtor_page.queries import replies_of
from inbaar.debtor_page.wording import verdict_words, words_of
from inbaar.dunning.addressing import client_row, creditor_of
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.letters.amounts import ContentError
from inbaar.letters.parts import Language, Sender
from inbaar.web.downloads import download
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.requests import without_client
from inbaar.web.sheet import Sheet, calculation_sheet
from inbaar.web.views.errors import too_often
from inbaar.web.visits import limited
from inbaar.web.wording.kinds import PAYMENT_KINDS, word_for
from inbaar.web.wording.own import own_state, paper_name, rest_words, sayings
from inbaar.web.wording.refusals import refused_words

#: How often one address may open these pages in a minute, and how often it may send something.
MOST_A_MINUTE, MOST_SENT_A_MINUTE = 120, 20


@dataclass(frozen=True, slots=True)
class Visit:
    """What a link leads to: `door` is nothing where the link is not known, `sender` where nobody could answer him."""

    token: str
    language: str
    door: Door | None = None
    sender: Sender | None = None

    @property
    def is_open(self) -> bool:
        """Whether the page may be seen."""
        return self.door is not None and not self.door.closed


def visit_of(request: HttpRequest, token: str) -> Visit:
    """What a link leads to. What is unknown looks the same, whyever it is."""
    chosen = request.COOKIES.get("inbaar_language", "")
    chosen = chosen if chosen in ("nl", "en") else ""
    link = read_link(token)
    if link is None:
        return Visit(token, chosen or str(translation.get_language()))
    with client_scope(link.client_id):
        door = door_of(link, today())
        if door is None:
            return Visit(token, chosen or str(translation.get_language()))
        try:
            sender = creditor_of(client_row(link.client_id)).sender
        except ContentError:
            sender = None
    return Visit(token, chosen or door.language, door, sender)


def answer(
    request: HttpRequest, visit: Visit, template: str, facts: dict[str, Any], status: int = 200
) -> HttpResponse:
    """One of these pages as it is answered: in the debtor's language, kept from robots and from other sites."""
    told = {
        "token": visit.token,
        "door": visit.door,
        "sender": visit.sender,
        "LANGUAGE_CODE": visit.language,
        **facts,
    }
    response = render(request, template, told, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Language"] = visit.language
    return response


def closed(request: HttpRequest, visit: Visit, *, asked: bool = False) -> HttpResponse:
    """The page of a link that does not open: what to do, and a fresh link to the address that is known."""
    with translation.override(visit.language):
        return answer(
            request,
            visit,
            "web/own_closed.html",
            {"asked": asked},
            200 if asked else 410 if visit.door else 404,
        )


@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_safe
def own(request: HttpRequest, token: str) -> HttpResponse:
    """The page."""
    visit = visit_of(request, token)
    if not visit.is_open:
        return closed(request, visit)
    return page_answer(request, visit)


def page_answer(request: HttpRequest, visit: Visit, problem: str = "", status: int = 200) -> HttpResponse:
    """All of it as of today; `problem` says why what was asked could not be done."""
    door, on = visit.door, today()
    assert door is not None
    with client_scope(door.client_id), translation.override(visit.language):
        page = own_page(door.client_id, door.debtor_id, on)
        language = Language(visit.language)
        kinds = words_of(language).sections["kinds"]
        facts = {
            "page": page,
            "rows": [row_of(each, on) for each in page.owed],
            "rests": [(rest_words(rest, "EUR"), rest.number) for rest in page.rests],
            "groups": [group_of(group) for group in page.payees],
            "sayings": sayings(can_choose=bool(page.owed)),
            # What can be agreed on instead of paying at once: the address and the words of each form.
            "arrangements": _arrangements(possible(door.client_id, door.debtor_id, on), visit.token),
            "said": [
                (said, kinds[said.kind], verdict_words(said, language))
                for said in replies_of(door.client_id, door.debtor_id)
            ],
            "papers": [(paper, paper_name(paper)) for paper in page.papers],
            "problem": problem,
        }
        return answer(request, visit, "web/own.html", facts, status)


def _arrangements(can: Possible | None, token: str) -> list[tuple[str, str]]:
    if can is None:
        return []
    return [
        (reverse("own_promise", args=[token]), _("Promise to pay by a day")),
        (reverse("own_plan", args=[token]), _("Pay in terms")),
    ]


def row_of(owed: Owed, on: dt.date) -> dict[str, Any]:
    """One invoice with its state, its sheet and what rests of it."""
    found = calculation_sheet(owed.facts, on) if owed.facts else ""
    sheet = found if isinstance(found, Sheet) else None
    return {
        "owed": owed,
        "item": owed.item,
        "currency": owed.currency,
        "state": own_state(owed, on),
        "due": owed.facts.due_date if owed.facts else owed.item.due,
        "sheet": sheet,
        "payments": [(part, word_for(part.kind, PAYMENT_KINDS)) for part in sheet.payments] if sheet else [],
        "rests": [(rest_words(rest, owed.currency), rest.number) for rest in owed.rests],
        "total": sheet.owed.total if sheet else owed.item.open + owed.item.extras,
    }


def group_of(group: list[Owed]) -> dict[str, Any]:
    """What is paid to one account: its invoices and their total."""
    total = sum((each.item.asked for each in group), Decimal(0))
    return {"owed": group, "currency": group[0].currency, "owner": group[0].owner, "total": total}


@csrf_exempt
@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_pay(request: HttpRequest, token: str) -> HttpResponse:
    """Choosing what to pay; by POST, on to the page on which exactly that is paid.

    Nobody is logged in, so there is nothing that a form on another site could borrow: who has the link may pay by it.
    """
    visit = visit_of(request, token)
    if not visit.is_open or visit.door is None:
        return closed(request, visit)
    if request.method != "POST":
        return _choices(request, visit)
    client_id = visit.door.client_id
    with translation.override(visit.language):
        try:
            with client_scope(client_id):
                reference = pay_chosen(client_id, visit.door.debtor_id, _chosen(request), today())
        except Refused as refused:
            return _choices(request, visit, " ".join(refused_words(refused)), 400)
    return redirect("pay", pay_token(client_id, reference))


def _chosen(request: HttpRequest) -> dict[int, Decimal]:
    """The invoices that are ticked, each with the amount beside it; what is no amount is none that is asked."""
    chosen = {}
    for text in request.POST.getlist("invoice"):
        if text.isascii() and text.isdigit() and len(text) < 19:
            chosen[int(text)] = read_amount(request.POST.get(f"amount-{text}", "")) or Decimal(0)
    return chosen


def _choices(request: HttpRequest, visit: Visit, problem: str = "", status: int = 200) -> HttpResponse:
    door = visit.door
    assert door is not None
    with client_scope(door.client_id), translation.override(visit.language):
        page: OwnPage = own_page(door.client_id, door.debtor_id, today())
        ticked = set(request.POST.getlist("invoice"))
        groups = [
            group_of(group) | {
                "lines": [
                    (each, str(each.invoice_id) in ticked or not ticked,
                     request.POST.get(f"amount-{each.invoice_id}", ""))
                    for each in group
                ]
            }
            for group in page.payees
        ]  # fmt: skip
        return answer(request, visit, "web/own_pay.html", {"groups": groups, "problem": problem}, status)


@csrf_exempt
@without_client
@login_not_required
@limited(MOST_SENT_A_MINUTE, too_often)
@never_cache
@require_POST
def own_link(request: HttpRequest, token: str) -> HttpResponse:
    """Mail a fresh link to the address that is known; who asks is not told whether there is one."""
    visit = visit_of(request, token)
    if visit.door is None:
        return closed(request, visit)
    client_id = visit.door.client_id
    with client_scope(client_id):
        if mail_fresh_link(client_id, visit.door.debtor_id, today(), now()):
            queue_page_mails(client_id)
    return closed(request, visit, asked=True)


@csp_exempt()
@without_client
@login_not_required
@limited(MOST_A_MINUTE, too_often)
@never_cache
@require_safe
def own_file(request: HttpRequest, token: str, kind: str, number: int) -> HttpResponse:
    """A paper of this debtor as it was sent: an invoice's own file, a letter or a statement. Always a download."""
    visit = visit_of(request, token)
    if not visit.is_open or visit.door is None:
        return closed(request, visit)
    client_id, debtor_id = visit.door.client_id, visit.door.debtor_id
    with client_scope(client_id):
        found = (
            own_document(client_id, debtor_id, number)
            if kind == "invoice"
            else own_paper(client_id, debtor_id, kind, number)
        )
    if found is None:
        raise Http404("no such paper")
    name, content = found
    response = download(content, name if kind == "invoice" else f"{name}.pdf")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
