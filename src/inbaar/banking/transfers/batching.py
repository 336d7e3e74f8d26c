"""Putting requests into a batch, and deciding about it. Called through `actions`; needs the client's scope.

The requests are locked first, so that of two programs at once the second finds them taken. The number of statements
grows with the size of the file only, a few for each thousands of payments.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inbaar.banking.batches.deciding import Contents, LockedBatch, approve, open_batch, refuse, role_of
from inbaar.banking.batches.models import Batch
from inbaar.banking.batches.rules import CUT_OFF, MOST_PAYMENTS, end_to_end_id, execution_refusals
from inbaar.banking.formats.pain001 import MESSAGE, FileHead, PostalAddress, TransferOut, write_transfers
from inbaar.banking.transfers.again import ask_anew
from inbaar.banking.transfers.rules import is_iban
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.law.calendar import AMSTERDAM

AT_ONCE = 5_000
_LOCKED = """
    WITH locked AS (
        SELECT amount FROM transfers_credittransfer
        WHERE client_id = %s AND state = 'requested' AND purse = %s AND id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE
    ) SELECT count(*), coalesce(sum(amount), 0) FROM locked
"""
_INTO_BATCH = """
    INSERT INTO transfers_batchedtransfer (client_id, transfer_id, batch_id, number)
    SELECT %s, given.id, %s, given.place FROM unnest(%s::bigint[]) WITH ORDINALITY AS given(id, place)
"""
_MOVE = """
    UPDATE transfers_credittransfer t SET state = %s, state_on = %s FROM transfers_batchedtransfer b
    WHERE t.client_id = %s AND b.client_id = %s AND b.transfer_id = t.id AND b.batch_id = %s AND t.state = %s
"""
_PAYMENTS = """
    SELECT b.number, t.amount, t.payee_name, t.payee_iban, t.street, t.building, t.postcode, t.town, t.country,
           t.text, t.reference
    FROM transfers_batchedtransfer b
    JOIN transfers_credittransfer t ON t.client_id = b.client_id AND t.id = b.transfer_id
    WHERE b.client_id = %s AND b.batch_id = %s AND b.number > %s AND b.number <= %s ORDER BY b.number
"""
_PAYER = """
    SELECT coalesce(nullif(a.holder, ''), c.name), o.street, o.postcode, o.city, o.country
    FROM batches_batch b
    JOIN banking_bankaccount a ON a.client_id = b.client_id AND a.id = b.account_id
    JOIN parties_client c ON c.id = b.client_id JOIN parties_organisation o ON o.id = c.organisation_id
    WHERE b.client_id = %s AND b.id = %s
"""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, on which day, at which moment. `user_id` is a member of the administration, `name` what is kept of him."""

    user_id: int
    on: dt.date
    at: dt.datetime
    name: str = "desk"


def make(
    client_id: int, account_id: int, transfer_ids: Sequence[int], execute_on: dt.date, by: Acting
) -> int:
    """See `actions.make_batch`."""
    wanted = sorted(set(transfer_ids))
    purse, cut_off, refusals = _paying_account(client_id, account_id)
    refusals += execution_refusals(execute_on, by.at, cut_off)
    refusals += _refused_size(len(wanted))
    if role_of(client_id, by.user_id) in (None, "viewer"):
        fact = "the part is none or viewer"
        refusals.append(Refusal("may-not-pay", "a batch is made by who works here", fact, "a member"))
    if refusals:
        raise Refused(*refusals)
    contents = Contents(*fetch(_LOCKED, [client_id, purse, array_parameter(wanted)])[0])
    if contents.count < len(wanted):
        raise Refused(_not_available(len(wanted) - contents.count))
    kind = Batch.Kind.TRANSFER
    batch_id = open_batch(
        client_id, kind, (account_id, purse), execute_on, contents, by.user_id, by.on, by.at
    )
    run(_INTO_BATCH, [client_id, batch_id, array_parameter(wanted)])
    _move(client_id, batch_id, contents.count, "requested", "batched", by.on)
    return batch_id


def approve_batch(client_id: int, batch_id: int, by: Acting) -> None:
    """See `actions.approve_batch`."""
    batch = approve(
        client_id, batch_id, Batch.Kind.TRANSFER, by.user_id, by.at, MESSAGE,
        lambda batch: _written(client_id, batch, by.at),
    )  # fmt: skip
    _move(client_id, batch.id, batch.count, "batched", "in_file", by.on)


