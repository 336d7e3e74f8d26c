"""Payments that the bank took back: found by what the debit says, undone from that day on, and the debit explained by them.

Called through `actions` by the daily run and by a person. A debit that says it is a return waits; if the payment it takes
back is certain, its invoices are open again from the day the money left. Twice, late or before its payment it does no harm:
it waits until the payment is there, and a payment is taken back once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from inbaar.banking.allotting import Kind, Part, allot
from inbaar.banking.outcomes import RULES
from inbaar.banking.payment_tokens import PaymentFacts, is_weak, reference_tokens
from inbaar.banking.undoing import Undoing, undo_matches
from inbaar.kit.arrays import array_parameter, json_texts
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.ledger.models import Purse

MOST = 500
DAYS_BACK = (
    70  # a debit may be claimed back for eight weeks; later only by an account or number that is known
)
NO_ID = frozenset(("", "NOTPROVIDED"))
_BACK = """
    SELECT e.id, e.date, -e.amount, e.currency, e.account_id, e.counterparty_name, e.counterparty_iban, e.end_to_end_id,
           e.reference, e.text, e.return_reason, a.purse
    FROM banking_entry e JOIN banking_bankaccount a ON a.client_id = e.client_id AND a.id = e.account_id
    WHERE e.client_id = %s AND e.amount < 0 AND {which}
"""
_WAITING = (
    "e.state = 'unmatched' AND e.reason = 'returned' ORDER BY e.date DESC, e.id DESC LIMIT %s "
    "FOR UPDATE OF e SKIP LOCKED"
)
_ONE = "e.id = %s AND e.state <> 'matched' FOR UPDATE OF e"
# What may have been taken back: money of that amount from the debtor of that account, for the invoice that is named, from
# that account lately, and what waits unmatched. By index from the debit each time; what was taken back before is none.
_PAID = """
    SELECT DISTINCT back.id, e.id, e.counterparty_iban, e.end_to_end_id, e.date, e.counterparty_name, e.amount
    FROM unnest(%(ids)s::bigint[], %(ibans)s::text[], %(amounts)s::numeric[], %(accounts)s::bigint[], %(days)s::date[])
        AS back(id, iban, amount, account_id, day)
    CROSS JOIN LATERAL (
        SELECT m.entry_id FROM parties_debtoriban b
        JOIN receivables_invoice i ON i.client_id = b.client_id AND i.debtor_id = b.debtor_id
        JOIN banking_match m ON m.client_id = i.client_id AND m.invoice_id = i.id AND m.undone_on IS NULL
        WHERE b.client_id = %(client)s AND b.iban = back.iban AND back.iban <> ''
        UNION ALL
        SELECT m.entry_id FROM unnest(%(owners)s::bigint[], %(keys)s::text[]) AS named(id, key)
        JOIN receivables_invoice i ON i.client_id = %(client)s AND i.number_key = named.key
        JOIN banking_match m ON m.client_id = i.client_id AND m.invoice_id = i.id AND m.undone_on IS NULL
        WHERE named.id = back.id
        UNION ALL
        SELECT d.id FROM banking_entry d
        WHERE d.client_id = %(client)s AND d.date > back.day - %(days_back)s AND d.date <= back.day
          AND d.amount = back.amount AND d.counterparty_iban = back.iban AND back.iban <> '' AND d.state = 'matched'
        UNION ALL
        SELECT w.id FROM banking_entry w
        WHERE w.client_id = %(client)s AND w.state = 'unmatched' AND w.amount = back.amount
    ) found
    JOIN banking_entry e ON e.client_id = %(client)s AND e.id = found.entry_id
    WHERE e.amount = back.amount AND e.account_id = back.account_id AND e.date <= back.day AND NOT EXISTS (
        SELECT FROM banking_allotment k WHERE k.client_id = e.client_id AND k.entry_id = e.id AND k.kind = 'returned'
          AND k.undone_on IS NULL)
"""
_LOCK = """
    SELECT id, unapplied, counterparty_name, date, amount, currency FROM banking_entry
    WHERE client_id = %s AND id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE
"""
_MATCHED_SUM = """
    SELECT entry_id, sum(amount) FROM banking_match
    WHERE client_id = %s AND entry_id = ANY(%s::bigint[]) AND undone_on IS NULL GROUP BY 1
"""
_SETTLE = """
    UPDATE banking_entry e SET state = 'matched', score = s.score, reason = s.reason, reason_facts = s.facts
    FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::jsonb[]) AS s(id, score, reason, facts)
    WHERE e.client_id = %s AND e.id = s.id
