"""Where a statement of account stands, in words."""

from django.utils.translation import gettext as _


def state_words(state: str) -> tuple[str, str]:
    """The words of a state, and what it means."""
    return {
        "waiting": (_("being made"), ""),
        "kept": (_("made, not mailed"), ""),
        "queued": (_("on its way"), ""),
        "sending": (_("on its way"), ""),
        "sent": (_("mailed"), "done"),
        "refused": (_("did not arrive"), "late"),
        "cancelled": (_("stopped"), "attention"),
        "empty": (_("nothing to tell"), ""),
    }[state]
