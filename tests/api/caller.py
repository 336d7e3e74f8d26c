"""A program that uses the API: a token, and requests as such a program makes them."""

import datetime as dt
import json
from typing import Any

from django.test import Client

from inbaar.api.entrance import CALLS, STRANGERS
from inbaar.api.tokens import SCOPES, make_token
from inbaar.kit.scope import client_scope

NOW = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
ARREAR = {
    "number": "F-1", "amount": "500.00", "due_date": "2026-09-01",
    "debtor": {"kvk": "69599084", "name": "Molenaar B.V.", "email": "boekhouding@molenaar.example"},
}  # fmt: skip


class Caller:
    """Asks with a token of one client, by default one that is for everything."""

    def __init__(self, client: Any, scopes: Any = SCOPES, token: str | None = None) -> None:
        CALLS.forget()
        STRANGERS.forget()
        self.client = client
        self.browser = Client()
        if token is None:
            with client_scope(client.id):
                token = make_token(client.id, "Boekhoudpakket", scopes, "Olga", NOW)
        self.token = token

    def get(self, path: str, **facts: Any) -> Any:
        """Ask for something."""
        return self.browser.get(f"/api/v1{path}", facts, headers=self._headers())

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        """Have something done."""
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.browser.post(
            f"/api/v1{path}", content, content_type="application/json", headers=self._headers(key)
        )

    def _headers(self, key: str | None = None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return headers | ({"Idempotency-Key": key} if key is not None else {})


def codes(answer: Any) -> list[str]:
    """By which rules a request was refused, told as a problem."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    told = answer.json()
    assert told["status"] == answer.status_code
    return [refusal["code"] for refusal in told["refusals"]]
