"""Mandates and debits for the tests: who collects, whose account, and what was signed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from inbaar.banking.debits.actions import (
    Acting,
    Confirmed,
    NewMandate,
    announce_debits,
    approve_debit_batch,
    make_debit_batch,
    read_token,
    request_due,
    set_creditor,
    shown_link,
    sign_by_link,
    sign_on_paper,
)
from inbaar.kit.bulk import fetch
from inbaar.kit.errors import Refused
from inbaar.kit.scope import client_scope
from inbaar.proofs import prove_books
from inbaar.receivables.actions import NewPayment, apply_payments
from inbaar.receivables.evidence import NewFile
from tests.banking.books import draft, invoiced
from tests.transfers.books import account_of

DAY = dt.date(2026, 3, 3)
NOW = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
SIGNED = dt.date(2026, 2, 2)
CREDITOR = "NL69ZZZ123456780000"
JANSEN, MOVED, SAME_BANK = "NL20INGB0001234567", "NL44RABO0123456789", "NL36INGB0007654321"
SCAN = NewFile("machtiging.pdf", b"%PDF-1.7 signed by J. Jansen")


def collecting(client: Any) -> int:
    """Who collects is known, and a debtor is: gives the debtor, who owes one invoice."""
    set_creditor(client.id, CREDITOR, "Van Dijk Techniek B.V.", "desk", DAY)
    with client_scope(client.id):
        (invoice,) = invoiced(client, draft("2026-0001"))
        return int(invoice.debtor_id)


def wanted(debtor_id: int, **facts: Any) -> NewMandate:
    """A recurring CORE mandate of Jansen."""
    given = {"kind": "recurring", "scheme": "core", "debtor_name": "Jansen Bouw B.V.", "debtor_iban": JANSEN}
    return NewMandate(debtor_id, **(given | facts))


def signed(client: Any, debtor_id: int, signed_on: dt.date = SIGNED, **facts: Any) -> int:
    """A mandate signed on paper."""
    return sign_on_paper(client.id, wanted(debtor_id, **facts), SCAN, signed_on, "desk", DAY, NOW)


def confirmed(token: str, on: dt.date = DAY, **facts: Any) -> Confirmed:
    """An online signature by Jansen, at home, of what the link showed on a day."""
    shown = shown_link(*read_token(token), "nl", on).digest
    given = {"agreed": True, "name": "Jansen Bouw B.V.", "iban": "nl20 ingb 0001 2345 67", "place": "Delft", "shown": shown,
             "language": "nl", "address": "192.0.2.7", "browser": "Phone/1.0"}  # fmt: skip
    return Confirmed(**(given | facts))


def sign_online(token: str, on: dt.date = DAY, **facts: Any) -> int:
    """Sign by a link as Jansen does."""
    return sign_by_link(token, confirmed(token, on, **facts), on, NOW)


def rows(client: Any, sql: str) -> list[tuple[Any, ...]]:
    """What the database has, in the client's scope."""
    with client_scope(client.id):
        return fetch(sql)


def at(day: dt.date, hour: int = 8) -> dt.datetime:
    """A moment on a day, in UTC."""
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def acting(user: Any, day: dt.date) -> Acting:
    """Somebody at work on a day."""
    return Acting(user.pk, day, at(day))


def asked(client: Any, on: dt.date = DAY) -> list[int]:
    """Debits of all that is due, announced on the day they are asked for."""
    request_due(client.id, "run", on, at(on))
    sql = "SELECT id FROM debits_directdebit WHERE state = 'requested' AND announced_on IS NULL ORDER BY id"
    ids = [number for (number,) in rows(client, sql)]
    if ids:
        announce_debits(client.id, ids, "by mail", "run", on, at(on))
    return ids


def refused(act: Any, *codes: str) -> None:
    """The act is refused, for exactly these reasons in this order."""
    with pytest.raises(Refused) as caught:
        act()
    assert tuple(refusal.code for refusal in caught.value.refusals) == codes


def assert_debits_proven(client: Any) -> None:
    """Every proof that is about debits holds, also where money came that no statement shows."""
    about = {"batches", "debits-allowed", "one-off-once", "debits-in-one-file"}
    assert [
        proof.breaches for proof in prove_books(client.id) if proof.name in about and not proof.holds
    ] == []


def pay(client: Any, invoice_id: int, amount: str, on: dt.date) -> None:
    """Money for an invoice that no debit brought."""
    with client_scope(client.id):
        apply_payments(client.id, [NewPayment(invoice_id, on, Decimal(amount), f"test:{invoice_id}")], NOW)


def filed(client: Any, ids: list[int], day: dt.date, maker: Any, approver: Any) -> int:
    """A batch of these, made and approved on a day."""
    batch = make_debit_batch(client.id, account_of(client), ids, acting(maker, day))
    approve_debit_batch(client.id, batch, acting(approver, day))
    return batch


def states(client: Any) -> list[str]:
    """Where each debit is, in the order they were asked for."""
    return [state for (state,) in rows(client, "SELECT state FROM debits_directdebit ORDER BY id")]
