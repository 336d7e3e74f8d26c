"""Completes a batch booking, or an entry that says little, by the notification that details it, in whichever order they come.

Called by the import after each file. The movement stays one movement: its payments become entries that are part of it, and
they are matched in its place. Nothing is completed that a person matched or set aside, or of which it is not certain.
"""

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.banking.recognising import SHORTEST_MARK
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run, run_arrays

#: How many days the notification and the statement may differ on.
APART = dt.timedelta(days=5)
_CANDIDATES = """
    SELECT p.movement, p.id, p.date, p.amount, p.currency, p.movement_amount, p.detailed, p.bank_reference, p.batch_ids,
           p.end_to_end_id, e.id, e.date, e.bank_reference, e.batch_ids, e.end_to_end_id,
           e.counterparty_name = '' OR (e.reference = '' AND e.text = ''), f.format LIKE 'camt.054%%'
    FROM banking_announcedpayment p
    JOIN banking_statementfile f ON f.client_id = p.client_id AND f.id = p.file_id
    JOIN banking_entry e ON e.client_id = p.client_id AND e.account_id = p.account_id AND e.amount = p.movement_amount
        AND e.currency = p.currency AND e.date BETWEEN p.date - 5 AND p.date + 5
    WHERE p.client_id = %(client)s AND p.account_id = %(account)s AND p.entry_id IS NULL
      AND p.date BETWEEN %(first)s AND %(last)s
      AND e.part_of_id IS NULL AND e.amount <> 0 AND e.unapplied = e.amount
      AND (e.state IN ('new', 'unmatched') OR e.state = 'ignored' AND e.reason = 'money-out')
      AND NOT EXISTS (SELECT 1 FROM banking_match m WHERE m.client_id = e.client_id AND m.entry_id = e.id)
    ORDER BY p.date, p.id, e.id
"""
# Matching holds the entries it works on; what it holds now is completed by the next file.
_LOCK = """
    SELECT id FROM banking_entry WHERE client_id = %s AND id = ANY(%s) AND unapplied = amount AND state <> 'split'
      AND state <> 'matched' ORDER BY id FOR UPDATE SKIP LOCKED
"""
_PARTS = """
    INSERT INTO banking_entry (client_id, account_id, statement_id, part_of_id, key, date, value_date, amount, currency,
        counterparty_name, counterparty_iban, reference, end_to_end_id, text, return_reason, bank_reference, batch_ids,
        other_amounts, raw, state, reason, reason_facts, unapplied)
    SELECT e.client_id, e.account_id, e.statement_id, e.id, e.key || ':' || told.place, e.date, p.value_date, p.amount,
        p.currency, p.counterparty_name, p.counterparty_iban, p.reference, p.end_to_end_id, p.text, p.return_reason,
        p.bank_reference, p.batch_ids, p.other_amounts, p.raw,
        CASE WHEN p.returned THEN 'unmatched' WHEN p.amount > 0 THEN 'new' ELSE 'ignored' END,
        CASE WHEN p.returned THEN 'returned' WHEN p.amount > 0 THEN '' WHEN p.amount = 0 THEN 'no-amount' ELSE 'money-out' END,
        CASE WHEN p.returned
             THEN jsonb_build_object('code', coalesce(nullif(p.return_reason, ''), '-')) ELSE '{}'::jsonb END,
        p.amount
    FROM unnest(%s::bigint[], %s::bigint[], %s::integer[]) AS told(entry, payment, place)
    JOIN banking_entry e ON e.client_id = %s AND e.id = told.entry
    JOIN banking_announcedpayment p ON p.client_id = e.client_id AND p.id = told.payment
"""
_SPLIT = """
    UPDATE banking_entry SET state = 'split', score = NULL, reason = 'batch', unapplied = least(amount, 0),
        reason_facts = jsonb_build_object('count', told.parts::text)
    FROM unnest(%s::bigint[], %s::integer[]) AS told(entry, parts)
    WHERE client_id = %s AND id = told.entry
"""
_USED = """
    UPDATE banking_announcedpayment SET entry_id = told.entry
    FROM unnest(%s::bigint[], %s::bigint[], %s::integer[]) AS told(entry, payment, place)
    WHERE client_id = %s AND id = told.payment
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement of a statement that could be completed."""

    id: int
    date: dt.date
    bank_reference: str
    batch_ids: frozenset[str]
    end_to_end_id: str
    says_little: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A movement that was announced, with its payments and what it may be known by."""

    movement: str
    date: dt.date
    amount: Decimal
    payments: tuple[tuple[int, Decimal], ...]
    bank_reference: str
    batch_ids: frozenset[str]
    end_to_end_id: str
    detailed: bool
    notification: bool

    @property
    def completes(self) -> bool:
        """Whether it tells of each payment, and these make up the movement."""
        return self.detailed and sum((amount for _, amount in self.payments), Decimal(0)) == self.amount


def complete_movements(client_id: int, account_id: int, first: dt.date, last: dt.date) -> int:
    """Complete what can be of the account's movements around these days; gives how many movements were.

    The same whether the statement or the notification comes first. A handful of statements, and one where there is nothing.
    """
    rows = fetch(
        _CANDIDATES,
        {"client": client_id, "account": account_id, "first": first - APART, "last": last + APART},
    )
    if not rows:
        return 0
    chosen = pairs(*_facts(rows))
    free = {number for (number,) in fetch(_LOCK, [client_id, [entry.id for entry, _ in chosen]])}
    _write(client_id, [(entry, notice) for entry, notice in chosen if entry.id in free])
    return len(free)


def _facts(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Notice], dict[str, list[Entry]]]:
    notices: dict[str, Notice] = {}
    payments: dict[str, dict[int, Decimal]] = defaultdict(dict)
    entries: dict[str, dict[int, Entry]] = defaultdict(dict)
    for row in rows:
        movement, payment, date, amount, _, total, detailed, mark, ids, own_id, *entry, little, is_054 = row
        payments[movement][payment] = amount
        number, day, their_mark, their_ids, their_id = entry
        entries[movement][number] = Entry(
            number, day, their_mark, frozenset(_list(their_ids)), their_id, bool(little)
        )
        notices[movement] = Notice(
            movement, date, total, (), mark, frozenset(_list(ids)), own_id, detailed, bool(is_054)
        )
    whole = [
        Notice(n.movement, n.date, n.amount, tuple(payments[n.movement].items()), n.bank_reference, n.batch_ids,
               n.end_to_end_id, n.detailed, n.notification)
        for n in notices.values()
    ]  # fmt: skip
    return whole, {movement: list(found.values()) for movement, found in entries.items()}


def _list(value: Any) -> list[str]:
    return json.loads(value) if isinstance(value, str) else list(value)


def pairs(notices: Iterable[Notice], entries: dict[str, list[Entry]]) -> list[tuple[Entry, Notice]]:
    """Which notice completes which movement: by a mark that both carry, else by being the only two of that day and amount.

    Two that fit equally well complete nothing. A notification tells more than a report, so it goes first.
    """
    taken: set[int] = set()
    chosen: list[tuple[Entry, Notice]] = []
    able = [notice for notice in notices if notice.completes]
    for notification in (True, False):
        left = [notice for notice in able if notice.notification == notification]
        for marked in (True, False):
            fits = {
                notice.movement: [
                    e for e in entries[notice.movement] if e.id not in taken and _fits(notice, e, marked)
                ]
                for notice in left
            }
            wanted = Counter(entry.id for found in fits.values() for entry in found)
            for notice in left:
                found = fits[notice.movement]
                if len(found) == 1 and wanted[found[0].id] == 1:
                    taken.add(found[0].id)
                    chosen.append((found[0], notice))
            done = {notice.movement for _, notice in chosen}
            left = [notice for notice in left if notice.movement not in done]
    return chosen


def _fits(notice: Notice, entry: Entry, marked: bool) -> bool:
    if len(notice.payments) == 1 and not entry.says_little:
        return False
    long = min(len(notice.bank_reference), len(entry.bank_reference)) >= SHORTEST_MARK
    if long and notice.bank_reference == entry.bank_reference:
        return marked
    if notice.batch_ids & entry.batch_ids:
        return marked
    if notice.end_to_end_id and notice.end_to_end_id == entry.end_to_end_id and len(notice.payments) == 1:
        return marked
    if notice.batch_ids and entry.batch_ids:
        return False
    # Without a mark only a batch is known, by the one movement of that day and amount.
    return not marked and len(notice.payments) > 1 and notice.date == entry.date


def _write(client_id: int, chosen: Sequence[tuple[Entry, Notice]]) -> None:
    if not chosen:
        return
    lines = [
        (entry.id, payment, place)
        for entry, notice in chosen
        for place, (payment, _) in enumerate(notice.payments, start=1)
    ]
    columns = [array_parameter(column) for column in zip(*lines, strict=True)]
    run_arrays(_PARTS, [*columns, client_id])
    run_arrays(
        _SPLIT,
        [
            array_parameter([entry.id for entry, _ in chosen]),
            array_parameter([len(notice.payments) for _, notice in chosen]),
            client_id,
        ],
    )
    run_arrays(_USED, [*columns, client_id])
    run(
        "DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = ANY(%s)",
        [client_id, [entry.id for entry, _ in chosen]],
    )
