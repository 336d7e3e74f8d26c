"""What changes the bank's side of the books: importing statements, matching entries by rule or by hand."""

import datetime as dt

from inbaar.banking.formats import Source
from inbaar.banking.importing import ImportResult, ImportStatus, import_file

__all__ = ["ImportResult", "ImportStatus", "import_statement_file"]


def import_statement_file(
    client_id: int, source: Source, name: str, recorded_at: dt.datetime, *, add_accounts: bool = False
) -> ImportResult:
    """Take a file of statements (a path, bytes or an open file) into the books, wholly or not at all.

    Movements that are here already stay as they are, so the same file twice changes nothing. A refused file is kept
    with its reason. The first statement of a client without accounts registers its account; later accounts must be
    known, unless `add_accounts`. Batch bookings are kept payment by payment where these make up the booking.
    """
    return import_file(client_id, source, name, recorded_at, add_accounts=add_accounts)
