"""By what a movement is known again in another export of the same account. Pure; used by the import.

Banks give no number that is the same in every export, so a movement is known by all it says, and equal movements of
one account by their place among each other: two equal payments on one day are the first and the second one.
"""

import datetime as dt
from collections import Counter
from decimal import Decimal
from hashlib import blake2b

from inbaar.banking.statements import EntryRead

SHORTEST_BANK_REFERENCE = 8


def facts_of(entry: EntryRead, date: dt.date) -> str:
    """What identifies a movement, without the parts in which exports of one movement differ.

    A bank reference shorter than eight characters is a place in the statement (1, 2, 3), not a mark of the payment.
    """
    mark = entry.bank_reference or ""
    facts = (
        date.isoformat(),
        format(entry.amount, ".2f"),
        entry.currency,
        entry.counterparty_iban or "",
        entry.reference or "",
        entry.end_to_end_id or "",
        entry.text,
        mark if len(mark) >= SHORTEST_BANK_REFERENCE else "",
    )
    return "\x1f".join(facts)


class Numbering:
    """Gives each movement of one account in one file its key.

    Statements in one file that follow on each other (the second opens with what the first closed with) share the
    count, so that a day cut over two of them keeps both of two equal payments. A statement that does not follow on
    the one before covers its days anew.
    """

    def __init__(self) -> None:
        # Eight bytes of each movement, so that half a million of them take some 30 MB; counts only of the repeated.
        self._seen: set[int] = set()
        self._repeated: Counter[int] = Counter()
        self._closing: Decimal | None = None

    def start_statement(self, opening: Decimal | None) -> None:
        """Begin a statement with this opening balance."""
        if opening is not None and self._closing is not None and opening != self._closing:
            self._seen.clear()
            self._repeated.clear()

    def end_statement(self, closing: Decimal | None) -> None:
        """Remember what the statement closed with."""
        self._closing = closing

    def key(self, entry: EntryRead, date: dt.date) -> str:
        """The entry's key: its facts, and which of the equal ones it is."""
        digest = blake2b(facts_of(entry, date).encode(), digest_size=16).digest()
        short = int.from_bytes(digest[:8], "big")
        if short not in self._seen:
            self._seen.add(short)
            return digest.hex()
        self._repeated[short] += 1
        return f"{digest.hex()}-{self._repeated[short] + 1}"
