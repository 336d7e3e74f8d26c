"""How a mailbox is set up on its page, read and checked."""

from typing import Any

from django import forms
from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext as _

from inbaar.mailbox.setup import MailboxFacts
from inbaar.web.queries.mailbox import MailboxRow


class MailboxForm(forms.Form):
    """Where the mailbox is. The password is asked where there is none yet, and never shown."""

    def __init__(self, *args: Any, there: MailboxRow | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        if there is not None:
            kwargs.setdefault("initial", _initial(there))
        super().__init__(*args, **kwargs)
        self.fields.update(_whose() | _server() | _log_in(has_password=there is not None))

    def facts(self) -> MailboxFacts:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return MailboxFacts(
            data["address"], data["host"], data["port"], data["security"], data["user"], data["password"],
            data["whole"] == "1", data["trusted_server"].strip(), data["active"] == "1", data["unsent"] == "1",
        )  # fmt: skip


def _initial(row: MailboxRow) -> dict[str, Any]:
    return {
        "address": row.address, "whole": "1" if row.whole else "0", "host": row.host, "security": row.security,
        "port": row.port, "user": row.user, "trusted_server": row.trusted_server, "active": "1" if row.active else "0",
        "unsent": "1" if row.unsent else "0",
    }  # fmt: skip


def _whose() -> dict[str, forms.Field]:
    return {
        "address": forms.CharField(
            label=_("Address for invoices"),
            max_length=254,
            widget=forms.EmailInput,
            help_text=_("What senders write to. Answers come from this address too."),
            validators=[EmailValidator(_("This is not an e-mail address; write name@example.nl."))],
        ),
        "whole": forms.ChoiceField(
            label=_("Whose mailbox"),
            choices=[("1", _("all messages in it are for this client")), ("0", _("only messages to this address"))],
            help_text=_("Clients can share one mailbox, each by an address of its own, such as invoices+client@example.nl."),
        ),
        "unsent": forms.ChoiceField(
            label=_("What comes in"),
            choices=[("0", _("invoices that the debtors have")), ("1", _("invoices that are yet to be sent to the debtors"))],
            help_text=_("What is yet to be sent waits for you on its page; nobody is reminded of it before."),
        ),
    }  # fmt: skip


def _server() -> dict[str, forms.Field]:
    ways = [("tls", _("TLS (port 993)")), ("starttls", _("STARTTLS (port 143)"))]
    a_name = _("A server is a name such as imap.example.nl, without https://.")
    return {
        "host": forms.CharField(
            label=_("Mail server"),
            max_length=200,
            validators=[RegexValidator(r"\A[A-Za-z0-9.:-]+\Z", a_name)],
        ),
        "security": forms.ChoiceField(
            label=_("Protection"), choices=[*ways, ("none", _("none, on this machine only"))]
        ),
        "port": forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993),
    }


def _log_in(*, has_password: bool) -> dict[str, forms.Field]:
    kept = _("Kept sealed and never shown. Leave empty to keep the one that is there.")
    return {
        "user": forms.CharField(label=_("User"), max_length=254),
        "password": forms.CharField(
            label=_("Password"),
            max_length=500,
            required=False,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=kept if has_password else _("Kept sealed and never shown."),
        ),
        "trusted_server": forms.CharField(
            label=_("Name in Authentication-Results"),
            max_length=200,
            required=False,
            help_text=_("Under which your mail server says whether a sender is real, such as mx.example.nl. Then a forged sender is unknown. Empty: the sender is believed."),
        ),
        "active": forms.ChoiceField(
            label=_("Look in it"), choices=[("1", _("every five minutes")), ("0", _("not now"))]
        ),
    }  # fmt: skip
