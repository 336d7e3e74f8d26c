"""Writing off by one person up to the client's limit, and above it by two: asked by one, approved by another.

Each decision is one transaction around its own row, locked first: of two at once the second finds it decided. Until
then nothing is booked, and nobody is chased for the invoice.
"""

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

from inbaar.banking.batches.deciding import role_of
from inbaar.banking.batches.rules import APPROVERS
from inbaar.banking.by_hand import WRITE_OFF_ASKED, locked_entry, looked_at, match, require_reason
from inbaar.banking.matching import owed_by_payer
from inbaar.banking.write_offs.models import HIGHEST_LIMIT, WriteOffRequest
from inbaar.banking.write_offs.queries import one_person_limit
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.models import next_ids
from inbaar.kit.scope import client_scope
from inbaar.receivables.actions import NewHold, open_holds, release_keys, waive_remainder
from inbaar.receivables.claims import ClaimFacts, owed_on
from inbaar.receivables.grounds import Ground, Word
from inbaar.receivables.queries import claim_facts

State = WriteOffRequest.State
_REQUEST = {
    "client_id": "bigint", "id": "bigint", "invoice_id": "bigint", "entry_id": "bigint", "paid": "numeric",
    "amount": "numeric", "ground": "text", "reason": "text", "learn": "boolean", "asked_by_id": "bigint", "asked_on": "date",
    "asked_at": "timestamptz", "state": "text", "note": "text",
}  # fmt: skip
_LOCK_INVOICE = "SELECT id FROM receivables_invoice WHERE client_id = %s AND id = %s AND kind = 'invoice' FOR NO KEY UPDATE"
_LOCKED = """
    SELECT id, invoice_id, entry_id, paid, amount, ground, reason, learn, asked_by_id, asked_on, state
    FROM write_offs_writeoffrequest WHERE client_id = %s AND id = %s FOR UPDATE
"""
_DECIDE = """
    UPDATE write_offs_writeoffrequest SET state = %s, decided_by_id = %s, decided_at = %s, note = %s
    WHERE client_id = %s AND id = %s
"""
_TELL_ENTRY = """
    UPDATE banking_entry SET state = 'unmatched', score = NULL, reason = %s, reason_facts = jsonb_build_object(
        'numbers', %s::text, 'amount', %s::text, 'by', %s::text, 'why', %s::text)
    WHERE client_id = %s AND id = %s
"""


class Person(NamedTuple):
    """Who acts, by his number as a user and by name, and when."""

    user_id: int
    name: str
    on: dt.date
    at: dt.datetime


class Rest(NamedTuple):
    """What is to be written off of an invoice: beside `paid` of an entry's money, or all that is left of it."""

    invoice_id: int
    ground: Ground
    reason: str = ""
    entry_id: int | None = None
    paid: Decimal = Decimal(0)
    learn: bool = True


class _Locked(NamedTuple):
    id: int
    invoice_id: int
    entry_id: int | None
    paid: Decimal
    amount: Decimal
    ground: str
    reason: str
    learn: bool
    asked_by: int
    asked_on: dt.date
    state: str


def set_limit(client_id: int, amount: Decimal, person: Person) -> None:
    """Up to which amount (0.00 to 100,000.00) one person writes off alone, from now on. Only an owner sets it."""
    with client_scope(client_id):
        role = role_of(client_id, person.user_id)
        if role != "owner":
            raise Refused(
                Refusal("not-an-owner", "only an owner says what one person may write off",
                        f"the part is {role or 'none'}", "owner", next_step="ask an owner")
            )  # fmt: skip
        if not 0 <= amount <= HIGHEST_LIMIT or amount != round(amount, 2):
            raise Refused(
                Refusal("limit-bounds", "the limit is an amount that one person may give up", f"{amount}",
                        f"0.00 to {HIGHEST_LIMIT:.2f}", next_step="name an amount within these bounds")
            )  # fmt: skip
        columns = {"client_id": "bigint", "amount": "numeric", "set_by_id": "bigint", "set_at": "timestamptz"}
        insert_rows("write_offs_writeofflimit", columns, [(client_id, amount, person.user_id, person.at)])


