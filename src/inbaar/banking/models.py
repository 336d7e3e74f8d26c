"""Bank accounts, statements and entries: what the bank said, kept whole, and what became of each entry."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import Unmeasured, client_table
from inbaar.ledger.models import Purse
from inbaar.parties.models import Debtor
from inbaar.receivables.grounds import Ground
from inbaar.receivables.models import Invoice


class BankAccount(ClientModel):
    """An account of the client that statements come in for. `stale_after_days` says when its news is too old."""

    iban = models.CharField(max_length=34)
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=200)
    purse = models.CharField(max_length=12, choices=Purse.choices, default=Purse.OWN)
    stale_after_days = models.PositiveSmallIntegerField(default=7)
    read_up_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "iban", "currency"], name="bank_account_once"),
            # What batches of payments point at: an account together with whose money is on it.
            UniqueConstraint(fields=["id", "client", "purse"], name="bank_account_with_purse"),
            *client_table("banking_bankaccount", update=["holder", "stale_after_days", "read_up_to"]),
        ]

    def __str__(self) -> str:
        return self.iban


class StatementFile(ClientModel):
    """A file of statements as it came in, by its fingerprint, with what was wrong with it."""

    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=10)
    problems = models.JSONField(default=list)
    imported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "sha256"], name="statement_file_once"),
            # A refused file may be offered again once its reason is gone (its account was added).
            *client_table(
                "banking_statementfile", update=["name", "format", "status", "problems", "imported_at"]
            ),
        ]


class Statement(DependentModel):
    """One statement of one account: its period, its balances, and whether they add up with its entries."""

    account = ScopedForeignKey(BankAccount)
    file = ScopedForeignKey(StatementFile)
    statement_id = models.CharField(max_length=80, blank=True)
    opening = MoneyField(null=True)
    closing = MoneyField(null=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    adds_up = models.BooleanField(default=True)
    problems = models.JSONField(default=list)

    class Meta:
        # What is known only once the last entry went by is filled in then; see `importing`.
        constraints: ClassVar[list[Any]] = [
            # What entries point at: a statement together with its account.
            UniqueConstraint(fields=["id", "client", "account"], name="statement_with_account"),
            *client_table(
                "banking_statement",
                update=["closing", "from_date", "to_date", "adds_up", "problems"],
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "account", "to_date"], name="statement_by_account")
        ]


class Entry(DependentModel):
    """One movement on an account, as the bank gave it. Never changed, never dropped; only what became of it lives.

    `key` is the same for the same movement in two overlapping statements, so it is kept once.
    """

    class State(models.TextChoices):
        """What became of the entry."""

        NEW = "new"
        MATCHED = "matched"
        UNMATCHED = "unmatched"
        IGNORED = "ignored"

    # That the account is there and the statement's own is said by the reference to the statement.
    account = ScopedForeignKey(BankAccount, db_constraint=False)
    statement = ScopedForeignKey(Statement, also=("account",))
    key = models.CharField(max_length=64)
    date = models.DateField()
    value_date = models.DateField()
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    counterparty_name = models.CharField(max_length=200, blank=True)
    counterparty_iban = models.CharField(max_length=34, blank=True)
    reference = models.CharField(max_length=140, blank=True)
    end_to_end_id = models.CharField(max_length=140, blank=True)
    text = models.TextField(blank=True)
    return_reason = models.CharField(max_length=10, blank=True)
    bank_reference = models.CharField(max_length=140, blank=True)
    raw = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    score = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    reason_facts = models.JSONField(default=dict)
    unapplied = MoneyField()
    # How often what it paid was undone: it makes the keys of its next payments other ones.
    rounds = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "account", "key"], name="entry_once"),
            CheckConstraint(
                name="entry_unapplied_in_bounds",
                condition=Q(amount__gte=0, unapplied__gte=0, unapplied__lte=models.F("amount"))
                | Q(amount__lt=0, unapplied=models.F("amount")),
            ),
            Unmeasured(name="entry_unmeasured", columns=["text", "raw", "reason_facts"]),
            *client_table(
                "banking_entry",
                update=["state", "score", "reason", "reason_facts", "unapplied", "rounds"],
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "date"], name="entry_by_day"),
            Index(fields=["client", "id"], name="entry_new", condition=Q(state="new")),
            Index(fields=["client", "date"], name="entry_unmatched", condition=Q(state="unmatched")),
            Index(fields=["client", "id"], name="entry_of_own_payment", condition=Q(reason="own-payment")),
            Index(
                fields=["client", "date"],
                name="entry_left_over",
                condition=Q(state="matched", unapplied__gt=0),
            ),
        ]


class Match(DependentModel):
    """The part of an entry that pays an invoice, how it was known, and how surely. One that was undone stays, with its day."""

    entry = ScopedForeignKey(Entry)
    invoice = ScopedForeignKey(Invoice)
    amount = MoneyField()
    score = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=40)
    made_by = models.CharField(max_length=100)
    made_on = models.DateField()
    # The entry's round, which is in the key of its payment; and the day on which it was undone or the money taken back.
    round = models.PositiveSmallIntegerField(db_default=0)
    undone_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "entry", "invoice"], name="match_once", condition=Q(undone_on=None)
            ),
            CheckConstraint(name="match_positive", condition=Q(amount__gt=0)),
            *client_table("banking_match", update=["undone_on"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="match_by_invoice")]


class Suspect(DependentModel):
    """An invoice that an unmatched entry could be the payment of: it is not chased while the entry is unmatched."""

    entry = ScopedForeignKey(Entry)
    invoice = ScopedForeignKey(Invoice)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice", "entry"], name="suspect_once"),
            *client_table("banking_suspect", delete=True),
        ]


class Allotment(DependentModel):
    """The part of an entry that neither pays an invoice nor goes out: kept for the debtor, or taken back by the bank.

    `counterpart` is the entry by which the bank took the money back. One that was undone stays, with its day.
    """

    class Kind(models.TextChoices):
        """Where the money goes."""

        KEEP = "keep"
        NEXT_INVOICE = "next_invoice"
        RETURNED = "returned"

    entry = ScopedForeignKey(Entry)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    debtor = ScopedForeignKey(Debtor, null=True)
    counterpart = ScopedForeignKey(Entry, null=True)
    amount = MoneyField()
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=100)
    made_on = models.DateField()
    undone_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="allotment_positive", condition=Q(amount__gt=0)),
            CheckConstraint(
                name="allotment_says_whose",
                condition=Q(kind__in=["keep", "next_invoice"], debtor__isnull=False)
                | Q(kind="returned", counterpart__isnull=False),
            ),
            # Money is taken back by one entry once.
            UniqueConstraint(
                fields=["client", "counterpart", "entry"],
                name="allotment_counterpart_once",
                condition=Q(undone_on=None),
            ),
            *client_table("banking_allotment", update=["undone_on"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "entry"], name="allotment_by_entry"),
            Index(
                fields=["client", "debtor"],
                name="allotment_standing",
                condition=Q(undone_on=None, kind__in=["keep", "next_invoice"]),
            ),
        ]


class Tolerance(ClientModel):
    """Up to which difference a payment counts as in full by itself: of a debtor, or of the client for all others."""

    debtor = ScopedForeignKey(Debtor, null=True)
    amount = MoneyField()
    ground = models.CharField(max_length=16, choices=[(g.value, g.value) for g in Ground])
    set_by = models.CharField(max_length=100)
    set_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "debtor"], name="tolerance_once"),
            UniqueConstraint(fields=["client"], name="tolerance_of_client_once", condition=Q(debtor=None)),
            CheckConstraint(name="tolerance_in_bounds", condition=Q(amount__gte=0, amount__lte=100)),
            *client_table("banking_tolerance", update=["amount", "ground", "set_by", "set_on"]),
        ]


class Habit(DependentModel):
    """What a person's decision taught of how a debtor pays. It is used until it is forgotten.

    `value` is the payer's name as it is compared (`name`), or the percentage he takes off (`discount`).
    """

    class Kind(models.TextChoices):
        """What is known of the debtor."""

        NAME = "name"
        DISCOUNT = "discount"
        CUSTOMER_NUMBER = "customer_number"

    debtor = ScopedForeignKey(Debtor)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=200)
    entry = ScopedForeignKey(Entry)
    learned_by = models.CharField(max_length=100)
    learned_on = models.DateField()
    forgotten_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "kind", "value", "debtor"],
                name="habit_once",
                condition=Q(forgotten_on=None),
            ),
            *client_table("banking_habit", update=["forgotten_on"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "debtor"], name="habit_by_debtor")]
