"""What people type on the screens, read and checked; a form that is refused comes back with what was typed."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from inbaar.intake.currencies import is_currency
from inbaar.intake.identifiers import iban_fault
from inbaar.kit.clock import today
from inbaar.parties.corrections import ContactFacts, DebtorFacts
from inbaar.parties.rules import Capacity, LegalForm, Size
from inbaar.web.formats import amount, day
from inbaar.web.queries.invoice_filters import read_amount
from inbaar.web.wording.accounts import grounds
from inbaar.web.wording.kinds import CAPACITIES, CONTACT_ROLES, LEGAL_FORMS, SIZES, word_for


class DateInput(forms.DateInput):
    """The browser's own date field, from today on."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"min": today().isoformat()})


class DayField(forms.Field):
    """A day that is today or later."""

    widget = DateInput

    def to_python(self, value: Any) -> dt.date | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = dt.date.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(
                _("“%(value)s” is not a date; write 2026-11-22.") % {"value": text}
            ) from None
        if found < today():
            raise forms.ValidationError(_("This day is today or later, not %(day)s.") % {"day": day(found)})
        return found


class PartField(forms.CharField):
    """An amount above zero in whole cents, or nothing."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        part = read_amount(text) if text else None
        if text and (part is None or part <= 0 or part != round(part, 2)):
            raise forms.ValidationError(_("“%(value)s” is not an amount; write 1234,56.") % {"value": text})
        return part


class ReasonForm(forms.Form):
    """An act that only asks why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": _("Say why, in a few words.")},
        )


class WaiveForm(ReasonForm):
    """What is left is given up: on which ground, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"] = forms.ChoiceField(
            label=_("Written off as"),
            choices=[("", "–"), *grounds()],
            error_messages={"required": _("Choose what it is written off as.")},
        )
        self.order_fields(["ground", "reason"])


class CreditForm(ReasonForm):
    """Which invoice a credit note is taken off, and why."""

    def __init__(self, invoices: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        self.fields["invoice"] = forms.TypedChoiceField(label=_("Invoice"), choices=invoices, coerce=int)
        self.fields["reason"] = reason


class SentForm(forms.Form):
    """On which day the client sent an invoice himself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["on"] = forms.DateField(
            label=_("Sent on"),
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": today().isoformat()}),
            error_messages={
                "required": _("Say on which day it was sent."),
                "invalid": _("That is not a date; write 2026-11-22."),
            },
        )


