"""Asking for credit transfers and taking them back: checked, written and booked for many at once.

Called through `actions`. The amount goes from the account it is charged to, to what is to be paid out, where it stays
until the statement shows the debit. Money received that is given back or passed on leaves its entry in the same
transaction, so that it cannot be given back twice, nor be matched meanwhile. Needs the client's scope.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from inbaar.banking.transfers.known_accounts import known_accounts
from inbaar.banking.transfers.models import CreditTransfer, TransferMoney
from inbaar.banking.transfers.rules import (
    Address,
    Asked,
    changed_account,
    compact_iban,
    refusals_of,
    wanted_day,
)
from inbaar.banking.transfers.states import State
from inbaar.kit.arrays import array_parameter
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal
from inbaar.ledger.accounts import Code
from inbaar.ledger.actions import Posting, post
from inbaar.ledger.models import Purse

Source = CreditTransfer.Source
Role = TransferMoney.Role
COLUMNS = {
    "client_id": "bigint", "source_kind": "text", "source_key": "text", "attempt": "smallint", "replaced": "boolean",
    "debtor_id": "bigint", "entry_id": "bigint", "payee_name": "text", "payee_iban": "text", "street": "text",
    "building": "text", "postcode": "text", "town": "text", "country": "text", "amount": "numeric",
    "currency": "text", "purse": "text", "charged_to": "text", "text": "text", "reference": "text",
    "wanted_on": "date", "reason": "text", "requested_by": "text", "requested_at": "timestamptz",
    "known_iban": "text", "check_note": "text", "state": "text", "state_on": "date", "bank_status": "text",
    "bank_reason": "text", "bank_text": "text",
}  # fmt: skip
MONEY_COLUMNS = {
    "client_id": "bigint", "transfer_id": "bigint", "entry_id": "bigint", "role": "text", "amount": "numeric",
    "on": "date",
}  # fmt: skip
_ENTRIES = """
    SELECT e.id, e.unapplied, e.currency, a.purse, e.counterparty_iban FROM banking_entry e
    JOIN banking_bankaccount a ON a.client_id = e.client_id AND a.id = e.account_id
    WHERE e.client_id = %s AND e.id = ANY(%s::bigint[]) AND e.amount > 0 ORDER BY e.id FOR UPDATE OF e
"""
_THERE = """
    SELECT source_kind, source_key, id, payee_iban, amount, state, attempt FROM transfers_credittransfer t
    JOIN unnest(%s::text[], %s::text[]) AS wanted(kind, key) ON wanted.kind = source_kind AND wanted.key = source_key
    WHERE client_id = %s AND NOT replaced
"""
# What was withdrawn may be asked anew: by a row of its own, as whatever was refused or failed.
_REPLACE = """
    UPDATE transfers_credittransfer SET replaced = true
    WHERE client_id = %s AND id = ANY(%s::bigint[]) AND state = 'withdrawn' AND NOT replaced
"""
_LOWER = """
    UPDATE banking_entry e SET unapplied = e.unapplied - taken.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS taken(id, amount) WHERE e.client_id = %s AND e.id = taken.id
