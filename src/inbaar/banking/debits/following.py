"""What the statement does to debits: the money that came, and money that went back. Called by `own_payments`.

An entry is of one debit, or of a whole file booked in one sum. It must be exactly what was sent: anything else waits for a
person. Money that goes back before the statement that brought it was read waits for that one. Needs the client's scope.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.allotting import Kind, Part, allot
from inbaar.banking.batches.rules import OWN_PAYMENT
from inbaar.banking.debits.ending import end_debits
from inbaar.banking.debits.models import DebitMoney
from inbaar.banking.debits.states import DebitState, DebitVerb, debit_moves_by
from inbaar.banking.models import Entry
from inbaar.banking.outcomes import EntryFacts, Line, Outcome, payment_key, write_outcomes
from inbaar.banking.own_payments import Explained, OwnEntry
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.ledger.models import Purse
from inbaar.receivables.reversing import Reversal, reverse_payments

BY, CERTAIN = "bank", 100
EARLY = "debit-return-early"
_MONEY = {
    "client_id": "bigint", "debit_id": "bigint", "entry_id": "bigint", "role": "text", "amount": "numeric", "on": "date",
}  # fmt: skip
_DEBITS = """
    SELECT b.batch_id, b.number, dd.id, dd.amount, dd.state, i.id, i.debtor_id, i.number, i.open_amount, dd.due_on,
           (SELECT mo.entry_id FROM debits_debitmoney mo
            WHERE mo.client_id = dd.client_id AND mo.debit_id = dd.id AND mo.role = 'collected')
    FROM debits_batcheddebit b
    JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    WHERE b.client_id = %s AND ((b.batch_id, b.number) IN (SELECT * FROM unnest(%s::bigint[], %s::int[]))
                                OR b.batch_id = ANY(%s::bigint[]))
    ORDER BY i.id, dd.id FOR UPDATE OF dd FOR NO KEY UPDATE OF i
"""
_MOVE = """
    UPDATE debits_directdebit dd SET state = m.state, state_on = m.moved_on,
        bank_reason = coalesce(nullif(m.reason, ''), dd.bank_reason)
    FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::text[]) AS m(id, state, moved_on, reason)
    WHERE dd.client_id = %s AND dd.id = m.id
"""
_UNDO = """
    UPDATE banking_match m SET undone_on = %s FROM unnest(%s::bigint[], %s::bigint[]) AS back(entry, invoice)
    WHERE m.client_id = %s AND m.entry_id = back.entry AND m.invoice_id = back.invoice AND m.undone_on IS NULL
"""
_GIVE_BACK = """
    UPDATE banking_entry e SET unapplied = e.unapplied + back.amount
    FROM (SELECT id, sum(amount) AS amount FROM unnest(%s::bigint[], %s::numeric[]) AS one(id, amount) GROUP BY id) AS back
    WHERE e.client_id = %s AND e.id = back.id
"""
_EARLY_AGAIN = f"""
    UPDATE banking_entry SET reason = '{OWN_PAYMENT}'
    WHERE client_id = %s AND state = 'unmatched' AND reason = '{EARLY}'
