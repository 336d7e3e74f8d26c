"""The classes of the ageing in words, whatever their edges."""

from django.utils.translation import gettext as _

from inbaar.receivables.age_classes import AHEAD, CREDIT, NOT_DUE, UNAPPLIED


def class_words(key: str) -> str:
    """A class of the ageing in words."""
    words = {
        NOT_DUE: _("not due yet"),
        CREDIT: _("credit notes not yet used"),
        AHEAD: _("paid before the invoice's date"),
        UNAPPLIED: _("received, not yet matched"),
    }
    if key in words:
        return words[key]
    if key.startswith("over-"):
        return _("over %(days)s days late") % {"days": key.removeprefix("over-")}
    first, last = key.split("-")
    return _("%(first)s–%(last)s days late") % {"first": first, "last": last}


def class_figures(key: str) -> str:
    """A class as the head of a column has room for: its days late in figures."""
    if key == NOT_DUE:
        return _("not due")
    return f"> {key.removeprefix('over-')}" if key.startswith("over-") else key.replace("-", "\N{EN DASH}")
