"""Doing what a form about a mandate asks, all or nothing, with the reasons beside the form where it is refused."""

from collections.abc import Callable

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms import Form

from inbaar.kit.errors import Refused
from inbaar.receivables.evidence import NewFile
from inbaar.web.requests import PageRequest
from inbaar.web.wording.refusals import refusal_words

#: The field that a reason is about, where a form has it.
_FIELDS = {
    "mandate-iban": "iban", "mandate-name": "name", "mandate-reference": "reference", "mandate-known": "reference",
    "mandate-notice": "announced_days", "mandate-signed-later": "signed_on", "mandate-signed-early": "signed_on",
    "mandate-scan": "scan", "evidence-type": "scan", "evidence-empty": "scan", "evidence-too-large": "scan",
    "mandate-withdrawn-when": "since", "registered-when": "registered_on", "link-expires": "expires_on",
    "sign-place": "place", "creditor-id": "identifier", "creditor-name": "name", "reason-missing": "reason",
}  # fmt: skip


def by_name(request: PageRequest) -> str:
    """Who works on the page, as it is kept beside what he did."""
    return str(request.user)[:100]


def done(form: Form, act: Callable[[], object]) -> bool:
    """Do it where the form is valid; False, with the reasons beside the form, where it is not or it is refused."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Refused as refused:
        refuse(form, refused)
        return False
    return True


def refuse(form: Form, refused: Refused) -> None:
    """Each reason once, beside the field that it is about, or above the form."""
    told = {refusal_words(refusal): _FIELDS.get(refusal.code) for refusal in refused.refusals}
    for words, field in told.items():
        form.add_error(field if field in form.fields else None, words)


def file_of(upload: UploadedFile) -> NewFile:
    """A file as it was chosen."""
    return NewFile(upload.name or "", upload.read())
