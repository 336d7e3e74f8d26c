"""Mollie's Payments and Refunds API, version 2: https://docs.mollie.com/reference/payments-api.

What is used of it: POST /v2/payments and POST /v2/payments/{id}/refunds with an Idempotency-Key, GET /v2/payments/{id},
GET /v2/payments/{id}/refunds, and GET /v2/payments?limit=1 to try a key. Amounts are strings with two decimals. Errors are JSON with `status`, `title` and `detail`; 429 and 503 may say in
Retry-After when to come back. Nothing is followed, trusted or kept beyond what is read here.
"""

import datetime as dt
import http.client
import json
import re
import ssl
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from inbaar.banking.online.provider import (
    NewPayment,
    NewRefund,
    PaymentUnknown,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
)

ADDRESS = "https://api.mollie.com"
TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 1_000_000
LONGEST_WAIT_SECONDS = 3_600
LOOPBACK = ("127.0.0.1", "localhost")
STATES = ("open", "pending", "authorized", "paid", "canceled", "expired", "failed")
REFUND_STATES = ("queued", "pending", "processing", "refunded", "failed", "canceled")
MOST_REFUNDS = 250
_LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_KEY = re.compile(r"(live|test)_[A-Za-z0-9]{30,64}")
_ID = re.compile(r"tr_[A-Za-z0-9]{5,40}")
_REFUND_ID = re.compile(r"re_[A-Za-z0-9]{5,40}")
_AMOUNT = re.compile(r"\d{1,12}\.\d\d")


def is_key(text: str) -> bool:
    """Whether a text has the form of an API key.

    >>> is_key("test_" + "a" * 30), is_key("access_" + "a" * 30)
    (True, False)
    """
    return _KEY.fullmatch(text) is not None


def is_test_key(key: str) -> bool:
    """Whether what is paid under a key is play money."""
    return key.startswith("test_")


def is_payment_id(text: str) -> bool:
    """Whether a text has the form of a payment's id.

    >>> is_payment_id("tr_5B8cwPMGnU6qLbRvo7qEZo"), is_payment_id("tr_../../v2/customers")
    (True, False)
    """
    return _ID.fullmatch(text) is not None


