"""What a letter asks, as something that is paid under a link: read and written when the link is first opened, not before.

The bundle of a letter has the letter's own number. So the run that writes a hundred thousand letters writes nothing for
their links, and each link is known before its letter is.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.bundles import NewBundle, keep_bundle
from inbaar.kit.bulk import fetch
from inbaar.letters.delivery import LAST_DELIVERY

_LETTER = f"""
    SELECT l."on", l.pay_by, coalesce(v.state IN ('withdrawn', 'bounced'), false), l.content -> 'payee' ->> 'account_holder',
           l.content -> 'payee' ->> 'iban', l.debtor_id, l.currency
    FROM letters_letter l {LAST_DELIVERY}
    WHERE l.client_id = %s AND l.id = %s
"""  # noqa: S608 - our own text
_ITEMS = """
    SELECT invoice_id, principal + interest + costs FROM letters_letteritem
    WHERE client_id = %s AND letter_id = %s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """A letter as its link leads to it: of which day, to be paid by when, whether it was taken back or came back, and whom to pay."""

    on: dt.date
    pay_by: dt.date | None
    withdrawn: bool
    holder: str
    iban: str
    debtor_id: int
    currency: str

    @property
    def last_asked(self) -> dt.date:
        """The last day that the letter itself speaks of, from which its link is good for a while."""
        return max(self.on, self.pay_by or self.on)


def asking_letter(client_id: int, number: int) -> Asking | None:
    """The letter of this number; None where there is none. Needs the client's scope."""
    rows = fetch(_LETTER, [client_id, number])
    return Asking(*rows[0]) if rows else None


def bundle_letter(client_id: int, number: int, letter: Asking) -> None:
    """Make what a letter asks payable under its own reference: each invoice what was asked of it, once however often."""
    parts: list[tuple[int, Decimal]] = [
        (invoice, asked) for invoice, asked in fetch(_ITEMS, [client_id, number])
    ]
    keep_bundle(client_id, number, NewBundle(letter.debtor_id, letter.currency, tuple(parts)), letter.on)