"""


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """A payment out that is wanted. `amount` in euro, two decimals; `wanted_on` the day it should be executed.

    `source_kind` and `source_key` say what it pays: asking the same again changes nothing. Either `text` or a payment
    `reference` goes with it. `entry_id` is the money received that it gives back or passes on, and then it is taken off
    what is not applied of it; else the amount is taken from `charged_to`.
    """

    source_kind: Source
    source_key: str
    payee_name: str
    payee_iban: str
    amount: Decimal
    wanted_on: dt.date
    reason: str
    text: str = ""
    reference: str = ""
    address: Address | None = None
    debtor_id: int | None = None
    entry_id: int | None = None
    charged_to: Code = Code.OTHER_PAYMENTS
    purse: Purse = Purse.OWN
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """What became of a wanted payment: its number, or why it may not be. `new` is False where it was asked before.

    `known_iban` is the account this payee was paid on before, where a person has to look first.
    """

    transfer_id: int | None
    new: bool = False
    known_iban: str = ""
    refusals: tuple[Refusal, ...] = field(default=())


def request_many(
    client_id: int, wanted: Sequence[NewTransfer], by: str, on: dt.date, recorded_at: dt.datetime
) -> list[RequestAnswer]:
    """See `actions.request_transfers`. The number of statements does not depend on how many are wanted."""
    if not wanted:
        return []
    entries = _locked_entries(client_id, wanted)
    there = _already_there(client_id, wanted)
    answers: dict[int, RequestAnswer] = {}
    fresh: list[int] = []
    seen: set[tuple[str, str]] = set()
    left = {number: row[1] for number, row in entries.items()}
    for place, one in enumerate(wanted):
        key = (str(one.source_kind), one.source_key)
        if key in there and there[key][3] != State.WITHDRAWN:
            answers[place] = _asked_before(one, there[key])
            continue
        refusals = _refusals(one, entries, left)
        if key in seen:
            refusals.append(_twice(one, "this list asks for it twice"))
        seen.add(key)
        if refusals:
            answers[place] = RequestAnswer(None, refusals=tuple(refusals))
            continue
        if one.entry_id is not None:
            left[one.entry_id] -= one.amount
        fresh.append(place)
    made = _write(client_id, [wanted[place] for place in fresh], entries, there, by, on, recorded_at)
    # What another program asked at the same moment is there now.
    late = _already_there(
        client_id, [wanted[place] for place in fresh if place_key(wanted[place]) not in made]
    )
    for place in fresh:
        key = place_key(wanted[place])
        answers[place] = made[key] if key in made else _asked_before(wanted[place], late[key])
    return [answers[place] for place in range(len(wanted))]


def place_key(one: NewTransfer) -> tuple[str, str]:
    """By what a wanted payment is known again."""
    return str(one.source_kind), one.source_key


def _locked_entries(client_id: int, wanted: Iterable[NewTransfer]) -> dict[int, tuple[Any, ...]]:
    """The money received that is given back or passed on, locked in one order until the transaction ends."""
    numbers = sorted({one.entry_id for one in wanted if one.entry_id is not None})
    return {row[0]: row for row in fetch(_ENTRIES, [client_id, numbers])} if numbers else {}


def _already_there(client_id: int, wanted: Sequence[NewTransfer]) -> dict[tuple[str, str], tuple[Any, ...]]:
    if not wanted:
        return {}
    keys = [place_key(one) for one in wanted]
    rows = fetch(_THERE, [[kind for kind, _ in keys], [key for _, key in keys], client_id])
    return {(kind, key): tuple(rest) for kind, key, *rest in rows}


def _asked_before(one: NewTransfer, there: tuple[Any, ...]) -> RequestAnswer:
    """The same again is what is there; something else under the same key is refused."""
    number, iban, amount, state, _ = there
    if iban == compact_iban(one.payee_iban) and amount == one.amount:
        return RequestAnswer(number)
    fact = f"{amount:.2f} to {iban} was asked before ({state})"
    return RequestAnswer(None, refusals=(_twice(one, fact),))


def _twice(one: NewTransfer, fact: str) -> Refusal:
    return Refusal(
        "asked-before", "the same thing is paid once", fact, f"one payment for {one.source_key}",
        next_step="withdraw the earlier request first, if that one is wrong",
    )  # fmt: skip


def _refusals(
    one: NewTransfer, entries: dict[int, tuple[Any, ...]], left: dict[int, Decimal]
) -> list[Refusal]:
    """What is wrong with a wanted payment, the money it is taken from included."""
    refusals = refusals_of(
        Asked(
            one.payee_name, compact_iban(one.payee_iban), one.amount, one.currency, one.text, one.reference, one.address
        )
    )  # fmt: skip
    if one.entry_id is None:
        return refusals
    entry = entries.get(one.entry_id)
    if entry is None:
        fact = f"there is no money received under {one.entry_id}"
        return [*refusals, Refusal("entry-unknown", "money that goes back came in here", fact, "an entry")]
    if entry[2] != one.currency or one.amount > left[one.entry_id]:
        fact = f"{one.amount} {one.currency} is asked"
        limit = f"{left[one.entry_id]:.2f} {entry[2]} is not applied"
        refusals.append(
            Refusal("over-receipt", "no more goes back than came in and is not applied", fact, limit)
        )
    return refusals


def _write(
    client_id: int,
    wanted: Sequence[NewTransfer],
    entries: dict[int, tuple[Any, ...]],
    there: dict[tuple[str, str], tuple[Any, ...]],
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> dict[tuple[str, str], RequestAnswer]:
    """Write and book what may be asked; what another program wrote meanwhile is not in the answer."""
    known = known_accounts(client_id, [(one.payee_name, one.debtor_id) for one in wanted])
    rows = []
    for one, accounts in zip(wanted, known, strict=True):
        entry = entries.get(one.entry_id) if one.entry_id is not None else None
        other = changed_account(compact_iban(one.payee_iban), accounts, entry[4] if entry else "")
        attempt = there[place_key(one)][4] + 1 if place_key(one) in there else 1
        rows.append(_row(client_id, one, entry, other, attempt, by, on, recorded_at))
    if withdrawn := [there[place_key(one)][0] for one in wanted if place_key(one) in there]:
        run(_REPLACE, [client_id, withdrawn])
    written = insert_rows(
        "transfers_credittransfer",
        COLUMNS,
        rows,
        on_conflict="DO NOTHING",
        returning="source_kind, source_key, id, amount, purse, charged_to, entry_id, known_iban",
    )
    post(client_id, (_asked_posting(row, on) for row in written), recorded_at)
    take_off(client_id, [(row[2], row[6], row[3], Role.TAKEN) for row in written if row[6] is not None], on)
    return {(row[0], row[1]): RequestAnswer(row[2], new=True, known_iban=row[7]) for row in written}


def _row(
    client_id: int,
    one: NewTransfer,
    entry: tuple[Any, ...] | None,
    known_iban: str,
    attempt: int,
    by: str,
    on: dt.date,
    recorded_at: dt.datetime,
) -> tuple[Any, ...]:
    address = one.address or Address("", "")
    charged_to = Code.UNAPPLIED if entry else one.charged_to
    state = State.TO_CHECK if known_iban else State.REQUESTED
    return (
        client_id, str(one.source_kind), one.source_key, attempt, False, one.debtor_id, one.entry_id, one.payee_name.strip(),
        compact_iban(one.payee_iban), address.street, address.building, address.postcode, address.town, address.country,
        one.amount, one.currency, entry[3] if entry else one.purse.value, charged_to.value, one.text.strip(),
        one.reference, wanted_day(one.wanted_on, on), one.reason[:300], by[:100], recorded_at, known_iban, "",
        state.value, on, "", "", "",
    )  # fmt: skip


def _asked_posting(row: tuple[Any, ...], on: dt.date) -> Posting:
    """Out of where it is charged, into what is to be paid out."""
    _, _, number, amount, purse, charged_to, _, _ = row
    return Posting(
        f"transfer:{number}:asked", 1, Code(charged_to), Code.TO_PAY_OUT, amount, "EUR", on, number, Purse(purse)
    )  # fmt: skip


def take_off(client_id: int, parts: Sequence[tuple[int, int, Decimal, Role]], on: dt.date) -> None:
    """Take money of transfers off what is not applied of entries (transfer, entry, amount, how). Entries are locked."""
    if not parts:
        return
    insert_rows(
        "transfers_transfermoney",
        MONEY_COLUMNS,
        [(client_id, transfer, entry, role.value, amount, on) for transfer, entry, amount, role in parts],
    )
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for _, entry, amount, _ in parts:
        taken[entry] += amount
    run(_LOWER, [array_parameter(list(taken)), array_parameter(list(taken.values())), client_id])
