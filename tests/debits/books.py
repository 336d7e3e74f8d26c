"""Mandates and debits for the tests: who collects, whose account, and what was signed."""

import datetime as dt
from typing import Any

from inbaar.banking.debits.actions import Confirmed, NewMandate, set_creditor, sign_on_paper
from inbaar.kit.bulk import fetch
from inbaar.kit.scope import client_scope
from inbaar.receivables.evidence import NewFile
from tests.banking.books import draft, invoiced

DAY = dt.date(2026, 3, 3)
NOW = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
SIGNED = dt.date(2026, 2, 2)
CREDITOR = "NL69ZZZ123456780000"
JANSEN, MOVED, SAME_BANK = "NL20INGB0001234567", "NL44RABO0123456789", "NL51INGB0000000001"
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


def confirmed(**facts: Any) -> Confirmed:
    """An online signature by Jansen, at home."""
    given = {"agreed": True, "name": "Jansen Bouw B.V.", "iban": "nl20 ingb 0001 2345 67", "language": "nl",
             "address": "192.0.2.7", "browser": "Phone/1.0"}  # fmt: skip
    return Confirmed(**(given | facts))


def rows(client: Any, sql: str) -> list[tuple[Any, ...]]:
    """What the database has, in the client's scope."""
    with client_scope(client.id):
        return fetch(sql)
