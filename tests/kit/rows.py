"""A valid row of each kind a client has, made through the models: for the tests that walk every table of a client.

A new model gets a line in `FACTS`; the isolation tests say so when it is missing. References that a row must have are
made here, each to a fresh row of the same client.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import Model

from inbaar.arrangements import models as arrangements
from inbaar.banking import models as banking
from inbaar.banking.batches import models as batches
from inbaar.banking.debits import models as debits
from inbaar.banking.online import models as online
from inbaar.banking.transfers import models as transfers
from inbaar.banking.write_offs import models as write_offs
from inbaar.collecting import models as collecting
from inbaar.debtor_page import models as debtor_page
from inbaar.debtor_statements import models as debtor_statements
from inbaar.dunning import models as dunning
from inbaar.intake import models as intake
from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel
from inbaar.ledger import models as ledger
from inbaar.letters import models as letters
from inbaar.mailbox import models as mailbox
from inbaar.mandates import models as mandates
from inbaar.parties import models as parties
from inbaar.receivables import models as receivables
from inbaar.register import models as register

DAY = dt.date(2026, 3, 2)
LATER = dt.date(2026, 4, 1)
MOMENT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
AMOUNT = Decimal("121.00")
IBAN = "NL91ABNA0417164300"

_numbers = count(1)


def another(prefix: str) -> str:
    """A text no other row has."""
    return f"{prefix}-{next(_numbers)}"


def _invoice() -> dict[str, Any]:
    number = another("F")
    return {
        "kind": "invoice", "number": number, "number_key": number,
        "issue_date": DAY, "received_on": DAY, "due_date": LATER, "term_agreed": True, "claim_kind": "trade",
        "first_interest_day": LATER, "currency": "EUR", "net": Decimal("100.00"), "vat": Decimal("21.00"),
        "total": AMOUNT, "payable": AMOUNT, "content_key": "0" * 64, "open_amount": AMOUNT, "accepted_at": MOMENT,
    }  # fmt: skip


def _user() -> parties.User:
    return parties.User.objects.create_user(f"{another('lid')}@example.nl")


FACTS: dict[type[Model], Callable[[], dict[str, Any]]] = {
    parties.Membership: lambda: {"user": _user(), "role": "viewer"},
    parties.Debtor: lambda: {
        "identity": another("debtor"), "name": "Jansen B.V.", "capacity": "business", "legal_form":
        "company",
    },
    parties.Contact: lambda: {"role": "invoice", "email": f"{another('a')}@example.nl"},
    parties.DebtorIban: lambda: {"iban": IBAN, "known_since": DAY},
    ledger.Account: lambda: {"code": another("account"), "purse": "own", "currency": "EUR"},
    ledger.Transfer: lambda: {
        "reference": another("entry"), "line": 1, "purse": "own", "currency": "EUR", "amount": AMOUNT,
        "booked_on": DAY, "recorded_at": MOMENT, "subject": 1,
    },
    receivables.Invoice: _invoice,
    receivables.AgeStep: lambda: {
        "currency": "EUR", "kind": "invoice", "due_date": LATER, "dated": DAY, "booked_on": DAY, "count": 1,
        "amount": AMOUNT, "merged": False,
    },
    receivables.Title: lambda: {
        "owner_name": "Van Dijk B.V.", "payee_iban": IBAN, "period": (DAY, None), "deed": "issued",
    },
    receivables.Hold: lambda: {
        "kind": "pause", "reason": "asked", "owner": "desk", "since": DAY, "key": another("hold"),
    },
    receivables.ClaimComponent: lambda: {
        "kind": "costs", "amount": AMOUNT, "since": DAY, "claimed_on": DAY, "rule": "6:96", "source": "BW",
        "key": another("component"),
    },
    receivables.Payment: lambda: {
        "kind": "bank", "received_on": DAY, "amount": AMOUNT, "costs": Decimal(0), "interest": Decimal(0),
        "principal": AMOUNT, "key": another("payment"),
    },
    receivables.Event: lambda: {"on": DAY, "recorded_at": MOMENT, "kind": "accepted"},
    receivables.Deadline: lambda: {"kind": "prescription", "on": LATER, "rule": "3:307", "lost": "the claim"},
    receivables.Dispatch: lambda: {},
    receivables.EvidenceFile: lambda: {
        "sha256": another("sha"), "size": 1, "media_type": "text/plain", "content": b"x",
    },
    receivables.Evidence: lambda: {
        "kind": "job_sheet", "name": "werkbon.txt", "added_by": "desk", "added_on": DAY,
    },
    receivables.EvidenceRequest: lambda: {
        "kind": "any", "step": "person", "reason": "asked", "asked_by": "desk", "asked_on": DAY, "due_on": LATER,
        "key": another("request"),
    },
    intake.Document: lambda: {
        "name": "a.xml", "sha256": another("sha"), "size": 1, "content": b"x", "channel": "upload",
        "received_at": MOMENT,
    },
    intake.Reading: lambda: {"outcome": "review", "read": {}, "on": DAY},
    intake.Import: lambda: {"format": "csv", "head_key": "0" * 64, "choices": {}, "opened_at": MOMENT, "changed_at": MOMENT},
    intake.ImportLine: lambda: {
        "line": 2, "verdict": "doubtful", "number": another("F"), "told": {}, "decision": "take",
    },
    intake.Learned: lambda: {"field": "number", "label": another("label"), "on": DAY},
    intake.Scan: lambda: {"pages": 2, "page_count": 2, "on": DAY},
    intake.ScanPage: lambda: {"page": 1, "engine": "rapidocr", "read": []},
    banking.BankAccount: lambda: {"iban": another("NL"), "currency": "EUR", "holder": "Van Dijk B.V."},
    banking.StatementFile: lambda: {
        "name": "a.xml", "sha256": another("sha"), "status": "read", "imported_at": MOMENT,
    },
    banking.Statement: lambda: {},
    banking.Entry: lambda: {
        "key": another("entry"), "date": DAY, "value_date": DAY, "amount": AMOUNT, "currency": "EUR",
        "unapplied": AMOUNT,
    },
    banking.Match: lambda: {
        "amount": AMOUNT, "score": 100, "reason": "reference", "made_by": "run", "made_on": DAY,
    },
    banking.Suspect: lambda: {},
    banking.Allotment: lambda: {"kind": "keep", "amount": AMOUNT, "made_by": "desk", "made_on": DAY},
    banking.Tolerance: lambda: {
        "amount": Decimal("1.00"), "ground": "small_difference", "set_by": "desk", "set_on": DAY,
    },
    banking.Habit: lambda: {
        "kind": "name", "value": another("NAAM"), "learned_by": "desk", "learned_on": DAY,
    },
    batches.Batch: lambda: {
        "kind": "transfer", "purse": "own", "message_id": another("message"), "execute_on": LATER, "count": 1,
        "total": AMOUNT, "made_by": _user(), "made_at": MOMENT, "state": "approved", "decided_by": _user(),
        "decided_at": MOMENT,
    },
    batches.BatchFile: lambda: {
        "state": "approved", "format": "pain.001", "sha256": another("sha"), "size": 1, "made_at": MOMENT,
    },
    batches.BatchVoid: lambda: {"reason": "lost", "asked_by": _user(), "asked_at": MOMENT},
    batches.FilePart: lambda: {"number": 1, "content": b"x"},
    batches.StatusReport: lambda: {
        "sha256": another("sha"), "name": "a.xml", "format": "pain.002", "message_id": "m", "original_message_id": "o",
        "content": b"x", "imported_at": MOMENT,
    },
    write_offs.WriteOffLimit: lambda: {"amount": AMOUNT, "set_by": _user(), "set_at": MOMENT},
    write_offs.WriteOffRequest: lambda: {
        "paid": Decimal(0), "amount": AMOUNT, "ground": "goodwill", "learn": True, "asked_by": _user(), "asked_on": DAY,
        "asked_at": MOMENT,
    },
    transfers.BatchedTransfer: lambda: {"number": 1},
    transfers.CreditTransfer: lambda: {
        "source_kind": "by_hand", "source_key": another("source"), "payee_name": "Jansen B.V.", "payee_iban": IBAN,
        "amount": AMOUNT, "currency": "EUR", "charged_to": "other_payments", "text": "Terug", "wanted_on": DAY,
        "reason": "asked", "requested_by": "desk", "requested_at": MOMENT, "state_on": DAY,
    },
    transfers.TransferMoney: lambda: {"role": "taken", "amount": AMOUNT, "on": DAY},
    debits.Creditor: lambda: {"identifier": "NL69ZZZ123456780000", "name": "Van Dijk B.V.", "since": DAY},
    debits.Mandate: lambda: {
        "capacity": "business", "reference": another("M"), "kind": "recurring", "scheme": "b2b", "announced_days": 14,
        "signed_on": DAY, "signed_how": "paper", "registered_on": DAY,
        "state_on": DAY, "recorded_at": MOMENT,
    },
    debits.MandateVersion: lambda: {
        "number": 1, "debtor_name": "Jansen B.V.", "debtor_iban": IBAN, "creditor_identifier": "NL69ZZZ123456780000",
        "creditor_name": "Van Dijk B.V.", "since": DAY, "changed_by": "desk",
    },
    debits.SigningLink: lambda: {
        "reference": another("M"), "kind": "recurring", "scheme": "core", "announced_days": 14, "debtor_name": "Jansen B.V.",
        "made_on": DAY, "expires_on": LATER, "made_by": "desk",
    },
    debits.DirectDebit: lambda: {
        "kind": "recurring", "amount": AMOUNT, "currency": "EUR", "due_on": LATER, "announced_days": 14,
        "requested_by": "desk", "requested_at": MOMENT, "state_on": DAY,
    },
    debits.BatchedDebit: lambda: {"number": 1},
    collecting.DebitNotice: lambda: {},
    debits.DebitMoney: lambda: {"role": "collected", "amount": AMOUNT, "on": DAY},
    banking.AnnouncedPayment: lambda: {
        "key": another("announced"), "movement": "m", "movement_amount": AMOUNT, "detailed": False, "date": DAY,
        "value_date": DAY, "until": DAY, "amount": AMOUNT, "currency": "EUR", "returned": False,
    },
    banking.AnnouncedFor: lambda: {},
    banking.WaitingFile: lambda: {"content": b"x"},
    banking.PaymentBundle: lambda: {
        "reference": another("RF"), "currency": "EUR", "total": AMOUNT, "made_on": DAY,
    },
    banking.BundlePart: lambda: {"amount": AMOUNT},
    online.ProviderAccount: lambda: {
        "provider": "mollie", "key": "sealed", "test": False, "set_by": "desk", "set_at": MOMENT,
    },
    online.OnlinePayment: lambda: {
        "content": another("parts"), "amount": AMOUNT, "currency": "EUR", "test": False, "key": another("key"),
        "started_at": MOMENT,
    },
    online.OnlinePart: lambda: {"amount": AMOUNT},
    online.OnlineRefund: lambda: {
        "amount": AMOUNT, "reason": "paid twice", "key": another("key"), "asked_by": _user(), "asked_at": MOMENT,
    },
    debtor_statements.StatementRun: lambda: {
        "key": another("run"), "kind": "open", "on": DAY, "by_mail": False, "made_by": "desk", "made_at": MOMENT,
    },
    debtor_statements.AccountStatement: lambda: {"currency": "EUR", "state": "waiting", "changed_at": MOMENT},
    debtor_statements.StatementItem: lambda: {"open": AMOUNT, "asked": AMOUNT},
    debtor_statements.StatementPdf: lambda: {"pdf": b"%PDF", "sha256": another("sha")},
    debtor_page.DisputeReason: lambda: {"code": another("reason"), "nl": "Prijs", "en": "Price", "solve_days": 10},
    debtor_page.Reply: lambda: {
        "kind": "dispute", "number": another("R"), "language": "nl", "words": "w", "said_on": DAY, "said_at": MOMENT,
        "answer_by": LATER, "key": another("said"),
    },
    debtor_page.ReplyFile: lambda: {"name": "foto.pdf"},
    debtor_page.PageMail: lambda: {
        "kind": "receipt", "key": another("mail"), "language": "nl", "from_name": "Van Dijk", "from_address": "b@example.nl",
        "to_name": "Jansen", "address": "a@example.nl", "subject": "s", "text": "t", "made_at": MOMENT, "changed_at": MOMENT,
    },
    mandates.MandateMessage: lambda: {
        "kind": "request", "key": another("message"), "reference": "M-1", "language": "nl", "from_name": "Van Dijk",
        "from_address": "b@example.nl", "to_name": "Jansen", "address": "a@example.nl", "subject": "s", "text": "t", "pdf": b"%PDF", "made_by": "desk", "made_at": MOMENT,
        "changed_at": MOMENT,
    },
    letters.Letter: lambda: {
        "kind": "reminder", "number": another("B"), "language": "nl", "on": DAY, "currency": "EUR", "total":
        AMOUNT, "payee_iban": IBAN, "content": {}, "composed_at": MOMENT,
    },
    letters.LetterItem: lambda: {
        "step": "reminder", "principal": AMOUNT, "interest": Decimal(0), "costs": Decimal(0),
    },
    letters.LetterFile: lambda: {"pdf": b"%PDF", "sha256": another("sha")},
    letters.Enclosure: lambda: {
        "place": 1, "name": "f.pdf", "media_type": "application/pdf", "sha256": another("sha"), "content": b"%PDF",
    },
    letters.Delivery: lambda: {
        "channel": "mail", "address": "a@example.nl", "state": "queued", "message_id": another("message"),
        "not_before": MOMENT, "changed_at": MOMENT,
    },
    dunning.Schedule: lambda: {"stage": "due", "due_on": DAY},
    dunning.Step: lambda: {"kind": "reminder", "key": "reminder", "on": DAY},
    dunning.Policy: lambda: {"name": another("policy")},
    dunning.PolicyVersion: lambda: {"number": 1, "made_at": MOMENT, "made_by": "desk"},
    dunning.PolicyStep: lambda: {
        "place": 1, "action": "reminder", "days": 1, "after": "due", "channel": "email_or_post", "tone": "friendly",
        "term": "calendar_days", "term_days": 7, "role": "follow_up", "capacities": "cbg",
    },
    dunning.PolicyChoice: dict,
    dunning.PolicyChange: lambda: {"kind": "saved", "on": DAY, "at": MOMENT, "by": "desk", "facts": {}},
    letters.OwnWords: lambda: {
        "kind": "reminder", "language": "nl", "number": next(_numbers), "words": "Hartelijk dank.", "made_at": MOMENT, "made_by": "desk",
    },
    dunning.Call: lambda: {"on": DAY},
    dunning.CallItem: lambda: {"step": "call"},
    mailbox.Mailbox: lambda: {
        "address": "facturen@example.nl", "host": "imap.example.nl", "port": 993, "security": "tls",
        "user": "facturen", "password": "sealed",
    },
    letters.BadAddress: lambda: {"address": f"{another('s')}@example.nl", "since": DAY, "answer": "550 5.1.1"},
    mailbox.Sender: lambda: {"pattern": f"{another('s')}@example.nl", "added_by": "desk", "added_on": DAY},
    mailbox.Message: lambda: {
        "key": another("key"), "uid_validity": 1, "uid": 1, "size": 1, "state": "held", "attempts": 1,
        "received_at": MOMENT, "changed_at": MOMENT,
    },
    mailbox.HeldFile: lambda: {"name": "a.xml", "size": 1, "content": b"x"},
    register.Report: lambda: {
        "amount": AMOUNT, "reported_on": DAY, "reported_by": "desk", "look_on": LATER, "nonce": "0" * 64,
    },
    register.Call: lambda: {"due_on": LATER},
    register.Objection: lambda: {"reason": "not ours", "made_on": DAY, "taken_by": "desk"},
    register.ObjectionFile: lambda: {"name": "uittreksel.pdf"},
    register.Fee: lambda: {"report": next(_numbers), "amount": AMOUNT, "on": DAY, "price_since": DAY},
    dunning.Skip: lambda: {"on": DAY, "reason": "asked", "made_by": "desk"},
    arrangements.ArrangementPolicy: lambda: {
        "promise_days": 14, "promise_times": 2, "promise_window_days": 90, "plan_terms": 12, "plan_days": 365,
        "plan_total": Decimal("5000.00"), "term_least": Decimal("25.00"), "first_term_days": 31, "after_broken_days": 365,
        "remind_days": 5, "grace_days": 2, "cure_days": 7, "answer_days": 5, "stops_interest": True,
        "insurer_hand_over_days": 30, "set_by": "desk", "set_on": DAY,
    },
    arrangements.Promise: lambda: {
        "amount": AMOUNT, "currency": "EUR", "due_on": LATER, "source": "us", "made_by": "desk", "made_on": DAY,
        "made_at": MOMENT, "key": another("promise"),
    },
    arrangements.PromiseInvoice: lambda: {"paid_before": Decimal("0.00")},
    arrangements.Plan: lambda: {
        "source": "us", "currency": "EUR", "total": AMOUNT, "every": "month", "stops_interest": True, "acknowledged": False,
        "findings": [], "asked_by": "desk", "asked_on": DAY, "asked_at": MOMENT, "key": another("plan"), "state": "asked",
    },
    arrangements.PlanInvoice: lambda: {
        "place": next(_numbers), "principal": AMOUNT, "interest": Decimal("0.00"), "costs": Decimal("0.00"),
        "paid_before": Decimal("0.00"),
    },
    arrangements.PlanTerm: lambda: {"number": next(_numbers), "due_on": LATER, "amount": AMOUNT},
    arrangements.PlanLetter: lambda: {"kind": "plan"},
}  # fmt: skip


# References that may be left out, but not all of them.
AT_LEAST: dict[type[Model], tuple[str, ...]] = {
    receivables.Event: ("debtor",),
    debtor_page.Reply: ("invoice",),
    debits.Mandate: ("registration",),
    banking.Allotment: ("debtor",),
    banking.Tolerance: ("debtor",),
}


def unsaved(model: type[ClientModel], client: parties.Client, **changed: Any) -> Any:
    """A valid row that is not written yet; the rows it must point at are."""
    if model not in FACTS:
        raise AssertionError(
            f"{model.__name__} is a client's table without a valid row to test isolation with; "
            "add one to FACTS in tests/kit/rows.py"
        )
    facts = {**FACTS[model](), **changed}
    for field in model._meta.concrete_fields:
        if not isinstance(field, ScopedForeignKey) or field.name in facts:
            continue
        if not field.null or field.name in AT_LEAST.get(model, ()):
            shared = {name: facts[name] for name in field.also if name in facts}
            facts[field.name] = new(field.remote_field.model, client, **shared)
    return model(client=client, **facts)


def new(model: type[ClientModel], client: parties.Client, **changed: Any) -> Any:
    """A valid row, written in the scope that stands."""
    row = unsaved(model, client, **changed)
    row.save(force_insert=True)
    return row
