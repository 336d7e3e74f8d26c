"""What debtors say on their page, with what proves it and what came of it, and the mails they get about it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from inbaar.debtor_page.rules import EFFECTS, HELD, KINDS, MOST_SOLVE_DAYS, OF_AN_INVOICE, VERDICTS
from inbaar.debtor_page.states import QUEUED, STATES
from inbaar.kit.fields import MoneyField, ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import StoredAsIs, client_table
from inbaar.parties.models import Debtor
from inbaar.receivables.models import EvidenceFile, Invoice

_VERDICTS = sorted({verdict for verdicts in VERDICTS.values() for verdict in verdicts})


class DisputeReason(ClientModel):
    """A reason to dispute as one client words it; who has none of his own uses those of the rules."""

    code = models.CharField(max_length=40)
    nl = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    owner = models.CharField(max_length=100, blank=True, default="")
    solve_days = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "code"], name="dispute_reason_once"),
            CheckConstraint(name="dispute_reason_worded", condition=~Q(nl="") & ~Q(en="")),
            CheckConstraint(name="dispute_reason_days", condition=Q(solve_days__range=(1, MOST_SOLVE_DAYS))),
            *client_table("debtor_page_disputereason", update=["nl", "en", "owner", "solve_days", "active"]),
        ]


class Reply(DependentModel):
    """What a debtor said: never changed, decided once. `key` makes saying the same twice on a day the same as once.

    `effect` is what it stopped when it was said; `hold_key` the hold that stands for it now, empty where none was opened. `agreed` is the part in which he was found right.
    """

    debtor = ScopedForeignKey(Debtor)
    invoice = ScopedForeignKey(Invoice, null=True)
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    number = models.CharField(max_length=30)
    language = models.CharField(max_length=2)
    reason_code = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=100, blank=True, default="")
    amount = MoneyField(null=True)
    words = models.TextField(blank=True, default="")
    said_by = models.CharField(max_length=100, blank=True, default="")
    paid_on = models.DateField(null=True)
    account = models.CharField(max_length=34, blank=True, default="")
    said_on = models.DateField()
    said_at = models.DateTimeField()
    owner = models.CharField(max_length=100, blank=True, default="")
    answer_by = models.DateField()
    effect = models.CharField(
        max_length=5, blank=True, default="", choices=[(word, word) for word in EFFECTS]
    )
    hold_key = models.CharField(max_length=80, blank=True, default="")
    key = models.CharField(max_length=80)
    verdict = models.CharField(
        max_length=10, blank=True, default="", choices=[(word, word) for word in _VERDICTS]
    )
    agreed = MoneyField(null=True)
    answer = models.TextField(blank=True, default="")
    decided_by = models.CharField(max_length=100, blank=True, default="")
    decided_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="reply_once"),
            UniqueConstraint(fields=["client", "number"], name="reply_number_once"),
            CheckConstraint(
                name="reply_about_an_invoice",
                condition=Q(kind__in=sorted(OF_AN_INVOICE), invoice__isnull=False)
                | ~Q(kind__in=sorted(OF_AN_INVOICE)) & Q(invoice=None, amount=None),
            ),
            CheckConstraint(name="reply_amount_positive", condition=Q(amount=None) | Q(amount__gt=0)),
            CheckConstraint(
                name="reply_paid_on_a_day",
                condition=Q(kind="paid", paid_on__isnull=False, paid_on__lte=F("said_on"))
                | ~Q(kind="paid") & Q(paid_on=None),
            ),
            CheckConstraint(
                name="reply_held_by_a_hold", condition=Q(effect=HELD) & ~Q(hold_key="") | ~Q(effect=HELD) & Q(hold_key="")
            ),
            CheckConstraint(name="reply_answered_in_time", condition=Q(answer_by__gte=F("said_on"))),
            CheckConstraint(
                name="reply_decided_wholly",
                condition=Q(verdict="", decided_on=None, agreed=None) | ~Q(verdict="") & Q(decided_on__isnull=False),
            ),
            CheckConstraint(
                name="reply_partly_says_how_much",
                condition=Q(verdict="partly", agreed__isnull=False, agreed__gt=0)
                | ~Q(verdict="partly") & Q(agreed=None),
            ),
            *client_table(
                "debtor_page_reply",
                update=["verdict", "agreed", "answer", "decided_by", "decided_on", "hold_key", "owner"],
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "answer_by"], name="reply_to_answer", condition=Q(verdict="")),
            Index(fields=["client", "debtor", "said_on"], name="reply_by_debtor"),
            Index(fields=["client", "invoice"], name="reply_by_invoice"),
        ]


class ReplyFile(DependentModel):
    """A file that came with what a debtor said; its content is kept once per client and was looked at, never its name."""

    reply = ScopedForeignKey(Reply)
    file = ScopedForeignKey(EvidenceFile)
    name = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "reply", "file"], name="reply_file_once"),
            *client_table("debtor_page_replyfile"),
        ]


class PageMail(DependentModel):
    """A mail to a debtor about his page, kept as it left: subject, text and file never change; only where it is, lives."""

    class Kind(models.TextChoices):
        """What it is for."""

        RECEIPT = "receipt"
        ANSWER = "answer"
        DATA = "data"
        LINK = "link"

    debtor = ScopedForeignKey(Debtor)
    reply = ScopedForeignKey(Reply, null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=60)
    language = models.CharField(max_length=2)
    from_name = models.CharField(max_length=200)
    from_address = models.CharField(max_length=254)
    to_name = models.CharField(max_length=200)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    file_name = models.CharField(max_length=100, blank=True, default="")
    media_type = models.CharField(max_length=100, blank=True, default="")
    content = models.BinaryField(null=True)
    made_by = models.CharField(max_length=100, blank=True, default="")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES], default=QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=300, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "key"], name="page_mail_once"),
            CheckConstraint(name="page_mail_addressed", condition=Q(address__gt="")),
            CheckConstraint(
                name="page_mail_file_named",
                condition=Q(content=None, file_name="") | Q(content__isnull=False) & ~Q(file_name=""),
            ),
            StoredAsIs(name="page_mail_content_as_is", column="content"),
            *client_table("debtor_page_pagemail", update=["state", "attempts", "answer", "changed_at"]),
        ]
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "reply"], name="page_mail_by_reply"),
            Index(fields=["client", "debtor"], name="page_mail_by_debtor"),
            Index(
                fields=["client", "id"], name="page_mail_to_do", condition=Q(state__in=["queued", "sending"])
            ),
        ]
