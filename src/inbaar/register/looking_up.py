"""Looking a company up before doing business with it, and keeping an eye on it: who looked is for that company to see.

What was found is kept nowhere. Who looks too much in an hour or a day is stopped: the register is for looking somebody up,
not for copying.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.kit.bulk import fetch, fetch_last, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.text import printable
from inbaar.law.amounts import ZERO
from inbaar.parties.rules import plain
from inbaar.register.entries import Arrears, Key, found_of_each, opened

#: More than anybody does business with on credit at once.
MOST_WATCHED = 500
# Two who look at once for one client come here one after the other, so that both count. The rest is one statement: the
# look-up is counted and kept, and the answer read, or neither.
_LOOK = """
    SELECT pg_advisory_xact_lock(48422721, %(lock)s);
    WITH counted AS (
        SELECT count(*) FILTER (WHERE at > %(at)s::timestamptz - interval '1 hour') AS hour, count(*) AS day,
               min(at) AS first, min(at) FILTER (WHERE at > %(at)s::timestamptz - interval '1 hour') AS first_of_hour
        FROM register_lookup WHERE looker = %(looker)s AND at > %(at)s::timestamptz - interval '1 day'
    ), kept AS (
        INSERT INTO register_lookup (kvk_number, name, name_key, looker, looker_name, looked_by, reason, at)
        SELECT %(kvk)s, %(name)s, %(name_key)s, %(looker)s, %(looker_name)s, %(by)s, %(why)s, %(at)s
        FROM counted WHERE hour < %(an_hour)s AND day < %(a_day)s
        RETURNING 1
    ), seen AS (
        UPDATE register_watch SET seen_at = %(at)s
        WHERE watcher = %(looker)s AND kvk_number = %(kvk)s AND EXISTS (SELECT 1 FROM kept)
    )
    SELECT c.hour, c.day, c.first, c.first_of_hour, EXISTS (SELECT 1 FROM kept), e.token, e.slot, e.sealed
    FROM counted c LEFT JOIN register_entry e ON e.{column} = %(key)s
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many look-ups one client may do."""

    an_hour: int = 60
    a_day: int = 300


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks: the client, its name, and the person or program that does it for the client."""

    client_id: int
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What third parties see of a company: its entered arrears. `kvk_number` is empty where only its name was given."""

    kvk_number: str
    name: str
    arrears: tuple[Arrears, ...]

    @property
    def total(self) -> Decimal:
        """All of them together, in euro."""
        return sum((arrear.amount for arrear in self.arrears), ZERO)


@dataclass(frozen=True, slots=True)
class SeenLookup:
    """One look-up as the company that was looked up sees it."""

    at: dt.datetime
    looker: str
    reason: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A company that a client has an eye on: how many arrears are entered, and how many of them since it last looked."""

    kvk_number: str
    interest: str
    since: dt.date
    count: int
    fresh: int


def look_up(looker: Looker, asked: str, reason: str, at: dt.datetime, limits: Limits = Limits()) -> Answer:
    """Look a company up by its KvK number (8 digits) or its name, for a reason. Kept with who, when and why, as it was asked.

    Refuses a look-up without a reason, a name too short to mean one company, and one too many. In the transaction of the
    caller, so that nobody sees an answer of which it is not kept that he did. What is kept does not depend on what is
    found: from it nobody learns what was entered then. Looking a company up by number sees what is new to who watches it.
    """
    told, why = printable(asked).strip()[:200], printable(reason).strip()[:300]
    kvk = told.replace(" ", "") if told.replace(" ", "").isdecimal() else ""
    _require_sense(told, kvk, why)
    name = "" if kvk else told
    key = Key.of_number(kvk) if kvk else Key.of_name(name)
    facts = {
        "lock": looker.client_id % (1 << 31), "at": at, "looker": looker.client_id, "looker_name": looker.name, "by": looker.by,
        "kvk": kvk, "name": name, "name_key": plain(name), "why": why, "an_hour": limits.an_hour, "a_day": limits.a_day,
        "key": key.hashed,
    }  # fmt: skip
    rows = fetch_last(_LOOK.format(column=key.column), facts)
    hour, day, first, first_of_hour, is_kept = rows[0][:5]
    if not is_kept:
        raise _too_many((hour, first_of_hour), (day, first), limits)
    found = opened([row[5:] for row in rows if row[5] is not None])
    companies = {arrear.kvk_number: arrear.name for arrear in found} or {kvk: _name_of(kvk) if kvk else told}
    ((number, name), *others) = companies.items()
    return Answer("" if others else number, told if others else name, tuple(found))


