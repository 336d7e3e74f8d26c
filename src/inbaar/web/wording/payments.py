"""Payments out in words: where one is, where a batch is, what the bank's status means, what an entry has to do with it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

PAYMENT_STATES = {
    "to_check": (noop("account to be checked"), "attention"),
    "requested": (noop("to be paid"), "plain"),
    "batched": (noop("waits for approval"), "attention"),
    "in_file": (noop("in the file for the bank"), "plain"),
    "accepted": (noop("accepted by the bank"), "plain"),
    "rejected": (noop("rejected by the bank"), "late"),
    "paid": (noop("paid"), "done"),
    "returned": (noop("came back"), "late"),
    "withdrawn": (noop("withdrawn"), "plain"),
    "refused": (noop("asked anew"), "plain"),
}
BATCH_STATES = {
    "made": (noop("waits for approval"), "attention"),
    "approved": (noop("approved, file made"), "done"),
    "refused": (noop("refused"), "plain"),
    "void_asked": (noop("never handed in? to be confirmed"), "attention"),
    "void": (noop("void: never handed in"), "plain"),
}
_BANK_STATUS = {
    "RCVD": noop("received"),
    "PDNG": noop("waits at the bank"),
    "ACTC": noop("file in order, not yet checked further"),
    "ACCP": noop("accepted"),
    "ACSP": noop("accepted, being carried out"),
    "ACSC": noop("carried out"),
    "ACCC": noop("credited to the payee"),
    "ACWC": noop("accepted with a change"),
    "PART": noop("partly accepted"),
    "RJCT": noop("rejected"),
    "CANC": noop("cancelled"),
}
SOURCES = {
    "refund": noop("refund"),
    "forward": noop("passed on"),
    "payout": noop("payout"),
    "by_hand": noop("asked by hand"),
}
ENTRY_ROLES = {
    "taken": noop("taken from this receipt"),
    "given_back": noop("given back to this receipt"),
    "debit": noop("debited"),
    "return": noop("came back"),
}


def state_words(state: str, states: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """A state in words, and what it means to the eye."""
    words, meaning = states[state]
    return _(words), meaning


def bank_words(status: str) -> str:
    """The bank's status with what it means: `PART · partly accepted`."""
    return f"{status} · {_(_BANK_STATUS[status])}" if status in _BANK_STATUS else status


def role_words(role: str) -> str:
    """What an entry has to do with a payment."""
    return _(ENTRY_ROLES[role])
