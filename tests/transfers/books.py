"""Credit transfers for the tests: money received to give back, payments wanted, and what must always tie."""

import datetime as dt
from decimal import Decimal
from typing import Any

from inbaar.banking.models import Entry
from inbaar.banking.transfers.actions import NewTransfer, RequestAnswer, Source, request_transfers
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from tests.banking.books import received
from tests.banking.camt import Line

DAY = dt.date(2026, 3, 3)
NOW = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
JANSEN, PIETERS = "NL20INGB0001234567", "NL44RABO0123456789"


def wanted(key: str = "1", **facts: Any) -> NewTransfer:
    """A payment of 121.00 to Jansen, wanted today."""
    given = {
        "source_kind": Source.BY_HAND, "source_key": key, "payee_name": "Jansen Bouw B.V.", "payee_iban": JANSEN,
        "amount": Decimal("121.00"), "wanted_on": DAY, "reason": "paid twice", "text": f"Terug {key}",
    }  # fmt: skip
    return NewTransfer(**(given | facts))


def asked(client: Any, *transfers: NewTransfer, by: str = "desk") -> list[RequestAnswer]:
    """The answers, in order."""
    return request_transfers(client.id, transfers, by, DAY, NOW)


def money_in(client: Any, amount: str, number: str = "1", **facts: Any) -> Entry:
    """Money received that pays nothing."""
    with client_scope(client.id):
        (entry,) = received(client, Line(amount, **facts), number=number)
        return entry


def assert_proven(client: Any) -> None:
    """Every proof of the books holds."""
    broken = [(proof.name, proof.breaches) for proof in prove_books(client.id) if not proof.holds]
    assert broken == []
