"""How a mandate stands, in words: its state, its kind and scheme, and the sentence that sums it up."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from inbaar.web.formats import day, distance
from inbaar.web.queries.mandates import MandateHead, MandateRow

MANDATE_STATES = {
    "to_sign": (noop("to be signed"), "attention"),
    "expired": (noop("not signed in time"), "late"),
    "unregistered": (noop("not registered at the bank yet"), "attention"),
    "lapsing": (noop("lapses soon"), "attention"),
    "live": (noop("stands"), "done"),
    "suspended": (noop("suspended"), "attention"),
    "lapsed": (noop("lapsed"), "late"),
    "used": (noop("used up"), "plain"),
    "withdrawn": (noop("withdrawn for good"), "plain"),
}
MESSAGE_STATES = {
    "queued": (noop("on its way"), "plain"),
    "sending": (noop("on its way"), "plain"),
    "sent": (noop("mailed"), "done"),
    "refused": (noop("did not arrive"), "late"),
    "withdrawn": (noop("did not leave: no longer to be signed"), "plain"),
}
_KINDS = {"one_off": noop("one-off"), "recurring": noop("recurring")}
_SCHEMES = {"core": noop("SEPA direct debit (CORE)"), "b2b": noop("SEPA direct debit for businesses (B2B)")}
_HOW = {"paper": noop("on paper"), "online": noop("online")}
_MESSAGES = {"request": noop("Request to sign"), "copy": noop("Copy for the debtor")}
_ASKED_BY = {"debtor": noop("the debtor"), "creditor": noop("us")}
_TITLES = {
    ("core", "one_off"): noop("One-off mandate"),
    ("core", "recurring"): noop("Recurring mandate"),
    ("b2b", "one_off"): noop("One-off business mandate"),
    ("b2b", "recurring"): noop("Recurring business mandate"),
}
_SENTENCES = {
    "live": noop("It stands: what falls due can be collected by it."),
    "lapsing": noop(
        "It stands, and lapses on %(lapses)s unless it is used before (%(when)s). Collect by it, or ask for a new one."
    ),
    "unregistered": noop(
        "It is signed, and nothing can be collected yet: the debtor's own bank must confirm it first."
    ),
    "suspended": noop(
        "Nothing is collected by it since %(since)s (%(reason)s). Look into it, and let it stand again or withdraw it."
    ),
    "lapsed": noop(
        "It lapsed on %(lapses)s, after 36 months in which it was not used. Ask the debtor for a new one."
    ),
    "used": noop(
        "What it was good for is collected, or asked for. For anything else the debtor signs a new one."
    ),
    "withdrawn": noop("Withdrawn on %(since)s by %(asked_by)s: “%(reason)s”. Nothing is collected any more."),
}


def mandate_state(state: str) -> tuple[str, str]:
    """The words of a state, and what it means to the eye."""
    words, meaning = MANDATE_STATES[state]
    return _(words), meaning


def message_state(state: str) -> tuple[str, str]:
    """The same of a mail about a mandate."""
    words, meaning = MESSAGE_STATES[state]
    return _(words), meaning


def kind_words(kind: str) -> str:
    """How often it is good for a collection."""
    return _(_KINDS[kind])


def scheme_words(scheme: str) -> str:
    """Under which scheme it is collected."""
    return _(_SCHEMES[scheme])


def how_words(how: str) -> str:
    """How it was signed."""
    return _(_HOW[how])


def message_words(kind: str) -> str:
    """What a mail about a mandate is."""
    return _(_MESSAGES[kind])


def asked_by_words(asked_by: str) -> str:
    """Who withdrew it."""
    return _(_ASKED_BY.get(asked_by, _ASKED_BY["debtor"]))


def title_words(scheme: str, kind: str) -> str:
    """What such a mandate is called."""
    return _(_TITLES[scheme, kind])


def until_words(row: MandateRow) -> str:
    """What the last date of a row in a list is about."""
    told = {
        "to_sign": noop("to be signed by %(day)s"),
        "expired": noop("was to be signed by %(day)s"),
        "lapsed": noop("lapsed on %(day)s"),
    }.get(row.shown, noop("lapses on %(day)s"))
    return "" if row.shown in ("withdrawn", "used") else _(told) % {"day": day(row.until)}


def summary(head: MandateHead, on: dt.date) -> str:
    """A mandate in one or two sentences."""
    signed = _("%(title)s of %(name)s, signed %(how)s on %(day)s.") % {
        "title": title_words(head.scheme, head.kind), "name": head.debtor_name, "how": how_words(head.signed_how),
        "day": day(head.signed_on),
    }  # fmt: skip
    stands = _(_SENTENCES[head.shown]) % {
        "lapses": day(head.lapses_on), "when": distance(head.lapses_on, on), "since": day(head.state_on),
        "reason": head.state_reason, "asked_by": asked_by_words(head.withdrawn_by),
    }  # fmt: skip
    return f"{signed} {stands}"


def told_rows(rows: Sequence[MandateRow]) -> list[tuple[MandateRow, str, str, str, str]]:
    """Rows of a list of mandates with their words: state, meaning, what it is called, and its last day."""
    return [
        (row, *mandate_state(row.shown), title_words(row.scheme, row.kind), until_words(row)) for row in rows
    ]
