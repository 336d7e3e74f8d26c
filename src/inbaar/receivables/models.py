"""Invoices and what surrounds a claim: who owns it, what holds it up, what was paid on it, what happened to it."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.db.models.functions import Cast

from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, Unmeasured, client_table
from inbaar.parties.models import Debtor, User
from inbaar.receivables.evidence_rules import KINDS, STEPS
from inbaar.receivables.grounds import Ground


class Invoice(DependentModel):
    """An invoice or credit note. Its facts never change once accepted; only `open_amount` and `withdrawn_on` live.

    Amounts are positive, also on a credit note, and in `currency`. `payable` is what the paper asks for.
    `open_amount` is principal: what is left of it after credits and payments. It has one writer
    (`receivables.balances`) and is proven against the ledger. What was taken in by mistake is withdrawn: nothing is open
    of it any more, and its number is free for the right one. `printed_number` is what the paper says where that number was
    taken by another invoice and a person gave this one a number of its own. `number_read` says that the number was read
    from a page or typed, so that a sign of it may be wrong.
    """

    class Kind(models.TextChoices):
        """What the document does to the claim."""

        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"

    debtor = ScopedForeignKey(Debtor)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=100)
    number_key = models.CharField(max_length=100)
    issue_date = models.DateField()
    received_on = models.DateField()
    due_date = models.DateField()
    term_agreed = models.BooleanField()
    claim_kind = models.CharField(max_length=8, choices=[("trade", "trade"), ("nontrade", "nontrade")])
    first_interest_day = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    net = MoneyField()
    vat = MoneyField()
    total = MoneyField()
    payable = MoneyField()
    payment_reference = models.CharField(max_length=140, blank=True, default="")
    credits = ScopedForeignKey("receivables.Invoice", null=True)
    credits_number = models.CharField(max_length=100, blank=True, default="")
    content_key = models.CharField(max_length=64)
    open_amount = MoneyField()
    # For looking up by amount: under row-level security only a comparison of integers may go by index.
    open_cents = models.GeneratedField(
        expression=Cast(F("open_amount") * 100, models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    accepted_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)
    printed_number = models.CharField(max_length=100, blank=True, default="", db_default="")
    number_read = models.BooleanField(default=False, db_default=False)
    description = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "number", "kind"],
                name="invoice_number_once",
                condition=Q(withdrawn_on=None),
            ),
            CheckConstraint(
                name="invoice_withdrawn_asks_nothing", condition=Q(withdrawn_on=None) | Q(open_amount=0)
            ),
            CheckConstraint(name="invoice_printed_otherwise", condition=~Q(printed_number=F("number"))),
            CheckConstraint(name="invoice_due_after_issue", condition=Q(due_date__gte=F("issue_date"))),
            CheckConstraint(name="invoice_payable_positive", condition=Q(payable__gte=0)),
            CheckConstraint(
                name="invoice_open_in_bounds", condition=Q(open_amount__gte=0, open_amount__lte=F("payable"))
            ),
            Unmeasured(
                name="invoice_unmeasured",
                columns=["net", "vat", "content_key", "accepted_at", "number_read", "description"],
            ),
            *client_table("receivables_invoice", update=["open_amount", "withdrawn_on"]),
        ]
        indexes: ClassVar[list[Index]] = [
            # With all that an ageing asks of what is open, so that it need not look at each invoice.
            Index(
                fields=["client", "due_date"],
                name="invoice_open_by_due",
                condition=Q(open_amount__gt=0),
                include=["debtor", "issue_date", "currency", "kind", "open_cents"],
            ),
            Index(
                fields=["client", "open_cents"], name="invoice_open_by_cents", condition=Q(open_amount__gt=0)
            ),
            Index(fields=["client", "debtor", "issue_date"], name="invoice_by_debtor"),
            Index(fields=["client", "number_key"], name="invoice_by_number_key"),
            Index(
                fields=["client", "printed_number"],
                name="invoice_by_printed_number",
                condition=~Q(printed_number=""),
            ),
            Index(fields=["client", "issue_date"], name="invoice_by_issue"),
            Index(
                fields=["client", "credits_number"],
                name="credit_note_to_apply",
                condition=Q(kind="credit_note", open_amount__gt=0),
            ),
            Index(
                fields=["client", "payment_reference"],
                name="invoice_by_reference",
                condition=~Q(payment_reference="") & Q(open_amount__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Title(DependentModel):
    """Who owns the claim during a period, and to which account it must be paid. Periods cannot overlap."""

    invoice = ScopedForeignKey(Invoice)
    owner_name = models.CharField(max_length=200)
    owner_kvk = models.CharField(max_length=8, blank=True, default="")
    payee_iban = models.CharField(max_length=34, blank=True, default="")
    period = DateRangeField()
    deed = models.CharField(max_length=200)
    notified_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            ExclusionConstraint(
                name="title_one_owner_at_a_time",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    ("invoice", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            # An empty period overlaps nothing, so it would be a second owner nobody sees.
            CheckConstraint(name="title_period_has_days", condition=Q(period__isempty=False)),
            CheckConstraint(
                name="title_owner_kvk", condition=Q(owner_kvk="") | Q(owner_kvk__regex=r"^[0-9]{8}$")
            ),
            Unmeasured(name="title_unmeasured", columns=["owner_name", "owner_kvk", "deed"]),
            *client_table("receivables_title", update=["period", "notified_on"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="title_by_invoice")]


class Hold(DependentModel):
    """A reason not to press a claim: for one invoice or a whole debtor, wholly or for a part of the amount.

    It stands until its last day `until`, or its release. `solve_by` is when its owner wants it settled, and ends nothing.
    While one stands that `stops_interest`, no interest runs after its first day; ended, it is as if none had stood.
    """

    class Kind(models.TextChoices):
        """Why the claim rests."""

        DISPUTE = "dispute"
        PAUSE = "pause"
        PROMISE = "promise"
        PLAN = "plan"
        INSOLVENCY = "insolvency"
        UNMATCHED_PAYMENT = "unmatched_payment"

    invoice = ScopedForeignKey(Invoice, null=True)
    debtor = ScopedForeignKey(Debtor)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    amount = MoneyField(null=True)
    reason = models.CharField(max_length=300)
    owner = models.CharField(max_length=100)
    since = models.DateField()
    until = models.DateField(null=True)
    solve_by = models.DateField(null=True)
    released_on = models.DateField(null=True)
    key = models.CharField(max_length=80)
    stops_interest = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="hold_once"),
            CheckConstraint(
                name="hold_stops_interest_of_an_invoice",
                condition=Q(stops_interest=False) | Q(kind="plan", invoice__isnull=False),
            ),
            CheckConstraint(
                name="hold_part_is_a_disputed_part_of_an_invoice",
                condition=Q(amount=None) | Q(kind="dispute", amount__gt=0, invoice__isnull=False),
            ),
            CheckConstraint(name="hold_ends_after_start", condition=Q(until=None) | Q(until__gte=F("since"))),
            *client_table("receivables_hold", update=["until", "released_on", "owner"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "invoice"], name="hold_standing_invoice", condition=Q(released_on=None)),
            Index(fields=["client", "debtor"], name="hold_standing_debtor", condition=Q(released_on=None)),
        ]


class ClaimComponent(DependentModel):
    """Interest or collection costs that have become part of a claim, by which act and which rule.

    Interest: `amount` is empty (it runs from `since`, its first day). Costs: the amount, owed from `since`.
    """

    class Kind(models.TextChoices):
        """What came on top of the principal."""

        INTEREST = "interest"
        COSTS = "costs"

    invoice = ScopedForeignKey(Invoice)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount = MoneyField(null=True)
    since = models.DateField()
    claimed_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    rule = models.CharField(max_length=100)
    source = models.CharField(max_length=300)
    key = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="component_once", condition=Q(withdrawn_on=None)),
            CheckConstraint(
                name="component_costs_have_amount",
                condition=Q(kind="interest", amount=None)
                | Q(kind="costs", amount__isnull=False, amount__gt=0),
            ),
            *client_table("receivables_claimcomponent", update=["withdrawn_on"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="component_by_invoice")]


class Payment(DependentModel):
    """Money applied to an invoice, divided in the order of the law: costs, interest, principal (6:44 BW).

    A credit note applied to an invoice is a payment of principal only. Mistakes are reversed by a row with negative
    amounts, never edited. A write-off may say its `ground`, which chooses its account in the ledger, and says what the
    client lets one person write off (`one_person_limit`); above that, which two decided.
    """

    class Kind(models.TextChoices):
        """Where the reduction came from."""

        BANK = "bank"
        CREDIT_NOTE = "credit_note"
        WRITE_OFF = "write_off"
        PASSED_ON = "passed_on"

    invoice = ScopedForeignKey(Invoice)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    received_on = models.DateField()
    amount = MoneyField()
    costs = MoneyField()
    interest = MoneyField()
    principal = MoneyField()
    reason = models.CharField(max_length=300, blank=True, default="")
    ground = models.CharField(
        max_length=16, blank=True, default="", choices=[(g.value, g.value) for g in Ground]
    )
    key = models.CharField(max_length=80)
    one_person_limit = MoneyField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="payment_once"),
            CheckConstraint(
                name="payment_written_off_by_two",
                condition=~Q(kind="write_off")
                | Q(amount__lte=0)
                | Q(one_person_limit__isnull=False, amount__lte=F("one_person_limit"))
                | Q(one_person_limit__isnull=False, decided_by__isnull=False, approved_by__isnull=False)
                & ~Q(decided_by=F("approved_by")),
            ),
            CheckConstraint(
                name="payment_ground_of_a_write_off", condition=Q(ground="") | Q(kind="write_off")
            ),
            CheckConstraint(
                name="payment_divided_in_full",
                condition=Q(amount=F("costs") + F("interest") + F("principal")),
            ),
            *client_table("receivables_payment"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="payment_by_invoice")]


class Event(DependentModel):
    """One line of the timeline: what happened to an invoice or a debtor, written in the transaction of what it tells."""

    invoice = ScopedForeignKey(Invoice, null=True)
    debtor = ScopedForeignKey(Debtor, null=True)
    on = models.DateField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    link = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            # One of the two says that the client exists; see `DependentModel`.
            CheckConstraint(
                name="event_of_invoice_or_debtor",
                condition=Q(invoice__isnull=False) | Q(debtor__isnull=False),
            ),
            Unmeasured(name="event_unmeasured", columns=["facts"]),
            *client_table("receivables_event"),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "invoice", "on"], name="event_by_invoice"),
            Index(fields=["client", "debtor", "on"], name="event_by_debtor"),
        ]


class Deadline(DependentModel):
    """A date by which something must be done or is lost, with the rule of law that sets it; see `receivables.deadlines`."""

    invoice = ScopedForeignKey(Invoice)
    kind = models.CharField(max_length=40)
    on = models.DateField()
    rule = models.CharField(max_length=200)
    lost = models.CharField(max_length=200)
    unconfirmed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice", "kind"], name="deadline_once"),
            Unmeasured(name="deadline_unmeasured", columns=["rule", "lost", "unconfirmed"]),
            *client_table("receivables_deadline"),
        ]


class Dispatch(DependentModel):
    """An invoice that came in before its debtor had it, and how it went to him. What has none was sent on its issue date.

    `letter` is the message it goes by, empty where nothing is on its way or the client sent it himself. `term_until` is the
    last day to pay where the printed day had come when it was sent.
    """

    invoice = ScopedForeignKey(Invoice)
    letter = models.BigIntegerField(null=True)
    sent_on = models.DateField(null=True)
    sent_by = models.CharField(max_length=254, blank=True, default="", db_default="")
    term_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "invoice"], name="dispatch_once"),
            CheckConstraint(
                name="dispatch_sent_by_somebody",
                condition=Q(sent_on=None, sent_by="", term_until=None)
                | (Q(sent_on__isnull=False) & ~Q(sent_by="")),
            ),
            *client_table("receivables_dispatch", update=["letter", "sent_on", "sent_by", "term_until"]),
        ]
        # What was sent is in the great majority: what waits is found without it.
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "invoice"], name="dispatch_waiting", condition=Q(sent_on=None))
        ]


class EvidenceFile(ClientModel):
    """A file that proves something, kept once by its content. What it is was seen from its content, never from its name."""

    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["sha256", "client"], name="evidence_file_once"),
            StoredAsIs(name="evidence_file_as_is", column="content"),
            *client_table("receivables_evidencefile"),
        ]


class Evidence(DependentModel):
    """A file as proof of an invoice's delivery. One that was attached by mistake is taken off, not deleted."""

    invoice = ScopedForeignKey(Invoice)
    file = ScopedForeignKey(EvidenceFile)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS])
    name = models.CharField(max_length=255)
    added_by = models.CharField(max_length=100)
    added_on = models.DateField()
    removed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(
                fields=["client", "invoice", "file"], name="evidence_once", condition=Q(removed_on=None)
            ),
            *client_table("receivables_evidence", update=["removed_on"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="evidence_by_invoice")]


