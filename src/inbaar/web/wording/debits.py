"""Debits in words: where one is, what follows, what a list is for, and until when its money may go back."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.banking.debits.collectable import Standing
from inbaar.banking.debits.queries import Candidate
from inbaar.banking.debits.rules import sequence_of
from inbaar.law.direct_debit import Scheme, direct_debit_dates
from inbaar.web.formats import day
from inbaar.web.queries.debits import DebitRow
from inbaar.web.wording.kinds import HOLD_KINDS
from inbaar.web.wording.refusals import refusal_words

DEBIT_STATES = {
    "requested": (noop("waits for a batch"), "plain"),
    "unannounced": (noop("to be announced"), "attention"),
    "batched": (noop("waits for approval"), "attention"),
    "in_file": (noop("in the file for the bank"), "plain"),
    "accepted": (noop("accepted by the bank"), "plain"),
    "rejected": (noop("rejected by the bank"), "late"),
    "collected": (noop("collected"), "done"),
    "returned": (noop("went back"), "late"),
    "refused": (noop("left out"), "plain"),
    "replaced": (noop("asked anew"), "plain"),
    "withdrawn": (noop("withdrawn"), "plain"),
}
DEBIT_LISTS = {
    "ask": noop("may be collected"),
    "cannot": noop("not now"),
    "ready": noop("asked for"),
    "failed": noop("failed"),
    "all": noop("all debits"),
    "batches": noop("batches"),
}
SCHEMES = {"core": noop("SEPA direct debit (CORE)"), "b2b": noop("SEPA business direct debit (B2B)")}
SEQUENCES = {"OOFF": noop("one-off"), "RCUR": noop("recurring"), "FNAL": noop("last of a recurring mandate")}
DEBIT_ROLES = {"collected": noop("collected"), "return": noop("went back")}


def debit_state(row: DebitRow) -> tuple[str, str]:
    """Where a debit is, and what it means to the eye."""
    key = row.state
    if key == "requested" and row.announced_on is None:
        key = "unannounced"
    if row.replaced and key in ("refused", "withdrawn"):
        key = "replaced"
    words, meaning = DEBIT_STATES[key]
    return _(words), meaning


def scheme_words(scheme: str) -> str:
    """A scheme by its name."""
    return _(SCHEMES[scheme])


def sequence_words(kind: str, last: bool) -> str:
    """The sequence a bank is told, with what it means: `RCUR · recurring`."""
    code = sequence_of(kind, last)
    return f"{code} · {_(SEQUENCES[code])}"


def role_words(role: str) -> str:
    """What an entry did for a debit."""
    return _(DEBIT_ROLES[role])


def group_words(debit: Standing) -> str:
    """What all in one file share: `17 mrt 2026 · CORE · RCUR`."""
    return f"{day(debit.due_on)} · {debit.scheme.upper()} · {sequence_of(debit.kind, debit.last)}"


def why_not(row: Candidate) -> list[str]:
    """Why an invoice is not collected now, and when that passes."""
    told = []
    for refusal in row.refusals:
        if refusal.code == "debit-held" and row.hold:
            kind = _(HOLD_KINDS.get(row.hold, row.hold))
            until = (
                _("It ends after %(day)s.") % {"day": day(row.hold_until)}
                if row.hold_until
                else _("It ends when somebody releases it.")
            )
            told.append(f"{kind.capitalize()}. {until}")
        else:
            told.append(refusal_words(refusal))
    return list(dict.fromkeys(told))


def rights(row: DebitRow) -> list[tuple[str, str]]:
    """Until when a debit may still go back, each with its day; what a scheme does not know says so."""
    dates = direct_debit_dates(row.due_on, Scheme(row.scheme), announced_days=row.announced_days)
    told = [(_("The debtor's bank may send it back"), _until(dates.return_until))]
    if dates.refund_until is None or dates.unauthorised_refund_until is None:
        return [
            *told,
            (_("Refund by the debtor"), _("none: a business debit that was authorised is not refunded")),
        ]
    return [
        *told,
        (_("The debtor may have it refunded, without a reason"), _until(dates.refund_until)),
        (_("The same, where he never allowed it"), _until(dates.unauthorised_refund_until)),
    ]


def _until(last: dt.date) -> str:
    return _("until %(day)s") % {"day": day(last)}
