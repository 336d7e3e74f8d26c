"""Why a bank sent a payment back, by the code of the ISO 20022 list that it gives."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

_REASONS = {
    "AC01": noop("wrong account number"),
    "AC04": noop("account closed"),
    "AC06": noop("account blocked"),
    "AC13": noop("debtor's account is a consumer's"),
    "AG01": noop("not allowed on this account"),
    "AG02": noop("wrong kind of order"),
    "AM04": noop("not enough money"),
    "AM05": noop("sent twice"),
    "BE05": noop("creditor unknown"),
    "CNOR": noop("creditor's bank not reachable"),
    "DNOR": noop("debtor's bank not reachable"),
    "FF01": noop("file could not be read"),
    "FOCR": noop("called back by the sender"),
    "MD01": noop("no valid mandate"),
    "MD06": noop("claimed back by the payer"),
    "MD07": noop("payer has died"),
    "MS02": noop("refused by the payer"),
    "MS03": noop("refused by the bank, no reason given"),
    "RC01": noop("wrong bank code"),
    "RR01": noop("account or identification of the payer missing"),
    "RR02": noop("name or address of the payer missing"),
    "RR03": noop("name or address of the payee missing"),
    "RR04": noop("for a reason of law"),
    "SL01": noop("service of the payer's bank"),
    "CUST": noop("asked for by the customer"),
    "DUPL": noop("sent twice"),
    "TECH": noop("technical fault"),
    "FRAD": noop("suspicion of fraud"),
}


def return_words(code: str) -> str:
    """A code with what it means: `AC04 · account closed`; the code alone where it is not known."""
    return f"{code} · {_(_REASONS[code])}" if code in _REASONS else code
