"""Promises to pay and payment plans: what was said, about which invoices, and how it ended. What was said never changes.

What is paid of them is not kept here: it is what was paid on their invoices since, read from the payments each time.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.arrangements.states import ASKED, OPEN, PLAN_STATES, PROMISE_STATES, RUNNING
from inbaar.arrangements.terms import Every
from inbaar.banking.models import PaymentBundle
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import client_table
from inbaar.letters.models import Letter
from inbaar.parties.models import Debtor
from inbaar.receivables.models import Invoice

#: Who named a promise or a plan: the client, or the debtor himself.
SOURCES = ("us", "debtor")


class ArrangementPolicy(ClientModel):
    """What a client lets the rules decide about promises and plans; see `rules.Policy` for what each figure means."""

    promise_days = models.PositiveSmallIntegerField()
    promise_times = models.PositiveSmallIntegerField()
    promise_window_days = models.PositiveSmallIntegerField()
    plan_terms = models.PositiveSmallIntegerField()
    plan_days = models.PositiveSmallIntegerField()
    plan_total = MoneyField()
    term_least = MoneyField()
    first_term_days = models.PositiveSmallIntegerField()
    after_broken_days = models.PositiveSmallIntegerField()
    remind_days = models.PositiveSmallIntegerField()
    grace_days = models.PositiveSmallIntegerField()
    cure_days = models.PositiveSmallIntegerField()
    answer_days = models.PositiveSmallIntegerField()
    stops_interest = models.BooleanField()
    insurer_extension_days = models.PositiveSmallIntegerField(null=True)
    insurer_hand_over_days = models.PositiveSmallIntegerField()
    set_by = models.CharField(max_length=100)
    set_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client"], name="arrangement_policy_once"),
            CheckConstraint(name="arrangement_policy_gives_time", condition=Q(cure_days__gte=5)),
            *client_table(
                "arrangements_arrangementpolicy",
                update=[
                    "promise_days", "promise_times", "promise_window_days", "plan_terms", "plan_days", "plan_total",
                    "term_least", "first_term_days", "after_broken_days", "remind_days", "grace_days", "cure_days",
                    "answer_days", "stops_interest", "insurer_extension_days", "insurer_hand_over_days", "set_by", "set_on",
                ],
            ),
        ]  # fmt: skip


class Promise(DependentModel):
    """A debtor's word: so much by a day. Judged once, after that day, on what was `paid` by value date."""

    debtor = ScopedForeignKey(Debtor)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    due_on = models.DateField()
    source = models.CharField(max_length=6, choices=[(source, source) for source in SOURCES])
    words = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=100)
    made_on = models.DateField()
    made_at = models.DateTimeField()
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=[(s, s) for s in PROMISE_STATES], default=OPEN)
    paid = MoneyField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="promise_once"),
            CheckConstraint(name="promise_of_something", condition=Q(amount__gt=0)),
            CheckConstraint(name="promise_not_for_before", condition=Q(due_on__gte=F("made_on"))),
            CheckConstraint(name="promise_state", condition=Q(state__in=PROMISE_STATES)),
            CheckConstraint(
                name="promise_ended_on_a_day", condition=Q(state=OPEN, ended_on=None) | (~Q(state=OPEN) & Q(ended_on__isnull=False)),
            ),
            *client_table("arrangements_promise", update=["state", "paid", "ended_on", "ended_by"]),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "due_on"], name="promise_to_judge", condition=Q(state=OPEN)),
            Index(fields=["client", "debtor"], name="promise_by_debtor"),
            Index(fields=["client", "ended_on"], name="promise_by_end"),
        ]


class PromiseInvoice(DependentModel):
    """An invoice a promise is about, and what had been paid on it when it was made. One promise runs at a time."""

    promise = ScopedForeignKey(Promise)
    invoice = ScopedForeignKey(Invoice)
    paid_before = MoneyField()
    runs = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "promise", "invoice"], name="promise_invoice_once"),
            UniqueConstraint(
                fields=["client", "invoice"], name="promise_one_at_a_time", condition=Q(runs=True)
            ),
            *client_table("arrangements_promiseinvoice", update=["runs"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="promise_by_invoice")]


