"""Movements into the books: written once, and each posted between the bank and what is not applied yet.

Called by the import with batches. Money in is owed to whoever paid until it is matched; money out is other payments.
So the balance of the bank in the ledger is the sum of the movements, at any moment. A batch booking is one movement, posted
once; its payments are entries that are part of it and are matched in its place.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.accounts import OwnAccount
from inbaar.banking.batches.rules import OWN_COLLECTION, OWN_PAYMENT, own_ids
from inbaar.banking.models import Entry
from inbaar.banking.statements import EntryRead
from inbaar.kit.bulk import insert_rows
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post

_COLUMNS = {
    "client_id": "bigint", "account_id": "bigint", "statement_id": "bigint", "part_of_id": "bigint", "key": "text",
    "date": "date", "value_date": "date", "amount": "numeric", "currency": "text", "counterparty_name": "text",
    "counterparty_iban": "text", "reference": "text", "end_to_end_id": "text", "text": "text", "return_reason": "text",
    "bank_reference": "text", "batch_ids": "jsonb", "other_amounts": "jsonb", "raw": "text", "state": "text",
    "reason": "text", "reason_facts": "jsonb", "unapplied": "numeric",
}  # fmt: skip
_ONCE = "(client_id, account_id, key) DO NOTHING"


class Movement(NamedTuple):
    """One movement on the account as it goes into the books: its key, its day, and what the bank said of it."""

    key: str
    date: dt.date
    entry: EntryRead

    @property
    def parts(self) -> tuple[EntryRead, ...]:
        """The payments of a batch booking, where they make it up; else nothing."""
        payments = self.entry.payments
        return payments if payments is self.entry.details else ()


def first_state(entry: EntryRead) -> tuple[Entry.State, str, dict[str, str]]:
    """What becomes of an entry as it comes in, and why: only money received is there to be matched.

    Money that comes or goes back (a returned payment, a refunded direct debit) waits for a person. What carries a name of
    ours, from a file for the bank, is followed by `own_payments` in a moment.
    """
    if is_own_payment(entry):
        return Entry.State.UNMATCHED, OWN_PAYMENT, {"code": entry.return_reason or "-"}
    if entry.amount and entry.comes_back:
        return Entry.State.UNMATCHED, "returned", {"code": entry.return_reason or "-"}
    if entry.amount > 0 and _names_ours(entry):
        return Entry.State.UNMATCHED, OWN_COLLECTION, {}
    if entry.amount > 0:
        return Entry.State.NEW, "", {}
    return Entry.State.IGNORED, "money-out" if entry.amount else "no-amount", {}


def is_own_payment(entry: EntryRead) -> bool:
    """Whether a movement names a payment or a file of ours: money out, or money that comes back.

    Anybody may write our names on what he pays us, so money in that does not come back is a payment like any other, unless
    it is exactly what a debit of ours was to bring.
    """
    if not entry.amount or (entry.amount > 0 and not entry.comes_back):
        return False
    return _names_ours(entry)


def _names_ours(entry: EntryRead) -> bool:
    for text in (entry.end_to_end_id, entry.reference, entry.raw, entry.text):
        if text and own_ids(text):
            return True
    return False


def told_columns(entry: EntryRead, raw: str) -> tuple[str, ...]:
    """What the bank said of an entry, as its columns from the counterparty's name to `raw`.

    What is longer than its column is cut there and kept whole in `raw`.
    """
    for value, length in ((entry.counterparty_name, 200), (entry.reference, 140), (entry.end_to_end_id, 140)):
        if value and len(value) > length:
            raw = f"{raw}\n{value}"
    return (
        _text(entry.counterparty_name, 200),
        (entry.counterparty_iban or "")[:34],
        _text(entry.reference, 140),
        _text(entry.end_to_end_id, 140),
        _text(entry.text),
        _text(entry.return_reason, 10),
        _text(entry.bank_reference, 140),
        json.dumps([_text(mark, 140) for mark in entry.batch_ids]) if entry.batch_ids else "[]",
        json.dumps(entry.other_amounts) if entry.other_amounts else "{}",
        _text(raw),
    )


def entry_row(
    client_id: int,
    account: OwnAccount,
    statement_id: int,
    key: str,
    date: dt.date,
    entry: EntryRead,
    part_of: int | None = None,
    parts: int = 0,
) -> tuple[Any, ...]:
    """One entry as its row. With `parts` it is a batch booking whose payments are entries of their own."""
    state, reason, facts = first_state(entry)
    unapplied = entry.amount
    if parts:
        state, reason, facts = Entry.State.SPLIT, "batch", {"count": str(parts)}
        unapplied = min(unapplied, Decimal(0))
    return (
        client_id,
        account.id,
        statement_id,
        part_of,
        key,
        date,
        entry.value_date or date,
        entry.amount,
        entry.currency or account.currency,
        *told_columns(entry, entry.raw if parts else with_details(entry)),
        state.value,
        reason,
        json.dumps(facts) if facts else "{}",
        unapplied,
    )


def with_details(entry: EntryRead) -> str:
    """What a batch booking says, the payments in it included: for one that is kept whole as they do not make it up."""
    if not entry.details:
        return entry.raw
    told = (
        " ".join(
            filter(
                None, (format(p.amount, ".2f"), p.counterparty_name, p.counterparty_iban, p.reference, p.text)
            )
        )
        for p in entry.details
    )
    return "\n".join(filter(None, (entry.raw, *told)))


def _text(value: str | None, length: int | None = None) -> str:
    """Text the database can keep: it has no room for a NUL."""
    return value.replace("\0", "")[:length] if value else ""


def book_movements(
    client_id: int,
    account: OwnAccount,
    statement_id: int,
    movements: Sequence[Movement],
    recorded_at: dt.datetime,
) -> int:
    """Write the movements that are not there yet and post them; gives how many payments that were.

    Four statements at most, and one more where there are batch bookings with their payments.
    """
    new = insert_rows(
        "banking_entry",
        _COLUMNS,
        [
            entry_row(client_id, account, statement_id, m.key, m.date, m.entry, parts=len(m.parts))
            for m in movements
        ],
        on_conflict=_ONCE,
        returning='id, "date", amount, currency, key',
    )
    post(client_id, _postings(account, new), recorded_at)
    numbers = {row[4]: row[0] for row in new}
    batches = {m.key: m for m in movements if m.parts and m.key in numbers}
    if batches:
        rows = _part_rows(client_id, account, statement_id, batches.values(), numbers)
        insert_rows("banking_entry", _COLUMNS, rows)
    return len(new) + sum(len(batch.parts) - 1 for batch in batches.values())


def _part_rows(
    client_id: int,
    account: OwnAccount,
    statement_id: int,
    batches: Iterable[Movement],
    numbers: Mapping[str, int],
) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        for place, part in enumerate(batch.parts, start=1):
            key = part_key(batch.key, place)
            yield entry_row(
                client_id, account, statement_id, key, batch.date, part, part_of=numbers[batch.key]
            )


def part_key(key: str, place: int) -> str:
    """The key of a payment in a batch: that of the batch, and its place in it."""
    return f"{key}:{place}"


def _postings(account: OwnAccount, entries: Iterable[tuple[Any, ...]]) -> Iterator[Posting]:
    amount: Decimal
    for entry_id, date, amount, currency, _ in entries:
        if not amount:
            continue
        debit, credit = (Code.BANK, Code.UNAPPLIED) if amount > 0 else (Code.OTHER_PAYMENTS, Code.BANK)
        yield Posting(
            reference=f"entry:{entry_id}",
            line=1,
            debit=debit,
            credit=credit,
            amount=abs(amount),
            currency=currency,
            booked_on=date,
            subject=entry_id,
            purse=account.purse,
        )
