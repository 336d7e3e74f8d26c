"""The pages of mandates: the list with what is still to be signed, one mandate, and one that is drawn up."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from inbaar.kit.bulk import fetch
from inbaar.law.direct_debit import mandate_months
from inbaar.web.queries.invoice import EventRow, event_rows

#: From how many days before a mandate lapses the pages warn of it.
WARNED_DAYS = 60
# How a mandate stands on a day. That it was used up or lapsed is no state of its own: it follows from the days.
_SHOWN = """
    CASE WHEN m.state <> 'live' THEN m.state
         WHEN EXISTS (SELECT 1 FROM debits_directdebit u WHERE u.client_id = m.client_id AND u.mandate_id = m.id
                      AND (u.kind = 'one_off' OR u.last) AND u.state NOT IN ('refused', 'rejected', 'withdrawn')) THEN 'used'
         WHEN m.lapses_on <= %(on)s THEN 'lapsed'
         WHEN m.scheme = 'b2b' AND m.registered_on IS NULL THEN 'unregistered'
         WHEN m.lapses_on <= %(on)s::date + %(warned)s THEN 'lapsing' ELSE 'live' END
"""
_LAPSING = """
    (SELECT m.*, (coalesce(m.last_presented_on, m.signed_on) + make_interval(months => %(months)s))::date AS lapses_on
     FROM debits_mandate m WHERE m.client_id = %(client)s) m
"""
_DRAWN_UP = "CASE WHEN l.expires_on < %(on)s THEN 'expired' ELSE 'to_sign' END"
_UNSIGNED = "l.client_id = %(client)s AND l.mandate_id IS NULL AND l.withdrawn_on IS NULL"
_COUNTS = f"""
    SELECT {_SHOWN}, count(*) FROM {_LAPSING} GROUP BY 1
    UNION ALL SELECT {_DRAWN_UP}, count(*) FROM debits_signinglink l WHERE {_UNSIGNED} GROUP BY 1
"""  # noqa: S608 - our own text
# What a row says is asked only of those that can be on the page (`reach`).
_LIST = f"""
    SELECT 'mandate' AS what, m.id, m.reference, m.debtor_id, d.name AS debtor, v.debtor_iban, m.scheme, m.kind,
           {_SHOWN} AS shown, m.signed_on AS since, m.lapses_on AS until
    FROM (SELECT * FROM {_LAPSING} WHERE (%(debtor)s::bigint IS NULL OR m.debtor_id = %(debtor)s)
          AND (%(state)s = '' OR {_SHOWN} = %(state)s) ORDER BY m.signed_on DESC, m.id DESC LIMIT %(reach)s) m
    JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id AND v.number = m.version
    JOIN parties_debtor d ON d.client_id = m.client_id AND d.id = m.debtor_id
    UNION ALL
    SELECT 'drawn_up', l.id, l.reference, l.debtor_id, d.name, l.debtor_iban, l.scheme, l.kind,
           {_DRAWN_UP}, l.made_on, l.expires_on
    FROM debits_signinglink l JOIN parties_debtor d ON d.client_id = l.client_id AND d.id = l.debtor_id
    WHERE {_UNSIGNED} AND (%(debtor)s::bigint IS NULL OR l.debtor_id = %(debtor)s)
"""  # noqa: S608 - our own text
_ONE = f"""
    SELECT m.id, m.debtor_id, d.name, d.capacity, m.reference, m.kind, m.scheme, m.announced_days, m.signed_on, m.signed_how,
           m.registered_on, m.last_presented_on, m.lapses_on, m.state, m.state_on, m.state_reason, m.withdrawn_by, {_SHOWN},
           v.debtor_name, v.debtor_iban, v.creditor_identifier, v.creditor_name, f.media_type, f.size, f.sha256,
           (SELECT l.id FROM debits_signinglink l WHERE l.client_id = m.client_id AND l.mandate_id = m.id)
    FROM {_LAPSING}
    JOIN debits_mandateversion v ON v.client_id = m.client_id AND v.mandate_id = m.id AND v.number = m.version
    JOIN parties_debtor d ON d.client_id = m.client_id AND d.id = m.debtor_id
    JOIN receivables_evidencefile f ON f.client_id = m.client_id AND f.id = m.evidence_id
    WHERE m.id = %(mandate)s
"""  # noqa: S608 - our own text
# What a person is to look at: what rests, what lapses soon, and a request to sign that did not arrive.
MANDATES_WAITING = f"""
    (SELECT count(*) FROM debits_mandate m WHERE m.client_id = %(client)s AND m.state = 'suspended'),
    (SELECT count(*) FROM {_LAPSING} WHERE m.state = 'live' AND m.lapses_on > %(on)s
     AND m.lapses_on <= %(on)s::date + %(warned)s AND {_SHOWN} = 'lapsing'),
           (SELECT count(DISTINCT l.id) FROM mandates_mandatemessage x
            JOIN debits_signinglink l ON l.client_id = x.client_id AND l.id = x.link_id
            WHERE x.client_id = %(client)s AND x.state = 'refused' AND l.mandate_id IS NULL AND l.withdrawn_on IS NULL)
