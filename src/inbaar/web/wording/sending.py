"""Sending an invoice in words: what to know before it leaves, how it stands, and whether it is of a kind that is bought."""

import datetime as dt

from django.utils.translation import gettext as _

from inbaar.receivables.verdicts import Verdict
from inbaar.web.formats import day
from inbaar.web.queries.invoice import InvoiceHead
from inbaar.web.wording.refusals import refusal_words


def warning_words(code: str, pay_by: dt.date | None) -> str:
    """What whoever sends it should know."""
    words = {
        "due-come": _("The due date on the invoice has come. The letter asks payment by %(day)s, and nobody is reminded before: whoever gets an invoice too late has thirty days."),
        "due-soon": _("The due date on the invoice is near: %(day)s. It stays as it is. Is that too soon, agree on another day first."),
        "account-corrected": _("A person corrected the account that was read on the page. Look whether the invoice itself names the right one."),
    }  # fmt: skip
    return words[code] % {"day": day(pay_by) if pay_by else ""}


def dispatch_words(head: InvoiceHead) -> str:
    """Whether the debtor has it, since when, and who sent it."""
    if not head.dispatched:
        return _("on its own date, before it came here")
    if head.sent_on is None:
        return _("on its way") if head.sent_with else _("not sent yet")
    return _("on %(day)s, by %(who)s") % {"day": day(head.sent_on), "who": head.sent_by}


def sale_words(verdict: Verdict, *, unsent: bool) -> str:
    """Whether the invoice is of a kind that is bought, and if not, why."""
    if verdict.allowed:
        return (
            _("of a kind that is bought: not sent yet")
            if unsent
            else _("of a kind that is bought: sent and not yet due")
        )
    return " ".join(refusal_words(refusal) for refusal in verdict.refusals)
