"""The register's tables. Reports are their client's; entries are of the company in them and in no client's scope.

An entry says nothing by itself: what it is about is sealed with a key that lies outside the database, and what it is looked
up by is a keyed hash. Nothing points from a client's rows to an entry: whether a report was entered, its row does not say.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import AppMay, client_table
from inbaar.parties.models import Debtor, Language, User
from inbaar.receivables.models import EvidenceFile, Invoice

HASH = r"^[0-9a-f]{64}$"


class Report(DependentModel):
    """A reported arrear while it runs, from its report until it is settled or withdrawn; then the row is gone.

    `amount` is what was open when it was last told. `letter` is the friendly letter's. `look_on` is the next day of a look;
    it comes back every day after the fourteen, entered or not. `overdue` says that the fourteen days passed without an end.
    `nonce` makes its receipt say nothing. `reporter` is the person who reported it, None for a program; `approved_by` is
    another, who agreed that `approved_amount` is entered once all the rules allow it.
    """

    invoice = ScopedForeignKey(Invoice)
    debtor = ScopedForeignKey(Debtor)
    amount = MoneyField()
    reported_on = models.DateField()
    reported_by = models.CharField(max_length=100)
    reporter = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    approved_at = models.DateTimeField(null=True)
    approved_amount = MoneyField(null=True)
    letter = models.BigIntegerField(null=True)
    look_on = models.DateField()
    suspended_on = models.DateField(null=True)
    days_suspended = models.PositiveSmallIntegerField(default=0)
    overdue = models.BooleanField(default=False)
    nonce = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice"], name="report_once"),
            CheckConstraint(name="report_of_something", condition=Q(amount__gt=0)),
            CheckConstraint(name="report_nonce", condition=Q(nonce__regex=HASH)),
            CheckConstraint(
                name="report_approved_whole",
                condition=Q(approved_by=None, approved_at=None, approved_amount=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, approved_amount__isnull=False),
            ),
            CheckConstraint(name="report_approved_by_another", condition=~Q(approved_by=F("reporter"))),
            *client_table(
                "register_report",
                update=[
                    "amount",
                    "letter",
                    "look_on",
                    "suspended_on",
                    "days_suspended",
                    "overdue",
                    "approved_by_id",
                    "approved_at",
                    "approved_amount",
                ],
                delete=True,
            ),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "look_on"], name="report_by_look"),
            Index(fields=["client", "debtor"], name="report_by_debtor"),
        ]


class Call(DependentModel):
    """A phone call to make about a reported arrear, and what came of it. It goes with its report."""

    class Outcome(models.TextChoices):
        """What came of a call."""

        WILL_PAY = "will_pay"
        WANTS_PLAN = "wants_plan"
        DISPUTES = "disputes"
        NO_ANSWER = "no_answer"
        NO_NUMBER = "no_number"

    report = ScopedForeignKey(Report)
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    made_on = models.DateField(null=True)
    made_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "report"], name="call_waits_once", condition=Q(made_on=None)),
            CheckConstraint(
                name="call_made_with_outcome",
                condition=Q(made_on=None, outcome="", made_by="")
                | (Q(made_on__isnull=False) & ~Q(outcome="") & ~Q(made_by="")),
            ),
            *client_table("register_call", update=["outcome", "note", "made_on", "made_by"], delete=True),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "report"], name="call_by_report"),
            Index(fields=["client", "due_on"], name="call_to_make", condition=Q(made_on=None)),
        ]


class Objection(DependentModel):
    """What a debtor brought against a reported claim, in his words. The dispute it opened stands among the holds."""

    invoice = ScopedForeignKey(Invoice)
    reason = models.CharField(max_length=300)
    made_on = models.DateField()
    taken_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar[list[Any]] = [*client_table("register_objection")]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="objection_by_invoice")]


class ObjectionFile(DependentModel):
    """A file that a debtor brought as evidence, such as an extract of the KvK or a letter."""

    objection = ScopedForeignKey(Objection)
    file = ScopedForeignKey(EvidenceFile)
    name = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "objection", "file"], name="objection_file_once"),
            *client_table("register_objectionfile"),
        ]


class Fee(DependentModel):
    """What the creditor is charged for one report, by the price list of its day. The debtor never is."""

    invoice = ScopedForeignKey(Invoice)
    report = models.BigIntegerField()
    amount = MoneyField()
    on = models.DateField()
    price_since = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "report"], name="fee_once"),
            CheckConstraint(name="fee_not_negative", condition=Q(amount__gte=0)),
            *client_table("register_fee"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "on"], name="fee_by_day")]


class Price(models.Model):
    """A row of the dated price list: the fee for one report from a day on, without VAT, as whoever runs the register set it."""

    since = models.DateField(primary_key=True)
    amount = MoneyField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="price_not_negative", condition=Q(amount__gte=0)),
            AppMay(name="register_price_app_may"),
        ]


class EntryRule(models.Model):
    """From a day on, whether a second person approves each entry, as whoever runs the register decided. Without a row he does."""

    since = models.DateField(primary_key=True)
    second_person = models.BooleanField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="entry_rule_has_a_source", condition=~Q(source="")),
            AppMay(name="register_entryrule_app_may"),
        ]


class Entry(models.Model):
    """An entered arrear. `token` ties it to its report for who holds the register's secret; the rest is sealed."""

    token = models.CharField(max_length=64, primary_key=True)
    company = models.CharField(max_length=64)
    company_name = models.CharField(max_length=64)
    slot = models.BigIntegerField(unique=True)
    sealed = models.BinaryField()
    commitment = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(
                name="entry_says_nothing",
                condition=Q(
                    token__regex=HASH, company__regex=HASH, company_name__regex=HASH, commitment__regex=HASH
                ),
            ),
            CheckConstraint(name="entry_has_a_key", condition=Q(slot__gt=0)),
            AppMay(name="register_entry_app_may", delete=True),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["company"], name="entry_by_company"),
            Index(fields=["company_name"], name="entry_by_name"),
        ]