def write_off(client_id: int, rest: Rest, person: Person) -> int | None:
    """Write off a rest, or above the limit ask a second person to; gives the request that waits, None if it is done.

    Refused as `match_by_hand` and `waive_remainder` are, and while one for the same invoice or entry waits. What is asked
    is checked as if it were done, so that a second person is not asked for what the books would not take.
    """
    with client_scope(client_id):
        if not fetch(_LOCK_INVOICE, [client_id, rest.invoice_id]):
            fact = f"{rest.invoice_id} is none"
            raise Refused(
                Refusal("invoice-unknown", "a rest is of an invoice of this client", fact, "an invoice", "never")
            )  # fmt: skip
        amount, claim = _amount(client_id, rest, person.on)
        if amount <= one_person_limit(client_id):
            _do(client_id, rest, amount, person, person.on, None)
            return None
        return _ask(client_id, rest, amount, claim, person)


def approve(client_id: int, request_id: int, person: Person) -> None:
    """Write off what was asked. Only by another person, an owner or a treasurer, and only if it is still the same rest."""
    with client_scope(client_id):
        asked = _locked(client_id, request_id)
        refusals = _refused_approval(client_id, asked, person)
        if refusals:
            raise Refused(*refusals)
        rest = Rest(
            asked.invoice_id, Ground(asked.ground), asked.reason, asked.entry_id, asked.paid, asked.learn
        )
        fetch(_LOCK_INVOICE, [client_id, rest.invoice_id])
        amount, _ = _amount(client_id, rest, asked.asked_on, deciding=True)
        if amount != asked.amount:
            raise Refused(
                Refusal("write-off-changed", "a second person approves what was asked",
                        f"{amount:.2f} is left now", f"{asked.amount:.2f}",
                        next_step="refuse it, and have it asked anew")
            )  # fmt: skip
        run(_DECIDE, [State.APPROVED.value, person.user_id, person.at, "", client_id, request_id])
        _do(client_id, rest, amount, person, asked.asked_on, (asked.asked_by, person.user_id))
        release_keys(client_id, [_hold_key(request_id)], person.on, person.name, person.at)


def refuse(client_id: int, request_id: int, note: str, person: Person) -> None:
    """Refuse what was asked, or take one's own back, with the reason; the entry or invoice is as it was before."""
    with client_scope(client_id):
        asked = _locked(client_id, request_id)
        if person.user_id != asked.asked_by and (refused := _not_an_approver(client_id, person)):
            raise Refused(refused)
        require_reason(note, "refusing a write-off")
        note = note.strip()[:300]
        run(_DECIDE, [State.REFUSED.value, person.user_id, person.at, note, client_id, request_id])
        release_keys(client_id, [_hold_key(request_id)], person.on, person.name, person.at)
        if asked.entry_id is not None:
            number = claim_facts([asked.invoice_id], person.on)[asked.invoice_id].number
            told = [number, f"{asked.amount:.2f}", person.name, note, client_id, asked.entry_id]
            run(_TELL_ENTRY, ["write-off-refused", *told])


def _amount(client_id: int, rest: Rest, on: dt.date, *, deciding: bool = False) -> tuple[Decimal, ClaimFacts]:
    """What would be written off: what is left of the claim on the day its money came, or on the day it is asked."""
    if rest.entry_id is None:
        claim = claim_facts([rest.invoice_id], on)[rest.invoice_id]
        return owed_on(claim, on).total, claim
    entry, _ = locked_entry(client_id, rest.entry_id, deciding=deciding)
    lines, grounds = [(rest.invoice_id, rest.paid)], {rest.invoice_id: rest.ground}
    claims, _, refusals = looked_at(client_id, entry, lines, grounds)
    if refusals:
        raise Refused(*refusals)
    claim = claims[rest.invoice_id]
    return owed_by_payer(claim, entry.date) - rest.paid, claim


