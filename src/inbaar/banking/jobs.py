"""The bank's part of the daily run: match whatever came in."""

import datetime as dt

from inbaar.banking.actions import BATCH, MatchTally, match_new_entries


def match_all(client_id: int, on: dt.date, recorded_at: dt.datetime, batch: int = BATCH) -> MatchTally:
    """Match new entries until there are none, one transaction per batch.

    Killed at any moment, what was not written is still new and the next run does it.
    """
    tally = MatchTally()
    while (done := match_new_entries(client_id, on, recorded_at, batch)).entries:
        tally += done
    return tally
