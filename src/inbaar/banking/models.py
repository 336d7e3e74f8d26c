"""Bank accounts, statements and entries: what the bank said, kept whole, and what became of each entry."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, Unmeasured, client_table
from inbaar.ledger.models import Purse
from inbaar.parties.models import Debtor
from inbaar.receivables.grounds import Ground
from inbaar.receivables.models import Invoice

#: Until when a bank carries out a file the same day: as the client's bank says, within the day on which SEPA settles.
USUAL_CUT_OFF, EARLIEST_CUT_OFF, LATEST_CUT_OFF = dt.time(15, 30), dt.time(8), dt.time(18)


class BankAccount(ClientModel):
    """An account of the client that statements come in for. `stale_after_days` says when its news is too old.

    `cut_off` is until when, in Dutch time, its bank carries a file out the same bank day.
    """

    iban = models.CharField(max_length=34)
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=200)
    purse = models.CharField(max_length=12, choices=Purse.choices, default=Purse.OWN)
    stale_after_days = models.PositiveSmallIntegerField(default=7)
    read_up_to = models.DateField(null=True)
    cut_off = models.TimeField(db_default=USUAL_CUT_OFF)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "iban", "currency"], name="bank_account_once"),
            CheckConstraint(
                name="bank_account_cut_off_in_bounds",
                condition=Q(cut_off__gte=EARLIEST_CUT_OFF, cut_off__lte=LATEST_CUT_OFF),
            ),
            # What batches of payments point at: an account together with whose money is on it.
            UniqueConstraint(fields=["id", "client", "purse"], name="bank_account_with_purse"),
            *client_table(
                "banking_bankaccount", update=["holder", "stale_after_days", "read_up_to", "cut_off"]
            ),
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
    sequence = models.CharField(max_length=40, blank=True)
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
                update=["opening", "closing", "from_date", "to_date", "adds_up", "problems"],
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "account", "to_date"], name="statement_by_account")
        ]


class Entry(DependentModel):
    """One movement on an account, as the bank gave it. Never changed, never dropped; only what became of it lives.

    `key` is the same for the same movement in two overlapping statements, so it is kept once. A batch booking is a movement
    that is `split`: its payments are entries that are `part_of` it, make it up, and are matched in its place.
    """

    class State(models.TextChoices):
        """What became of the entry."""

        NEW = "new"
        MATCHED = "matched"
        UNMATCHED = "unmatched"
        IGNORED = "ignored"
        SPLIT = "split"

    # That the account is there and the statement's own is said by the reference to the statement.
    account = ScopedForeignKey(BankAccount, db_constraint=False)
    statement = ScopedForeignKey(Statement, also=("account",))
    part_of = ScopedForeignKey("self", null=True)
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
    batch_ids = models.JSONField(default=list)
    other_amounts = models.JSONField(default=dict)
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
            Unmeasured(
                name="entry_unmeasured", columns=["text", "raw", "reason_facts", "batch_ids", "other_amounts"]
            ),
            *client_table(
                "banking_entry",
                update=["state", "score", "reason", "reason_facts", "unapplied", "rounds"],
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "date"], name="entry_by_day"),
            Index(fields=["client", "part_of"], name="entry_parts", condition=Q(part_of__isnull=False)),
            Index(fields=["client", "id"], name="entry_new", condition=Q(state="new")),
            Index(fields=["client", "date"], name="entry_unmatched", condition=Q(state="unmatched")),
            Index(fields=["client", "id"], name="entry_of_own_payment", condition=Q(reason="own-payment")),
            Index(
                fields=["client", "date"],
                name="entry_left_over",
                condition=Q(state="matched", unapplied__gt=0),
            ),
            Index(fields=["client", "date"], name="entry_unapplied", condition=Q(unapplied__gt=0)),
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


class AnnouncedPayment(DependentModel):
    """A payment that the bank told of before or beside the day's statement. It is never booked.

    It holds back what would be pressed of the invoices it may pay, until a later day than `until` was read of its account.
    `movement` is the same for the payments of one movement; where they make up `movement_amount` they can complete the
    `entry` that a statement brings for it.
    """

    account = ScopedForeignKey(BankAccount)
    file = ScopedForeignKey(StatementFile)
    entry = ScopedForeignKey(Entry, null=True)
    key = models.CharField(max_length=64)
    movement = models.CharField(max_length=40)
    movement_amount = MoneyField()
    detailed = models.BooleanField()
    date = models.DateField()
    value_date = models.DateField()
    until = models.DateField()
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    counterparty_name = models.CharField(max_length=200, blank=True)
    counterparty_iban = models.CharField(max_length=34, blank=True)
    reference = models.CharField(max_length=140, blank=True)
    end_to_end_id = models.CharField(max_length=140, blank=True)
    text = models.TextField(blank=True)
    return_reason = models.CharField(max_length=10, blank=True)
    returned = models.BooleanField()
    bank_reference = models.CharField(max_length=140, blank=True)
    batch_ids = models.JSONField(default=list)
    other_amounts = models.JSONField(default=dict)
    raw = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "account", "key"], name="announced_once"),
            Unmeasured(name="announced_unmeasured", columns=["text", "raw", "batch_ids", "other_amounts"]),
            *client_table("banking_announcedpayment", update=["entry_id"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["client", "account", "date"], name="announced_by_day", condition=Q(entry__isnull=True)
            ),
        ]


class AnnouncedFor(DependentModel):
    """An invoice that an announced payment could be for: it is not chased until the statement has told."""

    payment = ScopedForeignKey(AnnouncedPayment)
    invoice = ScopedForeignKey(Invoice)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice", "payment"], name="announced_for_once"),
            *client_table("banking_announcedfor", delete=True),
        ]


class WaitingFile(DependentModel):
    """A statement file of which it is not certain that its movements are not here already: kept until a person says."""

    file = ScopedForeignKey(StatementFile)
    doubts = models.JSONField(default=list)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "file"], name="waiting_file_once"),
            StoredAsIs(name="waiting_file_as_is", column="content"),
            *client_table("banking_waitingfile", delete=True),
        ]


class PaymentBundle(DependentModel):
    """Several invoices of one debtor that can be paid as one, under a reference of its own, with how it is divided.

    The reference is a creditor reference (ISO 11649) made of this row's number, so no two clients have the same.
    """

    debtor = ScopedForeignKey(Debtor)
    reference = models.CharField(max_length=25)
    currency = models.CharField(max_length=3)
    total = MoneyField()
    made_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "reference"], name="payment_bundle_once"),
            CheckConstraint(name="payment_bundle_positive", condition=Q(total__gt=0)),
            *client_table("banking_paymentbundle"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "debtor"], name="payment_bundle_by_debtor")]

    def __str__(self) -> str:
        return self.reference


class BundlePart(DependentModel):
    """What of a bundle goes to one invoice: the amount that was asked, interest and costs included."""

    bundle = ScopedForeignKey(PaymentBundle)
    invoice = ScopedForeignKey(Invoice)
    amount = MoneyField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "bundle", "invoice"], name="bundle_part_once"),
            CheckConstraint(name="bundle_part_positive", condition=Q(amount__gt=0)),
            *client_table("banking_bundlepart"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="bundle_part_by_invoice")]


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
