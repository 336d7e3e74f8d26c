"""What happened to a mandate, in words: a title, and what there is to say about it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.banking.debits.r_codes import next_step
from inbaar.kit.errors import Refusal
from inbaar.web.wording.refusals import refusal_words

MANDATE_EVENTS = {
    "mandate_link_made": noop("Mandate %(reference)s drawn up, to be signed"),
    "mandate_link_withdrawn": noop("Mandate %(reference)s taken back before it was signed"),
    "mandate_mail_sent": noop("Mail about mandate %(reference)s sent"),
    "mandate_mail_refused": noop("Mail about mandate %(reference)s did not arrive"),
    "mandate_signed": noop("Mandate %(reference)s signed"),
    "mandate_amended": noop("Mandate %(reference)s amended"),
    "mandate_suspended": noop("Mandate %(reference)s suspended: nothing is collected"),
    "mandate_resumed": noop("Mandate %(reference)s stands again"),
    "mandate_withdrawn": noop("Mandate %(reference)s withdrawn: nothing is collected any more"),
    "mandate_registered": noop("Mandate %(reference)s registered at the debtor's bank"),
}
DEBIT_EVENTS = {
    "debit_requested": noop("Debit of %(amount)s asked for, by mandate %(reference)s"),
    "debit_announced": noop("Debit of %(amount)s announced, by mandate %(reference)s"),
    "debit_moved": noop("Debit of %(amount)s moved to another day"),
    "debit_missed": noop("Debit of %(amount)s not made: it was in no file in time"),
    "debit_left_out": noop("Debit of %(amount)s left out of its batch"),
    "debit_rejected": noop("Debit of %(amount)s rejected by the bank (%(reason)s)"),
    "debit_returned": noop("Debit of %(amount)s went back (%(reason)s): the invoice is open again"),
}
_MAILS = {
    "request": noop("The request to sign it, to %(address)s."),
    "copy": noop("The debtor's copy, to %(address)s."),
}
_ASKED_BY = {"debtor": noop("The debtor asked for it."), "creditor": noop("Our own choice.")}
_HOW = {
    "paper": noop("On paper, with the scan kept as proof."),
    "online": noop("Online, with what was shown kept as proof."),
}


def mandate_happening(kind: str, facts: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The title and the details of one event of a mandate; what it says not is left out."""
    if facts.get("mail") in _MAILS:
        details = [_(_MAILS[facts["mail"]]) % {"address": facts.get("address", "")}]
        if kind == "mandate_mail_refused":
            details.append(_("The mail server answered: %(answer)s") % {"answer": facts.get("answer", "")})
        return _(MANDATE_EVENTS[kind]) % {"reference": facts.get("reference", "")}, tuple(details)
    details = []
    if facts.get("asked_by") in _ASKED_BY:
        details.append(_(_ASKED_BY[facts["asked_by"]]))
    if facts.get("how") in _HOW:
        details.append(_(_HOW[facts["how"]]))
    if facts.get("was") and facts["was"] != facts.get("iban"):
        details.append(
            _("Account %(after)s, was %(before)s.") % {"after": facts.get("iban", ""), "before": facts["was"]}
        )
    if facts.get("was_name") and facts["was_name"] != facts.get("name"):
        details.append(
            _("Name %(after)s, was %(before)s.")
            % {"after": facts.get("name", ""), "before": facts["was_name"]}
        )
    if facts.get("reason"):
        details.append(
            _("“%(reason)s”, by %(owner)s.") % {"reason": facts["reason"], "owner": facts.get("by", "")}
        )
    else:
        details.append(_("By %(who)s.") % {"who": facts.get("by", "")})
    return _(MANDATE_EVENTS[kind]) % {"reference": facts.get("reference", "")}, tuple(details)


def debit_happening(
    kind: str, facts: dict[str, Any], amount: str, due_on: str, language: str
) -> tuple[str, tuple[str, ...]]:
    """The title and the details of one event of a debit; `amount` and `due_on` as the page writes them."""
    title = _(DEBIT_EVENTS[kind]) % {
        "amount": amount, "reference": facts.get("reference", ""), "reason": facts.get("reason") or "-",
    }  # fmt: skip
    if kind in ("debit_rejected", "debit_returned"):
        return title, (next_step(str(facts.get("reason", "")), language),)
    if kind == "debit_left_out":
        return title, (refusal_words(Refusal(str(facts.get("why", "")), "", "", "")), _("By %(who)s.") % {"who": facts.get("by", "")})  # fmt: skip
    if kind == "debit_missed":
        return title, (_("It can be asked for anew; until then reminders go on."),)
    details = [_("Collected on %(day)s.") % {"day": due_on}]
    if facts.get("how"):
        details.append(str(facts["how"]))
    return title, (*details, _("By %(who)s.") % {"who": facts.get("by", "")})