class HoldForm(ReasonForm):
    """Why a claim rests, who sees to it, and until when.

    A dispute and an insolvency last until they are released; a dispute may name the day by which its owner wants it solved.
    """

    def __init__(
        self,
        kind: str,
        owner: str,
        *args: Any,
        open_amount: Decimal | None = None,
        currency: str = "EUR",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind == "dispute" and open_amount is not None:
            whole = amount(open_amount, currency)
            self.fields["amount"] = PartField(
                label=_("Part in dispute"),
                required=False,
                help_text=_("Leave empty for all of it (%(open)s).") % {"open": whole},
            )
        if kind == "dispute":
            self.fields["solve_by"] = DayField(
                label=_("Solve by"),
                required=False,
                help_text=_("It stands until you release it, also after this day."),
            )
        elif kind != "insolvency":
            self.fields["until"] = DayField(
                label=_UNTIL[kind](),
                error_messages={"required": _("Fill in a date; write 2026-11-22.")},
            )
        self.fields["owner"] = forms.CharField(
            label=_("Who sees to it"), max_length=100, required=False, initial=owner
        )
        self.fields["token"] = forms.CharField(
            widget=forms.HiddenInput, max_length=40, required=False, initial=uuid4().hex
        )


_UNTIL = {
    "pause": lambda: _("Until and including"),
}


class DebtorForm(forms.Form):
    """What a person may correct of a debtor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        add = self.fields.__setitem__
        add("name", forms.CharField(label=_("Name"), max_length=200))
        add(
            "capacity",
            _choice(
                _("Treated as"),
                CAPACITIES,
                Capacity,
                _(
                    "Decides the letters, the interest and the costs. A sole trader in business is a business."
                ),
            ),
        )
        add("legal_form", _choice(_("Legal form"), LEGAL_FORMS, LegalForm, ""))
        add(
            "size",
            _choice(
                _("Size"),
                SIZES,
                Size,
                _(
                    "A large business pays a small one within 30 days: it decides the due date of invoices taken in from now on."
                ),
            ),
        )
        add(
            "language",
            forms.ChoiceField(label=_("Letters in"), choices=[("nl", _("Dutch")), ("en", _("English"))]),
        )
        add("street", forms.CharField(label=_("Street and number"), max_length=200, required=False))
        add("postcode", forms.CharField(label=_("Postcode"), max_length=20, required=False))
        add("city", forms.CharField(label=_("Place"), max_length=100, required=False))
        add(
            "country",
            forms.RegexField(
                r"^[A-Za-z]{2}$",
                label=_("Country"),
                help_text=_("Two letters, such as NL or BE."),
                error_messages={"invalid": _("A country is two letters, such as NL or BE.")},
            ),
        )
        add("number", forms.CharField(label=_("Debtor number"), max_length=40, required=False))
        add(
            "payment_term_days",
            forms.IntegerField(
                label=_("Payment term in days"),
                min_value=0,
                max_value=365,
                required=False,
                help_text=_("Counts for invoices taken in from now on that name no due date."),
                error_messages={"invalid": _("Write a number of days, such as 30.")},
            ),
        )

    def facts(self) -> DebtorFacts:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return DebtorFacts(
            data["name"], data["number"], Capacity(data["capacity"]), LegalForm(data["legal_form"]), Size(data["size"]),
            data["street"], data["postcode"], data["city"], data["country"].upper(), data["language"],
            data["payment_term_days"],
        )  # fmt: skip


class ContactForm(forms.Form):
    """Somebody to write to. The part of a contact that is there does not change: add another, and remove this one."""

    def __init__(self, *args: Any, role: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.role = role
        add = self.fields.__setitem__
        if not role:
            roles = [(key, word_for(key, CONTACT_ROLES)) for key in CONTACT_ROLES]
            add("role", forms.ChoiceField(label=_("Part"), choices=roles, initial="follow_up"))
        add("name", forms.CharField(label=_("Name"), max_length=100, required=False))
        add(
            "email",
            forms.CharField(
                label=_("E-mail address"),
                max_length=254,
                required=False,
                widget=forms.EmailInput,
                validators=[EmailValidator(_("This is not an e-mail address; write name@example.nl."))],
            ),
        )
        add("phone", forms.CharField(label=_("Phone"), max_length=30, required=False))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("name") or data.get("email") or data.get("phone")):
            raise forms.ValidationError(_("Fill in a name, an e-mail address or a phone number."))
        return data

    def facts(self) -> ContactFacts:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return ContactFacts(self.role or data["role"], data["name"], data["email"], data["phone"])


class AccountForm(forms.Form):
    """An account of the client's own, so that its statements are taken in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["iban"] = forms.CharField(label=_("IBAN"), max_length=42)
        self.fields["currency"] = forms.CharField(label=_("Currency"), max_length=10, initial="EUR")
        self.fields["holder"] = forms.CharField(label=_("Account holder"), max_length=200, required=False)

    def clean_iban(self) -> str:
        number = "".join(str(self.cleaned_data["iban"]).split()).upper()
        if iban_fault(number):
            raise forms.ValidationError(
                _("“%(value)s” is not an IBAN; check it on a bank statement.") % {"value": number}
            )
        return number

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if not is_currency(code):
            raise forms.ValidationError(_("A currency is three letters, such as EUR."))
        return code


def _choice(label: str, words: dict[str, str], kinds: Any, help_text: str) -> forms.ChoiceField:
    choices = [(str(kind), word_for(str(kind), words)) for kind in kinds]
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text)
