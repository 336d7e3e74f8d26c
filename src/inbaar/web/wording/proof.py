"""Proof of delivery in words: its kinds, the steps that ask for it, and what a file is."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

EVIDENCE_KINDS = {
    "job_sheet": noop("job sheet"),
    "packing_slip": noop("packing slip"),
    "signature": noop("signature"),
    "correspondence": noop("correspondence"),
    "other": noop("other proof"),
}
STEP_NAMES = {
    "person": noop("asked by a person"),
    "dispute": noop("for the dispute"),
    "factoring": noop("for selling the invoice"),
    "insurance": noop("for the insurer"),
    "register": noop("for the arrears register"),
    "collection": noop("for collection"),
    "court": noop("for the court"),
}
_MEDIA = {
    "application/pdf": noop("PDF"),
    "image/png": noop("picture"),
    "image/jpeg": noop("picture"),
    "image/heic": noop("picture"),
    "message/rfc822": noop("e-mail"),
    "text/plain": noop("text"),
}


def evidence_kind(kind: str) -> str:
    """A kind of proof; `any` is proof of delivery of whatever kind."""
    return _(EVIDENCE_KINDS[kind]) if kind in EVIDENCE_KINDS else _("proof of delivery")


def step_that_asks(step: str) -> str:
    """For what proof is asked."""
    return _(STEP_NAMES[step]) if step in STEP_NAMES else step


def media_name(media_type: str) -> str:
    """What a file is, as people say it."""
    return _(_MEDIA[media_type]) if media_type in _MEDIA else media_type
