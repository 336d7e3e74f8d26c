"""Giving back at the provider what was approved, and following it until it is there. Called by the worker.

Before a refund is made the provider is asked for all of the payment's: one that was made by a program that was killed before
it kept the answer is among them, by our key, and is not made again. What somebody gave back at the provider itself meanwhile
counts too: then there may be nothing left to give back.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.online.accounts import open_provider
from inbaar.banking.online.following import LIVE_ASKED_EVERY, ask_payment
from inbaar.banking.online.provider import (
    NewRefund,
    PaymentUnknown,
    Provider,
    ProviderError,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
)
from inbaar.banking.online.queries import twice_paid
from inbaar.banking.online.states import REFUND_UNDERWAY, refund_may_become
from inbaar.kit.bulk import fetch, run
from inbaar.kit.scope import client_scope

MOST_AT_ONCE = 50
_TO_DO = """
    SELECT id, payment_id FROM online_onlinerefund
    WHERE client_id = %(client)s AND (state = 'approved' OR state = ANY(%(underway)s::text[]))
      AND (checked_at IS NULL OR checked_at <= %(before)s OR state = 'approved')
    ORDER BY checked_at NULLS FIRST, id LIMIT %(most)s
"""
_LOCKED = """
    SELECT r.id, r.payment_id, r.key, r.state, r.amount, o.currency, o.provider_id, b.reference
    FROM online_onlinerefund r
    JOIN online_onlinepayment o ON o.client_id = r.client_id AND o.id = r.payment_id
    JOIN banking_paymentbundle b ON b.client_id = o.client_id AND b.id = o.bundle_id
    WHERE r.client_id = %s AND r.id = %s FOR UPDATE OF r SKIP LOCKED
"""
_KEEP = """
    UPDATE online_onlinerefund SET state = %s, provider_id = %s, why = %s, checked_at = %s WHERE client_id = %s AND id = %s
"""


@dataclass(frozen=True, slots=True)
class Approved:
    """A refund that was approved, with its payment's id at the provider and the reference it was paid under."""

    id: int
    payment_id: int
    key: str
    state: str
    amount: Decimal
    currency: str
    provider_id: str
    reference: str


def give_back_what_is_approved(client_id: int, moment: dt.datetime) -> int:
    """Give back what was approved and ask how the others stand; gives how many were looked at.

    Commits as it goes, one refund at a time: not to be called in a scope. While the provider does not answer all of it waits.
    """
    facts = {
        "client": client_id, "underway": list(REFUND_UNDERWAY), "before": moment - LIVE_ASKED_EVERY, "most": MOST_AT_ONCE,
    }  # fmt: skip
    with client_scope(client_id):
        due = fetch(_TO_DO, facts)
    for refund_id, payment_id in due:
        try:
            # What went back by now is known first: this may show that nothing is left to give back.
            ask_payment(client_id, payment_id, moment)
            _carry_on(client_id, refund_id, moment)
        except ProviderUnavailable:
            break
        except ProviderError:
            continue
    return len(due)


def _carry_on(client_id: int, refund_id: int, moment: dt.datetime) -> None:
    """Make one refund, or see how it stands; the row is held meanwhile, so that no other program does it too."""
    with client_scope(client_id):
        rows = fetch(_LOCKED, [client_id, refund_id])
        account = open_provider(client_id)
        if not rows or account is None:
            return
        refund = Approved(*rows[0])
        if refund.state != "approved" and refund.state not in REFUND_UNDERWAY:
            return
        there = next(
            (one for one in account.provider.refunds(refund.provider_id) if one.key == refund.key), None
        )
        if there is not None:
            _keep(client_id, refund, there, moment)
        elif refund.state != "approved":
            _end(client_id, refund, "failed", "the provider no longer knows it", moment)
        elif twice_paid(client_id, refund.payment_id) < refund.amount:
            _end(client_id, refund, "void", "", moment)
        else:
            _make(client_id, account.provider, refund, moment)


def _make(client_id: int, provider: Provider, refund: Approved, moment: dt.datetime) -> None:
    wanted = NewRefund(
        refund.provider_id, refund.key, refund.amount, refund.currency, f"{refund.reference} dubbel betaald"
    )
    try:
        made = provider.give_back(wanted)
    except (ProviderRefused, PaymentUnknown) as why:
        _end(client_id, refund, "failed", str(why), moment)
    else:
        _keep(client_id, refund, made, moment)


def _keep(client_id: int, refund: Approved, told: ProviderRefund, moment: dt.datetime) -> None:
    """Keep what the provider says; another amount than was approved is for a person to look at."""
    same = (told.amount, told.currency) == (refund.amount, refund.currency)
    why = "" if same else f"the provider says {told.amount:.2f} {told.currency}"
    if refund_may_become(refund.state, told.state):
        run(_KEEP, [told.state, told.id, why, moment, client_id, refund.id])


def _end(client_id: int, refund: Approved, state: str, why: str, moment: dt.datetime) -> None:
    run(_KEEP, [state, "", why[:200], moment, client_id, refund.id])
