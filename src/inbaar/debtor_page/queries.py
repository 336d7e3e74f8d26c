"""What debtors said, read for their page and for the desk. A fixed number of statements, whatever there is."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from inbaar.debtor_page.rules import REASONS, Reason
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch

_SAID = """
    SELECT r.id, r.number, r.kind, r.debtor_id, d.name, r.invoice_id, coalesce(i.number, ''), coalesce(i.currency, 'EUR'), r.language,
           r.reason_code, r.reason, r.amount, r.words, r.said_by, r.paid_on, r.account, r.said_on, r.said_at, r.owner, r.answer_by,
           r.effect, r.hold_key, r.verdict, r.agreed, r.answer, r.decided_by, r.decided_on, h.until, h.id, coalesce(h.released_on IS NULL, false)
    FROM debtor_page_reply r
    JOIN parties_debtor d ON d.client_id = r.client_id AND d.id = r.debtor_id
    LEFT JOIN receivables_invoice i ON i.client_id = r.client_id AND i.id = r.invoice_id
    LEFT JOIN receivables_hold h ON h.client_id = r.client_id AND h.key = r.hold_key AND r.hold_key <> ''
    WHERE r.client_id = %(client)s AND {which}
"""
_FILES = """
    SELECT rf.reply_id, rf.id, rf.name, f.media_type, f.size FROM debtor_page_replyfile rf
    JOIN receivables_evidencefile f ON f.client_id = rf.client_id AND f.id = rf.file_id
    WHERE rf.client_id = %s AND rf.reply_id = ANY(%s::bigint[]) ORDER BY rf.id
"""
_REASONS = "SELECT code, nl, en, owner, solve_days, active FROM debtor_page_disputereason WHERE client_id = %s ORDER BY id"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a reply; `size` in bytes."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a debtor said, what it stops and what came of it. `held_until` is the last day of its hold, where that has one;
    `is_held` whether that hold was not released.
    """

    id: int
    number: str
    kind: str
    debtor_id: int
    debtor: str
    invoice_id: int | None
    invoice: str
    currency: str
    language: str
    reason_code: str
    reason: str
    amount: Decimal | None
    words: str
    said_by: str
    paid_on: dt.date | None
    account: str
    said_on: dt.date
    said_at: dt.datetime
    owner: str
    answer_by: dt.date
    effect: str
    hold_key: str
    verdict: str
    agreed: Decimal | None
    answer: str
    decided_by: str
    decided_on: dt.date | None
    held_until: dt.date | None = None
    hold_id: int | None = None
    is_held: bool = False
    files: tuple[SentFile, ...] = ()


def reasons_of(client_id: int, *, all_of_them: bool = False) -> tuple[Reason, ...]:
    """The reasons a client lets its debtors choose from, in order: its own, else those of the rules. Needs the scope."""
    own = tuple(Reason(*row) for row in fetch(_REASONS, [client_id]))
    return tuple(reason for reason in own or REASONS if reason.active or all_of_them)


def replies_of(client_id: int, debtor_id: int, most: int = 50) -> list[Said]:
    """What one debtor said, the newest first. Two statements."""
    which = "r.debtor_id = %(debtor)s ORDER BY r.id DESC LIMIT %(most)s"
    return _with_files(
        client_id, fetch(_SAID.format(which=which), {"client": client_id, "debtor": debtor_id, "most": most})
    )


def one_reply(client_id: int, reply_id: int) -> Said | None:
    """A reply of this client, or None."""
    rows = fetch(_SAID.format(which="r.id = %(reply)s"), {"client": client_id, "reply": reply_id})
    return next(iter(_with_files(client_id, rows)), None)


def receipt_of(client_id: int, debtor_id: int, number: str) -> Said | None:
    """The reply of this debtor that bears a number, or None: another debtor's is none."""
    which = "r.debtor_id = %(debtor)s AND r.number = %(number)s"
    facts = {"client": client_id, "debtor": debtor_id, "number": number}
    return next(iter(_with_files(client_id, fetch(_SAID.format(which=which), facts))), None)


def replies_waiting(client_id: int, most: int = 500) -> list[Said]:
    """What nobody decided yet, what is overdue first. Two statements."""
    which = "r.verdict = '' ORDER BY r.answer_by, r.id LIMIT %(most)s"
    return _with_files(client_id, fetch(_SAID.format(which=which), {"client": client_id, "most": most}))


def replies_decided(client_id: int, most: int = 50) -> list[Said]:
    """What was decided last. Two statements."""
    which = "r.verdict <> '' ORDER BY r.decided_on DESC, r.id DESC LIMIT %(most)s"
    return _with_files(client_id, fetch(_SAID.format(which=which), {"client": client_id, "most": most}))


def reply_file(client_id: int, reply_id: int, file_id: int) -> tuple[str, str, bytes] | None:
    """Name, type and bytes of a file that came with a reply of this client, or None."""
    rows = fetch(
        """
        SELECT rf.name, f.media_type, f.content FROM debtor_page_replyfile rf
        JOIN receivables_evidencefile f ON f.client_id = rf.client_id AND f.id = rf.file_id
        WHERE rf.client_id = %s AND rf.reply_id = %s AND rf.id = %s
        """,
        [client_id, reply_id, file_id],
    )
    return (rows[0][0], rows[0][1], bytes(rows[0][2])) if rows else None


def _with_files(client_id: int, rows: Sequence[tuple[Any, ...]]) -> list[Said]:
    if not rows:
        return []
    files: dict[int, list[SentFile]] = defaultdict(list)
    for reply_id, *file in fetch(_FILES, [client_id, array_parameter([row[0] for row in rows])]):
        files[reply_id].append(SentFile(*file))
    return [replace(Said(*row), files=tuple(files[row[0]])) for row in rows]
