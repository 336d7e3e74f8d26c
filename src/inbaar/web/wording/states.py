"""How an invoice stands, in a few words with a meaning: late, attention, done or plain."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbaar.web.formats import distance


@dataclass(frozen=True, slots=True)
class State:
    """Words, and the meaning they carry; the icon says the same without colour."""

    words: str
    meaning: str = "plain"
    icon: str = ""


def days_late(days: int) -> str:
    """How many days late."""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days}


def invoice_state(
    *,
    is_credit: bool,
    open_amount: Decimal,
    payable: Decimal,
    due_date: dt.date,
    disputed: bool,
    on: dt.date,
    unsent: bool = False,
) -> State:
    """How an invoice or credit note stands on a day; `unsent` is one that its debtor has not got yet."""
    if is_credit:
        return (
            State(_("credit, used"), "done", "done") if open_amount == 0 else State(_("credit, not yet used"))
        )
    if open_amount == 0:
        return State(_("settled"), "done", "done")
    if unsent:
        return State(_("not sent yet"), "attention", "attention")
    if disputed:
        return State(_("disputed"), "attention", "attention")
    if due_date < on:
        return State(days_late((on - due_date).days), "late", "late")
    partly = f"{_('partly paid')}, " if open_amount < payable else ""
    when = _("due today") if due_date == on else _("due %(when)s") % {"when": distance(due_date, on)}
    return State(f"{partly}{when}")
