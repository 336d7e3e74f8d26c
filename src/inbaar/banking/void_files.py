"""Files for the bank that were never handed in: declared void by two people, and their payments asked for anew.

Called by the screens. A payment that was in such a file keeps its name at the bank for good; what stands in its place gets
another. Should the file turn up at the bank after all, its entries wait for a person.
"""

import datetime as dt
from collections.abc import Callable

from inbaar.banking.batches import voiding
from inbaar.banking.batches.models import Batch
from inbaar.banking.debits import batching as debits
from inbaar.banking.transfers import batching as transfers
from inbaar.banking.transfers.batching import Acting
from inbaar.kit.scope import client_scope

_ANEW: dict[str, Callable[[int, int, Acting], None]] = {
    Batch.Kind.TRANSFER.value: transfers.void_batch,
    Batch.Kind.DEBIT.value: debits.void_batch,
}


def ask_batch_void(client_id: int, batch_id: int, reason: str, by: Acting) -> None:
    """Say that the file of a batch was never handed in. It is not given out from now on; a second person confirms it."""
    with client_scope(client_id):
        voiding.ask_void(client_id, batch_id, reason, by.user_id, by.on, by.at)


def withdraw_batch_void(client_id: int, batch_id: int, by: Acting) -> None:
    """Take that back, while nobody confirmed it."""
    with client_scope(client_id):
        voiding.withdraw_void(client_id, batch_id, by.user_id, by.at)


def confirm_batch_void(client_id: int, batch_id: int, by: Acting) -> None:
    """Confirm it as a second person: each payment of the file waits anew, as a row of its own. All or nothing."""
    with client_scope(client_id):
        filed = voiding.confirm_void(client_id, batch_id, by.user_id, by.on, by.at)
        _ANEW[filed.kind](client_id, batch_id, by)


def void_refused_on(client_id: int, batch_id: int, on: dt.date) -> list[voiding.Refusal]:
    """Why the file of a batch cannot be declared void on a day; an empty list if it can."""
    with client_scope(client_id):
        return voiding.void_refusals(voiding.locked_file(client_id, batch_id), on)
