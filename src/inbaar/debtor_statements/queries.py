"""Statements of account as screens show them: runs with their progress, statements, and whom one could be sent to."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.debtor_statements.content import AccountContent, from_json
from inbaar.kit.bulk import fetch
from inbaar.law.amounts import ZERO
from inbaar.receivables.ageing import DebtorAgeing, ageing_by_debtor

_ROWS = """
    SELECT s.id, s.number, s.debtor_id, d.name, s.currency, r."on", r.kind, s.closing, s.asked, s.state, s.address, s.answer,
           s.run_id
    FROM debtor_statements_accountstatement s
    JOIN debtor_statements_statementrun r ON r.client_id = s.client_id AND r.id = s.run_id
    JOIN parties_debtor d ON d.client_id = s.client_id AND d.id = s.debtor_id
    WHERE s.client_id = %(client)s AND (%(run)s::bigint IS NULL OR s.run_id = %(run)s)
      AND (%(debtor)s::bigint IS NULL OR s.debtor_id = %(debtor)s) AND (%(state)s = '' OR s.state = %(state)s)
    ORDER BY s.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNTS = """
    SELECT s.state, count(*) FROM debtor_statements_accountstatement s
    WHERE s.client_id = %s AND (%s::bigint IS NULL OR s.run_id = %s) GROUP BY 1
"""
_ADDRESSES = """
    SELECT d.id, coalesce((SELECT c.email FROM parties_contact c
        WHERE c.client_id = d.client_id AND c.debtor_id = d.id AND c.email <> '' AND c.role IN ('follow_up', 'invoice')
        ORDER BY c.role = 'follow_up' DESC, c.id LIMIT 1), '')
    FROM parties_debtor d WHERE d.client_id = %s AND d.id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement in a list."""

    id: int
    number: str
    debtor_id: int
    debtor: str
    currency: str
    on: dt.date
    kind: str
    closing: Decimal | None
    asked: Decimal | None
    state: str
    address: str
    answer: str
    run_id: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run: what was asked, by whom and when."""

    id: int
    kind: str
    on: dt.date
    since: dt.date | None
    by_mail: bool
    made_by: str
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a statement can be made for: what he owed in one currency, and where it would be mailed."""

    row: DebtorAgeing
    address: str


def statement_rows(
    client_id: int, *, run_id: int | None = None, debtor: int | None = None, state: str = "", limit: int = 50, offset: int = 0
) -> list[StatementRow]:  # fmt: skip
    """Statements, the newest first. One statement."""
    facts = {
        "client": client_id,
        "run": run_id,
        "debtor": debtor,
        "state": state,
        "limit": limit,
        "offset": offset,
    }
    return [StatementRow(*row) for row in fetch(_ROWS, facts)]


def statement_counts(client_id: int, run_id: int | None = None) -> dict[str, int]:
    """How many statements are in each state, of a run or all. One statement."""
    return dict(fetch(_COUNTS, [client_id, run_id, run_id]))


def one_run(client_id: int, run_id: int) -> RunRow | None:
    """A run of this client."""
    sql = """
        SELECT id, kind, "on", since, by_mail, made_by, made_at FROM debtor_statements_statementrun
        WHERE client_id = %s AND id = %s
    """
    rows = fetch(sql, [client_id, run_id])
    return RunRow(*rows[0]) if rows else None


def one_statement(client_id: int, statement_id: int) -> tuple[StatementRow, AccountContent | None] | None:
    """A statement of this client with what it says, if it was written. Two statements."""
    sql = "SELECT content::text, run_id FROM debtor_statements_accountstatement WHERE client_id = %s AND id = %s"
    found = fetch(sql, [client_id, statement_id])
    if not found:
        return None
    content, run_id = found[0]
    rows = fetch(
        _ROWS.replace("ORDER BY", "AND s.id = %(id)s ORDER BY"),
        {
            "client": client_id,
            "run": run_id,
            "debtor": None,
            "state": "",
            "limit": 1,
            "offset": 0,
            "id": statement_id,
        },
    )
    return StatementRow(*rows[0]), from_json(content) if content else None


def candidates(
    client_id: int,
    on: dt.date,
    *,
    debtor: int | None = None,
    least: Decimal | None = None,
    late: bool = False,
) -> list[Candidate]:
    """Who owed anything at the end of a day, by name; from an amount, or only who was late.

    One debtor is told also where he owed nothing: his movements may be wanted. Three or four statements.
    """
    chosen = None if debtor is None else [debtor]
    rows = ageing_by_debtor(client_id, on, sort="name", debtors=chosen)
    if debtor is not None:
        rows += _settled(client_id, debtor, {row.currency for row in rows})
    rows = [row for row in rows if (least is None or row.open >= least) and (not late or row.late > 0)]
    addresses = dict(fetch(_ADDRESSES, [client_id, [row.debtor_id for row in rows]]))
    return [Candidate(row, addresses.get(row.debtor_id, "")) for row in rows]


def _settled(client_id: int, debtor: int, told: set[str]) -> list[DebtorAgeing]:
    """A debtor's other currencies, in which nothing was open."""
    sql = """
        SELECT DISTINCT d.name, i.currency FROM parties_debtor d
        JOIN receivables_invoice i ON i.client_id = d.client_id AND i.debtor_id = d.id
        WHERE d.client_id = %s AND d.id = %s ORDER BY 2
    """
    return [
        DebtorAgeing(debtor, name, currency, ZERO, (), ZERO, ZERO, ZERO)
        for name, currency in fetch(sql, [client_id, debtor])
        if currency not in told
    ]


def statements_waiting(client_id: int) -> bool:
    """Whether anything is to be written or mailed. Needs the client's scope."""
    sql = """
        SELECT 1 FROM debtor_statements_accountstatement
        WHERE client_id = %s AND state IN ('waiting', 'queued', 'sending') LIMIT 1
    """
    return bool(fetch(sql, [client_id]))
