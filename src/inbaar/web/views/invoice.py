"""One invoice's page: how it stands, what happened, what comes next and why, and what is owed to the cent."""

import datetime as dt
from dataclasses import dataclass

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from inbaar.banking.pay_links import pay_link, pay_token
from inbaar.debtor_statements.paying import invoice_link
from inbaar.dunning.policy_book import policy_book
from inbaar.dunning.policy_steps import Lane
from inbaar.dunning.rules import Standing
from inbaar.dunning.standing import bank_is_stale, standing_invoices
from inbaar.factoring.queries import kinds_to_sell
from inbaar.kit.clock import today
from inbaar.web.acts import invoice_acts
from inbaar.web.arranged_part import arranged_part
from inbaar.web.evidence_forms import EvidenceForm, RequestForm
from inbaar.web.formats import amount, day
from inbaar.web.queries.evidence import RequestRow, evidence_rows, request_rows
from inbaar.web.queries.invoice import InvoicePage, invoice_page
from inbaar.web.register_part import register_part
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.sheet import Sheet, calculation_sheet
from inbaar.web.wording.ahead import Ahead, ahead, next_look
from inbaar.web.wording.happenings import happenings
from inbaar.web.wording.kinds import PAYMENT_KINDS, deadline_words, delivery_words, hold_kind, word_for
from inbaar.web.wording.proof import evidence_kind, media_name, step_that_asks
from inbaar.web.wording.sending import dispatch_words, sale_words
from inbaar.web.wording.states import State, days_late, invoice_state
from inbaar.web.wording.steps import step_name


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A deadline in words; `opens` is one that makes something possible instead of ending it."""

    name: str
    rule: str
    on: dt.date
    passed: bool
    opens: bool
    unconfirmed: bool


@client_page
def invoice(request: PageRequest, invoice_id: int) -> HttpResponse:
    """The page."""
    return answer(request, page_or_404(request, invoice_id), {})


def page_or_404(request: PageRequest, invoice_id: int) -> InvoicePage:
    """All of an invoice of this client; 404 for any other."""
    page = invoice_page(request.place.client_id, invoice_id, today())
    if page is None:
        raise Http404("no such invoice")
    return page


def answer(
    request: PageRequest, page: InvoicePage, refused: dict[str, Form], status: int = 200
) -> HttpResponse:
    """The page as an answer; `refused` are forms that come back with what was typed."""
    on = today()
    found = calculation_sheet(page.facts, on)
    sheet = found if isinstance(found, Sheet) else None
    coming = ahead(page, on, *_standing(request.place.client_id, page, on))
    past = happenings(page.events, page.head.currency)
    asked = request_rows(request.place.client_id, page.head.id)
    sale = kinds_to_sell(request.place.client_id, [page.head.id], on).get(page.head.id)
    return render(
        request,
        "web/invoice.html",
        {
            "page": page,
            "head": page.head,
            "state": page_state(page),
            "summary": summary(page, found, coming),
            "sheet": sheet,
            "law_silent": found if isinstance(found, str) else "",
            "past": [item for item in past if item.on <= on],
            "future": [item for item in past if item.on > on],
            "ahead": coming,
            "deadlines": sorted(deadline_lines(page) + asked_lines(asked), key=lambda line: line.on),
            "evidence": evidence_part(request.place.client_id, page, asked, refused),
            "letters": [
                (letter, step_name(letter.kind), *delivery_words(letter.state)) for letter in page.letters
            ],
            "holds": [(hold, hold_kind(hold.kind)) for hold in page.holds],
            "payments": [(part, word_for(part.kind, PAYMENT_KINDS)) for part in page.facts.payments],
            "register": register_part(request.place.client_id, page.head.id)
            if page.head.open_amount and not page.head.is_credit
            else {},
            "arranged": arranged_part(
                request.place.client_id, page.head.debtor_id, page.head.id, is_open=page.head.open_amount > 0
            )
            if not page.head.is_credit
            else {},
            "sent_words": dispatch_words(page.head),
            "sale": sale_words(sale, unsent=page.head.unsent) if sale else "",
            "pay_link": _pay_link(request.place.client_id, page, on),
            "acts": invoice_acts(page, sheet, coming, str(request.user)[:100], refused),
        },
        status=status,
    )


def _pay_link(client_id: int, page: InvoicePage, on: dt.date) -> dict[str, object]:
    """The newest link that was made of the invoice, to copy and to look at; `address` is empty where there is none outside."""
    found = invoice_link(client_id, page.head.id, on) if page.head.open_amount else None
    if found is None:
        return {}
    return {
        "address": pay_link(client_id, found.reference),
        "path": reverse("pay", args=[pay_token(client_id, found.reference)]),
        "asks": found.asks,
        "currency": found.currency,
        "good_until": found.good_until,
    }


def _standing(client_id: int, page: InvoicePage, on: dt.date) -> tuple[Standing, Lane] | tuple[None, None]:
    """How the invoice stands on the day the run looks at it next, as the run itself reads it, and what its policy says."""
    look = next_look(page, on)
    if look is None:
        return None, None
    book = policy_book(client_id)
    stale = bank_is_stale(client_id, on)
    found = standing_invoices(client_id, look, [page.head.id], book, bank_stale=stale)
    if not found:
        return None, None
    standing = found[0].standing
    return standing, book.lane(standing.policy, standing.capacity)


def page_state(page: InvoicePage) -> State:
    """How the invoice stands today."""
    head = page.head
    if head.withdrawn_on:
        return State(_("withdrawn"), "plain", "close")
    return invoice_state(
        is_credit=head.is_credit,
        open_amount=head.open_amount,
        payable=head.payable,
        due_date=max(head.due_date, head.term_until or head.due_date),
        disputed=any(hold.kind == "dispute" for hold in page.standing),
        on=today(),
        unsent=head.unsent,
    )


def summary(page: InvoicePage, sheet: Sheet | str, coming: Ahead) -> str:
    """The page in one sentence."""
    head, on = page.head, today()
    total = sheet.owed.total if isinstance(sheet, Sheet) else head.open_amount
    if head.withdrawn_on:
        return _("Taken in by mistake and withdrawn on %(day)s: nothing is asked.") % {
            "day": day(head.withdrawn_on)
        }
    if head.is_credit:
        told = _("Credit note of %(amount)s, %(open)s of it to be used")
        return f"{told % {'amount': amount(head.payable, head.currency), 'open': amount(head.open_amount, head.currency)}}; {coming.short}."
    if not total and not head.open_amount:
        return _("Settled: %(amount)s was asked and nothing is open.") % {
            "amount": amount(head.payable, head.currency)
        }
    parts = [_("%(amount)s open") % {"amount": amount(total, head.currency)}]
    if total > head.open_amount:
        extra = amount(total - head.open_amount, head.currency)
        parts[0] += " " + _("(%(amount)s of it interest and costs)") % {"amount": extra}
    due = max(head.due_date, head.term_until or head.due_date)
    if due < on and not head.unsent:
        parts.append(days_late((on - due).days))
    return f"{', '.join(parts)}; {coming.short}."


def deadline_lines(page: InvoicePage) -> list[DeadlineLine]:
    """The dates that hang on the invoice, while anything is open."""
    if not page.head.open_amount:
        return []
    return [
        DeadlineLine(
            *deadline_words(row.kind, row.rule),
            row.on,
            row.on < today(),
            row.lost.startswith("opens"),
            row.unconfirmed,
        )
        for row in page.deadlines
    ]


def asked_lines(asked: list[RequestRow]) -> list[DeadlineLine]:
    """Proof that is asked for, as deadlines; also where nothing is open any more."""
    return [
        DeadlineLine(
            _("Proof is due: %(kind)s") % {"kind": evidence_kind(row.kind)}, row.reason or step_that_asks(row.step), row.due_on,
            row.due_on < today(), False, False,
        )
        for row in asked
    ]  # fmt: skip


def evidence_part(
    client_id: int, page: InvoicePage, asked: list[RequestRow], refused: dict[str, Form]
) -> dict[str, object]:
    """The proof on an invoice, what is asked for, and the forms for both."""
    return {
        "files": [
            (row, evidence_kind(row.kind), media_name(row.media_type))
            for row in evidence_rows(client_id, page.head.id)
        ],
        "asked": [
            (row, evidence_kind(row.kind), step_that_asks(row.step), row.due_on < today()) for row in asked
        ],
        "form": refused.get("evidence") or EvidenceForm(),
        "request": refused.get("request") or RequestForm(),
    }
