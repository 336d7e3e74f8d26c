"""The bank's pages: a file that waits for a person, what is announced, and what an entry holds beside its fields."""

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.banking.announcing import STANDING
from inbaar.kit.bulk import fetch

MOST_ANNOUNCED = 100
_WAITING = """
    SELECT f.id, f.name, f.format, f.imported_at, f.problems, w.doubts FROM banking_statementfile f
    JOIN banking_waitingfile w ON w.client_id = f.client_id AND w.file_id = f.id
    WHERE f.client_id = %s AND f.status = 'waiting' ORDER BY f.imported_at, f.id LIMIT 50
"""
_ANNOUNCED = f"""
    SELECT p.id, p.date, p.amount, p.currency, p.counterparty_name, p.counterparty_iban, p.text, p.reference, b.iban, i.id, i.number
    FROM (SELECT p.* FROM {STANDING} WHERE p.client_id = %(client)s ORDER BY p.date DESC, p.id DESC LIMIT %(most)s) p
    JOIN banking_bankaccount b ON b.client_id = p.client_id AND b.id = p.account_id
    LEFT JOIN banking_announcedfor f ON f.client_id = p.client_id AND f.payment_id = p.id
    LEFT JOIN receivables_invoice i ON i.client_id = f.client_id AND i.id = f.invoice_id AND i.open_amount > 0
    ORDER BY p.date DESC, p.id DESC, i.due_date, i.id
"""  # noqa: S608 - our own text
_COUNT = f"SELECT count(*) FROM {STANDING} WHERE p.client_id = %s"  # noqa: S608 - our own text
_KEPT = """
    SELECT e.raw, e.other_amounts, e.part_of_id, w.amount, f.name, f.format FROM banking_entry e
    JOIN banking_statement s ON s.client_id = e.client_id AND s.id = e.statement_id
    JOIN banking_statementfile f ON f.client_id = s.client_id AND f.id = s.file_id
    LEFT JOIN banking_entry w ON w.client_id = e.client_id AND w.id = e.part_of_id
    WHERE e.client_id = %s AND e.id = %s
"""
_PARTS = """
    SELECT e.id, e.counterparty_name, coalesce(nullif(e.reference, ''), e.text), e.amount, e.state FROM banking_entry e
    WHERE e.client_id = %s AND e.part_of_id = %s ORDER BY e.id LIMIT %s
"""
MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class FileThatWaits:
    """A statement file of which it is not certain that its movements are not here already, and why."""

    id: int
    name: str
    format: str
    at: dt.datetime
    problems: list[dict[str, str]]
    doubts: list["Doubt"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A movement of such a file. `why` is the code of the reason."""

    date: dt.date
    amount: Decimal
    currency: str
    name: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A payment the bank told of before the statement, and the invoices it may be for, as (id, number)."""

    id: int
    date: dt.date
    amount: Decimal
    currency: str
    name: str
    their_iban: str
    text: str
    reference: str
    iban: str
    invoices: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What an entry holds beside its fields. `part_of` is the batch booking it is a payment of, with its amount."""

    raw: str
    other_amounts: dict[str, str]
    part_of: int | None
    whole_amount: Decimal | None
    file: str
    format: str


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def waiting_files(client_id: int) -> list[FileThatWaits]:
    """The files that wait for a person, oldest first. One statement."""
    return [
        FileThatWaits(
            number, name, told_as, at, _decoded(problems) or [], [_doubt(told) for told in _decoded(doubts)]
        )
        for number, name, told_as, at, problems, doubts in fetch(_WAITING, [client_id])
    ]


def _doubt(told: dict[str, str]) -> Doubt:
    return Doubt(
        dt.date.fromisoformat(told["date"]), Decimal(told["amount"]), told["currency"], told["name"], told["text"],
        told["why"],
    )  # fmt: skip


def waiting_file(client_id: int, file_id: int) -> FileThatWaits | None:
    """One of them, or None."""
    return next((file for file in waiting_files(client_id) if file.id == file_id), None)


def announced_count(client_id: int) -> int:
    """How many payments are announced and not told by a statement yet."""
    return int(fetch(_COUNT, [client_id])[0][0])


def announced_payments(client_id: int) -> list[Announced]:
    """The newest of them, with the open invoices each may be for. One statement."""
    rows = fetch(_ANNOUNCED, {"client": client_id, "most": MOST_ANNOUNCED})
    invoices: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        if row[9] is not None:
            invoices[row[0]].append((row[9], row[10]))
    first = {row[0]: row[:9] for row in rows}
    return [Announced(*(*facts, tuple(invoices[number]))) for number, facts in first.items()]


def kept_of(client_id: int, entry_id: int) -> Kept:
    """What is kept of an entry beside its fields."""
    ((raw, amounts, *rest),) = fetch(_KEPT, [client_id, entry_id])
    return Kept(raw, _decoded(amounts) or {}, *rest)


def parts_of(client_id: int, entry_id: int) -> list[tuple[Any, ...]]:
    """The payments of a batch booking: id, name, text, amount, state."""
    return fetch(_PARTS, [client_id, entry_id, MOST_PARTS])
