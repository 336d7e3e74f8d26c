"""The accounts of the ledger and the grounds of a write-off, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

_ACCOUNTS = {
    "receivable": noop("debtors"),
    "unapplied": noop("money not applied"),
    "discount": noop("discounts given"),
    "bank_cost": noop("bank costs"),
    "small_difference": noop("payment differences"),
    "goodwill": noop("written off"),
    "debtor_credit": noop("credit of debtors"),
    "to_pay_out": noop("to be paid out"),
    "sold_claims": noop("claims sold"),
    "other_payments": noop("other payments"),
}
_GROUNDS = {
    "discount": noop("discount"),
    "bank_cost": noop("bank cost"),
    "small_difference": noop("a small difference"),
    "goodwill": noop("goodwill"),
}


def ledger_words(code: str) -> str:
    """An account of the ledger."""
    return _(_ACCOUNTS[code])


def ground_words(ground: str) -> str:
    """Why a rest is written off."""
    return _(_GROUNDS.get(ground, ground)) if ground else ""


def grounds() -> list[tuple[str, str]]:
    """Every ground with its words, for a field to choose from."""
    return [(ground, _(words)) for ground, words in _GROUNDS.items()]


def habit_words(kind: str, value: str) -> str:
    """What was learned of how a debtor pays, as a sentence."""
    if kind == "discount":
        return _("Takes %(percent)s%% off.") % {"percent": value.replace(".", ",")}
    if kind == "name":
        return _("Also pays under the name %(name)s.") % {"name": value}
    return _("Pays by customer number %(number)s.") % {"number": value}
