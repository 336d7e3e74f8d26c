"""Asking for a payment by hand: the form, and what it asks for."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from inbaar.banking.transfers.actions import Address, NewTransfer, Source
from inbaar.banking.transfers.rules import compact_iban, is_kenmerk, is_rf
from inbaar.web.forms import DayField, PartField


class PaymentForm(forms.Form):
    """Who is paid, how much, on which account, and what for. The rest the rules check."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        add = self.fields.__setitem__
        add("payee_name", forms.CharField(label=_("Payee"), max_length=140))
        add("payee_iban", forms.CharField(label=_("IBAN"), max_length=42))
        add("amount", PartField(label=_("Amount in euro")))
        add("wanted_on", DayField(label=_("Wanted on")))
        add(
            "words",
            forms.CharField(
                label=_("Description or payment reference"),
                max_length=140,
                help_text=_("A betalingskenmerk of 16 digits or an RF reference goes with it as such."),
            ),
        )
        add("reason", forms.CharField(label=_("Why it is paid"), max_length=300))
        add("street", forms.CharField(label=_("Street and number"), max_length=70, required=False))
        add("postcode", forms.CharField(label=_("Postcode"), max_length=16, required=False))
        add(
            "town",
            forms.CharField(
                label=_("Place"), max_length=35, required=False,
                help_text=_("An address may be left out; with one, place and country are needed."),
            ),
        )  # fmt: skip
        add("country", forms.CharField(label=_("Country"), max_length=2, required=False))
        add("token", forms.CharField(widget=forms.HiddenInput, max_length=40, initial=uuid4().hex))

    def wanted(self) -> NewTransfer:
        """What was asked, once the form is valid. Sent twice, it is the same payment."""
        data = self.cleaned_data
        words = data["words"].strip()
        reference = compact_iban(words)
        is_reference = is_kenmerk(reference) or is_rf(reference)
        amount: Decimal = data["amount"]
        wanted_on: dt.date = data["wanted_on"]
        return NewTransfer(
            Source.BY_HAND, data["token"], data["payee_name"], data["payee_iban"], amount.quantize(Decimal("0.01")),
            wanted_on, data["reason"], "" if is_reference else words, reference if is_reference else "", _address(data),
        )  # fmt: skip


def _address(data: dict[str, Any]) -> Address | None:
    parts = [data[name].strip() for name in ("town", "country", "street", "postcode")]
    if not any(parts):
        return None
    town, country, street, postcode = parts
    return Address(town, country.upper(), street, "", postcode)
