"""How a begun payment stands: asked of the provider with our own key, and kept with what follows from it.

Asking and keeping happen in one transaction that holds the payment's row, so an answer that is older never overwrites a
newer one, whoever asks: the page its payer comes back to, the provider's own message, or the worker.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.online.accounts import open_provider
from inbaar.banking.online.provider import (
    PaymentUnknown,
    ProviderError,
    ProviderPayment,
    ProviderUnavailable,
)
from inbaar.banking.online.states import LIVE, may_follow
from inbaar.banking.online.underway import BOOKED
from inbaar.kit.bulk import fetch, run
from inbaar.kit.clock import DUTCH_TIME
from inbaar.kit.scope import client_scope
from inbaar.receivables.timeline import NewEvent, write_events

NOT_AGAIN_WITHIN = dt.timedelta(seconds=2)
LIVE_ASKED_EVERY, PAID_ASKED_EVERY = dt.timedelta(minutes=10), dt.timedelta(days=1)
PAID_FOLLOWED_FOR = dt.timedelta(days=100)
# Mollie gives a payment again for its Idempotency-Key for an hour; what was not answered by then was shown to nobody.
KEY_GOOD_FOR = dt.timedelta(minutes=50)
MOST_AT_ONCE = 100

_ROW = """
    SELECT id, key, state, provider_id, checkout_url, amount, currency, test, asked_at, refunded, charged_back
    FROM online_onlinepayment WHERE client_id = %s AND id = %s FOR UPDATE
"""
_KEEP = """
    UPDATE online_onlinepayment SET state = %(state)s, provider_id = %(provider_id)s, method = %(method)s,
        paid_at = CASE WHEN %(state)s = 'paid' THEN coalesce(paid_at, %(paid_at)s) ELSE paid_at END,
        checkout_url = CASE WHEN %(checkout)s <> '' THEN %(checkout)s ELSE checkout_url END,
        refunded = %(refunded)s, charged_back = %(charged_back)s, doubt = '',
        asked_at = CASE WHEN state = 'making' THEN asked_at ELSE %(moment)s END
    WHERE client_id = %(client)s AND id = %(id)s
"""
_BEFORE = f"""
    UPDATE online_onlinepart p SET booked_before = {BOOKED} WHERE p.client_id = %s AND p.payment_id = %s
"""  # noqa: S608 - our own text
_TO_ASK = """
    SELECT id FROM online_onlinepayment
    WHERE client_id = %(client)s AND provider_id <> '' AND (
        state = ANY(%(live)s) AND coalesce(asked_at, started_at) < %(live_before)s
        OR state = 'paid' AND asked_at < %(paid_before)s AND started_at > %(followed_since)s)
    ORDER BY asked_at NULLS FIRST LIMIT %(most)s
"""
_LOST = """
    UPDATE online_onlinepayment SET state = 'lost' WHERE client_id = %s AND state = 'making' AND started_at < %s
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment as it is kept."""

    id: int
    key: str
    state: str
    provider_id: str
    checkout_url: str
    amount: Decimal
    currency: str
    test: bool
    asked_at: dt.datetime | None = None
    refunded: Decimal = Decimal(0)
    charged_back: Decimal = Decimal(0)


def ask_payment(client_id: int, payment_id: int, moment: dt.datetime) -> Begun | None:
    """Ask how a payment stands, unless that was done a moment ago, and keep it; None while somebody else asks.

    Raises `ProviderError` where the provider does not answer; nothing is changed then.
    """
    with client_scope(client_id):
        row = _locked(client_id, payment_id)
        if row is None or not row.provider_id or _asked_just_now(row, moment):
            return row
        return _ask(client_id, row, row.provider_id, moment)


def take_message(client_id: int, payment_id: int, provider_id: str, moment: dt.datetime) -> bool:
    """Act on a provider's message that a payment changed; False where it must be told again later.

    The message itself says nothing that is believed. A payment of which the making was cut short is known by its key.
    """
    with client_scope(client_id):
        row = _locked(client_id, payment_id)
        if row is None:
            return not _is_there(client_id, payment_id)
        if row.provider_id not in ("", provider_id):
            return True
        if _asked_just_now(row, moment):
            return False
        try:
            _ask(client_id, row, provider_id, moment)
        except ProviderUnavailable:
            return False
        except ProviderError:
            return True
    return True


def ask_what_is_due(client_id: int, moment: dt.datetime) -> int:
    """Ask after payments of which no news came: those that live, and for a while those that are paid. Gives how many.

    A message may be lost; nobody is to be chased for that. One that cannot be asked keeps no other waiting.
    """
    facts = {
        "client": client_id, "live": list(LIVE), "live_before": moment - LIVE_ASKED_EVERY,
        "paid_before": moment - PAID_ASKED_EVERY, "followed_since": moment - PAID_FOLLOWED_FOR, "most": MOST_AT_ONCE,
    }  # fmt: skip
    with client_scope(client_id):
        run(_LOST, [client_id, moment - KEY_GOOD_FOR])
        due = [number for (number,) in fetch(_TO_ASK, facts)]
    for number in due:
        try:
            ask_payment(client_id, number, moment)
        except ProviderUnavailable:
            break
        except ProviderError:
            continue
    return len(due)


def keep_made(client_id: int, payment_id: int, told: ProviderPayment, moment: dt.datetime) -> Begun:
    """Keep what the provider answered when it made a payment, unless more is known of it by now. Needs the client's scope."""
    row = Begun(*fetch(_ROW, [client_id, payment_id])[0])
    if row.state == "making":
        keep_answer(client_id, row, told, moment)
    return Begun(*fetch(_ROW, [client_id, payment_id])[0])