class Plan(DependentModel):
    """A payment plan: asked, agreed on, and how it ended. `total` is what was owed on its first day, `asked_on`, to the cent.

    `stops_interest`: none runs while it does. `acknowledged`: the debtor acknowledged the debt in writing. `findings` are the
    rules that spoke against it, as they were seen then, and `reason` why a person went on. `trouble` is why a letter could not
    be written.
    """

    debtor = ScopedForeignKey(Debtor)
    source = models.CharField(max_length=6, choices=[(source, source) for source in SOURCES])
    currency = models.CharField(max_length=3)
    total = MoneyField()
    every = models.CharField(max_length=5, choices=[(every.value, every.value) for every in Every])
    stops_interest = models.BooleanField()
    acknowledged = models.BooleanField()
    words = models.CharField(max_length=300, blank=True)
    findings = models.JSONField()
    asked_by = models.CharField(max_length=100)
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    replaces = ScopedForeignKey("self", null=True)
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=[(s, s) for s in PLAN_STATES])
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    decided_by = models.CharField(max_length=100, blank=True, default="", db_default="")
    decided_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=100, blank=True, default="", db_default="")
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    trouble = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="plan_once"),
            CheckConstraint(name="plan_of_something", condition=Q(total__gt=0)),
            CheckConstraint(name="plan_state", condition=Q(state__in=PLAN_STATES)),
            CheckConstraint(
                name="plan_decided_by_somebody",
                condition=Q(state__in=[ASKED, "withdrawn"]) | (Q(decided_on__isnull=False) & ~Q(decided_by="")),
            ),
            CheckConstraint(
                name="plan_ended_on_a_day",
                condition=Q(state__in=[ASKED, RUNNING], ended_on=None)
                | (~Q(state__in=[ASKED, RUNNING]) & Q(ended_on__isnull=False)),
            ),
            *client_table(
                "arrangements_plan",
                update=["state", "reason", "decided_by", "decided_on", "ended_by", "ended_on", "end_reason", "trouble"],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "id"], name="plan_to_work", condition=Q(state__in=[ASKED, RUNNING])),
            Index(fields=["client", "debtor"], name="plan_by_debtor"),
            Index(fields=["client", "ended_on"], name="plan_by_end"),
        ]


class PlanInvoice(DependentModel):
    """An invoice in a plan, with what was owed of it on the plan's first day, and what had been paid on it by then.

    `place` is its turn to be paid, from 1, oldest due date first. An invoice is in one plan that runs at a time.
    """

    plan = ScopedForeignKey(Plan)
    invoice = ScopedForeignKey(Invoice)
    place = models.PositiveSmallIntegerField()
    principal = MoneyField()
    interest = MoneyField()
    costs = MoneyField()
    paid_before = MoneyField()
    runs = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "plan", "invoice"], name="plan_invoice_once"),
            UniqueConstraint(fields=["client", "plan", "place"], name="plan_invoice_place_once"),
            UniqueConstraint(fields=["client", "invoice"], name="plan_one_at_a_time", condition=Q(runs=True)),
            *client_table("arrangements_planinvoice", update=["runs"]),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "invoice"], name="plan_by_invoice")]


class PlanTerm(DependentModel):
    """One term: what is paid by which day, under which reference, which is that of its bundle of invoices."""

    plan = ScopedForeignKey(Plan)
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = MoneyField()
    bundle = ScopedForeignKey(PaymentBundle)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "plan", "number"], name="plan_term_once"),
            UniqueConstraint(fields=["client", "plan", "due_on"], name="plan_term_day_once"),
            CheckConstraint(name="plan_term_of_something", condition=Q(amount__gt=0, number__gte=1)),
            *client_table("arrangements_planterm"),
        ]


class PlanLetter(DependentModel):
    """A letter about a plan: to confirm it, before a term, of a term that was missed, and of its end. Only ever added.

    One that did not leave is followed by another. `pay_by` is the day up to which a missed term can still be paid.
    """

    plan = ScopedForeignKey(Plan)
    letter = ScopedForeignKey(Letter)
    kind = models.CharField(max_length=24)
    term = models.PositiveSmallIntegerField(null=True)
    pay_by = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "letter"], name="plan_letter_once"),
            CheckConstraint(
                name="plan_letter_of_a_term",
                condition=Q(kind__in=["plan_term", "plan_missed"], term__isnull=False, term__gte=1)
                | Q(kind__in=["plan", "plan_ended", "plan_refused"], term=None),
            ),
            *client_table("arrangements_planletter"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "plan"], name="plan_letter_by_plan")]
