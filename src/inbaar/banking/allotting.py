"""Money that is paid too much: kept for the debtor, or for his next invoice, until a person or that invoice uses it.

Called through `actions`. What is kept leaves its entry, so that it neither waits for a person nor looks unmatched; used,
it goes back to its entry and pays from there. Paying it back is asked of `transfers`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.by_hand import locked_entry
from inbaar.banking.claiming import ENTRY_COLUMNS
from inbaar.banking.matching import owed_by_payer
from inbaar.banking.models import Allotment, Entry
from inbaar.banking.outcomes import RULES, EntryFacts, Line, Outcome, write_outcomes
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.ledger.models import Purse
from inbaar.receivables.queries import claim_facts
from inbaar.receivables.timeline import NewEvent, write_events

Kind = Allotment.Kind
_ALLOTMENT = {
    "client_id": "bigint", "entry_id": "bigint", "kind": "text", "debtor_id": "bigint", "counterpart_id": "bigint",
    "amount": "numeric", "reason": "text", "made_by": "text", "made_on": "date",
}  # fmt: skip
_TAKE = """
    UPDATE banking_entry e SET unapplied = e.unapplied - taken.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS taken(id, amount) WHERE e.client_id = %s AND e.id = taken.id
"""
_KEPT = """
    SELECT k.id, k.entry_id, k.kind, k.debtor_id, k.amount, e.currency, a.purse
    FROM banking_allotment k
    JOIN banking_entry e ON e.client_id = k.client_id AND e.id = k.entry_id
    JOIN banking_bankaccount a ON a.client_id = e.client_id AND a.id = e.account_id
    WHERE k.client_id = %s AND k.undone_on IS NULL AND k.kind IN ('keep', 'next_invoice') AND {which}
    ORDER BY e.date, k.id FOR UPDATE OF k, e
"""
_ONE, _NEXT = "k.id = %s", "k.kind = 'next_invoice' AND k.debtor_id = ANY(%s::bigint[])"
_ITEMS = """
    SELECT id, debtor_id, currency FROM receivables_invoice
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND kind = 'invoice' AND open_amount > 0
    ORDER BY due_date, id FOR NO KEY UPDATE