def keep_answer(client_id: int, row: Begun, told: ProviderPayment, moment: dt.datetime) -> str:
    """Keep what the provider says of a payment whose row is held; gives its state. Needs the client's scope.

    Another amount, another payment's key or a step back is not believed: it is marked as a doubt for a person.
    """
    same = (told.key, told.amount, told.currency, told.test) == (row.key, row.amount, row.currency, row.test)
    if not same or not may_follow(row.state, told.state):
        _doubt(client_id, row, "contradicts" if same else "differs", moment)
        return row.state
    run(
        _KEEP,
        {
            "state": told.state, "provider_id": told.id, "method": told.method, "paid_at": told.paid_at or moment,
            "checkout": told.checkout_url, "refunded": told.refunded, "charged_back": told.charged_back,
            "moment": moment, "client": client_id, "id": row.id,
        },
    )  # fmt: skip
    if row.test:
        return told.state
    if told.state == "paid" and row.state != "paid":
        run(_BEFORE, [client_id, row.id])
        _tell(client_id, row, "paid_online", row.amount, moment)
    back = told.refunded + told.charged_back - row.refunded - row.charged_back
    if told.state == "paid" and back:
        _tell(client_id, row, "online_back" if back > 0 else "online_back_again", abs(back), moment)
    return told.state


def _ask(client_id: int, row: Begun, provider_id: str, moment: dt.datetime) -> Begun:
    account = open_provider(client_id)
    if account is None:
        raise ProviderUnavailable("there is no key that can be read")
    try:
        told = account.provider.fetch(provider_id)
    except PaymentUnknown:
        if row.provider_id:
            _doubt(client_id, row, "unknown", moment)
        return row
    if not row.provider_id and told.key != row.key:
        return row  # a stranger's number at an address of ours
    keep_answer(client_id, row, told, moment)
    return Begun(*fetch(_ROW, [client_id, row.id])[0])


def _locked(client_id: int, payment_id: int) -> Begun | None:
    rows = fetch(f"{_ROW} SKIP LOCKED", [client_id, payment_id])
    return Begun(*rows[0]) if rows else None


def _is_there(client_id: int, payment_id: int) -> bool:
    return bool(
        fetch("SELECT 1 FROM online_onlinepayment WHERE client_id = %s AND id = %s", [client_id, payment_id])
    )


def _asked_just_now(row: Begun, moment: dt.datetime) -> bool:
    return row.asked_at is not None and moment - NOT_AGAIN_WITHIN < row.asked_at <= moment


def _doubt(client_id: int, row: Begun, doubt: str, moment: dt.datetime) -> None:
    run(
        "UPDATE online_onlinepayment SET doubt = %s, asked_at = %s WHERE client_id = %s AND id = %s",
        [doubt, moment, client_id, row.id],
    )


def _tell(client_id: int, row: Begun, kind: str, amount: Decimal, moment: dt.datetime) -> None:
    """Write it on the timeline of each invoice."""
    parts = fetch(
        """
        SELECT p.invoice_id, i.debtor_id, p.amount FROM online_onlinepart p
        JOIN receivables_invoice i ON i.client_id = p.client_id AND i.id = p.invoice_id
        WHERE p.client_id = %s AND p.payment_id = %s ORDER BY p.id
        """,
        [client_id, row.id],
    )
    on = moment.astimezone(DUTCH_TIME).date()
    write_events(
        client_id,
        (
            NewEvent(kind, on, invoice, debtor, {"amount": f"{amount:.2f}", "part": f"{part:.2f}"}, row.id)
            for invoice, debtor, part in parts
        ),
        moment,
    )
