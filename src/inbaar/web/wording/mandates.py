"""What happened to a mandate, in words: a title, and what there is to say about it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

MANDATE_EVENTS = {
    "mandate_link_made": noop("Asked to sign mandate %(reference)s online"),
    "mandate_signed": noop("Mandate %(reference)s signed"),
    "mandate_amended": noop("Mandate %(reference)s amended"),
    "mandate_suspended": noop("Mandate %(reference)s suspended: nothing is collected"),
    "mandate_resumed": noop("Mandate %(reference)s stands again"),
    "mandate_withdrawn": noop("Mandate %(reference)s withdrawn: nothing is collected any more"),
    "mandate_registered": noop("Mandate %(reference)s registered at the debtor's bank"),
}
_HOW = {
    "paper": noop("On paper, with the scan kept as proof."),
    "online": noop("Online, with what was shown kept as proof."),
}


def mandate_happening(kind: str, facts: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The title and the details of one event of a mandate; what it says not is left out."""
    details = []
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
