"""The API's tables: who may use it, and what was answered to requests that may come twice."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import client_table

HASH = r"^[0-9a-f]{64}$"


class Token(ClientModel):
    """What lets a program in for one client. Only its hash is kept; withdrawn, it stays as a record of who had one."""

    class Scope(models.TextChoices):
        """What a token is for."""

        READ = "read"
        REPORT = "report"
        LOOK_UP = "look_up"

    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    made_by = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "hash"], name="token_once"),
            CheckConstraint(name="token_has_a_name", condition=~Q(name="")),
            CheckConstraint(name="token_is_hashed", condition=Q(hash__regex=HASH)),
            CheckConstraint(
                name="token_is_for_something",
                condition=Q(scopes__len__gt=0) & Q(scopes__contained_by=["read", "report", "look_up"]),
            ),
            CheckConstraint(
                name="token_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="")),
            ),
            *client_table("api_token", update=["last_used_at", "withdrawn_at", "withdrawn_by"]),
        ]


class Answer(DependentModel):
    """What was answered to a request that bore a key, so that it is answered the same when it comes again.

    `asked` is the hash of the request. Within the transaction that does what was asked `told` is empty; never after it.
    """

    token = ScopedForeignKey(Token)
    key = models.CharField(max_length=100)
    asked = models.CharField(max_length=64)
    told = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "token", "key"], name="answer_once"),
            CheckConstraint(name="answer_asked_is_hashed", condition=Q(asked__regex=HASH)),
            *client_table("api_answer", update=["told"], delete=True),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "made_at"], name="answer_by_age")]