class EvidenceRequest(DependentModel):
    """Proof that somebody or a step asks for, due on a day. It is open until proof of its kind is attached, or it is withdrawn.

    `kind` is one of the kinds, or `any`. `key` makes asking twice the same as once.
    """

    invoice = ScopedForeignKey(Invoice)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in ("any", *KINDS)])
    step = models.CharField(max_length=16, choices=[(step, step) for step in STEPS])
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.CharField(max_length=100, blank=True)
    asked_on = models.DateField()
    due_on = models.DateField()
    evidence = ScopedForeignKey(Evidence, null=True)
    withdrawn_on = models.DateField(null=True)
    key = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="evidence_request_once"),
            CheckConstraint(name="evidence_due_after_asked", condition=Q(due_on__gte=F("asked_on"))),
            CheckConstraint(
                name="evidence_request_ends_once", condition=Q(evidence__isnull=True) | Q(withdrawn_on=None)
            ),
            *client_table("receivables_evidencerequest", update=["evidence_id", "withdrawn_on"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(
                fields=["client", "due_on"],
                name="evidence_asked_by_due",
                condition=Q(evidence__isnull=True, withdrawn_on=None),
            ),
            Index(fields=["client", "invoice"], name="evidence_asked_by_invoice"),
        ]


class AgeStep(ClientModel):
    """How much more was open from a day on, and how many more invoices, of one due date; see `receivables.age_steps`.

    `amount` is debit less credit of the receivable account. Until `dated` it is money for an invoice that is not there yet.
    `merged` says that it was added up with the others of its day.
    """

    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=12, choices=Invoice.Kind.choices)
    due_date = models.DateField()
    dated = models.DateField()
    booked_on = models.DateField()
    count = models.IntegerField()
    amount = MoneyField()
    merged = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="age_step_dated_after_booked", condition=Q(dated__gte=F("booked_on"))),
            *client_table("receivables_agestep", update=["merged"], delete=True),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "booked_on"], name="age_step_by_day"),
            Index(fields=["client"], name="age_step_to_merge", condition=Q(merged=False)),
        ]
