"""What people type about promises and plans: what is promised, in which terms, and what the rules may decide."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from inbaar.arrangements.rules import BOUNDS, MOST_TERMS, Policy
from inbaar.arrangements.terms import Term
from inbaar.web.forms import DayField, PartField
from inbaar.web.mandate_forms import PlainForm
from inbaar.web.queries.invoice_filters import read_amount

Choices = Sequence[tuple[int, str]]


class InvoicesForm(PlainForm):
    """A form about some of a debtor's open invoices, with a token that makes sending it twice the same as once."""

    def __init__(self, invoices: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoices"] = forms.TypedMultipleChoiceField(
            label=_("Invoices"),
            choices=invoices,
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one invoice.")},
        )
        self.fields["token"] = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=uuid4().hex)

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields beside the invoices, which the page sets in a group of their own."""
        return [field for field in self.visible_fields() if field.name != "invoices"]

    def add_source(self, label: str) -> None:
        """Who named it."""
        sources = [("debtor", _("the debtor")), ("us", _("we did"))]
        self.fields["source"] = forms.ChoiceField(label=label, choices=sources)

    def add_words(self, label: str) -> None:
        """What was said, in a few words."""
        self.fields["words"] = forms.CharField(
            label=label, max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
        )


class PromiseForm(InvoicesForm):
    """A debtor's word: so much by a day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"] = DayField(
            label=_("Promised for"), error_messages={"required": _("Fill in a date; write 2026-11-22.")}
        )
        self.fields["amount"] = PartField(
            label=_("Amount"),
            required=False,
            help_text=_("Leave empty for all that is owed on these invoices."),
        )
        self.add_source(_("Who named the day"))
        self.add_words(_("In his own words"))


class PlanForm(InvoicesForm):
    """A plan: equal terms from a day on, or terms of one's own."""

    def __init__(self, *args: Any, changes: bool = False, stops_interest: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add = self.fields.__setitem__
        add(
            "count",
            forms.IntegerField(
                label=_("Number of terms"), min_value=1, max_value=MOST_TERMS, initial=3, required=False
            ),
        )
        every = [("month", _("a month")), ("week", _("a week"))]
        add("every", forms.ChoiceField(label=_("Apart"), choices=every))
        add("first_on", DayField(label=_("First term by"), required=False))
        add(
            "own",
            forms.CharField(
                label=_("Or terms of your own"),
                required=False,
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 4, "placeholder": "2026-12-01 250,00"}),
                help_text=_("One on each line: the day and the amount. They take the place of equal terms."),
            ),
        )
        if not changes:
            interest = [
                ("stops", _("stands still while it runs")),
                ("runs", _("runs on, and is asked after the last term")),
            ]
            add(
                "interest",
                forms.ChoiceField(
                    label=_("Interest"), choices=interest, initial="stops" if stops_interest else "runs"
                ),
            )
        self.add_source(_("Who proposed it"))
        add(
            "acknowledged",
            forms.BooleanField(label=_("The debtor acknowledges the debt in writing"), required=False),
        )
        self.add_words(_("In his own words"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("own", "").strip() and not self.errors:
            for name in ("count", "first_on"):
                if not data.get(name):
                    self.add_error(name, _("Fill this in, or write terms of your own."))
        return data

    def clean_own(self) -> str:
        text = str(self.cleaned_data["own"])
        read_terms(text)
        return text


def read_terms(text: str) -> tuple[Term, ...]:
    """Terms as they were written, one on a line: `2026-12-01 250,00`."""
    terms = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, _gap, asked = line.partition(" ")
        value = read_amount(asked) if asked.strip() else None
        try:
            due_on = dt.date.fromisoformat(day)
        except ValueError:
            due_on = None
        if due_on is None or value is None or value <= 0 or value != round(value, 2):
            raise forms.ValidationError(
                _("“%(line)s” is no term; write 2026-12-01 250,00.") % {"line": line[:60]}
            )
        terms.append(Term(due_on, value.quantize(Decimal("0.01"))))
    return tuple(terms)


class EndForm(PlainForm):
    """Why a plan ends early, and on whose word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = [("us", _("we end it")), ("debtor", _("the debtor asked for it"))]
        self.fields["who"] = forms.ChoiceField(label=_("On whose word"), choices=who)
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": _("Say why, in a few words.")},
        )  # fmt: skip


class PolicyForm(PlainForm):
    """What the rules decide by themselves."""

    def __init__(self, policy: Policy, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _policy_labels().items():
            least, most = BOUNDS[name]
            field: forms.Field
            if name in ("plan_total", "term_least"):
                field = forms.DecimalField(label=label, min_value=least, max_value=most, decimal_places=2)
            else:
                field = forms.IntegerField(
                    label=label, min_value=least, max_value=most, required=name != "insurer_extension_days"
                )
            field.initial = getattr(policy, name)
            self.fields[name] = field
        self.fields["stops_interest"] = forms.BooleanField(
            label=_("Interest stands still while a plan runs"), required=False, initial=policy.stops_interest
        )

    def policy(self) -> Policy:
        """What was typed, once it is valid."""
        return Policy(**self.cleaned_data)


def _policy_labels() -> dict[str, str]:
    return {
        "promise_days": _("A promise is at most so many days ahead"),
        "promise_times": _("An invoice is promised at most so many times"),
        "promise_window_days": _("within so many days"),
        "plan_terms": _("A plan has at most so many terms"),
        "plan_days": _("and is paid off within so many days"),
        "plan_total": _("It is about at most (in euro)"),
        "term_least": _("A term is at least (in euro)"),
        "first_term_days": _("The first term comes within so many days"),
        "after_broken_days": _("After a broken plan a person decides for so many days"),
        "remind_days": _("A mail leaves so many days before each term (0 for none)"),
        "grace_days": _("A term still counts as paid so many days later"),
        "cure_days": _("A notice of a missed term gives so many days"),
        "answer_days": _("What waits for your answer holds up reminders for so many days"),
        "insurer_extension_days": _("Longest extension of your credit insurer in days (empty: not insured)"),
        "insurer_hand_over_days": _("and so many days after it a claim is handed over"),
    }