class Receipt(models.Model):
    """That something was forgotten for good: the commitment made when it was written down, and nothing else."""

    commitment = models.CharField(max_length=64, primary_key=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="receipt_says_nothing", condition=Q(commitment__regex=HASH)),
            AppMay(name="register_receipt_app_may"),
        ]


class Lookup(models.Model):
    """That somebody looked a company up: as it was asked, by whom, when and why. Nothing in it depends on what was found."""

    kvk_number = models.CharField(max_length=8, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")
    name_key = models.CharField(max_length=200, blank=True, default="")
    looker = models.BigIntegerField()
    looker_name = models.CharField(max_length=200)
    looked_by = models.CharField(max_length=100)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="lookup_of_somebody", condition=~Q(kvk_number="") | ~Q(name="")),
            CheckConstraint(name="lookup_has_a_reason", condition=~Q(reason="")),
            AppMay(name="register_lookup_app_may"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["looker", "at"], name="lookup_by_looker"),
            Index(fields=["kvk_number", "at"], name="lookup_by_company"),
            Index(fields=["name_key", "at"], name="lookup_by_name", condition=~Q(name_key="")),
        ]


class Watch(models.Model):
    """A company that somebody with an interest has an eye on. `seen_at` is when he last looked at what there is."""

    kvk_number = models.CharField(max_length=8)
    watcher = models.BigIntegerField()
    watcher_name = models.CharField(max_length=200)
    interest = models.CharField(max_length=300)
    since = models.DateField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["watcher", "kvk_number"], name="watch_once"),
            CheckConstraint(name="watch_has_an_interest", condition=~Q(interest="")),
            AppMay(name="register_watch_app_may", update=["seen_at", "interest"], delete=True),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["kvk_number"], name="watch_by_company")]


class Subscription(ClientModel):
    """Where a client is mailed that something is new about companies it watches. `told_up_to` moves on every day."""

    email = models.CharField(max_length=254)
    language = models.CharField(max_length=2, choices=Language.choices)
    since = models.DateField()
    told_up_to = models.DateField()
    key = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client"], name="subscription_once"),
            CheckConstraint(name="subscription_key", condition=Q(key__regex=r"^[0-9a-f]{32}$")),
            *client_table("register_subscription", update=["email", "language", "told_up_to"], delete=True),
        ]


class AlertMail(ClientModel):
    """A mail that waits, as it will leave. It says nothing of any entry, and goes once it has left."""

    on = models.DateField()
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    stop = models.CharField(max_length=300)
    attempts = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "on"], name="alert_once_a_day"),
            *client_table("register_alertmail", update=["attempts", "changed_at"], delete=True),
        ]


class Figure(models.Model):
    """That reports of a month came to an end, of all creditors together. No report can be told from it.

    Rows are only added, so that nobody who ends a report waits for another who does; the night adds them up.
    """

    month = models.DateField()
    kind = models.CharField(max_length=10)
    count = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="figure_counts", condition=Q(count__gt=0)),
            AppMay(name="register_figure_app_may", delete=True),
        ]
