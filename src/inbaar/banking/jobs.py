"""The bank's part of the daily run: match whatever came in, and follow our own payments on the statements."""

import datetime as dt

from inbaar.banking.actions import BATCH, MatchTally, match_new_entries
from inbaar.banking.batches.models import Batch
from inbaar.banking.own_payments import Following, follow_batch
from inbaar.banking.transfers.following import follow_transfers

FOLLOWING: dict[str, Following] = {Batch.Kind.TRANSFER.value: follow_transfers}


def match_all(client_id: int, on: dt.date, recorded_at: dt.datetime, batch: int = BATCH) -> MatchTally:
    """Match new entries until there are none, one transaction per batch.

    Killed at any moment, what was not written is still new and the next run does it.
    """
    follow_own_payments(client_id, on, recorded_at)
    tally = MatchTally()
    while (done := match_new_entries(client_id, on, recorded_at, batch)).entries:
        tally += done
    return tally


def follow_own_payments(client_id: int, on: dt.date, recorded_at: dt.datetime) -> int:
    """Follow what statements say of payments of our own, until nothing waits; gives how many entries there were."""
    followed = 0
    while done := follow_batch(client_id, on, recorded_at, FOLLOWING):
        followed += done
    return followed