def lookups_of(kvk_number: str, name: str = "", most: int = 50) -> list[SeenLookup]:
    """Who looked this company up, by its number or its whole name, the latest first: for that company itself."""
    rows = fetch(
        """
        SELECT at, looker_name, reason FROM register_lookup
        WHERE (kvk_number = %(kvk)s AND kvk_number <> '') OR (name_key = %(name)s AND name_key <> '')
        ORDER BY at DESC, id DESC LIMIT %(most)s
        """,
        {"kvk": kvk_number, "name": plain(name), "most": most},
    )
    return [SeenLookup(*row) for row in rows]


def watchers_of(kvk_number: str) -> list[tuple[str, str, dt.date]]:
    """Who has an eye on this company, with which interest and since when: for that company itself."""
    return fetch(
        "SELECT watcher_name, interest, since FROM register_watch WHERE kvk_number = %s ORDER BY since, id",
        [kvk_number],
    )


def watch(looker: Looker, kvk_number: str, interest: str, at: dt.datetime, on: dt.date) -> bool:
    """Have an eye on a company from now on, with the interest one has; False if one had, then only the interest changes.

    Refuses one without an interest: only who does business with a company, or is about to, is told of it.
    """
    why = printable(interest).strip()[:300]
    _require_sense(kvk_number, kvk_number, why)
    if not kvk_number.isdecimal():
        raise Refused(Refusal("lookup-what", "a company is known by its KvK number", kvk_number, "8 digits"))
    ((others,),) = fetch(
        "SELECT count(*) FROM register_watch WHERE watcher = %s AND kvk_number <> %s",
        [looker.client_id, kvk_number],
    )
    if others >= MOST_WATCHED:
        raise Refused(
            Refusal("watch-limit", "one has an eye on companies one does business with", f"{others} already",
                    str(MOST_WATCHED), next_step="stop with one of them first")
        )  # fmt: skip
    made = insert_rows(
        "register_watch",
        {
            "kvk_number": "text", "watcher": "bigint", "watcher_name": "text", "interest": "text", "since": "date",
            "seen_at": "timestamptz",
        },
        [(kvk_number, looker.client_id, looker.name, why, on, at)],
        on_conflict="(watcher, kvk_number) DO UPDATE SET interest = excluded.interest",
        returning="xmax = 0",
    )  # fmt: skip
    return bool(made[0][0])


def stop_watching(client_id: int, kvk_number: str) -> bool:
    """Keep no eye on a company any more; False if one did not."""
    return bool(
        run("DELETE FROM register_watch WHERE watcher = %s AND kvk_number = %s", [client_id, kvk_number])
    )


def watched_by(client_id: int) -> list[Watched]:
    """The companies a client has an eye on, with what is new: an alert is what stands there now and is written nowhere."""
    rows = fetch(
        """
        SELECT kvk_number, interest, since, (seen_at AT TIME ZONE 'Europe/Amsterdam')::date FROM register_watch
        WHERE watcher = %s ORDER BY since, kvk_number
        """,
        [client_id],
    )
    found = found_of_each([row[0] for row in rows])
    return [
        Watched(
            kvk, interest, since, len(found[kvk]), sum(arrear.entered_on >= seen_on for arrear in found[kvk])
        )
        for kvk, interest, since, seen_on in rows
    ]


def _require_sense(asked: str, kvk: str, why: str) -> None:
    if (kvk and len(kvk) != 8) or (not kvk and len(plain(asked)) < 3):
        raise Refused(
            Refusal("lookup-what", "a company is looked up by its KvK number or its whole name", asked or "nothing",
                    "8 digits, or a name", next_step="type one of them")
        )  # fmt: skip
    if not why:
        raise Refused(
            Refusal("lookup-reason", "whoever looks says why", "no reason", "a few words",
                    next_step="say what business you do or are about to do with it")
        )  # fmt: skip


def _too_many(of_hour: tuple[int, dt.datetime], of_day: tuple[int, dt.datetime], limits: Limits) -> Refused:
    if of_day[0] >= limits.a_day:
        (count, first), limit, period = of_day, limits.a_day, dt.timedelta(days=1)
    else:
        (count, first), limit, period = of_hour, limits.an_hour, dt.timedelta(hours=1)
    again = first + period
    return Refused(
        Refusal("lookup-limit", "the register is for looking companies up, not for copying", f"{count} look-ups",
                str(limit), again.date(), f"try again at {again:%H:%M} UTC")
    )  # fmt: skip


def _name_of(kvk: str) -> str:
    """The name of a company as the public registers have it, where it is known here."""
    rows = fetch("SELECT name FROM parties_organisation WHERE kvk_number = %s", [kvk])
    return str(rows[0][0]) if rows else ""
