"""What the desk fills in about a debtor's message: the decision, and the client's list of reasons."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.debtor_page.deciding import Decision
from inbaar.debtor_page.queries import Said
from inbaar.debtor_page.rules import (
    ADDRESS,
    COMPLAINT,
    DATA,
    DISPUTE,
    LONGEST_WORDS,
    MOST_SOLVE_DAYS,
    PAID,
    PARTLY,
    PERSON,
    RIGHT,
    SETTLED,
    VERDICTS,
    WRONG,
    Reason,
)
from inbaar.web.forms import PartField

CHOICES = {
    (DISPUTE, RIGHT): noop("He is right: what he disputes stays held until the credit note"),
    (DISPUTE, PARTLY): noop("He is partly right: that part stays held, the rest goes on"),
    (DISPUTE, WRONG): noop("The invoice is right: it goes on"),
    (PAID, RIGHT): noop("The payment is found: it is matched, or will be"),
    (PAID, WRONG): noop("The payment is not found: the invoice goes on"),
    (ADDRESS, SETTLED): noop("The address was corrected: go on"),
    (ADDRESS, WRONG): noop("The address was right: go on"),
    (PERSON, RIGHT): noop("It is not for him: everything stays held until the debtor is corrected"),
    (PERSON, WRONG): noop("It is for him: go on"),
    (COMPLAINT, SETTLED): noop("Answered"),
    (DATA, SETTLED): noop("It is certain that it is he: send the file to the known address"),
    (DATA, WRONG): noop("It is not certain that it is he: send nothing"),
}


class DecisionForm(forms.Form):
    """What is decided on one message."""

    def __init__(self, said: Said, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["verdict"] = forms.ChoiceField(
            label=_("Decision"), choices=[("", "–"), *((verdict, _(CHOICES[said.kind, verdict])) for verdict in VERDICTS[said.kind])],
            error_messages={"required": _("Choose what is decided.")},
        )  # fmt: skip
        if PARTLY in VERDICTS[said.kind]:
            self.fields["agreed"] = PartField(
                label=_("Amount in which he is right"), required=False, help_text=_("Only where he is partly right."),
            )  # fmt: skip
        self.fields["words"] = forms.CharField(
            label=_("Your words to the debtor") if said.kind == COMPLAINT else _("Your words to the debtor (not required)"),
            max_length=LONGEST_WORDS, required=said.kind == COMPLAINT, widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("They stand in the mail and on his page, below the decision."),
            error_messages={"required": _("Say it in a few words.")},
        )  # fmt: skip

    def decision(self, by: str) -> Decision:
        """The decision, once the form is valid."""
        facts = self.cleaned_data
        agreed = facts.get("agreed") if facts["verdict"] == PARTLY else None
        return Decision(facts["verdict"], by, agreed, facts["words"].strip())


class DisputeReasonForm(forms.Form):
    """One reason to dispute, in both languages, with who looks into it and in how many working days."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        add = self.fields.__setitem__
        add("code", forms.CharField(max_length=40, required=False, widget=forms.HiddenInput))
        words = {"required": _("A debtor reads this: fill it in.")}
        add("nl", forms.CharField(label=_("In Dutch"), max_length=100, error_messages=words))
        add("en", forms.CharField(label=_("In English"), max_length=100, error_messages=words))
        add("owner", forms.CharField(label=_("Who looks into it"), max_length=100, required=False))
        add("solve_days", forms.IntegerField(
            label=_("Working days to solve it"), min_value=1, max_value=MOST_SOLVE_DAYS, initial=10))  # fmt: skip
        add("active", forms.BooleanField(label=_("Can be chosen"), required=False, initial=True))

    def reason(self) -> Reason:
        """The reason, once the form is valid."""
        facts = self.cleaned_data
        return Reason(
            facts["code"], facts["nl"].strip(), facts["en"].strip(), facts["owner"].strip(), facts["solve_days"], facts["active"]
        )  # fmt: skip


def reason_form(reason: Reason | None, at: int, posted: Any = None) -> DisputeReasonForm:
    """The form of one reason of the list, or of a new one."""
    if reason is None:
        return DisputeReasonForm(posted, auto_id=f"reason-{at}-%s")
    facts = {
        "code": reason.code, "nl": reason.nl, "en": reason.en, "owner": reason.owner, "solve_days": reason.solve_days,
        "active": reason.active,
    }  # fmt: skip
    return DisputeReasonForm(posted, initial=facts, auto_id=f"reason-{at}-%s")
