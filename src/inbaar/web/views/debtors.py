"""Debtors: the list, its file, and one debtor's page."""

from collections import defaultdict

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.debtor_page.links import link_of
from inbaar.debtor_page.queries import replies_of
from inbaar.dunning.policies import policy_of
from inbaar.kit.clock import today
from inbaar.parties.listing import facts_of, ways_known
from inbaar.parties.page_links import page_link, page_token
from inbaar.web.acts import debtor_acts
from inbaar.web.arranged_part import arranged_part
from inbaar.web.formats import amount, distance
from inbaar.web.list_files import list_answer
from inbaar.web.paging import asked_page
from inbaar.web.queries.credits import usable_credits
from inbaar.web.queries.debtors import SORTS, DebtorPage, debtor_count, debtor_page, debtor_rows
from inbaar.web.queries.invoice import EventRow
from inbaar.web.queries.invoice_filters import InvoiceFilter
from inbaar.web.queries.invoices import invoice_rows
from inbaar.web.queries.mandates import mandate_rows
from inbaar.web.queries.policies import policies, segments
from inbaar.web.queries.replies import page_mails
from inbaar.web.queries.settling import credits_of, habits_of, tolerance_of
from inbaar.web.requests import PageRequest, client_page
from inbaar.web.views.invoices import next_words, row_state
from inbaar.web.wording.accounts import grounds, habit_words
from inbaar.web.wording.happenings import Happening, happenings
from inbaar.web.wording.kinds import (
    CAPACITIES,
    CONTACT_ROLES,
    LEGAL_FORMS,
    SIZES,
    capacity_reason,
    delivery_words,
    hold_kind,
    word_for,
)
from inbaar.web.wording.mandate_states import told_rows
from inbaar.web.wording.replies import kind_words, mail_words
from inbaar.web.wording.steps import step_name

SHOWN_INVOICES = 25
#: What the file says of a debtor, in the order of its columns.
_FILED = ("number", "name", "street", "postcode", "city", "country", "kvk_number", "vat_id")


def _asked(request: PageRequest) -> tuple[str, str, str]:
    """The text, which debtors are wanted, and the order."""
    sort = request.GET.get("sort", "")
    known = sort.lstrip("-") in SORTS
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    state = request.GET.get("state", "")
    return text, state if state in ("all", "unreachable") else "owing", sort if known else "-overdue"


@client_page
def debtor_list(request: PageRequest) -> HttpResponse:
    """One page of the list."""
    on, client_id = today(), request.place.client_id
    text, which, sort = _asked(request)
    count, sums = debtor_count(client_id, text, which, on)
    page = asked_page(request.GET.get("page"), count)
    rows = debtor_rows(client_id, text, which, sort, on, page.rows, page.offset)
    return render(
        request,
        "web/debtors.html",
        {
            "text": text, "which": which, "owing": which == "owing", "sort": sort, "count": count, "page": page, "rows": rows,
            "open": [(currency, open_) for currency, open_, _late in sums],
            "late": [(currency, late) for currency, _open, late in sums if late],
            "columns": [
                ("name", _("Name"), ""), ("city", _("Place"), ""), ("invoices", _("Invoices"), "number"),
                ("open", _("Open"), "number"), ("overdue", _("Late"), "number"), ("oldest", _("Oldest due date"), ""),
            ],
        },
    )  # fmt: skip


@client_page
def debtor_export(request: PageRequest, form: str = "csv") -> HttpResponse:
    """The list as a file, with all that a list of debtors can say, so that it can come back in."""
    on, client_id = today(), request.place.client_id
    rows = debtor_rows(client_id, *_asked(request), on)
    ids = [row.id for row in rows]
    facts, (ibans, emails) = facts_of(client_id, ids), ways_known(client_id, ids)
    head = [
        _("Customer number"), _("Name"), _("Street and number"), _("Postcode"), _("Place"), _("Country"), "KvK",
        _("VAT number"), "IBAN", _("E-mail address"), _("Payment term in days"), _("Kind"), _("Currency"), _("Invoices"),
        _("Open"), _("Late"), _("Oldest due date"),
    ]  # fmt: skip
    return list_answer(
        form,
        f"{_('debtors')}-{on.isoformat()}",
        head,
        (
            (
                *(facts[row.id][name] for name in _FILED),
                ", ".join(sorted(ibans.get(row.id, ()))), ", ".join(sorted(emails.get(row.id, ()))),
                facts[row.id]["payment_term_days"], word_for(row.capacity, CAPACITIES), row.currency, row.invoices, row.open,
                row.overdue, row.oldest,
            )
            for row in rows
        ),
    )  # fmt: skip


