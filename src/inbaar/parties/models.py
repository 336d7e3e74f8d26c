"""Organisations, clients, users and debtors: who is who, and who may see what."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import CheckConstraint, Func, Index, Q, UniqueConstraint, Value
from django.db.models.functions import Upper

from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import ClientModel, DependentModel
from inbaar.kit.tables import AppMay, ClientsThemselves, client_table
from inbaar.parties.rules import Capacity, LegalForm, Size

KVK = Q(kvk_number="") | Q(kvk_number__regex=r"^[0-9]{8}$")


class Language(models.TextChoices):
    """The languages Inbaar speaks."""

    DUTCH = "nl", "Nederlands"
    ENGLISH = "en", "English"


class Organisation(models.Model):
    """A fact shared by all clients: a company or government body, as public registers know it.

    Never a consumer: a person who is not in business is known only to the client he owes.
    """

    name = models.CharField(max_length=200)
    legal_form = models.CharField(max_length=20, choices=[(f, f) for f in LegalForm])
    size = models.CharField(max_length=10, choices=[(s, s) for s in Size], default=Size.UNKNOWN)
    kvk_number = models.CharField(max_length=8, blank=True, default="")
    vat_id = models.CharField(max_length=20, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=2, default="NL")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="organisation_kvk", condition=KVK),
            UniqueConstraint(fields=["kvk_number"], name="organisation_one_kvk", condition=~Q(kvk_number="")),
            UniqueConstraint(
                fields=["vat_id"], name="organisation_one_vat", condition=~Q(vat_id="") & Q(kvk_number="")
            ),
            AppMay(
                name="organisation_app_may",
                update=["name", "legal_form", "size", "street", "postcode", "city"],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Client(models.Model):
    """An administration: the business that is owed. Everything it owns carries its number."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.DUTCH)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    website = models.CharField(max_length=200, blank=True, default="")
    reclaims_vat = models.BooleanField(default=True)
    dunning_starts_on = models.DateField(null=True, blank=True)
    # How long a reminder or notice waits in sight before it leaves, and whether it leaves only once somebody has looked.
    letters_wait_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    letters_need_look = models.BooleanField(default=False, db_default=False)
    # The mark of its registration as a collector, where it collects for others (Wki articles 3 and 11).
    collector_mark = models.CharField(max_length=40, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            ClientsThemselves(name="client_themselves"),
            AppMay(
                name="client_app_may",
                update=[
                    "name",
                    "language",
                    "email",
                    "phone",
                    "website",
                    "reclaims_vat",
                    "dunning_starts_on",
                    "letters_wait_minutes",
                    "letters_need_look",
                    "collector_mark",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users, who are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a hashed password, or one who cannot log in by password."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in. What he may see follows from his memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True, default="")
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.DUTCH)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            AppMay(
                name="user_app_may",
                update=[
                    "password",
                    "last_login",
                    "is_superuser",
                    "email",
                    "name",
                    "language",
                    "is_active",
                    "is_staff",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(ClientModel):
    """A user's place with a client. He may read his own memberships before a client is chosen."""

    class Role(models.TextChoices):
        """What a member does for the client."""

        OWNER = "owner"
        TREASURER = "treasurer"
        BOOKKEEPER = "bookkeeper"
        VIEWER = "viewer"

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=True)
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "user"], name="membership_once"),
            *client_table(
                "parties_membership",
                update=["role"],
                delete=True,
                readable_where="user_id = nullif(current_setting('inbaar.user_id', true), '')::bigint",
            ),
        ]


class Debtor(ClientModel):
    """The one that owes, as this client knows it. Capacity and legal form choose the rules that apply."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    number = models.CharField(max_length=40, blank=True, default="")
    identity = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    # The name in capitals without spaces and signs: how a bank may write it, and by what payers are looked up.
    bare_name = models.GeneratedField(
        expression=Func(Upper("name"), Value(" .,-'&/()+"), Value(""), function="translate"),
        output_field=models.TextField(),
        db_persist=True,
    )
    capacity = models.CharField(max_length=12, choices=[(c, c) for c in Capacity])
    legal_form = models.CharField(max_length=20, choices=[(f, f) for f in LegalForm])
    size = models.CharField(max_length=10, choices=[(s, s) for s in Size], default=Size.UNKNOWN)
    kvk_number = models.CharField(max_length=8, blank=True, default="")
    vat_id = models.CharField(max_length=20, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=2, default="NL")
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.DUTCH)
    # What was agreed with him for invoices that name no due date; None where nothing was.
    payment_term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # A word of the client's own for a group of debtors that are treated alike; empty for none.
    segment = models.CharField(max_length=40, blank=True, default="", db_default="")
    # How often the links to his own page were taken back: those made before are good no more.
    page_edition = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            CheckConstraint(name="debtor_kvk", condition=KVK),
            CheckConstraint(
                name="debtor_term",
                condition=Q(payment_term_days=None) | Q(payment_term_days__range=(0, 365)),
            ),
            UniqueConstraint(fields=["client", "identity"], name="debtor_once"),
            *client_table(
                "parties_debtor",
                update=[
                    "organisation_id", "number", "name", "capacity", "legal_form", "size", "street", "postcode",
                    "city", "country", "language", "kvk_number", "vat_id", "payment_term_days", "segment",
                    "page_edition",
                ],
                delete=True,
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[Index]] = [
            Index(fields=["client", "kvk_number"], name="debtor_by_kvk", condition=~Q(kvk_number="")),
            Index(fields=["client", "name"], name="debtor_by_name"),
            Index(fields=["client", "bare_name"], name="debtor_by_bare_name"),
            Index(fields=["client", "number"], name="debtor_by_number", condition=~Q(number="")),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(DependentModel):
    """A person or desk at a debtor, with the part it plays: who gets the invoice, the reminder, the last word."""

    class Role(models.TextChoices):
        """What a contact is written to for."""

        INVOICE = "invoice"
        FOLLOW_UP = "follow_up"
        ESCALATION = "escalation"
        LEGAL = "legal"

    debtor = ScopedForeignKey(Debtor)
    role = models.CharField(max_length=12, choices=Role.choices)
    name = models.CharField(max_length=100, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "debtor", "role", "email"], name="contact_once"),
            *client_table("parties_contact", update=["name", "email", "phone"], delete=True),
        ]


class DebtorIban(DependentModel):
    """An account a debtor has paid from or named: how his next payment is known."""

    debtor = ScopedForeignKey(Debtor)
    iban = models.CharField(max_length=34)
    known_since = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "iban", "debtor"], name="debtor_iban_once"),
            *client_table("parties_debtoriban", delete=True),
        ]
