"""The bank: how fresh the news is, what is not matched and why, entries, statements, and matching by hand."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from inbaar.banking.accounts import register_account, set_cut_off
from inbaar.banking.actions import ignore_entry, match_by_hand
from inbaar.banking.by_hand import WRITE_OFF_ASKED
from inbaar.banking.continuity import Break
from inbaar.banking.following import account_breaks
from inbaar.banking.queries import bank_accounts, unmatched_count, unmatched_entries
from inbaar.banking.words import entry_reason, what_would_change
from inbaar.banking.write_offs.queries import one_person_limit, waiting_for_entry, waiting_write_offs
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.web.formats import amount, day, iban
from inbaar.web.forms import AccountForm
from inbaar.web.paging import asked_page
from inbaar.web.queries.bank import (
    STATES,
    EntryRow,
    candidates,
    entry_rows,
    entry_sums,
    matches_of,
    one_entry,
    refused_files,
    statement_count,
    statement_rows,
)
from inbaar.web.queries.bank_files import (
    announced_count,
    announced_payments,
    kept_of,
    parts_of,
    waiting_files,
)
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.queries.settling import around, tolerance_of
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.settling import options
from inbaar.web.wording.accounts import grounds
from inbaar.web.wording.following import break_words, is_serious
from inbaar.web.wording.reasons import with_figures
from inbaar.web.wording.refusals import refused_words
from inbaar.web.wording.returns import return_words

ROWS = 25
MOST_BREAKS = 5


def language() -> str:
    """The language of the page, for the rooms that speak both themselves."""
    return (get_language() or "nl")[:2]


def entry_states() -> dict[str, tuple[str, str]]:
    """What became of an entry, in words and meaning."""
    return {
        "unmatched": (_("not matched"), "attention"),
        "matched": (_("matched"), "done"),
        "ignored": (_("set aside"), "plain"),
        "new": (_("not looked at yet"), "plain"),
        "split": (_("batch booking"), "plain"),
    }


@client_page
def bank(request: PageRequest) -> HttpResponse:
    """Accounts, and one of three lists: what waits, all entries, or the statements."""
    return _bank_page(request, AccountForm(auto_id="account-%s"))


@client_act
def account_new(request: PageRequest) -> HttpResponse:
    """Add an account of the client's own: its statements are taken in from now on."""
    form = AccountForm(request.POST, auto_id="account-%s")
    if not form.is_valid():
        return _bank_page(request, form, 400)
    data = form.cleaned_data
    register_account(request.place.client_id, data["iban"], data["holder"], data["currency"])
    told = _("%(iban)s in %(currency)s is known now. Offer the statement again if it was refused.")
    messages.success(request, told % {"iban": iban(data["iban"]), "currency": data["currency"]})
    return redirect("bank")


@client_act
def account_cut_off(request: PageRequest) -> HttpResponse:
    """Until when the bank of an account carries a file out the same day."""
    account, typed = request.POST.get("account", ""), request.POST.get("cut_off", "")
    try:
        cut_off = dt.time.fromisoformat(typed)
        number = int(account) if account.isascii() and account.isdigit() and len(account) < 19 else 0
    except ValueError:
        messages.error(request, _("“%(value)s” is not a time; write 15:30.") % {"value": typed[:40]})
        return redirect("bank")
    try:
        set_cut_off(request.place.client_id, number, cut_off.replace(second=0, microsecond=0, tzinfo=None))
    except Refused as refused:
        messages.error(request, " ".join(refused_words(refused)))
        return redirect("bank")
    messages.success(request, _("Kept: it holds from the next batch on."))
    return redirect("bank")


