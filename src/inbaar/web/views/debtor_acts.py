"""What a person does to a debtor: hold all he owes, release it, and correct who he is and whom to write to."""

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from inbaar.dunning.corrections import Editor, correct, drop_contact, put_contact
from inbaar.dunning.schedule import close_invoices
from inbaar.kit.clock import now, today
from inbaar.kit.errors import Refused
from inbaar.letters.bouncing import clear_address
from inbaar.parties.corrections import debtor_facts
from inbaar.receivables.actions import assign_credit
from inbaar.web.acts import credit_form
from inbaar.web.formats import amount
from inbaar.web.forms import ContactForm, DebtorForm, HoldForm
from inbaar.web.holding import held_words, new_hold, open_hold
from inbaar.web.queries.credits import usable_credits
from inbaar.web.queries.debtors import contact_rows
from inbaar.web.requests import PageRequest, client_act, client_page
from inbaar.web.views.debtors import answer, page_or_404
from inbaar.web.views.invoice_acts import let_go
from inbaar.web.wording.kinds import CONTACT_ROLES, word_for
from inbaar.web.wording.refusals import refused_words


def _by(request: PageRequest) -> str:
    return str(request.user)[:100]


def _editor(request: PageRequest) -> Editor:
    return Editor(_by(request), today(), now())


@client_act
def hold(request: PageRequest, debtor_id: int, kind: str) -> HttpResponse:
    """Hold all that a debtor owes."""
    page = page_or_404(request, debtor_id)
    form = HoldForm(kind, _by(request), request.POST, auto_id=f"{kind}-%s")
    if not form.is_valid():
        return answer(request, page, {kind: form}, 400)
    new = new_hold(form, debtor_id, None, _by(request))
    open_hold(request.place.client_id, new)
    messages.success(request, held_words(new))
    return redirect("debtor", debtor_id)


@client_act
def release(request: PageRequest, debtor_id: int, hold_id: int) -> HttpResponse:
    """Let a hold on the debtor go and have the run look at his invoices again."""
    messages.success(request, let_go(request, debtor_id, hold_id))
    return redirect("debtor", debtor_id)


@client_act
def credit(request: PageRequest, debtor_id: int, credit_id: int) -> HttpResponse:
    """Take a credit note of the debtor off an invoice that a person chooses."""
    page, client_id = page_or_404(request, debtor_id), request.place.client_id
    known = {item.id: (item, invoices) for item, invoices in usable_credits(client_id, debtor_id)}
    if credit_id not in known:
        messages.error(request, _("Nothing of this credit note is left to use; nothing was changed."))
        return redirect("debtor", debtor_id)
    note, invoices = known[credit_id]
    form = credit_form(invoices, credit_id, request.POST)
    if form.is_valid():
        chosen, reason = form.cleaned_data["invoice"], form.cleaned_data["reason"]
        try:
            with transaction.atomic():
                used = assign_credit(client_id, credit_id, chosen, reason, _by(request), today(), now())
                close_invoices(client_id, [chosen])
        except Refused as refused:
            for words in refused_words(refused):
                form.add_error(None, words)
        else:
            told = _("%(amount)s of %(number)s was taken off.")
            messages.success(request, told % {"amount": amount(used, note.currency), "number": note.number})
            return redirect("debtor", debtor_id)
    return answer(request, page, {f"credit-{credit_id}": form}, 400)


