"""The debtor's own page in words: how each invoice stands for who owes it, what rests, and what he can do."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.debtor_page.owing import Owed, Paper, Rest
from inbaar.debtor_page.rules import ADDRESS, COMPLAINT, DATA, DISPUTE, PAID, PERSON
from inbaar.web.formats import amount, day
from inbaar.web.wording.states import State, days_late
from inbaar.web.wording.steps import step_name

_TITLES = {
    DISPUTE: noop("Dispute an invoice"),
    PAID: noop("I paid already"),
    ADDRESS: noop("My address is not right"),
    PERSON: noop("This is not for me"),
    COMPLAINT: noop("Make a complaint"),
    DATA: noop("Ask for my own data"),
}
_LEADS = {
    DISPUTE: noop("Say what is not right, and how much of it. We do not ask you for that part while we look into it; you hear from us by a day that is on your receipt."),
    PAID: noop("Say when you paid. We wait some days for the bank statement, and send no reminder in the meantime."),
    ADDRESS: noop("We send nothing more until somebody has looked at it."),
    PERSON: noop("We send nothing more until somebody has looked at it."),
    COMPLAINT: noop("Somebody reads it and answers you."),
    DATA: noop("You have a right to know what we hold of you (article 15 GDPR). You get it within a month, at the address that we know of you, once it is certain that it is you."),
}  # fmt: skip
_BUTTONS = {
    DISPUTE: noop("Dispute"),
    PAID: noop("Say that it is paid"),
    ADDRESS: noop("Send"),
    PERSON: noop("Say that it is not for me"),
    COMPLAINT: noop("Send the complaint"),
    DATA: noop("Ask for my data"),
}


@dataclass(frozen=True, slots=True)
class Saying:
    """A thing to say, in words: what it is called, what comes of it, and its button."""

    kind: str
    title: str
    lead: str
    button: str


def saying(kind: str) -> Saying:
    """One thing a debtor can say."""
    return Saying(kind, _(_TITLES[kind]), _(_LEADS[kind]), _(_BUTTONS[kind]))


def sayings(*, can_choose: bool) -> list[Saying]:
    """All that he can say; about an invoice only where one is open."""
    return [saying(kind) for kind in _TITLES if can_choose or kind not in (DISPUTE, PAID)]


def own_state(owed: Owed, on: dt.date) -> State:
    """How an invoice stands for who owes it, in a few words."""
    item = owed.item
    due = owed.facts.due_date if owed.facts else item.due
    if item.mark == "debited" and item.debited_on is not None:
        return State(_("is collected on %(day)s") % {"day": day(item.debited_on)}, "done", "bank")
    if item.mark == "suspected":
        return State(_("perhaps paid: we look into it"), "attention", "wait")
    if item.disputed and item.disputed >= item.open:
        return State(_("disputed: we look into it"), "attention", "wait")
    if item.mark == "law" or not item.asked:
        return State(_("not asked now"), "plain", "")
    if due < on:
        return State(days_late((on - due).days), "late", "late")
    return State(_("pay by %(day)s") % {"day": day(due)})


def rest_words(rest: Rest, currency: str) -> str:
    """What rests, why and until when, without what the desk wrote about it."""
    part = amount(rest.amount, currency) if rest.amount is not None else ""
    told = {
        "dispute": _("%(part)s is disputed: we look into it and do not ask it.") % {"part": part} if part
        else _("This is disputed: we look into it and do not ask it."),
        "pause": _("No reminder of this leaves for now."),
        "promise": _("You promised to pay this."),
        "plan": _("A payment plan runs for this."),
        "insolvency": _("We ask nothing of you: the claim is with the trustee."),
    }.get(rest.kind, _("No reminder of this leaves for now."))  # fmt: skip
    if rest.until is not None:
        told += " " + _("Up to and including %(day)s.") % {"day": day(rest.until)}
    return told


def paper_name(paper: Paper) -> str:
    """What a letter or statement is called."""
    return _("statement of account") if paper.kind == "statement" else step_name(paper.kind)
