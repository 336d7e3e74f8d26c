"""Asking for debits: of all that is due with a mandate at once, or of one invoice by a person; and announcing them.

Called through `actions`; needs the client's scope. The number of statements does not depend on the number of invoices.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from inbaar.banking.debits.collectable import BLOCKED, COLLECTABLE, HOLD_KEY
from inbaar.banking.debits.rules import (
    ONE_OFF,
    MandateFacts,
    blocked_refusals,
    collection_day,
    collection_refusals,
    repeat_refusals,
    used_refusal,
)
from inbaar.banking.debits.waiting import hold_for
from inbaar.banking.formats.sepa_text import says_something
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.receivables.holds import release_keys
from inbaar.receivables.timeline import NewEvent, write_events

_DEBIT = {
    "client_id": "bigint", "invoice_id": "bigint", "mandate_id": "bigint", "kind": "text", "attempt": "smallint",
    "replaced": "boolean", "amount": "numeric", "currency": "text", "due_on": "date", "last": "boolean",
    "announced_days": "smallint", "announced_how": "text", "requested_by": "text", "requested_at": "timestamptz",
    "state": "text", "state_on": "date", "bank_status": "text", "bank_reason": "text", "bank_text": "text",
}  # fmt: skip
# For what reasons the debits of an invoice (i) failed that had been at the bank, in their order.
FAILED = """
    ARRAY(SELECT u.bank_reason FROM debits_directdebit u WHERE u.client_id = i.client_id AND u.invoice_id = i.id
          AND u.state IN ('rejected', 'returned') ORDER BY u.attempt)
"""
FACT_COLUMNS = f"""
    i.id, i.debtor_id, i.number, i.open_amount, greatest(i.due_date, sent.term_until), m.id, m.reference, m.kind,
           m.scheme, m.state, d.capacity, m.signed_on, m.registered_on, m.last_presented_on, m.announced_days,
           EXISTS (SELECT 1 FROM debits_directdebit u WHERE u.client_id = m.client_id AND u.mandate_id = m.id AND (u.kind = 'one_off' OR u.last)
                   AND u.state NOT IN ('refused', 'rejected', 'withdrawn')),
           coalesce((SELECT max(attempt) FROM debits_directdebit u
                     WHERE u.client_id = i.client_id AND u.invoice_id = i.id), 0),
           {FAILED}, {BLOCKED}
"""  # noqa: S608 - our own text
FACT_TABLES = """
    receivables_invoice i
    JOIN parties_debtor d ON d.client_id = i.client_id AND d.id = i.debtor_id
    LEFT JOIN receivables_dispatch sent ON sent.client_id = i.client_id AND sent.invoice_id = i.id
"""
_FACTS = f"SELECT {FACT_COLUMNS} FROM {FACT_TABLES}"  # noqa: S608 - our own text
#: Which mandate (m) of a debtor is the one to collect by.
BEST = "ORDER BY m.state <> 'live', m.kind <> 'recurring', m.signed_on DESC, m.id DESC LIMIT 1"
# The latest mandate that stands of each debtor, good for more than one collection; once failed, a person decides.
_DUE = f"""
    {_FACTS}
    JOIN LATERAL (
        SELECT * FROM debits_mandate m WHERE m.client_id = i.client_id AND m.debtor_id = i.debtor_id
        AND m.state = 'live' AND m.kind = 'recurring' ORDER BY m.signed_on DESC, m.id DESC LIMIT 1
    ) m ON true
    WHERE i.client_id = %(client)s AND i.open_amount > 0 AND {COLLECTABLE}
      AND NOT EXISTS (SELECT 1 FROM debits_directdebit u WHERE u.client_id = i.client_id AND u.invoice_id = i.id)
    ORDER BY i.due_date, i.id LIMIT %(limit)s
"""  # noqa: S608 - our own text
_ONE = f"""
    {_FACTS}
    JOIN debits_mandate m ON m.client_id = i.client_id AND m.debtor_id = i.debtor_id AND m.id = %(mandate)s
    WHERE i.client_id = %(client)s AND i.id = %(invoice)s FOR SHARE OF m, i
"""
# By the mandate of each debtor that stands, a recurring one before a one-off, the latest first; else by any, to say why not.
_SOME = f"""
    {_FACTS}
    JOIN LATERAL (
        SELECT * FROM debits_mandate m WHERE m.client_id = i.client_id AND m.debtor_id = i.debtor_id {BEST}
    ) m ON true
    WHERE i.client_id = %(client)s AND i.id = ANY(%(ids)s::bigint[]) ORDER BY i.due_date, i.id
