"""Beginning a payment from a payment link: kept first, then made at the provider, then kept with its answer.

A program that is killed in between asks again with the same key and gets the same payment; two clicks at once are one.
"""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from decimal import Decimal

from inbaar.banking.online.accounts import OpenProvider, open_provider
from inbaar.banking.online.following import KEY_GOOD_FOR, Begun, ask_payment, keep_made
from inbaar.banking.online.links import told_link
from inbaar.banking.online.provider import NewPayment, PaymentUnknown, ProviderRefused, ProviderUnavailable
from inbaar.banking.online.states import LIVE
from inbaar.kit.bulk import fetch, insert_rows, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope

ATTEMPTS = 3
_BEGIN = """
    INSERT INTO online_onlinepayment (client_id, bundle_id, content, amount, currency, test, key, state, provider_id,
        checkout_url, method, started_at, refunded, charged_back, doubt)
    SELECT b.client_id, b.id, %(content)s, %(amount)s, b.currency, %(test)s, %(key)s, 'making', '', '', '', %(moment)s, 0, 0, ''
    FROM banking_paymentbundle b WHERE b.client_id = %(client)s AND b.reference = %(reference)s
    ON CONFLICT DO NOTHING RETURNING id
"""
_LIVING = """
    SELECT o.id, o.key, o.state, o.provider_id, o.checkout_url, o.amount, o.currency, o.test, o.started_at
    FROM online_onlinepayment o JOIN banking_paymentbundle b ON b.client_id = o.client_id AND b.id = o.bundle_id
    WHERE o.client_id = %(client)s AND b.reference = %(reference)s AND o.content = %(content)s AND o.test = %(test)s
      AND o.state = ANY(%(live)s)
"""
_PART = {"client_id": "bigint", "payment_id": "bigint", "invoice_id": "bigint", "amount": "numeric"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a payer wants to pay: the parts that the page showed, each above zero, under the link's reference."""

    reference: str
    parts: tuple[tuple[int, Decimal], ...]
    return_url: str
    language: str = "nl"

    @property
    def amount(self) -> Decimal:
        """What is paid in all."""
        return sum((amount for _, amount in self.parts), Decimal(0))

    @property
    def content(self) -> str:
        """A print of the parts: the same for the same invoices and amounts, in whatever order."""
        told = ";".join(f"{invoice}={amount:.2f}" for invoice, amount in sorted(self.parts))
        return hashlib.sha256(told.encode()).hexdigest()


def begin_payment(client_id: int, wanted: Wanted, moment: dt.datetime) -> Begun:
    """The payment to send the payer to, or the one that is paid already. Commits as it goes: not to be called in a scope.

    Refuses where online payment is off, or the provider does not answer or will not.
    """
    for _ in range(ATTEMPTS):
        with client_scope(client_id):
            account = open_provider(client_id, active=True)
            if account is None:
                raise _refused("online-off", "online payment must be on", "it is off", "on")
            row, started_at = _living(client_id, wanted, account.test, moment)
        if row.provider_id:
            row = _asked(client_id, row, moment)
            if row.state in LIVE or row.state == "paid":
                return row
        elif moment - started_at > KEY_GOOD_FOR:
            _end(client_id, row, "lost")
        else:
            return _made(client_id, account, row, wanted, moment)
    raise _refused("online-away", "a payment must live to be paid", "it ended at once", "a living payment")


def _living(client_id: int, wanted: Wanted, test: bool, moment: dt.datetime) -> tuple[Begun, dt.datetime]:
    """The one payment that lives of this link and these parts; made where there is none."""
    facts = {
        "client": client_id, "reference": wanted.reference, "content": wanted.content, "amount": wanted.amount,
        "test": test, "key": uuid.uuid4().hex, "moment": moment, "live": list(LIVE),
    }  # fmt: skip
    for (number,) in fetch(_BEGIN, facts):
        insert_rows(
            "online_onlinepart", _PART, ((client_id, number, invoice, part) for invoice, part in wanted.parts)
        )
    (*row, started_at), *_ = fetch(_LIVING, facts)
    return Begun(*row), started_at


def _asked(client_id: int, row: Begun, moment: dt.datetime) -> Begun:
    """How the payment stands now; as it was kept where the provider cannot say."""
    try:
        return ask_payment(client_id, row.id, moment) or row
    except (ProviderUnavailable, ProviderRefused):
        return row


def _made(client_id: int, account: OpenProvider, row: Begun, wanted: Wanted, moment: dt.datetime) -> Begun:
    """Have the provider make the payment, and keep its answer."""
    asked = NewPayment(
        row.key, row.amount, row.currency, wanted.reference, wanted.return_url, told_link(client_id, row.id), wanted.language
    )  # fmt: skip
    try:
        told = account.provider.create(asked)
    except ProviderUnavailable:
        raise _refused("online-away", "the provider must answer", "it does not", "an answer") from None
    except (ProviderRefused, PaymentUnknown) as why:
        _end(client_id, row, "failed", "key" if getattr(why, "code", "") == "key" else "refused")
        raise _refused(
            "online-refused", "the provider must take the payment", str(why), "a payment it takes"
        ) from None
    with client_scope(client_id):
        # Whoever clicked at the same moment has the same payment by the same key: both keep the same.
        kept = keep_made(client_id, row.id, told, moment)
    if kept.provider_id != told.id:
        _end(client_id, row, "failed", "differs")
        raise _refused(
            "online-refused", "the payment must be as it was asked", "it is not", "the same payment"
        )
    return kept


def _end(client_id: int, row: Begun, state: str, doubt: str = "") -> None:
    with client_scope(client_id):
        run(
            "UPDATE online_onlinepayment SET state = %s, doubt = %s WHERE client_id = %s AND id = %s AND state = 'making'",
            [state, doubt, client_id, row.id],
        )


def _refused(code: str, rule: str, fact: str, limit: str) -> Refused:
    return Refused(Refusal(code, rule, fact, limit, None, "try again in a minute, or pay by bank transfer"))
