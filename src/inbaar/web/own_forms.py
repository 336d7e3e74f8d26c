"""What a debtor fills in on his own page: one form for each thing he can say, short enough for a phone."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.debtor_page.rules import (
    ADDRESS,
    COMPLAINT,
    DATA,
    DISPUTE,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_FILE_BYTES,
    MOST_FILES,
    PAID,
    PERSON,
    Reason,
)
from inbaar.debtor_page.saying import NewReply
from inbaar.intake.identifiers import iban_fault
from inbaar.kit.clock import today
from inbaar.receivables.actions import NewFile
from inbaar.web.evidence_forms import ManyFiles
from inbaar.web.formats import day
from inbaar.web.forms import PartField

#: The invoices that can be chosen: number in the books, and words.
Choices = Sequence[tuple[int, str]]
_CENT = Decimal("0.01")


class PastDayField(forms.DateField):
    """A day up to today."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"max": today().isoformat()})
        widget.input_type = "date"
        wrong = _("Fill in a date; write 2026-11-22.")
        super().__init__(
            input_formats=["%Y-%m-%d"],
            widget=widget,
            error_messages={"invalid": wrong, "required": wrong},
            **kwargs,
        )

    def clean(self, value: Any) -> dt.date | None:
        found = super().clean(value)
        if found is not None and found > today():
            raise forms.ValidationError(_("This day is today or earlier, not %(day)s.") % {"day": day(found)})
        return found


class OwnForm(forms.Form):
    """What every one of them has: words, and who fills it in."""

    kind = ""
    words_label, words_help, words_required = "", "", True
    takes_files = False

    def __init__(self, invoices: Choices, reasons: Sequence[Reason], *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self.language = kwargs.pop("language", "nl")
        super().__init__(*args, **kwargs)
        self.begin(invoices, reasons)
        self.fields["words"] = forms.CharField(
            label=_(self.words_label), max_length=LONGEST_WORDS, required=self.words_required,
            help_text=_(self.words_help) if self.words_help else "", widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": _("Say it in a few words.")},
        )  # fmt: skip
        if self.takes_files:
            self.fields["files"] = forms.Field(
                label=_("Photos or files (not required)"), required=False,
                widget=ManyFiles(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.heic,.eml,.txt"}),
                help_text=_("At most %(count)s: PDF, picture, e-mail (.eml) or text, %(size)s MB each at most.")
                % {"count": MOST_FILES, "size": MOST_FILE_BYTES // 1_000_000},
            )  # fmt: skip
        self.fields["said_by"] = forms.CharField(
            label=_("Your name (not required)"), max_length=LONGEST_NAME, required=False,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )  # fmt: skip

    def begin(self, invoices: Choices, reasons: Sequence[Reason]) -> None:
        """The fields that come before the words."""

    def choose_invoice(self, invoices: Choices) -> None:
        """Which invoice it is about."""
        self.fields["invoice"] = forms.TypedChoiceField(
            label=_("Which invoice"), choices=[*invoices], coerce=int,
            error_messages={"required": _("Choose the invoice."), "invalid_choice": _("Choose the invoice.")},
        )  # fmt: skip

    def said(self, debtor_id: int, language: str, files: tuple[NewFile, ...]) -> NewReply:
        """What he says, once the form is valid."""
        facts = self.cleaned_data
        amount = facts.get("amount")
        return NewReply(
            debtor_id, self.kind, language, facts["words"].strip(), facts.get("invoice"), facts.get("reason", ""),
            amount.quantize(_CENT) if amount is not None else None, facts.get("paid_on"), facts.get("account", ""),
            " ".join(facts["said_by"].split()), files,
        )  # fmt: skip


class DisputeForm(OwnForm):
    """An invoice, or a part of it, is not right."""

    kind, words_label, takes_files = DISPUTE, noop("What is not right?"), True

    def begin(self, invoices: Choices, reasons: Sequence[Reason]) -> None:
        self.choose_invoice(invoices)
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why"), choices=[("", "–"), *((reason.code, reason.words(self.language)) for reason in reasons)],
            error_messages={"required": _("Choose the reason that fits best.")},
        )  # fmt: skip
        self.fields["amount"] = PartField(
            label=_("Which amount do you dispute?"), required=False,
            help_text=_("Leave this empty if you dispute the whole invoice."),
        )  # fmt: skip


class PaidForm(OwnForm):
    """It was paid before."""

    kind, words_label, words_required, takes_files = (
        PAID,
        noop("Anything we should know (not required)"),
        False,
        True,
    )

    def begin(self, invoices: Choices, reasons: Sequence[Reason]) -> None:
        self.choose_invoice(invoices)
        self.fields["paid_on"] = PastDayField(label=_("On which day did you pay?"))
        self.fields["account"] = forms.CharField(
            label=_("From which account (IBAN)?"), max_length=42, required=False,
            help_text=_("Not required. It helps us to find your payment."),
        )  # fmt: skip

    def clean_account(self) -> str:
        """An IBAN, or nothing."""
        account = "".join(str(self.cleaned_data["account"]).split()).upper()
        if account and iban_fault(account):
            raise forms.ValidationError(_("This is not an IBAN. Copy it once more, or leave it empty."))
        return account


class AddressForm(OwnForm):
    """The address that is known is not his."""

    kind, words_label = ADDRESS, noop("What is the right address?")
    words_help = noop(
        "Post address, e-mail address or both. Somebody looks at it before anything is changed."
    )


class PersonForm(OwnForm):
    """It is meant for somebody else."""

    kind, words_label, words_required = PERSON, noop("Do you know for whom it is? (not required)"), False


class ComplaintForm(OwnForm):
    """He is not content with how he is treated."""

    kind, words_label, takes_files = COMPLAINT, noop("What is your complaint?"), True


class DataForm(OwnForm):
    """He wants to know what is held of him."""

    kind, words_label, words_required = (
        DATA,
        noop("Anything you want to know in particular (not required)"),
        False,
    )

    def begin(self, invoices: Choices, reasons: Sequence[Reason]) -> None:
        self.fields["sure"] = forms.BooleanField(
            label=_("I ask this for myself, or I may ask it for whom it is about."),
            error_messages={"required": _("Only who it is about, or who acts for him, may ask this.")},
        )  # fmt: skip


FORMS: dict[str, type[OwnForm]] = {
    form.kind: form for form in (DisputeForm, PaidForm, AddressForm, PersonForm, ComplaintForm, DataForm)
}