@client_act
def address_works(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Say that an address of the debtor takes mail again."""
    page = page_or_404(request, debtor_id)
    address = request.POST.get("address", "").lower()
    known = address in {contact.email.lower() for contact in page.contacts if contact.email}
    if known and clear_address(request.place.client_id, address, _by(request), today()):
        messages.success(request, _("Letters are mailed to %(address)s again.") % {"address": address})
    else:
        messages.error(request, _("Nothing is known against this address; nothing was changed."))
    return redirect("debtor", debtor_id)


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def edit(request: PageRequest, debtor_id: int) -> HttpResponse:
    """The page on which a debtor and his contacts are corrected."""
    known = debtor_facts(request.place.client_id, debtor_id)
    if known is None:
        raise Http404("no such debtor")
    if request.method == "POST":
        return _correct(request, debtor_id)
    facts = {name: getattr(known, name) for name in DebtorForm().fields}
    return _edit_page(request, debtor_id, {"debtor": DebtorForm(initial=facts)})


@client_act
def _correct(request: PageRequest, debtor_id: int) -> HttpResponse:
    form = DebtorForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, debtor_id, {"debtor": form}, 400)
    return _done(
        request, debtor_id, "debtor", form,
        lambda: correct(request.place.client_id, debtor_id, form.facts(), _editor(request)),
    )  # fmt: skip


@client_act
def contact_new(request: PageRequest, debtor_id: int) -> HttpResponse:
    """Add somebody to write to."""
    form = ContactForm(request.POST, auto_id="new-%s")
    if not form.is_valid():
        return _edit_page(request, debtor_id, {"new": form}, 400)
    return _done(
        request, debtor_id, "new", form,
        lambda: put_contact(request.place.client_id, debtor_id, form.facts(), _editor(request)),
    )  # fmt: skip


@client_act
def contact(request: PageRequest, debtor_id: int, contact_id: int) -> HttpResponse:
    """Change a contact, or remove it."""
    client_id = request.place.client_id
    role = next((row.role for row in contact_rows(client_id, debtor_id) if row.id == contact_id), None)
    if role is None:
        raise Http404("no such contact")
    name = f"contact-{contact_id}"
    form = ContactForm(request.POST, role=role, auto_id=f"{name}-%s")
    if "remove" in request.POST:
        return _done(
            request, debtor_id, name, form,
            lambda: drop_contact(client_id, debtor_id, contact_id, _editor(request)),
        )  # fmt: skip
    if not form.is_valid():
        return _edit_page(request, debtor_id, {name: form}, 400)
    return _done(
        request, debtor_id, name, form,
        lambda: put_contact(client_id, debtor_id, form.facts(), _editor(request), contact_id),
    )  # fmt: skip


def _done(request: PageRequest, debtor_id: int, name: str, form: Form, act: object) -> HttpResponse:
    """Run a correction and say what came of it; refused, the page comes back with what was typed."""
    try:
        with transaction.atomic():
            letters = act()  # type: ignore[operator]
    except Refused as refused:
        for words in refused_words(refused):
            form.add_error(None, words)
        return _edit_page(request, debtor_id, {name: form}, 400)
    messages.success(request, _told(letters))
    return redirect("debtor_edit", debtor_id)


def _told(letters: int | None) -> str:
    if letters is None:
        return _("Nothing was different; nothing was changed.")
    if not letters:
        return _("Changed.")
    anew = ngettext(
        "Changed. %(count)s letter that had not left is held back; the next run writes it anew.",
        "Changed. %(count)s letters that had not left are held back; the next run writes them anew.",
        letters,
    )
    return anew % {"count": letters}


def _edit_page(
    request: PageRequest, debtor_id: int, forms: dict[str, Form], status: int = 200
) -> HttpResponse:
    client_id = request.place.client_id
    known = debtor_facts(client_id, debtor_id)
    if known is None:
        raise Http404("no such debtor")
    facts = {name: getattr(known, name) for name in DebtorForm().fields}
    contacts = [
        (
            row.id,
            word_for(row.role, CONTACT_ROLES),
            row,
            forms.get(f"contact-{row.id}")
            or ContactForm(
                role=row.role, auto_id=f"contact-{row.id}-%s",
                initial={"name": row.name, "email": row.email, "phone": row.phone},
            ),
        )
        for row in contact_rows(client_id, debtor_id)
    ]  # fmt: skip
    return render(
        request,
        "web/debtor_edit.html",
        {
            "debtor_id": debtor_id,
            "name": known.name,
            "form": forms.get("debtor") or DebtorForm(initial=facts),
            "contacts": contacts,
            "new": forms.get("new") or ContactForm(auto_id="new-%s"),
        },
        status=status,
    )
