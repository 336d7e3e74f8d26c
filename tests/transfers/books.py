"""Credit transfers for the tests: money received to give back, payments wanted, and what must always tie."""

import datetime as dt
from decimal import Decimal
from typing import Any

from inbaar.banking.accounts import register_account
from inbaar.banking.batches.files import file_bytes, kept_file
from inbaar.banking.models import BankAccount, Entry
from inbaar.banking.transfers.actions import (
    Acting,
    NewTransfer,
    RequestAnswer,
    Source,
    make_batch,
    request_transfers,
)
from inbaar.banking.transfers.models import CreditTransfer
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Membership, User
from inbaar.proofs import prove_books
from tests.banking.books import received
from tests.banking.camt import IBAN, Line

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


def member(client: Any, name: str, role: str = "owner") -> User:
    """Somebody with a part in the administration."""
    user = User.objects.create_user(f"{name}@example.nl", name=name)
    with client_scope(client.id):
        Membership.objects.create(client_id=client.id, user=user, role=role)
    return user


def acting(user: User, at: dt.datetime = NOW) -> Acting:
    """Somebody at work on 3 March 2026."""
    return Acting(user.pk, at.date(), at)


def account_of(client: Any) -> int:
    """The administration's own account; registered where there is none yet."""
    with client_scope(client.id):
        register_account(client.id, IBAN, "Van Dijk Techniek B.V.")
        return int(BankAccount.objects.get(iban=IBAN).id)


def batch_of(client: Any, by: User, *transfers: NewTransfer, execute_on: dt.date = DAY) -> int:
    """A batch of payments that were just asked for."""
    ids = [answer.transfer_id for answer in asked(client, *transfers)]
    return make_batch(client.id, account_of(client), [n for n in ids if n], execute_on, acting(by))


def file_of(client: Any, batch_id: int) -> bytes:
    """The bytes of the batch's file; nothing where there is none."""
    with client_scope(client.id):
        kept = kept_file(client.id, batch_id)
    return b"".join(file_bytes(client.id, kept.id)) if kept else b""


def states(client: Any) -> list[str]:
    """Where each transfer is, in the order they were asked."""
    with client_scope(client.id):
        return list(CreditTransfer.objects.order_by("id").values_list("state", flat=True))
