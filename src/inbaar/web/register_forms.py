"""The forms of the arrears register, read and checked."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from inbaar.intake.identifiers import kvk_fault
from inbaar.kit.clock import today
from inbaar.register.listing import Told
from inbaar.web.evidence_forms import ManyFiles
from inbaar.web.forms import PartField
from inbaar.web.wording.register import OUTCOMES, outcome_words


class _Form(forms.Form):
    name = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", f"{self.name}-%s")
        super().__init__(*args, **kwargs)


class ArrearForm(_Form):
    """An arrear that is not in the books: its three facts, and its debtor."""

    name = "arrear"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"] = forms.CharField(label=_("Invoice number"), max_length=100)
        self.fields["amount"] = PartField(label=_("Invoice amount"))
        self.fields["due_date"] = forms.DateField(
            label=_("Due date"),
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": today().isoformat()}),
            error_messages={
                "required": _("Fill in a date; write 2026-11-22."),
                "invalid": _("That is not a date; write 2026-11-22."),
            },
        )
        self.fields["debtor"] = forms.CharField(label=_("Debtor"), max_length=200)
        self.fields["kvk"] = forms.CharField(
            label=_("KvK number"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"})
        )
        self.fields["email"] = forms.EmailField(
            label=_("E-mail address"), required=False, help_text=_("Without one, the letter goes by post.")
        )

    def clean_amount(self) -> Decimal:
        """An amount is there."""
        if self.cleaned_data["amount"] is None:
            raise forms.ValidationError(_("Fill in the invoice amount; write 1234,56."))
        return Decimal(self.cleaned_data["amount"])

    def clean_kvk(self) -> str:
        """Eight digits, however they were spaced."""
        kvk = str(self.cleaned_data["kvk"]).replace(" ", "").replace(".", "")
        if kvk_fault(kvk):
            raise forms.ValidationError(_("A KvK number has 8 digits."))
        return kvk

    @property
    def told(self) -> Told:
        """The facts as the register takes them."""
        data = self.cleaned_data
        return Told(
            data["number"].strip(),
            data["amount"],
            data["due_date"],
            data["kvk"],
            data["debtor"].strip(),
            data["email"],
        )


class ListForm(_Form):
    """A list of arrears."""

    name = "list"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["list"] = forms.FileField(
            label=_("List (CSV or Excel)"),
            widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
            help_text=_("Columns: Factuurnummer, Bedrag, Vervaldatum, KvK, Naam and, if known, E-mail."),
            error_messages={"required": _("No file was chosen. Choose one or more files first."), "empty": _("The file is empty. Choose another one.")},
        )  # fmt: skip


class LookUpForm(_Form):
    """Which company, and why."""

    name = "look-up"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"] = forms.CharField(label=_("KvK number or name"), max_length=200)
        self.fields["reason"] = forms.CharField(
            label=_("Why you look"),
            max_length=300,
            help_text=_("The company can see it, with your name."),
            error_messages={"required": _("Say why, in a few words. The company can see it.")},
        )


class CallForm(_Form):
    """What came of a call."""

    name = "call"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"] = forms.ChoiceField(
            label=_("What came of it"), choices=[(key, outcome_words(key).capitalize()) for key in OUTCOMES]
        )
        self.fields["note"] = forms.CharField(label=_("What the debtor said"), max_length=300, required=False)


class ObjectionForm(_Form):
    """What the debtor brings against the claim, with his evidence."""

    name = "objection"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=_("What is wrong, as the debtor says it"),
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": _("Say why, in a few words.")},
        )
        self.fields["files"] = forms.Field(
            label=_("His evidence"),
            required=False,
            widget=ManyFiles(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.heic,.eml,.txt"}),
            help_text=_("PDF, picture (PNG, JPEG, HEIC), e-mail (.eml) or text, 20 MB each at most."),
        )
