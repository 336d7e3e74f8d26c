"""Who may send invoices in, whether a message is answered and how, and into which folder it goes. Pure.

The sender of a message is easily forged. So an answer goes to the address that may send invoices in and to no other
(never to Reply-To), an unknown sender is told nothing about any invoice, and nothing at all unless the mail server
vouches for him: otherwise whoever was named in a forged message would get the answer to it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from inbaar.mailbox.states import HELD, IGNORED, REPORTED, TAKEN

# At most so many answers a day to one sender when nothing could be taken in: a machine that answers ours stops here.
MOST_COMPLAINTS_PER_DAY = 10
RESULTS, NEUTRAL, NO_ANSWER = "results", "neutral", ""
DONE_FOLDER, UNREAD_FOLDER = "Verwerkt", "Niet gelezen"
_PATTERN = re.compile(r"[^\s@<>,;:\"()]*@(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}")
_GOOD = ("accepted", "known", "review")


def sender_pattern(text: str) -> str | None:
    """An address or `@domain` as it is kept, or None for what is neither.

    >>> sender_pattern(" Jan@Firma.nl "), sender_pattern("@firma.nl"), sender_pattern("firma.nl")
    ('jan@firma.nl', '@firma.nl', None)
    """
    plain = text.strip().lower()
    return plain if _PATTERN.fullmatch(plain) and len(plain) <= 254 else None


def is_known_sender(sender: str, patterns: Iterable[str]) -> bool:
    """Whether this address may send invoices in. A domain does not include the domains below it.

    >>> is_known_sender("jan@firma.nl", ["@firma.nl"]), is_known_sender("jan@post.firma.nl", ["@firma.nl"])
    (True, False)
    """
    if sender.count("@") != 1:
        return False
    return sender in (known := set(patterns)) or f"@{sender.split('@')[1]}" in known


def is_vouched(results: str, trusted_server: str, sender: str) -> bool:
    """Whether the mail server says, under its own name, that the sender's domain vouches for this message (DMARC).

    `results` is the first Authentication-Results: a server puts its own above those that came with the message.

    >>> is_vouched("mx.host.nl; dmarc=pass header.from=firma.nl", "mx.host.nl", "jan@firma.nl")
    True
    """
    server, _, rest = results.partition(";")
    if not trusted_server or server.split()[:1] != [trusted_server]:
        return False
    domain = re.escape(sender.rpartition("@")[2])
    passed = rf"(?:^|;)\s*dmarc=pass\b[^;]*\bheader\.from={domain}(?![A-Za-z0-9.-])"
    return bool(domain) and re.search(passed, rest, re.IGNORECASE) is not None


def is_for(addressed: Iterable[str], address: str, *, whole: bool) -> bool:
    """Whether a message is this client's: all in his own mailbox, else those to his address."""
    return whole or address.lower() in set(addressed)


def answer_for(
    *,
    state: str,
    known: bool,
    results: Iterable[Mapping[str, Any]],
    automatic: bool,
    vouched: bool,
    complaints: int,
) -> str:
    """Which answer a message gets: its results, a neutral word, or none.

    `known`: this sender may send invoices in. `vouched`: the mail server says he is who he says. `complaints` is how
    often he was told today that nothing was taken in.
    """
    if automatic or state in (IGNORED, REPORTED):
        return NO_ANSWER
    few = complaints < MOST_COMPLAINTS_PER_DAY
    if known:
        return RESULTS if few or was_taken(results) else NO_ANSWER
    return NEUTRAL if state == HELD and vouched and few else NO_ANSWER


def was_taken(results: Iterable[Mapping[str, Any]]) -> bool:
    """Whether any file of a message came into the books or waits there for a person."""
    return any(result["outcome"] in _GOOD for result in results)


def folder_for(state: str, results: Iterable[Mapping[str, Any]]) -> str:
    """Where a message goes once it is dealt with."""
    return DONE_FOLDER if state == REPORTED or (state == TAKEN and was_taken(results)) else UNREAD_FOLDER
