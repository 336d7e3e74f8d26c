"""Statements that do not follow on each other, in the language of the page: what is missing and what to do."""

from django.utils.translation import gettext as _

from inbaar.banking.continuity import Break
from inbaar.web.formats import amount, day, iban


def break_words(broken: Break) -> str:
    """One sentence on what is wrong and one on what to do."""
    before, after = broken.before, broken.after
    account, _sign, currency = before.account.partition(" ")
    money = currency or "EUR"
    facts = {
        "account": iban(account),
        "until": day(before.to_date) if before.to_date else "–",
        "since": day(after.from_date) if after.from_date else "–",
        "closing": amount(before.closing, money) if before.closing is not None else "–",
        "opening": amount(after.opening, money) if after.opening is not None else "–",
        "other": amount(after.closing, money) if after.closing is not None else "–",
        "difference": amount(broken.difference, money),
        "last": before.sequence,
        "next": after.sequence,
    }
    return _sentence(broken.kind) % facts


def _sentence(kind: str) -> str:
    return {
        "gap": _("%(account)s: a statement is missing. The one up to %(until)s closes with %(closing)s, the next one from %(since)s opens with %(opening)s: %(difference)s moved in between. Download the days in between and take them in."),
        "numbers": _("%(account)s: statement %(next)s follows on %(last)s. The balances tie, so nothing was left out of the sum. Take in the numbers in between if the bank has them."),
        "days": _("%(account)s: no statement tells of the days between %(until)s and %(since)s, and no balance proves that nothing happened. Download those days and take them in."),
        "overlap": _("%(account)s: two statements tell of the same days, one up to %(until)s and one from %(since)s. What is in both is booked once; nothing needs to be done."),
        "differs": _("%(account)s: two statements up to %(until)s close with %(closing)s and %(other)s. Compare them with your online banking and ask the bank which is right."),
    }[kind]  # fmt: skip


def is_serious(broken: Break) -> bool:
    """Whether money may be missing: then it stands on the page, not only beside the statement."""
    return broken.kind in ("gap", "days", "differs")
