"""Statements of account as they were asked for, written, set and mailed. What one says is frozen when it is written."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.banking.models import PaymentBundle
from inbaar.debtor_statements.states import CANCELLED, EMPTY, STATES, WAITING
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import client_table
from inbaar.parties.models import Debtor
from inbaar.receivables.models import Invoice

KINDS = ("open", "movements")


class StatementRun(ClientModel):
    """Statements asked for together, on one day and of one kind. `key` makes asking twice the same as once.

    `since` is the first day of the movements; a statement of open items has none.
    """

    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    on = models.DateField()
    since = models.DateField(null=True)
    by_mail = models.BooleanField()
    made_by = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="statement_run_once"),
            CheckConstraint(
                name="statement_run_movements_since",
                condition=Q(kind="open", since=None) | Q(kind="movements", since__lte=models.F("on"), since__isnull=False),
            ),
            *client_table("debtor_statements_statementrun"),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "made_at"], name="statement_run_by_moment")]


class AccountStatement(DependentModel):
    """One statement to one debtor in one currency. `content` is all it says; PDF, workbook and mail are made from it.

    `opening` and `closing` are what the ledger holds of the debtor before `since` and at the end of the day, money that
    was not applied left out; `asked` is what can be paid with it.
    """

    run = ScopedForeignKey(StatementRun)
    debtor = ScopedForeignKey(Debtor)
    currency = models.CharField(max_length=3)
    number = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=2, blank=True, default="")
    opening = MoneyField(null=True)
    closing = MoneyField(null=True)
    asked = MoneyField(null=True)
    content = models.JSONField(null=True)
    address = models.CharField(max_length=254, blank=True, default="")
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default=WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=300, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "run", "debtor", "currency"], name="account_statement_once"),
            UniqueConstraint(fields=["client", "number"], name="account_statement_number_once", condition=~Q(number="")),
            CheckConstraint(
                name="account_statement_written_says_all",
                condition=Q(state__in=[WAITING, CANCELLED, EMPTY])
                | Q(opening__isnull=False, closing__isnull=False, asked__isnull=False),
            ),
            *client_table(
                "debtor_statements_accountstatement",
                update=[
                    "number", "language", "opening", "closing", "asked", "content", "address", "state", "attempts",
                    "answer", "changed_at",
                ],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "debtor"], name="account_statement_by_debtor"),
            Index(
                fields=["client", "id"],
                name="account_statement_to_do",
                condition=Q(state__in=["waiting", "queued", "sending"]),
            ),
        ]


class StatementItem(DependentModel):
    """One open invoice on a statement, with what was open of its principal and what was asked of it.

    `bundle` is the reference under which it can be paid with the others of its payee.
    """

    statement = ScopedForeignKey(AccountStatement)
    invoice = ScopedForeignKey(Invoice)
    bundle = ScopedForeignKey(PaymentBundle, null=True)
    open = MoneyField()
    asked = MoneyField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "statement", "invoice"], name="statement_item_once"),
            *client_table("debtor_statements_statementitem", delete=True),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "invoice"], name="statement_item_by_invoice")
        ]


class StatementPdf(DependentModel):
    """A statement as set: the PDF that was sent, byte for byte."""

    statement = ScopedForeignKey(AccountStatement)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "statement"], name="statement_pdf_once"),
            *client_table("debtor_statements_statementpdf", delete=True),
        ]
