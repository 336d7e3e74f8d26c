"""What one person may write off, and what waits for a second. Needs the client's scope."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch

#: What one person writes off alone where the client set no limit of its own.
DEFAULT_LIMIT = Decimal("250.00")
_LIMIT = "SELECT amount FROM write_offs_writeofflimit WHERE client_id = %s ORDER BY id DESC LIMIT 1"
_SHOWN = """
    SELECT r.id, r.invoice_id, i.number, i.currency, d.name, r.entry_id, r.paid, r.amount, r.ground, r.reason,
           r.asked_by_id, a.email, r.asked_at, r.state, coalesce(b.email, ''), r.decided_at, r.note
    FROM write_offs_writeoffrequest r
    JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.invoice_id
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    JOIN parties_user a ON a.id = r.asked_by_id
    LEFT JOIN parties_user b ON b.id = r.decided_by_id
    WHERE r.client_id = %s AND {which} ORDER BY r.asked_at, r.id
"""


@dataclass(frozen=True, slots=True)
class WriteOffRow:
    """A write-off that was asked of a second person; amounts in `currency`."""

    id: int
    invoice_id: int
    number: str
    currency: str
    debtor: str
    entry_id: int | None
    paid: Decimal
    amount: Decimal
    ground: str
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: dt.datetime
    state: str
    decided_by: str
    decided_at: dt.datetime | None
    note: str


def one_person_limit(client_id: int) -> Decimal:
    """Up to which amount one person, or the rules, write off alone. One statement."""
    rows = fetch(_LIMIT, [client_id])
    return Decimal(rows[0][0]) if rows else DEFAULT_LIMIT


def waiting_write_offs(client_id: int) -> list[WriteOffRow]:
    """What waits for a second person, oldest first."""
    return [WriteOffRow(*row) for row in fetch(_SHOWN.format(which="r.state = 'asked'"), [client_id])]


def one_write_off(client_id: int, request_id: int) -> WriteOffRow | None:
    """One of them, whatever became of it."""
    rows = fetch(_SHOWN.format(which="r.id = %s"), [client_id, request_id])
    return WriteOffRow(*rows[0]) if rows else None


def waiting_for_entry(client_id: int, entry_id: int) -> int | None:
    """The one that waits and uses an entry's money, if there is one."""
    rows = fetch(
        "SELECT id FROM write_offs_writeoffrequest WHERE client_id = %s AND entry_id = %s AND state = 'asked'",
        [client_id, entry_id],
    )
    return int(rows[0][0]) if rows else None