def refuse_batch(client_id: int, batch_id: int, note: str, by: Acting, by_name: str) -> None:
    """See `actions.refuse_batch`."""
    batch = refuse(client_id, batch_id, Batch.Kind.TRANSFER, by.user_id, note, by.at)
    _move(client_id, batch_id, batch.count, "batched", "refused", by.on)
    ids = fetch(
        "SELECT transfer_id FROM transfers_batchedtransfer WHERE client_id = %s AND batch_id = %s",
        [client_id, batch_id],
    )
    ask_anew(client_id, [number for (number,) in ids], by.on, by.at, by_name)


def void_batch(client_id: int, batch_id: int, by: Acting) -> None:
    """Ask anew for the payments of a file that is void; refused where the bank has told of any of them."""
    ids = [
        number
        for (number,) in fetch(
            "SELECT transfer_id FROM transfers_batchedtransfer WHERE client_id = %s AND batch_id = %s",
            [client_id, batch_id],
        )
    ]
    _move(client_id, batch_id, len(ids), "in_file", "refused", by.on)
    ask_anew(client_id, ids, by.on, by.at, by.name)


def _move(client_id: int, batch_id: int, count: int, before: str, after: str, on: dt.date) -> None:
    """Move all of a batch from one state to the next; that one of them is elsewhere is a bug, and nothing is done."""
    moved = run(_MOVE, [after, on, client_id, client_id, batch_id, before])
    if moved != count:
        raise RuntimeError(f"batch {batch_id}: {moved} of {count} payments were {before}")


def _paying_account(client_id: int, account_id: int) -> tuple[str, dt.time, list[Refusal]]:
    """Whose money is on the account, until when its bank carries out the same day, and what keeps it from paying."""
    rows = fetch(
        "SELECT iban, currency, purse, cut_off FROM banking_bankaccount WHERE client_id = %s AND id = %s",
        [client_id, account_id],
    )
    if not rows:
        fact = f"there is no account {account_id}"
        return (
            "",
            CUT_OFF,
            [Refusal("account-unknown", "an own account pays", fact, "an account of this administration")],
        )
    ((iban, currency, purse, cut_off),) = rows
    if currency != "EUR" or not is_iban(iban):
        fact = f"{iban} in {currency} is not"
        return (
            purse,
            cut_off,
            [Refusal("account-not-sepa", "SEPA pays from an IBAN in euro", fact, "an IBAN in EUR")],
        )
    return purse, cut_off, []


def _refused_size(count: int) -> list[Refusal]:
    if 1 <= count <= MOST_PAYMENTS:
        return []
    fact, limit = f"{count} were chosen", f"1 to {MOST_PAYMENTS:,}"
    return [Refusal("batch-size", "a batch holds a number a bank takes in one file", fact, limit)]


def _not_available(missing: int) -> Refusal:
    return Refusal(
        "not-to-be-paid", "a batch holds what waits to be paid, from money of its account's own kind",
        f"{missing} of the chosen are in a batch already, wait for a look, are withdrawn or are of other money",
        "requests that wait", next_step="look at the list again and choose anew",
    )  # fmt: skip


def _written(client_id: int, batch: LockedBatch, approved_at: dt.datetime) -> Iterator[bytes]:
    """The bytes of the batch's file: its payments as they were approved, read by the thousands."""
    ((payer, street, postcode, town, country),) = fetch(_PAYER, [client_id, batch.id])
    # An address without its country cannot be written in parts, and the payer's own may be left out.
    address = PostalAddress(street, "", postcode, town, country) if len(country) == 2 else PostalAddress()
    head = FileHead(
        batch.message_id, approved_at.astimezone(AMSTERDAM), batch.execute_on, payer, address, batch.iban, batch.count,
        batch.total,
    )  # fmt: skip
    return write_transfers(head, _payments(client_id, batch))


def _payments(client_id: int, batch: LockedBatch) -> Iterator[TransferOut]:
    for after in range(0, batch.count, AT_ONCE):
        for row in fetch(_PAYMENTS, [client_id, batch.id, after, after + AT_ONCE]):
            number, amount, name, iban, *address, text, reference = row
            yield TransferOut(
                end_to_end_id(batch.message_id, number), amount, name, iban, PostalAddress(*address), text, reference
            )  # fmt: skip
