"""A payment provider of the market: a server on this machine that speaks what Mollie's Payments API documents.

It makes payments and refunds, one per Idempotency-Key, has a page to pay at, tells the receiver with `id=tr_...` and nothing
else, and can fail in every way a provider does: 500, 429, silence, an answer lost after the work was done.
"""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

MADE_AT = "2026-10-02T08:00:00+00:00"
PAID_AT = "2026-10-02T08:05:00+00:00"
TELL_WITHIN_SECONDS = 5


class PaymentProvider:
    """The server; use it as a context. `key` is the only API key it takes.

    `faults` are used up one an API request, oldest first: a status (with its headers), `lost` (the work is done, the
    answer never leaves), `silent` (nothing is said until the server ends), `garbled` (an answer that is no JSON) and nothing
    at all. `answers` are what it says at a path, whatever is there.
    """

    def __init__(self, key: str = "live_" + "k" * 30) -> None:
        self.key = key
        self.payments: dict[str, dict[str, Any]] = {}
        self.by_idempotency_key: dict[str, str] = {}
        self.refunds: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.faults: list[int | str] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.ended = threading.Event()
        self._numbers, self._lock = count(1), threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "PaymentProvider":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def create(self, wanted: dict[str, Any], idempotency_key: str) -> tuple[int, dict[str, Any]]:
        """Make a payment, or give the one that has this key."""
        problem = _problem_of(wanted)
        if problem:
            return 422, {"status": 422, "title": "Unprocessable Entity", "detail": problem}
        with self._lock:
            known = self.by_idempotency_key.get(idempotency_key)
            if known:
                return 201, self.payments[known]
            number = f"tr_Market{next(self._numbers):06}"
            if idempotency_key:
                self.by_idempotency_key[idempotency_key] = number
            self.payments[number] = self._payment(number, wanted)
            return 201, self.payments[number]

    def _payment(self, number: str, wanted: dict[str, Any]) -> dict[str, Any]:
        self_link = {"href": f"{self.address}/v2/payments/{number}", "type": "application/hal+json"}
        return {
            "resource": "payment", "id": number, "mode": self.key.split("_")[0], "createdAt": MADE_AT, "amount": wanted["amount"],
            "description": wanted["description"], "method": wanted.get("method"), "metadata": wanted.get("metadata"),
            "status": "open", "isCancelable": False, "profileId": "pfl_market", "sequenceType": "oneoff",
            "redirectUrl": wanted["redirectUrl"], "webhookUrl": wanted.get("webhookUrl"),
            "_links": {"self": self_link, "checkout": {"href": f"{self.address}/checkout/{number}", "type": "text/html"}},
        }  # fmt: skip

    def give_back(
        self, number: str, wanted: dict[str, Any], idempotency_key: str
    ) -> tuple[int, dict[str, Any]]:
        """Give back a part of a payment, or give the refund that has this key; no more than was paid and is left."""
        with self._lock:
            known = self.by_idempotency_key.get(idempotency_key)
            given = self.refunds.setdefault(number, [])
            if known:
                return 201, next(one for one in given if one["id"] == known)
            payment = self.payments.get(number)
            if payment is None:
                return 404, {"status": 404, "title": "Not Found", "detail": "No payment exists with token"}
            left = _cents(payment["amount"]) - sum(map(_cents, (payment.get(key) for key in _WENT_BACK)))
            if payment["status"] != "paid" or not 0 < _cents(wanted.get("amount")) <= left:
                return 422, {
                    "status": 422,
                    "title": "Unprocessable Entity",
                    "detail": "The amount is too high",
                }
            refund = {
                "resource": "refund", "id": f"re_Market{next(self._numbers):06}", "mode": payment["mode"], "status": "pending",
                "amount": wanted["amount"], "description": wanted.get("description", ""),
                "metadata": wanted.get("metadata"), "paymentId": number, "createdAt": PAID_AT,
            }  # fmt: skip
            given.append(refund)
            if idempotency_key:
                self.by_idempotency_key[idempotency_key] = refund["id"]
            self._count_back(number)
            return 201, refund

    def set_refund(self, number: str, place: int, state: str) -> None:
        """Let a refund of a payment become queued, processing, refunded, failed or canceled."""
        self.refunds[number][place]["status"] = state
        self._count_back(number)

    def _count_back(self, number: str) -> None:
        standing = [one for one in self.refunds[number] if one["status"] not in ("failed", "canceled")]
        cents = sum(_cents(one["amount"]) for one in standing)
        self.refund(number, f"{cents // 100}.{cents % 100:02}")

    def set_state(self, number: str, state: str) -> None:
        """Let a payment become paid, canceled, expired, failed, pending or open."""
        payment = self.payments[number]
        payment["status"] = state
        if state == "paid":
            payment |= {
                "paidAt": PAID_AT,
                "amountRefunded": _euros("0.00"),
                "amountRemaining": payment["amount"],
            }
        if state != "open":
            payment["_links"].pop("checkout", None)

    def refund(self, number: str, value: str) -> None:
        """Let the client have given money back; `value` is the sum of all refunds."""
        self.payments[number]["amountRefunded"] = _euros(value)

    def charge_back(self, number: str, value: str) -> None:
        """Let the payer's bank have taken money back; `value` is the sum, nought where it was reversed."""
        self.payments[number]["amountChargedBack"] = _euros(value)

    def tell(self, number: str) -> int:
        """Tell the receiver that something changed, and nothing of what; gives the status of his answer."""
        request = urllib.request.Request(  # noqa: S310 - an address this server was given by its user
            self.payments[number]["webhookUrl"], data=f"id={number}".encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=TELL_WITHIN_SECONDS) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code


