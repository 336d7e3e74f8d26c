"""Undoing what an entry paid: by a person who says it was a mistake, or because the bank took the money back.

Called through `actions` and by `returns`. Nothing is deleted: matches keep the day on which they were undone, payments
and credit notes are reversed by rows of their own, and the invoices are open again. Needs the client's scope; the caller
has locked the entries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from inbaar.banking.outcomes import payment_key, rest_key
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.receivables.actions import Reversal, give_back, reverse_payments

_MATCHES = """
    SELECT m.entry_id, m.invoice_id, m.amount, m.round, i.debtor_id, e.counterparty_iban
    FROM banking_match m
    JOIN banking_entry e ON e.client_id = m.client_id AND e.id = m.entry_id
    JOIN receivables_invoice i ON i.client_id = m.client_id AND i.id = m.invoice_id
    WHERE m.client_id = %s AND m.entry_id = ANY(%s::bigint[]) AND m.undone_on IS NULL ORDER BY m.id
"""
_UNDO = """
    UPDATE banking_match SET undone_on = %s WHERE client_id = %s AND entry_id = ANY(%s::bigint[]) AND undone_on IS NULL
"""
_GIVE_BACK = """
    UPDATE banking_entry e SET unapplied = e.unapplied + back.amount, rounds = e.rounds + 1
    FROM unnest(%s::bigint[], %s::numeric[]) AS back(id, amount) WHERE e.client_id = %s AND e.id = back.id
"""
_FORGET_HABITS = """
    UPDATE banking_habit SET forgotten_on = %s
    WHERE client_id = %s AND entry_id = ANY(%s::bigint[]) AND forgotten_on IS NULL
"""
# An account is forgotten unless another payment from it that stands was of the same debtor.
_FORGET_ACCOUNTS = """
    DELETE FROM parties_debtoriban b USING unnest(%s::bigint[], %s::text[]) AS learned(debtor_id, iban)
    WHERE b.client_id = %s AND b.debtor_id = learned.debtor_id AND b.iban = learned.iban AND NOT EXISTS (
        SELECT FROM receivables_invoice i
        JOIN banking_match m ON m.client_id = i.client_id AND m.invoice_id = i.id AND m.undone_on IS NULL
        JOIN banking_entry e ON e.client_id = m.client_id AND e.id = m.entry_id
        WHERE i.client_id = b.client_id AND i.debtor_id = b.debtor_id AND e.counterparty_iban = b.iban)
"""


class Undoing(NamedTuple):
    """An entry whose matches are undone, and why. `on` is the day the bank took the money back; without it, a mistake."""

    entry_id: int
    reason: str
    by: str
    on: dt.date | None = None
    facts: Mapping[str, Any] = MappingProxyType({})


class _Matched(NamedTuple):
    entry_id: int
    invoice_id: int
    amount: Decimal
    round: int
    debtor_id: int
    iban: str


def undo_matches(
    client_id: int, undoings: Sequence[Undoing], on: dt.date, recorded_at: dt.datetime
) -> dict[int, list[int]]:
    """Undo all that these entries pay; gives per entry the invoices that are open again.

    What was learned from them is forgotten where it was a mistake: the payer of a payment that was taken back is still
    who he was. The number of statements does not depend on the number of entries.
    """
    wanted = {undoing.entry_id: undoing for undoing in undoings}
    matches = [_Matched(*row) for row in fetch(_MATCHES, [client_id, array_parameter(list(wanted))])]
    if not matches:
        return {}
    reverse_payments(client_id, list(_reversals(matches, wanted)), on, recorded_at)
    mistakes = [m for m in matches if wanted[m.entry_id].on is None]
    if mistakes:
        keys = [payment_key(m.entry_id, m.invoice_id, m.round) for m in mistakes]
        why = wanted[mistakes[0].entry_id]
        give_back(client_id, [m.invoice_id for m in mistakes], keys, on, recorded_at, why.reason, why.by)
    run(_UNDO, [on, client_id, array_parameter(list(wanted))])
    back: dict[int, Decimal] = defaultdict(Decimal)
    opened: dict[int, list[int]] = defaultdict(list)
    for matched in matches:
        back[matched.entry_id] += matched.amount
        opened[matched.entry_id].append(matched.invoice_id)
    run(_GIVE_BACK, [array_parameter(list(back)), array_parameter(list(back.values())), client_id])
    _forget(client_id, mistakes, on)
    return dict(opened)


def _reversals(matches: Iterable[_Matched], wanted: Mapping[int, Undoing]) -> Iterable[Reversal]:
    """Of each match its payment, and what was written off beside it: that was given for the payment."""
    for matched in matches:
        undoing = wanted[matched.entry_id]
        for key in (payment_key, rest_key):
            yield Reversal(
                key(matched.entry_id, matched.invoice_id, matched.round),
                undoing.reason,
                undoing.by,
                undoing.on,
                undoing.facts,
                matched.entry_id,
            )


def _forget(client_id: int, mistakes: Sequence[_Matched], on: dt.date) -> None:
    if not mistakes:
        return
    run(_FORGET_HABITS, [on, client_id, array_parameter(sorted({m.entry_id for m in mistakes}))])
    learned = sorted({(m.debtor_id, m.iban) for m in mistakes if m.iban})
    if learned:
        debtors, accounts = zip(*learned, strict=True)
        run(_FORGET_ACCOUNTS, [array_parameter(debtors), array_parameter(accounts), client_id])
