"""What changes the bank's side of the books: importing statements, matching entries by rule or by hand."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from inbaar.banking import announcing, by_hand, retrying, settling
from inbaar.banking.formats import Source
from inbaar.banking.importing import ImportResult, ImportStatus, import_file
from inbaar.banking.matching import MatchTally, match_batch

__all__ = [
    "ImportResult", "ImportStatus", "MatchTally", "book_waiting_file", "ignore_entry", "import_statement_file",
    "match_by_hand", "match_new_entries", "point_announced", "retry_unmatched", "set_waiting_file_aside",
]  # fmt: skip

BATCH = 3_000


def import_statement_file(
    client_id: int, source: Source, name: str, recorded_at: dt.datetime, *, add_accounts: bool = False
) -> ImportResult:
    """Take a file of statements (a path, bytes or an open file) into the books, wholly or not at all.

    Movements that are here already stay as they are, so the same file twice changes nothing. A refused file is kept
    with its reason. The first statement of a client without accounts registers its account; later accounts must be
    known, unless `add_accounts`. A batch booking is one movement, with its payments where these make it up.

    A report or notification (camt.052, camt.054, MT942) is kept as announced and never booked; it completes a movement
    that says less. A file in another format of days that are here waits for a person where it is not certain which
    movements are the same.
    """
    return import_file(client_id, source, name, recorded_at, add_accounts=add_accounts)


def book_waiting_file(client_id: int, file_id: int, recorded_at: dt.datetime) -> ImportResult:
    """Book what is not here yet of a file that waits, the doubtful movements included, as a person says."""
    return settling.book(client_id, file_id, recorded_at)


def set_waiting_file_aside(client_id: int, file_id: int, by: str) -> None:
    """Book nothing of a file that waits, as a person says that its movements are here already."""
    settling.set_aside(client_id, file_id, by)


def point_announced(client_id: int, on: dt.date) -> int:
    """See anew which open invoices announced payments may be for; gives how many invoices. They are not chased meanwhile."""
    return announcing.point_announced(client_id, on)


def match_new_entries(
    client_id: int, on: dt.date, recorded_at: dt.datetime, limit: int = BATCH
) -> MatchTally:
    """Match up to `limit` entries that nobody looked at yet, in one transaction; a tally of nothing if there are none.

    What is certain is booked and divided by the law; the rest is unmatched, with the reason and the invoices it may
    have paid. Several programs may do this at once.
    """
    return match_batch(client_id, on, recorded_at, limit)


def retry_unmatched(
    client_id: int,
    invoice_ids: Sequence[int],
    on: dt.date,
    recorded_at: dt.datetime,
    limit: int = BATCH,
) -> MatchTally:
    """Match again the unmatched entries (the newest `limit`) that something points from at these new invoices."""
    return retrying.retry(client_id, invoice_ids, on, recorded_at, limit)


def match_by_hand(
    client_id: int,
    entry_id: int,
    lines: Sequence[tuple[int, Decimal]],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> None:
    """Match an entry to invoices as a person says: (invoice, amount) per line. What is left of it stays unapplied.

    Refused: more than the entry has left, more than was owed on the day it came in, another currency, an invoice
    twice. All that is wrong is told at once, and nothing is changed.
    """
    by_hand.match(client_id, entry_id, lines, by, on, recorded_at)


def ignore_entry(client_id: int, entry_id: int, reason: str, by: str) -> None:
    """Set an entry aside that is no payment of an invoice. It stays in the books as money not applied."""
    by_hand.ignore(client_id, entry_id, reason, by)