"""  # noqa: S608 - our own text
_UNANNOUNCED = """
    SELECT dd.id, dd.invoice_id, i.debtor_id, i.number, dd.due_on, dd.announced_days, dd.amount, m.reference, c.language
    FROM debits_directdebit dd
    JOIN receivables_invoice i ON i.client_id = dd.client_id AND i.id = dd.invoice_id
    JOIN debits_mandate m ON m.client_id = dd.client_id AND m.id = dd.mandate_id
    JOIN parties_client c ON c.id = dd.client_id
    WHERE dd.client_id = %s AND dd.id = ANY(%s::bigint[]) AND dd.state = 'requested' AND dd.announced_on IS NULL
    ORDER BY dd.id FOR UPDATE OF dd
"""


class Found(NamedTuple):
    """An invoice with the mandate it may be collected by. Amounts in euro; `attempt` is the last one there was."""

    invoice_id: int
    debtor_id: int
    number: str
    open_amount: Decimal
    payable_on: dt.date
    mandate_id: int
    reference: str
    kind: str
    scheme: str
    state: str
    capacity: str
    signed_on: dt.date
    registered_on: dt.date | None
    last_presented_on: dt.date | None
    announced_days: int
    used: bool
    attempt: int
    failed: list[str]
    blocked: list[str]

    def refusals(self, due_on: dt.date) -> list[Refusal]:
        """What the mandate says against a collection on a day."""
        facts = MandateFacts(
            self.kind, self.scheme, self.state, self.capacity, self.signed_on, self.registered_on,
            self.last_presented_on, self.used,
        )  # fmt: skip
        return collection_refusals(facts, due_on)

    def all_refusals(self, due_on: dt.date, because: str) -> list[Refusal]:
        """Everything against asking for it, for a day and a reason to repeat it."""
        return [
            *self.refusals(due_on),
            *blocked_refusals(self.number, self.blocked),
            *repeat_refusals(self.failed, because),
        ]


def request_all(client_id: int, by: str, on: dt.date, at: dt.datetime, limit: int) -> tuple[int, int]:
    """See `actions.request_due`."""
    found = [Found(*row) for row in fetch(_DUE, {"client": client_id, "on": on, "limit": limit})]
    days = [collection_day(one.payable_on, on, one.announced_days) for one in found]
    good = [(one, day) for one, day in zip(found, days, strict=True) if not one.refusals(day)]
    return len(_write(client_id, good, False, by, on, at)), len(found) - len(good)


def request_one(
    client_id: int, invoice_id: int, mandate_id: int, asked: "Asked", by: str, on: dt.date, at: dt.datetime
) -> int:
    """See `actions.request_debit`."""
    rows = fetch(_ONE, {"client": client_id, "invoice": invoice_id, "mandate": mandate_id, "on": on})
    if not rows:
        raise Refused(
            Refusal("mandate-unknown", "an invoice is collected by a mandate of its debtor", "there is none such",
                    "a mandate of this debtor", "never")
        )  # fmt: skip
    one = Found(*rows[0])
    day = collection_day(one.payable_on, on, one.announced_days)
    refusals = one.all_refusals(day, asked.because)
    if asked.last and one.kind == ONE_OFF:
        refusals.append(
            Refusal("debit-last", "a one-off mandate has no last", one.reference, "a recurring one", "never")
        )
    if refusals:
        raise Refused(*refusals)
    written = _write(client_id, [(one, day)], asked.last, by, on, at)
    if not written:
        raise Refused(_under_way(one.number))
    return written[0]


def request_some(
    client_id: int, invoice_ids: Sequence[int], by: str, on: dt.date, at: dt.datetime
) -> tuple[list[int], dict[str, list[Refusal]]]:
    """See `actions.request_debits`."""
    given = {"client": client_id, "on": on, "ids": array_parameter(sorted(set(invoice_ids)))}
    found = [Found(*row) for row in fetch(_SOME, given)]
    refused: dict[str, list[Refusal]] = {}
    good, used = [], set()
    for one in found:
        day = collection_day(one.payable_on, on, one.announced_days)
        refusals = one.all_refusals(day, "")
        if one.kind == ONE_OFF and one.mandate_id in used:
            refusals.append(used_refusal())
        if refusals:
            refused[one.number] = refusals
        else:
            good.append((one, day))
            used.add(one.mandate_id)
    written = _write(client_id, good, False, by, on, at)
    if len(written) < len(good):
        asked = "SELECT invoice_id FROM debits_directdebit WHERE client_id = %s AND id = ANY(%s::bigint[])"
        there = {number for (number,) in fetch(asked, [client_id, array_parameter(written)])}
        refused |= {one.number: [_under_way(one.number)] for one, _ in good if one.invoice_id not in there}
    return written, refused


@dataclass(frozen=True, slots=True)
class Asked:
    """How a debit is asked for: whether it is the `last` of its mandate, and `because` of what it is repeated."""

    last: bool = False
    because: str = ""


def _under_way(number: str) -> Refusal:
    return Refusal("debit-under-way", "an invoice is collected once at a time", number, "none under way")


def _write(
    client_id: int, asked: Sequence[tuple[Found, dt.date]], last: bool, by: str, on: dt.date, at: dt.datetime
) -> list[int]:
    rows = insert_rows(
        "debits_directdebit",
        _DEBIT,
        [
            (
                client_id, one.invoice_id, one.mandate_id, one.kind, one.attempt + 1, False, one.open_amount, "EUR", day, last,
                one.announced_days, "", by[:100], at, "requested", on, "", "", "",
            )
            for one, day in asked
        ],
        on_conflict="DO NOTHING",
        returning="id, invoice_id",
    )  # fmt: skip
    of_invoice = {one.invoice_id: (one, day) for one, day in asked}
    write_events(
        client_id,
        [
            NewEvent(
                "debit_requested", on, invoice, of_invoice[invoice][0].debtor_id,
                {"amount": str(of_invoice[invoice][0].open_amount), "due_on": of_invoice[invoice][1].isoformat(),
                 "reference": of_invoice[invoice][0].reference, "by": by}, number,
            )
            for number, invoice in rows
        ],
        at,
    )  # fmt: skip
    return [number for number, _ in rows]


def announce(client_id: int, ids: Sequence[int], how: str, by: str, on: dt.date, at: dt.datetime) -> int:
    """See `actions.announce_debits`."""
    rows = fetch(_UNANNOUNCED, [client_id, array_parameter(sorted(set(ids)))])
    refusals = []
    if len(rows) < len(set(ids)):
        fact = f"{len(set(ids)) - len(rows)} are not"
        refusals.append(Refusal("debit-announced", "what waits unannounced is announced", fact, "all of them"))  # fmt: skip
    if not says_something(how):
        refusals.append(Refusal("reason-missing", "how it was announced is kept", "nothing", "a few words"))
    late = [row for row in rows if on + dt.timedelta(days=row[5]) > row[4]]
    refusals += [
        Refusal(
            "announced-too-late", "a debit is announced the agreed days before", f"{number} on {due_on}",
            f"{days} days before", "never", "withdraw it and ask for it anew, on a later day",
        )
        for _, _, _, number, due_on, days, *_ in late
    ]  # fmt: skip
    if refusals:
        raise Refused(*refusals)
    run(
        "UPDATE debits_directdebit SET announced_on = %s, announced_how = %s WHERE client_id = %s AND id = ANY(%s::bigint[])",
        [on, how.strip()[:100], client_id, array_parameter([row[0] for row in rows])],
    )
    if rows:
        held = [
            (number, invoice, debtor, due_on, reference)
            for number, invoice, debtor, _, due_on, _, _, reference, _ in rows
        ]
        hold_for(client_id, held, rows[0][8], by, on, at)
    write_events(
        client_id,
        [
            NewEvent("debit_announced", on, invoice, debtor,
                     {"amount": str(amount), "due_on": due_on.isoformat(), "reference": reference, "how": how.strip()[:100],
                      "by": by}, number)
            for number, invoice, debtor, _, due_on, _, amount, reference, _ in rows
        ],
        at,
    )  # fmt: skip
    return len(rows)


def withdraw(
    client_id: int, ids: Sequence[int], mandate_id: int | None, by: str, on: dt.date, at: dt.datetime
) -> list[int]:
    """Take back what still waits, of these debits or of a mandate; gives which. Reminders go on from that day."""
    rows = fetch(
        "UPDATE debits_directdebit SET state = 'withdrawn', state_on = %s WHERE client_id = %s AND state = 'requested' "
        "AND (id = ANY(%s::bigint[]) OR mandate_id = %s) RETURNING id",
        [on, client_id, array_parameter(list(ids)), mandate_id],
    )
    taken = [number for (number,) in rows]
    release_keys(client_id, [f"{HOLD_KEY}{number}" for number in taken], on, by, at)
    return taken
