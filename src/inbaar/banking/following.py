"""Whether the statements that are here follow on each other, per account. Asked by the import and the bank page."""

from collections.abc import Sequence
from typing import Any

from inbaar.banking.continuity import Break, Period, breaks
from inbaar.banking.statements import Problem
from inbaar.kit.bulk import fetch

#: How many statements of an account are looked at: some years of day statements.
MOST = 1_500
_STATEMENTS = """
    SELECT a.iban || CASE WHEN a.currency = 'EUR' THEN '' ELSE ' ' || a.currency END, s.from_date, s.to_date, s.opening,
           s.closing, s.sequence, s.id, s.file_id
    FROM banking_bankaccount a CROSS JOIN LATERAL (
        SELECT * FROM banking_statement s WHERE s.client_id = a.client_id AND s.account_id = a.id
        ORDER BY s.to_date DESC NULLS LAST, s.id DESC LIMIT %(most)s) s
    WHERE a.client_id = %(client)s AND (%(file)s::bigint IS NULL OR a.id IN (
        SELECT account_id FROM banking_statement WHERE client_id = %(client)s AND file_id = %(file)s))
    ORDER BY a.iban, a.currency
"""


def account_breaks(client_id: int) -> list[Break]:
    """Where the statements of the client's accounts do not follow on each other, per account, oldest first. One statement."""
    return [broken for broken, _, _ in _breaks(client_id, None)]


def breaks_of_file(client_id: int, file_id: int) -> list[Problem]:
    """The breaks with statements of other files that this file brings or leaves, as notices: the file itself is whole."""
    return [
        broken.problem("notice")
        for broken, before, after in _breaks(client_id, file_id)
        if file_id in (before, after) and before != after
    ]


def _breaks(client_id: int, file_id: int | None) -> list[tuple[Break, int, int]]:
    rows = fetch(_STATEMENTS, {"client": client_id, "file": file_id, "most": MOST})
    files = {row[6]: row[7] for row in rows}
    found: list[tuple[Break, int, int]] = []
    for periods in _by_account(rows):
        found += [(b, files[b.before.number], files[b.after.number]) for b in breaks(periods)]
    return found


def _by_account(rows: Sequence[tuple[Any, ...]]) -> list[list[Period]]:
    accounts: dict[str, list[Period]] = {}
    for account, since, until, opening, closing, sequence, number, _ in rows:
        accounts.setdefault(account, []).append(
            Period(account, since, until, opening, closing, sequence, number)
        )
    return list(accounts.values())
