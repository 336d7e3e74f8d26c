"""Opening an administration and letting users in: how a client begins. Called by the commands and the demonstration."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from inbaar.kit.errors import Refusal, Refused
from inbaar.kit.scope import client_scope
from inbaar.parties.models import Client, Membership, Organisation, User
from inbaar.parties.rules import Size, legal_form_of


@dataclass(frozen=True, slots=True)
class NewAdministration:
    """A business to open an administration for. Letters are sent from and answered to `email`."""

    name: str
    kvk: str = ""
    vat: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    reclaims_vat: bool = True
    dunning_starts_on: dt.date | None = None
    letters_wait_minutes: int = 0


def open_administration(facts: NewAdministration) -> int:
    """A new administration; gives its number. The company behind it is known again by its KvK number or btw-id."""
    with transaction.atomic():
        client = Client.objects.create(
            organisation=_organisation(facts),
            name=facts.name[:200],
            email=facts.email,
            phone=facts.phone[:30],
            reclaims_vat=facts.reclaims_vat,
            dunning_starts_on=facts.dunning_starts_on,
            letters_wait_minutes=facts.letters_wait_minutes,
        )
    return int(client.pk)


def _organisation(facts: NewAdministration) -> Organisation:
    known = {
        "name": facts.name[:200], "legal_form": legal_form_of(facts.name), "size": Size.SMALL,
        "vat_id": facts.vat[:20], "street": facts.street[:200], "postcode": facts.postcode[:20],
        "city": facts.city[:100],
    }  # fmt: skip
    if facts.kvk:
        return Organisation.objects.get_or_create(kvk_number=facts.kvk, defaults=known)[0]
    if facts.vat:
        return Organisation.objects.get_or_create(vat_id=facts.vat[:20], kvk_number="", defaults=known)[0]
    return Organisation.objects.create(**known)


def let_in(email: str, password: str, client_ids: list[int], *, renew: bool = False, name: str = "") -> bool:
    """Give a user these administrations as their owner; True if the user is new and got the password.

    A user who is there keeps his own password, unless `renew` sets this one. Whoever opens the account vouches for its
    address: without that the user could not turn one-time codes on.
    """
    user, is_new = _user(email, password, name)
    if renew and not is_new:
        set_password(email, password)
    for client_id in client_ids:
        with client_scope(client_id):
            if not Membership.objects.filter(user=user).exists():
                Membership.objects.create(client_id=client_id, user=user, role=Membership.Role.OWNER)
    return is_new


def _user(email: str, password: str, name: str) -> tuple[User, bool]:
    user = User.objects.filter(email=email.lower()).first()
    is_new = user is None
    if user is None:
        user = User.objects.create_user(email, password, name=name)
    vouched = {"email": user.email, "verified": True, "primary": True}
    EmailAddress.objects.update_or_create(user=user, email__iexact=user.email, defaults=vouched)
    return user, is_new


def give_role(email: str, password: str, client_id: int, role: str, *, name: str = "") -> bool:
    """Give a user a role in an administration, or another one than he had; True if the user is new and got the password.

    Refuses an administration that is not there, and taking the owner's role from the last owner.
    """
    _require_client(client_id)
    with client_scope(client_id):
        user, is_new = _user(email, password, name)
        if role != Membership.Role.OWNER:
            _require_another_owner(user)
        Membership.objects.update_or_create(client_id=client_id, user=user, defaults={"role": role})
    return is_new


def take_out(email: str, client_id: int) -> None:
    """Take a user out of an administration; what he did stays under his name. Refuses a stranger, and the last owner."""
    _require_client(client_id)
    with client_scope(client_id):
        user = User.objects.filter(email=email.lower()).first()
        if user is None or not Membership.objects.filter(user=user).exists():
            raise Refused(
                Refusal("user-unknown", "only who is in an administration is taken out of it", email,
                        "a user of this administration", next_step="check the address")
            )  # fmt: skip
        _require_another_owner(user)
        Membership.objects.filter(user=user).delete()


def _require_client(client_id: int) -> None:
    if not Client.objects.filter(id=client_id).exists():
        raise Refused(
            Refusal("client-unknown", "an administration is opened before users are let in", f"number {client_id}",
                    "an administration that is there", next_step="open it with inbaar administration")
        )  # fmt: skip


def _require_another_owner(user: User) -> None:
    """Somebody must be left who may do everything."""
    owners = set(Membership.objects.filter(role=Membership.Role.OWNER).values_list("user_id", flat=True))
    if owners == {user.pk}:
        raise Refused(
            Refusal("last-owner", "an administration keeps an owner", f"{user.email} is the only one", "another owner",
                    next_step="make somebody else an owner first")
        )  # fmt: skip


def set_password(email: str, password: str) -> bool:
    """Give a user a new password, which ends his sessions; False if nobody has that address."""
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    return True
