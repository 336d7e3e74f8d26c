"""What the statement does to transfers: the debit that paid them, and money that comes back. Called by `own_payments`.

An entry is of one transfer, or of a whole file booked in one sum. It must be exactly what was sent: anything else waits
for a person, for a payment booked wrongly here is paid twice there. Needs the client's scope.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.own_payments import Explained, OwnEntry
from inbaar.banking.transfers.requesting import MONEY_COLUMNS, Role
from inbaar.banking.transfers.states import State, Verb, moves_by
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.ledger.models import Purse

# The transfers that entries name, and all of a batch that is booked in one sum; locked in one order.
_TRANSFERS = """
    SELECT b.batch_id, b.number, t.id, t.amount, t.state, t.replaced, t.payee_name, t.purse
    FROM transfers_batchedtransfer b
    JOIN transfers_credittransfer t ON t.client_id = b.client_id AND t.id = b.transfer_id
    WHERE b.client_id = %s AND ((b.batch_id, b.number) IN (SELECT * FROM unnest(%s::bigint[], %s::int[]))
                                OR b.batch_id = ANY(%s::bigint[]))
    ORDER BY t.id FOR UPDATE OF t
"""
_LINKED = """
    SELECT transfer_id, role FROM transfers_transfermoney WHERE client_id = %s AND transfer_id = ANY(%s::bigint[])
"""
_MOVE = """
    UPDATE transfers_credittransfer t SET state = m.state, state_on = m.moved_on
    FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS m(id, state, moved_on) WHERE t.client_id = %s AND t.id = m.id
"""


class Sent(NamedTuple):
    """A transfer that is in a file; `amount` in euro."""

    batch_id: int
    number: int
    id: int
    amount: Decimal
    state: str
    replaced: bool
    name: str
    purse: str


class Done(NamedTuple):
    """A transfer that an entry paid or brought back."""

    sent: Sent
    entry: OwnEntry
    role: Role


def follow_transfers(
    client_id: int, entries: Sequence[OwnEntry], on: dt.date, recorded_at: dt.datetime
) -> Mapping[int, Explained]:
    """Book what these entries say of transfers; per entry what it turned out to be. Any number in as many statements."""
    book = _Book(client_id, entries)
    told = {entry.id: book.read(entry) for entry in entries}
    _write(client_id, book, recorded_at)
    return told


class _Book:
    """The transfers that entries are about while these are read one after the other, the oldest first."""

    def __init__(self, client_id: int, entries: Sequence[OwnEntry]) -> None:
        single = [(entry.batch_id, entry.number) for entry in entries if entry.number is not None]
        whole = sorted({entry.batch_id for entry in entries if entry.number is None})
        rows = fetch(
            _TRANSFERS,
            [client_id, [batch for batch, _ in single], [number for _, number in single], whole],
        )
        self.sent = {(row[0], row[1]): Sent(*row) for row in rows}
        self.state = {sent.id: State(sent.state) for sent in self.sent.values()}
        self.linked: dict[int, set[str]] = defaultdict(set)
        for number, role in fetch(_LINKED, [client_id, array_parameter(list(self.state))]):
            self.linked[number].add(role)
        self.done: list[Done] = []

    def read(self, entry: OwnEntry) -> Explained:
        if entry.number is None:
            return self._whole_file(entry)
        sent = self.sent.get((entry.batch_id, entry.number))
        if sent is None:
            return Explained("own-payment-unknown", entry.message_id, known=False)
        role, verb = (Role.DEBIT, Verb.DEBIT) if entry.amount < 0 else (Role.RETURN, Verb.RETURN)
        if role.value in self.linked[sent.id]:
            return Explained("own-payment-twice", sent.name, known=False)
        if sent.amount != abs(entry.amount):
            return Explained("own-payment-amount", sent.name, known=False)
        if sent.replaced or self.state[sent.id] not in moves_by(verb):
            return Explained("own-payment-unexpected", sent.name, known=False)
        self._do(sent, entry, role, verb)
        if role is Role.DEBIT:
            return Explained("transfer-paid", sent.name, known=True)
        return Explained("transfer-returned", sent.name, known=True, applied=sent.amount)

    def _whole_file(self, entry: OwnEntry) -> Explained:
        """A file booked in one sum: it pays all that the bank had not rejected, if that is the sum."""
        waiting = [
            sent
            for (batch_id, _), sent in self.sent.items()
            if batch_id == entry.batch_id and self.state[sent.id] in (State.IN_FILE, State.ACCEPTED)
        ]
        if not waiting:
            return Explained("own-payment-twice", entry.message_id, known=False)
        if sum((sent.amount for sent in waiting), Decimal(0)) != -entry.amount:
            return Explained("own-payment-amount", entry.message_id, known=False)
        for sent in waiting:
            self._do(sent, entry, Role.DEBIT, Verb.DEBIT)
        return Explained("transfer-paid", entry.message_id, known=True)

    def _do(self, sent: Sent, entry: OwnEntry, role: Role, verb: Verb) -> None:
        self.state[sent.id] = moves_by(verb)[self.state[sent.id]]
        self.linked[sent.id].add(role.value)
        self.done.append(Done(sent, entry, role))


def _write(client_id: int, book: _Book, recorded_at: dt.datetime) -> None:
    if not book.done:
        return
    insert_rows(
        "transfers_transfermoney",
        MONEY_COLUMNS,
        [
            (client_id, done.sent.id, done.entry.id, done.role.value, done.sent.amount, done.entry.date)
            for done in book.done
        ],
    )
    last = {done.sent.id: done.entry.date for done in book.done}
    columns: tuple[list[Any], ...] = (
        list(last), [book.state[number].value for number in last], list(last.values()),
    )  # fmt: skip
    run(_MOVE, [*map(array_parameter, columns), client_id])
    post(client_id, _postings(book.done), recorded_at)


def _postings(done: Iterable[Done]) -> Iterable[Posting]:
    """A debit pays what was to be paid out; money that came back is to be paid out again."""
    for sent, entry, role in done:
        if role is Role.DEBIT:
            event, debit, credit = "paid", Code.TO_PAY_OUT, Code.OTHER_PAYMENTS
        else:
            event, debit, credit = "returned", Code.UNAPPLIED, Code.TO_PAY_OUT
        yield Posting(
            f"transfer:{sent.id}:{event}", 1, debit, credit, sent.amount, "EUR", entry.date, sent.id, Purse(sent.purse)
        )  # fmt: skip
