"""Opening an administration for the demonstration, and the user who may look at it."""

import secrets

from django.db import transaction

from inbaar.kit.scope import client_scope
from inbaar.parties.models import Client, Membership, Organisation, User
from inbaar.parties.rules import LegalForm, Size, legal_form_of

DEMO_EMAIL = "demo@inbaar.example"


def open_administration(
    *,
    name: str,
    kvk: str = "",
    vat: str = "",
    street: str = "",
    postcode: str = "",
    city: str = "",
    email: str = "",
    phone: str = "",
) -> int:
    """A new administration; gives its number. The same company may be demonstrated more than once."""
    with transaction.atomic():
        facts = {
            "name": name[:200], "legal_form": _form(name), "size": Size.SMALL, "vat_id": vat[:20],
            "street": street[:200], "postcode": postcode[:20], "city": city[:100],
        }  # fmt: skip
        if kvk:
            organisation, _ = Organisation.objects.get_or_create(kvk_number=kvk, defaults=facts)
        elif vat:
            organisation, _ = Organisation.objects.get_or_create(
                vat_id=vat[:20], kvk_number="", defaults=facts | {"vat_id": vat[:20]}
            )
        else:
            organisation = Organisation.objects.create(**facts)
        client = Client.objects.create(
            organisation=organisation, name=name[:200], email=email, phone=phone[:30]
        )
        return int(client.pk)


def _form(name: str) -> LegalForm:
    return legal_form_of(name)


def let_in(client_ids: list[int], language: str = "nl") -> str:
    """Give the demonstration's user these administrations and a new password; gives the password."""
    password = secrets.token_urlsafe(9)
    user = User.objects.filter(email=DEMO_EMAIL).first()
    if user is None:
        user = User.objects.create_user(DEMO_EMAIL, password, name="Demonstratie", language=language)
    else:
        user.set_password(password)
        user.save(update_fields=["password"])
    for client_id in client_ids:
        with client_scope(client_id):
            if not Membership.objects.filter(user=user).exists():
                Membership.objects.create(client_id=client_id, user=user, role=Membership.Role.OWNER)
    return password
