"""Online payments as they are looked at: by the client, all of them; by a payer, the one behind his link."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.online.underway import ON_ITS_WAY
from inbaar.kit.bulk import fetch

MOST = 200
# A part is paid twice where another payment for the same invoice was paid before it, and after it was begun: its payer
# did not see that one. What went back undoes it.
_TWICE = """
    SELECT q.client_id, q.payment_id, sum(q.twice) AS twice FROM (
        SELECT p.client_id, p.payment_id, least(p.amount, sum(p2.amount)) AS twice
        FROM online_onlinepart p
        JOIN online_onlinepayment o ON o.client_id = p.client_id AND o.id = p.payment_id
        JOIN online_onlinepart p2 ON p2.client_id = p.client_id AND p2.invoice_id = p.invoice_id AND p2.id <> p.id
        JOIN online_onlinepayment o2 ON o2.client_id = p2.client_id AND o2.id = p2.payment_id
        WHERE p.client_id = %(client)s AND o.state = 'paid' AND o2.state = 'paid' AND NOT o.test AND NOT o2.test
          AND o2.refunded + o2.charged_back < o2.amount
          AND (o2.paid_at, o2.id) < (o.paid_at, o.id) AND o2.paid_at >= o.started_at
        GROUP BY 1, 2, p.id, p.amount
    ) q GROUP BY 1, 2
"""
_ROWS = f"""
    SELECT o.id, b.reference, d.id, d.name, o.amount, o.currency, o.test, o.state, o.provider_id, o.started_at, o.paid_at,
           o.refunded, o.charged_back, o.doubt,
           greatest(coalesce(t.twice, 0) - o.refunded - o.charged_back, 0),
           o.state = 'paid' AND EXISTS (SELECT 1 FROM online_onlinepart p
               WHERE p.client_id = o.client_id AND p.payment_id = o.id AND {ON_ITS_WAY})
    FROM online_onlinepayment o
    JOIN banking_paymentbundle b ON b.client_id = o.client_id AND b.id = o.bundle_id
    JOIN parties_debtor d ON d.client_id = b.client_id AND d.id = b.debtor_id
    LEFT JOIN ({_TWICE}) t ON t.client_id = o.client_id AND t.payment_id = o.id
    WHERE o.client_id = %(client)s
    ORDER BY o.started_at DESC, o.id DESC LIMIT %(most)s
"""  # noqa: S608 - our own text
_TWICE_OF_ONE = f"""
    SELECT greatest(t.twice - o.refunded - o.charged_back, 0) FROM online_onlinepayment o
    JOIN ({_TWICE}) t ON t.client_id = o.client_id AND t.payment_id = o.id
    WHERE o.client_id = %(client)s AND o.id = %(payment)s
"""  # noqa: S608 - our own text
_REFUNDS = """
    SELECT r.id, o.id, r.amount, o.currency, d.name, b.reference, r.reason, r.state, r.asked_by_id, a.name, r.asked_at,
           coalesce(x.name, ''), r.note, r.why, r.provider_id
    FROM online_onlinerefund r
    JOIN online_onlinepayment o ON o.client_id = r.client_id AND o.id = r.payment_id
    JOIN banking_paymentbundle b ON b.client_id = o.client_id AND b.id = o.bundle_id
    JOIN parties_debtor d ON d.client_id = b.client_id AND d.id = b.debtor_id
    JOIN parties_user a ON a.id = r.asked_by_id
    LEFT JOIN parties_user x ON x.id = r.decided_by_id
    WHERE r.client_id = %(client)s ORDER BY r.state <> 'asked', r.id DESC LIMIT %(most)s
"""
_LATEST = """
    SELECT o.id, o.state, o.amount, o.currency, o.test, o.paid_at, o.refunded + o.charged_back FROM online_onlinepayment o
    JOIN banking_paymentbundle b ON b.client_id = o.client_id AND b.id = o.bundle_id
    WHERE o.client_id = %s AND b.reference = %s AND o.provider_id <> ''
    ORDER BY o.started_at DESC, o.id DESC LIMIT 1
"""
# Each payment that is paid and is no play money: its parts add up to it, and each knows what was booked before it.
WRONG = """
    SELECT o.provider_id, o.amount, sum(p.amount) FROM online_onlinepayment o
    LEFT JOIN online_onlinepart p ON p.client_id = o.client_id AND p.payment_id = o.id
    WHERE o.client_id = %(client)s GROUP BY o.client_id, o.id, o.provider_id, o.amount, o.state, o.test
    HAVING o.amount IS DISTINCT FROM sum(p.amount)
        OR o.state = 'paid' AND NOT o.test AND bool_or(p.booked_before IS NULL)
"""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """An online payment on the client's list. `twice` is what of it was paid already, and is to be given back."""

    id: int
    reference: str
    debtor_id: int
    debtor: str
    amount: Decimal
    currency: str
    test: bool
    state: str
    provider_id: str
    started_at: dt.datetime
    paid_at: dt.datetime | None
    refunded: Decimal
    charged_back: Decimal
    doubt: str
    twice: Decimal
    underway: bool


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund on the client's list: of which payment, who asked and who decided, and what the provider said."""

    id: int
    payment_id: int
    amount: Decimal
    currency: str
    debtor: str
    reference: str
    reason: str
    state: str
    asked_by_id: int
    asked_by: str
    asked_at: dt.datetime
    decided_by: str
    note: str
    why: str
    provider_id: str


@dataclass(frozen=True, slots=True)
class LatestPayment:
    """The payment that was begun last behind a link; `back` is what went back to the payer."""

    id: int
    state: str
    amount: Decimal
    currency: str
    test: bool
    paid_at: dt.datetime | None
    back: Decimal


def payments_of(client_id: int) -> list[PaymentRow]:
    """The newest payments, up to 200. Needs the client's scope. One statement."""
    return [PaymentRow(*row) for row in fetch(_ROWS, {"client": client_id, "most": MOST})]


def twice_paid(client_id: int, payment_id: int) -> Decimal:
    """What of a payment was paid already, and has not gone back yet. Needs the client's scope. One statement."""
    rows = fetch(_TWICE_OF_ONE, {"client": client_id, "payment": payment_id})
    return Decimal(rows[0][0]) if rows else Decimal(0)


def refunds_of(client_id: int) -> list[RefundRow]:
    """The refunds that are asked for or underway, and the newest that ended. Needs the client's scope. One statement."""
    return [RefundRow(*row) for row in fetch(_REFUNDS, {"client": client_id, "most": MOST})]


def latest_payment(client_id: int, reference: str) -> LatestPayment | None:
    """The payment that was begun last under a reference. Needs the client's scope."""
    rows = fetch(_LATEST, [client_id, reference])
    return LatestPayment(*rows[0]) if rows else None
