"""What is about to leave, letter by letter, beside what left the last time."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inbaar.kit.bulk import fetch
from inbaar.kit.clock import DUTCH_TIME
from inbaar.letters.content import LetterContent, from_json

KINDS = "('courtesy_notice', 'reminder', 'formal_notice', 'fourteen_day_letter')"
#: A letter that waits, alias v and l: for a look, or for the end of its window.
WAITS = f"""
    l.kind IN {KINDS} AND (v.state = 'to_look_at' OR v.state = 'queued' AND v.channel = 'email' AND v.not_before > %(now)s)
"""
_ROWS = f"""
    SELECT l.id, l.number, l.kind, l.on, l.currency, l.total, d.id, d.name, v.state, v.channel, v.address, v.not_before,
           b.kind, b.on, b.total, l.content::text
    FROM letters_delivery v
    JOIN letters_letter l ON l.client_id = v.client_id AND l.id = v.letter_id
    JOIN parties_debtor d ON d.client_id = l.client_id AND d.id = l.debtor_id
    LEFT JOIN LATERAL (
        SELECT o.kind, o.on, o.total FROM letters_letter o
        WHERE o.client_id = l.client_id AND o.debtor_id = l.debtor_id AND o.id < l.id AND o.kind IN {KINDS}
          AND EXISTS (SELECT 1 FROM letters_delivery x WHERE x.client_id = o.client_id AND x.letter_id = o.id AND x.state = 'sent')
        ORDER BY o.id DESC LIMIT 1
    ) b ON true
    WHERE v.client_id = %(client)s AND v.state IN ('to_look_at', 'queued') AND {WAITS}
    ORDER BY v.state DESC, v.not_before, l.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - our own text
_SUMS = f"""
    SELECT l.kind, l.currency, v.state, count(*), sum(l.total), min(v.not_before)
    FROM letters_delivery v JOIN letters_letter l ON l.client_id = v.client_id AND l.id = v.letter_id
    WHERE v.client_id = %(client)s AND v.state IN ('to_look_at', 'queued') AND {WAITS}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 - our own text
_LAST = f"""
    SELECT l.kind, l.currency, count(*), sum(l.total), l.on FROM letters_letter l
    WHERE l.client_id = %(client)s AND l.kind IN {KINDS} AND EXISTS (
        SELECT 1 FROM letters_delivery x WHERE x.client_id = l.client_id AND x.letter_id = l.id AND x.state IN ('sent', 'refused', 'bounced'))
      AND l.on = (SELECT max(o.on) FROM letters_letter o
                  WHERE o.client_id = l.client_id AND o.kind IN {KINDS} AND o.on < %(before)s AND EXISTS (
                      SELECT 1 FROM letters_delivery x WHERE x.client_id = o.client_id AND x.letter_id = o.id AND x.state = 'sent'))
    GROUP BY 1, 2, 5 ORDER BY 1, 2
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that waits, as it will leave, and the debtor's letter before it."""

    id: int
    number: str
    kind: str
    on: dt.date
    currency: str
    total: Decimal
    debtor_id: int
    debtor: str
    state: str
    channel: str
    address: str
    not_before: dt.datetime
    before_kind: str | None
    before_on: dt.date | None
    before_total: Decimal | None
    content: LetterContent


@dataclass(frozen=True, slots=True)
class KindSum:
    """How many letters of a kind wait, and what they ask together, beside the last time letters left."""

    kind: str
    currency: str
    count: int
    total: Decimal
    last_count: int
    last_total: Decimal

    @property
    def more(self) -> int:
        """How many more than the last time; below zero fewer."""
        return self.count - self.last_count


@dataclass(frozen=True, slots=True)
class Batch:
    """All that waits: how many for a look, from when the rest leaves, and each kind beside the last time."""

    count: int
    to_look_at: int
    leaves_from: dt.datetime | None
    kinds: tuple[KindSum, ...]
    last_on: dt.date | None


def waiting_letters(client_id: int, now: dt.datetime, limit: int, offset: int = 0) -> list[Waiting]:
    """A page of what waits: what needs a look first."""
    facts = {"client": client_id, "now": now, "limit": limit, "offset": offset}
    rows = fetch(_ROWS, facts)
    return [Waiting(*_read(row)) for row in rows]


def _read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:11], row[11].astimezone(DUTCH_TIME), *row[12:15], from_json(row[15]))


def batch(client_id: int, now: dt.datetime, on: dt.date) -> Batch:
    """What waits as a whole. Two statements."""
    rows = fetch(_SUMS, {"client": client_id, "now": now})
    last = fetch(_LAST, {"client": client_id, "before": on})
    before = {(kind, currency): (count, total) for kind, currency, count, total, _on in last}
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for kind, currency, _state, count, total, _at in rows:
        had = sums.get((kind, currency), (0, Decimal(0)))
        sums[kind, currency] = (had[0] + count, had[1] + total)
    kinds = tuple(
        KindSum(*key, *sums.get(key, (0, Decimal(0))), *before.get(key, (0, Decimal(0))))
        for key in sorted({*sums, *before})
    )
    windows = [at.astimezone(DUTCH_TIME) for _k, _c, state, _n, _t, at in rows if state == "queued"]
    return Batch(
        sum(row[3] for row in rows),
        sum(row[3] for row in rows if row[2] == "to_look_at"),
        min(windows, default=None),
        kinds,
        last[0][4] if last else None,
    )


def window_of(client_id: int) -> tuple[int, bool]:
    """How long letters wait, and whether they need a look."""
    ((minutes, look),) = fetch(
        "SELECT letters_wait_minutes, letters_need_look FROM parties_client WHERE id = %s", [client_id]
    )
    return minutes, look
