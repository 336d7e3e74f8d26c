"""Letters: the list of a state, and one letter with what it says and how it went."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch
from inbaar.letters.content import LetterContent, from_json
from inbaar.letters.delivery import LAST_DELIVERY

_LETTER = f"""
    l.id, l.number, l.kind, l."on", l.pay_by, l.currency, l.total, d.id, d.name, v.state, v.channel, v.address, v.answer,
    v.attempts
    FROM letters_letter l
    JOIN parties_debtor d ON d.client_id = l.client_id AND d.id = l.debtor_id
    {LAST_DELIVERY}
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and its delivery."""

    id: int
    number: str
    kind: str
    on: dt.date
    pay_by: dt.date | None
    currency: str
    total: Decimal
    debtor_id: int
    debtor: str
    state: str | None
    channel: str | None
    address: str | None
    answer: str | None
    attempts: int | None


def letter_rows(client_id: int, state: str, limit: int | None = None, offset: int = 0) -> list[Letter]:
    """A page of letters, or all of them, the newest first."""
    where, facts = _chosen(client_id, state)
    sql = f"SELECT {_LETTER} {where} ORDER BY l.on DESC, l.id DESC LIMIT %(limit)s OFFSET %(offset)s"
    return [Letter(*row) for row in fetch(sql, facts | {"limit": limit, "offset": offset})]


def letter_count(client_id: int, state: str) -> int:
    """How many letters there are."""
    where, facts = _chosen(client_id, state)
    return int(fetch(f"SELECT count(*) FROM letters_letter l {LAST_DELIVERY} {where}", facts)[0][0])  # noqa: S608


def _chosen(client_id: int, state: str) -> tuple[str, dict[str, Any]]:
    where = "WHERE l.client_id = %(client)s"
    if state == "refused":
        where += " AND v.state = 'refused'"
    elif state:
        where += " AND v.state = %(state)s"
    return where, {"client": client_id, "state": state}


def one_letter(client_id: int, letter_id: int) -> Letter | None:
    """A letter in scope, or None."""
    rows = fetch(f"SELECT {_LETTER} WHERE l.client_id = %s AND l.id = %s", [client_id, letter_id])
    return Letter(*rows[0]) if rows else None


def letter_content(client_id: int, letter_id: int) -> LetterContent | None:
    """What a letter says, or None."""
    rows = fetch(
        "SELECT content::text FROM letters_letter WHERE client_id = %s AND id = %s", [client_id, letter_id]
    )
    return from_json(rows[0][0]) if rows else None


def letter_invoices(client_id: int, letter_id: int) -> list[tuple[int, str]]:
    """The invoices a letter is about."""
    rows = fetch(
        """
        SELECT i.id, i.number FROM letters_letteritem li
        JOIN receivables_invoice i ON i.client_id = li.client_id AND i.id = li.invoice_id
        WHERE li.client_id = %s AND li.letter_id = %s ORDER BY li.id
        """,
        [client_id, letter_id],
    )
    return [(number, name) for number, name in rows]