_WENT_BACK = ("amountRefunded", "amountChargedBack")


def _cents(amount: Any) -> int:
    """An amount of the API in cents; nought where there is none."""
    return int(str(amount["value"]).replace(".", "")) if isinstance(amount, dict) else 0


def _euros(value: str) -> dict[str, str]:
    return {"currency": "EUR", "value": value}


def _problem_of(wanted: dict[str, Any]) -> str:
    """What the documented API refuses in a payment."""
    amount = wanted.get("amount")
    whole, dot, cents = (
        str(amount.get("value", "")).partition(".") if isinstance(amount, dict) else ("", "", "")
    )
    if not (whole.isdecimal() and dot and cents.isdecimal() and len(cents) == 2 and int(whole + cents) > 0):
        return "The amount contains an invalid value"
    if not wanted.get("description"):
        return "The description is missing"
    if not str(wanted.get("redirectUrl", "")).startswith(("http://", "https://")):
        return "The redirect URL is invalid"
    return ""


_PAY_PAGE = """<!doctype html><html lang="nl"><link rel="icon" href="data:,"><title>Betalen</title><h1>{value}</h1>
<form method="post"><button name="state" value="paid">Betalen</button> <button name="state" value="canceled">Annuleren</button></form></html>"""


def _handler(provider: PaymentProvider) -> type[BaseHTTPRequestHandler]:
    """The handler of this provider: the server makes one of the class for each request."""
    return type("Handler", (_Handler,), {"provider": provider})


class _Handler(BaseHTTPRequestHandler):
    """One request: of the API, or of a payer at the page to pay at."""

    provider: PaymentProvider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/checkout/"):
            payment = self.provider.payments[path.rsplit("/", 1)[1]]
            page = _PAY_PAGE.format(value=payment["amount"]["value"])
            self._say(200, page.encode(), "text/html; charset=utf-8")
        else:
            self._api(lambda: self._found(path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = urlsplit(self.path).path
        if path.startswith("/checkout/"):
            number = path.rsplit("/", 1)[1]
            self.provider.set_state(number, parse_qs(body.decode())["state"][0])
            self.send_response(303)
            self.send_header("Location", self.provider.payments[number]["redirectUrl"])
            self.end_headers()
        else:
            key = self.headers.get("Idempotency-Key", "")
            self._api(lambda: self._made(path, json.loads(body), key))

    def _made(self, path: str, wanted: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        if path.endswith("/refunds"):
            return self.provider.give_back(path.split("/")[-2], wanted, key)
        return self.provider.create(wanted, key)

    def _found(self, path: str) -> tuple[int, dict[str, Any]]:
        if path in self.provider.answers:
            return 200, self.provider.answers[path]
        if path.endswith("/refunds"):
            given = self.provider.refunds.get(path.split("/")[-2], [])
            return 200, {"count": len(given), "_embedded": {"refunds": given}, "_links": {"next": None}}
        if path == "/v2/payments":
            return 200, {"count": 0, "_embedded": {"payments": []}}
        payment = self.provider.payments.get(path.rsplit("/", 1)[1])
        if payment is None:
            return 404, {"status": 404, "title": "Not Found", "detail": "No payment exists with token"}
        return 200, payment

    def _api(self, work: Callable[[], tuple[int, dict[str, Any]]]) -> None:
        self.provider.asked.append((self.command, self.path))
        if self.headers.get("Authorization") != f"Bearer {self.provider.key}":
            self._json(
                401, {"status": 401, "title": "Unauthorized Request", "detail": "Missing authentication"}
            )
            return
        fault = self.provider.faults.pop(0) if self.provider.faults else None
        if isinstance(fault, int):
            self._json(fault, {"status": fault, "title": "Fault", "detail": "as the market wanted it"})
        elif fault == "silent":
            self.provider.ended.wait()
        else:
            status, told = work()
            if fault == "lost":
                self.close_connection = True
            elif fault == "garbled":
                self._say(status, b"<html>oops", "text/html")
            else:
                self._json(status, told)

    def _json(self, status: int, told: dict[str, Any]) -> None:
        self._say(status, json.dumps(told).encode(), "application/hal+json")

    def _say(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "17")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written to the screen."""