class Mollie:
    """The API, asked with one key. `address` is another than Mollie's own only for a server on this machine."""

    def __init__(self, key: str, address: str = ADDRESS, timeout: int = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError("a key travels over https only")
        self._key, self._parts, self._timeout = key, parts, timeout

    def try_key(self) -> None:
        """Ask for one payment, whichever; raises where the key is not taken."""
        self._ask("GET", "/v2/payments?limit=1")

    def create(self, payment: NewPayment) -> ProviderPayment:
        """Make a payment; asked again with the same key within the hour, Mollie gives the one it made."""
        body = {
            "amount": {"currency": payment.currency, "value": f"{payment.amount:.2f}"},
            "description": payment.description[:255],
            "redirectUrl": payment.return_url,
            "webhookUrl": payment.told_url,
            "locale": _LOCALES.get(payment.language, "nl_NL"),
            "method": "ideal",
            "metadata": {"key": payment.key},
        }
        made = self._read(self._ask("POST", "/v2/payments", body, payment.key))
        if made.state == "open" and not self._may_send_to(made.checkout_url):
            raise ProviderUnavailable("the answer bears no address to pay at")
        return made

    def fetch(self, payment_id: str) -> ProviderPayment:
        """How a payment stands now; `PaymentUnknown` where this key has no such payment."""
        if not is_payment_id(payment_id):
            raise PaymentUnknown(payment_id[:40])
        found = self._read(self._ask("GET", f"/v2/payments/{quote(payment_id)}"))
        if found.id != payment_id:
            raise ProviderUnavailable("the answer is about another payment")
        return found

    def give_back(self, refund: NewRefund) -> ProviderRefund:
        """Give money back; asked again with the same key within the hour, Mollie gives the refund it made."""
        body = {
            "amount": {"currency": refund.currency, "value": f"{refund.amount:.2f}"},
            "description": refund.description[:255],
            "metadata": {"key": refund.key},
        }
        return _refund_read(self._ask("POST", self._refunds_of(refund.payment_id), body, refund.key))

    def refunds(self, payment_id: str) -> list[ProviderRefund]:
        """Every refund of a payment, also those made at Mollie itself; more than fit one answer are not believed."""
        told = self._ask("GET", f"{self._refunds_of(payment_id)}?limit={MOST_REFUNDS}")
        try:
            found, more = told["_embedded"]["refunds"], (told.get("_links") or {}).get("next")
        except (KeyError, TypeError, AttributeError):
            found, more = None, None
        if not isinstance(found, list) or more:
            raise ProviderUnavailable("the answer cannot be read: refunds")
        return [_refund_read(one) for one in found]

    def _refunds_of(self, payment_id: str) -> str:
        if not is_payment_id(payment_id):
            raise PaymentUnknown(payment_id[:40])
        return f"/v2/payments/{quote(payment_id)}/refunds"

    def _ask(self, verb: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/hal+json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        connection = self._connection()
        try:
            connection.request(verb, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read(LONGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as why:
            raise ProviderUnavailable(f"no answer: {type(why).__name__}") from None
        finally:
            connection.close()
        told = _json(text)
        if answer.status not in (200, 201):
            _refuse(answer.status, told, answer.headers.get("Retry-After", ""))
        if not isinstance(told, dict):
            raise ProviderUnavailable("the answer cannot be read")
        return told

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(
                host, port, timeout=self._timeout, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(host, port, timeout=self._timeout)

    def _read(self, told: dict[str, Any]) -> ProviderPayment:
        """A payment of the answer; `ProviderUnavailable` where anything in it is not as documented."""
        try:
            amount = told["amount"]
            state, number = told["status"], told["id"]
            if state not in STATES or not is_payment_id(number):
                raise ValueError(state)
            checkout = (told.get("_links") or {}).get("checkout") or {}
            return ProviderPayment(
                id=number,
                key=_key_of(told),
                state=state,
                amount=_amount(amount),
                currency=str(amount["currency"]),
                test={"live": False, "test": True}[told["mode"]],
                refunded=_amount(told.get("amountRefunded")),
                charged_back=_amount(told.get("amountChargedBack")),
                method=str(told.get("method") or "")[:30],
                paid_at=_moment(told.get("paidAt")),
                checkout_url=str(checkout.get("href", ""))[:500],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise ProviderUnavailable(f"the answer cannot be read: {type(why).__name__}") from None

    def _may_send_to(self, url: str) -> bool:
        """A payer is sent to Mollie's own pages over https only, or to the server on this machine that is asked."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._parts.hostname in LOOPBACK:
            return (parts.scheme, parts.netloc) == (self._parts.scheme, self._parts.netloc)
        return parts.scheme == "https" and (host == "mollie.com" or host.endswith(".mollie.com"))


def _refund_read(told: Any) -> ProviderRefund:
    """A refund of the answer; `ProviderUnavailable` where anything in it is not as documented."""
    try:
        state, number, amount = told["status"], told["id"], told["amount"]
        if state not in REFUND_STATES or not _REFUND_ID.fullmatch(number):
            raise ValueError(state)
        return ProviderRefund(number, _key_of(told), state, _amount(amount), str(amount["currency"]))
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise ProviderUnavailable(f"the answer cannot be read: {type(why).__name__}") from None


def _key_of(told: dict[str, Any]) -> str:
    """The key that something was made with; nothing where it was not made by us."""
    metadata = told.get("metadata")
    return str(metadata.get("key", "")) if isinstance(metadata, dict) else ""


def _refuse(status: int, told: Any, again: str) -> None:
    detail = str(told.get("detail") or told.get("title") or "")[:200] if isinstance(told, dict) else ""
    why = f"{status} {detail}".strip()
    if status in (401, 403):
        raise ProviderRefused("key", why)
    if status in (404, 410):
        raise PaymentUnknown(why)
    if 400 <= status < 500 and status not in (408, 409, 425, 429):
        raise ProviderRefused("refused", why)
    raise ProviderUnavailable(why, min(int(again), LONGEST_WAIT_SECONDS) if again.isdecimal() else 0)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text) if len(text) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None


def _amount(told: Any) -> Decimal:
    """An amount as Mollie writes it; nothing where there is none."""
    if told is None:
        return Decimal(0)
    if not _AMOUNT.fullmatch(told["value"]):
        raise ValueError("amount")
    return Decimal(told["value"])


def _moment(told: Any) -> dt.datetime | None:
    if told is None:
        return None
    moment = dt.datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError("moment without a zone")
    return moment.astimezone(dt.UTC)