def _bank_page(request: PageRequest, form: AccountForm, status: int = 200) -> HttpResponse:
    on, client_id = today(), request.place.client_id
    show = request.GET.get("show", "")
    waiting = unmatched_count()
    accounts = bank_accounts(on)
    breaks = account_breaks(client_id)
    files = waiting_files(client_id)
    told = ngettext(
        "%(count)s received amount waits for an invoice.",
        "%(count)s received amounts wait for an invoice.",
        waiting,
    )
    facts: dict[str, object] = {
        "account_form": form,
        "tolerance": tolerance_of(client_id, None),
        "write_offs": waiting_write_offs(client_id),
        "one_person_limit": one_person_limit(client_id),
        "grounds": grounds(),
        "accounts": accounts,
        "waiting": waiting,
        "show": show if show in ("entries", "statements", "announced") else "unmatched",
        "serious": [break_words(broken) for broken in breaks if is_serious(broken)][-MOST_BREAKS:],
        "files": files,
        "announced_count": announced_count(client_id),
        "summary": told % {"count": waiting}
        if waiting
        else _("Every amount received is matched or set aside.")
        if accounts
        else _("No statement was taken in yet."),
    }
    if show == "entries":
        facts |= _entries(request, client_id)
    elif show == "statements":
        facts |= _statements(request, client_id, [(a.id, a.iban, a.currency) for a in accounts], breaks)
    elif show == "announced":
        facts |= {"announced": announced_payments(client_id)}
    else:
        page = asked_page(request.GET.get("page"), waiting, ROWS)
        facts |= {"entries": unmatched_entries(language(), limit=page.rows, offset=page.offset), "page": page}
    return render(request, "web/bank.html", facts, status=status)


def _statements(
    request: PageRequest, client_id: int, accounts: list[tuple[int, str, str]], breaks: list[Break]
) -> dict[str, object]:
    """The statements of one account or of all, each with what does not follow on the one before it."""
    asked = asked_account(request)
    account = next((number for number, _iban, _currency in accounts if number == asked), None)
    page = asked_page(request.GET.get("page"), statement_count(client_id, account), ROWS)
    behind: dict[int, list[str]] = {}
    for broken in breaks:
        behind.setdefault(broken.after.number, []).append(break_words(broken))
    rows = statement_rows(client_id, account, page.rows, page.offset)
    return {
        "statements": [(row, behind.get(row.id, [])) for row in rows], "page": page, "account": account,
        "chosen": accounts if len(accounts) > 1 else [], "refused": refused_files(client_id),
    }  # fmt: skip


