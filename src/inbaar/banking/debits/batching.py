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
from inbaar.banking.debits.collectable import HOLD_KEY, Standing, locked_debits
from inbaar.banking.debits.rules import file_refusals, original_account, sequence_of
from inbaar.banking.formats.pain008 import MESSAGE, DebitHead, DebitOut, Original, write_debits
from inbaar.banking.transfers.batching import Acting
from inbaar.banking.transfers.rules import is_iban
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.calendar import AMSTERDAM

AT_ONCE = 5_000
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
    WHERE b.client_id = %s AND b.batch_id = %s AND b.number > %s AND b.number <= %s ORDER BY b.number
"""
_HEAD = """
    SELECT m.kind, m.scheme, dd.last, v.creditor_identifier, v.creditor_name FROM debits_batcheddebit b
    JOIN debits_directdebit dd ON dd.client_id = b.client_id AND dd.id = b.debit_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    JOIN debits_mandateversion v ON v.client_id = b.client_id AND v.id = b.version_id
    WHERE b.client_id = %s AND b.batch_id = %s ORDER BY b.number LIMIT 1
"""
# What stood in a batch that was refused waits anew as it was announced: nothing of it had left.
_ANEW = """
    WITH old AS (
        UPDATE debits_directdebit dd SET replaced = true FROM debits_batcheddebit b
        WHERE dd.client_id = %(client)s AND b.client_id = %(client)s AND b.debit_id = dd.id AND b.batch_id = %(batch)s
        RETURNING dd.*
    )
    INSERT INTO debits_directdebit
        (client_id, invoice_id, mandate_id, kind, attempt, replaced, amount, currency, due_on, last, announced_days,
         announced_on, announced_how, requested_by, requested_at, state, state_on, bank_status, bank_reason, bank_text)
    SELECT client_id, invoice_id, mandate_id, kind, attempt + 1, false, amount, currency, due_on, last, announced_days,
           announced_on, announced_how, %(by)s, %(at)s, 'requested', %(on)s, '', '', ''
    FROM old
"""
# The hold of an invoice goes over to the request that stands in the place of the refused one.
_HOLDS = """
    INSERT INTO receivables_hold (client_id, invoice_id, debtor_id, kind, reason, owner, since, key)
    SELECT h.client_id, h.invoice_id, h.debtor_id, h.kind, h.reason, h.owner, %(on)s, %(prefix)s || n.id
    FROM debits_batcheddebit b
    JOIN debits_directdebit o ON o.client_id = b.client_id AND o.id = b.debit_id
    JOIN debits_directdebit n ON n.client_id = o.client_id AND n.invoice_id = o.invoice_id AND n.attempt = o.attempt + 1
    JOIN receivables_hold h ON h.client_id = o.client_id AND h.key = %(prefix)s || o.id
    WHERE b.client_id = %(client)s AND b.batch_id = %(batch)s
"""
_RELEASE = """
    UPDATE receivables_hold h SET released_on = %(on)s FROM debits_batcheddebit b
    WHERE h.client_id = %(client)s AND b.client_id = %(client)s AND b.batch_id = %(batch)s
      AND h.key = %(prefix)s || b.debit_id AND h.released_on IS NULL
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
    ids, versions = [debit.id for debit in debits], [debit.version for debit in debits]
    run(_INTO_BATCH, [client_id, batch_id, array_parameter(ids), array_parameter(versions)])
    _move(client_id, batch_id, contents.count, "requested", "batched", by.on)
    return batch_id


def approve_batch(client_id: int, batch_id: int, by: Acting) -> None:
    """See `actions.approve_debit_batch`."""
    batch = locked_batch(client_id, batch_id, Batch.Kind.DEBIT)
    if batch.state == Batch.State.MADE:
        refusals = [
            *file_refusals(batch.execute_on, by.at, batch.cut_off),
            *_changed(client_id, batch, by.on),
        ]
        if refusals:
            raise Refused(*refusals)
    approve(
        client_id, batch_id, Batch.Kind.DEBIT, by.user_id, by.at, MESSAGE,
        lambda batch: _written(client_id, batch, by.at),
    )  # fmt: skip
    _move(client_id, batch.id, batch.count, "batched", "in_file", by.on)
    run(_PRESENTED, {"client": client_id, "batch": batch.id, "day": batch.execute_on})


def refuse_batch(client_id: int, batch_id: int, note: str, by: Acting, by_name: str) -> None:
    """See `actions.refuse_debit_batch`."""
    batch = refuse(client_id, batch_id, Batch.Kind.DEBIT, by.user_id, note, by.at)
    _move(client_id, batch_id, batch.count, "batched", "refused", by.on)
    given = {
        "client": client_id,
        "batch": batch_id,
        "by": by_name[:100],
        "at": by.at,
        "on": by.on,
        "prefix": HOLD_KEY,
    }
    run(_ANEW, given)
    run(_HOLDS, given)
    run(_RELEASE, given)


def _changed(client_id: int, batch: LockedBatch, on: dt.date) -> list[Refusal]:
    """What of a batch may not leave any more: paid meanwhile, disputed, sold, its mandate withdrawn or amended."""
    rows = fetch(
        "SELECT debit_id, version_id FROM debits_batcheddebit WHERE client_id = %s AND batch_id = %s ORDER BY debit_id",
        [client_id, batch.id],
    )
    refusals: list[Refusal] = []
    for after in range(0, len(rows), AT_ONCE):
        some = dict(rows[after : after + AT_ONCE])
        for debit in locked_debits(client_id, list(some), on):
            refusals += debit.refusals()
            if debit.version != some[debit.id]:
                refusals.append(_amended(debit))
    return refusals


def _amended(debit: Standing) -> Refusal:
    return Refusal(
        "debit-amended", "a file has what was put together", f"the mandate for {debit.number} was amended since",
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
    for after in range(0, batch.count, AT_ONCE):
        for row in fetch(_PAYMENTS, [client_id, batch.id, after, after + AT_ONCE]):
            number, amount, reference, signed_on, name, iban, invoice, *said = row
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