"""
_ENTRIES = f"SELECT {ENTRY_COLUMNS} FROM banking_entry WHERE client_id = %s AND id = ANY(%s::bigint[])"  # noqa: S608
_PURSE = "SELECT a.purse FROM banking_bankaccount a JOIN banking_entry e ON e.client_id = a.client_id AND e.account_id = a.id WHERE e.client_id = %s AND e.id = %s"


class Part(NamedTuple):
    """A part of an entry that is allotted, in the entry's currency. `by` and `reason` say who and why.

    It is in the ledger on `booked_on`, else on the day it is done.
    """

    entry_id: int
    kind: Kind
    amount: Decimal
    currency: str
    purse: Purse
    by: str
    debtor_id: int | None = None
    counterpart_id: int | None = None
    reason: str = ""
    booked_on: dt.date | None = None


class _Kept(NamedTuple):
    id: int
    entry_id: int
    kind: str
    debtor_id: int
    amount: Decimal
    currency: str
    purse: str


def keep(
    client_id: int,
    entry_id: int,
    debtor_id: int,
    for_next_invoice: bool,
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> Decimal:
    """See `actions.keep_for_debtor`."""
    with client_scope(client_id):
        entry, _ = locked_entry(client_id, entry_id)
        if entry.amount <= 0 or not entry.unapplied:
            raise Refused(
                Refusal("nothing-to-keep", "only what is left of money received is kept",
                        f"the entry of {entry.date} has {max(entry.unapplied, Decimal(0)):.2f} left", "0.01", "never")
            )  # fmt: skip
        if not fetch("SELECT 1 FROM parties_debtor WHERE client_id = %s AND id = %s", [client_id, debtor_id]):
            raise Refused(
                Refusal("debtor-unknown", "money is kept for a debtor of this client", f"{debtor_id} is none", "a debtor", "never")
            )  # fmt: skip
        purse = Purse(fetch(_PURSE, [client_id, entry_id])[0][0])
        kind = Kind.NEXT_INVOICE if for_next_invoice else Kind.KEEP
        part = Part(entry_id, kind, entry.unapplied, entry.currency, purse, by, debtor_id)
        allot(client_id, [part], on, recorded_at)
        run(
            "UPDATE banking_entry SET state = 'matched', "
            "reason = CASE WHEN state = 'matched' THEN reason ELSE %s END, "
            "reason_facts = reason_facts || jsonb_build_object('by', %s::text) WHERE client_id = %s AND id = %s",
            [f"kept-{kind.value}".replace("_", "-"), by, client_id, entry_id],
        )
        run("DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = %s", [client_id, entry_id])
        write_events(
            client_id,
            [NewEvent("credit_kept", on, None, debtor_id,
                      {"amount": str(part.amount), "currency": part.currency, "kind": kind.value, "by": by}, entry_id)],
            recorded_at,
        )  # fmt: skip
        return part.amount


def allot(client_id: int, parts: Sequence[Part], on: dt.date, recorded_at: dt.datetime) -> None:
    """Write and book parts of entries that the caller has locked; each is taken off what its entry has left."""
    rows = insert_rows(
        "banking_allotment",
        _ALLOTMENT,
        [
            (
                client_id,
                p.entry_id,
                p.kind.value,
                p.debtor_id,
                p.counterpart_id,
                p.amount,
                p.reason[:300],
                p.by,
                on,
            )
            for p in parts
        ],
        returning="id",
    )
    post(
        client_id,
        (
            Posting(
                f"allotment:{number}", 1, Code.UNAPPLIED, _account(part.kind), part.amount, part.currency,
                part.booked_on or on, part.entry_id, part.purse,
            )
            for (number,), part in zip(rows, parts, strict=True)
        ),
        recorded_at,
    )  # fmt: skip
    _lower_unapplied(client_id, ((part.entry_id, part.amount) for part in parts))


def _account(kind: Kind) -> Code:
    """Money that was taken back meets the debit of the statement; else it is owed to the debtor."""
    return Code.OTHER_PAYMENTS if kind is Kind.RETURNED else Code.DEBTOR_CREDIT


def _lower_unapplied(client_id: int, parts: Iterable[tuple[int, Decimal]]) -> None:
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for entry_id, amount in parts:
        taken[entry_id] += amount
    run(_TAKE, [array_parameter(list(taken)), array_parameter(list(taken.values())), client_id])


def release(client_id: int, allotment_id: int, by: str, on: dt.date, recorded_at: dt.datetime) -> int:
    """See `actions.release_credit`."""
    with client_scope(client_id):
        kept = [_Kept(*row) for row in fetch(_KEPT.format(which=_ONE), [client_id, allotment_id])]
        if not kept:
            raise Refused(
                Refusal("credit-unknown", "only money that is kept is released", "it was used or released before",
                        "money kept", next_step="look at the bank entry")
            )  # fmt: skip
        _released(client_id, kept, on, recorded_at)
        run(
            """
            UPDATE banking_entry e SET state = 'unmatched', reason = 'credit-released', score = NULL,
                reason_facts = jsonb_build_object('by', %s::text)
            WHERE client_id = %s AND id = %s AND NOT EXISTS (
                SELECT FROM banking_match m WHERE m.client_id = e.client_id AND m.entry_id = e.id AND m.undone_on IS NULL)
            """,
            [by, client_id, kept[0].entry_id],
        )
        return kept[0].entry_id


def _released(client_id: int, kept: Sequence[_Kept], on: dt.date, recorded_at: dt.datetime) -> None:
    """Give what is kept back to its entries."""
    run(
        "UPDATE banking_allotment SET undone_on = %s WHERE client_id = %s AND id = ANY(%s::bigint[])",
        [on, client_id, [k.id for k in kept]],
    )
    post(
        client_id,
        (
            Posting(
                f"allotment:{k.id}:back", 1, Code.DEBTOR_CREDIT, Code.UNAPPLIED, k.amount, k.currency, on, k.entry_id,
                Purse(k.purse),
            )
            for k in kept
        ),
        recorded_at,
    )  # fmt: skip
    _lower_unapplied(client_id, ((k.entry_id, -k.amount) for k in kept))


def pay_from_credit(
    client_id: int, invoice_ids: Sequence[int], on: dt.date, recorded_at: dt.datetime
) -> list[int]:
    """Pay new invoices from what is kept for their debtors' next invoice; gives those that were paid (in part).

    Oldest money first. What is left of it is kept on. The number of statements does not depend on how many.
    """
    with client_scope(client_id):
        items = fetch(_ITEMS, [client_id, array_parameter(list(invoice_ids))])
        debtors = sorted({debtor for _, debtor, _ in items})
        if not debtors:
            return []
        kept = [
            _Kept(*row) for row in fetch(_KEPT.format(which=_NEXT), [client_id, array_parameter(debtors)])
        ]
        if not kept:
            return []
        claims = claim_facts([number for number, _, _ in items], on)
        wanted = {number: owed_by_payer(claims[number], on) for number, _, _ in items}
        used, left = _divided(kept, items, wanted)
        if not used:
            return []
        spent = [k for k in kept if any(k.id == allotment for allotment, _, _ in used)]
        _released(client_id, spent, on, recorded_at)
        numbers = {number: claim.number for number, claim in claims.items()}
        _write_used(client_id, spent, used, numbers, on, recorded_at)
        again = [
            Part(k.entry_id, Kind.NEXT_INVOICE, left[k.id], k.currency, Purse(k.purse), RULES, k.debtor_id)
            for k in spent
            if left[k.id]
        ]
        if again:
            allot(client_id, again, on, recorded_at)
        return sorted({number for _, number, _ in used})


def _divided(
    kept: Sequence[_Kept], items: Sequence[tuple[Any, ...]], wanted: dict[int, Decimal]
) -> tuple[list[tuple[int, int, Decimal]], dict[int, Decimal]]:
    """Which kept money pays how much of which invoice: (allotment, invoice, amount), and what is left of each."""
    left = {k.id: k.amount for k in kept}
    used = []
    for number, debtor, currency in items:
        for k in kept:
            amount = min(left[k.id], wanted[number])
            if amount > 0 and (k.debtor_id, k.currency) == (debtor, currency):
                used.append((k.id, number, amount))
                left[k.id] -= amount
                wanted[number] -= amount
    return used, left


def _write_used(
    client_id: int,
    spent: Sequence[_Kept],
    used: Sequence[tuple[int, int, Decimal]],
    numbers: dict[int, str],
    on: dt.date,
    recorded_at: dt.datetime,
) -> None:
    """The payments of invoices by entries whose money was kept. An entry of which two parts are used pays once."""
    rows = fetch(_ENTRIES, [client_id, array_parameter(sorted({k.entry_id for k in spent}))])
    entries = {entry.id: entry for entry in (EntryFacts(*row) for row in rows)}
    by_id = {k.id: k for k in spent}
    lines: dict[int, dict[tuple[int, int], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for allotment, number, amount in used:
        k = by_id[allotment]
        lines[k.entry_id][number, k.debtor_id] += amount
    outcomes = [
        Outcome(
            entries[entry_id], Entry.State.MATCHED, "kept-for-next", 100,
            {"numbers": ", ".join(dict.fromkeys(numbers[number] for number, _ in of_entry))},
            tuple(Line(number, debtor, amount) for (number, debtor), amount in of_entry.items()),
        )
        for entry_id, of_entry in lines.items()
    ]  # fmt: skip
    write_outcomes(client_id, outcomes, RULES, on, recorded_at)
