"""Trying unmatched entries again when invoices come in that they may have paid before. Called through `actions`."""

import datetime as dt
from collections.abc import Sequence

from inbaar.banking.candidates import Asked, asked, prefixes_of
from inbaar.banking.claiming import ENTRY_COLUMNS, take_turn
from inbaar.banking.matching import MatchTally, match_entries
from inbaar.banking.outcomes import EntryFacts
from inbaar.banking.payment_tokens import name_key, reference_key
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope

_WAITING = f"""
    SELECT {ENTRY_COLUMNS} FROM banking_entry
    WHERE client_id = %s AND state = 'unmatched' AND amount > 0 AND reason NOT IN
        ('returned', 'undone', 'own-payment', 'write-off-asked')
    ORDER BY "date" DESC, id DESC LIMIT %s
"""  # noqa: S608 - our own text
_LOCKED = """
    SELECT id FROM banking_entry WHERE client_id = %s AND id = ANY(%s) AND state = 'unmatched'
    ORDER BY id FOR UPDATE SKIP LOCKED
"""
_INVOICES = """
    SELECT i.number_key, i.payment_reference, i.open_amount, d.name,
           array(SELECT b.iban FROM parties_debtoriban b WHERE b.client_id = d.client_id AND b.debtor_id = d.id)
    FROM receivables_invoice i JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    WHERE i.client_id = %s AND i.id = ANY(%s) AND i.kind = 'invoice' AND i.open_amount > 0
"""


def retry(
    client_id: int, invoice_ids: Sequence[int], on: dt.date, recorded_at: dt.datetime, limit: int
) -> MatchTally:
    """Match the newest `limit` unmatched entries again, as far as something in them points at these invoices."""
    with client_scope(client_id):
        take_turn(client_id)
        prefixes = prefixes_of(client_id)
        waiting = [asked(EntryFacts(*row), prefixes) for row in fetch(_WAITING, [client_id, limit])]
        if not waiting:
            return MatchTally()
        signs = _Signs(fetch(_INVOICES, [client_id, list(invoice_ids)]))
        chosen = {p.entry.id: p.entry for p in waiting if signs.in_payment(p)}
        locked = fetch(_LOCKED, [client_id, list(chosen)]) if chosen else []
        return match_entries(client_id, [chosen[number] for (number,) in locked], on, recorded_at)


class _Signs:
    """By what a payment of these invoices could be known."""

    def __init__(self, invoices: Sequence[tuple[object, ...]]) -> None:
        self.keys = {str(row[0]) for row in invoices}
        self.references = {reference_key(str(row[1])) for row in invoices if row[1]}
        self.amounts = {row[2] for row in invoices}
        self.names = {name_key(str(row[3])) for row in invoices} - {None}
        self.ibans = {iban for row in invoices for iban in row[4]}  # type: ignore[attr-defined]

    def in_payment(self, payment: Asked) -> bool:
        tokens = payment.tokens
        return (
            not self.keys.isdisjoint(tokens.number_keys)
            or not self.keys.isdisjoint(tokens.short_for)
            or not self.references.isdisjoint(tokens.references)
            or tokens.iban in self.ibans
            or tokens.name_key in self.names
            or payment.payment.amount in self.amounts
        )
