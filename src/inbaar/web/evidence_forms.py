"""Attaching proof and asking for it, read and checked."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from inbaar.receivables.evidence_rules import KINDS
from inbaar.web.forms import DayField
from inbaar.web.wording.proof import evidence_kind


class ManyFiles(forms.FileInput):
    """A field for any number of files."""

    allow_multiple_selected = True


class EvidenceForm(forms.Form):
    """Which files prove what. The files themselves are judged by the room that keeps them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "evidence-%s")
        super().__init__(*args, **kwargs)
        self.fields["files"] = forms.Field(
            label=_("Files"),
            required=False,
            widget=ManyFiles(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.heic,.eml,.txt"}),
            help_text=_("PDF, picture (PNG, JPEG, HEIC), e-mail (.eml) or text, 20 MB each at most."),
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("What it is"), choices=[(kind, evidence_kind(kind).capitalize()) for kind in KINDS]
        )


class RequestForm(forms.Form):
    """Which proof is asked for, why, and by when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "request-%s")
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Which proof"),
            choices=[(kind, evidence_kind(kind).capitalize()) for kind in ("any", *KINDS)],
        )
        self.fields["reason"] = forms.CharField(
            label=_("Why"),
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": _("Say why, in a few words.")},
        )
        self.fields["due_on"] = DayField(
            label=_("Due on"), error_messages={"required": _("Fill in a date; write 2026-11-22.")}
        )
        self.fields["token"] = forms.CharField(
            widget=forms.HiddenInput, max_length=40, required=False, initial=uuid4().hex
        )
