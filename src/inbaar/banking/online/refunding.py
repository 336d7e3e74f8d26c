"""Giving back what was paid twice: asked by one person, approved or refused by another. Needs the client's scope.

Nothing leaves here: what was approved is given back by the job that is queued with the approval (`giving_back`).
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.batches.deciding import role_of
from inbaar.banking.batches.rules import approval_refusals
from inbaar.banking.online.queries import twice_paid
from inbaar.banking.online.states import REFUND_LIVE, refund_may_become
from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused

_PAYMENT = "SELECT 1 FROM online_onlinepayment WHERE client_id = %s AND id = %s FOR UPDATE"
_ASK = """
    INSERT INTO online_onlinerefund (client_id, payment_id, amount, reason, key, state, provider_id, asked_by_id, asked_at,
        note, why)
    VALUES (%s, %s, %s, %s, %s, 'asked', '', %s, %s, '', '') ON CONFLICT DO NOTHING RETURNING id
"""
_LIVING = """
    SELECT id FROM online_onlinerefund WHERE client_id = %s AND payment_id = %s AND state = ANY(%s::text[])
"""
_LOCKED = """
    SELECT r.id, r.payment_id, r.amount, r.state, r.asked_by_id FROM online_onlinerefund r
    WHERE r.client_id = %s AND r.id = %s FOR UPDATE
"""
_DECIDE = """
    UPDATE online_onlinerefund SET state = %s, decided_by_id = %s, decided_at = %s, note = %s WHERE client_id = %s AND id = %s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A refund while it is decided about; `amount` in the payment's currency."""

    id: int
    payment_id: int
    amount: Decimal
    state: str
    asked_by: int


def ask_refund(
    client_id: int, payment_id: int, amount: Decimal, reason: str, user_id: int, moment: dt.datetime
) -> int:
    """Ask that what was paid twice with a payment goes back to its payer; gives the number, the same one if asked twice.

    Refuses another amount than what was paid twice by now, and a request without a reason.
    """
    if not fetch(_PAYMENT, [client_id, payment_id]):
        raise Refused(Refusal("refund-unknown", "a refund is of a payment", "there is none", "a payment"))
    for (number,) in fetch(_LIVING, [client_id, payment_id, list(REFUND_LIVE)]):
        return int(number)
    refusals = _amount_refusals(client_id, payment_id, amount)
    if not reason.strip():
        refusals.append(_reason_missing())
    if refusals:
        raise Refused(*refusals)
    row = [client_id, payment_id, amount, reason.strip()[:300], uuid.uuid4().hex, user_id, moment]
    ((number,),) = fetch(_ASK, row)
    return int(number)


def approve_refund(
    client_id: int,
    refund_id: int,
    user_id: int,
    moment: dt.datetime,
    queue: Callable[[int], object] | None = None,
) -> None:
    """Let the money go back; `queue` is called with the client, to queue the job that does it with this approval.

    Refused: by who asked for it, by who is neither owner nor treasurer, what was decided already, and what was given back
    otherwise meanwhile.
    """
    asked = _locked(client_id, refund_id)
    refusals = approval_refusals(role_of(client_id, user_id), user_id == asked.asked_by)
    refusals += _amount_refusals(client_id, asked.payment_id, asked.amount)
    if refusals:
        raise Refused(*refusals)
    run(_DECIDE, ["approved", user_id, moment, "", client_id, refund_id])
    if queue is not None:
        queue(client_id)


def refuse_refund(client_id: int, refund_id: int, note: str, user_id: int, moment: dt.datetime) -> None:
    """Refuse a refund, or take one's own back, with the reason. It can be asked anew."""
    asked = _locked(client_id, refund_id)
    refusals = []
    if user_id != asked.asked_by:
        refusals += approval_refusals(role_of(client_id, user_id), is_maker=False)
    if not note.strip():
        refusals.append(_reason_missing())
    if refusals:
        raise Refused(*refusals)
    run(_DECIDE, ["refused", user_id, moment, note.strip()[:300], client_id, refund_id])


def _locked(client_id: int, refund_id: int) -> Asked:
    rows = fetch(_LOCKED, [client_id, refund_id])
    if not rows:
        raise Refused(Refusal("refund-unknown", "a refund is of this client", "there is none", "a refund"))
    asked = Asked(*rows[0])
    if not refund_may_become(asked.state, "approved"):
        raise Refused(
            Refusal("refund-decided", "a refund is decided about once", f"it is {asked.state}", "asked for")
        )
    return asked


def _amount_refusals(client_id: int, payment_id: int, amount: Decimal) -> list[Refusal]:
    twice = twice_paid(client_id, payment_id)
    if twice == amount:
        return []
    return [
        Refusal("refund-changed", "what was paid twice goes back, no more and no less", f"{amount:.2f} was asked", f"{twice:.2f}",
                next_step="look at it again")
    ]  # fmt: skip


def _reason_missing() -> Refusal:
    return Refusal(
        "reason-missing", "a refund is asked for and refused with a reason", "none was given", "a few words"
    )