@client_page
def debtor(request: PageRequest, debtor_id: int) -> HttpResponse:
    """One debtor's page."""
    return answer(request, page_or_404(request, debtor_id), {})


def _own_page(client_id: int, debtor_id: int) -> dict[str, object]:
    """The link to the debtor's own page as it is given today; `address` is empty where there is none outside."""
    link = link_of(client_id, debtor_id, today())
    if link is None:
        return {}
    return {
        "address": page_link(link),
        "path": reverse("own", args=[page_token(link)]),
        "good_until": link.good_until,
        "mails": [(mail, *mail_words(mail.kind, mail.state)) for mail in page_mails(client_id, debtor_id)],
        "said": [(said, kind_words(said.kind)) for said in replies_of(client_id, debtor_id, 10)],
    }


def page_or_404(request: PageRequest, debtor_id: int) -> DebtorPage:
    """All of a debtor of this client; 404 for any other."""
    page = debtor_page(request.place.client_id, debtor_id, today())
    if page is None:
        raise Http404("no such debtor")
    return page


def answer(
    request: PageRequest, page: DebtorPage, refused: dict[str, Form], status: int = 200
) -> HttpResponse:
    """The page as an answer; `refused` are forms that come back with what was typed."""
    on, client_id, debtor_id = today(), request.place.client_id, page.head.id
    rows = invoice_rows(
        client_id, InvoiceFilter(debtor=debtor_id, state="all", sort="-due"), on, SHOWN_INVOICES + 1
    )
    return render(
        request,
        "web/debtor.html",
        {
            "page": page,
            "head": page.head,
            "summary": summary(page),
            "capacity": word_for(page.head.capacity, CAPACITIES),
            "why": capacity_reason(page.head.capacity, page.head.identity),
            "legal_form": word_for(page.head.legal_form, LEGAL_FORMS),
            "size": word_for(page.head.size, SIZES),
            "contacts": [(word_for(row.role, CONTACT_ROLES), row) for row in page.contacts],
            "rows": [(row, row_state(row), next_words(row)) for row in rows[:SHOWN_INVOICES]],
            "more": len(rows) > SHOWN_INVOICES,
            "holds": [(hold, hold_kind(hold.kind)) for hold in page.holds],
            "letters": [
                (letter, step_name(letter.kind), *delivery_words(letter.state)) for letter in page.letters
            ],
            "past": _timeline(page),
            "own": _own_page(client_id, debtor_id),
            "habits": [
                (habit[0], habit_words(*habit[1:3]), *habit[3:]) for habit in habits_of(client_id, debtor_id)
            ],
            "credits": credits_of(client_id, debtor_id),
            "mandate_rows": told_rows(mandate_rows(client_id, on, debtor=debtor_id)),
            "arranged": arranged_part(client_id, debtor_id),
            "policy": policy_of(client_id, debtor_id),
            "policies": policies(client_id),
            "segments": segments(client_id),
            "tolerance": tolerance_of(client_id, debtor_id),
            "grounds": grounds(),
            "acts": debtor_acts(
                debtor_id, str(request.user)[:100], refused, usable_credits(client_id, debtor_id)
            ),
        },
        status=status,
    )


def _timeline(page: DebtorPage) -> list[tuple[Happening, int | None, str]]:
    """The debtor's timeline, newest first, each line with its invoice."""
    told: list[tuple[Happening, int | None, str]] = []
    by_invoice: dict[tuple[int | None, str, str], list[EventRow]] = defaultdict(list)
    for event, invoice_id, number, currency in page.events:
        by_invoice[invoice_id, number, currency].append(event)
    for (invoice_id, number, currency), events in by_invoice.items():
        told += [(item, invoice_id, number) for item in happenings(events, currency)]
    return sorted(told, key=lambda line: line[0].on, reverse=True)


def summary(page: DebtorPage) -> str:
    """The debtor in one sentence."""
    if not page.owes:
        return _("Nothing is open.")
    parts = []
    for owes in page.owes:
        invoices = ngettext("%(count)s invoice", "%(count)s invoices", owes.count) % {"count": owes.count}
        told = _("%(amount)s open on %(invoices)s") % {
            "amount": amount(owes.open, owes.currency),
            "invoices": invoices,
        }
        if owes.overdue and owes.oldest:
            told += ", " + _("%(amount)s of it late, the oldest due %(when)s") % {
                "amount": amount(owes.overdue, owes.currency), "when": distance(owes.oldest, today()),
            }  # fmt: skip
        parts.append(told)
    return "; ".join(parts) + "."