"""


class Back(NamedTuple):
    """A debit by which money went back; `amount` is above zero."""

    id: int
    date: dt.date
    amount: Decimal
    currency: str
    account_id: int
    name: str
    iban: str
    end_to_end_id: str
    reference: str
    text: str
    code: str
    purse: str


class Original(NamedTuple):
    """A payment that may have been taken back."""

    id: int
    iban: str
    end_to_end_id: str
    date: dt.date
    name: str
    amount: Decimal


def the_original(back: Back, originals: Sequence[Original]) -> Original | None:
    """The one payment a debit surely takes back: by its end-to-end id, else by the account; None if two could be meant.

    All of them have the amount of the debit, came in on the same account, and not after it.
    """
    if back.end_to_end_id not in NO_ID:
        same = [o for o in originals if o.end_to_end_id == back.end_to_end_id]
        if same:
            return same[0] if len(same) == 1 else None
    same = [o for o in originals if o.iban and o.iban == back.iban]
    return same[0] if len(same) == 1 else None


def settle(client_id: int, on: dt.date, recorded_at: dt.datetime) -> list[int]:
    """See `actions.settle_returns`."""
    with client_scope(client_id):
        backs = [Back(*row) for row in fetch(_BACK.format(which=_WAITING), [client_id, MOST])]
        if not backs:
            return []
        found = originals_of(client_id, backs)
        pairs, taken = [], set()
        for back in sorted(backs, key=lambda back: (back.date, back.id)):
            original = the_original(back, [o for o in found.get(back.id, ()) if o.id not in taken])
            if original is not None:
                pairs.append((back, original))
                taken.add(original.id)
        return _take_back(client_id, pairs, RULES, on, recorded_at)


def settle_by_hand(
    client_id: int, entry_id: int, original_id: int, by: str, on: dt.date, recorded_at: dt.datetime
) -> list[int]:
    """See `actions.return_by_hand`."""
    with client_scope(client_id):
        rows = fetch(_BACK.format(which=_ONE), [client_id, entry_id])
        backs = [Back(*row) for row in rows]
        originals = originals_of(client_id, backs).get(entry_id, [])
        original = next((o for o in originals if o.id == original_id), None)
        if not backs or original is None:
            raise Refused(
                Refusal("no-original", "money that went back takes a payment of the same amount back, once",
                        "the payment or the debit is another one, or was settled before", "a payment of that amount",
                        next_step="look at both entries again")
            )  # fmt: skip
        return _take_back(client_id, [(backs[0], original)], by, on, recorded_at)


def originals_of(client_id: int, backs: Sequence[Back]) -> dict[int, list[Original]]:
    """Per debit the payments it may take back. One statement for any number."""
    named = [(back.id, key) for back in backs for key in _numbers_in(back)]
    rows = fetch(
        _PAID,
        {
            "client": client_id,
            "ids": array_parameter([back.id for back in backs]),
            "ibans": array_parameter([back.iban for back in backs]),
            "amounts": array_parameter([back.amount for back in backs]),
            "accounts": array_parameter([back.account_id for back in backs]),
            "days": array_parameter([back.date for back in backs]),
            "owners": array_parameter([owner for owner, _ in named]),
            "keys": array_parameter([key for _, key in named]),
            "days_back": DAYS_BACK,
        },
    )
    found: dict[int, list[Original]] = defaultdict(list)
    for back_id, *rest in rows:
        found[back_id].append(Original(*rest))
    return found


def _numbers_in(back: Back) -> Iterable[str]:
    facts = PaymentFacts(back.amount, back.currency, None, None, back.reference or None, None, back.text)
    return sorted(key for key in reference_tokens(facts).number_keys if not is_weak(key))


def _take_back(
    client_id: int,
    pairs: Sequence[tuple[Back, Original]],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> list[int]:
    """Undo what each payment paid from the day its money left, and let payment and debit explain each other."""
    if not pairs:
        return []
    numbers = [original.id for _, original in pairs]
    entries = {row[0]: row for row in fetch(_LOCK, [client_id, array_parameter(numbers)])}
    paid: Mapping[int, Decimal] = dict(fetch(_MATCHED_SUM, [client_id, array_parameter(numbers)]))
    # What was kept, refunded or passed on meanwhile is not there to go back: a person sees to it.
    pairs = [
        (back, original)
        for back, original in pairs
        if entries[original.id][1] + paid.get(original.id, Decimal(0)) >= back.amount
    ]
    undoings = [
        Undoing(original.id, back.code or "-", by, back.date, {"code": back.code or "-", "entry": back.id})
        for back, original in pairs
    ]
    opened = undo_matches(client_id, undoings, on, recorded_at)
    allot(
        client_id,
        [
            Part(original.id, Kind.RETURNED, back.amount, back.currency, Purse(back.purse), by, None, back.id, back.code,
                 back.date)
            for back, original in pairs
        ],
        on,
        recorded_at,
    )  # fmt: skip
    _explain(client_id, pairs)
    return sorted({number for invoices in opened.values() for number in invoices})


def _explain(client_id: int, pairs: Sequence[tuple[Back, Original]]) -> None:
    """Say of each entry what the other did to it; neither is suspected to pay anything any more."""
    told = []
    for back, original in pairs:
        taken = {"on": back.date.isoformat(), "code": back.code or "-"}
        told.append((original.id, 100, "taken-back", taken))
        told.append(
            (back.id, 100, "return-of", {"on": original.date.isoformat(), "name": original.name or "-"})
        )
    if not told:
        return
    ids, scores, reasons, facts = zip(*told, strict=True)
    arrays = [array_parameter(ids), array_parameter(scores), array_parameter(reasons)]
    run(_SETTLE, [*arrays, json_texts(facts), client_id])
    run(
        "DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = ANY(%s::bigint[])",
        [client_id, array_parameter(ids)],
    )