def asked_account(request: PageRequest) -> int | None:
    """The account whose statements are asked for; None for all."""
    text = request.GET.get("account", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def asked_entries(request: PageRequest) -> tuple[str, str]:
    """The state and the text that entries are filtered by."""
    state = request.GET.get("state", "")
    return state if state in STATES else "", request.GET.get("q", "").replace("\0", "").strip()[:100]


def _entries(request: PageRequest, client_id: int) -> dict[str, object]:
    state, text = asked_entries(request)
    sums = entry_sums(client_id, state, text)
    count = sum(number for _currency, number, _sum in sums)
    page = asked_page(request.GET.get("page"), count)
    rows = entry_rows(client_id, state, text, page.rows, page.offset)
    words = entry_states()
    return {
        "rows": [(row, *words[row.state], reason_words(row)) for row in rows],
        "page": page, "count": count, "sums": [(currency, total) for currency, _number, total in sums], "state": state, "text": text,
        "states": [("", _("all")), *((key, words[key][0]) for key in STATES)],
    }  # fmt: skip


def reason_words(row: EntryRow) -> str:
    """Why an entry is where it is."""
    facts = {key: _fact(key, value) for key, value in row.reason_facts.items()}
    return with_figures(row.reason, entry_reason(row.reason, facts, language()))


def other_amount_words(told: dict[str, str], row: EntryRow) -> list[tuple[str, str]]:
    """What was charged, instructed and exchanged beside the booked amount: label and figure."""
    shown = []
    if "gross" in told:
        shown.append((_("Before charges"), amount(Decimal(told["gross"]), row.currency)))
    if "charges" in told:
        shown.append((_("Charges"), amount(Decimal(told["charges"]), row.currency)))
    if "instructed" in told:
        shown.append(
            (
                _("Instructed"),
                amount(Decimal(told["instructed"]), told.get("instructed_currency", row.currency)),
            )
        )
    if "rate" in told:
        shown.append((_("Exchange rate"), told["rate"].replace(".", "," if language() == "nl" else ".")))
    return shown


def _fact(key: str, value: object) -> str:
    """A fact of a reason as the page writes it; days are told as days."""
    if key in ("on", "notified_on"):
        with suppress(ValueError):
            return day(dt.date.fromisoformat(str(value)))
    return str(value)


def changes_words(row: EntryRow) -> str:
    """What would have made a waiting entry certain."""
    if row.state != "unmatched":
        return ""
    facts = {key: str(value) for key, value in row.reason_facts.items()}
    return with_figures(row.reason, what_would_change(row.reason, facts, language()))


def entry_or_404(request: PageRequest, entry_id: int) -> EntryRow:
    """An entry of this client; 404 for any other."""
    row = one_entry(request.place.client_id, entry_id)
    if row is None:
        raise Http404("no such entry")
    return row


@client_page
def entry(request: PageRequest, entry_id: int) -> HttpResponse:
    """One entry: what the bank said, what became of it, and which invoices it can be matched to."""
    return entry_page(request, entry_or_404(request, entry_id), request.GET.get("find", ""))


def entry_page(
    request: PageRequest, row: EntryRow, text: str, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """An entry's page as an answer; refused, it comes back with the reasons and what was typed."""
    client_id = request.place.client_id
    states = entry_states()
    words, meaning = states[row.state]
    kept = kept_of(client_id, row.id)
    parts = parts_of(client_id, row.id) if row.state == "split" else []
    text = text.replace("\0", "").strip()[:100]
    may_change = request.place.may_change and row.reason != WRITE_OFF_ASKED
    may_match = may_change and row.amount > 0 and row.unapplied > 0
    left, lines = row.unapplied, []
    chosen = request.POST.getlist("invoice")
    found = candidates(client_id, row, text) if may_match else []
    matches = matches_of(client_id, row.id)
    for item in found:
        typed = request.POST.get(f"amount_{item.id}")
        lines.append((item, min(item.open_amount, left), typed, str(item.id) in chosen))
    return render(
        request,
        "web/entry.html",
        {
            "row": row, "words": words, "meaning": meaning, "reason": reason_words(row),
            "return_words": return_words(row.return_reason), "matches": matches, "lines": lines, "text": text, "problems": problems or [],
            "kept": kept, "amounts": other_amount_words(kept.other_amounts, row),
            "parts": [(number, name, told, paid, *states[state]) for number, name, told, paid, state in parts],
            "may_match": may_match, "may_ignore": may_change and row.state in ("unmatched", "new"),
            "write_off": waiting_for_entry(client_id, row.id),
            "options": options(client_id, row, found) if request.place.may_change else [],
            "chosen": request.POST.get("choice", ""), "may_undo": request.place.may_change and bool(matches),
            "changes": changes_words(row), "around": around(client_id, row), "third_party": "third_party" in request.POST,
        },
        status=status,
    )  # fmt: skip


@client_act
def match(request: PageRequest, entry_id: int) -> HttpResponse:
    """Match an entry to the invoices that were ticked, for the amounts typed."""
    row = entry_or_404(request, entry_id)
    lines: list[tuple[int, Decimal]] = []
    problems = []
    for chosen in request.POST.getlist("invoice"):
        typed = request.POST.get(f"amount_{chosen}", "")
        paid = read_amount(typed)
        if not chosen.isdecimal() or len(chosen) > 18 or paid is None or paid <= 0 or paid != round(paid, 2):
            problems.append(_("“%(value)s” is not an amount; write 1234,56.") % {"value": typed})
        else:
            lines.append((int(chosen), paid))
    if not problems:
        try:
            learn = "third_party" not in request.POST
            by = str(request.user)[:100]
            match_by_hand(request.place.client_id, entry_id, lines, by, today(), now(), learn=learn)
        except Refused as refused:
            problems = refused_words(refused)
    if problems:
        return entry_page(request, row, request.POST.get("find", ""), problems, 400)
    total = sum((paid for _number, paid in lines), Decimal(0))
    messages.success(request, _("Matched: %(amount)s is booked.") % {"amount": amount(total, row.currency)})
    return redirect("entry", entry_id)


@client_act
def ignore(request: PageRequest, entry_id: int) -> HttpResponse:
    """Set an entry aside, with the reason."""
    row = entry_or_404(request, entry_id)
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
    try:
        ignore_entry(request.place.client_id, entry_id, reason, str(request.user)[:100])
    except Refused as refused:
        return entry_page(request, row, "", refused_words(refused), 400)
    messages.success(request, _("Set aside. It stays in the books as money not applied."))
    return redirect("bank")
