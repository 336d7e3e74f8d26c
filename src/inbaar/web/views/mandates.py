"""Mandates: the list, who collects, and one mandate with its history and proof."""

from csp.decorators import csp_exempt
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.banking.debits.actions import set_creditor, under_way
from inbaar.banking.debits.rules import MandateFacts, collection_refusals
from inbaar.kit.clock import today
from inbaar.receivables.evidence_rules import ENDINGS
from inbaar.web.downloads import download
from inbaar.web.forms import ReasonForm
from inbaar.web.mandate_asking import by_name, done
from inbaar.web.mandate_forms import AmendForm, CreditorForm, RegistrationForm, WithdrawForm
from inbaar.web.paging import asked_page
from inbaar.web.queries.mandates import (
    STATES,
    MandateHead,
    MessageRow,
    creditor_row,
    happened,
    mandate_counts,
    mandate_rows,
    messages_of,
    one_mandate,
    proof_of,
    versions_of,
)
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.wording.happenings import happenings
from inbaar.web.wording.mandate_states import (
    kind_words,
    mandate_state,
    message_state,
    message_words,
    scheme_words,
    summary,
    title_words,
    told_rows,
)
from inbaar.web.wording.proof import media_name
from inbaar.web.wording.refusals import refusal_words


@client_page
def mandates(request: PageRequest) -> HttpResponse:
    """The list, all or of one state, and who collects."""
    return _list_page(request, None)


def _list_page(request: PageRequest, form: CreditorForm | None, status: int = 200) -> HttpResponse:
    client_id, on = request.place.client_id, today()
    counts = mandate_counts(client_id, on)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    total = sum(counts.values())
    page = asked_page(request.GET.get("page"), counts.get(state, 0) if state else total)
    rows = mandate_rows(client_id, on, state, limit=page.rows, offset=page.offset)
    creditor = creditor_row(client_id)
    known = (
        {"identifier": creditor[0], "name": creditor[1]} if creditor else {"name": request.place.name[:70]}
    )
    return render(
        request,
        "web/mandates.html",
        {
            "rows": told_rows(rows), "page": page, "state": state, "summary": _list_summary(counts),
            "states": [("", _("all"), total), *((key, mandate_state(key)[0], counts[key]) for key in STATES if counts.get(key))],
            "creditor": creditor, "form": form or CreditorForm(initial=known), "may_set": request.place.role == "owner",
            "lapsing": counts.get("lapsing", 0),
        },
        status=status,
    )  # fmt: skip


def _list_summary(counts: dict[str, int]) -> str:
    stand = counts.get("live", 0) + counts.get("lapsing", 0)
    told = ngettext("%(count)s mandate stands.", "%(count)s mandates stand.", stand) % {"count": stand}
    if not stand:
        told = _("No mandate stands yet.")
    if waiting := counts.get("to_sign", 0):
        more = ngettext("%(count)s waits for a signature.", "%(count)s wait for a signature.", waiting)
        told += " " + more % {"count": waiting}
    return told


@client_act
def mandate_creditor(request: PageRequest) -> HttpResponse:
    """Say who collects. What stood before is told to the banks with each mandate's next collection."""
    if request.place.role != "owner":
        raise PermissionDenied("owner")
    form = CreditorForm(request.POST)
    amended: list[int] = []

    def act() -> None:
        data = form.cleaned_data
        amended.append(
            set_creditor(request.place.client_id, data["identifier"], data["name"], by_name(request), today())
        )

    if not done(form, act):
        return _list_page(request, form, 400)
    told = ngettext(
        "Kept. %(count)s mandate says so from now on.",
        "Kept. %(count)s mandates say so from now on.",
        amended[0],
    )
    messages.success(request, told % {"count": amended[0]} if amended[0] else _("Kept."))
    return redirect("mandates")


@client_page
def mandate(request: PageRequest, mandate_id: int) -> HttpResponse:
    """One mandate."""
    return mandate_page(request, head_or_404(request, mandate_id), {})


def head_or_404(request: PageRequest, mandate_id: int) -> MandateHead:
    head = one_mandate(request.place.client_id, mandate_id, today())
    if head is None:
        raise Http404("no such mandate")
    return head


def mandate_page(
    request: PageRequest, head: MandateHead, bound: dict[str, Form], status: int = 200
) -> HttpResponse:
    client_id, on = request.place.client_id, today()
    standing = head.state != "withdrawn"
    forms: dict[str, Form] = {"amend": AmendForm(name=head.debtor_name, iban=head.debtor_iban, auto_id="amend-%s")} if standing else {}  # fmt: skip
    if standing:
        verb = "resume" if head.state == "suspended" else "suspend"
        forms |= {verb: ReasonForm(auto_id=f"{verb}-%s"), "withdraw": WithdrawForm(auto_id="withdraw-%s")}
        if head.scheme == "b2b" and head.registered_on is None:
            forms["register"] = RegistrationForm(auto_id="register-%s")
    facts = MandateFacts(
        head.kind, head.scheme, head.state, head.capacity, head.signed_on, head.registered_on, head.last_presented_on,
        head.shown == "used",
    )  # fmt: skip
    return render(
        request,
        "web/mandate.html",
        {
            "head": head, "summary": summary(head, on), "state": mandate_state(head.shown), "kind": kind_words(head.kind),
            "title": title_words(head.scheme, head.kind), "scheme": scheme_words(head.scheme),
            "refusals": [refusal_words(refusal) for refusal in collection_refusals(facts, on)],
            "versions": versions_of(client_id, head.id), "media": media_name(head.file_type),
            "messages_sent": told_messages(request, head.link_id),
            "past": list(reversed(happenings(happened(client_id, head.debtor_id, head.reference), "EUR"))),
            "under_way": [due_on for _number, due_on in under_way(client_id, head.id)] if not standing else [],
            "forms": forms | bound,
        },
        status=status,
    )  # fmt: skip


def told_messages(request: PageRequest, link_id: int | None) -> list[tuple[MessageRow, str, str, str, str]]:
    """What was mailed. Who may only look does not get the address by which the debtor signs."""
    rows = messages_of(request.place.client_id, link_id)
    return [
        (row, message_words(row.kind), *message_state(row.state), _without_link(request, row.text))
        for row in rows
    ]


def _without_link(request: PageRequest, text: str) -> str:
    if request.place.may_change:
        return text
    return "\n".join("…" if "/sign/" in line else line for line in text.splitlines())


@csp_exempt()
@client_page
def mandate_proof(request: PageRequest, mandate_id: int, which: str = "evidence") -> HttpResponse:
    """What proves the signature or the registration: always a download, powerless if a browser opens it."""
    known = proof_of(request.place.client_id, mandate_id, which)
    if known is None:
        raise Http404("no such proof")
    reference, media_type, content = known
    answer = download(content, f"{reference}{ENDINGS[media_type]}", media_type)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
