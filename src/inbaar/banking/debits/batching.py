"""Putting debits into a batch, and deciding about it. Called through `actions`; needs the client's scope.

The debits are locked first, with their mandates and invoices, so that of two programs at once the second finds them taken,
and nothing is paid, withdrawn or disputed between the last look and the file.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from inbaar.banking.accounts import cut_off_of
from inbaar.banking.batches.deciding import (
    Contents,
    LockedBatch,
    approve,
    locked_batch,
    open_batch,
    refuse,
    role_of,
)
from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.rules import MOST_PAYMENTS, end_to_end_id
from inbaar.banking.debits.collectable import (
    ABOVE_OPEN,
    AMENDED,
    HOLD_KEY,
    Standing,
    locked_debits,
    standing_debits,
)
from inbaar.banking.debits.renewing import ask_anew, lower_to_open
from inbaar.banking.debits.rules import file_refusals, original_account, sequence_of
from inbaar.banking.formats.pain008 import MESSAGE, DebitHead, DebitOut, Original, write_debits
from inbaar.banking.transfers.batching import Acting
from inbaar.banking.transfers.rules import is_iban
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.calendar import AMSTERDAM
from inbaar.receivables.holds import release_keys
from inbaar.receivables.timeline import NewEvent, write_events

AT_ONCE = 5_000
#: Why a batch is refused of which what is left was approved, as it is kept with it.
LEFT_OUT = "approved-without"
#: What of a batch may not leave as it is: per debit its amount in euro, and every reason.
Changed = dict[int, tuple[Decimal, list[Refusal]]]
_INTO_BATCH = """
    INSERT INTO debits_batcheddebit (client_id, debit_id, batch_id, number, version_id)
    SELECT %s, given.id, %s, given.place, given.version
    FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS given(id, version, place)
"""
_MOVE = """
    UPDATE debits_directdebit dd SET state = %s, state_on = %s FROM debits_batcheddebit b
    WHERE dd.client_id = %s AND b.client_id = %s AND b.debit_id = dd.id AND b.batch_id = %s AND dd.state = %s
"""
_PRESENTED = """
    UPDATE debits_mandate m SET last_presented_on = %(day)s
    FROM debits_batcheddebit b JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
    WHERE m.client_id = %(client)s AND b.client_id = %(client)s AND b.batch_id = %(batch)s AND m.id = dd.mandate_id
      AND (m.last_presented_on IS NULL OR m.last_presented_on < %(day)s)
"""
# What each mandate says now, and what it said in the last file that its debtor's bank did not reject.
_PAYMENTS = """
    SELECT b.number, dd.amount, m.reference, m.signed_on, v.debtor_name, v.debtor_iban, i.number,
           v.creditor_identifier, v.creditor_name, o.creditor_identifier, o.creditor_name, o.debtor_iban
    FROM debits_batcheddebit b
    JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    JOIN debits_mandateversion v ON v.client_id = b.client_id AND v.id = b.version_id
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    LEFT JOIN LATERAL (
        SELECT ov.creditor_identifier, ov.creditor_name, ov.debtor_iban FROM debits_directdebit od
        JOIN debits_batcheddebit ob ON ob.client_id = od.client_id AND ob.debit_id = od.id AND ob.batch_id <> b.batch_id
        JOIN debits_mandateversion ov ON ov.client_id = ob.client_id AND ov.id = ob.version_id
        WHERE od.client_id = dd.client_id AND od.mandate_id = dd.mandate_id
          AND od.state IN ('in_file', 'accepted', 'collected', 'returned')
        ORDER BY ob.id DESC LIMIT 1
    ) o ON true
    WHERE b.client_id = %s AND b.batch_id = %s AND b.number > %s ORDER BY b.number LIMIT %s
"""
_HEAD = """
    SELECT m.kind, m.scheme, dd.last, v.creditor_identifier, v.creditor_name FROM debits_batcheddebit b
    JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    JOIN debits_mandateversion v ON v.client_id = b.client_id AND v.id = b.version_id
    WHERE b.client_id = %s AND b.batch_id = %s ORDER BY b.number LIMIT 1
