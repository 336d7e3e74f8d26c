"""What others ask of debits: what may be collected and what not, what waits for a batch, what went back. Needs the client's scope."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.debits.collectable import COLLECTABLE, Standing, standing_debits
from inbaar.banking.debits.requesting import BEST, FACT_COLUMNS, FACT_TABLES, Found
from inbaar.banking.debits.rules import collection_day
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refusal
from inbaar.receivables.queries import STANDING

# Open invoices of debtors who ever signed a mandate, of which no debit is under way, with the mandate each is collected by.
_TABLES = f"""
    {FACT_TABLES}
    JOIN LATERAL (
        SELECT * FROM debits_mandate m WHERE m.client_id = i.client_id AND m.debtor_id = i.debtor_id {BEST}
    ) m ON true
    LEFT JOIN LATERAL (
        SELECT h.kind, h.until FROM receivables_hold h
        WHERE h.client_id = i.client_id AND {STANDING} AND left(h.key, 6) <> 'debit:'
          AND (h.invoice_id = i.id OR (h.invoice_id IS NULL AND h.debtor_id = i.debtor_id))
        ORDER BY h.until DESC NULLS FIRST, h.id LIMIT 1
    ) hold ON true
    LEFT JOIN LATERAL (
        SELECT u.state FROM debits_directdebit u WHERE u.client_id = i.client_id AND u.invoice_id = i.id AND NOT u.replaced
        ORDER BY u.attempt DESC LIMIT 1
    ) before ON true
    WHERE i.client_id = %(client)s AND i.kind = 'invoice' AND i.open_amount > 0 AND i.withdrawn_on IS NULL
      AND coalesce(before.state, '') NOT IN ('requested', 'batched', 'in_file', 'accepted', 'rejected', 'returned')
"""  # noqa: S608 - our own text
_MAY = f"(m.state = 'live' AND {COLLECTABLE})"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open invoice of a debtor with a mandate: on which day it would be collected, or why it is not and until when."""

    found: Found
    debtor: str
    hold: str
    hold_until: dt.date | None
    day: dt.date
    refusals: tuple[Refusal, ...]


def candidates(client_id: int, may: bool, on: dt.date, limit: int, offset: int) -> list[Candidate]:
    """What may be collected now, or what may not, the first due first. One statement."""
    sql = f"""
        SELECT {FACT_COLUMNS}, d.name, coalesce(hold.kind, ''), hold.until FROM {_TABLES} AND {"" if may else "NOT "}{_MAY}
        ORDER BY i.due_date, i.id LIMIT %(limit)s OFFSET %(offset)s
    """  # noqa: S608 - our own text
    return [
        _candidate(row, on)
        for row in fetch(sql, {"client": client_id, "on": on, "limit": limit, "offset": offset})
    ]


def _candidate(row: tuple[object, ...], on: dt.date) -> Candidate:
    found = Found(*row[:-3])  # type: ignore[arg-type]
    day = collection_day(found.payable_on, on, found.announced_days)
    refusals = tuple(found.all_refusals(day, ""))
    return Candidate(found, str(row[-3]), str(row[-2]), row[-1], day, refusals)  # type: ignore[arg-type]


def candidate_sums(client_id: int, on: dt.date) -> tuple[int, Decimal, int, Decimal]:
    """How many invoices may be collected now and what is open of them, and the same of those that may not. One statement."""
    sql = f"""
        SELECT count(*) FILTER (WHERE may), coalesce(sum(open) FILTER (WHERE may), 0),
               count(*) FILTER (WHERE NOT may), coalesce(sum(open) FILTER (WHERE NOT may), 0)
        FROM (SELECT i.open_amount AS open, {_MAY} AS may FROM {_TABLES}) x
    """  # noqa: S608 - our own text
    ((count, total, others, other_total),) = fetch(sql, {"client": client_id, "on": on})
    return int(count), Decimal(total), int(others), Decimal(other_total)


def ready_debits(client_id: int, on: dt.date, limit: int) -> list[Standing]:
    """The debits that are announced and wait for a batch, as they stand, the first day first."""
    sql = """
        SELECT id FROM debits_directdebit WHERE client_id = %s AND state = 'requested' AND announced_on IS NOT NULL
        ORDER BY due_on, id LIMIT %s
    """
    return standing_debits(client_id, [number for (number,) in fetch(sql, [client_id, limit])], on)


def is_automatic(client_id: int) -> bool:
    """Whether the daily run asks for what is due by itself."""
    return bool(fetch("SELECT 1 FROM debits_creditor WHERE client_id = %s AND automatic", [client_id]))


def returned_invoices(client_id: int) -> list[int]:
    """The invoices whose last debit went back and of which something is open: reminders go on for them."""
    rows = fetch(
        """
        SELECT dd.invoice_id FROM debits_directdebit dd
        JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id AND i.open_amount > 0
        WHERE dd.client_id = %s AND dd.state = 'returned' AND NOT dd.replaced
        """,
        [client_id],
    )
    return [int(number) for (number,) in rows]
