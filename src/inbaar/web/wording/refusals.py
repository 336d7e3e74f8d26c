"""Refusals of the rooms as people read them on a screen: by code, in the language of the page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.kit.errors import Refusal, Refused

# What is not here is said in the room's own English words, fact and limit included.
_SENTENCES = {
    "hold-above-open": noop("A part in dispute cannot be more than what is open (%(limit)s). Name a smaller part, or leave the amount empty to dispute all of it."),
    "reason-missing": noop("Say why, in a few words."),
    "nothing-left": noop("Nothing is left to waive on this invoice."),
    "no-extras": noop("No interest or costs were claimed on this invoice, so there is nothing to cancel."),
    "entry-matched": noop("This entry is matched already; an entry pays no more than its amount."),
    "entry-unknown": noop("There is no such bank entry."),
    "not-a-receipt": noop("Only money received can pay an invoice."),
    "over-entry": noop("Choose at least one invoice, for no more than what the entry has left (%(limit)s)."),
    "not-in-review": noop("Only a document in doubt can be accepted by hand."),
    "fact-missing": noop("An invoice needs a customer and an amount. Correct the file and send it again."),
}  # fmt: skip


def refusal_words(refusal: Refusal) -> str:
    """One refusal as a sentence."""
    if refusal.code in _SENTENCES:
        return _(_SENTENCES[refusal.code]) % {"limit": refusal.limit, "fact": refusal.fact}
    return str(refusal)


def refused_words(refused: Refused) -> list[str]:
    """Every refusal, each once."""
    return list(dict.fromkeys(refusal_words(refusal) for refusal in refused.refusals))