def _do(
    client_id: int, rest: Rest, amount: Decimal, person: Person, on: dt.date, by_two: tuple[int, int] | None
) -> None:
    if rest.entry_id is None:
        word = Word(one_person_limit(client_id), *(by_two or ()))
        waive_remainder(
            client_id, rest.invoice_id, on, rest.ground, rest.reason, word, person.name, person.at
        )
        return
    match(
        client_id, rest.entry_id, [(rest.invoice_id, rest.paid)], person.name, person.on, person.at,
        {rest.invoice_id: rest.ground}, learn=rest.learn, by_two=by_two,
    )  # fmt: skip


def _ask(client_id: int, rest: Rest, amount: Decimal, claim: ClaimFacts, person: Person) -> int:
    (number,) = next_ids(1)
    if rest.entry_id is None:
        require_reason(rest.reason, "writing off")
        pause = f"write-off of {amount:.2f} waits for a second person"
        hold = NewHold(
            claim.debtor_id, "pause", pause, person.name, person.on, _hold_key(number), rest.invoice_id
        )
        open_holds(client_id, [hold], person.at)
    row: tuple[Any, ...] = (
        client_id, number, rest.invoice_id, rest.entry_id, rest.paid, amount, rest.ground.value, rest.reason[:300],
        rest.learn, person.user_id, person.on, person.at, State.ASKED.value, "",
    )  # fmt: skip
    if not insert_rows(
        "write_offs_writeoffrequest", _REQUEST, [row], on_conflict="DO NOTHING", returning="id"
    ):
        raise Refused(
            Refusal("write-off-waits", "what waits for a second person is decided on first",
                    f"a write-off of {claim.number} waits", "no write-off that waits",
                    next_step="approve, refuse or take it back")
        )  # fmt: skip
    if rest.entry_id is not None:
        told = [claim.number, f"{amount:.2f}", person.name, "", client_id, rest.entry_id]
        run(_TELL_ENTRY, [WRITE_OFF_ASKED, *told])
        run("DELETE FROM banking_suspect WHERE client_id = %s AND entry_id = %s", [client_id, rest.entry_id])
        columns = {"client_id": "bigint", "entry_id": "bigint", "invoice_id": "bigint"}
        insert_rows("banking_suspect", columns, [(client_id, rest.entry_id, rest.invoice_id)])
    return number


def _locked(client_id: int, request_id: int) -> _Locked:
    rows = fetch(_LOCKED, [client_id, request_id])
    if not rows:
        fact = f"there is no write-off {request_id}"
        raise Refused(
            Refusal(
                "write-off-unknown", "the write-off must be this client's", fact, "one that waits", "never"
            )
        )
    asked = _Locked(*rows[0])
    if asked.state != State.ASKED:
        raise Refused(
            Refusal("write-off-decided", "a write-off is decided about once", f"it is {asked.state}", "not decided", "never")
        )  # fmt: skip
    return asked


def _refused_approval(client_id: int, asked: _Locked, person: Person) -> list[Refusal]:
    refused = _not_an_approver(client_id, person)
    refusals = [refused] if refused else []
    if person.user_id == asked.asked_by:
        refusals.append(
            Refusal("second-person", "who asks to write off does not approve it", "it was asked by the same person",
                    "another person", "never", "ask somebody else who may approve")
        )  # fmt: skip
    return refusals


def _not_an_approver(client_id: int, person: Person) -> Refusal | None:
    role = role_of(client_id, person.user_id)
    if role in APPROVERS:
        return None
    return Refusal("may-not-write-off", "an owner or a treasurer approves what is written off", f"the part is {role or 'none'}",
                   "owner or treasurer", None, "ask one of them")  # fmt: skip


def _hold_key(request_id: int) -> str:
    return f"write-off:{request_id}"
