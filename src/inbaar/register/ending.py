"""The end of a report: its rows go, its entry is forgotten, and a receipt is kept that says nothing. All in one transaction."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, run
from inbaar.register.entries import forget
from inbaar.register.figures import OVERDUE, RESOLVED, WITHDRAWN, count_up
from inbaar.register.receipts import keep_receipts, report_commitment


def end_reports(client_id: int, reports: Sequence[int], why: str) -> int:
    """End reports: `paid`, `plan`, `agreed` or `withdrawn`; gives how many ran. Needs the client's scope.

    They count as resolved within fourteen days where those had not passed; what was withdrawn without an end to the arrear
    counts as that. A handful of statements for any number.
    """
    gone = _delete(client_id, reports)
    kind = WITHDRAWN if why == "withdrawn" else RESOLVED
    months = Counter(reported_on for _, reported_on, overdue, _ in gone if not overdue)
    for reported_on, count in sorted(months.items()):
        count_up(reported_on, kind, count)
    return len(gone)


def forget_reports(client_id: int, reports: Sequence[int]) -> int:
    """Take out reports that ended before and came back with a restored database. Counted they were when they ended."""
    return len(_delete(client_id, reports))


def pass_fourteen_days(client_id: int, reports: Sequence[int]) -> None:
    """Keep that the fourteen days of reports are over without an end, once."""
    rows = fetch(
        """
        UPDATE register_report SET overdue = true WHERE client_id = %s AND id = ANY(%s::bigint[]) AND NOT overdue
        RETURNING reported_on
        """,
        [client_id, array_parameter(list(reports))],
    )
    for reported_on, count in sorted(Counter(row[0] for row in rows).items()):
        count_up(reported_on, OVERDUE, count)


def _delete(client_id: int, reports: Sequence[int]) -> list[tuple[int, dt.date, bool, str]]:
    ids = array_parameter(list(reports))
    run("DELETE FROM register_call WHERE client_id = %s AND report_id = ANY(%s::bigint[])", [client_id, ids])
    gone: list[tuple[int, dt.date, bool, str]] = fetch(
        """
        DELETE FROM register_report WHERE client_id = %s AND id = ANY(%s::bigint[])
        RETURNING id, reported_on, overdue, nonce
        """,
        [client_id, ids],
    )
    if gone:
        forget(client_id, [row[0] for row in gone])
        keep_receipts([report_commitment(row[3]) for row in gone])
    return gone
