"""What a person can do on a page, each as a form that is closed until it is wanted."""

from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from inbaar.web.formats import amount, day
from inbaar.web.forms import CreditForm, HoldForm, ReasonForm, SentForm, WaiveForm
from inbaar.web.queries.credits import OpenItem
from inbaar.web.queries.invoice import InvoiceHead, InvoicePage
from inbaar.web.sheet import Sheet
from inbaar.web.wording.ahead import Ahead

INVOICE_HOLDS = ("dispute", "pause")
DEBTOR_HOLDS = ("dispute", "pause", "insolvency")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: its title, what it does, the form and where it goes, or why it cannot be done."""

    title: str
    help: str
    button: str
    href: str
    form: Form | None
    cannot: str = ""

    @property
    def open(self) -> bool:
        """Shown open when it came back refused."""
        return self.form is not None and self.form.is_bound


def hold_act(kind: str, href: str, form: HoldForm, *, whole_debtor: bool = False) -> Act:
    """Opening a hold of a kind, on an invoice or on all that a debtor owes."""
    words = {
        "dispute": (
            _("Dispute"), _("Nothing is asked for what is disputed. It stays in the totals."), _("Put in dispute"),
        ),
        "pause": (_("Pause"), _("Nothing goes out until this day has passed."), _("Pause")),
        "insolvency": (
            _("Insolvent"), _("Nothing goes out any more: the claim is filed with the trustee."), _("Put down as insolvent"),
        ),
    }  # fmt: skip
    title, told, button = words[kind]
    if whole_debtor:
        told = _("For all invoices of this debtor.") + " " + told
    return Act(title, told, button, href, form)


def invoice_acts(
    page: InvoicePage, sheet: Sheet | None, coming: Ahead, owner: str, bound: dict[str, Form]
) -> list[Act]:
    """Everything that can be done to an invoice; `bound` are forms that came back refused."""
    head = page.head

    def href(act: str) -> str:
        return reverse(f"invoice_{act}", args=[head.id])

    def reason(act: str) -> Form:
        return bound.get(act) or ReasonForm(auto_id=f"{act}-%s")

    acts = _sent_act(head, href("sent"), bound)
    acts += [
        hold_act(kind, href(kind), bound.get(kind) or invoice_hold_form(kind, owner, page))  # type: ignore[arg-type]
        for kind in INVOICE_HOLDS
    ]
    # A start that came back refused shows its reason as well.
    if head.waits_for == "before_start" or "start" in bound:
        acts.append(
            Act(
                _("Start the reminders"),
                _("This invoice was due before the reminders began here. The next run takes it up, with a reminder first."),
                _("Start"), href("start"), reason("start"),
            )
        )  # fmt: skip
    skip = _(
        "%(step)s of %(day)s is left out for this invoice. The run after it takes it up again; other invoices go on."
    )
    acts.append(
        Act(
            _("Leave out of the next run"),
            skip % {"step": coming.title, "day": day(coming.on)} if coming.step and coming.on else "",
            _("Leave out"), href("skip"), bound.get("skip") or (reason("skip") if coming.step else None),
            _("Cannot be done: nothing goes out for this invoice in the next run."),
        )
    )  # fmt: skip
    acts.append(
        Act(
            _("Cancel interest and costs"),
            _("What was claimed above the principal is withdrawn; what was paid for it goes to the principal. This cannot be undone."),
            _("Cancel interest and costs"), href("cancel"), bound.get("cancel") or (reason("cancel") if page.facts.components else None),
            _("Cannot be done: no interest or costs were claimed."),
        )
    )  # fmt: skip
    total = amount(sheet.owed.total if sheet else head.open_amount, head.currency)
    acts.append(
        Act(
            _("Waive what is left"),
            _("%(total)s is written off and nothing is asked any more. This cannot be undone.") % {"total": total},
            _("Waive"), href("waive"), bound.get("waive") or WaiveForm(auto_id="waive-%s"),
        )
    )  # fmt: skip
    return acts


def _sent_act(head: InvoiceHead, href: str, bound: dict[str, Form]) -> list[Act]:
    """Of an invoice that is yet to be sent: that the client sent it himself. A form that came back refused stays."""
    if not (head.unsent and not head.sent_with) and "sent" not in bound:
        return []
    told = _("You sent it to the debtor yourself: say when. From then on its term counts.")
    form = bound.get("sent") or SentForm(auto_id="sent-%s")
    return [Act(_("It was sent already"), told, _("Keep as sent"), href, form)]


def invoice_hold_form(kind: str, owner: str, page: InvoicePage, posted: object = None) -> HoldForm:
    """The form of a hold on this invoice, empty or as it was posted."""
    return HoldForm(
        kind,
        owner,
        posted,
        open_amount=page.head.open_amount,
        currency=page.head.currency,
        auto_id=f"{kind}-%s",
    )


def credit_form(invoices: list[OpenItem], credit_id: int, posted: Any = None) -> CreditForm:
    """The form to take a credit note off one of these invoices."""
    told = [
        (item.id, f"{item.number} \N{MIDDLE DOT} {amount(item.open_amount, item.currency)} \N{MIDDLE DOT} {day(item.due_date)}")
        for item in invoices
    ]  # fmt: skip
    return CreditForm(told, posted, auto_id=f"credit-{credit_id}-%s")


def _credit_acts(
    debtor_id: int, credits: list[tuple[OpenItem, list[OpenItem]]], bound: dict[str, Form]
) -> list[Act]:
    """Of each credit note that is not used up: taking it off an invoice."""
    return [
        Act(
            _("Use credit note %(number)s, %(amount)s")
            % {"number": credit.number, "amount": amount(credit.open_amount, credit.currency)},
            _("It is taken off the invoice you choose, as far as that goes, and letters ask that much less."),
            _("Take it off"),
            reverse("debtor_credit", args=[debtor_id, credit.id]),
            bound.get(f"credit-{credit.id}") or credit_form(invoices, credit.id),
        )
        for credit, invoices in credits
    ]


def debtor_acts(
    debtor_id: int, owner: str, bound: dict[str, Form], credits: list[tuple[OpenItem, list[OpenItem]]]
) -> list[Act]:
    """Everything that can be done to a debtor as a whole, and to what he was credited."""
    return _credit_acts(debtor_id, credits, bound) + [
        hold_act(
            kind,
            reverse(f"debtor_{kind}", args=[debtor_id]),
            bound.get(kind) or HoldForm(kind, owner, auto_id=f"{kind}-%s"),  # type: ignore[arg-type]
            whole_debtor=True,
        )
        for kind in DEBTOR_HOLDS
    ]
