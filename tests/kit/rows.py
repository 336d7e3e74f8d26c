"""A valid row of each kind a client has, made through the models: for the tests that walk every table of a client.

A new model gets a line in `FACTS`; the isolation tests say so when it is missing.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import Model

from inbaar.banking import models as banking
from inbaar.dunning import models as dunning
from inbaar.intake import models as intake
from inbaar.kit.models import ClientModel
from inbaar.ledger import models as ledger
from inbaar.letters import models as letters
from inbaar.parties import models as parties
from inbaar.receivables import models as receivables

DAY = dt.date(2026, 3, 2)
LATER = dt.date(2026, 4, 1)
MOMENT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
AMOUNT = Decimal("121.00")
IBAN = "NL91ABNA0417164300"

_numbers = count(1)


def another(prefix: str) -> str:
    """A text no other row has."""
    return f"{prefix}-{next(_numbers)}"


def _invoice(client: parties.Client) -> dict[str, Any]:
    number = another("F")
    return {
        "debtor": new(parties.Debtor, client), "kind": "invoice", "number": number, "number_key": number,
        "issue_date": DAY, "received_on": DAY, "due_date": LATER, "term_agreed": True, "claim_kind": "trade",
        "first_interest_day": LATER, "currency": "EUR", "net": Decimal("100.00"), "vat": Decimal("21.00"),
        "total": AMOUNT, "payable": AMOUNT, "content_key": "0" * 64, "open_amount": AMOUNT, "accepted_at": MOMENT,
    }  # fmt: skip


def _letter(client: parties.Client) -> dict[str, Any]:
    return {
        "debtor": new(parties.Debtor, client), "kind": "reminder", "number": another("B"), "language": "nl",
        "on": DAY, "currency": "EUR", "total": AMOUNT, "payee_iban": IBAN, "content": {}, "key": another("letter"),
        "composed_at": MOMENT,
    }  # fmt: skip


def _transfer(client: parties.Client) -> dict[str, Any]:
    return {
        "reference": another("entry"), "line": 1, "debit": new(ledger.Account, client),
        "credit": new(ledger.Account, client), "purse": "own", "currency": "EUR", "amount": AMOUNT,
        "booked_on": DAY, "recorded_at": MOMENT, "subject": 1,
    }  # fmt: skip


def _entry(client: parties.Client) -> dict[str, Any]:
    statement = new(banking.Statement, client)
    return {
        "account": statement.account, "statement": statement, "key": another("entry"), "date": DAY,
        "value_date": DAY, "amount": AMOUNT, "currency": "EUR", "unapplied": AMOUNT,
    }  # fmt: skip


def _user() -> parties.User:
    return parties.User.objects.create_user(f"{another('lid')}@example.nl")


FACTS: dict[type[Model], Callable[[parties.Client], dict[str, Any]]] = {
    parties.Membership: lambda c: {"user": _user(), "role": "viewer"},
    parties.Debtor: lambda c: {
        "identity": another("debtor"), "name": "Jansen B.V.", "capacity": "business", "legal_form": "company",
    },
    parties.Contact: lambda c: {
        "debtor": new(parties.Debtor, c), "role": "invoice", "email": f"{another('a')}@example.nl",
    },
    parties.DebtorIban: lambda c: {"debtor": new(parties.Debtor, c), "iban": IBAN, "known_since": DAY},
    ledger.Account: lambda c: {"code": another("account"), "purse": "own", "currency": "EUR"},
    ledger.Transfer: _transfer,
    receivables.Invoice: _invoice,
    receivables.Title: lambda c: {
        "invoice": new(receivables.Invoice, c), "owner_name": c.name, "payee_iban": IBAN, "period": (DAY, None),
        "deed": "issued",
    },
    receivables.Hold: lambda c: {
        "debtor": new(parties.Debtor, c), "kind": "pause", "reason": "asked", "owner": "desk", "since": DAY,
        "key": another("hold"),
    },
    receivables.ClaimComponent: lambda c: {
        "invoice": new(receivables.Invoice, c), "kind": "costs", "amount": AMOUNT, "since": DAY,
        "claimed_on": DAY, "rule": "6:96", "source": "BW", "key": another("component"),
    },
    receivables.Payment: lambda c: {
        "invoice": new(receivables.Invoice, c), "kind": "bank", "received_on": DAY, "amount": AMOUNT,
        "costs": Decimal(0), "interest": Decimal(0), "principal": AMOUNT, "key": another("payment"),
    },
    receivables.Event: lambda c: {"on": DAY, "recorded_at": MOMENT, "kind": "accepted"},
    receivables.Deadline: lambda c: {
        "invoice": new(receivables.Invoice, c), "kind": "prescription", "on": LATER, "rule": "3:307",
        "lost": "the claim",
    },
    intake.Document: lambda c: {
        "name": "a.xml", "sha256": another("sha"), "size": 1, "content": b"x", "channel": "upload",
        "received_at": MOMENT,
    },
    intake.Reading: lambda c: {
        "document": new(intake.Document, c), "outcome": "review", "read": {}, "on": DAY,
    },
    banking.BankAccount: lambda c: {"iban": another("NL"), "currency": "EUR", "holder": c.name},
    banking.StatementFile: lambda c: {
        "name": "a.xml", "sha256": another("sha"), "status": "read", "imported_at": MOMENT,
    },
    banking.Statement: lambda c: {
        "account": new(banking.BankAccount, c), "file": new(banking.StatementFile, c),
    },
    banking.Entry: _entry,
    banking.Match: lambda c: {
        "entry": new(banking.Entry, c), "invoice": new(receivables.Invoice, c), "amount": AMOUNT, "score": 100,
        "reason": "reference", "made_by": "run", "made_on": DAY,
    },
    banking.Suspect: lambda c: {"entry": new(banking.Entry, c), "invoice": new(receivables.Invoice, c)},
    letters.Letter: _letter,
    letters.LetterItem: lambda c: {
        "letter": new(letters.Letter, c), "invoice": new(receivables.Invoice, c), "step": "reminder",
        "principal": AMOUNT, "interest": Decimal(0), "costs": Decimal(0),
    },
    letters.LetterFile: lambda c: {"letter": new(letters.Letter, c), "pdf": b"%PDF", "sha256": another("sha")},
    letters.Delivery: lambda c: {
        "letter": new(letters.Letter, c), "channel": "mail", "address": "a@example.nl", "state": "queued",
        "message_id": another("message"), "not_before": MOMENT, "changed_at": MOMENT,
    },
    dunning.Schedule: lambda c: {"invoice": new(receivables.Invoice, c), "stage": "due", "due_on": DAY},
    dunning.Step: lambda c: {"invoice": new(receivables.Invoice, c), "kind": "reminder", "on": DAY},
    dunning.Skip: lambda c: {
        "invoice": new(receivables.Invoice, c), "on": DAY, "reason": "asked", "made_by": "desk",
    },
}  # fmt: skip


def unsaved(model: type[ClientModel], client: parties.Client, **changed: Any) -> Any:
    """A valid row that is not written yet; the rows it points at are."""
    if model not in FACTS:
        raise AssertionError(
            f"{model.__name__} is a client's table without a valid row to test isolation with; "
            "add one to FACTS in tests/kit/rows.py"
        )
    return model(client=client, **{**FACTS[model](client), **changed})


def new(model: type[ClientModel], client: parties.Client, **changed: Any) -> Any:
    """A valid row, written in the scope that stands."""
    row = unsaved(model, client, **changed)
    row.save(force_insert=True)
    return row
