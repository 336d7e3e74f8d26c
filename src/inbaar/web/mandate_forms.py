"""What people type about mandates: the terms, what came back signed, a change, and the debtor's own signature."""

import datetime as dt
from typing import Any
from uuid import uuid4
from zlib import crc32

from django import forms
from django.utils.translation import gettext as _

from inbaar.banking.debits.actions import NewMandate
from inbaar.banking.debits.rules import LONGEST_NAME, MOST_NOTICE_DAYS
from inbaar.kit.clock import today
from inbaar.web.forms import DayField, ReasonForm
from inbaar.web.wording.mandate_states import kind_words, scheme_words

GOOD_FOR = dt.timedelta(days=30)
LONGEST_IBAN = 42
SCANS = ".pdf,.png,.jpg,.jpeg,.heic"


class PlainForm(forms.Form):
    """A form whose labels end as they are written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def add_account(self, name: str = "", iban: str = "", *, required: bool = True) -> None:
        """Whose account it is: the name as the bank has it, and the IBAN."""
        self.fields["name"] = forms.CharField(
            label=_("Name on the account"), max_length=LONGEST_NAME, initial=name[:LONGEST_NAME]
        )
        self.fields["iban"] = forms.CharField(
            label=_("IBAN"), max_length=LONGEST_IBAN, required=required, initial=iban
        )

    def add_day(self, name: str, label: str, **how: Any) -> None:
        """A day that is not yet to come."""
        self.fields[name] = forms.DateField(
            label=label,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": today().isoformat()}),
            error_messages={
                "required": _("Fill in a date; write 2026-11-22."),
                "invalid": _("That is not a date; write 2026-11-22."),
            },
            **how,
        )

    def add_file(self, name: str, label: str) -> None:
        """A scan. What it is, the room that keeps it judges by its contents."""
        self.fields[name] = forms.FileField(
            label=label,
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": SCANS}),
            help_text=_("PDF or picture (PNG, JPEG, HEIC), 20 MB at most."),
            error_messages={"required": _("No file was chosen. Choose the scan first.")},
        )


class TermsForm(PlainForm):
    """What is agreed in a mandate. `consumer`: then the business scheme is not offered."""

    def __init__(
        self, *args: Any, consumer: bool = False, name: str = "", iban: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        add = self.fields.__setitem__
        kinds = [(kind, kind_words(kind).capitalize()) for kind in ("recurring", "one_off")]
        add(
            "kind",
            forms.ChoiceField(
                label=_("How often"),
                choices=kinds,
                help_text=_(
                    "A one-off mandate is good for one debit; a recurring one until it is withdrawn."
                ),
            ),
        )
        schemes = ("core",) if consumer else ("core", "b2b")
        why = (
            _("The business scheme is for businesses only, and this debtor is a consumer.")
            if consumer
            else _(
                "Business debits cannot be refunded, and the debtor registers the mandate at his own bank first."
            )
        )
        add(
            "scheme",
            forms.ChoiceField(
                label=_("Scheme"),
                choices=[(scheme, scheme_words(scheme)) for scheme in schemes],
                help_text=why,
            ),
        )
        self.add_account(name, iban, required=False)
        add(
            "announced_days",
            forms.IntegerField(
                label=_("Announced, days before"),
                min_value=1,
                max_value=MOST_NOTICE_DAYS,
                initial=14,
                help_text=_("14 days unless you agreed on something else; it stands in the mandate."),
            ),
        )
        add("token", forms.CharField(widget=forms.HiddenInput, max_length=40, initial=uuid4().hex))

    def reference(self, debtor_id: int) -> str:
        """The reference of our own: the same where the form comes twice."""
        return f"M{debtor_id}-{crc32(self.cleaned_data['token'].encode()) % 10**8:08}"

    def wanted(self, debtor_id: int, reference: str = "") -> NewMandate:
        """What was asked, once the form is valid."""
        data = self.cleaned_data
        return NewMandate(
            debtor_id, data["kind"], data["scheme"], data["name"], data["iban"], reference or self.reference(debtor_id),
            data["announced_days"],
        )  # fmt: skip


class DrawUpForm(TermsForm):
    """A mandate to be signed: until when its link is good."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["iban"].help_text = _("May be left empty: the debtor fills it in when he signs.")
        self.fields["expires_on"] = DayField(
            label=_("To be signed by"),
            initial=today() + GOOD_FOR,
            error_messages={"required": _("Fill in a date; write 2026-11-22.")},
        )


class SignedBeforeForm(TermsForm):
    """A mandate that was signed on paper already: its own reference, the day, and the scan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"] = forms.CharField(
            label=_("Mandate reference"), max_length=35, help_text=_("As it stands on the paper.")
        )
        self.add_day("signed_on", _("Signed on"))
        self.add_file("scan", _("Scan of the signed mandate"))


class CameBackForm(PlainForm):
    """The printed form as it came back signed."""

    def __init__(self, *args: Any, name: str = "", iban: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_account(name, iban)
        self.add_day("signed_on", _("Signed on"))
        self.add_file("scan", _("Scan of the signed form"))


class AmendForm(PlainForm):
    """Another account, or another name on it."""

    def __init__(self, *args: Any, name: str = "", iban: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_account(name, iban)


class WithdrawForm(ReasonForm):
    """Who withdraws a mandate, since when, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        choices = [("debtor", _("The debtor")), ("creditor", _("We"))]
        self.fields["asked_by"] = forms.ChoiceField(label=_("Who withdraws it"), choices=choices)
        PlainForm.add_day(self, "since", _("Said on"), initial=today())  # type: ignore[arg-type]
        self.fields["reason"] = reason


class RegistrationForm(PlainForm):
    """The confirmation of the debtor's bank that it registered a B2B mandate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_day("registered_on", _("Registered on"))
        self.add_file("scan", _("The bank's confirmation"))


class CreditorForm(PlainForm):
    """Who collects."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identifier"] = forms.CharField(
            label=_("Creditor identifier"),
            max_length=35,
            help_text=_(
                "Your incassant-ID, as in the direct debit contract with your bank: NL69ZZZ123456780000."
            ),
        )
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=LONGEST_NAME, help_text=_("As debtors know you and see it on their statement.")
        )  # fmt: skip


class SignForm(PlainForm):
    """What a debtor fills in to sign online. `shown` is the print of the text that stood above it."""

    def __init__(self, *args: Any, name: str = "", iban: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_account(name, iban)
        self.fields["name"].label = _("Your name, as your account has it")
        self.fields["iban"].label = _("Your account (IBAN)")
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["place"] = forms.CharField(label=_("Place where you sign"), max_length=LONGEST_NAME)
        self.fields["shown"] = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
        self.fields["agreed"] = forms.BooleanField(
            label=_("I have read this mandate and agree to it."),
            error_messages={"required": _("Tick that you agree: without that you sign nothing.")},
        )
