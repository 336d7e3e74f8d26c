"""The review screen's form: every field of an invoice that was read from its page, the doubtful ones first."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inbaar.intake.correcting import AMOUNTS, CORRECTABLE, DAYS, VAT_REASONS, zero_rates
from inbaar.intake.currencies import is_currency
from inbaar.web.queries.invoice_filters import read_amount

#: What is needed before an invoice can be taken in; the rest may stay empty.
NEEDED = ("number", "issue_date", "currency", "payable", "customer.name")
#: The order of an invoice, in which fields stand that are equally sure.
ORDER = (
    "number", "issue_date", "due_date", "currency", "net", "vat", "total", "payable", "payment_reference", "iban",
    "customer.name", "customer.kvk", "customer.vat", "customer.email", "customer.street", "customer.postcode",
    "customer.city", "customer.country", "supplier.name", "supplier.kvk", "supplier.vat", "credits_invoice",
    "order_reference", "buyer_reference",
)  # fmt: skip
SURE = 0.95
assert set(ORDER) == set(CORRECTABLE)


def label_of(name: str) -> str:
    """A field as the page calls it."""
    return {
        "number": _("Invoice number"), "issue_date": _("Invoice date"), "due_date": _("Due date"),
        "currency": _("Currency"), "net": _("Net"), "vat": _("VAT"), "total": _("Total"), "payable": _("To be paid"),
        "payment_reference": _("Payment reference"), "iban": _("Pay to (IBAN)"), "customer.name": _("Customer"),
        "customer.kvk": _("Customer’s KvK number"), "customer.vat": _("Customer’s VAT id"),
        "customer.email": _("Customer’s e-mail address"), "customer.street": _("Customer’s street and number"),
        "customer.postcode": _("Customer’s postcode"), "customer.city": _("Customer’s place"),
        "customer.country": _("Customer’s country"), "supplier.name": _("Supplier"),
        "supplier.kvk": _("Supplier’s KvK number"), "supplier.vat": _("Supplier’s VAT id"),
        "credits_invoice": _("Invoice that is credited"), "order_reference": _("Order number of the customer"),
        "buyer_reference": _("Reference of the customer"),
    }[name]  # fmt: skip


class _Day(forms.DateField):
    """A day as the browser's own field gives it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def clean(self, value: Any) -> str:
        text = str(value or "").strip()
        try:
            found = dt.date.fromisoformat(text) if text else None
        except ValueError:
            raise forms.ValidationError(
                _("“%(value)s” is not a date; write 2026-11-22.") % {"value": text}
            ) from None
        if found is None:
            self.validate(None)
        return found.isoformat() if found else ""