"""  # noqa: S608 - our own text
#: What may be asked for by state, in the order in which it asks for attention.
STATES = ("to_sign", "expired", "unregistered", "lapsing", "live", "suspended", "lapsed", "used", "withdrawn")


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate in a list, or one that is drawn up (`what`). `until` is the day it lapses, or its link's last."""

    what: str
    id: int
    reference: str
    debtor_id: int
    debtor: str
    iban: str
    scheme: str
    kind: str
    shown: str
    since: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class MandateHead:
    """One mandate as it says now and stands on a day; `shown` is how it stands in one word, `file_*` its proof."""

    id: int
    debtor_id: int
    debtor: str
    capacity: str
    reference: str
    kind: str
    scheme: str
    announced_days: int
    signed_on: dt.date
    signed_how: str
    registered_on: dt.date | None
    last_presented_on: dt.date | None
    lapses_on: dt.date
    state: str
    state_on: dt.date
    state_reason: str
    withdrawn_by: str
    shown: str
    debtor_name: str
    debtor_iban: str
    creditor_identifier: str
    creditor_name: str
    file_type: str
    file_size: int
    file_sha256: str
    link_id: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What a mandate said from a day on, and who changed it."""

    number: int
    debtor_name: str
    debtor_iban: str
    creditor_identifier: str
    creditor_name: str
    since: dt.date
    changed_by: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A mail about a mandate, as it left or is to leave."""

    id: int
    kind: str
    to_name: str
    address: str
    subject: str
    text: str
    state: str
    answer: str
    made_by: str
    made_on: dt.date


def facts_on(client_id: int, on: dt.date, **more: Any) -> dict[str, Any]:
    """What each of these statements is given."""
    return {"client": client_id, "on": on, "months": mandate_months(on), "warned": WARNED_DAYS, **more}


def mandate_counts(client_id: int, on: dt.date) -> dict[str, int]:
    """How many there are by how they stand. One statement."""
    return dict(fetch(_COUNTS, facts_on(client_id, on)))


def mandate_rows(
    client_id: int, on: dt.date, state: str = "", debtor: int | None = None, limit: int = 50, offset: int = 0
) -> list[MandateRow]:
    """Mandates and what is to be signed, of one state or all, of one debtor or all; the newest first. One statement."""
    sql = f"""
        SELECT * FROM ({_LIST}) r WHERE (%(state)s = '' OR shown = %(state)s)
        ORDER BY since DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
    """  # noqa: S608 - our own text
    facts = facts_on(
        client_id, on, state=state, debtor=debtor, limit=limit, offset=offset, reach=limit + offset
    )
    return [MandateRow(*row) for row in fetch(sql, facts)]


def one_mandate(client_id: int, mandate_id: int, on: dt.date) -> MandateHead | None:
    """One mandate; None where this client has none of that number."""
    rows = fetch(_ONE, facts_on(client_id, on, mandate=mandate_id))
    return MandateHead(*rows[0]) if rows else None


def versions_of(client_id: int, mandate_id: int) -> list[VersionRow]:
    """All a mandate ever said, the newest first."""
    rows = fetch(
        "SELECT number, debtor_name, debtor_iban, creditor_identifier, creditor_name, since, changed_by "
        "FROM debits_mandateversion WHERE client_id = %s AND mandate_id = %s ORDER BY number DESC",
        [client_id, mandate_id],
    )
    return [VersionRow(*row) for row in rows]


def messages_of(client_id: int, link_id: int | None) -> list[MessageRow]:
    """What was mailed about what was drawn up and what came of it, the newest first."""
    rows = fetch(
        "SELECT id, kind, to_name, address, subject, text, state, answer, made_by, "
        "(made_at AT TIME ZONE 'Europe/Amsterdam')::date FROM mandates_mandatemessage "
        "WHERE client_id = %s AND link_id = %s ORDER BY id DESC",
        [client_id, link_id],
    )
    return [MessageRow(*row) for row in rows]


def happened(client_id: int, debtor_id: int, reference: str) -> list[EventRow]:
    """What happened to the mandate of this reference, oldest first: the lines the debtor's timeline has of it."""
    rows = fetch(
        'SELECT kind, "on", facts::text, link FROM receivables_event WHERE client_id = %s AND debtor_id = %s '
        "AND starts_with(kind, 'mandate_') AND facts->>'reference' = %s ORDER BY id",
        [client_id, debtor_id, reference],
    )
    return event_rows(rows)


def proof_of(client_id: int, mandate_id: int, which: str) -> tuple[str, str, bytes] | None:
    """The reference, media type and content of what proves a mandate's signature or (`registration`) its registration."""
    column = "registration_id" if which == "registration" else "evidence_id"
    rows = fetch(
        f"SELECT m.reference, f.media_type, f.content FROM debits_mandate m JOIN receivables_evidencefile f "  # noqa: S608
        f"ON f.client_id = m.client_id AND f.id = m.{column} WHERE m.client_id = %s AND m.id = %s",
        [client_id, mandate_id],
    )
    return (rows[0][0], rows[0][1], bytes(rows[0][2])) if rows else None


def creditor_row(client_id: int) -> tuple[str, str, dt.date] | None:
    """Who collects: identifier, name, and since when."""
    rows = fetch("SELECT identifier, name, since FROM debits_creditor WHERE client_id = %s", [client_id])
    return rows[0] if rows else None


def made_of(client_id: int, debtor_id: int, reference: str) -> tuple[str, int] | None:
    """The page of what a debtor has under a reference already: its name and number."""
    rows = fetch(
        "SELECT id FROM debits_signinglink WHERE client_id = %s AND debtor_id = %s AND reference = %s",
        [client_id, debtor_id, reference],
    )
    return ("mandate_drawn_up", int(rows[0][0])) if rows else None


def known_account(client_id: int, debtor_id: int) -> str:
    """The account a debtor paid from last, as it is known; nothing where none is."""
    rows = fetch(
        "SELECT iban FROM parties_debtoriban WHERE client_id = %s AND debtor_id = %s "
        "ORDER BY known_since DESC, id DESC LIMIT 1",
        [client_id, debtor_id],
    )
    return str(rows[0][0]) if rows else ""