"""  # noqa: S608 - our own text


class Sent(NamedTuple):
    """A debit that is in a file, with its invoice; amounts in euro, `entry_id` is what brought its money."""

    batch_id: int
    number: int
    id: int
    amount: Decimal
    state: str
    invoice_id: int
    debtor_id: int
    invoice: str
    open_amount: Decimal
    due_on: dt.date
    entry_id: int | None


def follow_debits(
    client_id: int, entries: Sequence[OwnEntry], on: dt.date, recorded_at: dt.datetime
) -> Mapping[int, Explained]:
    """Book what these entries say of debits; per entry what it turned out to be. Any number in as many statements."""
    book = _Book(client_id, entries)
    # What came is read before what went back, whatever their order on the statement.
    told = {entry.id: book.read(entry) for entry in sorted(entries, key=lambda entry: entry.amount < 0)}
    book.write(client_id, on, recorded_at)
    return told


class _Book:
    """The debits that entries are about while these are read one after the other, the oldest first."""

    def __init__(self, client_id: int, entries: Sequence[OwnEntry]) -> None:
        single = [(entry.batch_id, entry.number) for entry in entries if entry.number is not None]
        whole = sorted({entry.batch_id for entry in entries if entry.number is None})
        rows = fetch(
            _DEBITS, [client_id, [batch for batch, _ in single], [number for _, number in single], whole]
        )
        self.sent = {(row[0], row[1]): Sent(*row) for row in rows}
        self.state = {sent.id: DebitState(sent.state) for sent in self.sent.values()}
        self.source = {sent.id: sent.entry_id for sent in self.sent.values()}
        self.collected: dict[int, list[tuple[Sent, OwnEntry]]] = defaultdict(list)
        self.returned: list[tuple[Sent, OwnEntry]] = []

    def read(self, entry: OwnEntry) -> Explained:
        if entry.number is None:
            return self._whole_file(entry)
        sent = self.sent.get((entry.batch_id, entry.number))
        if sent is None:
            return Explained("own-payment-unknown", entry.message_id, known=False)
        if sent.amount != abs(entry.amount):
            return Explained("own-payment-amount", sent.invoice, known=False)
        return self._collection(sent, entry) if entry.amount > 0 else self._return(sent, entry)

    def _collection(self, sent: Sent, entry: OwnEntry) -> Explained:
        """Money that came: only for what is at the bank, on its day or later, and where all of it pays the invoice."""
        if self.state[sent.id] not in debit_moves_by(DebitVerb.COLLECT):
            twice = self.source[sent.id] is not None
            return Explained(
                "own-payment-twice" if twice else "own-payment-unexpected", sent.invoice, known=False
            )
        if entry.comes_back or entry.date < sent.due_on or sent.open_amount < sent.amount:
            return Explained("own-payment-unexpected", sent.invoice, known=False)
        self._collect(sent, entry)
        return Explained("debit-collected", sent.invoice, known=True)

    def _return(self, sent: Sent, entry: OwnEntry) -> Explained:
        if self.state[sent.id] == DebitState.RETURNED:
            return Explained("own-payment-twice", sent.invoice, known=False)
        if self.state[sent.id] not in debit_moves_by(DebitVerb.RETURN):
            return Explained(EARLY, sent.invoice, known=False)
        self.state[sent.id] = DebitState.RETURNED
        self.returned.append((sent, entry))
        return Explained("debit-returned", sent.invoice, known=True)

    def _whole_file(self, entry: OwnEntry) -> Explained:
        """A file booked in one sum: it brings all that the bank had not rejected, if that is the sum."""
        waiting = [
            sent
            for (batch_id, _), sent in self.sent.items()
            if batch_id == entry.batch_id and self.state[sent.id] in debit_moves_by(DebitVerb.COLLECT)
        ]
        if entry.amount < 0 or entry.comes_back or any(entry.date < sent.due_on for sent in waiting):
            return Explained("own-payment-unexpected", entry.message_id, known=False)
        if not waiting:
            return Explained("own-payment-twice", entry.message_id, known=False)
        short = any(sent.open_amount < sent.amount for sent in waiting)
        if short or sum((sent.amount for sent in waiting), Decimal(0)) != entry.amount:
            return Explained("own-payment-amount", entry.message_id, known=False)
        for sent in waiting:
            self._collect(sent, entry)
        return Explained("debit-collected", entry.message_id, known=True)

    def _collect(self, sent: Sent, entry: OwnEntry) -> None:
        self.state[sent.id] = DebitState.COLLECTED
        self.source[sent.id] = entry.id
        self.collected[entry.id].append((sent, entry))

    def write(self, client_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
        """Payments and what undoes them, in that order: one that came and went in the same statements does both."""
        brought = [pair for pairs in self.collected.values() for pair in pairs]
        if not brought and not self.returned:
            return
        if brought:
            write_outcomes(
                client_id, [_outcome(pairs) for pairs in self.collected.values()], BY, on, recorded_at
            )
            run(_EARLY_AGAIN, [client_id])
        if self.returned:
            self._take_back(client_id, on, recorded_at)
        roles = DebitMoney.Role
        done = [(pair, roles.COLLECTED.value, "") for pair in brought]
        done += [(pair, roles.RETURN.value, pair[1].return_reason) for pair in self.returned]
        insert_rows(
            "debits_debitmoney",
            _MONEY,
            [
                (client_id, sent.id, entry.id, role, sent.amount, entry.date)
                for (sent, entry), role, _ in done
            ],
        )
        last = {sent.id: (entry.date, reason) for (sent, entry), _, reason in done}
        columns: tuple[list[Any], ...] = (
            list(last), [self.state[number].value for number in last], [day for day, _ in last.values()],
            [reason for _, reason in last.values()],
        )  # fmt: skip
        run(_MOVE, [*map(array_parameter, columns), client_id])
        end_debits(
            client_id, {sent.id: entry.return_reason for sent, entry in self.returned}, "debit_returned", on
        )

    def _take_back(self, client_id: int, on: dt.date, recorded_at: dt.datetime) -> None:
        """What went back is taken off the entry that had brought it, of these invoices alone: a whole file may be in it."""
        backs = [(sent, entry, self.source[sent.id] or 0) for sent, entry in self.returned]
        reverse_payments(
            client_id,
            [
                Reversal(
                    payment_key(source, sent.invoice_id), entry.return_reason or "-", BY, entry.date,
                    {"code": entry.return_reason or "-"}, entry.id,
                )
                for sent, entry, source in backs
            ],
            on,
            recorded_at,
        )  # fmt: skip
        sources = array_parameter([source for _, _, source in backs])
        invoices = array_parameter([sent.invoice_id for sent, _, _ in backs])
        run(_UNDO, [on, sources, invoices, client_id])
        run(_GIVE_BACK, [sources, array_parameter([sent.amount for sent, _, _ in backs]), client_id])
        parts = [
            Part(source, Kind.RETURNED, sent.amount, "EUR", Purse.OWN, BY, None, entry.id, entry.return_reason, entry.date)
            for sent, entry, source in backs
        ]  # fmt: skip
        allot(client_id, parts, on, recorded_at)


def _outcome(pairs: Sequence[tuple[Sent, OwnEntry]]) -> Outcome:
    """The entry as it pays the invoices of its debits."""
    entry = pairs[0][1]
    facts = EntryFacts(entry.id, entry.date, entry.amount, entry.amount, entry.currency, "", "", "", "", "")
    lines = tuple(Line(sent.invoice_id, sent.debtor_id, sent.amount) for sent, _ in pairs)
    numbers = ", ".join(sent.invoice for sent, _ in pairs[:5])
    return Outcome(facts, Entry.State.MATCHED, "debit-collected", CERTAIN, {"name": numbers}, lines)