class _Amount(forms.CharField):
    """An amount in whole cents, written as people write it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self, value: Any) -> str:
        text = str(value or "").strip()
        found = read_amount(text) if text else None
        if text and (found is None or found != round(found, 2)):
            raise forms.ValidationError(_("“%(value)s” is not an amount; write 1234,56.") % {"value": text})
        if found is None:
            self.validate("")
        return f"{found:.2f}" if found is not None else ""


class ReviewForm(forms.Form):
    """What was read, to be confirmed or put right. `sure` tells how sure each field is, 0 for one that is empty.

    `unsent` is whether the door said that the debtor has not got it yet.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        texts: Mapping[str, str],
        sure: Mapping[str, float],
        credit_note: bool,
        unsent: bool = False,
    ) -> None:
        super().__init__(data, label_suffix="")
        self.sure = sure
        for name in sorted(ORDER, key=lambda name: (self._doubt(name, texts), ORDER.index(name))):
            self.fields[name] = self._field(name)
            self.fields[name].label = label_of(name)
            self.initial[name] = _shown(name, texts.get(name, ""))
        kinds = [("invoice", _("invoice")), ("credit_note", _("credit note"))]
        self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=kinds)
        self.initial["kind"] = "credit_note" if credit_note else "invoice"
        self._ask_why_no_vat(texts)
        if self.reasons:
            self.fields["delivery_date"] = _Day(label=_("Delivered on (within the EU)"), required=False)
            self.initial["delivery_date"] = texts.get("delivery_date", "")
        sent = [("yes", _("yes")), ("no", _("no, it is yet to be sent"))]
        self.fields["sent"] = forms.ChoiceField(
            label=_("Sent to the debtor already"), choices=sent, required=False
        )
        self.initial["sent"] = "no" if unsent else "yes"

    def _ask_why_no_vat(self, texts: Mapping[str, str]) -> None:
        """At 0% the page must say why, or a person: an e-invoice cannot go out without it."""
        self.reasons = zero_rates(texts)
        for ending in self.reasons:
            self.fields[f"vat_category{ending}"] = forms.ChoiceField(
                label=_("Why there is no VAT"),
                required=False,
                choices=[("", _("not known")), *((code, vat_reason(code)) for code in VAT_REASONS)],
            )
            self.fields[f"vat_exemption{ending}"] = forms.CharField(
                label=_("Article or reason of the exemption"), required=False, max_length=200
            )

    def _reason_fields(self) -> list[str]:
        fields = [f"vat_{part}{ending}" for ending in self.reasons for part in ("category", "exemption")]
        return [*fields, "delivery_date"] if fields else []

    def _doubt(self, name: str, texts: Mapping[str, str]) -> int:
        """0 for what must be filled in, 1 for what is not sure, 2 for what is, 3 for what is empty and may be."""
        if name not in texts:
            return 0 if name in NEEDED else 3
        return 1 if self.sure.get(name, 1.0) < SURE else 2

    def _field(self, name: str) -> forms.Field:
        required = name in NEEDED
        asked = {"required": _("This is needed before the invoice can be taken in.")}
        if name in DAYS:
            return _Day(required=required, error_messages=asked)
        if name in AMOUNTS:
            return _Amount(required=required, error_messages=asked)
        return forms.CharField(required=required, max_length=200, error_messages=asked)

    def clean_currency(self) -> str:
        """A code of ISO 4217."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if not is_currency(code):
            raise forms.ValidationError(_("“%(value)s” is not a currency; write EUR.") % {"value": code})
        return code

    def clean(self) -> dict[str, Any]:
        """An exemption has a reason of its own; the other kinds have theirs by the law."""
        data = super().clean() or self.cleaned_data
        for ending in self.reasons:
            if data.get(f"vat_category{ending}") == "E" and not data.get(f"vat_exemption{ending}"):
                self.add_error(
                    f"vat_exemption{ending}", _("Say why it is exempt, such as: artikel 11 Wet OB.")
                )
        return data

    def said(self) -> dict[str, str]:
        """What differs from what was read, by field: an empty text where a value was taken away."""
        return {
            name: self.cleaned_data[name]
            for name in ORDER
            if self.cleaned_data[name] != _plain(name, str(self.initial[name] or ""))
        } | {name: self.cleaned_data[name] for name in self._reason_fields() if self.cleaned_data[name]}

    @property
    def unsent(self) -> bool:
        """Whether the debtor has not got it yet; what the door said where nothing else was chosen."""
        return (self.cleaned_data["sent"] or self.initial["sent"]) == "no"

    @property
    def credit_note(self) -> bool:
        """Whether it is said to be a credit note."""
        return bool(self.cleaned_data["kind"] == "credit_note")


def vat_reason(code: str) -> str:
    """Why there is no VAT, by its code (UNTDID 5305)."""
    return {
        "AE": _("VAT reverse-charged to the customer"), "K": _("supply within the EU (intra-community)"),
        "G": _("export outside the EU"), "E": _("exempt"), "Z": _("zero rate"),
    }[code]  # fmt: skip


def _shown(name: str, text: str) -> str:
    comma = (get_language() or "nl").startswith("nl")
    return text.replace(".", ",") if name in AMOUNTS and comma else text


def _plain(name: str, text: str) -> str:
    return f"{Decimal(text.replace(',', '.')):.2f}" if name in AMOUNTS and text else text
