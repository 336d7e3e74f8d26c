"""What debtors say, as the desk reads it: kinds, decisions and the lines of the timeline."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.debtor_page.rules import (
    ADDRESS,
    COMPLAINT,
    DATA,
    DISPUTE,
    PAID,
    PARTLY,
    PERSON,
    RIGHT,
    SETTLED,
    WRONG,
)

KINDS = {
    DISPUTE: noop("disputes an invoice"),
    PAID: noop("says it is paid"),
    ADDRESS: noop("says the address is wrong"),
    PERSON: noop("says it is not for him"),
    COMPLAINT: noop("makes a complaint"),
    DATA: noop("asks for his own data"),
}
VERDICT_WORDS = {
    RIGHT: noop("found right"),
    PARTLY: noop("found partly right"),
    WRONG: noop("found wrong"),
    SETTLED: noop("settled"),
}
MAIL_KINDS = {
    "receipt": noop("receipt"),
    "answer": noop("answer"),
    "data": noop("his own data"),
    "link": noop("new link"),
}
MAIL_STATES = {
    "queued": (noop("to be sent"), "plain"),
    "sending": (noop("being sent"), "plain"),
    "sent": (noop("sent"), "done"),
    "refused": (noop("did not arrive"), "late"),
    "withdrawn": (noop("taken back"), "plain"),
}
REPLY_EVENTS = ("debtor_replied", "reply_decided", "page_links_ended", "page_mail_sent", "page_mail_refused")


def kind_words(kind: str) -> str:
    """What a debtor does with a message of this kind."""
    return _(KINDS[kind]) if kind in KINDS else kind


def mail_words(kind: str, state: str) -> tuple[str, str, str]:
    """What a mail is, where it is, and what that means."""
    words, meaning = MAIL_STATES.get(state, (state, "plain"))
    return _(MAIL_KINDS.get(kind, kind)), _(words), meaning


def reply_happening(kind: str, facts: dict[str, Any], amount: str) -> tuple[str, tuple[str, ...]]:
    """A line of the timeline about a debtor's page: its title, and what there is to say about it."""
    told = {name: str(facts.get(name) or "") for name in ("number", "by", "subject", "address", "answer")}
    about = kind_words(str(facts.get("kind", "")))
    if kind == "debtor_replied":
        details = [_("Message %(number)s, on his own page.") % told]
        if facts.get("amount"):
            details.append(_("It is about %(amount)s.") % {"amount": amount})
        return _("The debtor %(what)s") % {"what": about}, tuple(details)
    if kind == "reply_decided":
        verdict = _(VERDICT_WORDS.get(str(facts.get("verdict")), "settled"))
        who = _("By %(by)s.") % told if told["by"] else _("By itself: nothing is open any more.")
        return _("Message %(number)s decided: %(verdict)s") % {**told, "verdict": verdict}, (who,)
    if kind == "page_links_ended":
        return _("The links to the debtor's page were replaced"), (_("By %(by)s.") % told,)
    if kind == "page_mail_sent":
        return _("Mailed: %(subject)s") % told, (_("To %(address)s.") % told,)
    return _("Did not arrive: %(subject)s") % told, (_("%(address)s does not take mail: %(answer)s") % told,)