"""
# When a mandate was last presented, once a file is void: what that file asked was never asked.
_PRESENTED_ELSE = """
    UPDATE debits_mandate m SET last_presented_on = (
        SELECT max(o.due_on) FROM debits_directdebit o
        WHERE o.client_id = m.client_id AND o.mandate_id = m.id AND o.state IN ('in_file', 'accepted', 'rejected', 'collected', 'returned'))
    FROM debits_batcheddebit b JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
    WHERE m.client_id = %(client)s AND b.client_id = %(client)s AND b.batch_id = %(batch)s AND m.id = dd.mandate_id
"""
_ABOUT = """
    SELECT dd.id, dd.invoice_id, i.debtor_id, dd.amount, m.reference FROM debits_directdebit dd
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    WHERE dd.client_id = %s AND dd.id = ANY(%s::bigint[]) ORDER BY dd.id
"""


def make(client_id: int, account_id: int, debit_ids: Sequence[int], by: Acting) -> int:
    """See `actions.make_debit_batch`."""
    wanted = sorted(set(debit_ids))
    if not 1 <= len(wanted) <= MOST_PAYMENTS:
        fact, limit = f"{len(wanted)} were chosen", f"1 to {MOST_PAYMENTS:,}"
        raise Refused(Refusal("batch-size", "a batch holds a number a bank takes in one file", fact, limit))
    account, refusals = _collecting_account(client_id, account_id)
    if role_of(client_id, by.user_id) in (None, "viewer"):
        fact = "the part is none or viewer"
        refusals.append(Refusal("may-not-pay", "a batch is made by who works here", fact, "a member"))
    lowered = lower_to_open(client_id, wanted, by.name, by.on, by.at)
    wanted = sorted(lowered.get(number, number) for number in wanted)
    debits = [debit for debit in locked_debits(client_id, wanted, by.on) if debit.state == "requested"]
    if len(debits) < len(wanted):
        fact = f"{len(wanted) - len(debits)} of the chosen do not wait any more"
        refusals.append(Refusal("not-to-be-collected", "a batch holds what waits", fact, "debits that wait",
                                next_step="look at the list again and choose anew"))  # fmt: skip
    if len({debit.group for debit in debits}) > 1:
        fact = f"{len({debit.group for debit in debits})} kinds were chosen"
        refusals.append(Refusal("batch-mixed", "one file has one day, scheme, sequence and creditor", fact, "one kind"))  # fmt: skip
    refusals += [refusal for debit in debits for refusal in debit.refusals()]
    if debits:
        refusals += file_refusals(debits[0].due_on, by.at, cut_off_of(client_id, account_id))
    if refusals:
        raise Refused(*refusals)
    contents = Contents(len(debits), sum((debit.amount for debit in debits), Decimal(0)))
    batch_id = open_batch(
        client_id, Batch.Kind.DEBIT, account, debits[0].due_on, contents, by.user_id, by.on, by.at
    )
    _fill(client_id, batch_id, debits, by.on)
    return batch_id


def approve_batch(client_id: int, batch_id: int, by: Acting, agreed: Contents | None = None) -> int:
    """See `actions.approve_debit_batch`."""
    batch = locked_batch(client_id, batch_id, Batch.Kind.DEBIT)
    if batch.state == Batch.State.MADE:
        refusals = file_refusals(batch.execute_on, by.at, batch.cut_off)
        changed = changed_debits(client_id, batch.id, by.on)
        rest = rest_of(batch.count, batch.total, changed)
        if changed and (rest.count == 0 or rest != agreed):
            refusals += [refusal for _, why in changed.values() for refusal in why]
        if refusals:
            raise Refused(*refusals)
        if changed:
            batch_id = _without(client_id, batch, changed, rest, by)
    batch = approve(
        client_id, batch_id, Batch.Kind.DEBIT, by.user_id, by.at, MESSAGE,
        lambda batch: _written(client_id, batch, by.at),
    )  # fmt: skip
    _move(client_id, batch.id, batch.count, "batched", "in_file", by.on)
    run(_PRESENTED, {"client": client_id, "batch": batch.id, "day": batch.execute_on})
    return batch.id


def refuse_batch(client_id: int, batch_id: int, note: str, by: Acting, by_name: str) -> None:
    """See `actions.refuse_debit_batch`."""
    batch = refuse(client_id, batch_id, Batch.Kind.DEBIT, by.user_id, note, by.at)
    _move(client_id, batch_id, batch.count, "batched", "refused", by.on)
    ask_anew(client_id, debits_of(client_id, batch_id), by_name, by.on, by.at)


def void_batch(client_id: int, batch_id: int, by: Acting) -> None:
    """Ask anew for the debits of a file that is void, each announced as it was; its mandates were not used by it."""
    ids = debits_of(client_id, batch_id)
    _move(client_id, batch_id, len(ids), "in_file", "refused", by.on)
    run(_PRESENTED_ELSE, {"client": client_id, "batch": batch_id})
    ask_anew(client_id, ids, by.name, by.on, by.at)


def debits_of(client_id: int, batch_id: int) -> list[int]:
    """The debits of a batch, in their order."""
    sql = "SELECT debit_id FROM debits_batcheddebit WHERE client_id = %s AND batch_id = %s ORDER BY number"
    return [number for (number,) in fetch(sql, [client_id, batch_id])]


def changed_debits(client_id: int, batch_id: int, on: dt.date, *, lock: bool = True) -> Changed:
    """What of a batch may not leave any more, with its amount and why: paid meanwhile, disputed, sold, its mandate withdrawn or
    amended. With `lock` the debits, their mandates and invoices stay as they are until the transaction ends.
    """
    rows = fetch(
        "SELECT debit_id, version_id FROM debits_batcheddebit WHERE client_id = %s AND batch_id = %s ORDER BY debit_id",
        [client_id, batch_id],
    )
    found: Changed = {}
    read = locked_debits if lock else standing_debits
    for after in range(0, len(rows), AT_ONCE):
        some = dict(rows[after : after + AT_ONCE])
        for debit in read(client_id, list(some), on):
            refusals = debit.refusals()
            if debit.version != some[debit.id]:
                refusals.append(_amended(debit))
            if refusals:
                found[debit.id] = (debit.amount, refusals)
    return found


def rest_of(count: int, total: Decimal, changed: Changed) -> Contents:
    """What is left of a batch without what changed: how many debits, and what they are together."""
    return Contents(count - len(changed), total - sum((amount for amount, _ in changed.values()), Decimal(0)))


def _without(client_id: int, batch: LockedBatch, changed: Changed, rest: Contents, by: Acting) -> int:
    """A batch of what is left, in the place of one of which something changed; gives its number.

    The old one is refused by who approves, so that nothing that was made is ever written over; the new one was made by who made
    the old. Of what was left out, what may still be collected waits anew, as it was announced.
    """
    refuse(client_id, batch.id, Batch.Kind.DEBIT, by.user_id, LEFT_OUT, by.at)
    _move(client_id, batch.id, batch.count, "batched", "refused", by.on)
    ids = debits_of(client_id, batch.id)
    good = [number for number in ids if number not in changed]
    again = [
        number for number, (_, why) in changed.items() if {one.code for one in why} <= {ABOVE_OPEN, AMENDED}
    ]
    made = ask_anew(client_id, good, by.name, by.on, by.at)
    ask_anew(client_id, again, by.name, by.on, by.at)
    _tell_left_out(client_id, changed, set(again), by)
    ((account, purse),) = fetch(
        "SELECT account_id, purse FROM batches_batch WHERE client_id = %s AND id = %s", [client_id, batch.id]
    )
    anew = open_batch(
        client_id, Batch.Kind.DEBIT, (account, purse), batch.execute_on, rest, batch.made_by, by.on, by.at
    )
    _fill(client_id, anew, locked_debits(client_id, made, by.on), by.on)
    return anew


def _fill(client_id: int, batch_id: int, debits: Sequence[Standing], on: dt.date) -> None:
    """Put debits that wait into a batch, in order, each by what its mandate says now."""
    ids, versions = [debit.id for debit in debits], [debit.version for debit in debits]
    run(_INTO_BATCH, [client_id, batch_id, array_parameter(ids), array_parameter(versions)])
    _move(client_id, batch_id, len(debits), "requested", "batched", on)


def _tell_left_out(client_id: int, changed: Changed, again: set[int], by: Acting) -> None:
    """Say on the timeline why debits were left out, and let reminders go on where nothing waits anew."""
    keys = [f"{HOLD_KEY}{number}" for number in changed.keys() - again]
    release_keys(client_id, keys, by.on, by.name, by.at)
    write_events(
        client_id,
        [
            NewEvent("debit_left_out", by.on, invoice, debtor,
                     {"amount": str(amount), "reference": reference, "why": changed[number][1][0].code, "by": by.name}, number)
            for number, invoice, debtor, amount, reference in fetch(_ABOUT, [client_id, array_parameter(list(changed))])
        ],
        by.at,
    )  # fmt: skip


def _amended(debit: Standing) -> Refusal:
    return Refusal(
        AMENDED, "a file has what was put together", f"the mandate for {debit.number} was amended since",
        "the same mandate", next_step="refuse the batch, and put it together anew",
    )  # fmt: skip


def _move(client_id: int, batch_id: int, count: int, before: str, after: str, on: dt.date) -> None:
    """Move all of a batch from one state to the next; that one of them is elsewhere is a bug, and nothing is done."""
    moved = run(_MOVE, [after, on, client_id, client_id, batch_id, before])
    if moved != count:
        raise RuntimeError(f"batch {batch_id}: {moved} of {count} debits were {before}")


def _collecting_account(client_id: int, account_id: int) -> tuple[tuple[int, str], list[Refusal]]:
    """The account the money comes to, with whose money it holds, and what keeps it from collecting."""
    rows = fetch(
        "SELECT iban, currency, purse FROM banking_bankaccount WHERE client_id = %s AND id = %s",
        [client_id, account_id],
    )
    if not rows:
        fact = f"there is no account {account_id}"
        return (0, ""), [Refusal("account-unknown", "an own account collects", fact, "an account of this administration")]  # fmt: skip
    ((iban, currency, purse),) = rows
    if currency != "EUR" or not is_iban(iban) or purse != "own":
        fact = f"{iban} in {currency} of {purse} money is not"
        return (account_id, purse), [Refusal("account-not-sepa", "debits come to an own IBAN in euro", fact, "an own IBAN in EUR")]  # fmt: skip
    return (account_id, purse), []


def _written(client_id: int, batch: LockedBatch, approved_at: dt.datetime) -> Iterator[bytes]:
    """The bytes of the batch's file: its debits as they were approved, read by the thousands."""
    ((kind, scheme, last, identifier, creditor),) = fetch(_HEAD, [client_id, batch.id])
    head = DebitHead(
        batch.message_id, approved_at.astimezone(AMSTERDAM), batch.execute_on, scheme.upper(), sequence_of(kind, last),
        creditor, identifier, batch.iban, batch.count, batch.total,
    )  # fmt: skip
    return write_debits(head, _debits(client_id, batch))


def _debits(client_id: int, batch: LockedBatch) -> Iterator[DebitOut]:
    after = 0
    while rows := fetch(_PAYMENTS, [client_id, batch.id, after, AT_ONCE]):
        after = rows[-1][0]
        for number, amount, reference, signed_on, name, iban, invoice, *said in rows:
            yield DebitOut(
                end_to_end_id(batch.message_id, number), amount, reference, signed_on, _original(iban, *said), name, iban,
                f"Factuur {invoice}",
            )  # fmt: skip


def _original(
    iban: str,
    identifier: str,
    name: str,
    was_identifier: str | None,
    was_name: str | None,
    was_iban: str | None,
) -> Original:
    """What the mandate said when it was last presented, where it says otherwise now; None where it never was."""
    return Original(
        was_identifier if was_identifier and was_identifier != identifier else "",
        was_name if was_name and was_name != name else "",
        original_account(was_iban or iban, iban),
    )
